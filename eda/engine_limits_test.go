package eda_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/dataset/sourcetest"
	"github.com/netanom/netanom/eda"
)

// Columns of which an engine does not hand out all numbers are described by it.
func TestEngineDescribesWideColumns(t *testing.T) {
	var b strings.Builder
	b.WriteString("bytes,proto\n")
	r := rand.New(rand.NewPCG(1, 9))
	for range 2000 {
		fmt.Fprintf(&b, "%d,%s\n", r.IntN(1e6)-1000, []string{"tcp", "udp"}[r.IntN(2)])
	}
	table := tableOf(t, b.String(), dataset.Options{})
	engine := sourcetest.CountedWith(table, sourcetest.CountedOptions{Budget: 500})
	ctx := context.Background()
	want, err := eda.Describe(ctx, table, eda.DescribeOptions{Budget: 500})
	if err != nil {
		t.Fatal(err)
	}
	got, err := eda.Describe(ctx, engine, eda.DescribeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "a column of 2000 numbers", got, want)
	if len(got.Warnings) != 1 || got.Columns[0].Tally.Len() != 0 || math.IsNaN(got.Columns[0].Number.Q50) {
		t.Errorf("%v, %d values, %+v", got.Warnings, got.Columns[0].Tally.Len(), got.Columns[0].Number)
	}
	if v, err := eda.AnalyzeVariance(ctx, engine, eda.AnovaOptions{By: "proto"}); err == nil || !strings.Contains(err.Error(), "too many different values") {
		t.Errorf("analysis of variance: %+v, %v", v, err)
	}
	if _, err := eda.TestIndependence(ctx, engine, eda.IndependenceOptions{Features: []string{"bytes"}, By: "proto"}); err == nil || !strings.Contains(err.Error(), "more than 1,000 different values") {
		t.Errorf("independence: %v", err)
	}
	m, err := eda.TTest(ctx, engine, eda.TTestOptions{By: "proto"})
	if err != nil {
		t.Fatal(err)
	}
	exact, err := eda.TTest(ctx, table, eda.TTestOptions{By: "proto"})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "means of a sample of all rows", m.Features, exact.Features)
}

// Where values are too many to be handed out, those beyond the limits are counted.
func TestEngineCountsBreachesOfManyValues(t *testing.T) {
	var b strings.Builder
	b.WriteString("num_root,serror_rate,protocol_type,logged_in,su_attempted\n")
	for i := range 40 {
		fmt.Fprintf(&b, "%d,%v,tcp,0,1\n", i-10, 0.05*float64(i))
	}
	engine := sourcetest.CountedWith(tableOf(t, b.String(), dataset.Options{}), sourcetest.CountedOptions{Budget: 10})
	got, err := eda.Contract(context.Background(), engine)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].Cells != 10 || got[1].Cells != 19 || got[0].Values != nil || got[1].Values != nil {
		t.Errorf("breaches: %+v", got)
	}
}

// A pair whose cross table has too many cells has no measure, and says so.
func TestEngineLeavesOutLargeTables(t *testing.T) {
	table := tableOf(t, outcomes(), dataset.Options{})
	a, err := eda.Associate(context.Background(), sourcetest.CountedWith(table, sourcetest.CountedOptions{Budget: 6}), eda.AssociateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if left := strings.Join(a.Warnings, " "); !strings.Contains(left, "The cross table of proto and attack is left out") {
		t.Errorf("warnings: %s", left)
	}
	for _, p := range a.Pairs {
		if p.A == "proto" && p.B == "attack" {
			t.Errorf("measured: %+v", p)
		}
	}
}

// Where cells are missing together in too many ways, columns are counted by themselves.
func TestEngineWithTooManyPatterns(t *testing.T) {
	table := tableOf(t, randomTable(rand.New(rand.NewPCG(31, 7)), 500).text(), dataset.Options{})
	got, want := missing(t, sourcetest.CountedWith(table, sourcetest.CountedOptions{Budget: 10})), missing(t, table)
	placeless(want)
	same(t, "columns", got.Columns, want.Columns)
	same(t, "gaps by class", got.ByClass, want.ByClass)
	if got.Complete != -1 || got.Patterns != nil || got.Others != 0 || got.Rows != 500 {
		t.Errorf("%d of %d rows complete, patterns %v, %d others", got.Complete, got.Rows, got.Patterns, got.Others)
	}
}

// Where too many pairs differ to be counted, some rows stand for all, which is said.
func TestEngineSamplesPairs(t *testing.T) {
	table := tableOf(t, randomTable(rand.New(rand.NewPCG(4, 2)), 900).text(), dataset.Options{})
	few := sourcetest.CountedWith(table, sourcetest.CountedOptions{Budget: 10})
	o := eda.TTestOptions{Design: eda.PairedSample, Paired: [2]string{"num_root", "serror_rate"}}
	all, err := eda.TTest(context.Background(), table, o)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := eda.TTest(context.Background(), few, o)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "a sample of all rows", whole, all)
	o.Fetch = eda.Fetch{Rows: 300, Seed: 2}
	part, err := eda.TTest(context.Background(), few, o)
	if err != nil {
		t.Fatal(err)
	}
	if s := part.Features[0].Samples[0]; part.Rows != 900 || s.N+s.Missing != 300 || len(part.Warnings) != 1 || !strings.Contains(part.Warnings[0], "a sample of 300 of 900 rows") {
		t.Errorf("%d rows, of which %d and %d: %v", part.Rows, s.N, s.Missing, part.Warnings)
	}
}

// A column of too many different values is not ranked, for that reason.
func TestEngineDoesNotRankWideColumns(t *testing.T) {
	var b strings.Builder
	b.WriteString("src_bytes,flag,attack\n")
	for i := range 200 {
		fmt.Fprintf(&b, "%d,%s,%s\n", i*i, []string{"SF", "S0", "S0"}[i%3], []string{"normal", "smurf"}[i%2])
	}
	r, err := eda.RankFeatures(context.Background(), sourcetest.CountedWith(tableOf(t, b.String(), dataset.Options{}), sourcetest.CountedOptions{Budget: 20}), eda.RankOptions{})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "left out", r.LeftOut, []string{"src_bytes is not ranked: it has too many different values to count them by class."})
}
