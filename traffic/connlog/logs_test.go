package connlog

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/netanom/netanom/traffic"
)

// brief writes what matters of a connection in one line.
func brief(c *traffic.Connection) string {
	return fmt.Sprintf("%s +%d %s:%d > %s:%d %v %v %d/%d bytes %d/%d packets %s", c.Time().Format("15:04:05.000000"), c.Duration,
		c.Src, c.SrcPort, c.Dst, c.DstPort, c.Protocol, c.State, c.SrcBytes, c.DstBytes, c.SrcPackets, c.DstPackets, c.UID)
}

// expectLog reads a test log and compares the connections.
func expectLog(t *testing.T, name string, o Options, f Format, want ...string) ([]traffic.Connection, Problems) {
	t.Helper()
	file, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	cs, log := read(t, file, o)
	if log.Format() != f {
		t.Errorf("format %v, want %v", log.Format(), f)
	}
	got := make([]string, len(cs))
	for i := range cs {
		got[i] = strings.TrimSpace(brief(&cs[i]))
	}
	if !slices.Equal(got, want) {
		t.Errorf("connections\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	return cs, log.Problems()
}

func TestEve(t *testing.T) {
	cs, p := expectLog(t, "eve.json", Options{}, Eve,
		"08:00:00.000001 +100002 10.0.0.1:2000 > 10.0.1.1:80 tcp SF 100/300 bytes 6/5 packets 1001",
		"08:00:10.000000 +50 10.0.0.1:2001 > 10.0.1.1:81 tcp REJ 0/0 bytes 1/1 packets 1002",
		"08:00:20.000000 +1500000 fe80::1:5353 > ff02::fb:5353 udp SF 86/0 bytes 2/0 packets 1:bbbbbbbbbbbbbbbbbbbbbbbbbbb=",
		"08:00:30.000000 +0 10.0.0.9:8 > 10.0.1.9:0 icmp SF 64/0 bytes 1/0 packets 1004",
		"08:00:30.000000 +0 10.0.1.9:0 > 10.0.0.9:0 icmp SF 64/0 bytes 1/0 packets 1004",
		"08:00:31.000000 +0 10.0.0.9:8 > 10.0.1.9:0 icmp SF 64/0 bytes 1/0 packets 1004",
		"08:00:32.000000 +0 10.0.0.9:8 > 10.0.1.9:0 icmp SF 64/0 bytes 1/0 packets 1004",
		"08:00:32.000000 +0 10.0.1.9:0 > 10.0.0.9:0 icmp SF 64/0 bytes 1/0 packets 1004",
		"08:00:40.000000 +7900000 10.0.0.1:2006 > 10.0.1.1:23 tcp S1 28/0 bytes 4/3 packets 1006")
	if c := cs[0]; !c.Content.LoggedIn || c.Lacks != traffic.LacksContent|traffic.LacksLogin|traffic.LacksFragment || c.Urgent != 0 {
		t.Errorf("logged_in %v, lacks %b, urgent %d of an answered HTTP request", c.Content.LoggedIn, c.Lacks, c.Urgent)
	}
	if cs[8].Urgent != 1 {
		t.Errorf("urgent = %d with URG among the flags, want 1", cs[8].Urgent)
	}
	if p.Bad != 1 || p.Examples[0].Line != 10 || p.Other != 3 || !maps.Equal(p.Protocols, map[string]int64{"SCTP": 1}) {
		t.Errorf("problems %+v", p)
	}
}

func TestEveNetflow(t *testing.T) {
	const want = "08:00:00.000001 +100002 10.0.0.1:2000 > 10.0.1.1:80 tcp SF 100/300 bytes 6/5 packets 1001"
	expectLog(t, "eve-netflow.json", Options{}, Eve, want)
	// A flow event makes what waits superfluous.
	flows, err := os.ReadFile("testdata/eve.json")
	if err != nil {
		t.Fatal(err)
	}
	halves, err := os.ReadFile("testdata/eve-netflow.json")
	if err != nil {
		t.Fatal(err)
	}
	half, _, _ := strings.Cut(string(halves), "\n")
	cs, log := read(t, strings.NewReader(half+"\n"+string(flows)), Options{})
	if len(cs) != 9 || brief(&cs[0]) != want || log.Problems().Other != 4 {
		t.Errorf("%d connections, the first %s, problems %+v", len(cs), brief(&cs[0]), log.Problems())
	}
}

func TestNetFlow(t *testing.T) {
	cs, p := expectLog(t, "nfdump.csv", Options{}, NetFlow,
		"08:00:00.000000 +100000 10.0.0.1:2000 > 10.0.1.1:80 tcp SF 100/300 bytes 6/5 packets",
		"08:00:30.000000 +0 10.0.0.1:2002 > 10.0.1.1:81 tcp REJ 0/0 bytes 1/1 packets",
		"08:00:40.000000 +0 10.0.0.9:8 > 10.0.1.9:0 icmp SF 64/0 bytes 1/0 packets",
		"08:00:41.000000 +0 10.0.0.9:8 > 10.0.1.9:0 icmp SF 64/0 bytes 1/0 packets",
		"08:00:42.000000 +0 10.0.0.9:8 > 10.0.1.9:0 icmp SF 64/0 bytes 1/0 packets",
		"08:00:41.000000 +0 10.0.1.9:3 > 10.0.0.9:3 icmp SF 36/0 bytes 1/0 packets",
		// The answer comes 6.75 s after the end of the question, which is too late.
		"08:00:50.000000 +1250000 2001:db8::1:5000 > 2001:db8::2:53 udp SF 80/0 bytes 2/0 packets",
		"08:01:00.000000 +50000 10.0.0.1:2003 > 10.0.1.1:25 tcp SF 100/300 bytes 6/5 packets",
		"08:01:05.000000 +10000 10.0.0.1:2004 > 10.0.1.1:25 tcp REJ 0/0 bytes 1/1 packets",
		"08:00:20.000000 +0 10.0.0.1:2001 > 10.0.1.1:80 tcp S0 0/0 bytes 1/0 packets",
		"08:00:58.000000 +0 2001:db8::2:53 > 2001:db8::1:5000 udp SF 100/0 bytes 1/0 packets")
	if p.Bad != 0 || p.Unpaired != 3 || p.Other != 3 || p.Rows != 12 || !maps.Equal(p.Protocols, map[string]int64{"GRE": 1}) {
		t.Errorf("problems %+v", p)
	}
	if cs[0].Lacks&traffic.LacksUrgent != 0 {
		t.Error("the flags tell whether there was urgent data")
	}
	expectLog(t, "nfdump-fast.csv", Options{}, NetFlow,
		"08:00:00.123000 +100000 10.0.0.1:2000 > 10.0.1.1:80 tcp SF 100/300 bytes 6/5 packets",
		"08:00:01.000000 +0 10.6.6.6:8 > 10.0.2.1:0 icmp SF 8/0 bytes 1/0 packets")
}

// TestNetFlowWithoutFlags reads what nfdump 1.7.5 writes with -o csv.
func TestNetFlowWithoutFlags(t *testing.T) {
	got, p := parse(t, NetFlow, Options{Zone: time.FixedZone("", 3600)}, nfdumpLong+longRow)
	const want = "07:00:00.123000 +100000 10.0.0.1:2000 > 10.0.1.1:80 tcp OTH 108/0 bytes 6/0 packets"
	if len(got) != 1 || got[0] != want || p.Problems().States["no flags"] != 1 {
		t.Errorf("%q, want %q; %+v", got, want, p.Problems())
	}
}

const longRow = "2026-03-02 08:00:00.123,0.100,6,10.0.0.1,2000,10.0.1.1,80,6,420,1\n"

func TestArgus(t *testing.T) {
	_, p := expectLog(t, "argus.csv", Options{}, Argus,
		"08:00:00.000001 +100000 10.0.0.1:2000 > 10.0.1.1:80 tcp SF 100/300 bytes 6/5 packets",
		"08:00:20.000000 +0 10.0.0.1:2001 > 10.0.1.1:80 tcp S0 0/0 bytes 1/0 packets",
		"08:00:40.000000 +10000 10.0.0.1:2002 > 10.0.1.1:80 tcp REJ 0/0 bytes 1/1 packets",
		"08:01:00.000000 +70000 10.0.0.1:2003 > 10.0.1.1:80 tcp RSTO 100/300 bytes 5/3 packets",
		"08:01:20.000000 +70000 10.0.0.1:2004 > 10.0.1.1:80 tcp RSTR 100/300 bytes 4/4 packets",
		"08:01:40.000000 +10000 10.0.0.1:2005 > 10.0.1.1:80 tcp OTH 10/0 bytes 1/1 packets",
		"08:02:00.000000 +4000000 10.0.0.1:2006 > 10.0.1.1:80 tcp S1 100/300 bytes 6/5 packets",
		"08:02:20.000000 +500000 2001:db8::1:5000 > 2001:db8::2:53 udp SF 40/100 bytes 1/1 packets",
		"08:02:40.000000 +0 10.0.0.9:8 > 10.0.1.9:0 icmp SF 64/0 bytes 1/0 packets",
		"08:02:40.000000 +0 10.0.1.9:0 > 10.0.0.9:0 icmp SF 64/0 bytes 1/0 packets",
		"08:02:41.000000 +0 10.0.0.9:8 > 10.0.1.9:0 icmp SF 64/0 bytes 1/0 packets",
		"08:02:41.000000 +0 10.0.1.9:0 > 10.0.0.9:0 icmp SF 64/0 bytes 1/0 packets",
		"08:02:40.000000 +0 10.0.1.9:3 > 10.0.0.9:3 icmp SF 37/0 bytes 1/0 packets",
		"08:03:20.000000 +80000 10.0.0.1:2007 > 10.0.1.1:80 tcp S2 100/300 bytes 5/4 packets",
		"08:03:40.000000 +80000 10.0.0.1:2008 > 10.0.1.1:80 tcp S2 100/300 bytes 5/4 packets")
	if p.Bad != 2 || p.Examples[0].Column != "StartTime" || p.Examples[1].Column != "Dport" || !maps.Equal(p.Protocols, map[string]int64{"arp": 1, "man": 1}) {
		t.Errorf("problems %+v", p)
	}
}

// TestStateOfFlags holds every rule of the mapping to a case of its own.
func TestStateOfFlags(t *testing.T) {
	for _, c := range []struct {
		client, server string
		want           traffic.State
	}{
		{"SAPF", "SAPF", traffic.SF}, {"S", "........", traffic.S0}, {"SAP", "SA", traffic.S1},
		{"SAF", "SA", traffic.S2}, {"SA", "SAF", traffic.S3}, {"S", "RA", traffic.REJ},
		{"SAR", "SA", traffic.RSTO}, {"SAFR", "SAF", traffic.RSTO}, {"SA", "SAR", traffic.RSTR},
		{"SAR", "SAR", traffic.RSTR}, {"SR", ".", traffic.RSTOS0}, {"SF", ".", traffic.SH},
		{"SFR", ".", traffic.SH}, {"APF", "APF", traffic.OTH}, {"A", ".", traffic.OTH},
		{".", "SA", traffic.OTH}, {"S", "SA", traffic.S1},
	} {
		client, ok1 := parseFlags([]byte(c.client))
		server, ok2 := parseFlags([]byte(c.server))
		if got := StateOfFlags(client, server); got != c.want || !ok1 || !ok2 {
			t.Errorf("%s, %s: %v, want %v", c.client, c.server, got, c.want)
		}
	}
	for text, want := range map[string]uint8{"0x1b": 0x1b, "27": 0x1b, "...AP.SF": 0x1b, "CEUAPRSF": 0xff, "0": 0} {
		if got, ok := parseFlags([]byte(text)); got != want || !ok {
			t.Errorf("flags %s = %#x, want %#x", text, got, want)
		}
	}
	for _, text := range []string{"", "x", "256", "0x100", "0x"} {
		if _, ok := parseFlags([]byte(text)); ok {
			t.Errorf("%q was taken for flags", text)
		}
	}
}
