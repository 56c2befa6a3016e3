package report_test

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"

	"github.com/netanom/netanom/report"
	"github.com/netanom/netanom/stats"
)

// levels is a small table with a missing value.
func levels() report.Table {
	return report.Table{
		Name:    "levels",
		Title:   "Levels of protocol_type",
		Columns: report.Cols("level", "n", "share", "entropy"),
		Rows: [][]any{
			{"tcp", int64(102689), 102689.0 / 125973, 0.5},
			{"udp", int64(14993), 14993.0 / 125973, 0.25},
			{"icmp", int64(8291), 8291.0 / 125973, math.NaN()},
		},
		Footnotes: []string{"the entropy of icmp is not known"},
	}
}

func ExampleFormat() {
	fmt.Println(report.Format(report.Real, 45566.743))
	fmt.Println(report.Format(report.Count, 125973))
	fmt.Println(report.Format(report.Share, 0.999964))
	fmt.Println(report.Format(report.PValue, report.P{P: 0, Log10: -512.3}))
	fmt.Println(report.Format(report.Bytes, 234.4e6))
	fmt.Println(report.Format(report.Real, math.NaN()))
	fmt.Println(report.Format(report.Label, "\x1b[2J"))
	// Output:
	// 45,567
	// 125,973
	// 99.9964 %
	// 5.01e-513
	// 234.4 MB
	// –
	// \x1b[2J
}

func ExampleTable_WriteText() {
	if err := levels().WriteText(os.Stdout, report.TextOptions{}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// Levels of protocol_type
	//                         Entropy
	// Level        n   Share   (bits)
	// ───────────────────────────────
	// tcp    102,689  81.5 %      0.5
	// udp     14,993  11.9 %     0.25
	// icmp     8,291   6.6 %        –
	// * the entropy of icmp is not known
}

func ExampleTable_WriteMarkdown() {
	if err := levels().WriteMarkdown(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// **Levels of protocol_type**
	//
	// | Level | n | Share | Entropy (bits) |
	// | --- | --: | --: | --: |
	// | tcp | 102,689 | 81.5 % | 0.5 |
	// | udp | 14,993 | 11.9 % | 0.25 |
	// | icmp | 8,291 | 6.6 % | – |
	//
	// - the entropy of icmp is not known
}

func ExampleTable_WriteCSV() {
	if err := levels().WriteCSV(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// level,n,share,entropy
	// tcp,102689,0.815166742079652,0.5
	// udp,14993,0.1190175672564756,0.25
	// icmp,8291,0.06581569066387241,
}

func ExampleTable_WriteJSON() {
	if err := levels().WriteJSON(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// {
	//   "name": "levels",
	//   "title": "Levels of protocol_type",
	//   "columns": [
	//     {"key": "level", "kind": "label", "title": "Level"},
	//     {"key": "n", "kind": "count", "title": "n"},
	//     {"key": "share", "kind": "share", "title": "Share"},
	//     {"key": "entropy", "kind": "real", "title": "Entropy"}
	//   ],
	//   "rows": [
	//     {"level": "tcp", "n": 102689, "share": 0.815166742079652, "entropy": 0.5},
	//     {"level": "udp", "n": 14993, "share": 0.1190175672564756, "entropy": 0.25},
	//     {"level": "icmp", "n": 8291, "share": 0.06581569066387241, "entropy": null}
	//   ]
	// }
}

func ExampleTable_WriteHTML() {
	table := report.Table{Name: "levels", Columns: report.Cols("level", "n"), Rows: [][]any{{"<b>", int64(1250)}}}
	if err := table.WriteHTML(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// <div class="table">
	// <h4>levels</h4>
	// <div class="scroll" role="region" aria-label="levels" tabindex="0">
	// <table>
	// <thead><tr><th scope="col" title="value of a categorical column">Level</th><th scope="col" class="number" title="values used">n</th></tr></thead>
	// <tbody>
	// <tr><th scope="row">&lt;b&gt;</th><td data-value="1250">1,250</td></tr>
	// </tbody>
	// </table>
	// </div>
	// </div>
}

// The sleep data of Student (1908), as R 4.2.2 tests them with t.test.
func ExampleResults() {
	welch := stats.NewResult(stats.Result{
		Test: "two-sample t-test", Method: "Welch",
		Statistic: stats.Named{Name: "t", Value: -1.8608134674868526},
		DF:        []float64{17.776473516178495},
		Estimate:  stats.Named{Name: "difference in means", Value: -1.58},
		CI:        stats.Interval{Low: -3.365483, High: 0.205483, Level: 0.95},
		N:         []int64{10, 10},
	}, math.Log(0.07939414018735815))
	if err := report.Results("sleep", "Extra sleep", welch).WriteText(os.Stdout, report.TextOptions{}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// Extra sleep
	// Estimated       difference in means
	// Estimate        -1.58
	// CI low          -3.365
	// CI high         0.2055
	// CI level        95 %
	// p               0.0794
	// Test            two-sample t-test
	// Method          Welch
	// Alternative     two-sided
	// Statistic name  t
	// Statistic       -1.861
	// df              17.78
	// n               20
	// n by group      10 + 10
	// Missing         0
}

func ExampleTerms() {
	result := stats.NewResult(stats.Result{Terms: []stats.Term{
		{Name: "tcp - udp", Values: []stats.Named{{Name: "estimate", Value: 3.25}, {Name: "p_adj", Value: 0.0004}}},
		{Name: "tcp - icmp", Values: []stats.Named{{Name: "estimate", Value: -1.5}, {Name: "p_adj", Value: 0.31}}},
	}}, 0)
	if err := report.Terms("pairs", "Pairs of protocols", result).WriteText(os.Stdout, report.TextOptions{}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// Pairs of protocols
	//                              p
	// Term        Estimate  adjusted
	// ──────────────────────────────
	// tcp - udp       3.25  4.00e-04
	// tcp - icmp      -1.5      0.31
}

func ExampleParseGate() {
	gate, err := report.ParseGate("share < 0.1 and n > 1000")
	if err != nil {
		fmt.Println(err)
		return
	}
	crossed, err := gate.Check([]report.Table{levels()})
	fmt.Println(crossed, err)

	_, err = report.ParseGate("missing_shre > 0.05")
	fmt.Println(err)
	// Output:
	// [levels, icmp: share = 6.6 %, n = 8,291] <nil>
	// gate "missing_shre > 0.05": column 1: "missing_shre" is no known column; the nearest is "missing_share"
}

func ExampleDocument_WriteText() {
	doc := report.Document{
		Command: "describe",
		Data:    report.DataInfo{Path: "flows.csv", Rows: 125973, Columns: 43, Label: "attack", Normal: []string{"normal"}},
		Sections: []report.Section{{
			ID:       "levels",
			Title:    "Levels",
			Lead:     "How often each level occurs.",
			Tables:   []report.Table{levels()},
			Findings: []report.Finding{{Level: report.Warning, About: "icmp", Text: "is rare.", Next: "netanom chisq --feature protocol_type"}},
			Commands: []string{"netanom describe flows.csv --feature protocol_type"},
		}},
	}
	if err := doc.WriteText(os.Stdout, report.TextOptions{}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// netanom describe · flows.csv
	// 125,973 rows × 43 columns · label attack (normal: normal)
	//
	// warning  icmp: is rare.
	//          → netanom chisq --feature protocol_type
	//
	// Levels
	// ══════
	// How often each level occurs.
	//
	// Levels of protocol_type
	//                         Entropy
	// Level        n   Share   (bits)
	// ───────────────────────────────
	// tcp    102,689  81.5 %      0.5
	// udp     14,993  11.9 %     0.25
	// icmp     8,291   6.6 %        –
	// * the entropy of icmp is not known
	//
	// $ netanom describe flows.csv --feature protocol_type
}

// dot is the smallest figure there is.
type dot struct{}

func (dot) WritePNG(w io.Writer) error { _, err := io.WriteString(w, "\x89PNG…"); return err }
func (dot) WriteSVG(w io.Writer) error { _, err := io.WriteString(w, "<svg/>"); return err }

func ExampleWriteDir() {
	dir, err := os.MkdirTemp("", "report")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	doc := report.Document{Command: "describe", Sections: []report.Section{{
		ID:      "levels",
		Tables:  []report.Table{levels()},
		Figures: []report.NamedFigure{{Name: "protocol_type", Alt: "a dot", Figure: dot{}}},
	}}}
	if err := report.WriteDir(context.Background(), dir, doc, report.Manifest{}); err != nil {
		fmt.Println(err)
	}
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			name, _ := filepath.Rel(dir, path)
			fmt.Println(filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// figures/levels-protocol_type.png
	// figures/levels-protocol_type.svg
	// index.html
	// index.md
	// manifest.json
	// results/describe.json
	// sections/describe.json
	// tables/levels/levels.csv
}
