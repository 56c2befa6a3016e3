package outlier

import (
	"context"
	"fmt"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/neighbor"
)

// LOF is the settings of the local outlier factor [1]: how much sparser the training
// rows lie around a row than around its nearest ones; about 1 for rows in the midst
// of others. A row that is scored is compared with the training rows, as with
// scikit-learn's novelty=True; FitScores compares training rows with each other.
//
// Levels are as far apart as neighbor.Metric says. Weights do nothing, but that rows
// of weight 0 are left out. Missing numbers are refused. Where more than Neighbors
// rows are the same, scores around them are very large.
//
// [1] M. M. Breunig, H.-P. Kriegel, R. T. Ng and J. Sander (2000), "LOF: identifying
// density-based local outliers", SIGMOD Record 29(2), 93–104.
type LOF struct {
	Neighbors int             `json:"n_neighbors,omitempty"` // default 20, and all other rows where there are fewer
	Metric    neighbor.Metric `json:"metric,omitempty"`      // "euclidean" (default) or "manhattan"
}

// LOFModel is a fitted LOF.
type LOFModel struct {
	Index     *neighbor.Index `json:"index"`
	Neighbors int             `json:"n_neighbors"`
	Reach     learn.Floats    `json:"reach"`   // by training row: the distance of its last neighbour
	Density   learn.Floats    `json:"density"` // by training row: the local reachability density
}

const kindLOF = "lof"

// Kind is "lof".
func (LOF) Kind() string { return kindLOF }

// Space is what is worth a search.
func (LOF) Space() []learn.Dimension {
	return []learn.Dimension{{Name: "n_neighbors", Low: 5, High: 100, Log: true, Whole: true}}
}

// Fit finds the neighbours of all rows. Beside the errors of learn.CheckFit it returns
// ErrSetting and ErrMissing.
func (s LOF) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Model, error) {
	m, _, err := s.fitScores(ctx, x, &y, &r)
	return m, err
}

func (s LOF) fitScores(ctx context.Context, x *learn.Matrix, y *learn.Target, r *learn.Run) (learn.Model, []float64, error) {
	m, scores, err := s.fit(ctx, x, y, r)
	if err != nil {
		return nil, nil, fmt.Errorf("local outlier factor: %w", err)
	}
	return m, scores, nil
}

func (s LOF) fit(ctx context.Context, x *learn.Matrix, y *learn.Target, r *learn.Run) (*LOFModel, []float64, error) {
	k := or(s.Neighbors, 20)
	if err := checkNeighbors(k, s.Metric); err != nil {
		return nil, nil, err
	}
	rows, _, places, err := training(ctx, x, y, false)
	if err != nil {
		return nil, nil, err
	}
	r.Report(0, 1)
	ix, err := neighbor.NewIndex(ctx, rows, s.Metric)
	if err != nil {
		return nil, nil, err
	}
	n := rows.Rows
	k = min(k, n-1)
	m := &LOFModel{Index: ix, Neighbors: k, Reach: make(learn.Floats, n), Density: make(learn.Floats, n)}
	found := make([]neighbor.Neighbor, n*k)
	err = ix.EachOther(ctx, k, r.Workers, func(row int, others []neighbor.Neighbor) {
		copy(found[row*k:], others)
		m.Reach[row] = finite(others[k-1].Distance)
	})
	if err != nil {
		return nil, nil, err
	}
	for i := range n {
		m.Density[i] = m.density(found[i*k : (i+1)*k])
	}
	scores := make([]float64, x.Rows)
	if err := scoreOthers(ctx, m, scores, x, places); err != nil {
		return nil, nil, err
	}
	for i := range n {
		at := i
		if places != nil {
			at = places[i]
		}
		scores[at] = m.factor(found[i*k : (i+1)*k])
	}
	r.Report(1, 1)
	return m, scores, nil
}

// scoreOthers scores the rows that are not at the given places like new ones; none if
// there are no places.
func scoreOthers(ctx context.Context, m learn.Model, scores []float64, x *learn.Matrix, places []int) error {
	if places == nil {
		return nil
	}
	var others []int
	for i := range x.Rows {
		if len(places) > 0 && places[0] == i {
			places = places[1:]
		} else {
			others = append(others, i)
		}
	}
	part := make([]float64, len(others))
	if err := scoreAll(ctx, m, part, x.Take(others)); err != nil {
		return err
	}
	for at, i := range others {
		scores[i] = part[at]
	}
	return nil
}

// checkNeighbors checks settings that detectors by neighbours share.
func checkNeighbors(k int, metric neighbor.Metric) error {
	switch {
	case k < 1:
		return wrong("n_neighbors", k, "at least 1")
	case metric != "" && metric != neighbor.Euclidean && metric != neighbor.Manhattan:
		return wrong("metric", fmt.Sprintf("%q", metric), `"euclidean" or "manhattan"`)
	}
	return nil
}

// density is the local reachability density of a row with these neighbours. As in
// scikit-learn, 1e-10 keeps it finite among equal rows.
func (m *LOFModel) density(found []neighbor.Neighbor) float64 {
	var sum float64
	for _, n := range found {
		sum += max(n.Distance, m.Reach[n.Row]) / float64(len(found))
	}
	return max(1/(sum+1e-10), 1e-300)
}

// factor is the local outlier factor of a row with these neighbours.
func (m *LOFModel) factor(found []neighbor.Neighbor) float64 {
	var sum float64
	for _, n := range found {
		sum += m.Density[n.Row] / float64(len(found))
	}
	return clamp(sum / m.density(found))
}

// Kind is "lof".
func (*LOFModel) Kind() string { return kindLOF }

// Inputs are the columns it was fitted to.
func (m *LOFModel) Inputs() []learn.Column { return columnsOf(m.Index) }

func columnsOf(ix *neighbor.Index) []learn.Column {
	if ix == nil {
		return nil
	}
	return ix.Columns()
}

// Score writes the local outlier factor of each row.
func (m *LOFModel) Score(dst []float64, x *learn.Matrix) error {
	err := eachNearest(m.Index, m.Neighbors, x, func(i int, found []neighbor.Neighbor) { dst[i] = m.factor(found) })
	if err != nil {
		return fmt.Errorf("local outlier factor: %w", err)
	}
	return nil
}

func eachNearest(ix *neighbor.Index, k int, x *learn.Matrix, visit func(i int, found []neighbor.Neighbor)) error {
	q, err := ix.Queries(x)
	if err != nil {
		return err
	}
	if q.Rows() == 1 {
		visit(0, ix.Nearest(q, 0, k))
		return nil
	}
	return ix.EachNearest(context.Background(), q, k, 0, visit)
}

// Check returns an error unless the model is whole.
func (m *LOFModel) Check() error {
	if err := checkIndex(kindLOF, m.Index, m.Neighbors); err != nil {
		return err
	}
	n := m.Index.Rows()
	if len(m.Reach) != n || len(m.Density) != n || !m.Reach.Finite() || !m.Density.Finite() {
		return learn.Broken(kindLOF, "distances of %d and densities of %d rows, which should be %d", len(m.Reach), len(m.Density), n)
	}
	for i := range n {
		if !(m.Reach[i] >= 0 && m.Density[i] > 0) {
			return learn.Broken(kindLOF, "row %d has the distance %v and the density %v", i+1, m.Reach[i], m.Density[i])
		}
	}
	return nil
}

func checkIndex(kind string, ix *neighbor.Index, k int) error {
	if ix == nil || ix.Rows() == 0 || k < 1 || k > ix.Rows() {
		return learn.Broken(kind, "it has no rows, or not %d neighbours", k)
	}
	return nil
}
