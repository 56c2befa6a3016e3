package plots_test

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/netanom/netanom/plots"
	"github.com/netanom/netanom/stats"
)

func ExampleDendrogram() {
	figure, err := plots.Dendrogram(plots.DendrogramData{
		Title: "Three groups", Label: "Ward distance", Cut: 4,
		Leaves: []plots.DendrogramLeaf{{"20 rows", 0}, {"7 rows", 0}, {"1 row", 1}},
		Groups: []string{"cluster 1", "cluster 2"},
		Merges: []stats.Merge{{A: 0, B: 1, Height: 2, Size: 27}, {A: 2, B: 3, Height: 9, Size: 28}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(figure.Alt)
	// Output: Dendrogram of 3 leaves by Ward distance, joined to one at 9; cluster 1: 2 leaves; cluster 2: 1 leaf; cut at 4.
}

func TestDendrogramDraws(t *testing.T) {
	for name, height := range map[string]float64{"usual": 3, "nothing between": 0, "huge": 1e300} {
		f, err := plots.Dendrogram(plots.DendrogramData{Leaves: make([]plots.DendrogramLeaf, 3),
			Merges: []stats.Merge{{A: 0, B: 1, Height: height}, {A: 2, B: 3, Height: height}}})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, width := range []int{320, 640, 1600} {
			var b bytes.Buffer
			if err := f.WritePNG(&b, plots.Size{Width: width}); err != nil {
				t.Errorf("%s at %d: %v", name, width, err)
			}
			if err := f.WriteSVG(&b, plots.Size{Width: width}); err != nil {
				t.Errorf("%s at %d: %v", name, width, err)
			}
		}
	}
}

func TestDendrogramRefuses(t *testing.T) {
	leaves := make([]plots.DendrogramLeaf, 3)
	good := []stats.Merge{{A: 0, B: 1, Height: 1}, {A: 2, B: 3, Height: 2}}
	for want, d := range map[string]plots.DendrogramData{
		"no tree":              {Leaves: leaves[:1]},
		"too many to read":     {Leaves: make([]plots.DendrogramLeaf, 101), Merges: make([]stats.Merge, 100)},
		"do not join":          {Leaves: leaves, Merges: good[:1]},
		"not there":            {Leaves: leaves, Merges: []stats.Merge{{A: 0, B: 4, Height: 1}, {A: 2, B: 3, Height: 2}}},
		"joined before":        {Leaves: leaves, Merges: []stats.Merge{{A: 0, B: 1, Height: 1}, {A: 0, B: 3, Height: 2}}},
		"below the one before": {Leaves: leaves, Merges: []stats.Merge{{A: 0, B: 1, Height: 3}, {A: 2, B: 3, Height: 2}}},
		"is NaN":               {Leaves: leaves, Merges: []stats.Merge{{A: 0, B: 1, Height: math.NaN()}, {A: 2, B: 3, Height: 2}}},
		"too many to tell":     {Leaves: leaves, Merges: good, Groups: make([]string, 9)},
		"is of group 5":        {Leaves: []plots.DendrogramLeaf{{}, {}, {Group: 5}}, Merges: good, Groups: []string{"a", "b"}},
		"the cut":              {Leaves: leaves, Merges: good, Cut: -1},
	} {
		if _, err := plots.Dendrogram(d); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}
