package model

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/model/learn"
)

func TestProject(t *testing.T) {
	text := grouped(groupNames)
	d := loaded(t, text, DataOptions{})
	for _, method := range ProjectMethods() {
		var first *Projection
		for workers := 1; workers <= 2; workers++ {
			p, err := Project(context.Background(), d, d.All(), ProjectOptions{Method: method, Rows: 80, Seed: 1, Work: Work{Workers: workers}})
			if err != nil {
				t.Fatalf("%s: %v", method, err)
			}
			if first == nil {
				first = p
			}
			if fmt.Sprint(p.Axes, p.Shown, p.Correlates, p.Trust) != fmt.Sprint(first.Axes, first.Shown, first.Correlates, first.Trust) {
				t.Errorf("%s: another picture with %d workers", method, workers)
			}
		}
		rows := 80
		if method == "pca" {
			rows = 120
		}
		if len(first.Rows) != rows || len(first.Shown) != 80 || len(first.Axes[0]) != rows || len(first.Names) != len(first.Axes) || first.Caption == "" {
			t.Errorf("%s: %d rows, %d shown, axes %v", method, len(first.Rows), len(first.Shown), first.Names)
		}
		if method != "pca" && !(first.Trust > 0.8) {
			t.Errorf("%s: trustworthiness %v", method, first.Trust)
		}
		var b bytes.Buffer
		if n, err := first.WriteRows(context.Background(), openedCSV(t, text), &b, dataset.CSVOptions{}); err != nil || n != int64(rows) {
			t.Fatalf("%s: %d rows written, %v", method, n, err)
		}
		records, err := csv.NewReader(&b).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range records[1:] {
			v, err := strconv.ParseFloat(r[0], 64)
			if err != nil {
				t.Fatal(err)
			}
			check.Close(t, method+": coordinate", v, first.Axes[0][i], 0)
		}
	}
}

// TestProjectShares holds the shares of variance against a closed form: of two standardised
// columns with correlation r they are (1±r)/2.
func TestProjectShares(t *testing.T) {
	d := loaded(t, []byte("a,b\n1,1\n2,3\n3,2\n4,4\n"), DataOptions{})
	steps, err := ParseSteps("none")
	if err != nil {
		t.Fatal(err)
	}
	p, err := Project(context.Background(), d, d.All(), ProjectOptions{Method: "pca", Steps: steps})
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "share", p.Components.Share[0], 0.9, 1e-12) // r = 0.8
	check.Close(t, "loading", p.Components.Loadings[0][1], 0.7071067811865476, 1e-12)
}

func TestProjectRefuses(t *testing.T) {
	d := loaded(t, grouped(groupNames), DataOptions{})
	for name, o := range map[string]ProjectOptions{
		"no such setting": {Method: "pca", Settings: []byte(`{"perplexity":3}`)},
		"bad setting":     {Method: "tsne", Settings: []byte(`{"perplexity":0.1}`)},
		"bad kind":        {Method: "umap", Settings: []byte(`{"n_neighbors":"many"}`)},
	} {
		if _, err := Project(context.Background(), d, d.All(), o); !errors.Is(err, learn.ErrSetting) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Project(context.Background(), d, d.All(), ProjectOptions{Method: "lda"}); err == nil || !strings.Contains(err.Error(), "pca, tsne, umap") {
		t.Errorf("a method that is not there: %v", err)
	}
	if got := ProjectSettings("tsne"); !slices.Contains(got, "perplexity") {
		t.Errorf("t-SNE has settings %v", got)
	}
}

func TestProjectOddTables(t *testing.T) {
	for name, text := range map[string]string{
		"one row": "a,b\n1,2\n", "constant": "a,b\n1,2\n1,2\n1,2\n", "one column": "a,b\n1,x\n2,x\n5,x\n9,x\n",
		"levels": "a,b\nx,y\nz,y\nx,w\n", "gaps": "a,b\n1,\n,2\n3,4\n,\n",
	} {
		d := loaded(t, []byte(text), DataOptions{})
		for _, method := range ProjectMethods() {
			p, err := Project(context.Background(), d, d.All(), ProjectOptions{Method: method})
			if err == nil && (len(p.Axes) == 0 || len(p.Axes[0]) != len(p.Rows)) {
				t.Errorf("%s, %s: %d axes", name, method, len(p.Axes))
			}
		}
	}
}

func TestColorings(t *testing.T) {
	text := grouped(groupNames)
	d := loaded(t, text, DataOptions{})
	table, err := dataset.Load(context.Background(), openedCSV(t, text))
	if err != nil {
		t.Fatal(err)
	}
	label, err := d.ColorByLabel(false)
	if err != nil || len(label.Groups) != 3 || label.Groups[label.Of[119]] != "satan" {
		t.Errorf("by label: %+v, %v", label, err)
	}
	class, err := d.ColorByLabel(true)
	if err != nil || !slices.Equal(class.Groups, []string{"normal", "attack"}) || class.Of[0] != 0 || class.Of[119] != 1 {
		t.Errorf("by class: %+v, %v", class, err)
	}
	numbers, err := ColorByColumn(table, "rate")
	if err != nil || numbers.Numbers[0] >= 1 || numbers.Missing(0) {
		t.Errorf("by a column of numbers: %v", err)
	}
	levels, err := ColorByColumn(table, "kind")
	if err != nil || levels.Groups[levels.Of[0]] != "k0" {
		t.Errorf("by a column of levels: %v", err)
	}
	if _, err := ColorByColumn(table, "kidn"); err == nil {
		t.Error("a column that is not there colours")
	}
	bare := loaded(t, []byte(strings.ReplaceAll(string(text), "attack\n", "other\n")), DataOptions{})
	if _, err := bare.ColorByLabel(true); !errors.Is(err, ErrNoLabel) {
		t.Errorf("without a label: %v", err)
	}
}
