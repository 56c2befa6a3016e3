package stats

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/netanom/netanom/internal/parallel"
)

// The search of Rousseeuw and Van Driessen: as in their paper, rows are searched
// directly up to twice mcdGroup, and else in at most mcdGroups groups of mcdGroup
// first; mcdKept solutions survive each stage, which makes mcdSteps steps.
const (
	mcdGroup  = 300
	mcdGroups = 5
	mcdKept   = 10
	mcdSteps  = 2

	// The last stage goes on to the end for the best of the survivors only: with many
	// rows each step is dear, and they hardly change their order any more.
	mcdFinished = 3
)

// mcdFit is the mean and the covariance of some rows.
type mcdFit struct {
	whitening
	logDet float64 // log determinant of the covariance
}

// gatherer fits subsets of the rows of columns, in scratch space of its own.
type gatherer struct {
	cols    [][]float64
	scratch [][]float64
}

func newGatherer(cols [][]float64) *gatherer {
	return &gatherer{cols: cols, scratch: make([][]float64, len(cols))}
}

// fit returns the mean and the covariance of the given rows.
func (g *gatherer) fit(rows []int) (mcdFit, error) {
	for c, col := range g.cols {
		g.scratch[c] = g.scratch[c][:0]
		for _, row := range rows {
			g.scratch[c] = append(g.scratch[c], col[row])
		}
	}
	sums, err := ComomentsOf(context.Background(), g.scratch, 1)
	if err != nil {
		return mcdFit{}, err
	}
	w, err := newWhitening(&sums)
	if err != nil {
		return mcdFit{}, err
	}
	f := mcdFit{whitening: w}
	for i, sd := range w.sd {
		f.logDet += 2 * (math.Log(sd) + math.Log(w.factor[i][i]))
	}
	return f, nil
}

// start fits columns+1 random rows, and more of them until the covariance can be
// inverted.
func (g *gatherer) start(rng *rand.Rand) (mcdFit, error) {
	order := rng.Perm(len(g.cols[0]))
	taken := len(g.cols) + 1
	for {
		f, err := g.fit(order[:taken])
		if err == nil || taken == len(order) {
			return f, err
		}
		taken = min(2*taken, len(order))
	}
}

// step fits the h rows that are nearest by the distances of f.
func (g *gatherer) step(f mcdFit, h int) (mcdFit, error) {
	distances := f.distances(g.cols)
	return g.fit(smallest(distances, h))
}

// steps makes a few steps.
func (g *gatherer) steps(f mcdFit, h int) (mcdFit, error) {
	for range mcdSteps {
		var err error
		if f, err = g.step(f, h); err != nil {
			return f, err
		}
	}
	return f, nil
}

// finish makes steps until the determinant no longer shrinks.
func (g *gatherer) finish(f mcdFit, h int) (mcdFit, error) {
	const enough = 1e-12 // of the log determinant
	for {
		next, err := g.step(f, h)
		if err != nil || !(next.logDet < f.logDet-enough) {
			return next, err
		}
		f = next
	}
}

// smallest returns the places of the h smallest values, in order; of equal ones the
// first.
func smallest(x []float64, h int) []int {
	sorted := slices.Clone(x)
	SortFloats(sorted, nil)
	limit := sorted[h-1]
	ties := h
	for _, v := range sorted[:h] {
		if v < limit {
			ties--
		}
	}
	places := make([]int, 0, h)
	for i, v := range x {
		switch {
		case v < limit:
			places = append(places, i)
		case v == limit && ties > 0:
			places = append(places, i)
			ties--
		}
	}
	return places
}

// distances returns the squared distance of each row.
func (f *mcdFit) distances(cols [][]float64) []float64 {
	distances := make([]float64, len(cols[0]))
	z := make([][lanes]float64, len(cols))
	for row := 0; row < len(distances); row += lanes {
		d2 := f.squaredDistances(cols, row, z)
		copy(distances[row:], d2[:])
	}
	return distances
}

// covariance returns the covariance matrix times a factor.
func (f *mcdFit) covariance(factor float64) [][]float64 {
	k := len(f.sd)
	matrix := make([][]float64, k)
	for i := range matrix {
		matrix[i] = make([]float64, k)
		for j := range i + 1 {
			matrix[i][j] = factor * f.sd[i] * f.sd[j] * dot(f.factor[i][:j+1], f.factor[j])
			matrix[j][i] = matrix[i][j]
		}
	}
	return matrix
}

// searchMCD returns the fit of the h rows of complete columns that it finds to have
// the smallest determinant.
func searchMCD(ctx context.Context, cols [][]float64, h int, o MCDOptions) (mcdFit, error) {
	whole := mcdStage{cols: cols, h: h, options: o}
	if len(cols[0]) <= 2*mcdGroup {
		fits, err := whole.start(ctx, 0, o.Starts)
		return whole.finish(ctx, fits, err)
	}
	fits, err := whole.searchGroups(ctx)
	if err == nil {
		fits, err = whole.improve(ctx, fits)
	}
	return whole.finish(ctx, fits[:min(len(fits), mcdFinished)], err)
}

// mcdStage is a search among some rows.
type mcdStage struct {
	cols    [][]float64
	h       int // rows that decide
	options MCDOptions
	part    bool // whether cols hold a part of the rows only
}

// subset returns the stage that searches some of the rows. The share that decides
// is that of the whole.
func (s *mcdStage) subset(rows []int) mcdStage {
	least := (len(rows) + len(s.cols) + 1) / 2
	part := mcdStage{
		cols:    make([][]float64, len(s.cols)),
		h:       max(len(rows)*s.h/len(s.cols[0]), least),
		options: s.options,
		part:    true,
	}
	for c, col := range s.cols {
		part.cols[c] = make([]float64, len(rows))
		for i, row := range rows {
			part.cols[c][i] = col[row]
		}
	}
	return part
}

// searchGroups starts in random groups of the rows and goes on in all groups
// together.
func (s *mcdStage) searchGroups(ctx context.Context) ([]mcdFit, error) {
	n, starts := len(s.cols[0]), s.options.Starts
	groups := min(n/mcdGroup, mcdGroups)
	order := rand.New(rand.NewPCG(s.options.Seed, math.MaxUint64)).Perm(n)[:min(n, mcdGroups*mcdGroup)]
	var fits []mcdFit
	for g := range groups {
		group := s.subset(order[g*len(order)/groups : (g+1)*len(order)/groups])
		first, last := g*starts/groups, (g+1)*starts/groups
		found, err := group.start(ctx, first, max(last, first+1))
		if err != nil {
			return nil, err
		}
		fits = append(fits, found...)
	}
	merged := s.subset(order)
	return merged.improve(ctx, fits)
}

// start makes the random starts first to last−1, with steps from each, and returns
// the best fits. Each start has its own generator.
func (s *mcdStage) start(ctx context.Context, first, last int) ([]mcdFit, error) {
	return s.best(ctx, last-first, func(g *gatherer, i int) (mcdFit, error) {
		f, err := g.start(rand.New(rand.NewPCG(s.options.Seed, uint64(first+i))))
		if err != nil {
			return f, err
		}
		return g.steps(f, s.h)
	})
}

// improve makes some steps from each fit and returns the best.
func (s *mcdStage) improve(ctx context.Context, fits []mcdFit) ([]mcdFit, error) {
	return s.best(ctx, len(fits), func(g *gatherer, i int) (mcdFit, error) { return g.steps(fits[i], s.h) })
}

// finish makes steps to the end from each fit, and returns the best; err is that of
// the search so far.
func (s *mcdStage) finish(ctx context.Context, fits []mcdFit, err error) (mcdFit, error) {
	if err != nil {
		return mcdFit{}, err
	}
	fits, err = s.best(ctx, len(fits), func(g *gatherer, i int) (mcdFit, error) { return g.finish(fits[i], s.h) })
	if err != nil {
		return mcdFit{}, err
	}
	return fits[0], nil
}

// best calls fit for each i below n and returns the best results, the smallest
// determinant first and no two alike. Where rows cannot be fitted the determinant is
// 0, the search is at its end and the error is returned; in a part of the rows that
// may be chance, and is an error only if it happens everywhere.
func (s *mcdStage) best(ctx context.Context, n int, fit func(g *gatherer, i int) (mcdFit, error)) ([]mcdFit, error) {
	fits, errs := make([]mcdFit, n), make([]error, n)
	err := parallel.Do(ctx, n, s.options.Workers, func() func(int) {
		g := newGatherer(s.cols)
		return func(i int) { fits[i], errs[i] = fit(g, i) }
	})
	if err != nil {
		return nil, err
	}
	fitted := fits[:0]
	for i, f := range fits {
		switch {
		case errs[i] == nil:
			fitted = append(fitted, f)
		case !s.part:
			return nil, errs[i]
		}
	}
	if len(fitted) == 0 {
		return nil, errs[0]
	}
	slices.SortStableFunc(fitted, func(a, b mcdFit) int { return cmp.Compare(a.logDet, b.logDet) })
	fitted = slices.CompactFunc(fitted, func(a, b mcdFit) bool { return a.logDet == b.logDet })
	return fitted[:min(len(fitted), mcdKept)], nil
}
