package neural

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/netanom/netanom/model/learn"
)

// MLP is the settings of a multi-layer perceptron: a classifier of dense layers,
// trained by Adam on the cross-entropy. Names and defaults are those of
// scikit-learn's MLPClassifier, but for early stopping, which is on. The zero value
// stands for the defaults.
//
// Numbers should be standardised before, and must not be missing. Coded columns are
// taken as they are, as if each level were a column of zeros and ones; NoLevel is 0
// in all of them.
//
// Two classes have one output and the logistic function, several have the softmax. A
// row's loss counts by its weight over the mean weight, so that in a batch of all
// rows a weight of 2 is two rows. Rows that weigh nothing are left out.
type MLP struct {
	HiddenLayers       []int    `json:"hidden_layers,omitempty"`       // units of each hidden layer; default [100]
	Activation         string   `json:"activation,omitempty"`          // of hidden layers: "relu" (default), "tanh" or "logistic"
	LearningRate       float64  `json:"learning_rate,omitempty"`       // of Adam; default 0.001
	Beta1              *float64 `json:"beta_1,omitempty"`              // decay of Adam's first moment, from 0 to below 1; default 0.9
	Beta2              *float64 `json:"beta_2,omitempty"`              // decay of its second moment, from 0 to below 1; default 0.999
	Epsilon            float64  `json:"epsilon,omitempty"`             // added to the root of the second moment; default 1e-8
	Alpha              *float64 `json:"alpha,omitempty"`               // L2 penalty: a batch adds alpha/2 times the squared weights over its rows; default 0.0001
	BatchSize          int      `json:"batch_size,omitempty"`          // rows a step; default 200, and all rows where there are fewer
	MaxIter            int      `json:"max_iter,omitempty"`            // epochs at most; default 200
	EarlyStopping      *bool    `json:"early_stopping,omitempty"`      // judge epochs by rows held back, and keep the best; default true. Else by the training loss
	ValidationFraction float64  `json:"validation_fraction,omitempty"` // share of each class that is held back; default 0.1
	NIterNoChange      int      `json:"n_iter_no_change,omitempty"`    // stop after more than so many epochs without improvement; default 10
	Tol                *float64 `json:"tol,omitempty"`                 // by how much the loss must fall to count as improvement; default 0.0001
	Dropout            float64  `json:"dropout,omitempty"`             // share of hidden units left out at random in training, below 1; default 0
}

// Bounds on settings, beyond which a typing error is more likely than a wish.
const (
	maxLayers  = 32
	maxWeights = 1 << 28
)

// Kind returns "mlp".
func (*MLP) Kind() string { return "mlp" }

// settings are those of an MLP with defaults filled in.
type settings struct {
	hidden     []int
	activation activation
	optimiser  optimiser
	schedule   schedule
	early      bool
	fraction   float64
	dropout    float64
}

// orDefault returns v, or the other value where v is zero.
func orDefault[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// at returns what v points to, or the other value where it points to nothing.
func at[T any](v *T, otherwise T) T {
	if v == nil {
		return otherwise
	}
	return *v
}

// settings returns the settings with defaults filled in, or an error that wraps
// ErrSetting for the first that is out of range.
func (s *MLP) settings() (*settings, error) {
	o := &settings{
		hidden:     s.HiddenLayers,
		activation: orDefault(activation(s.Activation), rectifiedUnits),
		optimiser: optimiser{
			rate: orDefault(s.LearningRate, 0.001), epsilon: orDefault(s.Epsilon, 1e-8),
			beta1: at(s.Beta1, 0.9), beta2: at(s.Beta2, 0.999), alpha: at(s.Alpha, 1e-4),
		},
		schedule: schedule{
			batchSize: orDefault(s.BatchSize, 200), maxIter: orDefault(s.MaxIter, 200),
			patience: orDefault(s.NIterNoChange, 10), tol: at(s.Tol, 1e-4), shuffle: true,
		},
		early: at(s.EarlyStopping, true), fraction: orDefault(s.ValidationFraction, 0.1), dropout: s.Dropout,
	}
	if len(o.hidden) == 0 {
		o.hidden = []int{100}
	}
	return o, o.check()
}

func (o *settings) check() error {
	wrong := func(name string, value any, want string) error {
		return fmt.Errorf("%s is %v, want %s: %w", name, value, want, learn.ErrSetting)
	}
	for _, units := range o.hidden {
		if units < 1 || units > maxWeights || len(o.hidden) > maxLayers {
			return wrong("hidden_layers", o.hidden, fmt.Sprintf("up to %d layers of at least 1 unit", maxLayers))
		}
	}
	const fromZero, positive, oneOrMore = "a number from 0 to below 1", "a positive number", "at least 1"
	below1 := func(v float64) bool { return v >= 0 && v < 1 }
	finite := func(v float64) bool { return v >= 0 && !math.IsInf(v, 1) }
	a, c := &o.optimiser, &o.schedule
	switch {
	case !o.activation.known():
		return wrong("activation", fmt.Sprintf("%q", o.activation), `"relu", "tanh" or "logistic"`)
	case !(a.rate > 0) || !finite(a.rate):
		return wrong("learning_rate", a.rate, positive)
	case !below1(a.beta1):
		return wrong("beta_1", a.beta1, fromZero)
	case !below1(a.beta2):
		return wrong("beta_2", a.beta2, fromZero)
	case !(a.epsilon > 0) || !finite(a.epsilon):
		return wrong("epsilon", a.epsilon, positive)
	case !finite(a.alpha):
		return wrong("alpha", a.alpha, "a number of at least 0")
	case c.batchSize < 1:
		return wrong("batch_size", c.batchSize, oneOrMore)
	case c.maxIter < 1:
		return wrong("max_iter", c.maxIter, oneOrMore)
	case !below1(o.fraction):
		return wrong("validation_fraction", o.fraction, "a number between 0 and 1")
	case c.patience < 1:
		return wrong("n_iter_no_change", c.patience, oneOrMore)
	case !finite(c.tol):
		return wrong("tol", c.tol, "a number of at least 0")
	case !below1(o.dropout):
		return wrong("dropout", o.dropout, fromZero)
	}
	return nil
}

// Fit trains a network on the rows. Beside the errors of learn.CheckFit it returns
// ErrSetting for settings out of range and where the loss grows beyond all numbers,
// and ErrMissing where a number is missing. Where the classes are too small to hold a
// row back, the training loss ends the training.
func (s *MLP) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Model, error) {
	m, err := s.fit(ctx, x, y, r)
	if err != nil {
		return nil, fmt.Errorf("multi-layer perceptron: %w", err)
	}
	return m, nil
}

func (s *MLP) fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (*Model, error) {
	o, err := s.settings()
	if err != nil {
		return nil, err
	}
	if err := learn.CheckFit(x, &y, true); err != nil {
		return nil, err
	}
	l := lossFor(&y)
	b, err := o.batch(ctx, x, &y, l.units(), r)
	if err != nil {
		return nil, err
	}
	b.loss = l
	curve, err := b.train(ctx, &o.schedule, &r)
	if err != nil {
		return nil, err
	}
	return &Model{trained{columns: x.Columns, net: b.net, curve: *curve}, y.Classes}, nil
}

// batch deals the rows, those of each class by itself, for training, draws a network
// of so many outputs, and returns the batch that trains it, which lacks its loss.
func (o *settings) batch(ctx context.Context, x *learn.Matrix, y *learn.Target, outputs int, r learn.Run) (*batch, error) {
	if err := learn.RefuseMissing(x); err != nil {
		return nil, err
	}
	share := 0.0
	if o.early {
		share = o.fraction
	}
	o.schedule.training, o.schedule.held = split(y, share, r.Seed)
	o.schedule.batchSize = min(o.schedule.batchSize, len(o.schedule.training))

	form := shapeOf(x.Columns)
	if err := checkSize(form, o.hidden, outputs, o.schedule.batchSize); err != nil {
		return nil, err
	}
	all, err := rowsOf(ctx, form, x, r.Workers)
	if err != nil {
		return nil, err
	}
	n := newNetwork(form, o.activation, o.hidden, outputs)
	n.draw(rand.New(rand.NewPCG(r.Seed, streamWeights)))
	weights, mean := relative(y.Weights, o.schedule.training)
	o.optimiser.alpha /= mean
	b := newBatch(n, nil, all, o.schedule.batchSize, &o.optimiser)
	b.weights, b.workers = weights, r.Workers
	b.drop(o.dropout, r.Seed)
	return b, nil
}

// lossFor returns the cross-entropy of the classes.
func lossFor(y *learn.Target) loss {
	if len(y.Classes) == 2 {
		return &logLoss{class: y.Y}
	}
	return &softmaxLoss{classes: len(y.Classes), class: y.Y}
}

// checkSize returns an error for a network, or for a batch, that is larger than any
// that could be trained.
func checkSize(form *shape, hidden []int, outputs, batch int) error {
	rows, total, values := form.rows(), 0, 0
	for _, units := range append(append([]int{}, hidden...), outputs) {
		stride := strideOf(units)
		if rows+1 > maxWeights/stride || total > maxWeights || stride > maxWeights/padded(batch) || values > maxWeights {
			return fmt.Errorf("hidden_layers %v with %d inputs and batches of %d rows are more than %d numbers: %w", hidden, form.inputs(), batch, maxWeights, learn.ErrSetting)
		}
		total, values = total+(rows+1)*stride, values+stride*padded(batch)
		rows = padded(units)
	}
	return nil
}

// relative returns the weights over the mean weight of the given rows, and that mean:
// nil and 1 for no weights.
func relative(weights []float64, of []int32) ([]float64, float64) {
	if weights == nil {
		return nil, 1
	}
	var sum float64
	for _, i := range of {
		sum += weights[i]
	}
	out, n := make([]float64, len(weights)), float64(len(of))
	for i, w := range weights {
		out[i] = w / sum * n
	}
	return out, sum / n
}

// Space returns the settings worth a search: the width and depth of the network, the
// learning rate, the penalty and dropout.
func (*MLP) Space() []learn.Dimension {
	return []learn.Dimension{
		{Name: "hidden_layers", Choices: []any{[]int{50}, []int{100}, []int{200}, []int{100, 50}}},
		{Name: "learning_rate", Low: 1e-4, High: 1e-2, Log: true},
		{Name: "alpha", Low: 1e-6, High: 1e-1, Log: true},
		{Name: "dropout", Low: 0, High: 0.5},
	}
}

// Cheaper returns the settings with that share of the epochs, at least one.
func (s *MLP) Cheaper(fraction float64) learn.Spec {
	c := *s
	c.MaxIter = max(1, int(math.Ceil(fraction*float64(orDefault(s.MaxIter, 200)))))
	return &c
}
