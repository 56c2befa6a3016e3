package boost

import (
	"fmt"
	"math"

	"github.com/netanom/netanom/model/bin"
	"github.com/netanom/netanom/model/learn"
)

const kind = "gbt"

// GradientBoosting is the settings of gradient boosted trees [1, 2]: each round
// grows, for two classes one tree, for more one for each of them, on the gradients
// and Hessians of the log loss, and adds a part of its Newton steps to the
// predictions. Columns are binned first [3]. Trees grow at the leaf whose split
// lowers the loss most [3].
//
// Names and defaults are those of scikit-learn's HistGradientBoostingClassifier,
// and so are the results, to rounding, for the same bins: it is the same algorithm,
// in whole numbers instead of single-precision ones.
//
// Splits on levels divide them into two sets (see Fit). Missing cells go the way
// that lowers the loss more; if a column had none in training, they follow the
// majority. Rows of whole weights count like as many copies; other weights multiply
// the loss, and such a row counts once towards MinSamplesLeaf.
//
// [1] J. H. Friedman (2001), "Greedy function approximation: a gradient boosting
// machine", Annals of Statistics 29(5), 1189–1232.
// [2] T. Chen and C. Guestrin (2016), "XGBoost: a scalable tree boosting system",
// KDD '16, 785–794.
// [3] G. Ke et al. (2017), "LightGBM: a highly efficient gradient boosting decision
// tree", Advances in Neural Information Processing Systems 30.
type GradientBoosting struct {
	Trees          int     `json:"trees,omitempty"`            // rounds; 0: 100
	LearningRate   float64 `json:"learning_rate,omitempty"`    // part of each step that is taken; 0: 0.1
	MaxLeafNodes   int     `json:"max_leaf_nodes,omitempty"`   // leaves of a tree at most; 0: 31; −1: any number
	MaxDepth       int     `json:"max_depth,omitempty"`        // splits above a leaf at most; 0: any number
	MinSamplesLeaf int     `json:"min_samples_leaf,omitempty"` // training rows of a leaf at least; 0: 20
	// L2Regularization is added to the Hessian of a leaf; nil: 1, as in XGBoost. With 0,
	// which is scikit-learn's default, leaves of rows whose class is all but certain take
	// steps without bound, and rare classes are lost.
	L2Regularization *float64 `json:"l2_regularization,omitempty"`

	MinGain   float64 `json:"min_gain,omitempty"`  // splits must gain more, in Σg²/Σh; 0: anything
	MaxBins   int     `json:"max_bins,omitempty"`  // bins of a column, 2 to 255; 0: 255
	Subsample float64 `json:"subsample,omitempty"` // share of rows that each round draws; 0: all
	Colsample float64 `json:"colsample,omitempty"` // share of columns that each tree draws; 0: all

	// EarlyStopping is "on" to stop when the loss of rows that are held back no longer
	// falls, "off" never to, and "auto", the default, to do so with more than 10,000
	// rows. The model then keeps the rounds up to the one with the least loss.
	EarlyStopping      string  `json:"early_stopping,omitempty"`
	ValidationFraction float64 `json:"validation_fraction,omitempty"` // rows of each class held back for it; 0: 0.1
	NIterNoChange      int     `json:"n_iter_no_change,omitempty"`    // rounds without a fall after which to stop; 0: 10
	Tol                float64 `json:"tol,omitempty"`                 // what counts as a fall; 0: 1e-7

	// Monotone maps names of columns of numbers to 1, if a larger number must never
	// lower the score, or −1, if it must never raise it. For two classes only.
	Monotone map[string]int `json:"monotone,omitempty"`
}

// Kind returns "gbt".
func (s *GradientBoosting) Kind() string { return kind }

// withDefaults returns the settings with defaults in the place of zeros.
func (s *GradientBoosting) withDefaults() GradientBoosting {
	o := *s
	set(&o.Trees, 100)
	set(&o.LearningRate, 0.1)
	set(&o.MaxLeafNodes, 31)
	set(&o.MinSamplesLeaf, 20)
	if o.L2Regularization == nil {
		one := 1.0
		o.L2Regularization = &one
	}
	set(&o.MaxBins, bin.MaxBins)
	set(&o.Subsample, 1)
	set(&o.Colsample, 1)
	set(&o.EarlyStopping, "auto")
	set(&o.ValidationFraction, 0.1)
	set(&o.NIterNoChange, 10)
	set(&o.Tol, 1e-7)
	return o
}

func set[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// maxTrees and maxLeaves bound what a model can grow to.
const (
	maxTrees  = 100_000
	maxLeaves = 1 << 16
)

// check returns an error that names the first setting that cannot be, defaults being
// filled in.
func (s *GradientBoosting) check() error {
	for _, c := range []struct {
		ok   bool
		name string
		got  any
		want string
	}{
		{s.Trees >= 1 && s.Trees <= maxTrees, "trees", s.Trees, "1 to 100000"},
		{s.LearningRate > 0 && s.LearningRate <= 10, "learning_rate", s.LearningRate, "more than 0, 10 at most"},
		{s.MaxLeafNodes == -1 || s.MaxLeafNodes >= 2 && s.MaxLeafNodes <= maxLeaves, "max_leaf_nodes", s.MaxLeafNodes, "2 to 65536, or -1 for any number"},
		{s.MaxDepth >= 0, "max_depth", s.MaxDepth, "1 or more, or 0 for any number"},
		{s.MinSamplesLeaf >= 1, "min_samples_leaf", s.MinSamplesLeaf, "1 or more"},
		{*s.L2Regularization >= 0 && *s.L2Regularization <= math.MaxFloat32, "l2_regularization", *s.L2Regularization, "0 or more"},
		{s.MinGain >= 0 && s.MinGain <= math.MaxFloat32, "min_gain", s.MinGain, "0 or more"},
		{s.MaxBins >= 2 && s.MaxBins <= bin.MaxBins, "max_bins", s.MaxBins, "2 to 255"},
		{s.Subsample > 0 && s.Subsample <= 1, "subsample", s.Subsample, "more than 0, 1 at most"},
		{s.Colsample > 0 && s.Colsample <= 1, "colsample", s.Colsample, "more than 0, 1 at most"},
		{s.EarlyStopping == "auto" || s.EarlyStopping == "on" || s.EarlyStopping == "off", "early_stopping", s.EarlyStopping, `"auto", "on" or "off"`},
		{s.ValidationFraction > 0 && s.ValidationFraction < 1, "validation_fraction", s.ValidationFraction, "between 0 and 1"},
		{s.NIterNoChange >= 1, "n_iter_no_change", s.NIterNoChange, "1 or more"},
		{s.Tol >= 0 && s.Tol <= math.MaxFloat32, "tol", s.Tol, "0 or more"},
	} {
		if !c.ok {
			return fmt.Errorf("%s of gradient boosting is %v, want %s: %w", c.name, c.got, c.want, learn.ErrSetting)
		}
	}
	return nil
}

// signs returns the monotone constraint of each column.
func (s *GradientBoosting) signs(x *learn.Matrix, classes int) ([]int, error) {
	signs := make([]int, len(x.Columns))
	if len(s.Monotone) == 0 {
		return signs, nil
	}
	if classes != 2 {
		return nil, fmt.Errorf("gradient boosting with monotone columns needs two classes, not %d: %w", classes, learn.ErrSetting)
	}
	found := 0
	for j := range x.Columns {
		sign, ok := s.Monotone[x.Columns[j].Name]
		if !ok {
			continue
		}
		found++
		if sign < -1 || sign > 1 {
			return nil, fmt.Errorf("monotone column %q has %d, want 1 or -1: %w", x.Columns[j].Name, sign, learn.ErrSetting)
		}
		if sign != 0 && x.Columns[j].Coded() {
			return nil, fmt.Errorf("monotone column %q holds levels, which have no order: %w", x.Columns[j].Name, learn.ErrSetting)
		}
		signs[j] = sign
	}
	if found < len(s.Monotone) {
		return nil, fmt.Errorf("%d of the %d monotone columns are not there: %w", len(s.Monotone)-found, len(s.Monotone), learn.ErrSetting)
	}
	return signs, nil
}

// Space returns the settings worth a search.
func (s *GradientBoosting) Space() []learn.Dimension {
	return []learn.Dimension{
		{Name: "learning_rate", Low: 0.02, High: 0.3, Log: true},
		{Name: "max_leaf_nodes", Low: 7, High: 127, Log: true, Whole: true},
		{Name: "min_samples_leaf", Low: 5, High: 200, Log: true, Whole: true},
		{Name: "l2_regularization", Low: 1e-3, High: 30, Log: true},
		{Name: "colsample", Low: 0.3, High: 1},
	}
}

// Cheaper returns the same settings with a fraction of the rounds.
func (s *GradientBoosting) Cheaper(fraction float64) learn.Spec {
	o := *s
	o.Trees = max(1, int(math.Ceil(fraction*float64(s.withDefaults().Trees))))
	return &o
}
