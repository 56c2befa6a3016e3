package neighbor

import (
	"context"
	"encoding/json"
	"fmt"
	"math"

	"github.com/netanom/netanom/model/learn"
)

// A Model is a fitted KNN: rows of which the classes are known.
type Model struct {
	Index     *Index
	Names     []string
	Y         []int32   // by row of the index
	Votes     []float64 // by row, above 0; nil: all count alike
	Neighbors int
	Weights   string
}

// Kind is "knn".
func (m *Model) Kind() string { return kindKNN }

// Inputs are the columns it was fitted to.
func (m *Model) Inputs() []learn.Column {
	if m.Index == nil {
		return nil
	}
	return m.Index.Columns()
}

// Classes are those of the target it was fitted to.
func (m *Model) Classes() []string { return m.Names }

// Score writes the probability of all classes but the first.
func (m *Model) Score(dst []float64, x *learn.Matrix) error {
	return learn.ScoreByClasses(m, dst, x)
}

// Probabilities writes the shares of votes. Many rows are looked for by as many
// goroutines as there are cores.
func (m *Model) Probabilities(dst []float64, x *learn.Matrix) error {
	q, err := m.Index.Queries(x)
	if err != nil {
		return fmt.Errorf("k nearest neighbours: %w", err)
	}
	k := len(m.Names)
	return m.Index.EachNearest(context.Background(), q, m.Neighbors, 0, func(i int, found []Neighbor) {
		m.vote(dst[i*k:(i+1)*k], found)
	})
}

// leastVote is what a vote counts at least against the heaviest.
const leastVote = 1e-300

// vote makes shares of the votes of neighbours, which come the nearest first.
func (m *Model) vote(dst []float64, found []Neighbor) {
	clear(dst)
	nearest, largest := found[0].Distance, 0.0
	for _, n := range found {
		if m.Votes != nil {
			largest = max(largest, m.Votes[n.Row])
		}
	}
	var sum float64
	for _, n := range found {
		v := 1.0
		if m.Votes != nil {
			v = max(m.Votes[n.Row]/largest, leastVote) // no sum is out of range, and none is 0
		}
		if m.Weights == ByDistance && n.Distance != nearest {
			v *= nearest / n.Distance // that is 1/n.Distance against 1/nearest
		}
		dst[m.Y[n.Row]] += v
		sum += v
	}
	for c := range dst {
		dst[c] /= sum
	}
}

// Check returns an error unless the model is whole.
func (m *Model) Check() error {
	if m.Index == nil || len(m.Index.at) == 0 {
		return learn.Broken(kindKNN, "it has no rows")
	}
	if len(m.Names) < 2 || len(m.Y) != m.Index.Rows() || m.Votes != nil && len(m.Votes) != m.Index.Rows() {
		return learn.Broken(kindKNN, "%d classes, and %d classes and %d votes of %d rows", len(m.Names), len(m.Y), len(m.Votes), m.Index.Rows())
	}
	for _, c := range m.Y {
		if c < 0 || int(c) >= len(m.Names) {
			return learn.Broken(kindKNN, "class %d of %d", c, len(m.Names))
		}
	}
	for _, v := range m.Votes {
		if !(v > 0 && v <= math.MaxFloat64) {
			return learn.Broken(kindKNN, "a vote of %v", v)
		}
	}
	s := KNN{Neighbors: m.Neighbors, Weights: m.Weights, Metric: m.Index.metric}
	if err := s.check(); err != nil || m.Neighbors > m.Index.Rows() {
		return learn.Broken(kindKNN, "settings %+v for %d rows", s, m.Index.Rows())
	}
	return nil
}

// storedModel is how a model is written.
type storedModel struct {
	Index     *Index       `json:"index"`
	Classes   []string     `json:"classes"`
	Y         cells        `json:"y"`
	Votes     learn.Floats `json:"votes,omitempty"`
	Neighbors int          `json:"n_neighbors"`
	Weights   string       `json:"weights"`
}

// MarshalJSON writes the model, each cell of its rows in as few bytes as will do.
func (m *Model) MarshalJSON() ([]byte, error) {
	return json.Marshal(storedModel{m.Index, m.Names, packCells(m.Y, len(m.Names)), m.Votes, m.Neighbors, m.Weights})
}

// UnmarshalJSON reads a stored model. Whether it is whole, Check tells.
func (m *Model) UnmarshalJSON(text []byte) error {
	var s storedModel
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	y, err := s.Y.unpack(len(s.Classes))
	if err != nil {
		return learn.Broken(kindKNN, "classes of rows: %v", err)
	}
	*m = Model{s.Index, s.Classes, y, s.Votes, s.Neighbors, s.Weights}
	return nil
}
