package eda

import (
	"math"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/stats"
)

func openKDD(t *testing.T, name string) *dataset.File {
	t.Helper()
	f, err := dataset.Open(t.Context(), check.Shared(t, "data", "nsl-kdd", name), dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// On the real records, the effect out of fold of a number whose direction is
// beyond doubt is that of the rank-sum test over all rows, but for the folds; and
// what has been learned from them makes columns of the same kinds of other files.
func TestFeaturesOfKDD(t *testing.T) {
	f := openKDD(t, "KDDTrain+_20Percent.txt")
	table, err := dataset.Load(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	found, err := ProposeFeatures(t.Context(), table, FeatureOptions{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	label, err := table.Codes(table.Schema().Label())
	if err != nil {
		t.Fatal(err)
	}
	groups := make([]int, len(label))
	for i, code := range label {
		groups[i] = class(table.Schema().Columns[table.Schema().Label()].Dict.Level(code) == "normal")
	}
	for _, name := range []string{"src_bytes", "dst_bytes"} {
		column, err := table.Schema().Resolve(name)
		if err != nil {
			t.Fatal(err)
		}
		x, err := table.Floats(column)
		if err != nil {
			t.Fatal(err)
		}
		tally, err := stats.TallyOfGroups(x, groups, []string{AttackClass, NormalClass})
		if err != nil {
			t.Fatal(err)
		}
		whole, err := stats.MannWhitneyNormal(tally, stats.TwoSided, 0.95, false)
		if err != nil {
			t.Fatal(err)
		}
		c := feature(t, found, name+"_log1p")
		if got, want := c.Effect().Value, math.Abs(whole.Effect.Value); math.Abs(got-want) > 0.005 || c.SourceEffect != got {
			t.Errorf("%s has an effect of %.4f out of fold and its source of %.4f, and over all rows %.4f", c.Name, got, c.SourceEffect, want)
		}
	}
	for k := range found.Candidates {
		c := &found.Candidates[k]
		for _, name := range append(c.Inputs, c.By) {
			if name == "last_flag" || name == "attack" {
				t.Errorf("%s is made from %s", c.Name, name)
			}
		}
	}
	other := openKDD(t, "KDDTrain+.txt.gz")
	src, err := dataset.Derive(other, found.Recipe)
	if err != nil {
		t.Fatal(err)
	}
	if err := src.Scan(t.Context(), &dataset.Counts{By: -1}); err != nil {
		t.Fatal(err)
	}
	columns := src.Schema().Columns[len(table.Schema().Columns):]
	for k, d := range found.Recipe.Derivations {
		if columns[k].Name != d.Name || columns[k].Kind != d.Kind() {
			t.Errorf("column %d is %s %s, want %s %s", k, columns[k].Name, columns[k].Kind, d.Name, d.Kind())
		}
	}
}
