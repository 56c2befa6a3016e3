package neural

import (
	"context"
	"fmt"
	"math"

	"github.com/netanom/netanom/model/learn"
)

// Autoencoder is the settings of a network that learns to reproduce rows through a
// layer of few units, without labels [1]. What it cannot reproduce is unlike what it
// learned from: the score of a row is the sum of its squared errors.
//
// Numbers should be standardised before, and must not be missing. Coded columns are
// taken as they are, as if each level were a column of zeros and ones, and are
// reproduced as such. Other names and defaults are those of MLP, and so is what
// weights do.
//
// [1] S. Hawkins, H. He, G. Williams and R. Baxter (2002), "Outlier detection using
// replicator neural networks", DaWaK, LNCS 2454, 170–180.
type Autoencoder struct {
	HiddenLayers       []int    `json:"hidden_layers,omitempty"`       // units of each hidden layer; default [32, 8, 32]
	Activation         string   `json:"activation,omitempty"`          // of hidden layers: "tanh" (default), "relu" or "logistic"
	LearningRate       float64  `json:"learning_rate,omitempty"`       // of Adam; default 0.001
	Alpha              *float64 `json:"alpha,omitempty"`               // L2 penalty; default 0.0001
	BatchSize          int      `json:"batch_size,omitempty"`          // rows a step; default 200, and all rows where there are fewer
	MaxIter            int      `json:"max_iter,omitempty"`            // epochs at most; default 100
	EarlyStopping      *bool    `json:"early_stopping,omitempty"`      // judge epochs by rows held back, and keep the best; default true. Else by the training loss
	ValidationFraction float64  `json:"validation_fraction,omitempty"` // share of rows that is held back; default 0.1
	NIterNoChange      int      `json:"n_iter_no_change,omitempty"`    // stop after more than so many epochs without improvement; default 5
	Tol                *float64 `json:"tol,omitempty"`                 // by which part of the first loss it must fall to count as improvement; default 0.001
	Dropout            float64  `json:"dropout,omitempty"`             // share of hidden units left out at random in training, below 1; default 0
}

const kindAutoencoder = "autoencoder"

// Kind returns "autoencoder".
func (*Autoencoder) Kind() string { return kindAutoencoder }

// settings are those of a perceptron, with the defaults of an autoencoder.
func (s *Autoencoder) settings() (*settings, error) {
	p := MLP{
		HiddenLayers: s.HiddenLayers, Activation: orDefault(s.Activation, string(tangentUnits)),
		LearningRate: s.LearningRate, Alpha: s.Alpha, BatchSize: s.BatchSize, MaxIter: orDefault(s.MaxIter, 100),
		EarlyStopping: s.EarlyStopping, ValidationFraction: s.ValidationFraction,
		NIterNoChange: orDefault(s.NIterNoChange, 5), Tol: s.Tol, Dropout: s.Dropout,
	}
	if len(p.HiddenLayers) == 0 {
		p.HiddenLayers = []int{32, 8, 32}
	}
	if p.Tol == nil {
		tol := 1e-3
		p.Tol = &tol
	}
	return p.settings()
}

// Fit trains a network on the rows. Beside the errors of learn.CheckFit it returns
// ErrSetting for settings out of range and where the loss grows beyond all numbers,
// and ErrMissing where a number is missing.
func (s *Autoencoder) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Model, error) {
	m, err := s.fit(ctx, x, &y, r)
	if err != nil {
		return nil, fmt.Errorf("autoencoder: %w", err)
	}
	return m, nil
}

func (s *Autoencoder) fit(ctx context.Context, x *learn.Matrix, y *learn.Target, r learn.Run) (*AutoencoderModel, error) {
	o, err := s.settings()
	if err != nil {
		return nil, err
	}
	if err := learn.CheckFit(x, y, false); err != nil {
		return nil, err
	}
	one := learn.Target{Classes: []string{"all"}, Y: make([]int32, x.Rows), Weights: y.Weights}
	b, err := o.batch(ctx, x, &one, shapeOf(x.Columns).inputs(), r)
	if err != nil {
		return nil, err
	}
	b.loss = &reproductionLoss{b.all}
	first, err := b.mean(ctx, o.schedule.training)
	if err != nil {
		return nil, err
	}
	o.schedule.tol *= first
	curve, err := b.train(ctx, &o.schedule, &r)
	if err != nil {
		return nil, err
	}
	return &AutoencoderModel{trained{columns: x.Columns, net: b.net, curve: *curve}}, nil
}

// reproductionLoss is half the sum of the squared differences of outputs from the
// inputs of the row: its numbers, and 1 for each level that it has and 0 for others.
type reproductionLoss struct {
	rows *rows
}

func (l *reproductionLoss) units() int { return l.rows.shape.inputs() }

func (l *reproductionLoss) derive(z []float64, row int32) float64 {
	l.rows.less(z, int(row))
	var sum float64
	for _, d := range z {
		sum += float64(d * d)
	}
	return sum / 2
}

// less takes the inputs of a row off what a network puts out for it.
func (r *rows) less(z []float64, row int) {
	numbers, coded := len(r.shape.numbers), len(r.shape.coded)
	for j, v := range r.numbers[row*r.width:][:numbers] {
		z[j] -= v
	}
	for _, code := range r.codes[row*coded:][:coded] {
		if code >= 0 {
			z[r.shape.output(code)]--
		}
	}
}

// output is which of the outputs stands for an input by its row of weights.
func (s *shape) output(row int32) int {
	return int(row) - padded(len(s.numbers)) + len(s.numbers)
}

// Space returns the settings worth a search: the layers, the learning rate and the
// penalty.
func (*Autoencoder) Space() []learn.Dimension {
	return []learn.Dimension{
		{Name: "hidden_layers", Choices: []any{[]int{4}, []int{16}, []int{32, 8, 32}, []int{64, 16, 64}}},
		{Name: "learning_rate", Low: 1e-4, High: 1e-2, Log: true},
		{Name: "alpha", Low: 1e-6, High: 1e-2, Log: true},
	}
}

// Cheaper returns the settings with that share of the epochs, at least one.
func (s *Autoencoder) Cheaper(fraction float64) learn.Spec {
	c := *s
	c.MaxIter = max(1, int(math.Ceil(fraction*float64(orDefault(s.MaxIter, 100)))))
	return &c
}
