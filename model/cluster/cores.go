package cluster

import (
	"context"
	"math"
	"slices"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/neighbor"
)

// Cores are the core rows of clusters: what DBSCAN learns.
type Cores struct {
	Index  *neighbor.Index `json:"rows"`   // the different core rows
	Labels learn.Ints      `json:"labels"` // by core row
	Eps    float64         `json:"eps"`
	Count  int             `json:"clusters"`
}

// Kind is "dbscan".
func (*Cores) Kind() string { return kindDBSCAN }

// Inputs are the columns it was fitted to.
func (m *Cores) Inputs() []learn.Column { return inputsOf(m.Index) }

// Clusters is how many there are.
func (m *Cores) Clusters() int { return m.Count }

// Score writes the distance of each row to the nearest core row.
func (m *Cores) Score(dst []float64, x *learn.Matrix) error {
	return eachNearest(kindDBSCAN, m.Index, x, func(i int, n neighbor.Neighbor) { dst[i] = n.Distance })
}

// Assign writes the cluster of the nearest core row that is within Eps, the first of
// equally near ones. A row of the training data that is within Eps of core rows of two
// clusters may have been given to the other.
func (m *Cores) Assign(dst []int32, x *learn.Matrix) error {
	if m.Index != nil && len(m.Labels) != m.Index.Rows() {
		return learn.Broken(kindDBSCAN, "%d labels of %d rows", len(m.Labels), m.Index.Rows())
	}
	return eachNearest(kindDBSCAN, m.Index, x, func(i int, n neighbor.Neighbor) {
		dst[i] = Noise
		if n.Distance <= m.Eps {
			dst[i] = m.Labels[n.Row]
		}
	})
}

// Check returns an error, which wraps learn.ErrBroken, unless the model is whole.
func (m *Cores) Check() error {
	switch {
	case m.Index == nil:
		return learn.Broken(kindDBSCAN, "there are no rows")
	case !(m.Eps > 0) || math.IsInf(m.Eps, 1):
		return learn.Broken(kindDBSCAN, "eps is %v", m.Eps)
	}
	return checkLabels(kindDBSCAN, m.Index, m.Labels, m.Count, 0)
}

func inputsOf(ix *neighbor.Index) []learn.Column {
	if ix == nil {
		return nil
	}
	return ix.Columns()
}

// checkLabels returns an error unless there is a label for each row of the index,
// from least on and below count, and every cluster has a row.
func checkLabels(kind string, ix *neighbor.Index, labels []int32, count int, least int32) error {
	if len(labels) != ix.Rows() || count < 0 || count > len(labels) {
		return learn.Broken(kind, "%d labels of %d rows in %d clusters", len(labels), ix.Rows(), count)
	}
	if ix.Metric() != neighbor.Euclidean {
		return learn.Broken(kind, "distances are %s", ix.Metric())
	}
	seen := make([]bool, count)
	for _, l := range labels {
		if l < least || int(l) >= count {
			return learn.Broken(kind, "label %d of %d clusters", l, count)
		}
		if l >= 0 {
			seen[l] = true
		}
	}
	if slices.Contains(seen, false) {
		return learn.Broken(kind, "a cluster has no row")
	}
	return nil
}

// eachNearest finds the nearest row of an index to each of x.
func eachNearest(kind string, ix *neighbor.Index, x *learn.Matrix, visit func(i int, n neighbor.Neighbor)) error {
	if ix == nil {
		return learn.Broken(kind, "there are no rows")
	}
	x, err := x.Bind(ix.Columns())
	if err != nil {
		return err
	}
	q, err := ix.Queries(x)
	if err != nil {
		return err
	}
	for j := range x.Numbers {
		for _, v := range x.Numbers[j] {
			if math.Abs(v) > largest {
				return ErrLarge
			}
		}
	}
	return ix.EachNearest(context.Background(), q, 1, 1, func(i int, found []neighbor.Neighbor) { visit(i, found[0]) })
}

// assignParallel is Assign on several goroutines.
func assignParallel(ctx context.Context, m Model, dst []int32, x *learn.Matrix, workers int) error {
	n := (x.Rows + scoreRows - 1) / scoreRows
	return parallel.Each(ctx, n, workers, func(b int) error {
		from, to := b*scoreRows, min((b+1)*scoreRows, x.Rows)
		return m.Assign(dst[from:to], x.Slice(from, to))
	})
}
