package flow_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/traffic/flow"
)

// between names two ports, the same in both directions.
func between(protocol, a, aPort, b, bPort string) string {
	a, b = a+" "+aPort, b+" "+bPort
	return protocol + " " + min(a, b) + " " + max(a, b)
}

// TestArgus holds the packets that ports of four captures exchanged to those that Argus
// 3.0.8 counted. Its bytes are others: those that were captured.
func TestArgus(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(check.Shared(t, "data", "traffic", "pcap"), "*.pcap"))
	if err != nil || len(paths) != 4 {
		t.Fatalf("%d captures (%v), want 4", len(paths), err)
	}
	for _, path := range paths {
		got := map[string]int64{}
		for _, l := range summaries(t, path, flow.Options{}, nil) {
			protocol := map[string]string{"tcp": "6", "udp": "17", "icmp": "1"}[l.protocol]
			got[between(protocol, l.src, fmt.Sprint(l.srcPort), l.dst, fmt.Sprint(l.dstPort))] += l.srcPackets + l.dstPackets
		}
		want := argus(t, strings.TrimSuffix(path, ".pcap")+".argus.csv")
		if len(got) != len(want) {
			t.Errorf("%s: %d pairs of ports, Argus %d", filepath.Base(path), len(got), len(want))
		}
		for name, w := range want {
			if got[name] != w {
				t.Errorf("%s: %s: %d packets, Argus %d", filepath.Base(path), name, got[name], w)
			}
		}
	}
}

func argus(t *testing.T, path string) map[string]int64 {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int64{}
	for _, row := range rows[1:] {
		number := func(column int) int64 {
			n, err := strconv.ParseInt(row[column], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if row[2] == "6" || row[2] == "17" {
			out[between(row[2], row[3], row[4], row[5], row[6])] += number(7) + number(8)
		}
	}
	return out
}
