package eda_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/dataset/sourcetest"
	"github.com/netanom/netanom/eda"
)

func TestEngineFindsOutliers(t *testing.T) {
	table := tableOf(t, clouds(900), dataset.Options{})
	for _, budget := range []int64{1 << 20, 60} {
		engine := sourcetest.CountedWith(table, sourcetest.CountedOptions{Budget: budget})
		for _, o := range []eda.OutlierOptions{
			{Rows: 4, ESD: 3},
			{Rows: 5, Within: "protocol_type", TukeyK: 0.8, ModZ: 2},
			{Rows: 3, Features: []string{"x", "rare"}, Normal: []string{"satan"}},
		} {
			o.Budget = int(min(budget*7, 1<<20))
			name := fmt.Sprintf("budget %d, %+v", budget, o)
			want, got := outliers(t, table, o), outliers(t, engine, o)
			near(t, name, got, want, "Row", "Line", "Warnings", "limits", "Number")
			for i, r := range got.Rows {
				if r.Row != 0 || r.Line != 0 {
					t.Errorf("%s: row %d, line %d", name, r.Row, r.Line)
				}
				if r.Label != want.Rows[i].Label {
					t.Errorf("%s: %+v, want %+v", name, r, want.Rows[i])
				}
			}
		}
	}
}

// Columns and levels of any name can be asked for; of columns with a backtick no rows
// are listed, which is said.
func TestEngineFindsOutliersOfOddNames(t *testing.T) {
	var b strings.Builder
	b.WriteString("Flow Bytes/s,in,a`b,detailed-label,attack\n")
	for i := range 200 {
		x := i % 7
		if i%50 == 3 {
			x = 40 + i
		}
		fmt.Fprintf(&b, "%d,%d,%d,%s,%s\n", x, -x, x, []string{`"it's ""a"" \n"`, "é. ", "x/y", "true"}[i%4], []string{"normal", "smurf."}[i%2])
	}
	table := tableOf(t, b.String(), dataset.Options{})
	for _, within := range []string{"", "detailed-label"} {
		o := eda.OutlierOptions{Rows: 3, Within: within}
		want, got := outliers(t, table, o), outliers(t, sourcetest.Counted(table), o)
		want.Rows = slices.DeleteFunc(want.Rows, func(r eda.OutlierRow) bool { return r.Column == "a`b" })
		near(t, "rows", got.Rows, want.Rows, "Row", "Line")
		near(t, "rules", got.Rules, want.Rules)
		if len(got.Rows) == 0 || !strings.Contains(strings.Join(got.Warnings, " "), "No rows are listed of columns with a backtick in their names") {
			t.Errorf("%d rows, warnings %q", len(got.Rows), got.Warnings)
		}
		if _, err := got.WriteRows(context.Background(), sourcetest.Counted(table), &strings.Builder{}, eda.RowOptions{Most: 3}); err == nil || !strings.Contains(err.Error(), "backtick") {
			t.Errorf("rows are written: %v", err)
		}
	}
}

// Scores are those of a sample, as good as its rows alone would have them.
func TestEngineScoresRows(t *testing.T) {
	table := tableOf(t, clouds(900), dataset.Options{})
	o := eda.OutlierOptions{Scores: true, Top: 5, Within: "protocol_type", Fetch: eda.Fetch{Rows: 300}}
	got := outliers(t, sourcetest.Counted(table), o)
	sample, err := sourcetest.Counted(table).Sample(context.Background(), dataset.SampleOptions{Rows: 300, By: table.Schema().Label()})
	if err != nil {
		t.Fatal(err)
	}
	want := outliers(t, sample.Table, o)
	near(t, "scores", got.Scores, want.Scores)
	near(t, "top", got.Top, want.Top, "Row", "Line")
	for _, r := range got.Top {
		if r.Row != 0 || r.Line != 0 || r.Label == "" {
			t.Errorf("%+v", r)
		}
	}
	if text := strings.Join(got.Warnings, " "); !strings.Contains(text, "Scores are those of a sample of 300 of 900 rows (seed 0, each label with its share), to bound time and memory.") {
		t.Errorf("warnings %q", text)
	}
	all := outliers(t, sourcetest.Counted(table), eda.OutlierOptions{Scores: true, Top: 5})
	near(t, "scores of all rows", all.Scores, outliers(t, table, eda.OutlierOptions{Scores: true, Top: 5}).Scores)
	if len(all.Warnings) != 0 {
		t.Errorf("warnings %q", all.Warnings)
	}
}

// Flagged rows of an engine are written without numbers, and no more than were asked
// for.
func TestEngineWritesRows(t *testing.T) {
	table := tableOf(t, clouds(300), dataset.Options{})
	engine := sourcetest.Counted(table)
	for _, within := range []string{"", "protocol_type"} {
		o := eda.OutlierOptions{Features: []string{"x", "y", "rare"}, Within: within}
		_, want := rowsOf(t, table, outliers(t, table, o), eda.RowOptions{})
		found := outliers(t, engine, o)
		if _, err := found.WriteRows(context.Background(), engine, &strings.Builder{}, eda.RowOptions{}); err == nil || !strings.Contains(err.Error(), "--top") {
			t.Errorf("all rows: %v", err)
		}
		header, got := rowsOf(t, engine, found, eda.RowOptions{Most: 1000})
		for _, row := range want {
			row[0], row[1] = "", ""
		}
		same(t, "header", strings.Join(header[:4], ","), "row,line,outlier_rules,isolation_score")
		same(t, "rows", got, want)
		if _, few := rowsOf(t, engine, found, eda.RowOptions{Most: 7}); len(few) != 7 {
			t.Errorf("%d rows of 7", len(few))
		}
	}
	names, cells := make([]string, 300), make([]string, 300)
	for i := range names {
		names[i], cells[i] = fmt.Sprintf("a_rather_long_name_%d", i), fmt.Sprint(i)
	}
	many := sourcetest.Counted(tableOf(t, strings.Join(names, ",")+"\n"+strings.Join(cells, ",")+"\n"+strings.Join(cells, ",")+"\n", dataset.Options{}))
	if _, err := outliers(t, many, eda.OutlierOptions{}).WriteRows(context.Background(), many, &strings.Builder{}, eda.RowOptions{Most: 5}); err == nil || !strings.Contains(err.Error(), "--feature") {
		t.Errorf("of 300 columns: %v", err)
	}
	none := outliers(t, engine, eda.OutlierOptions{Features: []string{"flat"}})
	if _, rows := rowsOf(t, engine, none, eda.RowOptions{Most: 5}); len(rows) != 0 {
		t.Errorf("rows %v", rows)
	}
}
