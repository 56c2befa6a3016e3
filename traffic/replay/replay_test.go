package replay

import (
	"bytes"
	"context"
	"io"
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/netanom/netanom/traffic"
	"github.com/netanom/netanom/traffic/flow"
	"github.com/netanom/netanom/traffic/packet"
)

func do(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// capture writes connections into a file.
func capture(t testing.TB, cs []traffic.Connection) []byte {
	t.Helper()
	var out bytes.Buffer
	w := NewWriter(&out)
	for i := range cs {
		do(t, w.Add(&cs[i]))
	}
	do(t, w.Close())
	return out.Bytes()
}

// frames reads a file, in which times must not go back, and hands every packet to see.
func frames(t testing.TB, file []byte, see func(*packet.Packet)) {
	t.Helper()
	r, err := packet.NewReader(bytes.NewReader(file))
	do(t, err)
	d := packet.Decoder{Checksums: true}
	var f packet.Frame
	last := int64(math.MinInt64)
	for {
		err := r.Next(&f)
		if err == io.EOF {
			break
		}
		do(t, err)
		if f.Time < last || len(f.Data) > snapLength || len(f.Data) > f.Length {
			t.Fatalf("a frame at %d after %d has %d of %d bytes", f.Time, last, len(f.Data), f.Length)
		}
		last = f.Time
		d.Decode(&f, func(p *packet.Packet) {
			if p.BadChecksum {
				t.Fatalf("wrong checksum: %+v", *p)
			}
			see(p)
		})
	}
	if n := d.Counts(); n.Decoded != n.Frames || !reflect.DeepEqual(r.Problems(), packet.Problems{}) {
		t.Fatalf("not every frame is a packet: %+v, %+v", n, r.Problems())
	}
}

// track makes records of a file as netanom does.
func track(t testing.TB, file []byte) []traffic.Record {
	t.Helper()
	var out []traffic.Record
	s, err := traffic.NewStream(traffic.StreamOptions{Hold: traffic.HoldAll, Announced: true}, func(r *traffic.Record) error {
		out = append(out, *r)
		return nil
	})
	do(t, err)
	tracker, err := flow.NewTracker(s, flow.Options{DropBadChecksums: true})
	do(t, err)
	frames(t, file, func(p *packet.Packet) { do(t, tracker.Add(p)) })
	do(t, tracker.Close())
	do(t, s.Close())
	return out
}

// simulated returns records of the simulator.
func simulated(t testing.TB, n int, seed uint64, span time.Duration) []traffic.Record {
	t.Helper()
	o := traffic.DefaultOptions()
	o.Connections, o.Seed, o.Span = n, seed, span
	var out []traffic.Record
	do(t, traffic.Simulate(context.Background(), o, func(r *traffic.Record) error {
		out = append(out, *r)
		return nil
	}))
	return out
}
