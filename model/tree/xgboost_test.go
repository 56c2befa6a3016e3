package tree

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/netanom/netanom/model/learn"
)

// boosted is the part of an XGBoost model file that holds the trees.
type boosted struct {
	Learner struct {
		GradientBooster struct {
			Model struct {
				Trees []boostedTree `json:"trees"`
				Info  []int32       `json:"tree_info"`
			} `json:"model"`
		} `json:"gradient_booster"`
	} `json:"learner"`
}

type boostedTree struct {
	Left     []int32   `json:"left_children"`
	Right    []int32   `json:"right_children"`
	Column   []int32   `json:"split_indices"`
	Value    []float64 `json:"-"`
	Raw      []any     `json:"split_conditions"`
	Missing  []int32   `json:"default_left"`
	Kind     []int32   `json:"split_type"`
	Hessian  []float64 `json:"sum_hessian"`
	Gain     []float64 `json:"loss_changes"`
	Levels   []int32   `json:"categories"`
	Splits   []int32   `json:"categories_nodes"`
	Segments []int32   `json:"categories_segments"`
	Sizes    []int32   `json:"categories_sizes"`
}

// readBoosted returns the trees of an XGBoost model as an ensemble.
func readBoosted(t testing.TB, path string, columns []learn.Column) *Ensemble {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var b boosted
	if err := json.Unmarshal(nanAsNull(text), &b); err != nil {
		t.Fatal(err)
	}
	m := &b.Learner.GradientBooster.Model
	e := &Ensemble{Columns: columns, Width: 1}
	if slices.Max(m.Info) > 0 {
		e.Outputs = m.Info
	}
	for i := range m.Trees {
		m.Trees[i].join(e)
	}
	return e
}

// nanAsNull replaces NaN, which XGBoost writes and JSON does not know.
func nanAsNull(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if i+3 <= len(text) && string(text[i:i+3]) == "NaN" {
			out = append(out, "null"...)
			i += 2
			continue
		}
		out = append(out, text[i])
	}
	return out
}

// join adds the tree. Its nodes are put in an order in which children stand side
// by side behind their parents.
func (b *boostedTree) join(e *Ensemble) {
	root := int32(len(e.Nodes))
	e.Roots = append(e.Roots, root)
	order := []int32{0}
	for at := 0; at < len(order); at++ {
		old := order[at]
		n := Node{Column: Leaf, Set: -1}
		value := math.NaN()
		if v, ok := b.Raw[old].(float64); ok {
			value = v
		}
		if b.Left[old] < 0 {
			n.Low = int32(len(e.Values))
			e.Values = append(e.Values, value)
		} else {
			n.Column = b.Column[old]
			n.Low = root + int32(len(order))
			n.MissingLow = b.Missing[old] == 1
			if b.Kind[old] == 0 {
				// Numbers below the value go left; here those up to it do.
				n.Value = float64(math.Nextafter32(float32(value), float32(math.Inf(-1))))
			} else {
				n.Set = int32(len(e.Sets))
				e.Sets = append(e.Sets, b.set(old, len(e.Columns[n.Column].Levels))...)
			}
			order = append(order, b.Left[old], b.Right[old])
		}
		e.Nodes = append(e.Nodes, n)
		e.Cover = append(e.Cover, b.Hessian[old])
		e.Gain = append(e.Gain, b.Gain[old])
	}
}

// set returns the levels that go left, those that are not listed.
func (b *boostedTree) set(node int32, levels int) []uint64 {
	set := make([]uint64, words(levels))
	for l := range levels {
		set[l/64] |= 1 << (l % 64)
	}
	s := slices.Index(b.Splits, node)
	from := b.Segments[s]
	for _, l := range b.Levels[from : from+b.Sizes[s]] {
		set[l/64] &^= 1 << (l % 64)
	}
	return set
}
