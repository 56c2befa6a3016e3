package neural

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/model/learn"
)

// toy is 11 rows of two numbers and a coded column, one of whose codes is NoLevel,
// and places among three classes.
func toy() (*learn.Matrix, []int32) {
	columns := []learn.Column{{Name: "a"}, {Name: "b", Levels: []string{"x", "y", "z"}}, {Name: "c"}}
	x := learn.NewMatrix(columns, 11)
	r := rand.New(rand.NewPCG(11, 12))
	var class []int32
	for i := range x.Rows {
		x.Numbers[0][i], x.Numbers[2][i] = r.NormFloat64(), r.NormFloat64()
		x.Codes[1][i] = int32(i%4) - 1
		class = append(class, int32(r.IntN(3)))
	}
	return x, class
}

// The gradient of every weight is the slope of the loss, taken from both sides, for
// every activation and loss, with weights of rows, and with dropout, whose choice is
// the same each time for the same step.
func TestGradient(t *testing.T) {
	x, class := toy()
	two, wanted := make([]int32, x.Rows), make([]float64, 2*x.Rows)
	for i, c := range class {
		two[i] = min(c, 1)
		wanted[2*i], wanted[2*i+1] = float64(c), x.Numbers[0][i]
	}
	weights := []float64{0.5, 2, 1, 0, 3, 1, 1, 0.1, 1, 1, 0.4}
	for _, l := range []loss{&logLoss{class: two}, &softmaxLoss{classes: 3, class: class}, &squaredLoss{outputs: 2, wanted: wanted}} {
		for _, a := range []activation{rectifiedUnits, tangentUnits, logisticUnits} {
			for _, hidden := range [][]int{{5}, {6, 3}, {4, 5, 3}} {
				for _, w := range [][]float64{nil, weights} {
					for _, dropout := range []float64{0, 0.3} {
						t.Run(fmt.Sprintf("%T/%s/%v/weights=%t/dropout=%g", l, a, hidden, w != nil, dropout), func(t *testing.T) {
							n := newNetwork(shapeOf(x.Columns), a, hidden, l.units())
							n.draw(rand.New(rand.NewPCG(1, 1)))
							all := newRows(n.shape, x.Rows)
							all.take(x, 0)
							b := newBatch(n, l, all, x.Rows, &optimiser{})
							b.weights = w
							b.drop(dropout, 3)
							checkGradient(t, b, places(x.Rows))
						})
					}
				}
			}
		}
	}
}

// lossAt returns the sum of the losses of rows with the present weights.
func lossAt(t *testing.T, b *batch, order []int32) float64 {
	t.Helper()
	b.step = 0 // the same dropout each time
	for i, l := range b.net.layers {
		b.turn(i, 0, l.in)
	}
	if err := b.derive(context.Background(), order); err != nil {
		t.Fatal(err)
	}
	var sum float64
	for _, v := range b.losses[:len(order)] {
		sum += v
	}
	return sum
}

func checkGradient(t *testing.T, b *batch, order []int32) {
	t.Helper()
	const h = 1e-6
	lossAt(t, b, order)
	for i := range b.tasks {
		b.addGradient(&b.tasks[i])
	}
	for i, l := range b.net.layers {
		for at := range l.params {
			row, unit := at/l.stride, at%l.stride
			if unit >= l.out || row >= l.in && row < padded(l.in) {
				if b.gradients[i][at] != 0 || l.params[at] != 0 {
					t.Errorf("layer %d, weight %d: what only fills up has a gradient", i, at)
				}
				continue
			}
			w := l.params[at]
			l.params[at] = w + h
			above := lossAt(t, b, order)
			l.params[at] = w - h
			below := lossAt(t, b, order)
			l.params[at] = w
			if want := (above - below) / (2 * h); !check.Near(b.gradients[i][at], want, 1e-5, 2e-8) {
				t.Errorf("layer %d, weight %d: gradient %v, slope %v", i, at, b.gradients[i][at], want)
			}
		}
	}
}

// A network with a narrow layer learns to give back its inputs when these lie on a
// line: the squared loss, an output for each number, and nothing of classes.
func TestReproducesInputs(t *testing.T) {
	columns := []learn.Column{{Name: "a"}, {Name: "b"}, {Name: "c"}}
	x := learn.NewMatrix(columns, 200)
	r := rand.New(rand.NewPCG(21, 22))
	wanted := make([]float64, 0, 600)
	for i := range x.Rows {
		v := r.NormFloat64()
		for j, f := range []float64{1, -0.5, 2} {
			x.Numbers[j][i] = f * v
			wanted = append(wanted, f*v)
		}
	}
	l := &squaredLoss{outputs: 3, wanted: wanted}
	n := newNetwork(shapeOf(columns), tangentUnits, []int{8, 1, 8}, 3)
	n.draw(rand.New(rand.NewPCG(1, 1)))
	all := newRows(n.shape, x.Rows)
	all.take(x, 0)
	b := newBatch(n, l, all, 20, &optimiser{rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8})
	curve, err := b.train(context.Background(), &schedule{batchSize: 20, maxIter: 150, patience: 1000, shuffle: true, training: places(180), held: places(200)[180:]}, &learn.Run{})
	if err != nil {
		t.Fatal(err)
	}
	first, last := curve.Validation[0], curve.Validation[curve.Best-1]
	if !(last < first/50) || math.IsNaN(last) {
		t.Errorf("the validation loss went from %v to %v, want a fiftieth or less", first, last)
	}
	if again, err := b.mean(context.Background(), places(200)[180:]); err != nil || again != last {
		t.Errorf("the weights kept have the loss %v (%v), the curve says %v", again, err, last)
	}
}
