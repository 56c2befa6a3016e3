package neural

import (
	"context"
	"math"
	"math/rand/v2"

	"github.com/netanom/netanom/internal/parallel"
)

const (
	// rowsTogether is how many rows of a batch go through the network together: few
	// enough for the nearer caches.
	rowsTogether = 32
	// inputsTogether is how many rows of weights get their gradient together.
	inputsTogether = 16
	// worthSharing is the number of multiplications of a step, about half a
	// millisecond's, from which on it pays to wake other cores twice a step.
	worthSharing = 6 << 20
)

// A batch is what a step of training needs: the pass of its rows, the derivatives on
// the way back, and the gradient. A step has two parts, and in each the work can be
// cut anywhere. In the first, rows go forwards and backwards, each for itself. In
// the second, each weight adds up its gradient, over all rows in their order, and
// moves. So no sum depends on the number of workers.
type batch struct {
	net     *network
	loss    loss
	all     *rows     // of which batches are taken
	weights []float64 // of all rows, 1 on average; nil: 1
	dropout float64
	seed    uint64
	workers int

	pass      *pass
	order     []int32     // the rows of this step, by their place in all
	step      uint64      // steps so far
	losses    []float64   // by row of the batch
	deltas    [][]float64 // by layer: derivatives of the loss by the sums
	across    [][]float64 // by layer: its weights turned round; nil for the first
	raw       [][]float64 // by hidden layer, with dropout: values before it
	kept      [][]float64 // by hidden layer, with dropout: what it multiplied by
	gradients [][]float64 // by layer, as params; 0 between steps
	moments   *moments
	tasks     []task
	squares   []float64 // by task: the sum of the squared weights before the step
}

func newBatch(n *network, l loss, all *rows, size int, o *optimiser) *batch {
	b := &batch{net: n, loss: l, all: all, pass: newPass(n, size), losses: make([]float64, size), moments: newMoments(n, o)}
	b.tasks = tasksOf(n)
	b.squares = make([]float64, len(b.tasks))
	for i, l := range n.layers {
		b.deltas = append(b.deltas, make([]float64, b.pass.rows.count*l.stride))
		b.gradients = append(b.gradients, make([]float64, len(l.params)))
		var turned []float64
		if i > 0 {
			turned = make([]float64, l.out*n.layers[i-1].stride)
		}
		b.across = append(b.across, turned)
		b.turn(i, 0, l.in)
	}
	return b
}

// drop sets the share of hidden units that are left out, anew for each row and step.
func (b *batch) drop(share float64, seed uint64) {
	if share == 0 {
		return
	}
	b.dropout, b.seed = share, seed
	for _, l := range b.net.layers[:len(b.net.layers)-1] {
		b.raw = append(b.raw, make([]float64, b.pass.rows.count*l.stride))
		b.kept = append(b.kept, make([]float64, b.pass.rows.count*l.stride))
	}
}

// turn copies the weights of inputs from..to of a layer behind the first to where
// those of a unit lie together.
func (b *batch) turn(layer, from, to int) {
	turned := b.across[layer]
	if turned == nil {
		return
	}
	l, stride := b.net.layers[layer], b.net.layers[layer-1].stride
	for i := from; i < min(to, l.in); i++ {
		for o, w := range l.row(i)[:l.out] {
			turned[o*stride+i] = w
		}
	}
}

// share does n pieces of work, on several workers if the step is worth it.
func (b *batch) share(ctx context.Context, n int, work func(int)) error {
	var cost int
	for _, l := range b.net.layers {
		cost += 3 * len(b.order) * (l.in + len(b.net.shape.coded)) * l.stride
	}
	if b.workers == 1 || cost < worthSharing {
		for i := 0; i < n && ctx.Err() == nil; i++ {
			work(i)
		}
		return context.Cause(ctx)
	}
	return parallel.Do(ctx, n, b.workers, func() func(int) { return work })
}

// learn makes one step with the rows of the given places, and returns the sum of
// their losses and the penalty, before the step.
func (b *batch) learn(ctx context.Context, order []int32) (float64, error) {
	if err := b.derive(ctx, order); err != nil {
		return 0, err
	}
	b.moments.advance(len(order))
	err := b.share(ctx, len(b.tasks), func(t int) {
		b.addGradient(&b.tasks[t])
		b.squares[t] = b.move(&b.tasks[t])
	})
	var sum float64
	for _, v := range b.squares {
		sum += v
	}
	sum = float64(b.moments.alpha / 2 * sum)
	for _, v := range b.losses[:len(order)] {
		sum += v
	}
	return sum, err
}

// derive takes the rows forwards and backwards through the network.
func (b *batch) derive(ctx context.Context, order []int32) error {
	b.order = order
	b.step++
	end := padded(len(order))
	return b.share(ctx, (end+rowsTogether-1)/rowsTogether, func(i int) {
		b.throughRows(i*rowsTogether, min((i+1)*rowsTogether, end))
	})
}

// throughRows takes the rows from..to of the batch forwards and backwards.
func (b *batch) throughRows(from, to int) {
	last := min(to, len(b.order)) // rows behind it only fill the batch up
	b.pass.rows.part(from, to).gather(b.all, b.order[from:last])
	var after func(int)
	if b.dropout > 0 {
		after = func(layer int) { b.leaveOut(layer, from, last) }
	}
	b.net.forward(b.pass, from, to, after)
	b.compare(from, to)
	for i := len(b.net.layers) - 1; i > 0; i-- {
		l, below := b.net.layers[i], b.net.layers[i-1]
		d := b.deltas[i-1][from*below.stride : to*below.stride]
		clear(d)
		back := product{
			m: to - from, n: padded(below.out), k: l.out,
			a: b.deltas[i][from*l.stride:], rowA: l.stride, stepA: 1,
			b: b.across[i], rowB: below.stride, c: d, rowC: below.stride,
		}
		back.add()
		values := b.pass.values[i-1]
		if b.dropout > 0 {
			for j, k := range b.kept[i-1][from*below.stride : to*below.stride] {
				d[j] *= k
			}
			values = b.raw[i-1]
		}
		b.net.activation.slope(d, values[from*below.stride:])
	}
}

// compare writes the losses of rows and the derivatives of the last layer. Rows that
// only fill the batch up have none.
func (b *batch) compare(from, to int) {
	top := len(b.net.layers) - 1
	l := b.net.layers[top]
	deltas := b.deltas[top]
	copy(deltas[from*l.stride:to*l.stride], b.pass.values[top][from*l.stride:])
	for r := from; r < to; r++ {
		d := deltas[r*l.stride:][:l.stride]
		if r >= len(b.order) {
			clear(d)
			continue
		}
		row := b.order[r]
		b.losses[r] = b.loss.derive(d[:l.out], row)
		if b.weights != nil {
			w := b.weights[row]
			b.losses[r] *= w
			for j := range d[:l.out] {
				d[j] *= w
			}
		}
	}
}

// leaveOut multiplies the values of a hidden layer by 0, or by 1/(1−dropout), so that
// they stay the same on average: inverted dropout [1]. Each row has its own stream.
//
// [1] N. Srivastava et al. (2014), "Dropout: a simple way to prevent neural networks
// from overfitting", Journal of Machine Learning Research 15, 1929–1958.
func (b *batch) leaveOut(layer, from, to int) {
	l := b.net.layers[layer]
	limit := uint64(b.dropout * (1 << 63))
	var stream rand.PCG
	for r := from; r < to; r++ {
		stream.Seed(b.seed, streamDropout+uint64(layer)<<56+b.step<<24+uint64(r))
		values := b.pass.values[layer][r*l.stride:][:l.out]
		kept := b.kept[layer][r*l.stride:][:l.out]
		copy(b.raw[layer][r*l.stride:], values)
		for j := range values {
			kept[j] = 0
			if stream.Uint64()>>1 >= limit {
				kept[j] = 1 / (1 - b.dropout)
			}
			values[j] *= kept[j]
		}
	}
}

// mean returns the mean loss, by weight, of the rows at the given places.
func (b *batch) mean(ctx context.Context, order []int32) (float64, error) {
	const together = 256
	blocks := (len(order) + together - 1) / together
	sums, weights := make([]float64, blocks), make([]float64, blocks)
	err := parallel.Do(ctx, blocks, b.workers, func() func(int) {
		p := newPass(b.net, min(together, len(order)))
		return func(i int) {
			part := order[i*together : min((i+1)*together, len(order))]
			p.rows.part(0, padded(len(part))).gather(b.all, part)
			b.net.forward(p, 0, padded(len(part)), nil)
			for r, row := range part {
				w := 1.0
				if b.weights != nil {
					w = b.weights[row]
				}
				sums[i] += float64(w * b.loss.derive(p.output(b.net, r), row))
				weights[i] += w
			}
		}
	})
	if err != nil {
		return math.NaN(), err
	}
	var sum, weight float64
	for i := range sums {
		sum += sums[i]
		weight += weights[i]
	}
	return sum / weight, nil
}
