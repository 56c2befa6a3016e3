package prep

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
)

// Target puts the share of each class among the training rows that have it in the
// place of a level, drawn towards the share among all rows where few have it [1]:
// one column "service:CLASS" for each class but the first. It is scikit-learn's
// TargetEncoder.
//
// A share m of n rows with the variance v, where all rows have the share m₀ and the
// variance v₀, becomes λm + (1−λ)m₀ with λ = n·v₀/(n·v₀ + v), the empirical Bayes
// estimate, or with n/(n + smooth). A level that no row has, or that is missing
// where it never is in training, becomes m₀.
//
// What Fit makes of the training rows is out of fold: the numbers of a row come from
// rows of the other folds, since a learner would else trust what it cannot have
// later. Apply uses all training rows.
//
// [1] D. Micci-Barreca (2001), "A preprocessing scheme for high-cardinality
// categorical attributes in classification and prediction problems", ACM SIGKDD
// Explorations 3(1), 27–32.
type Target struct {
	Columns []string `json:"columns,omitempty"` // levels; none: all
	Smooth  float64  `json:"smooth,omitempty"`  // rows that the share of all counts as; 0: empirical Bayes
	Folds   int      `json:"cv,omitempty"`      // parts of the training rows; 0: 5
}

// Kind is "target".
func (Target) Kind() string { return "target" }

// Fit learns shares. The error wraps ErrSetting, ErrTarget without classes,
// ErrTooFew for fewer than two rows, and ErrOneClass.
func (s Target) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Transform, *learn.Matrix, error) {
	if s.Folds == 0 {
		s.Folds = 5
	}
	if s.Folds < 2 || s.Folds > 1000 {
		return nil, nil, fmt.Errorf("cv %d: %w; want 2 to 1000 folds", s.Folds, learn.ErrSetting)
	}
	if !(s.Smooth >= 0) || finiteSetting("smooth", s.Smooth) != nil {
		return nil, nil, fmt.Errorf("smooth %v: %w; want a number of rows, or 0", s.Smooth, learn.ErrSetting)
	}
	rows, places, err := begin(x, &y, s.Columns, true)
	if err != nil {
		return nil, nil, err
	}
	if err := twoClasses(&y, x.Rows); err != nil {
		return nil, nil, err
	}
	classes := y.Classes[1:]
	t := newLevelNumbers(s.Kind(), x.Columns, places, func(c *learn.Column) []string {
		var names []string
		for _, class := range classes {
			names = append(names, c.Name+":"+class)
		}
		return names
	})
	if err := t.settle(); err != nil {
		return nil, nil, err
	}
	e := &encoder{Target: &s, rows: rows, y: y.Y, classes: len(y.Classes), fold: folds(&y, s.Folds, r.Seed)}
	out := t.gather(x)
	fresh := cut(len(t.Places), x.Rows)
	// A task is a column and a fold, and −1 stands for all rows.
	tasks := len(places) * (s.Folds + 1)
	err = parallel.Each(ctx, tasks, r.Workers, func(i int) error {
		p, fold := i/(s.Folds+1), i%(s.Folds+1)-1
		first := p * len(classes)
		tables := e.tables(int(places[p]), fold)
		for k, values := range tables {
			if fold < 0 {
				t.Values[first+k] = values
			} else {
				e.write(fresh(first+k), x.Codes[places[p]], values, fold)
			}
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	for p, at := range t.Places {
		out.Numbers[at] = fresh(p)
	}
	return t, out, nil
}

// twoClasses returns an error unless rows of two classes weigh anything.
func twoClasses(y *learn.Target, rows int) error {
	switch {
	case y.Classes == nil:
		return fmt.Errorf("the rows have no label, which this step learns from: %w", learn.ErrTarget)
	case rows < 2:
		return fmt.Errorf("%d of them: %w", rows, learn.ErrTooFew)
	}
	present := 0
	for _, w := range y.Totals() {
		present += one(w > 0)
	}
	if present < 2 {
		return learn.ErrOneClass
	}
	return nil
}

// folds deals the rows of each class out at random, so that each fold has its share
// of them.
func folds(y *learn.Target, n int, seed uint64) []int32 {
	rng := rand.New(rand.NewPCG(seed, 0x7a46e7))
	order := rng.Perm(len(y.Y))
	fold := make([]int32, len(y.Y))
	next := 0
	byClass := make([][]int, len(y.Classes))
	for _, row := range order {
		byClass[y.Y[row]] = append(byClass[y.Y[row]], row)
	}
	for _, rows := range byClass {
		for _, row := range rows {
			fold[row] = int32(next % n)
			next++
		}
	}
	return fold
}

// An encoder computes the shares of classes by level.
type encoder struct {
	*Target
	rows    *training
	y       []int32
	classes int
	fold    []int32 // by row
}

// tables returns, for each class but the first, the number of each level, from the
// rows that are not of the given fold.
func (e *encoder) tables(column, fold int) []learn.Floats {
	levels := len(e.rows.x.Columns[column].Levels) + 1
	counts := make([]float64, levels*e.classes) // weights by level and class
	for i, code := range e.rows.x.Codes[column] {
		if int(e.fold[i]) != fold {
			counts[int(code+1)*e.classes+int(e.y[i])] += e.rows.weight(i)
		}
	}
	total, of := 0.0, make([]float64, e.classes)
	n := make([]float64, levels)
	for l := range levels {
		for k := range e.classes {
			c := counts[l*e.classes+k]
			n[l] += c
			of[k] += c
		}
		total += n[l]
	}
	tables := make([]learn.Floats, e.classes-1)
	for k := range tables {
		prior := 1 / float64(e.classes) // where nothing is known
		if total > 0 {
			prior = of[k+1] / total
		}
		tables[k] = make(learn.Floats, levels)
		for l := range levels {
			tables[k][l] = e.shrink(counts[l*e.classes+k+1], n[l], prior)
		}
	}
	return tables
}

// shrink returns the share hits/n drawn towards the prior.
func (e *encoder) shrink(hits, n, prior float64) float64 {
	if !(n > 0) {
		return prior
	}
	share := min(hits/n, 1)
	if e.Smooth > 0 {
		return (share*n + prior*e.Smooth) / (n + e.Smooth)
	}
	spread, own := n*prior*(1-prior), share*(1-share)
	if !(spread > 0) {
		return prior
	}
	lambda := spread / (spread + own)
	return lambda*share + (1-lambda)*prior
}

// write writes the numbers of the rows of a fold.
func (e *encoder) write(dst []float64, codes []int32, values learn.Floats, fold int) {
	for i, code := range codes {
		if int(e.fold[i]) == fold {
			dst[i] = values[code+1]
		}
	}
}
