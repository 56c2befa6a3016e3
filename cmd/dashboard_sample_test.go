package cmd

import (
	"strings"
	"testing"
)

// TestDashboardOfALargeTable makes a page that does not hold all rows, and says so.
func TestDashboardOfALargeTable(t *testing.T) {
	t.Chdir(t.TempDir())
	run(t, "simulate", "--connections", "3000", "--out", "traffic.csv", "--quiet")
	r := session{}.run(t, "dashboard", "traffic.csv", "--max-rows", "1200", "--out", "page.html")
	if r.code != exitDone {
		t.Fatal(r.stderr)
	}
	for _, wanted := range []string{"The table has 3,000 rows, more than the page holds. It has 1,200 of them", "Counts are exact", "All other counts are estimated", "page.html with 1,200 connections"} {
		if !strings.Contains(r.stderr, wanted) {
			t.Errorf("standard error is without %q:\n%s", wanted, r.stderr)
		}
	}
	if page := read(t, "page.html"); !strings.Contains(page, `id="cube"`) || !strings.Contains(page, "The table has 3,000 rows") {
		t.Error("the page does not say that it has a sample")
	}
	if r := (session{}).run(t, "dashboard", "traffic.csv", "--out", "whole.html"); strings.Contains(r.stderr, "exact") || strings.Contains(read(t, "whole.html"), `id="cube"`) {
		t.Errorf("a small table was sampled:\n%s", r.stderr)
	}
	if r := (session{}).run(t, "dashboard", "traffic.csv", "--max-rows", "999", "--out", "-"); r.code != exitUsage || !strings.Contains(r.stderr, "1000") {
		t.Errorf("999 rows: exit code %d: %s", r.code, r.stderr)
	}
}
