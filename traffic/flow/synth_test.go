package flow_test

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/traffic"
	"github.com/netanom/netanom/traffic/flow"
	"github.com/netanom/netanom/traffic/packet"
)

// TestSyntheticCaptures makes records of twelve small captures, one for each behaviour,
// and holds all 41 features to the values of an independent program.
func TestSyntheticCaptures(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(check.Shared(t, "data", "traffic", "synth"), "*.pcap"))
	if err != nil || len(paths) != 12 {
		t.Fatalf("%d captures (%v), want 12", len(paths), err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".pcap"), func(t *testing.T) {
			got := featureRows(t, path)
			want := expectedRows(t, strings.TrimSuffix(path, ".pcap")+".kdd.csv")
			if len(got) != len(want) {
				t.Fatalf("%d records, want %d", len(got), len(want))
			}
			names := traffic.Columns()[5:46]
			for i := range want {
				for j := range names {
					if got[i][j] != want[i][j] {
						t.Errorf("row %d, %s = %s, want %s", i+1, names[j], got[i][j], want[i][j])
					}
				}
			}
		})
	}
}

// featureRows returns the 41 features of the records of a capture, as text.
func featureRows(t *testing.T, path string) [][]string {
	var text bytes.Buffer
	w := traffic.NewWriter(&text)
	emit := func(r *traffic.Record) error {
		r.Lacks = 0 // the file has zeros where the payload was not read
		return w.Write(r)
	}
	stream, err := traffic.NewStream(traffic.StreamOptions{Hold: traffic.HoldAll, Announced: true}, emit)
	if err != nil {
		t.Fatal(err)
	}
	tracker, err := flow.NewTracker(stream, flow.Options{DropBadChecksums: true})
	if err != nil {
		t.Fatal(err)
	}
	run(t, path, tracker, &packet.Decoder{Checksums: true}, nil)
	if err := stream.Close(); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&text).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		rows[i] = rows[i][5:46]
	}
	return rows
}

func expectedRows(t *testing.T, path string) [][]string {
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		rows[i] = slices.Clip(rows[i][:41])
	}
	return rows[1:]
}
