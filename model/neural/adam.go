package neural

import "math"

// An optimiser holds the settings of Adam [1] and of the penalty on squared weights.
//
// [1] D. P. Kingma and J. Ba (2015), "Adam: a method for stochastic optimization",
// ICLR, algorithm 1, with ε̂ of section 2 in the place of ε, as scikit-learn has it.
type optimiser struct {
	rate, beta1, beta2, epsilon float64
	alpha                       float64 // a step's gradient has alpha/rows times the weights added
}

// moments are the state of Adam: running means of gradients and of their squares.
type moments struct {
	optimiser
	first, second [][]float64 // by layer, as params
	power1        float64     // β₁ to the power of the steps so far
	power2        float64
	rates         adamRates
}

func newMoments(n *network, o *optimiser) *moments {
	m := &moments{optimiser: *o, power1: 1, power2: 1}
	for _, l := range n.layers {
		m.first = append(m.first, make([]float64, len(l.params)))
		m.second = append(m.second, make([]float64, len(l.params)))
	}
	return m
}

// advance begins a step with a batch of so many rows.
func (m *moments) advance(rows int) {
	m.power1 = float64(m.power1 * m.beta1)
	m.power2 = float64(m.power2 * m.beta2)
	m.rates = adamRates{
		alpha: m.alpha, scale: 1 / float64(rows),
		keep1: m.beta1, take1: 1 - m.beta1, keep2: m.beta2, take2: 1 - m.beta2,
		rate: -m.rate * math.Sqrt(1-m.power2) / (1 - m.power1), epsilon: m.epsilon,
	}
}

// A task is rows of the weights of a layer that get their gradient and move together:
// those of some inputs, those of the levels of a coded column, or the biases.
type task struct {
	kind     taskKind
	layer    int
	from, to int // rows of weights
	column   int // of the coded ones
}

type taskKind int

const (
	taskInputs taskKind = iota
	taskLevels
	taskBias
)

// tasksOf cuts the weights of a network into tasks.
func tasksOf(n *network) []task {
	var tasks []task
	for i, l := range n.layers {
		for from, end := 0, padded(l.in); from < end; from += inputsTogether {
			tasks = append(tasks, task{kind: taskInputs, layer: i, from: from, to: min(from+inputsTogether, end)})
		}
		if i == 0 {
			for c := range n.shape.coded {
				tasks = append(tasks, task{kind: taskLevels, from: n.shape.first[c], to: n.shape.first[c+1], column: c})
			}
		}
		tasks = append(tasks, task{kind: taskBias, layer: i, from: l.rows, to: l.rows + 1})
	}
	return tasks
}

// addGradient adds the gradient of the weights of a task, summed over the rows of the
// batch.
func (b *batch) addGradient(t *task) {
	l, deltas, g := b.net.layers[t.layer], b.deltas[t.layer], b.gradients[t.layer]
	width := padded(l.out)
	switch t.kind {
	case taskInputs:
		in, stride := b.pass.rows.numbers, b.pass.rows.width
		if t.layer > 0 {
			in, stride = b.pass.values[t.layer-1], b.net.layers[t.layer-1].stride
		}
		sum := product{
			m: t.to - t.from, n: width, k: len(b.order),
			a: in[t.from:], rowA: 1, stepA: stride,
			b: deltas, rowB: l.stride, c: g[t.from*l.stride:], rowC: l.stride,
		}
		sum.add()
	case taskLevels:
		coded := len(b.net.shape.coded)
		for r := range b.order {
			if code := int(b.pass.rows.codes[r*coded+t.column]); code >= 0 {
				add(g[code*l.stride:][:width], deltas[r*l.stride:][:width])
			}
		}
	case taskBias:
		for r := range b.order {
			add(g[t.from*l.stride:][:width], deltas[r*l.stride:][:width])
		}
	}
}

// move makes the step of Adam for the weights of a task. It returns the sum of their
// squares before the step, without biases, which are not penalised.
func (b *batch) move(t *task) float64 {
	l, rates := b.net.layers[t.layer], b.moments.rates
	from, to := t.from*l.stride, t.to*l.stride
	w := l.params[from:to]
	var squares float64
	if t.kind == taskBias {
		rates.alpha = 0
	} else if rates.alpha != 0 {
		squares = sumSquares(w)
	}
	adam(w, b.moments.first[t.layer][from:to], b.moments.second[t.layer][from:to], b.gradients[t.layer][from:to], &rates)
	if t.kind == taskInputs {
		b.turn(t.layer, t.from, t.to)
	}
	return squares
}

// sumSquares adds up the squares of values whose number is a multiple of laneCount.
func sumSquares(x []float64) float64 {
	var s0, s1, s2, s3 float64
	for ; len(x) >= laneCount; x = x[laneCount:] {
		s0 = math.FMA(x[0], x[0], s0)
		s1 = math.FMA(x[1], x[1], s1)
		s2 = math.FMA(x[2], x[2], s2)
		s3 = math.FMA(x[3], x[3], s3)
	}
	return (s0 + s1) + (s2 + s3)
}
