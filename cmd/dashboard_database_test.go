package cmd

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset/sql"
)

// TestDashboardOfADatabase makes pages of a table that a server holds: of a part of its rows
// with counts of all of them, and of all rows.
// TestViewThatGroups describes a view of more groups than are handed out of a column, which has
// few values nevertheless.
func TestViewThatGroups(t *testing.T) {
	t.Chdir(t.TempDir())
	lines := []string{"host,proto"}
	for i := range 60_000 {
		lines = append(lines, fmt.Sprintf("h%d,%s", i%30_000, []string{"tcp", "udp"}[i%2]))
	}
	write(t, "hosts.csv", strings.Join(lines, "\n")+"\n")
	for _, s := range testServers(t) {
		t.Run(s.name, func(t *testing.T) {
			at, err := sql.ParseAddress(s.load(t, "netanom_hosts", "hosts.csv"))
			if err != nil {
				t.Fatal(err)
			}
			d := s.all[0].Dialect()
			view := at.Table
			view.Table = "netanom_by_host"
			s.exec(t, s.all[0], fmt.Sprintf("CREATE VIEW %s AS SELECT host, min(proto) AS p, count(*) AS n FROM %s GROUP BY host", d.From(view), d.From(at.Table)))
			t.Cleanup(func() {
				_ = s.all[0].Exec(context.Background(), "DROP "+map[bool]string{true: "TABLE", false: "VIEW"}[s.name == "clickhouse"]+" IF EXISTS "+d.From(view))
			})
			e := parse(t, run(t, "describe", s.base+"/netanom_by_host", "--format", "json", "--no-report"))
			if r := e.row(t, "top_levels", "level", "tcp"); r["n"] != 15_000.0 {
				t.Errorf("levels %v", r)
			}
			if e.Data.Rows != 30_000 {
				t.Errorf("%d rows", e.Data.Rows)
			}
		})
	}
}

func TestDashboardOfADatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "traffic.csv")
	run(t, "simulate", "--connections", "3000", "--out", path, "--quiet")
	for _, s := range testServers(t) {
		t.Run(s.name, func(t *testing.T) {
			address := s.load(t, "netanom_dashboard", path)
			t.Chdir(t.TempDir())
			r := session{}.run(t, "dashboard", address, "--max-rows", "1200", "--out", "page.html")
			if r.code != exitDone {
				t.Fatal(r.stderr)
			}
			for _, wanted := range []string{"The table has 3,000 rows, and the page 1,200 of them: a random sample, in which each level of attack has its share", "Of the 1,050 rows with a label that is not normal, the page has 420.", "Counts are exact, of all rows of the table", "All other counts are estimated", "page.html with 1,200 connections"} {
				if !strings.Contains(r.stderr, wanted) {
					t.Errorf("standard error is without %q:\n%s", wanted, r.stderr)
				}
			}
			if page := read(t, "page.html"); !strings.Contains(page, `id="cube"`) || !strings.Contains(page, "The table has 3,000 rows") {
				t.Error("the page does not say that it has a sample")
			}
			if r := (session{}).run(t, "dashboard", address, "--fetch-rows", "500", "--out", "page.html"); r.code != exitDone || !strings.Contains(r.stderr, "page.html with 500 connections") {
				t.Errorf("500 rows to fetch: exit code %d: %s", r.code, r.stderr)
			}
			if r := (session{}).run(t, "dashboard", address, "--out", "whole.html"); strings.Contains(r.stderr, "exact") || strings.Contains(read(t, "whole.html"), `id="cube"`) {
				t.Errorf("a small table was sampled:\n%s", r.stderr)
			}
			for _, two := range [][]string{{address, "--against", path}, {path, "--against", address}} {
				if r := (session{}).run(t, append([]string{"dashboard", "--out", "-"}, two...)...); r.code != exitUsage || !strings.Contains(r.stderr, "netanom compare") {
					t.Errorf("%v: exit code %d: %s", two, r.code, r.stderr)
				}
			}
		})
	}
}

// TestDashboardOfADatabaseWithAModel scores the rows of a sample, and claims nothing of others.
func TestDashboardOfADatabaseWithAModel(t *testing.T) {
	folder := t.TempDir()
	path, detector := filepath.Join(folder, "traffic.csv"), filepath.Join(folder, "detector.netanom")
	servers := testServers(t)
	run(t, "simulate", "--connections", "3000", "--out", path, "--quiet")
	run(t, "train", path, "--algo", "tree", "--validate", "none", "--no-report", "--quiet", "--out", detector)
	s := servers[0]
	address := s.load(t, "netanom_dashboard_model", path)
	t.Chdir(folder)
	r := session{}.run(t, "dashboard", address, "--max-rows", "1000", "--model", detector, "--out", "page.html")
	if r.code != exitDone || !strings.Contains(r.stderr, "Only the rows of the page are scored: how many alerts the whole table has is not known") || strings.Contains(r.stderr, "alerts at the model's") {
		t.Errorf("exit code %d: %s", r.code, r.stderr)
	}
}
