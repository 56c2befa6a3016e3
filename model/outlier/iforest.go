package outlier

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/stats"
)

// IsolationForest is the settings of an isolation forest [1]: random splits set
// unlike rows apart early. The score is 2^(−h/c) of [1], between 0 and 1, with the
// mean number h of splits, and about ½ for rows like all others.
//
// Levels count by their rarity. Neither scales nor outliers of a column matter to
// the others. Weights do nothing, but that rows of weight 0 are left out. Missing
// numbers are refused.
//
// [1] F. T. Liu, K. M. Ting and Z.-H. Zhou (2012), "Isolation-based anomaly
// detection", ACM Transactions on Knowledge Discovery from Data 6(1), article 3.
type IsolationForest struct {
	Trees      int `json:"trees,omitempty"`       // default 100
	MaxSamples int `json:"max_samples,omitempty"` // rows that each tree is grown from; default 256, and all where there are fewer
}

// IsolationModel is a fitted IsolationForest.
type IsolationModel struct {
	columns  []learn.Column
	rarities []rarity
	forest   stats.IsolationForest
}

const kindIsolation = "iforest"

// Bounds on forests, beyond which a typing error is more likely than a wish.
const (
	maxTrees = 100_000
	maxNodes = 1 << 28
)

// Kind is "iforest".
func (IsolationForest) Kind() string { return kindIsolation }

// Space is what is worth a search.
func (IsolationForest) Space() []learn.Dimension {
	return []learn.Dimension{
		{Name: "trees", Low: 50, High: 300, Whole: true},
		{Name: "max_samples", Low: 64, High: 2048, Log: true, Whole: true},
	}
}

// checkForest checks the settings of a forest.
func checkForest(trees, samples int) error {
	switch {
	case trees < 1 || trees > maxTrees:
		return wrong("trees", trees, fmt.Sprintf("1 to %d", maxTrees))
	case samples < 2 || samples > maxNodes/2/trees:
		return wrong("max_samples", samples, fmt.Sprintf("at least 2, and at most %d for %d trees", maxNodes/2/trees, trees))
	}
	return nil
}

// Fit grows the forest. Beside the errors of learn.CheckFit it returns ErrSetting and
// ErrMissing.
func (s IsolationForest) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Model, error) {
	m, err := s.fit(ctx, x, &y, &r)
	if err != nil {
		return nil, fmt.Errorf("isolation forest: %w", err)
	}
	return m, nil
}

func (s IsolationForest) fit(ctx context.Context, x *learn.Matrix, y *learn.Target, r *learn.Run) (*IsolationModel, error) {
	trees, samples := or(s.Trees, 100), or(s.MaxSamples, 256)
	if err := checkForest(trees, samples); err != nil {
		return nil, err
	}
	rows, weights, _, err := training(ctx, x, y, false)
	if err != nil {
		return nil, err
	}
	r.Report(0, 1)
	m := &IsolationModel{columns: x.Columns, rarities: raritiesOf(rows, weights)}
	o := stats.IsolationOptions{Trees: trees, Sample: samples, Seed: r.Seed, Workers: r.Workers}
	f, err := stats.FitIsolation(ctx, numbersOf(rows, m.rarities), o)
	if err != nil {
		return nil, err
	}
	m.forest = *f
	r.Report(1, 1)
	return m, nil
}

// Kind is "iforest".
func (*IsolationModel) Kind() string { return kindIsolation }

// Inputs are the columns it was fitted to.
func (m *IsolationModel) Inputs() []learn.Column { return m.columns }

// Score writes 2^(−h/c) for each row.
func (m *IsolationModel) Score(dst []float64, x *learn.Matrix) error {
	x, err := bind(x, m.columns, false)
	if err != nil {
		return fmt.Errorf("isolation forest: %w", err)
	}
	workers := 0
	if x.Rows <= blockRows {
		workers = 1
	}
	scores, err := m.forest.Scores(context.Background(), numbersOf(x, m.rarities), workers)
	copy(dst, scores)
	return err
}

// Check returns an error unless the model is whole.
func (m *IsolationModel) Check() error {
	if err := checkCoded(kindIsolation, m.columns, m.rarities); err != nil {
		return err
	}
	if m.forest.Columns != len(m.columns) {
		return learn.Broken(kindIsolation, "%d columns, and trees of %d", len(m.columns), m.forest.Columns)
	}
	if err := m.forest.Check(); err != nil {
		return learn.Broken(kindIsolation, "%v", err)
	}
	return nil
}

// storedIsolation is how the model is written. Of a node, below is the node to which
// values below its own go; a leaf has the column −1, and its value is a path length.
type storedIsolation struct {
	Columns  []learn.Column `json:"columns"`
	Rarities []rarity       `json:"rarities"`
	Sample   int            `json:"sample"`
	Roots    learn.Ints     `json:"roots"`
	Column   learn.Ints     `json:"column"`
	Below    learn.Ints     `json:"below"`
	Value    learn.Floats   `json:"value"`
}

// MarshalJSON writes the model.
func (m *IsolationModel) MarshalJSON() ([]byte, error) {
	s := storedIsolation{Columns: m.columns, Rarities: m.rarities, Sample: m.forest.Sample, Roots: m.forest.Roots}
	for _, n := range m.forest.Nodes {
		s.Column, s.Below, s.Value = append(s.Column, n.Column), append(s.Below, n.Below), append(s.Value, n.Value)
	}
	return json.Marshal(s)
}

// UnmarshalJSON reads a model. Check tells whether it is whole.
func (m *IsolationModel) UnmarshalJSON(text []byte) error {
	var s storedIsolation
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	if len(s.Column) != len(s.Value) || len(s.Below) != len(s.Value) {
		return learn.Broken(kindIsolation, "lists of nodes of %d, %d and %d", len(s.Column), len(s.Below), len(s.Value))
	}
	*m = IsolationModel{columns: s.Columns, rarities: s.Rarities}
	m.forest = stats.IsolationForest{Columns: len(s.Columns), Sample: s.Sample, Roots: s.Roots, Nodes: make([]stats.IsolationNode, len(s.Value))}
	for i := range s.Value {
		m.forest.Nodes[i] = stats.IsolationNode{Column: s.Column[i], Below: s.Below[i], Value: s.Value[i]}
	}
	return nil
}
