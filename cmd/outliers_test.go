package cmd

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// TestOutliersOut reads the rows that outliers writes.
func TestOutliersOut(t *testing.T) {
	inTestdata(t)
	r := session{}.run(t, oneCommand(t, "outliers traffic.csv --feature src_bytes,count --no-report --out rows.csv")...)
	if r.code != exitDone || !strings.Contains(r.stderr, " rows written to rows.csv") {
		t.Fatalf("exit code %d: %s", r.code, r.stderr)
	}
	head, _, _ := strings.Cut(read(t, "rows.csv"), "\n")
	if first, _, _ := strings.Cut(read(t, "traffic.csv"), "\n"); head != "row,line,outlier_rules,isolation_score,"+first {
		t.Errorf("the header is %s", head)
	}
	all := parse(t, run(t, "describe", "rows.csv", "--no-report", "--format", "json"))
	if all.Data.Rows < 50 || all.Data.Rows >= 300 || all.Data.Columns != 51 {
		t.Errorf("%d rows of %d columns are written", all.Data.Rows, all.Data.Columns)
	}
	run(t, oneCommand(t, "outliers traffic.csv --feature src_bytes,count --no-report --out top.csv.gz --top 4")...)
	if top := parse(t, run(t, "describe", "top.csv.gz", "--no-report", "--format", "json")); top.Data.Rows != 4 {
		t.Errorf("--top 4 leaves %d rows", top.Data.Rows)
	}
	write(t, "formulas.csv", "n,word\n"+strings.Repeat("1,=A1\n2,=A2\n", 30)+"900,=SUM(A1)\n")
	for flag, want := range map[string]string{"": ",900,=SUM(A1)\n", " --escape-formulas": ",900,'=SUM(A1)\n"} {
		run(t, oneCommand(t, "outliers formulas.csv --no-report --out flagged.csv"+flag)...)
		if text := read(t, "flagged.csv"); !strings.HasSuffix(text, want) {
			t.Errorf("with%q the rows are %q", flag, text)
		}
	}
	leftover, err := filepath.Glob(".*csv*")
	if err != nil || len(leftover) > 0 {
		t.Errorf("half-written files %v, %v", leftover, err)
	}
}

// TestOutliersNames checks that a command of a report does not repeat where rows
// were written.
func TestOutliersNames(t *testing.T) {
	inTestdata(t)
	text := run(t, oneCommand(t, "outliers traffic.csv --feature src_bytes --no-report --out rows.csv --format markdown")...)
	if strings.Contains(text, "rows.csv") {
		t.Error("the answer names the file of the rows")
	}
}

// TestKDDOutliers checks what pandas says of KDDTrain+: 45,760 rows have a modified
// z-score of count beyond 3.5, 40,528 of them attacks, of which there are 58,630;
// 23,579 lie outside Tukey's fences of dst_bytes, 1,330 of them attacks; within the
// protocols 11,970 of src_bytes, 1,622 of them attacks.
func TestKDDOutliers(t *testing.T) {
	path := check.Shared(t, "data", "nsl-kdd", "KDDTrain+.txt.gz")
	t.Chdir(t.TempDir())
	judged := func(flags ...string) envelope {
		return parse(t, run(t, append([]string{"outliers", path, "--no-report", "--esd", "0", "--format", "json"}, flags...)...))
	}
	find := func(e envelope, feature, method string) map[string]any {
		for _, table := range e.Tables {
			for _, r := range table.Rows {
				if table.Name == "outlier_quality" && r["feature"] == feature && r["method"] == method {
					return r
				}
			}
		}
		t.Fatalf("%s of %s is not judged", method, feature)
		return nil
	}
	e := judged()
	for _, want := range []struct {
		feature, method string
		flagged, found  float64
	}{{"count", "modified_z", 45760, 40528}, {"dst_bytes", "tukey", 23579, 1330}} {
		r := find(e, want.feature, want.method)
		check.Close(t, want.feature+" flagged", r["n_flagged"].(float64), want.flagged, 0)
		check.Close(t, want.feature+" found", r["tp"].(float64), want.found, 0)
		check.Close(t, want.feature+" precision", r["precision"].(float64), want.found/want.flagged, 1e-14)
		check.Close(t, want.feature+" recall", r["recall"].(float64), want.found/58630, 1e-14)
		check.Close(t, want.feature+" fpr", r["fpr"].(float64), (want.flagged-want.found)/67343, 1e-14)
		check.Close(t, want.feature+" lift", r["lift"].(float64), want.found/want.flagged/(58630./125973), 1e-14)
	}
	r := find(judged("--within", "protocol_type", "--feature", "src_bytes"), "src_bytes", "tukey")
	check.Close(t, "within flagged", r["n_flagged"].(float64), 11970, 0)
	check.Close(t, "within found", r["tp"].(float64), 1622, 0)
}

// TestRealOutliers asks every file of the reference data for its outliers.
func TestRealOutliers(t *testing.T) {
	check.Long(t)
	t.Chdir(t.TempDir())
	for _, table := range realTables {
		t.Run(strings.ReplaceAll(table.path, "/", "_"), func(t *testing.T) {
			if table.heavy && testing.Short() {
				t.Skip("large")
			}
			path := check.Shared(t, "data", filepath.FromSlash(table.path))
			fits(t, "outliers "+path, run(t, "outliers", path, "--no-report"), 80)
		})
	}
}
