package flow_test

import (
	"errors"
	"io"
	"os"
	"testing"

	"github.com/netanom/netanom/traffic/flow"
	"github.com/netanom/netanom/traffic/packet"
)

// run gives the packets of a capture that want asks for to a tracker, and closes it.
func run(t testing.TB, path string, tracker *flow.Tracker, decoder *packet.Decoder, want func(frame int, p *packet.Packet) bool) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r, err := packet.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	var frame packet.Frame
	for n := 0; ; n++ {
		if err = r.Next(&frame); err != nil {
			break
		}
		decoder.Decode(&frame, func(p *packet.Packet) {
			if want == nil || want(n, p) {
				if err := tracker.Add(p); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
	if !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	if err := tracker.Close(); err != nil {
		t.Fatal(err)
	}
}
