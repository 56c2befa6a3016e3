package neural

import (
	"encoding/json"
	"math"

	"github.com/netanom/netanom/model/learn"
)

// An AutoencoderModel is a fitted Autoencoder.
type AutoencoderModel struct{ trained }

// Kind returns "autoencoder".
func (*AutoencoderModel) Kind() string { return kindAutoencoder }

// Check returns an error unless the model is whole.
func (m *AutoencoderModel) Check() error { return m.check(m.Kind()) }

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
	return m.outputs(kindAutoencoder, x, func(z []float64, p *pass, at, row int) error {
		p.rows.less(z, at)
		write(row, z)
		return nil
	})
}

// MarshalJSON writes the columns and the network.
func (m *AutoencoderModel) MarshalJSON() ([]byte, error) {
	if err := m.Check(); err != nil {
		return nil, err
	}
	return m.marshal(nil)
}

// UnmarshalJSON reads a model. Check tells whether it is whole.
func (m *AutoencoderModel) UnmarshalJSON(text []byte) error {
	var s stored
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	*m = AutoencoderModel{s.trained(m.Kind(), 0)}
	return nil
}
