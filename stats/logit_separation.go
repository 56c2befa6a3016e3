package stats

import (
	"context"
	"math"
)

// A SeparationKind says whether the classes of a logistic regression overlap.
type SeparationKind uint8

// The kinds. Overlap is the zero value: all coefficients exist.
const (
	Overlap       SeparationKind = iota
	QuasiComplete                // a combination of the terms tells some rows apart without a mistake
	Complete                     // one tells all rows apart
)

// String returns "none", "quasi-complete" or "complete".
func (k SeparationKind) String() string {
	return [...]string{"none", "quasi-complete", "complete"}[min(int(k), 2)]
}

// A Separation says along which direction of the coefficients the likelihood has no
// maximum [1].
//
// [1] A. Albert and J. A. Anderson (1984), "On the existence of maximum likelihood
// estimates in logistic regression models", Biometrika 71, 1–10.
type Separation struct {
	Kind        SeparationKind
	Ones, Zeros int64 // rows told apart, by class

	// Suspected are coefficients of which only rows say something that the fit is nearly
	// certain of, without a proof that the classes are separated; see FitLogitSums.
	Suspected []string

	open      []openDirection // what the other rows leave open, in scaled columns
	direction []float64       // of the coefficients themselves
}

// sign returns where a coefficient goes.
func (s *Separation) sign(j int) int {
	switch {
	case s.direction == nil || math.Abs(s.direction[j]) < 1e-12:
		return 0
	case s.direction[j] > 0:
		return 1
	}
	return -1
}

const (
	// foregone is the distance to 0 or 1 below which a fitted probability may be on
	// its way there. The climb ends when all that are lie closer by far.
	foregone = 1e-7

	// separating is the share of a direction's reach that counts as rounding.
	separating = 1e-8
)

// An openDirection is a change of the coefficients that rows do not notice. Of all
// of a basis it alone has a part in its column, and that is 1.
type openDirection struct {
	column int
	of     []float64
}

// separate looks for directions along which the likelihood grows for ever. Rows
// that are told apart by one approach the probability 0 or 1, so what matters is
// whether the others determine all coefficients; if not, one direction among what
// they leave open must have all rows on their right side, which proves the
// separation. Those rows are then certain, and the fit is that of the others.
func (f *LogitFit) separate(ctx context.Context) error {
	d, gone := f.design, make([]bool, len(f.design.rows))
	for f.Separation.Kind != Complete {
		near := d.without(gone)
		for i := range near.rows {
			if f.foregone(i) {
				near.rows[i] = 0
			}
		}
		_, open, err := near.determined(ctx, f.problem.kept)
		if err != nil || len(open) == len(f.Separation.open) {
			return err
		}
		direction := f.certify(ctx, open, gone)
		if direction == nil {
			return context.Cause(ctx)
		}
		f.tellApart(ctx, direction, gone)
		if err := f.fitRest(ctx, gone); err != nil {
			return err
		}
	}
	return nil
}

// determined returns those of some columns that are no combinations of others
// before them, and a basis of the directions that are therefore open.
func (d *logitDesign) determined(ctx context.Context, among []int) (columns []int, open []openDirection, err error) {
	g, err := d.gram(ctx, d.rows)
	if err != nil {
		return nil, nil, err
	}
	columns, open = d.opened(g, among)
	return columns, open, nil
}

// opened is determined of the products of the columns.
func (d *logitDesign) opened(g []float64, among []int) (columns []int, open []openDirection) {
	size := len(d.columns)
	factor := factorize(g, size, among, rankTolerance)
	for _, j := range factor.dropped {
		column := make([]float64, size)
		for i := range column {
			column[i] = g[i*size+j]
		}
		v := factor.solve(column)
		for i, x := range v {
			if v[i] = -x; math.Abs(x) < 1e-9 { // rounding
				v[i] = 0
			}
		}
		v[j] = 1
		open = append(open, openDirection{j, v})
	}
	return factor.columns, open
}

// fitRest fits the rows that are not told apart; the others become certain.
func (f *LogitFit) fitRest(ctx context.Context, gone []bool) (err error) {
	d := f.design
	rest := logitProblem{logitDesign: d.without(gone), kept: f.problem.kept}
	if rest.free, f.Separation.open, err = rest.determined(ctx, f.problem.kept); err != nil {
		return err
	}
	start := settled(f.state.beta, f.Separation.open)
	if f.state, err = rest.maximize(ctx, start); err != nil {
		return err
	}
	f.Converged = f.state.converged
	f.problem.free = rest.free
	for i := range gone {
		if gone[i] {
			f.state.prob[i], f.state.other[i] = 0, 1
			if d.ones[i] > 0 {
				f.state.prob[i], f.state.other[i] = 1, 0
			}
		}
	}
	return nil
}

// foregone reports whether the rows of a pattern are of one class, of which the fit
// is nearly certain.
func (f *LogitFit) foregone(i int) bool {
	d := f.design
	switch d.ones[i] {
	case d.rows[i]:
		return f.state.other[i] < foregone
	case 0:
		return f.state.prob[i] < foregone
	}
	return false
}

// certify returns a combination of directions that has no row on the wrong side and
// some on the right one; nil if none is found. The way that the climb has taken is
// tried first.
func (f *LogitFit) certify(ctx context.Context, open []openDirection, gone []bool) []float64 {
	for _, way := range [][]float64{f.state.step, f.state.beta} {
		direction := make([]float64, len(f.design.columns))
		for _, o := range open {
			for i, x := range o.of {
				direction[i] += way[o.column] * x
			}
		}
		if f.proves(ctx, direction, gone) {
			return direction
		}
	}
	return f.rectify(ctx, open, gone)
}

// margins returns by how much a direction has each pattern on its right side, and
// the largest.
func (f *LogitFit) margins(ctx context.Context, direction []float64, gone []bool) (q []float64, largest float64) {
	d := f.design
	q = make([]float64, len(d.rows))
	if d.predict(ctx, direction, q) != nil {
		return q, 0
	}
	for i := range q {
		switch {
		case gone[i] || !f.foregone(i):
			q[i] = 0
		case d.ones[i] == 0:
			q[i] = -q[i]
		}
		largest = max(largest, math.Abs(q[i]))
	}
	return q, largest
}

// proves reports whether a direction has no row on the wrong side, and some on the
// right one.
func (f *LogitFit) proves(ctx context.Context, direction []float64, gone []bool) bool {
	q, largest := f.margins(ctx, direction, gone)
	for _, x := range q {
		if x < -separating*largest {
			return false
		}
	}
	return largest > 0
}

// rectify searches the open directions for one that separates, by alternating
// projections: onto what has every row on its right side, and onto the margins that
// a direction can give. Begun at margins of 1, they cannot lose a direction that
// separates. S. Correia, P. Guimarães and T. Zylkin (2019), "Verifying the existence
// of maximum likelihood estimates for generalized linear models", arXiv:1903.01633.
func (f *LogitFit) rectify(ctx context.Context, open []openDirection, gone []bool) []float64 {
	const rounds = 2000
	m := len(open)
	columns := make([][]float64, m)
	for k, o := range open {
		columns[k], _ = f.margins(ctx, o.of, gone)
	}
	g := make([]float64, m*m)
	for a := range m {
		for b := range m {
			g[a*m+b] = dot(columns[a], columns[b])
		}
	}
	among := make([]int, m)
	for k := range among {
		among[k] = k
	}
	factor := factorize(g, m, among, rankTolerance)
	target, b := make([]float64, len(gone)), make([]float64, m)
	for i := range target {
		target[i] = 1
	}
	for round := 1; round <= rounds && ctx.Err() == nil; round++ {
		for k := range b {
			b[k] = dot(columns[k], target)
		}
		weights := factor.solve(b)
		for i := range target {
			target[i] = 0
			for k, w := range weights {
				target[i] += w * columns[k][i]
			}
			target[i] = max(0, target[i])
		}
		if round%50 != 0 && round != 1 {
			continue
		}
		direction := make([]float64, len(f.design.columns))
		for k, o := range open {
			for i, x := range o.of {
				direction[i] += weights[k] * x
			}
		}
		if f.proves(ctx, direction, gone) {
			return direction
		}
	}
	return nil
}

// tellApart takes note of the rows that a direction separates.
func (f *LogitFit) tellApart(ctx context.Context, direction []float64, gone []bool) {
	d := f.design
	q, largest := f.margins(ctx, direction, gone)
	left := false
	s := &f.Separation
	for i, x := range q {
		switch {
		case gone[i]:
		case x > separating*largest:
			gone[i] = true
			s.Ones += int64(d.ones[i])
			s.Zeros += int64(d.rows[i] - d.ones[i])
		default:
			left = left || d.rows[i] > 0
		}
	}
	s.Kind = QuasiComplete
	if !left {
		s.Kind = Complete
	}
	s.lead(d.unscaled(direction))
}

// lead takes note of where a direction leads coefficients of which no other one did.
func (s *Separation) lead(unscaled []float64) {
	if s.direction == nil {
		s.direction = make([]float64, len(unscaled))
	}
	for j, x := range unscaled {
		if s.direction[j] == 0 && math.Abs(x) > 1e-12 {
			s.direction[j] = x
		}
	}
}

// settled moves coefficients along open directions until those that belong to one
// are 0.
func settled(beta []float64, open []openDirection) []float64 {
	out := append([]float64(nil), beta...)
	for _, o := range open {
		by := out[o.column]
		for i, x := range o.of {
			out[i] -= by * x
		}
	}
	for _, o := range open {
		out[o.column] = 0
	}
	return out
}
