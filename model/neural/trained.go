package neural

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
)

// A trained network is what the models have in common.
type trained struct {
	columns []learn.Column
	net     *network // nil if what was read is not whole
	curve   Curve
	broken  error
}

// Inputs returns the columns it was fitted to.
func (f *trained) Inputs() []learn.Column { return f.columns }

// Curve returns the losses of training, epoch by epoch: of an autoencoder, half the
// squared errors of a row on average.
func (f *trained) Curve() Curve { return f.curve }

func (f *trained) check(kind string) error {
	switch {
	case f.broken != nil:
		return f.broken
	case f.net == nil:
		return learn.Broken(kind, "it has no network")
	}
	return nil
}

// outputs calls use with what the network puts out for each row, which is row at of
// the pass, from several goroutines.
func (f *trained) outputs(name string, x *learn.Matrix, use func(z []float64, p *pass, at, row int) error) error {
	x, err := x.Bind(f.columns)
	if err == nil {
		err = learn.RefuseMissing(x)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	block := func(p *pass, from, to int) error {
		p.rows.part(0, to-from).take(x, from)
		f.net.forward(p, 0, padded(to-from), nil)
		for at := range to - from {
			if err := use(p.output(f.net, at), p, at, from+at); err != nil {
				return fmt.Errorf("%s, row %d: %w", name, from+at+1, err)
			}
		}
		return nil
	}
	const together = 512
	if x.Rows <= together {
		return block(newPass(f.net, x.Rows), 0, x.Rows)
	}
	blocks := (x.Rows + together - 1) / together
	errs := make([]error, blocks)
	err = parallel.Do(context.Background(), blocks, 0, func() func(int) {
		p := newPass(f.net, together)
		return func(i int) { errs[i] = block(p, i*together, min((i+1)*together, x.Rows)) }
	})
	return errors.Join(err, errors.Join(errs...))
}

// stored is a model as JSON has it. An autoencoder has no classes.
type stored struct {
	Columns    []learn.Column `json:"columns"`
	Classes    []string       `json:"classes,omitempty"`
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

// marshal writes the weights without those that only fill rows up.
func (f *trained) marshal(classes []string) ([]byte, error) {
	s := stored{Columns: f.columns, Classes: classes, Activation: f.net.activation, Curve: f.curve}
	for _, l := range f.net.layers {
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

// trained returns what was stored of a model with so many outputs; 0 stands for as
// many as inputs. It is broken if the network does not fit together.
func (s *stored) trained(kind string, outputs int) trained {
	f := trained{columns: s.Columns, curve: s.Curve}
	n, err := s.network(outputs)
	if err != nil {
		f.broken = learn.Broken(kind, "%v", err)
		return f
	}
	f.net = n
	return f
}

func (s *stored) network(outputs int) (*network, error) {
	if err := learn.CheckColumns(s.Columns); err != nil {
		return nil, err
	}
	if err := s.Curve.check(); err != nil {
		return nil, err
	}
	if !s.Activation.known() || len(s.Layers) < 2 || len(s.Layers) > maxLayers+1 {
		return nil, fmt.Errorf("%d layers with the activation %q", len(s.Layers), s.Activation)
	}
	form := shapeOf(s.Columns)
	inputs := form.inputs()
	if outputs == 0 {
		outputs = inputs
	}
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
		return nil, fmt.Errorf("%d outputs, where there should be %d", hidden[last], outputs)
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
