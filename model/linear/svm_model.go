package linear

import "github.com/netanom/netanom/model/learn"

// A SVMModel is a fitted SVM.
type SVMModel struct {
	Planes
	scaling
	Objectives learn.Floats `json:"objectives"` // what was minimised, by plane
	Iterations int          `json:"iterations"` // most of any plane
	Converged  bool         `json:"converged"`
}

// scaling turns decision values into probabilities, by plane.
type scaling struct {
	Slopes  learn.Floats `json:"slopes"`
	Offsets learn.Floats `json:"offsets"`
}

// check returns an error that wraps learn.ErrBroken unless there is a finite slope,
// not below 0, and an offset for each plane.
func (s *scaling) check(kind string, planes int) error {
	if len(s.Slopes) != planes || len(s.Offsets) != planes || !s.Slopes.Finite() || !s.Offsets.Finite() {
		return learn.Broken(kind, "%d slopes and %d offsets for %d decision values, or not finite", len(s.Slopes), len(s.Offsets), planes)
	}
	for _, v := range s.Slopes {
		if v < 0 {
			return learn.Broken(kind, "slope %v", v)
		}
	}
	return nil
}

// row turns the decision values of a row into probabilities of the classes.
func (s *scaling) row(z []float64, present []int32, row []float64) {
	clear(row)
	if len(z) == 1 {
		v := s.Slopes[0]*z[0] + s.Offsets[0]
		row[present[0]], row[present[1]] = sigmoid(-v), sigmoid(v)
		return
	}
	var total float64
	for k, place := range present {
		row[place] = sigmoid(s.Slopes[k]*z[k] + s.Offsets[k])
		total += row[place]
	}
	for _, place := range present {
		if total > 0 {
			row[place] /= total
		} else {
			row[place] = 1 / float64(len(present))
		}
	}
}

// Kind is "svm".
func (*SVMModel) Kind() string { return SVMKind }

// Check returns an error that wraps learn.ErrBroken unless the model is whole.
func (m *SVMModel) Check() error {
	if err := m.Planes.check(SVMKind); err != nil {
		return err
	}
	if !m.Objectives.Finite() {
		return learn.Broken(SVMKind, "an objective is not finite")
	}
	return m.scaling.check(SVMKind, m.planes())
}

// Explain splits the decision value of two classes of which the first is normal; the
// score grows with it. For other models the error wraps errors.ErrUnsupported.
func (m *SVMModel) Explain(x *learn.Matrix) (*learn.Explanation, error) {
	return m.explain(x, "decision value")
}

// Score writes the probability of all classes but the first.
func (m *SVMModel) Score(dst []float64, x *learn.Matrix) error { return score(m, dst, x) }

// Probabilities writes those of the classes.
func (m *SVMModel) Probabilities(dst []float64, x *learn.Matrix) error {
	return m.probabilities(dst, x, m.scaling.row)
}
