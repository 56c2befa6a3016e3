package neural

import (
	"encoding/json"
	"errors"

	"github.com/netanom/netanom/model/learn"
)

// A Model is a fitted MLP.
type Model struct {
	trained
	classes []string
}

// Kind returns "mlp".
func (*Model) Kind() string { return "mlp" }

// Classes returns those of the target it was fitted to.
func (m *Model) Classes() []string { return m.classes }

// Check returns an error unless the model is whole.
func (m *Model) Check() error { return m.check(m.Kind()) }

// Score writes the probability of all classes but the first to dst. An error wraps
// ErrMissing if a number is missing.
func (m *Model) Score(dst []float64, x *learn.Matrix) error {
	if err := m.Check(); err != nil {
		return err
	}
	if len(m.classes) == 2 {
		return m.predict(x, func(row int, p []float64) { dst[row] = p[0] })
	}
	return learn.ScoreByClasses(m, dst, x)
}

// Probabilities writes one number a class for each row to dst, row after row. An
// error wraps ErrMissing if a number is missing.
func (m *Model) Probabilities(dst []float64, x *learn.Matrix) error {
	if err := m.Check(); err != nil {
		return err
	}
	k := len(m.classes)
	return m.predict(x, func(row int, p []float64) {
		if k == 2 {
			dst[2*row], dst[2*row+1] = 1-p[0], p[0]
			return
		}
		copy(dst[row*k:(row+1)*k], p)
	})
}

// errOverflow is that of rows far from anything that was learned from.
var errOverflow = errors.New("its numbers are too large for the network; standardise the columns before it")

// predict calls write with the probabilities of each row: that of the second of two
// classes, or those of all.
func (m *Model) predict(x *learn.Matrix, write func(row int, p []float64)) error {
	return m.outputs("multi-layer perceptron", x, func(z []float64, _ *pass, _, row int) error {
		for _, v := range z {
			if v-v != 0 {
				return errOverflow
			}
		}
		if len(m.classes) == 2 {
			z[0] = logistic(z[0])
		} else {
			softmax(z)
		}
		write(row, z)
		return nil
	})
}

// MarshalJSON writes the columns, the classes and the network.
func (m *Model) MarshalJSON() ([]byte, error) {
	if err := m.Check(); err != nil {
		return nil, err
	}
	return m.marshal(m.classes)
}

// UnmarshalJSON reads a model. Check tells whether it is whole.
func (m *Model) UnmarshalJSON(text []byte) error {
	var s stored
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	outputs := len(s.Classes)
	if outputs == 2 {
		outputs = 1
	}
	*m = Model{trained: s.trained(m.Kind(), outputs), classes: s.Classes}
	if len(s.Classes) < 2 && m.broken == nil {
		m.broken = learn.Broken(m.Kind(), "it has %d classes", len(s.Classes))
	}
	return nil
}
