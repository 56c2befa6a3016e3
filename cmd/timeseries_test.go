package cmd

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"
)

// seriesTables returns the rows of each table of a JSON answer by name.
func seriesTables(t *testing.T, text string) map[string][]map[string]any {
	t.Helper()
	var doc struct {
		Tables []struct {
			Name string
			Rows []map[string]any
		}
	}
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	out := map[string][]map[string]any{}
	for _, table := range doc.Tables {
		out[table.Name] = table.Rows
	}
	return out
}

// TestTimeSeriesOfSimulatedTraffic adds up simulated traffic by hours on its own and
// compares; and checks that most spikes are where the labels say that attacks are.
func TestTimeSeriesOfSimulatedTraffic(t *testing.T) {
	t.Chdir(t.TempDir())
	run(t, "simulate", "--connections", "8000", "--days", "7", "--seed", "5", "--out", "traffic.csv", "--quiet")
	rows, err := csv.NewReader(strings.NewReader(read(t, "traffic.csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	type sums struct{ connections, out, in, attacks float64 }
	want := map[float64]sums{}
	for _, row := range rows[1:] {
		at, err := time.Parse(time.RFC3339Nano, row[column["timestamp"]])
		out, err2 := strconv.ParseFloat(row[column["src_bytes"]], 64)
		in, err3 := strconv.ParseFloat(row[column["dst_bytes"]], 64)
		if err != nil || err2 != nil || err3 != nil {
			t.Fatal(err, err2, err3)
		}
		hour := float64(at.Truncate(time.Hour).Unix())
		s := want[hour]
		s.connections, s.out, s.in = s.connections+1, s.out+out, s.in+in
		if row[column["attack"]] != "normal" {
			s.attacks++
		}
		want[hour] = s
	}
	tables := seriesTables(t, run(t, "timeseries", "traffic.csv", "--every", "1h", "--format", "json", "--no-report"))
	occupied := 0
	for _, row := range tables["series"] {
		got := sums{row["connections"].(float64), row["bytes_out"].(float64), row["bytes_in"].(float64), row["attacks"].(float64)}
		if w := want[row["time"].(float64)]; got != w {
			t.Errorf("hour %v: %+v, want %+v", row["time"], got, w)
		}
		if rate := row["connections_per_second"].(float64); math.Abs(rate*3600-got.connections) > 1e-9 {
			t.Errorf("hour %v: %v connections a second", row["time"], rate)
		}
		if got.connections > 0 {
			occupied++
		}
	}
	if occupied != len(want) {
		t.Errorf("%d hours with connections, want %d", occupied, len(want))
	}
	var inSpikes, all sums
	for _, w := range want {
		all.connections, all.attacks = all.connections+w.connections, all.attacks+w.attacks
	}
	for _, row := range tables["spikes"] {
		if row["series"] != "connections" {
			continue
		}
		w := want[row["time"].(float64)]
		if share := row["attack_share"].(float64); math.Abs(share-w.attacks/w.connections) > 1e-12 {
			t.Errorf("hour %v: attack share %v, want %v", row["time"], share, w.attacks/w.connections)
		}
		inSpikes.connections, inSpikes.attacks = inSpikes.connections+w.connections, inSpikes.attacks+w.attacks
	}
	inside := inSpikes.attacks / inSpikes.connections
	outside := (all.attacks - inSpikes.attacks) / (all.connections - inSpikes.connections)
	if !(inside > 0.6 && inside > 3*outside) {
		t.Errorf("attacks are %v of the connections in spikes and %v in the others", inside, outside)
	}
}

func TestSpan(t *testing.T) {
	for text, want := range map[string]span{"30s": 30, "10m": 600, "1.5h": 5400, "1d": 86400, "2w": 1209600, "250ms": 0.25} {
		var s span
		if err := s.Set(text); err != nil || s != want {
			t.Errorf("%s is %v seconds (%v), want %v", text, float64(s), err, float64(want))
		}
		var again span
		if err := again.Set(s.String()); err != nil || again != s {
			t.Errorf("%s is written %q", text, s.String())
		}
	}
	for _, text := range []string{"", "10", "m", "-1h", "0s", "NaNs", "Infd", "1y", "400d", "0.1ms"} {
		var s span
		if s.Set(text) == nil {
			t.Errorf("%q is taken as %v seconds", text, float64(s))
		}
	}
}
