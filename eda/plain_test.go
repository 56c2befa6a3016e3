package eda_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/stats"
)

// A cellTable is a table as text, by rows; "" is a missing cell.
type cellTable struct {
	names []string
	rows  [][]string
	lines []int64
}

// kept returns the rows for which the condition holds.
func (c cellTable) kept(holds func(row []string) bool) cellTable {
	out := cellTable{names: c.names}
	for i, row := range c.rows {
		if holds(row) {
			out.rows, out.lines = append(out.rows, row), append(out.lines, c.lines[i])
		}
	}
	return out
}

func (c cellTable) text() string {
	var b strings.Builder
	b.WriteString(strings.Join(c.names, ",") + "\n")
	for _, row := range c.rows {
		b.WriteString(strings.Join(row, ",") + "\n")
	}
	return b.String()
}

// randomTable makes a table in the layout of KDD with gaps, repeats, ties,
// contradictions and cells out of bounds.
func randomTable(r *rand.Rand, rows int) cellTable {
	gaps := r.Float64() * 0.5
	pick := func(cells ...string) string {
		if r.Float64() < gaps {
			return ""
		}
		return cells[r.IntN(len(cells))]
	}
	c := cellTable{names: []string{"num_root", "serror_rate", "protocol_type", "service", "logged_in", "su_attempted", "attack"}}
	for i := range rows {
		row := []string{
			pick("1", "2", "3", "-7", "100"), pick("0.5", "0.25", "0", "1", "0.75", "0.5", "0.25", strconv.Itoa(r.IntN(2e6)-1e6)),
			pick("tcp", "udp", "icmp", "gre"), pick("a", "b", "c", "d", "ä"), pick("0", "1"), pick("0", "1", "0", "2"), "",
		}
		if i > 0 && r.IntN(3) == 0 {
			copy(row, c.rows[r.IntN(i)])
		}
		row[6] = pick("normal", "smurf", "neptune")
		c.rows, c.lines = append(c.rows, row), append(c.lines, int64(i+2))
	}
	return c
}

// Each answer is checked against a slow, plain computation on the cells, of small
// tables, of one in several chunks, and of rows left by a filter.
func TestAgainstPlainComputations(t *testing.T) {
	check.Long(t)
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 40 {
		rows := 1 + r.IntN(120)
		if round == 0 {
			rows = 60000
		}
		c := randomTable(r, rows)
		c.rows[0][0], c.rows[0][4] = "3", "1" // so that no column is without a value, nor all rows left out
		src := opened(t, written(t, c.text()), dataset.Options{Jobs: 1 + round%3})
		checkAll(t, c, src)
		kept := c.kept(func(row []string) bool { return row[0] == "3" || row[4] == "1" || row[2] == "" })
		checkAll(t, kept, where(t, src, "num_root == 3 or logged_in == 1 or isnull(protocol_type)"))
		if t.Failed() {
			t.Fatalf("in round %d, of %d rows", round, rows)
		}
	}
}

func checkAll(t *testing.T, c cellTable, src dataset.Source) {
	t.Helper()
	checkPatterns(t, c, missing(t, src))
	checkRepeats(t, c, repeats(t, src, eda.Classes{Column: 6, Normal: []string{"normal"}}))
	checkExtremes(t, c, src)
	checkOutliers(t, c, src)
	checkCrosses(t, c, src)
	checkContract(t, c, src)
}

func checkPatterns(t *testing.T, c cellTable, g *eda.Gaps) {
	t.Helper()
	counts := map[string]int64{}
	first := make([]int64, len(c.names))
	missing := make([]int64, len(c.names))
	for i, row := range c.rows {
		var set []string
		for k, cell := range row {
			if cell == "" {
				set = append(set, c.names[k])
				if missing[k]++; first[k] == 0 {
					first[k] = c.lines[i]
				}
			}
		}
		counts[strings.Join(set, " ")]++
	}
	if g.Rows != int64(len(c.rows)) || g.Complete != counts[""] {
		t.Errorf("%d rows, %d complete; want %d and %d", g.Rows, g.Complete, len(c.rows), counts[""])
	}
	listed := g.Complete + g.Others
	for i, p := range g.Patterns {
		listed += p.Rows
		if n := counts[strings.Join(p.Columns, " ")]; p.Rows != n || i > 0 && g.Patterns[i-1].Rows < n {
			t.Errorf("pattern %d: %v, want %d rows", i, p, n)
		}
	}
	if listed != g.Rows {
		t.Errorf("patterns list %d rows of %d", listed, g.Rows)
	}
	for k, col := range g.Columns {
		if col.Missing != missing[k] || col.FirstLine != first[k] {
			t.Errorf("%s: %d missing, first in line %d; want %d and %d", c.names[k], col.Missing, col.FirstLine, missing[k], first[k])
		}
		for i, shares := range g.Blocks {
			n := 0.0
			run := c.rows[int64(i)*g.BlockRows : min(g.Rows, int64(i+1)*g.BlockRows)]
			for _, row := range run {
				if row[k] == "" {
					n++
				}
			}
			check.Close(t, fmt.Sprintf("share of %s in block %d", c.names[k], i), shares[k], n/float64(len(run)), 1e-15)
		}
	}
	if len(g.Blocks) > 60 || int64(len(g.Blocks)) != (g.Rows+g.BlockRows-1)/g.BlockRows {
		t.Errorf("%d blocks of %d rows for %d", len(g.Blocks), g.BlockRows, g.Rows)
	}
}

func checkRepeats(t *testing.T, c cellTable, got *eda.Repeats) {
	t.Helper()
	want := eda.Repeats{Rows: int64(len(c.rows)), HasLabel: true, Checked: true}
	whole := map[string]bool{}
	sets := map[string][]int{}
	var order []string
	for i, row := range c.rows {
		all, features := strings.Join(row, ","), strings.Join(row[:6], ",")
		if whole[all] {
			want.Exact++
		}
		whole[all] = true
		if sets[features] != nil {
			want.Features++
		} else {
			order = append(order, features)
		}
		sets[features] = append(sets[features], i)
	}
	for _, features := range order {
		var e eda.RepeatExample
		rows := int64(0)
		for _, i := range sets[features] {
			label := c.rows[i][6]
			if label == "" {
				continue
			}
			if rows++; len(e.Lines) < 5 {
				e.Lines = append(e.Lines, c.lines[i])
			}
			if !slices.Contains(e.Labels, label) {
				e.Labels = append(e.Labels, label)
			}
		}
		if len(e.Labels) < 2 {
			continue
		}
		want.Contradictory++
		want.ContradictoryRows += rows
		if slices.Contains(e.Labels, "normal") {
			want.BothClasses++
		}
		want.Examples = append(want.Examples, e)
	}
	slices.SortFunc(want.Examples, func(a, b eda.RepeatExample) int { return cmp.Compare(a.Lines[0], b.Lines[0]) })
	want.Examples = want.Examples[:min(len(want.Examples), 10)]
	same(t, "repeats", got, &want)
}

func checkExtremes(t *testing.T, c cellTable, src dataset.Source) {
	t.Helper()
	list, err := eda.Extremes(context.Background(), src, described(t, src, "num_root", "serror_rate"), 2)
	if err != nil {
		t.Fatal(err)
	}
	var want []eda.Extreme
	for k, name := range c.names[:2] {
		found := map[float64]*eda.Extreme{}
		var values []float64
		for i, row := range c.rows {
			x, ok := dataset.ParseNumber([]byte(row[k]))
			if !ok {
				continue
			}
			if found[x] == nil {
				found[x] = &eda.Extreme{Column: name, Value: x, Line: c.lines[i]}
				values = append(values, x)
			}
			found[x].N++
		}
		slices.Sort(values)
		for i := range min(2, len(values)) {
			e := *found[values[len(values)-1-i]]
			e.High = true
			want = append(want, e)
		}
		for i := range min(2, max(0, len(values)-2)) {
			want = append(want, *found[values[i]])
		}
	}
	same(t, "extremes", list, want)
}

// checkOutliers looks at the rows that are listed; that the fences are right is
// the matter of package stats.
func checkOutliers(t *testing.T, c cellTable, src dataset.Source) {
	t.Helper()
	const most = 7
	o := outliers(t, src, eda.OutlierOptions{Features: []string{"serror_rate"}, Rows: most})
	if len(o.Rules) == 0 {
		return
	}
	fence := o.Rules[0]
	var want []eda.OutlierRow
	for i, row := range c.rows {
		if x, ok := dataset.ParseNumber([]byte(row[1])); ok && (x < fence.Lower || x > fence.Upper) {
			want = append(want, eda.OutlierRow{Column: "serror_rate", Value: x, Row: int64(i + 1), Line: c.lines[i], Label: row[6]})
		}
	}
	if int64(len(want)) != fence.Total() {
		t.Errorf("%d rows outside, want %d", fence.Total(), len(want))
	}
	slices.SortStableFunc(want, func(a, b eda.OutlierRow) int {
		return cmp.Compare(max(b.Value-fence.Upper, fence.Lower-b.Value), max(a.Value-fence.Upper, fence.Lower-a.Value))
	})
	same(t, "outlier rows", o.Rows, want[:min(len(want), most)])
}

func checkCrosses(t *testing.T, c cellTable, src dataset.Source) {
	t.Helper()
	names := []string{"service", "protocol_type", "logged_in", "su_attempted"}
	a, err := eda.Associate(context.Background(), src, eda.AssociateOptions{Features: names})
	if err != nil {
		return // too few rows for two columns that vary
	}
	for _, p := range a.Pairs {
		var table stats.Crosstab
		i, j := slices.Index(c.names, p.A), slices.Index(c.names, p.B)
		for _, row := range c.rows {
			if row[i] == "" || row[j] == "" {
				table.Missing++
				continue
			}
			if err := table.Add(row[i], row[j], 1); err != nil {
				t.Fatal(err)
			}
		}
		want, err := stats.ChiSquareTest(&table, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		same(t, p.A+" and "+p.B, p.Test, want)
		plain, corrected, err := stats.CramersV(&table, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "V of "+p.A+" and "+p.B, []stats.Effect{p.V, p.Corrected}, []stats.Effect{plain, corrected})
	}
}

func checkContract(t *testing.T, c cellTable, src dataset.Source) {
	t.Helper()
	got, err := eda.Contract(context.Background(), src)
	if err != nil {
		t.Fatal(err)
	}
	var want []eda.Breach
	for k, rule := range map[int]string{0: "a whole number, 0 or more", 1: "from 0 to 1", 2: "tcp, udp or icmp", 5: "0 or 1"} {
		b := eda.Breach{Column: c.names[k], Rule: rule}
		for i, row := range c.rows {
			x, isNumber := dataset.ParseNumber([]byte(row[k]))
			switch {
			case row[k] == "", k == 2 && row[k] != "gre", isNumber && x >= 0 && (k == 0 || x <= 1):
				continue
			}
			if b.Cells++; len(b.Lines) < 5 {
				b.Lines = append(b.Lines, c.lines[i])
			}
			if len(b.Values) < 5 && !slices.Contains(b.Values, row[k]) {
				b.Values = append(b.Values, row[k])
			}
		}
		if b.Cells > 0 {
			want = append(want, b)
		}
	}
	slices.SortFunc(want, func(a, b eda.Breach) int {
		return cmp.Compare(slices.Index(c.names, a.Column), slices.Index(c.names, b.Column))
	})
	same(t, "breaches", got, want)
}
