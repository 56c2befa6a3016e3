package extract

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/netanom/netanom/traffic"
)

// zeekRows returns a conn.log of that many rows as Zeek writes them, in order of their
// ends: a few hundred clients of a few dozen servers, and a scan now and then.
func zeekRows(rows int) []byte {
	var log bytes.Buffer
	log.WriteString("#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n" +
		"#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\t" +
		"local_orig\tlocal_resp\tmissed_bytes\thistory\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\ttunnel_parents\n")
	r := rand.New(rand.NewPCG(1, 2))
	ports := [...]int{53, 80, 443, 443, 443, 22, 25, 8080}
	for i := range rows {
		port, proto, state := ports[r.IntN(len(ports))], "tcp", "SF"
		if port == 53 {
			proto = "udp"
		} else if r.IntN(8) == 0 {
			state = "S0"
		}
		duration := int64(r.ExpFloat64() * 2e6)
		start := 1_772_409_600_000_000 + int64(i)*20_000 - duration
		fmt.Fprintf(&log, "%d.%06d\tC%017x\t10.1.%d.%d\t%d\t192.0.2.%d\t%d\t%s\t-\t%d.%06d\t%d\t%d\t%s\tT\tF\t0\tShADadFf\t%d\t%d\t%d\t%d\t(empty)\n",
			start/1e6, start%1e6, r.Uint64(), r.IntN(2), 1+r.IntN(200), 1024+r.IntN(60_000), 1+r.IntN(40), port, proto,
			duration/1e6, duration%1e6, r.IntN(3000), r.IntN(100_000), state, 1+r.IntN(40), r.IntN(4000), 1+r.IntN(80), r.IntN(110_000))
	}
	return log.Bytes()
}

// BenchmarkZeekToRecords turns a conn.log in memory into records in order of their
// starts: parsed, held, sorted, windows counted; and, in the second case, written as CSV
// with UID and Community ID.
func BenchmarkZeekToRecords(b *testing.B) {
	const rows = 200_000
	log := zeekRows(rows)
	for _, csv := range []bool{false, true} {
		b.Run(fmt.Sprintf("csv=%v", csv), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				out := traffic.NewWriterWith(io.Discard, traffic.WriterOptions{UID: true, CommunityID: true})
				yield := out.Write
				if !csv {
					yield = func(*traffic.Record) error { return nil }
				}
				found, err := Records(context.Background(), []Source{Reading("conn.log", bytes.NewReader(log))}, Options{}, yield)
				if err != nil || found.Records != rows {
					b.Fatalf("%d records of %d rows: %v", found.Records, rows, err)
				}
			}
			b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
