package cluster

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/netanom/netanom/model/learn"
)

// Centers are the centres of clusters: what KMeans learns. It never changes and may
// be used by many goroutines.
type Centers struct {
	Columns []learn.Column `json:"columns"`
	// Vectors are the centres, one after the other: the means of the columns of
	// numbers, in their order, then for each coded column the share of each level and
	// of learn.NoLevel.
	Vectors    learn.Floats `json:"centers"`
	Weights    learn.Floats `json:"weights"` // by cluster, of its rows; they do not rise
	Inertia    float64      `json:"inertia"` // the weighted sum of squared distances in training
	Iterations int          `json:"iterations"`

	panels *panels
}

// prepare makes the panels, if the vectors are as long as they should be.
func (m *Centers) prepare() {
	s := newSpace(m.Columns)
	if k := len(m.Weights); k > 0 && len(m.Vectors) == k*s.dims() {
		m.panels = newPanels(s, m.Vectors, k)
	}
}

// UnmarshalJSON reads what encoding/json writes.
func (m *Centers) UnmarshalJSON(text []byte) error {
	type plain Centers
	var p plain
	if err := json.Unmarshal(text, &p); err != nil {
		return err
	}
	*m = Centers(p)
	m.prepare()
	return nil
}

// Kind is "kmeans".
func (*Centers) Kind() string { return kindKMeans }

// Inputs are the columns it was fitted to.
func (m *Centers) Inputs() []learn.Column { return m.Columns }

// Clusters is how many there are.
func (m *Centers) Clusters() int { return len(m.Weights) }

// Score writes the distance of each row to the nearest centre.
func (m *Centers) Score(dst []float64, x *learn.Matrix) error {
	return m.Nearest(nil, dst, x)
}

// Distances is Score.
func (m *Centers) Distances(dst []float64, x *learn.Matrix) error {
	return m.Nearest(nil, dst, x)
}

// Assign writes the cluster of the nearest centre of each row, the first of equally
// near ones.
func (m *Centers) Assign(dst []int32, x *learn.Matrix) error {
	return m.Nearest(dst, nil, x)
}

// scoreRows are laid out at a time when rows are scored.
const scoreRows = 512

// Nearest writes the nearest centre of each row to labels, and the distance to it to
// distances; either may be nil. Errors are those of learn.Matrix.Bind, or wrap
// learn.ErrMissing, ErrLarge or learn.ErrBroken.
func (m *Centers) Nearest(labels []int32, distances []float64, x *learn.Matrix) error {
	if m.panels == nil {
		return learn.Broken(kindKMeans, "centres do not fit the columns")
	}
	return eachRows(m.panels.space, x, func(r *rows, from int) {
		for i := range r.N {
			c, squared := m.panels.nearest(r, i)
			if labels != nil {
				labels[from+i] = int32(c)
			}
			if distances != nil {
				distances[from+i] = math.Sqrt(squared)
			}
		}
	})
}

// AllDistances writes the distance of each row to each centre to dst, row after row.
// Errors are those of Nearest.
func (m *Centers) AllDistances(dst []float64, x *learn.Matrix) error {
	if m.panels == nil {
		return learn.Broken(kindKMeans, "centres do not fit the columns")
	}
	k := m.panels.k
	return eachRows(m.panels.space, x, func(r *rows, from int) {
		var d [lanes]float64
		for i := range r.N {
			out := dst[(from+i)*k : (from+i+1)*k]
			for p := range m.panels.count() {
				m.panels.squared(&d, p, r, i)
				for l := 0; l < lanes && p*lanes+l < k; l++ {
					out[p*lanes+l] = math.Sqrt(d[l])
				}
			}
		}
	})
}

// eachRows finds the columns of a space in a matrix, and lays its rows out some at a
// time.
func eachRows(s *space, x *learn.Matrix, visit func(r *rows, from int)) error {
	x, err := x.Bind(s.columns)
	if err != nil {
		return err
	}
	if err := learn.RefuseMissing(x); err != nil {
		return err
	}
	for from := 0; from < x.Rows; from += scoreRows {
		r := s.lay(x.Slice(from, min(from+scoreRows, x.Rows)))
		if err := r.checkSize(); err != nil {
			return fmt.Errorf("rows %d to %d: %w", from+1, from+r.N, err)
		}
		visit(r, from)
	}
	return nil
}

// Check returns an error, which wraps learn.ErrBroken, unless the model is whole.
func (m *Centers) Check() error {
	if err := learn.CheckColumns(m.Columns); err != nil {
		return learn.Broken(kindKMeans, "%v", err)
	}
	switch {
	case m.panels == nil:
		return learn.Broken(kindKMeans, "%d numbers of %d centres do not fit the columns", len(m.Vectors), len(m.Weights))
	case !m.Vectors.Finite() || !m.Weights.Finite() || !(m.Inertia >= 0) || math.IsInf(m.Inertia, 1) || m.Iterations < 0:
		return learn.Broken(kindKMeans, "a number is out of range")
	}
	for _, v := range m.Vectors {
		if math.Abs(v) > largest {
			return learn.Broken(kindKMeans, "a centre is out of range")
		}
	}
	return nil
}
