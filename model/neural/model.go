package neural

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
)

// A Model is a fitted MLP.
type Model struct {
	columns []learn.Column
	classes []string
	net     *network // nil if what was read is not whole
	curve   Curve
	broken  error
}

// stored is a Model as JSON has it.
type stored struct {
	Columns    []learn.Column `json:"columns"`
	Classes    []string       `json:"classes"`
	Activation activation     `json:"activation"`
	Layers     []storedLayer  `json:"layers"`
	Curve      Curve          `json:"curve"`
}

// storedLayer is the weights of a layer, input after input (of the first layer:
// numbers, then levels, each in the order of columns), and its biases.
type storedLayer struct {
	Weights learn.Floats `json:"weights"`
	Biases  learn.Floats `json:"biases"`
}

func newModel(columns []learn.Column, classes []string, n *network, c *Curve) *Model {
	return &Model{columns: columns, classes: classes, net: n, curve: *c}
}

// Kind returns "mlp".
func (*Model) Kind() string { return "mlp" }

// Inputs returns the columns it was fitted to.
func (m *Model) Inputs() []learn.Column { return m.columns }

// Classes returns those of the target it was fitted to.
func (m *Model) Classes() []string { return m.classes }

// Curve returns the losses of training, epoch by epoch.
func (m *Model) Curve() Curve { return m.curve }

// Check returns an error unless the model is whole.
func (m *Model) Check() error {
	switch {
	case m.broken != nil:
		return m.broken
	case m.net == nil:
		return learn.Broken(m.Kind(), "it has no network")
	}
	return nil
}

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
	x, err := x.Bind(m.columns)
	if err != nil {
		return fmt.Errorf("multi-layer perceptron: %w", err)
	}
	if err := learn.RefuseMissing(x); err != nil {
		return fmt.Errorf("multi-layer perceptron: %w", err)
	}
	const together = 512
	if x.Rows <= together {
		return m.predictBlock(newPass(m.net, x.Rows), x, 0, x.Rows, write)
	}
	blocks := (x.Rows + together - 1) / together
	errs := make([]error, blocks)
	err = parallel.Do(context.Background(), blocks, 0, func() func(int) {
		p := newPass(m.net, together)
		return func(i int) {
			errs[i] = m.predictBlock(p, x, i*together, min((i+1)*together, x.Rows), write)
		}
	})
	return errors.Join(err, errors.Join(errs...))
}

func (m *Model) predictBlock(p *pass, x *learn.Matrix, from, to int, write func(row int, p []float64)) error {
	n := to - from
	p.rows.part(0, n).take(x, from)
	m.net.forward(p, 0, padded(n), nil)
	for r := range n {
		z := p.output(m.net, r)
		for _, v := range z {
			if v-v != 0 {
				return fmt.Errorf("multi-layer perceptron, row %d: %w", from+r+1, errOverflow)
			}
		}
		if len(m.classes) == 2 {
			z[0] = logistic(z[0])
		} else {
			softmax(z)
		}
		write(from+r, z)
	}
	return nil
}

// MarshalJSON writes the weights without those that only fill rows up.
func (m *Model) MarshalJSON() ([]byte, error) {
	if err := m.Check(); err != nil {
		return nil, err
	}
	s := stored{Columns: m.columns, Classes: m.classes, Activation: m.net.activation, Curve: m.curve}
	for _, l := range m.net.layers {
		s.Layers = append(s.Layers, l.store())
	}
	return json.Marshal(s)
}

func (l *layer) store() storedLayer {
	s := storedLayer{Biases: append(learn.Floats{}, l.bias()[:l.out]...)}
	for r := range l.rows {
		if r < l.in || r >= padded(l.in) {
			s.Weights = append(s.Weights, l.row(r)[:l.out]...)
		}
	}
	return s
}

// UnmarshalJSON reads a model. Check tells whether it is whole.
func (m *Model) UnmarshalJSON(text []byte) error {
	var s stored
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	*m = Model{columns: s.Columns, classes: s.Classes, curve: s.Curve}
	n, err := s.network()
	if err != nil {
		m.broken = learn.Broken(m.Kind(), "%v", err)
		return nil
	}
	m.net = n
	return nil
}

// network returns the network of what was stored, or an error if it does not fit
// together.
func (s *stored) network() (*network, error) {
	if err := learn.CheckColumns(s.Columns); err != nil {
		return nil, err
	}
	if err := s.Curve.check(); err != nil {
		return nil, err
	}
	if len(s.Classes) < 2 || !s.Activation.known() || len(s.Layers) < 2 || len(s.Layers) > maxLayers+1 {
		return nil, fmt.Errorf("%d classes, %d layers with the activation %q", len(s.Classes), len(s.Layers), s.Activation)
	}
	outputs := len(s.Classes)
	if outputs == 2 {
		outputs = 1
	}
	form := shapeOf(s.Columns)
	inputs := form.inputs()
	var hidden []int
	for i, l := range s.Layers {
		units := len(l.Biases)
		if units == 0 || len(l.Weights) != inputs*units || !l.Weights.Finite() || !l.Biases.Finite() {
			return nil, fmt.Errorf("layer %d: %d weights and %d biases for %d inputs, all of which should be finite", i+1, len(l.Weights), units, inputs)
		}
		hidden, inputs = append(hidden, units), units
	}
	last := len(hidden) - 1
	if hidden[last] != outputs {
		return nil, fmt.Errorf("%d outputs for %d classes", hidden[last], len(s.Classes))
	}
	n := newNetwork(form, s.Activation, hidden[:last], outputs)
	for i, l := range n.layers {
		l.restore(&s.Layers[i])
	}
	return n, nil
}

// restore sets the weights to stored ones, of which there must be as many.
func (l *layer) restore(s *storedLayer) {
	copy(l.bias(), s.Biases)
	weights := s.Weights
	for r := range l.rows {
		if r < l.in || r >= padded(l.in) {
			copy(l.row(r)[:l.out], weights)
			weights = weights[l.out:]
		}
	}
}
