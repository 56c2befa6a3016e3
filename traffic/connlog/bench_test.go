package connlog

import (
	"fmt"
	"strings"
	"testing"

	"github.com/netanom/netanom/traffic"
)

// made returns rows of TCP, UDP and IPv6 of the usual lengths, without ICMP so that a
// row is a connection.
func made(f Format, n int) [][]byte {
	lines := make([][]byte, n)
	for i := range lines {
		src := fmt.Sprintf("192.168.%d.%d", i/200%200, i%200)
		if i%8 == 7 {
			src = fmt.Sprintf("fe80::1874:6508:72bc:%x", i%65536)
		}
		proto, state := "tcp", []string{"SF", "S0", "REJ", "RSTO"}[i%4]
		if i%3 == 0 {
			proto = "udp"
		}
		second := 1_700_000_000 + i/50
		switch f {
		case ZeekJSON:
			lines[i] = fmt.Appendf(nil, `{"ts":%d.%06d,"uid":"C%017d","id.orig_h":"%s","id.orig_p":%d,"id.resp_h":"10.1.2.%d","id.resp_p":443,"proto":"%s","service":"ssl","duration":0.10885095596313477,"orig_bytes":%d,"resp_bytes":3850,"conn_state":"%s","local_orig":true,"local_resp":false,"missed_bytes":0,"history":"ShADadFf","orig_pkts":12,"orig_ip_bytes":1882,"resp_pkts":14,"resp_ip_bytes":2430,"ip_proto":6}`,
				second, i%1_000_000, i, src, 1024+i%60000, i%250, proto, i, state)
		default:
			lines[i] = fmt.Appendf(nil, "%d.%06d\tC%017d\t%s\t%d\t10.1.2.%d\t443\t%s\tssl\t0.135368\t%d\t3850\t%s\tT\tF\t0\tShADadFf\t12\t1882\t14\t2430\t-\t6",
				second, i%1_000_000, i, src, 1024+i%60000, i%250, proto, i, state)
		}
	}
	return lines
}

const zeekHead = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n#open\t2026-01-01-00-00-00\n" +
	"#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\tlocal_orig\tlocal_resp\tmissed_bytes\thistory\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\ttunnel_parents\tip_proto\n" +
	"#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tcount\tstring\tbool\tbool\tcount\tstring\tcount\tcount\tcount\tcount\tset[string]\tcount\n"

func benchmark(b *testing.B, f Format) {
	lines := made(f, 10_000)
	p := NewParser(f, Options{})
	count := func(*traffic.Connection) error { return nil }
	if f == ZeekTSV {
		for line := range strings.Lines(zeekHead) {
			if err := p.Line([]byte(line), count); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if err := p.Line(lines[i%len(lines)], count); err != nil {
			b.Fatal(err)
		}
	}
	if p.problems.Connections != p.problems.Rows {
		b.Fatalf("%+v", p.Problems())
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkZeekTSV(b *testing.B)  { benchmark(b, ZeekTSV) }
func BenchmarkZeekJSON(b *testing.B) { benchmark(b, ZeekJSON) }

// TestAllocations holds a row to none; dozens of UIDs share one, which the average is
// rounded down to nothing of.
func TestAllocations(t *testing.T) {
	const noUID = "2026-03-02 08:00:00,2026-03-02 08:00:00,0.1,2001:db8::1,10.0.0.2,1,2,UDP,.,0,0,1,60,1,60,0,0"
	for f, c := range map[Format]struct {
		head, line string
	}{
		ZeekTSV:  {zeekHead, string(made(ZeekTSV, 8)[7])},
		ZeekJSON: {"", string(made(ZeekJSON, 8)[7])},
		NetFlow:  {nfdumpOld, noUID},
		Argus:    {argusHeader, "1772438400.000001, e ,6,10.0.0.1,2000,   ->,10.0.1.1,80,6,504,FIN"},
	} {
		p := NewParser(f, Options{})
		count := func(*traffic.Connection) error { return nil }
		for line := range strings.Lines(c.head) {
			if err := p.Line([]byte(line), count); err != nil {
				t.Fatal(err)
			}
		}
		line := []byte(c.line)
		got := testing.AllocsPerRun(100, func() {
			if err := p.Line(line, count); err != nil {
				t.Fatal(err)
			}
		})
		if got != 0 || p.Problems().Bad != 0 || p.Problems().Connections != 101 {
			t.Errorf("%v: %v allocations for a row, want none; %+v", f, got, p.Problems())
		}
	}
}
