package boost

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"

	"github.com/netanom/netanom/model/bin"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/tree"
)

// Fit learns trees from x and y. Rows of weight 0 have no part in it; other weights
// do not move the limits of bins.
//
// Columns of levels are divided into two sets of levels, which are tried in the order
// of gradient for Hessian, with smoothing; levels that did not occur follow the
// missing cells. There are at most MaxBins levels told apart in a column: the rarest
// of more are one level.
//
// It returns learn.ErrSetting for settings that cannot be, what learn.CheckFit does
// for data that nothing can be learned from, and the cause when ctx ends first.
func (s *GradientBoosting) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Model, error) {
	o := s.withDefaults()
	if err := o.check(); err != nil {
		return nil, err
	}
	if err := learn.CheckFit(x, &y, true); err != nil {
		return nil, fmt.Errorf("gradient boosting: %w", err)
	}
	signs, err := o.signs(x, len(y.Classes))
	if err != nil {
		return nil, err
	}
	if rows := weighty(&y); rows != nil {
		x, y = x.Take(rows), y.Take(rows)
	}
	bins, err := bin.Fit(ctx, x, o.MaxBins, r.Workers)
	if err != nil {
		return nil, err
	}
	t, err := newTable(ctx, bins, signs, r.Workers)
	if err != nil {
		return nil, err
	}
	b := newBooster(&o, x, &y, bins, t, &r)
	defer b.crew.dismiss()
	if err := b.run(ctx, &r); err != nil {
		return nil, err
	}
	return b.model(&y), nil
}

// weighty returns the rows that weigh anything, nil if all do.
func weighty(y *learn.Target) []int {
	if !slices.Contains(y.Weights, 0) {
		return nil
	}
	var rows []int
	for i, w := range y.Weights {
		if w > 0 {
			rows = append(rows, i)
		}
	}
	return rows
}

// A booster runs the rounds of a fit.
type booster struct {
	*GradientBoosting
	grower
	loss  loss
	w     weights
	seed  uint64
	bins  *bin.Matrix
	trees *tree.Ensemble

	out     [][]uint32 // by shard: rows that are held back, from which no tree is grown
	drawn   [][]uint32 // by shard: rows that the round at hand is not grown from
	held    []uint32   // rows held back for early stopping, ascending
	history []float64  // their mean loss, before the first round and after each
}

// Streams of random numbers of a fit.
const (
	streamHeld = iota
	streamRows
	streamColumns
)

func newBooster(o *GradientBoosting, x *learn.Matrix, y *learn.Target, bins *bin.Matrix, t *table, r *learn.Run) *booster {
	b := &booster{GradientBoosting: o, seed: r.Seed, bins: bins, w: newWeights(y)}
	most := 1
	if b.w.counts {
		most = int(slices.Max(y.Weights))
	}
	members := members(r.Workers, x.Rows)
	b.grower = grower{
		table: t, crew: newCrew(members), shards: newShards(t, members, most), members: make([]member, members),
		of: make([]pair, x.Rows), most: most, maxDepth: tree.MaxDepth, maxLeaves: o.MaxLeafNodes, bounded: len(o.Monotone) > 0,
		rules: rules{
			minRows: int64(o.MinSamplesLeaf), minHessian: max(1, minHessian*b.w.scale),
			l2: *o.L2Regularization * b.w.scale, minGain: o.MinGain * b.w.scale, scale: b.w.scale,
		},
	}
	if o.MaxDepth > 0 {
		b.maxDepth = min(o.MaxDepth, tree.MaxDepth)
	}
	b.trees = &tree.Ensemble{Columns: slices.Clone(x.Columns), Width: 1}
	if totals := b.leaveOut(y); len(totals) == 2 {
		b.loss = newBinaryLoss(b.w, totals)
	} else {
		b.loss = newMultiLoss(b.w, totals)
	}
	return b
}

// members returns how many goroutines to use: no more than there are cores, because
// they wait for each other, and no more than have something to do.
func members(workers, rows int) int {
	cores := runtime.GOMAXPROCS(0)
	if workers > 0 {
		cores = min(cores, workers)
	}
	return max(1, min(cores, rows/(4*shardBlock)))
}

const (
	mostCount     = 256  // whole weights up to it are counts
	leastExponent = -400 // of two; lighter rows could not be split anyway
)

// newWeights returns those of a target. Gradients times weights have unitBits.
func newWeights(y *learn.Target) weights {
	w := weights{y: y.Y, by: y.Weights, scale: 1 << unitBits}
	if w.by == nil {
		return w
	}
	w.counts = true
	heaviest := 0.0
	for _, v := range w.by {
		w.counts = w.counts && v == math.Trunc(v) && v <= mostCount
		heaviest = max(heaviest, v)
	}
	if !w.counts {
		_, exponent := math.Frexp(heaviest)
		w.scale = math.Ldexp(1, unitBits-max(exponent, leastExponent))
	}
	return w
}

// leaveOut holds rows back for early stopping, if it is to be, and returns the weight
// of every class in the others.
func (b *booster) leaveOut(y *learn.Target) []float64 {
	out := make([]bool, b.rows)
	if b.EarlyStopping == "on" || b.EarlyStopping == "auto" && b.rows > 10_000 {
		b.hold(y, out)
	}
	b.out, b.drawn = make([][]uint32, len(b.shards)), make([][]uint32, len(b.shards))
	for i := range b.shards {
		for _, r := range b.shards[i].all {
			if out[r] {
				b.out[i] = append(b.out[i], r)
			}
		}
	}
	totals := make([]float64, len(y.Classes))
	for i, c := range y.Y {
		if !out[i] {
			totals[c] += y.Weight(i)
		}
	}
	return totals
}

// hold draws the rows that are held back, a part of every class, and marks them.
func (b *booster) hold(y *learn.Target, out []bool) {
	byClass := make([][]uint32, len(y.Classes))
	for i, c := range y.Y {
		byClass[c] = append(byClass[c], uint32(i))
	}
	rng := rand.New(rand.NewPCG(b.seed, streamHeld))
	for _, rows := range byClass {
		rng.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		n := int(math.Round(b.ValidationFraction * float64(len(rows))))
		b.held = append(b.held, rows[:min(n, max(len(rows)-1, 0))]...) // a class is never held back whole
	}
	slices.Sort(b.held)
	for _, r := range b.held {
		out[r] = true
	}
}

// run grows the trees.
func (b *booster) run(ctx context.Context, r *learn.Run) error {
	k := b.loss.outputs()
	b.note()
	for round := range b.Trees {
		b.draw(round)
		b.crew.do(func(m int) { b.loss.prepare(b.shards[m].all) })
		split := false
		for out := range k {
			b.crew.do(func(m int) {
				b.loss.gradients(out, b.shards[m].all, b.of)
				for _, r := range b.out[m] {
					b.of[r] = pair{}
				}
				for _, r := range b.drawn[m] {
					b.of[r] = pair{}
				}
			})
			nodes, err := b.grow(ctx, b.draws(round*k+out))
			if err != nil {
				return err
			}
			split = split || len(nodes) > 1
			b.add(nodes, out)
		}
		b.note()
		r.Report(round+1, b.Trees)
		if b.stops() || !split && b.Subsample == 1 && b.Colsample == 1 {
			break // without a split all rounds to come would be the same
		}
	}
	return nil
}

// draw notes the rows that a round leaves out by chance, block by block, so that
// they do not depend on shards.
func (b *booster) draw(round int) {
	if b.Subsample == 1 {
		return
	}
	b.crew.do(func(m int) {
		b.drawn[m] = b.drawn[m][:0]
		rows := b.shards[m].all
		for len(rows) > 0 {
			block := rows[:min(shardBlock, len(rows))]
			rng := rand.New(rand.NewPCG(b.seed, streamRows<<60|uint64(round)<<32|uint64(block[0])))
			for _, r := range block {
				if rng.Float64() >= b.Subsample {
					b.drawn[m] = append(b.drawn[m], r)
				}
			}
			rows = rows[len(block):]
		}
	})
}

// draws returns the columns that a tree may use, ascending.
func (b *booster) draws(tree int) []int {
	columns := make([]int, len(b.columns))
	for j := range columns {
		columns[j] = j
	}
	if b.Colsample == 1 {
		return columns
	}
	rng := rand.New(rand.NewPCG(b.seed, streamColumns<<60|uint64(tree)))
	rng.Shuffle(len(columns), func(i, j int) { columns[i], columns[j] = columns[j], columns[i] })
	columns = columns[:max(1, int(math.Round(b.Colsample*float64(len(columns)))))]
	slices.Sort(columns)
	return columns
}

// note adds the mean loss of the rows held back to the history.
func (b *booster) note() {
	if len(b.held) == 0 {
		return
	}
	var sum, weight float64
	for _, r := range b.held {
		w := 1.0
		if b.w.by != nil {
			w = b.w.by[r]
		}
		sum += w * b.loss.deviance(r)
		weight += w
	}
	b.history = append(b.history, sum/weight)
}

// stops reports whether none of the last rounds lowered the loss of the rows held
// back, as scikit-learn does.
func (b *booster) stops() bool {
	n := len(b.history) - b.NIterNoChange - 1
	if n < 0 {
		return false
	}
	return slices.Min(b.history[n+1:]) >= b.history[n]-b.Tol
}
