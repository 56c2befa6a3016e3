package neural

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
)

// An AutoencoderModel is a fitted Autoencoder.
type AutoencoderModel struct {
	columns []learn.Column
	net     *network // nil if what was read is not whole
	curve   Curve
	broken  error
}

// storedAutoencoder is an AutoencoderModel as JSON has it.
type storedAutoencoder struct {
	Columns    []learn.Column `json:"columns"`
	Activation activation     `json:"activation"`
	Layers     []storedLayer  `json:"layers"`
	Curve      Curve          `json:"curve"`
}

// Kind returns "autoencoder".
func (*AutoencoderModel) Kind() string { return kindAutoencoder }

// Inputs returns the columns it was fitted to.
func (m *AutoencoderModel) Inputs() []learn.Column { return m.columns }

// Curve returns the losses of training, epoch by epoch: half the squared errors of a
// row on average.
func (m *AutoencoderModel) Curve() Curve { return m.curve }

// Check returns an error unless the model is whole.
func (m *AutoencoderModel) Check() error {
	switch {
	case m.broken != nil:
		return m.broken
	case m.net == nil:
		return learn.Broken(m.Kind(), "it has no network")
	}
	return nil
}

// Score writes the sum of the squared errors of each row. An error wraps ErrMissing if
// a number is missing.
func (m *AutoencoderModel) Score(dst []float64, x *learn.Matrix) error {
	return m.reproduce(x, func(row int, errors []float64) {
		var sum float64
		for _, d := range errors {
			sum += float64(d * d)
		}
		dst[row] = limited(sum)
	})
}

// limited is v, or the largest number where it overflowed.
func limited(v float64) float64 {
	if v-v != 0 {
		return math.MaxFloat64
	}
	return v
}

// Explain splits the squared error into those of the columns: of a coded one, that of
// all its levels.
func (m *AutoencoderModel) Explain(x *learn.Matrix) (*learn.Explanation, error) {
	e := &learn.Explanation{Scale: "squared error", Total: make([]float64, x.Rows), Parts: make([][]float64, len(m.columns))}
	for j := range e.Parts {
		e.Parts[j] = make([]float64, x.Rows)
	}
	err := m.reproduce(x, func(row int, errors []float64) {
		form := m.net.shape
		for i, j := range form.numbers {
			e.Parts[j][row] = limited(errors[i] * errors[i])
		}
		for c, j := range form.coded {
			for _, d := range errors[form.output(int32(form.first[c])):form.output(int32(form.first[c+1]))] {
				e.Parts[j][row] = limited(e.Parts[j][row] + d*d)
			}
		}
		for j := range e.Parts {
			e.Total[row] += e.Parts[j][row]
		}
	})
	if err != nil {
		return nil, err
	}
	return e, nil
}

// reproduce calls write with the errors of the outputs for each row, from several
// goroutines.
func (m *AutoencoderModel) reproduce(x *learn.Matrix, write func(row int, errors []float64)) error {
	if err := m.Check(); err != nil {
		return err
	}
	x, err := x.Bind(m.columns)
	if err != nil {
		return fmt.Errorf("autoencoder: %w", err)
	}
	if err := learn.RefuseMissing(x); err != nil {
		return fmt.Errorf("autoencoder: %w", err)
	}
	const together = 512
	block := func(p *pass, from, to int) {
		n := to - from
		p.rows.part(0, n).take(x, from)
		m.net.forward(p, 0, padded(n), nil)
		for r := range n {
			z := p.output(m.net, r)
			p.rows.less(z, r)
			write(from+r, z)
		}
	}
	if x.Rows <= together {
		block(newPass(m.net, x.Rows), 0, x.Rows)
		return nil
	}
	return parallel.Do(context.Background(), (x.Rows+together-1)/together, 0, func() func(int) {
		p := newPass(m.net, together)
		return func(i int) { block(p, i*together, min((i+1)*together, x.Rows)) }
	})
}

// MarshalJSON writes the weights without those that only fill rows up.
func (m *AutoencoderModel) MarshalJSON() ([]byte, error) {
	if err := m.Check(); err != nil {
		return nil, err
	}
	s := storedAutoencoder{Columns: m.columns, Activation: m.net.activation, Curve: m.curve}
	for _, l := range m.net.layers {
		s.Layers = append(s.Layers, l.store())
	}
	return json.Marshal(s)
}

// UnmarshalJSON reads a model. Check tells whether it is whole.
func (m *AutoencoderModel) UnmarshalJSON(text []byte) error {
	var s storedAutoencoder
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	*m = AutoencoderModel{columns: s.Columns, curve: s.Curve}
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
func (s *storedAutoencoder) network() (*network, error) {
	if err := learn.CheckColumns(s.Columns); err != nil {
		return nil, err
	}
	if err := s.Curve.check(); err != nil {
		return nil, err
	}
	if len(s.Columns) == 0 || !s.Activation.known() || len(s.Layers) < 2 || len(s.Layers) > maxLayers+1 {
		return nil, fmt.Errorf("%d columns, %d layers with the activation %q", len(s.Columns), len(s.Layers), s.Activation)
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
	if hidden[last] != form.inputs() {
		return nil, errors.New("it does not put out as many values as it takes in")
	}
	n := newNetwork(form, s.Activation, hidden[:last], form.inputs())
	for i, l := range n.layers {
		l.restore(&s.Layers[i])
	}
	return n, nil
}
