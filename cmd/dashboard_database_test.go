package cmd

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestDashboardOfADatabase makes pages of a table that a server holds: of a part of its rows
// with counts of all of them, and of all rows.
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
