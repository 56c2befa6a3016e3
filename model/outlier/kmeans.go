package outlier

import (
	"context"
	"encoding/json"
	"fmt"
	"math"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/cluster"
	"github.com/netanom/netanom/model/learn"
)

// KMeans is the settings of a detector that scores how far the nearest of a few
// centres is, those of k-means. Settings and models are those of cluster.KMeans: 8
// centres by default. It splits scores over columns, and scores many rows on all
// cores.
type KMeans struct{ cluster.KMeans }

// KMeansModel is a fitted KMeans.
type KMeansModel struct{ Centers *cluster.Centers }

const kindKMeans = "kmeans"

// Fit finds the centres. Its errors are those of cluster.KMeans.
func (s KMeans) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Model, error) {
	m, err := s.KMeans.Fit(ctx, x, y, r)
	if err != nil {
		return nil, err
	}
	return &KMeansModel{m.(*cluster.Centers)}, nil
}

// Kind is "kmeans".
func (*KMeansModel) Kind() string { return kindKMeans }

// Inputs are the columns it was fitted to.
func (m *KMeansModel) Inputs() []learn.Column {
	if m.Centers == nil {
		return nil
	}
	return m.Centers.Inputs()
}

// Score writes the distance of each row to the nearest centre.
func (m *KMeansModel) Score(dst []float64, x *learn.Matrix) error {
	return scoreApart(m.Centers, dst, x)
}

// scoreApart scores many rows on all cores.
func scoreApart(m learn.Model, dst []float64, x *learn.Matrix) error {
	const together = 2048
	x, err := bind(x, m.Inputs(), false)
	if err != nil {
		return fmt.Errorf("%s: %w", m.Kind(), err)
	}
	if x.Rows <= together {
		return m.Score(dst, x)
	}
	return parallel.Each(context.Background(), (x.Rows+together-1)/together, 0, func(b int) error {
		from, to := b*together, min((b+1)*together, x.Rows)
		return m.Score(dst[from:to], x.Slice(from, to))
	})
}

// Explain splits the distance to the nearest centre into what the squared differences
// of columns have of its square: of a coded one, those of all its levels.
func (m *KMeansModel) Explain(x *learn.Matrix) (*learn.Explanation, error) {
	x, err := bind(x, m.Inputs(), false)
	if err != nil {
		return nil, fmt.Errorf("k-means: %w", err)
	}
	labels, distances := make([]int32, x.Rows), make([]float64, x.Rows)
	if err := m.Centers.Nearest(labels, distances, x); err != nil {
		return nil, fmt.Errorf("k-means: %w", err)
	}
	out := newExplanation("distance", len(x.Columns), x.Rows)
	place, size := placesOf(x.Columns)
	for j := range x.Columns {
		for i, label := range labels {
			centre := m.Centers.Vectors[int(label)*size:][place[j]:]
			var d2 float64
			if x.Columns[j].Coded() {
				for l, share := range centre[:len(x.Columns[j].Levels)] {
					if int32(l) == x.Codes[j][i] {
						share--
					}
					d2 += share * share
				}
			} else {
				d := x.Numbers[j][i] - centre[0]
				d2 = d * d
			}
			if d2 > 0 {
				out.Parts[j][i] = d2 / distances[i]
			}
			if !(out.Parts[j][i] <= math.MaxFloat64) { // 0/0 by rounding
				out.Parts[j][i] = math.Sqrt(d2)
			}
		}
	}
	sumUp(out)
	return out, nil
}

// placesOf returns where columns lie in a centre, and how long it is: numbers first,
// then levels, with one place more for no level.
func placesOf(columns []learn.Column) (place []int, size int) {
	place = make([]int, len(columns))
	for j := range columns {
		if !columns[j].Coded() {
			place[j] = size
			size++
		}
	}
	for j := range columns {
		if columns[j].Coded() {
			place[j] = size
			size += len(columns[j].Levels) + 1
		}
	}
	return place, size
}

// Check returns an error unless the model is whole.
func (m *KMeansModel) Check() error {
	if m.Centers == nil {
		return learn.Broken(kindKMeans, "it has no centres")
	}
	return m.Centers.Check()
}

// MarshalJSON writes the centres.
func (m *KMeansModel) MarshalJSON() ([]byte, error) { return json.Marshal(m.Centers) }

// UnmarshalJSON reads the centres.
func (m *KMeansModel) UnmarshalJSON(text []byte) error { return json.Unmarshal(text, &m.Centers) }
