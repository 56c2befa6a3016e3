package eda_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/stats"
)

// everything asks all questions, and dumps the answers.
func everything(t *testing.T, src dataset.Source) string {
	t.Helper()
	e := explored(t, src, eda.ExploreOptions{})
	byGroup, err := eda.Describe(context.Background(), src, eda.DescribeOptions{By: "protocol_type"})
	if err != nil {
		t.Fatal(err)
	}
	kendall, err := eda.Correlate(context.Background(), src, eda.CorrelateOptions{Features: []string{"num_root", "logged_in"}, Method: stats.Kendall})
	if err != nil {
		t.Fatal(err)
	}
	relations, err := eda.Relate(context.Background(), src, eda.RelateOptions{Scatters: 3})
	if err != nil {
		t.Fatal(err)
	}
	var splits []string
	for _, name := range []string{"num_root", "serror_rate", "logged_in"} {
		splits = append(splits, dump(e.ByClass[name]))
	}
	within := outliers(t, src, eda.OutlierOptions{Within: "protocol_type", Scores: true, ESD: 3, Rows: 2, Top: 3})
	return dump(e) + dump(byGroup) + dump(kendall) + dump(relations) + dump(within) + strings.Join(splits, "\n")
}

// A table of several chunks gives the same answers, to the last bit, as a file
// and in memory, whatever the number of workers, and so do rows left by a filter.
func TestSameAnswers(t *testing.T) {
	rows, workers := 60000, []int{1, 2, 5}
	if testing.Short() {
		rows, workers = 20000, []int{5} // two chunks still
	}
	path := written(t, randomTable(rand.New(rand.NewPCG(3, 4)), rows).text())
	want, wantKept := "", ""
	for _, jobs := range workers {
		file := opened(t, path, dataset.Options{Jobs: jobs})
		for name, src := range map[string]dataset.Source{"file": file, "table": loaded(t, file)} {
			kept := where(t, src, `num_root != 3 or protocol_type == "udp"`)
			got, gotKept := everything(t, src), everything(t, kept)
			if want == "" {
				want, wantKept = got, gotKept
			}
			same(t, fmt.Sprintf("%s by %d workers", name, jobs), got, want)
			same(t, fmt.Sprintf("rows kept of %s by %d workers", name, jobs), gotKept, wantKept)
			if name == "file" {
				same(t, "kept rows in memory", everything(t, loaded(t, kept)), wantKept)
			}
		}
	}
}

// The order of the rows matters to lines only.
func TestRowOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	c := randomTable(r, 500)
	before := explored(t, tableOf(t, c.text(), dataset.Options{}), eda.ExploreOptions{})
	r.Shuffle(len(c.rows), func(i, j int) { c.rows[i], c.rows[j] = c.rows[j], c.rows[i] })
	after := explored(t, tableOf(t, c.text(), dataset.Options{}), eda.ExploreOptions{})
	same(t, "profile", after.Profile, before.Profile)
	same(t, "associations", after.Associations, before.Associations)
	same(t, "rules", after.Outliers.Rules, before.Outliers.Rules)
	withLine := func(f eda.Finding) bool { return strings.Contains(f.Text, "first in line") }
	same(t, "findings", slices.DeleteFunc(after.Findings, withLine), slices.DeleteFunc(before.Findings, withLine))
	for _, e := range []*eda.Exploration{before, after} {
		e.Repeats.Examples, e.Gaps.Blocks = nil, nil
		for i := range e.Gaps.Columns {
			e.Gaps.Columns[i].FirstLine = 0
		}
		slices.SortFunc(e.Gaps.Patterns, func(a, b eda.Pattern) int { return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
		for i := range e.Extremes {
			e.Extremes[i].Line = 0
		}
	}
	same(t, "repeats", after.Repeats, before.Repeats)
	same(t, "extremes", after.Extremes, before.Extremes)
	if len(before.Gaps.Patterns) < 20 { // of more, equally frequent ones are listed in file order
		same(t, "gaps", after.Gaps, before.Gaps)
	}
	k := before.Pearson.Matrix.Len()
	for i := range k {
		for j := range k {
			for _, m := range []*stats.CorrelationMatrix{&before.Pearson.Matrix, &before.Spearman.Matrix} {
				if m.At(i, j) != m.At(j, i) || m.N(i, j) != m.N(j, i) {
					t.Errorf("correlation of %d and %d is not symmetric", i, j)
				}
			}
			check.Close(t, "correlation", after.Pearson.Matrix.At(i, j), before.Pearson.Matrix.At(i, j), 1e-12)
			check.Close(t, "rank correlation", after.Spearman.Matrix.At(i, j), before.Spearman.Matrix.At(i, j), 1e-12)
		}
	}
}
