package model

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/model/learn"
)

// grouped returns records of three groups of 60, 40 and 20, which differ in two numbers and
// a level; labels are put behind them by label.
func grouped(label func(row, group int) string) []byte {
	rng := rand.New(rand.NewPCG(5, 5))
	var b strings.Builder
	b.WriteString("size,rate,kind,attack\n")
	row := 0
	for g, n := range []int{60, 40, 20} {
		for range n {
			fmt.Fprintf(&b, "%.4f,%.4f,k%d,%s\n", float64([]int{1, 40, 900}[g])*(1+0.05*rng.Float64()), float64(g)+0.1*rng.Float64(), g, label(row, g))
			row++
		}
	}
	return []byte(b.String())
}

func groupNames(_, group int) string { return []string{"normal", "neptune", "satan"}[group] }

func TestClusterFindsGroups(t *testing.T) {
	d := loaded(t, grouped(groupNames), DataOptions{})
	for _, method := range ClusterMethods() {
		o := ClusterOptions{Method: method, Seed: 1, Samples: 3}
		switch method {
		case "dbscan":
			o.Settings = []byte(`{"eps":0.5}`)
		case "hdbscan":
			o.Settings = []byte(`{"min_cluster_size":10,"min_samples":2}`)
		default:
			o.Clusters = 3
		}
		c, err := Cluster(context.Background(), d, d.All(), o)
		if err != nil {
			t.Fatalf("%s: %v", method, err)
		}
		if len(c.Groups) != 3 || c.Groups[0].Rows+c.Groups[1].Rows+c.Groups[2].Rows+c.Noise.Rows != 120 {
			t.Errorf("%s: %d clusters of %+v", method, len(c.Groups), c.Groups)
			continue
		}
		if c.Noise.Rows == 0 {
			check.Close(t, method+": purity", c.Label.Purity, 1, 0)
			check.Close(t, method+": adjusted Rand", c.Label.AdjustedRand, 1, 0)
		}
		if c.Class.AdjustedRand >= c.Label.AdjustedRand {
			t.Errorf("%s: two classes fit three clusters as well as three labels: %v, %v", method, c.Class.AdjustedRand, c.Label.AdjustedRand)
		}
		if !(c.Silhouette > 0.5) || !(c.DaviesBouldin < 1) || !(c.Stability > 0.7) {
			t.Errorf("%s: silhouette %v, Davies–Bouldin %v, stability %v", method, c.Silhouette, c.DaviesBouldin, c.Stability)
		}
		for k, g := range c.Groups {
			if g.Levels[0].Level != groupNames(0, k) || g.Attacks != g.Labelled && k > 0 || !(g.Stability > 0.7) {
				t.Errorf("%s: cluster %d is %+v", method, k, g)
			}
			if !slices.ContainsFunc(g.Apart, func(a ClusterDifference) bool { return a.Column == "kind" && a.Level == fmt.Sprint("k", k) }) {
				t.Errorf("%s: nothing says that cluster %d is k%d: %+v", method, k, k, g.Apart)
			}
		}
		if c.Plane == nil || len(c.Plane.X) != 120 || len(c.Heat.Columns) == 0 || len(c.Heat.Values) != 3 {
			t.Errorf("%s: pictures lack", method)
		}
	}
}

// TestLabelsHaveNoPart changes the labels alone.
func TestLabelsHaveNoPart(t *testing.T) {
	one := loaded(t, grouped(groupNames), DataOptions{})
	other := loaded(t, grouped(func(row, _ int) string { return []string{"normal", "smurf"}[row%2] }), DataOptions{})
	a, err := Cluster(context.Background(), one, one.All(), ClusterOptions{Method: "kmeans", Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	b, err := Cluster(context.Background(), other, other.All(), ClusterOptions{Method: "kmeans", Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(a.Labels, b.Labels) || !slices.Equal(a.Distances, b.Distances) {
		t.Error("clusters depend on labels")
	}
	spec := func() DetectOptions { return DetectOptions{Spec: recipeOf(t, "ecod", "").Spec, Top: 3} }
	p, err := Detect(context.Background(), one, spec())
	if err != nil {
		t.Fatal(err)
	}
	q, err := Detect(context.Background(), other, spec())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(p.Scores, q.Scores) || p.Threshold != q.Threshold {
		t.Error("scores depend on labels")
	}
}

func TestClusterIsTheSameOnAnyNumberOfCores(t *testing.T) {
	d := loaded(t, simulated(t, 600, 4), DataOptions{})
	for _, method := range ClusterMethods() {
		var first *Clusters
		for workers := 1; workers <= 3; workers++ {
			c, err := Cluster(context.Background(), d, d.All(), ClusterOptions{Method: method, Seed: 2, Max: 4, Samples: 1, Work: Work{Workers: workers}})
			if err != nil {
				t.Fatalf("%s: %v", method, err)
			}
			if first == nil {
				first = c
			}
			if !slices.Equal(c.Labels, first.Labels) || !slices.Equal(c.Distances, first.Distances) || fmt.Sprint(c.Groups) != fmt.Sprint(first.Groups) || fmt.Sprint(c.Heat, c.Silhouette, c.Stability) != fmt.Sprint(first.Heat, first.Silhouette, first.Stability) {
				t.Errorf("%s: other clusters with %d workers", method, workers)
			}
		}
	}
}

// TestChosenCut holds the tree that is cut at a chosen number against one that is made for
// it.
func TestChosenCut(t *testing.T) {
	d := loaded(t, simulated(t, 500, 6), DataOptions{})
	for _, settings := range []string{"", `{"max_rows":200}`, `{"linkage":"complete"}`} {
		chosen, err := Cluster(context.Background(), d, d.All(), ClusterOptions{Method: "hierarchical", Settings: []byte(settings), Seed: 1, Min: 2, Max: 6})
		if err != nil {
			t.Fatal(err)
		}
		given, err := Cluster(context.Background(), d, d.All(), ClusterOptions{Method: "hierarchical", Settings: []byte(settings), Seed: 1, Clusters: chosen.Choice.K})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(chosen.Labels, given.Labels) || chosen.TreeCut != given.TreeCut || !slices.Equal(chosen.Tree, given.Tree) {
			t.Errorf("%s: chosen and given clusters differ for %d", settings, chosen.Choice.K)
		}
		if len(chosen.Choice.Trials) != 5 || len(chosen.Tree) < 2 || chosen.TreeCut <= 0 {
			t.Errorf("%s: %d trials, %d leaves, cut at %v", settings, len(chosen.Choice.Trials), len(chosen.Tree), chosen.TreeCut)
		}
	}
}

// TestOthersGoToClusters makes clusters from a sample.
func TestOthersGoToClusters(t *testing.T) {
	d := loaded(t, grouped(groupNames), DataOptions{})
	for _, method := range ClusterMethods() {
		o := ClusterOptions{Method: method, Seed: 1, Rows: 60}
		if CountsClusters(method) {
			o.Clusters = 3
		}
		c, err := Cluster(context.Background(), d, d.All(), o)
		if err != nil {
			t.Fatal(err)
		}
		if c.Used > 60 || len(c.Labels) != 120 {
			t.Errorf("%s: %d rows used, %d labels", method, c.Used, len(c.Labels))
		}
		if c.Noise.Rows == 0 && len(c.Groups) == 3 {
			check.Close(t, method+": purity", c.Label.Purity, 1, 0)
		}
	}
}

func TestClusterChooses(t *testing.T) {
	d := loaded(t, grouped(groupNames), DataOptions{})
	for _, c := range []struct{ method, by string }{{"kmeans", ""}, {"kmeans", "davies_bouldin"}, {"hierarchical", "silhouette"}, {"hierarchical", "davies_bouldin"}} {
		found, err := Cluster(context.Background(), d, d.All(), ClusterOptions{Method: c.method, By: c.by, Max: 6, Seed: 1})
		if err != nil {
			t.Fatalf("%+v: %v", c, err)
		}
		if found.Choice == nil || found.Choice.K != 3 || len(found.Groups) != 3 || !strings.Contains(found.Settings, `"n_clusters":3`) {
			t.Errorf("%+v: %d clusters, %+v, %s", c, len(found.Groups), found.Choice, found.Settings)
		}
	}
}

func TestClusterRefuses(t *testing.T) {
	d := loaded(t, grouped(groupNames), DataOptions{})
	for name, o := range map[string]ClusterOptions{
		"no such setting":   {Method: "kmeans", Settings: []byte(`{"eps":1}`)},
		"bad setting":       {Method: "kmeans", Settings: []byte(`{"n_init":-1}`), Clusters: 3},
		"found by itself":   {Method: "dbscan", Clusters: 3},
		"gap of a mixture":  {Method: "gmm", By: "gap"},
		"bic of a tree":     {Method: "hierarchical", By: "bic"},
		"upside down":       {Method: "hierarchical", Min: 5, Max: 3},
		"two ways to a cut": {Method: "hierarchical", Settings: []byte(`{"distance_threshold":1}`), Clusters: 3},
	} {
		if _, err := Cluster(context.Background(), d, d.All(), o); !errors.Is(err, learn.ErrSetting) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Cluster(context.Background(), d, d.All(), ClusterOptions{Method: "kmean"}); err == nil || !strings.Contains(err.Error(), "kmeans") {
		t.Errorf("a method that is not there: %v", err)
	}
	for name, text := range map[string]string{"one row": "a,b\n1,2\n", "constant": "a,b\n" + strings.Repeat("1,2\n", 9), "empty cells": "a,b\n" + strings.Repeat(",\n", 9) + "1,\n"} {
		few := loaded(t, []byte(text), DataOptions{})
		for _, method := range ClusterMethods() {
			if _, err := Cluster(context.Background(), few, few.All(), ClusterOptions{Method: method}); err == nil && name != "constant" {
				t.Logf("%s, %s: clusters all the same", name, method)
			}
		}
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	cause := errors.New("enough")
	cancel(cause)
	if _, err := Cluster(ctx, d, d.All(), ClusterOptions{Method: "kmeans"}); !errors.Is(err, cause) {
		t.Errorf("an ended context gives %v", err)
	}
}

func TestClusterWithoutLabelOrNumbers(t *testing.T) {
	text := strings.ReplaceAll(string(grouped(groupNames)), "attack\n", "other\n")
	d := loaded(t, []byte(text), DataOptions{Features: []string{"kind"}})
	c, err := Cluster(context.Background(), d, d.All(), ClusterOptions{Method: "kmeans", Clusters: 3, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if c.Label != nil || c.Plane != nil || c.Groups[0].Rows != 60 || c.Groups[2].Rows != 20 {
		t.Errorf("clusters of levels: %+v, label %v, plane %v", c.Groups, c.Label, c.Plane)
	}
}

// TestWriteClusters reads back the rows with their clusters, also of a file that filters
// leave gaps in.
func TestWriteClusters(t *testing.T) {
	text := grouped(groupNames)
	src, err := dataset.Where(openedCSV(t, text), `attack != "neptune"`)
	if err != nil {
		t.Fatal(err)
	}
	table, err := dataset.Load(context.Background(), src)
	if err != nil {
		t.Fatal(err)
	}
	d, err := Load(context.Background(), table, DataOptions{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := Cluster(context.Background(), d, d.All(), ClusterOptions{Method: "kmeans", Clusters: 2, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	n, err := c.WriteRows(context.Background(), d, src, &b, dataset.CSVOptions{})
	if err != nil || n != 80 {
		t.Fatalf("%d rows, %v", n, err)
	}
	records, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(records[0], ","); got != "cluster,cluster_distance,size,rate,kind,attack" {
		t.Errorf("the header is %s", got)
	}
	for i, r := range records[1:] {
		if want := map[string]string{"normal": "1", "satan": "2"}[r[5]]; r[0] != want || r[1] != cellNumber(c.Distances[i]) {
			t.Fatalf("row %d is %v, want cluster %s", i, r, want)
		}
	}
}
