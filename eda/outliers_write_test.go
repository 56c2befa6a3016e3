package eda_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/internal/check"
)

// rowsOf writes the flagged rows and reads them again, without their header.
func rowsOf(t *testing.T, src dataset.Source, o *eda.Outliers, opt eda.RowOptions) (header []string, rows [][]string) {
	t.Helper()
	var b bytes.Buffer
	n, err := o.WriteRows(context.Background(), src, &b, opt)
	if err != nil {
		t.Fatal(err)
	}
	all, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if int64(len(all)) != n+1 {
		t.Errorf("%d rows written, said to be %d", len(all)-1, n)
	}
	return all[0], all[1:]
}

func TestWriteRows(t *testing.T) {
	check.Long(t)
	text := clouds(600)
	lines := strings.Split(text, "\n")
	sources(t, text, func(t *testing.T, src dataset.Source) {
		kept := where(t, src, `x > -1`)
		o := outliers(t, kept, eda.OutlierOptions{Features: []string{"x", "y", "rare"}, Within: "protocol_type", Scores: true})
		header, rows := rowsOf(t, kept, o, eda.RowOptions{})
		if got := strings.Join(header, ","); got != "row,line,outlier_rules,isolation_score,"+lines[0] {
			t.Errorf("header %s", got)
		}
		found := map[string]int64{}
		for _, row := range rows {
			line, err := strconv.Atoi(row[1])
			if err != nil {
				t.Fatal(err)
			}
			if _, isFile := dataset.Origin(src).(*dataset.File); isFile && strings.Join(row[4:], ",") != lines[line-1] {
				t.Errorf("line %d is %s, not %v", line, lines[line-1], row[4:])
			}
			for _, rule := range strings.Split(row[2], ";") {
				found[rule]++
			}
		}
		want := map[string]int64{}
		for _, r := range o.Rules {
			if r.Total() > 0 {
				want[r.Method+":"+r.Column] += r.Total()
			}
		}
		for _, s := range o.Scores {
			want[s.Method] += s.Flagged
		}
		same(t, "rows by rule", fmt.Sprint(found), fmt.Sprint(want))
		checkTop(t, kept, o, rows)
	})
}

// checkTop compares the rows of the highest scores with all that are flagged.
func checkTop(t *testing.T, src dataset.Source, o *eda.Outliers, all [][]string) {
	t.Helper()
	const most = 7
	_, top := rowsOf(t, src, o, eda.RowOptions{Most: most})
	score := func(row []string) float64 {
		x, err := strconv.ParseFloat(row[3], 64)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	slices.SortStableFunc(all, func(a, b []string) int {
		return -strings.Compare(fmt.Sprintf("%.17f", score(a)), fmt.Sprintf("%.17f", score(b)))
	})
	want := all[:most]
	slices.SortStableFunc(want, func(a, b []string) int {
		x, _ := strconv.Atoi(a[0])
		y, _ := strconv.Atoi(b[0])
		return x - y
	})
	same(t, "top rows", top, want)
}

// Names that are taken, cells that look like formulas, rows without scores.
func TestWriteRowsOfOddTables(t *testing.T) {
	text := "row,line,note\n"
	for i := range 30 {
		text += fmt.Sprintf("%d,%d,=A%d\n", i%3, i%2, i)
	}
	text += "900,1,=B1\n"
	src := tableOf(t, text, dataset.Options{})
	o := outliers(t, src, eda.OutlierOptions{Features: []string{"row"}})
	header, rows := rowsOf(t, src, o, eda.RowOptions{CSVOptions: dataset.CSVOptions{EscapeFormulas: true}, Most: 5})
	same(t, "header", header, []string{"netanom_row", "netanom_line", "outlier_rules", "isolation_score", "row", "line", "note"})
	same(t, "rows", rows, [][]string{{"31", "32", "tukey:row;modified_z:row", "", "900", "1", "'=B1"}})
	none := outliers(t, src, eda.OutlierOptions{Features: []string{"line"}})
	if _, rows := rowsOf(t, src, none, eda.RowOptions{}); len(rows) != 0 {
		t.Errorf("rows %v", rows)
	}
}
