package flow_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/traffic/flow"
	"github.com/netanom/netanom/traffic/packet"
)

// settings are what Zeek was told for a log, where that was not to ignore checksums and take all packets.
type settings struct {
	checksums bool
	want      func() func(frame int, p *packet.Packet) bool
}

var otherwise = map[string]settings{
	"core.checksums_ignore_nets/conn-failed.log":               {checksums: true},
	"core.tunnels.vxlan-unknown-internal-packet/conn.log":      {checksums: true},
	"core.vntag-in-vlan/conn.log":                              {checksums: true},
	"core.pcap.dynamic-filter/conn.log":                        {want: nameServiceLater},
	"scripts.base.frameworks.netcontrol.packetfilter/conn.log": {want: twoSegments},
}

// nameServiceLater takes port 53 and two frames, with which the script changed its filter.
func nameServiceLater() func(int, *packet.Packet) bool {
	return func(frame int, p *packet.Packet) bool {
		return frame == 0 || frame == 5 || p.SrcPort == 53 || p.DstPort == 53
	}
}

// twoSegments takes the first two of each TCP connection.
func twoSegments() func(int, *packet.Packet) bool {
	seen := map[uint16]int{}
	return func(_ int, p *packet.Packet) bool {
		ports := p.SrcPort ^ p.DstPort
		seen[ports]++
		return p.Protocol != 6 || seen[ports] <= 2
	}
}

// The rows in which we differ, and why.
var differing = map[string]string{
	"core.checksums_ignore_nets/conn-failed.log": "the SYN with a wrong checksum is no SYN to us, so that its answer is the responder's",
	"core.tunnels.gre-aruba-amsdu/conn.log":      "Zeek ran without its list of server ports",
	"core.tunnels.teredo/conn.log":               "Zeek's analyzer of DNS ends a flow after 10 seconds",

	"scripts.base.frameworks.logging.field-extension-include-exclude/conn-exc.log": "without the list, SYN-ACK counts as the originator's",
	"scripts.base.frameworks.logging.field-extension-optional/conn.log":            "the same",
	"scripts.base.frameworks.logging.field-name-map/conn.log":                      "the same",
	"scripts.base.frameworks.logging.scope_sep/conn.log":                           "the same",
}

// TestZeekPairs holds the connections of real captures to Zeek's logs of them. Rows of other
// transports than ours are left out, and those without a packet, which stand for packets that were dropped.
func TestZeekPairs(t *testing.T) {
	dir := check.Shared(t, "data", "traffic", "zeek-pairs")
	rows, right, histories := 0, 0, 0
	for _, pair := range tableOf(t, filepath.Join(dir, "INDEX.tsv")) {
		log := pair["id"] + "/" + pair["baseline"]
		if _, err := os.Stat(filepath.Join(dir, log)); err != nil {
			continue
		}
		found := pairUp(t, dir, pair["id"]+"/"+pair["trace"], log)
		for _, f := range found {
			rows++
			switch {
			case f.wrong == "":
				right++
			case differing[log] == "":
				t.Errorf("%s: %s", log, f.wrong)
			default:
				t.Logf("%s: %s: %s", log, f.wrong, differing[log])
			}
			if f.wrong == "" && f.history {
				histories++
			}
		}
	}
	t.Logf("%d of %d rows agree, %d with their histories", right, rows, histories)
	if rows < 400 || float64(right) < 0.98*float64(rows) || histories < right {
		t.Errorf("%d of %d rows agree, %d with their histories; want 98 %% of at least 400, and the histories of all these", right, rows, histories)
	}
}

// A finding is how a row of a log fared.
type finding struct {
	wrong   string
	history bool
}

// pairUp compares a log with the connections of its capture.
func pairUp(t *testing.T, dir, capture, log string) (out []finding) {
	t.Helper()
	var want func(int, *packet.Packet) bool
	if otherwise[log].want != nil {
		want = otherwise[log].want()
	}
	got := summaries(t, filepath.Join(dir, capture), flow.Options{DropBadChecksums: otherwise[log].checksums}, want)
	used := map[*logged]bool{}
	for _, row := range tableOf(t, filepath.Join(dir, log)) {
		if _, ok := row["conn_state"]; !ok || row["proto"] == "unknown_transport" || row["orig_pkts"] == "0" && row["resp_pkts"] == "0" {
			continue
		}
		f, wrong := match(got, used, zeekRow(row))
		out = append(out, finding{wrong, f != nil && f.history == strings.Map(unwritten, row["history"])})
	}
	return out
}

// unwritten drops what our histories lack: bad checksums, gaps, and zero windows.
func unwritten(r rune) rune {
	if strings.ContainsRune("cCgGwW", r) {
		return -1
	}
	return r
}

// zeekRow gives the columns their usual names.
func zeekRow(row map[string]string) map[string]string {
	out := map[string]string{}
	names := map[string]string{"src": "id.orig_h", "src_port": "id.orig_p", "dst": "id.resp_h", "dst_port": "id.resp_p"}
	for name, value := range row {
		name = strings.Replace(name, "id_", "id.", 1)
		if usual := names[name]; usual != "" {
			name = usual
		}
		out[name] = value
	}
	return out
}

// match finds the connection that a row of a log is about, and says in what it differs.
func match(got []*logged, used map[*logged]bool, row map[string]string) (*logged, string) {
	here := fmt.Sprint(row["id.orig_h"], " ", row["id.orig_p"], " ", row["id.resp_h"], " ", row["id.resp_p"], " ", row["proto"])
	best, least := "not found", 1<<30
	var found *logged
	for _, l := range got {
		if used[l] || fmt.Sprint(l.src, " ", l.srcPort, " ", l.dst, " ", l.dstPort, " ", l.protocol) != here {
			continue
		}
		if wrong := l.differences(row); len(wrong) < least {
			found, best, least = l, strings.Join(wrong, ", "), len(wrong)
		}
	}
	if found != nil {
		used[found] = true
	}
	if best == "" {
		return found, ""
	}
	return found, here + ": " + best
}

// differences lists what a log says otherwise.
func (l *logged) differences(row map[string]string) (wrong []string) {
	compare := func(name string, got any) {
		if want, ok := row[name]; ok && want != "-" && want != fmt.Sprint(got) {
			wrong = append(wrong, fmt.Sprintf("%s %v, Zeek %s", name, got, want))
		}
	}
	compare("conn_state", l.state)
	compare("orig_bytes", l.srcBytes)
	compare("resp_bytes", l.dstBytes)
	compare("orig_pkts", l.srcPackets)
	compare("resp_pkts", l.dstPackets)
	if d := float64(l.end-l.start) / 1e6; d > 0 {
		compare("duration", fmt.Sprintf("%.6f", d))
	}
	return wrong
}
