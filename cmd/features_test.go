package cmd

import (
	"encoding/csv"
	"os"
	"slices"
	"strings"
	"testing"
)

// records reads a CSV file.
func records(t *testing.T, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// done runs a command that must succeed.
func done(t *testing.T, line string) result {
	t.Helper()
	r := session{}.run(t, oneCommand(t, line+" --no-report")...)
	if r.code != exitDone {
		t.Fatalf("%s: exit code %d\n%s", line, r.code, r.stderr)
	}
	return r
}

// A saved recipe makes of its own file what was written when it was saved, byte by
// byte, and behind the columns of another one the same columns.
func TestFeaturesSaveApply(t *testing.T) {
	inTestdata(t)
	r := done(t, "features traffic.csv --save r.json --out first.csv")
	if !strings.Contains(r.stderr, "derivations written to r.json") || !strings.Contains(r.stderr, "300 rows written to first.csv") {
		t.Errorf("standard error says %q", r.stderr)
	}
	done(t, "features traffic.csv --apply r.json --out second.csv")
	first, second := read(t, "first.csv"), read(t, "second.csv")
	if first != second {
		t.Error("the applied recipe makes another table than was written when it was saved")
	}
	original, derived := records(t, "traffic.csv"), records(t, "first.csv")
	for i, row := range original {
		if !slices.Equal(derived[i][:len(row)], row) {
			t.Fatalf("row %d was changed to %q", i, derived[i][:len(row)])
		}
	}
	done(t, "features traffic.csv --apply r.json --out part.csv --only-derived --where 'protocol_type == \"udp\"'")
	part := records(t, "part.csv")
	if want := append([]string{"attack"}, derived[0][len(original[0]):]...); !slices.Equal(part[0], want) || len(part) >= len(derived) {
		t.Errorf("--only-derived wrote %d rows of %q, want fewer than %d of %q", len(part), part[0], len(derived), want)
	}
}

// With --sort, rows are in the order of their time before windows look back.
func TestFeaturesSort(t *testing.T) {
	inTestdata(t)
	write(t, "late.csv", "ts,src_ip,src_bytes,dst_bytes\n1767225660,10.0.0.1,5,1\n1767225600,10.0.0.1,7,2\n1767225630,10.0.0.2,9,3\n")
	r := done(t, "features late.csv")
	if !strings.Contains(r.stdout, "--sort") || strings.Contains(r.stdout, "connections_last_2m") {
		t.Errorf("rows out of order: %s", r.stdout)
	}
	done(t, "features late.csv --sort --out sorted.csv --save r.json")
	rows := records(t, "sorted.csv")
	at := slices.Index(rows[0], "connections_same_src_ip_last_2m")
	if at < 0 {
		t.Fatalf("columns %q", rows[0])
	}
	var got []string
	for _, row := range rows[1:] {
		got = append(got, row[2]+":"+row[at])
	}
	if want := []string{"7:1", "9:1", "5:2"}; !slices.Equal(got, want) {
		t.Errorf("bytes and windows %v, want %v", got, want)
	}
	if r := (session{}).run(t, "features", "late.csv", "--apply", "r.json", "--no-report"); r.code != exitError || !strings.Contains(r.stderr, "--sort") {
		t.Errorf("windows over rows out of order: exit code %d, %s", r.code, r.stderr)
	}
}

// A table that fails half-way leaves no file behind.
func TestFeaturesOutIsWhole(t *testing.T) {
	inTestdata(t)
	write(t, "late.csv", "ts,src_bytes,service\n1767225660,5,a\n1767225600,7,b\n")
	write(t, "r.json", `{"format":"netanom recipe","version":1,"learned_rows":0,"derivations":[{"name":"n","op":"window_count","inputs":[],"seconds":5}]}`)
	if r := (session{}).run(t, "features", "late.csv", "--apply", "r.json", "--out", "out.csv", "--no-report"); r.code != exitError {
		t.Errorf("exit code %d", r.code)
	}
	if _, err := os.Stat("out.csv"); err == nil {
		t.Error("out.csv is there")
	}
}
