package content

import (
	"encoding/binary"
	"testing"

	"github.com/netanom/netanom/traffic"
)

var ports = []uint16{21, 23, 25, 80, 110, 143, 513}

// FuzzSegments reads its input as segments: a byte of flags, how far the segment lies
// from where its side is (2 bytes), its length (1), its data. Nothing must panic, memory
// is bounded, and content only ever grows.
func FuzzSegments(f *testing.F) {
	for _, s := range all() {
		f.Add(s.port, segments(s.turns))
	}
	f.Fuzz(func(t *testing.T, port uint16, in []byte) {
		c := traffic.Connection{DstPort: port}
		if !readable(port) {
			c.DstPort = ports[int(port)%len(ports)]
		}
		v := New(&c)
		next := [2]uint32{1<<32 - 50, 0}
		failed := uint16(0)
		for len(in) >= 4 {
			flags, offset, size := in[0], binary.LittleEndian.Uint16(in[1:]), int(in[3])
			data := in[4:]
			data = data[:min(size, len(data))]
			in = in[4+len(data):]
			from := flags & 1
			v.Segment(from == 1, next[from]+uint32(int16(offset)), flags&2 != 0, flags&4 != 0, data, int(flags>>4))
			next[from] += uint32(len(data))
			if n := footprint(v); n > 160<<10 {
				t.Fatalf("takes %d bytes", n)
			}
			if v.found.NumFailedLogins < failed {
				t.Fatalf("failed logins went from %d to %d", failed, v.found.NumFailedLogins)
			}
			failed = v.found.NumFailedLogins
		}
		if once := v.Content(); once != v.Content() {
			t.Fatalf("the content is %+v, and then %+v", once, v.Content())
		}
	})
}

// segments writes a dialogue in the form that FuzzSegments reads.
func segments(turns []turn) []byte {
	var out []byte
	for _, turn := range turns {
		for text := turn.text; len(text) > 0; {
			n := min(len(text), 255)
			out = append(out, byte(1-turn.from), 0, 0, byte(n))
			out, text = append(out, text[:n]...), text[n:]
		}
	}
	return out
}

// The form of the seeds must hold what the dialogue holds.
func TestSegmentsForm(t *testing.T) {
	if got := segments([]turn{user("ab"), server("c")}); string(got) != "\x01\x00\x00\x02ab\x00\x00\x00\x01c" {
		t.Errorf("segments = %q", got)
	}
}
