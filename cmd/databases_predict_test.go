package cmd

import (
	"context"
	"encoding/csv"
	"fmt"
	"net"
	"strconv"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset/sql"
)

// numbered writes a copy of a CSV file with a first column that numbers the records.
func numbered(t *testing.T, from, to string) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(read(t, from), "\n"), "\n")
	for i := range lines {
		name := strconv.Itoa(1000 + i)
		if i == 0 {
			name = "id"
		}
		lines[i] = name + "," + lines[i]
	}
	write(t, to, strings.Join(lines, "\n")+"\n")
}

// cellsOf returns the cells of a column of a CSV file.
func cellsOf(t *testing.T, path, name string) (cells []string) {
	t.Helper()
	records, err := csv.NewReader(strings.NewReader(read(t, path))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := -1
	for i, n := range records[0] {
		if n == name {
			at = i
		}
	}
	if at < 0 {
		t.Fatalf("%s has no column %s", path, name)
	}
	for _, r := range records[1:] {
		if x, err := strconv.ParseFloat(r[at], 64); err == nil {
			r[at] = strconv.FormatFloat(x, 'g', -1, 64) // whether with an exponent or without
		}
		cells = append(cells, r[at])
	}
	return cells
}

// TestPredictFromDatabase scores the rows of a table as those of a file, and delivers every
// verdict once, however often it is started.
func TestPredictFromDatabase(t *testing.T) {
	t.Chdir(t.TempDir())
	run(t, "simulate", "--connections", "3000", "--seed", "7", "--out", "plain.csv", "--quiet")
	numbered(t, "plain.csv", "t.csv")
	run(t, "train", "plain.csv", "--algo", "gbt", "--validate", "none", "--no-report", "--out", "m.netanom", "--quiet")
	run(t, "predict", "t.csv", "--model", "m.netanom", "--out", "file.csv", "--no-report", "--quiet")
	for _, s := range testServers(t) {
		t.Run(s.name, func(t *testing.T) {
			table := s.load(t, "netanom_scored", "t.csv")
			run(t, "predict", table, "--key", "id", "--model", "m.netanom", "--out", "base.csv", "--no-report", "--quiet")
			for _, name := range []string{"id", "score", "verdict"} {
				if got, want := strings.Join(cellsOf(t, "base.csv", name), " "), strings.Join(cellsOf(t, "file.csv", name), " "); got != want {
					t.Errorf("%s differs: %.100s, want %.100s", name, got, want)
				}
			}
			into := s.base + "/netanom_verdicts"
			s.drop(t, into)
			first := []string{"predict", table, "--key", "id", "--model", "m.netanom", "--into", into, "--no-report"}
			for _, c := range []struct{ before, says string }{
				{"id < 2000", "999 verdicts of this model stood there before"}, // as if it had been killed there
				{"id >= 2000 && id < 2500", "500 verdicts of this model stood there before"},
			} {
				run(t, append(first, "--where", c.before)...)
				r := session{}.run(t, first...)
				if r.code != exitDone || !strings.Contains(r.stderr, c.says) {
					t.Errorf("%s: exit code %d: %s", c.before, r.code, r.stderr)
				}
				run(t, first...)
				run(t, "convert", into, "--key", "key", "--out", "verdicts.csv", "--quiet")
				for name, of := range map[string]string{"key": "id", "score": "score", "verdict": "verdict"} {
					if got, want := strings.Join(cellsOf(t, "verdicts.csv", name), " "), strings.Join(cellsOf(t, "file.csv", of), " "); got != want {
						t.Errorf("%s: %s differs: %.100s, want %.100s", c.before, name, got, want)
					}
				}
				s.drop(t, into)
			}
		})
	}
}

// drop removes a table if it is there.
func (s *testServer) drop(t testing.TB, address string) {
	t.Helper()
	at, err := sql.ParseAddress(address)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.all[0].Exec(context.WithoutCancel(t.Context()), "DROP TABLE IF EXISTS "+s.all[0].Dialect().From(at.Table)); err != nil {
		t.Fatal(err)
	}
}

// TestLostDelivery loses the connection when the verdicts have arrived and their receipt has
// not: nothing is delivered twice.
func TestLostDelivery(t *testing.T) {
	for _, s := range testServers(t) {
		if s.name != "clickhouse" {
			continue
		}
		t.Chdir(t.TempDir())
		run(t, "simulate", "--connections", "500", "--seed", "7", "--out", "plain.csv", "--quiet")
		numbered(t, "plain.csv", "t.csv")
		run(t, "train", "plain.csv", "--algo", "nb", "--validate", "none", "--no-report", "--out", "m.netanom", "--quiet")
		table := s.load(t, "netanom_lost", "t.csv")
		s.drop(t, s.base+"/netanom_lost_verdicts")
		at, err := sql.ParseAddress(table)
		if err != nil {
			t.Fatal(err)
		}
		lossy := losingProxy(t, net.JoinHostPort(at.Host, strconv.Itoa(at.Port)))
		run(t, "predict", table, "--key", "id", "--model", "m.netanom", "--no-report", "--quiet",
			"--into", fmt.Sprintf("clickhouse://%s/default/netanom_lost_verdicts", lossy))
		run(t, "convert", s.base+"/netanom_lost_verdicts", "--key", "key", "--out", "verdicts.csv", "--quiet")
		if got, want := strings.Join(cellsOf(t, "verdicts.csv", "key"), " "), strings.Join(cellsOf(t, "t.csv", "id"), " "); got != want {
			t.Errorf("keys %.200s, want %.200s", got, want)
		}
		s.drop(t, s.base+"/netanom_lost_verdicts")
	}
}
