package neural

import (
	"math"
	"math/rand/v2"
)

// A layer is dense: each of its units adds up a bias and all inputs, by weights. The
// weights lie in one list with the biases, so that an optimiser sees one list: a row
// of weights for each input, one value for each unit, and last the row of biases.
// Units are filled up to a multiple of laneCount with units whose weights are 0, and
// stay so.
type layer struct {
	in     int // inputs that are values
	rows   int // of weights: inputs filled up to a multiple of laneCount, and levels in the first layer
	out    int
	stride int // from row to row of weights, and of values
	params []float64
}

func newLayer(in, rows, out int) *layer {
	l := &layer{in: in, rows: rows, out: out, stride: strideOf(out)}
	l.params = make([]float64, (rows+1)*l.stride)
	return l
}

// strideOf returns the distance between rows of so many values. Distances of half a
// kilobyte would let the rows of a tile compete for the same lines of the cache.
func strideOf(out int) int {
	stride := padded(out)
	if stride%64 == 0 {
		stride += laneCount
	}
	return stride
}

func (l *layer) row(i int) []float64 { return l.params[i*l.stride:][:l.stride] }

func (l *layer) bias() []float64 { return l.row(l.rows) }

// A network is layers one behind the other. All but the last apply the activation;
// what the last puts out is turned into a loss or a prediction by whoever asks.
type network struct {
	shape      *shape
	activation activation
	layers     []*layer
}

// newNetwork returns a network with all weights 0.
func newNetwork(s *shape, a activation, hidden []int, outputs int) *network {
	n := &network{shape: s, activation: a}
	in, rows := len(s.numbers), s.rows()
	for _, out := range append(append([]int{}, hidden...), outputs) {
		n.layers = append(n.layers, newLayer(in, rows, out))
		in, rows = out, padded(out)
	}
	return n
}

// draw sets weights and biases to uniform random values within ±√(6/(inputs +
// units)), or √(2/…) for the logistic activation [1], as scikit-learn does.
//
// [1] X. Glorot and Y. Bengio (2010), "Understanding the difficulty of training deep
// feedforward neural networks", AISTATS 9, 249–256.
func (n *network) draw(rng *rand.Rand) {
	factor := 6.0
	if n.activation == logisticUnits {
		factor = 2
	}
	for i, l := range n.layers {
		inputs := l.in
		if i == 0 {
			inputs = n.shape.inputs()
		}
		bound := math.Sqrt(factor / float64(inputs+l.out))
		for r := range l.rows + 1 {
			if r >= l.in && r < padded(l.in) {
				continue
			}
			w := l.row(r)[:l.out]
			for j := range w {
				w[j] = bound * (2*rng.Float64() - 1)
			}
		}
	}
}

// finite reports whether all weights are finite.
func (n *network) finite() bool {
	for _, l := range n.layers {
		for _, w := range l.params {
			if w-w != 0 {
				return false
			}
		}
	}
	return true
}

// copyFrom takes over the weights of a network of the same layers.
func (n *network) copyFrom(m *network) {
	for i, l := range n.layers {
		copy(l.params, m.layers[i].params)
	}
}

// A pass holds what goes through a network for up to so many rows.
type pass struct {
	rows   *rows
	values [][]float64 // by layer: what it hands on; of the last, what it puts out
}

func newPass(n *network, count int) *pass {
	p := &pass{rows: newRows(n.shape, padded(count))}
	for _, l := range n.layers {
		p.values = append(p.values, make([]float64, p.rows.count*l.stride))
	}
	return p
}

// output returns what the last layer puts out for a row.
func (p *pass) output(n *network, row int) []float64 {
	l := n.layers[len(n.layers)-1]
	return p.values[len(n.layers)-1][row*l.stride:][:l.out]
}

// forward takes the rows from..to, multiples of laneCount, through the network. After
// each hidden layer it calls after, if not nil, with the number of the layer.
func (n *network) forward(p *pass, from, to int, after func(layer int)) {
	in, stride := p.rows.numbers, p.rows.width
	for i, l := range n.layers {
		values := p.values[i][from*l.stride : to*l.stride]
		for r := 0; r < len(values); r += l.stride {
			copy(values[r:], l.bias())
		}
		sum := product{
			m: to - from, n: padded(l.out), k: l.in,
			a: in[from*stride:], rowA: stride, stepA: 1,
			b: l.params, rowB: l.stride, c: values, rowC: l.stride,
		}
		sum.add()
		if i == 0 {
			n.addLevels(p, from, to)
		}
		if i+1 < len(n.layers) {
			n.activation.apply(values, l)
			if after != nil {
				after(i)
			}
		}
		in, stride = p.values[i], l.stride
	}
}

// addLevels adds the weights of the levels that rows have to the sums of the first
// layer.
func (n *network) addLevels(p *pass, from, to int) {
	l, coded := n.layers[0], len(n.shape.coded)
	width := padded(l.out)
	for r := from; r < to; r++ {
		sums := p.values[0][r*l.stride:][:width]
		for _, code := range p.rows.codes[r*coded:][:coded] {
			if code >= 0 {
				add(sums, l.row(int(code)))
			}
		}
	}
}

// empty returns a network of the same layers with all weights 0.
func (n *network) empty() *network {
	e := &network{shape: n.shape, activation: n.activation}
	for _, l := range n.layers {
		e.layers = append(e.layers, newLayer(l.in, l.rows, l.out))
	}
	return e
}
