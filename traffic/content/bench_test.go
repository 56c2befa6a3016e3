package content

import (
	"testing"

	"github.com/netanom/netanom/traffic"
)

// BenchmarkSegment is the cost of a segment of the dialogues in the tests.
func BenchmarkSegment(b *testing.B) {
	for _, port := range []uint16{21, 23, 25, 80} {
		c := traffic.Connection{DstPort: port}
		b.Run(c.Service(), func(b *testing.B) {
			var turns []turn
			for _, s := range all() {
				if s.port == port {
					turns = append(turns, s.turns...)
				}
			}
			b.ReportAllocs()
			data := make([][]byte, len(turns))
			for i, t := range turns {
				data[i] = []byte(t.text)
			}
			v, next := New(&c), [2]uint32{}
			for i := 0; b.Loop(); i++ {
				at := i % len(turns)
				if at == 0 {
					v, next = New(&c), [2]uint32{}
				}
				from := turns[at].from
				v.Segment(from == originator, next[from], false, false, data[at], 0)
				next[from] += uint32(len(data[at]))
			}
		})
	}
}

// BenchmarkPage is the cost of a request, as browsers make them, and its answer.
func BenchmarkPage(b *testing.B) {
	request := []byte("GET /images/logo.png?v=3 HTTP/1.1\r\nHost: www.example.org\r\nUser-Agent: Mozilla/5.0 (X11; Linux)\r\n" +
		"Accept: image/avif,image/webp,*/*\r\nAccept-Language: en\r\nAccept-Encoding: gzip\r\nConnection: keep-alive\r\n\r\n")
	answer := []byte("HTTP/1.1 200 OK\r\nServer: x\r\nDate: Mon, 02 Mar 2026 09:00:00 GMT\r\nContent-Type: image/png\r\nContent-Length: 900\r\n\r\n")
	answer = append(answer, make([]byte, 900)...)
	v := New(&traffic.Connection{DstPort: 80})
	b.ReportAllocs()
	for i := uint32(0); b.Loop(); i++ {
		if i%100 == 0 {
			v, i = New(&traffic.Connection{DstPort: 80}), 0
		}
		v.Segment(true, i*uint32(len(request)), false, false, request, 0)
		v.Segment(false, i*uint32(len(answer)), false, false, answer, 0)
	}
}

// BenchmarkBulk is the cost of a full segment in the body of a long HTTP answer, where
// most bytes of a network are; and where they come in the wrong order.
func BenchmarkBulk(b *testing.B) {
	for name, swap := range map[string]uint32{"in order": 0, "swapped": 1} {
		b.Run(name, func(b *testing.B) {
			v := New(&traffic.Connection{DstPort: 80})
			v.Segment(true, 0, false, false, []byte("GET / HTTP/1.1\r\n\r\n"), 0)
			head := []byte("HTTP/1.1 200 OK\r\nContent-Length: 999999999999999\r\n\r\n")
			v.Segment(false, 0, false, false, head, 0)
			data, next := make([]byte, 1448), uint32(len(head))
			b.ReportAllocs()
			b.SetBytes(int64(len(data)))
			for i := uint32(0); b.Loop(); i++ {
				v.Segment(false, next+(i^swap)*uint32(len(data)), false, false, data, 0)
			}
		})
	}
}
