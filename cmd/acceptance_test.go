package cmd

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// realTables are the files of the reference data, with how their rows are counted
// without netanom.
var realTables = []struct {
	path  string
	rows  func(testing.TB, io.Reader) int64
	heavy bool // skipped with -short
}{
	{"nsl-kdd/KDDTrain+.txt.gz", lines, false},
	{"nsl-kdd/KDDTrain+_20Percent.txt", lines, false},
	{"nsl-kdd/Network_anomaly_data_head.csv", recordsBelowHeader, false},
	{"kdd99/kddcup.data_10_percent.gz", lines, true},
	{"flows/CTU-Honeypot-Capture-4-1-labeled.csv", recordsBelowHeader, false},
	{"flows/CTU-Honeypot-Capture-5-1-labeled.csv", recordsBelowHeader, false},
	{"flows/CTU-Malware-Capture-34-1-labeled.csv", recordsBelowHeader, false},
	{"flows/cicids2017_BENIGN_5000.csv", recordsBelowHeader, true},
	{"flows/cicids2017_DDoS_5000.csv", recordsBelowHeader, true},
	{"flows/cicids2017_DoS_Slowloris_3859.csv", recordsBelowHeader, true},
	{"flows/cicids2017_SSH-Patator_2961.csv", recordsBelowHeader, false},
	{"flows/unsw-nb15_training_10K.csv", recordsBelowHeader, false},
	{"zeek/bro_conn.log", lines, false},
	{"zeek/json_conn.log", lines, false},
	{"zeek/trickbot/conn.log", lines, false},
	{"benchmarks/14_glass.csv.gz", recordsBelowHeader, false},
	{"benchmarks/23_mammography.csv.gz", recordsBelowHeader, false},
	{"benchmarks/30_satellite.csv.gz", recordsBelowHeader, false},
	{"benchmarks/32_shuttle.csv.gz", recordsBelowHeader, false},
	{"benchmarks/34_smtp.csv.gz", recordsBelowHeader, true},
	{"benchmarks/38_thyroid.csv.gz", recordsBelowHeader, false},
	{"benchmarks/4_breastw.csv.gz", recordsBelowHeader, false},
	{"benchmarks/6_cardio.csv.gz", recordsBelowHeader, false},
}

// lines counts the lines that are neither empty nor one of Zeek's own.
func lines(t testing.TB, r io.Reader) (n int64) {
	s := bufio.NewScanner(r)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		if line := s.Text(); line != "" && line[0] != '#' {
			n++
		}
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
	return n
}

// recordsBelowHeader counts the records of a CSV file but the first.
func recordsBelowHeader(t testing.TB, r io.Reader) int64 {
	c := csv.NewReader(r)
	c.FieldsPerRecord, c.LazyQuotes, c.ReuseRecord = -1, true, true
	for n := int64(-1); ; n++ {
		switch _, err := c.Read(); {
		case errors.Is(err, io.EOF):
			return n
		case err != nil:
			t.Fatal(err)
		}
	}
}

// countedIn opens a file, unpacked if need be, and counts its rows.
func countedIn(t testing.TB, path string, rows func(testing.TB, io.Reader) int64) int64 {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if filepath.Ext(path) != ".gz" {
		return rows(t, f)
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	return rows(t, z)
}

// TestRealTables asks every file of the reference data the two questions that
// nobody prepares a file for: no flag, and the right number of rows.
func TestRealTables(t *testing.T) {
	check.Long(t)
	t.Chdir(t.TempDir())
	for _, table := range realTables {
		t.Run(strings.ReplaceAll(table.path, "/", "_"), func(t *testing.T) {
			if table.heavy && testing.Short() {
				t.Skip("large")
			}
			path := check.Shared(t, "data", filepath.FromSlash(table.path))
			want := countedIn(t, path, table.rows)
			for _, command := range []string{"describe", "eda"} {
				e := parse(t, run(t, command, path, "--no-report", "--format", "json"))
				if e.Data.Rows != want {
					t.Errorf("%s sees %d rows, want %d", command, e.Data.Rows, want)
				}
				for _, w := range e.Warnings {
					if strings.Contains(w, "cannot be read") {
						t.Errorf("%s: %s", command, w)
					}
				}
			}
			fits(t, "eda "+path, run(t, "eda", path, "--no-report"), 80)
		})
	}
}

// finding returns the text of the finding about something that holds a word.
func (e envelope) finding(t testing.TB, about, word string) string {
	t.Helper()
	for _, f := range e.Findings {
		if f.About == about && strings.Contains(f.Text, word) {
			if f.Next == "" {
				t.Errorf("nothing follows from: %s", f.Text)
			}
			return f.Text
		}
	}
	t.Errorf("no finding about %s says %q", about, word)
	return ""
}

// TestKDDFacts checks what is known of KDDTrain+ (Tavallaee et al. 2009, and the
// file itself by sort and uniq): 125,973 rows, 67,343 of them normal; one constant
// column; su_attempted holding a 2 in 59 rows; 16 repeated rows; seven vectors that
// are both normal and an attack; the difficulty as a column that leaks; and the
// two groups of error rates that, with num_compromised and num_root, say the same.
func TestKDDFacts(t *testing.T) {
	path := check.Shared(t, "data", "nsl-kdd", "KDDTrain+.txt.gz")
	t.Chdir(t.TempDir())
	e := parse(t, run(t, "eda", path, "--no-report", "--format", "json"))
	if e.Data.Rows != 125973 || e.Data.Columns != 43 || e.Data.Label != "attack" {
		t.Errorf("data = %+v", e.Data)
	}
	check.Close(t, "normal rows", e.row(t, "classes", "category", "normal")["n"].(float64), 67343, 0)
	check.Close(t, "attacks of class u2r", e.row(t, "classes", "category", "u2r")["n"].(float64), 52, 0)
	check.Close(t, "breaches", e.row(t, "contract", "feature", "su_attempted")["n_broken"].(float64), 59, 0)
	check.Close(t, "services", e.row(t, "levels", "feature", "service")["distinct"].(float64), 70, 0)
	check.Close(t, "largest src_bytes", e.row(t, "numbers", "feature", "src_bytes")["max"].(float64), 1379963888, 0)
	for _, f := range []struct{ about, word, figure string }{
		{"num_outbound_cmds", "equal", "0"},
		{"su_attempted", "cells", "59 "},
		{"table", "repeat", "16 "},
		{"table", "both normal and an attack", "7 "},
		{"last_flag", "leak", ""},
		{"num_compromised, num_root", "the same", "2 "},
		{"serror_rate, srv_serror_rate, dst_host_serror_rate, dst_host_srv_serror_rate", "the same", "4 "},
		{"rerror_rate, srv_rerror_rate, dst_host_rerror_rate, dst_host_srv_rerror_rate", "the same", "4 "},
	} {
		if text := e.finding(t, f.about, f.word); !strings.Contains(text, f.figure) {
			t.Errorf("%s: %q does not say %s", f.about, text, f.figure)
		}
	}
	groups := 0
	for _, f := range e.Findings {
		if strings.Contains(f.Text, "the same") {
			groups++
		}
	}
	if groups != 3 {
		t.Errorf("%d groups of columns say nearly the same, want 3", groups)
	}
}

// TestRealReport checks that the report of KDDTrain+ is a page one can send, and
// the same whatever the number of cores.
func TestRealReport(t *testing.T) {
	check.Long(t)
	path := check.Shared(t, "data", "nsl-kdd", "KDDTrain+.txt.gz")
	t.Chdir(t.TempDir())
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	runtime.GOMAXPROCS(1)
	run(t, "eda", path, "--report", "one", "--quiet")
	runtime.GOMAXPROCS(2)
	run(t, "eda", path, "--report", "two", "--quiet", "--jobs", "3")
	sameFiles(t, "one", "two")
	if size := len(read(t, "one/index.html")); size > 2e6 {
		t.Errorf("index.html takes %d bytes, more than 2 MB", size)
	}
}
