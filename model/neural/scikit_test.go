package neural

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/model/learn"
)

// A reference is what testdata/scikit.py wrote.
type reference struct {
	Numbers [][]float64 `json:"numbers"`
	Codes   [][]int32   `json:"codes"`
	Cases   []struct {
		Loss       string     `json:"loss"`
		Activation activation `json:"activation"`
		Hidden     []int      `json:"hidden"`
		Wanted     []float64  `json:"wanted"`
		Start      []struct {
			Weights []float64 `json:"weights"`
			Biases  []float64 `json:"biases"`
		} `json:"start"`
		Curve  []float64 `json:"curve"`
		Output []float64 `json:"output"`
	} `json:"cases"`
}

func readReference(t *testing.T) (*reference, *learn.Matrix) {
	raw, err := os.ReadFile("testdata/scikit.json")
	if err != nil {
		t.Fatal(err)
	}
	var r reference
	if err := json.Unmarshal(raw, &r); err != nil {
		t.Fatal(err)
	}
	columns := []learn.Column{{Name: "a"}, {Name: "b", Levels: []string{"x", "y", "z"}}, {Name: "c"}, {Name: "d"}, {Name: "e", Levels: []string{"u", "v"}}}
	x := learn.NewMatrix(columns, len(r.Numbers))
	for i := range r.Numbers {
		for at, j := range []int{0, 2, 3} {
			x.Numbers[j][i] = r.Numbers[i][at]
		}
		for at, j := range []int{1, 4} {
			x.Codes[j][i] = r.Codes[i][at]
		}
	}
	return &r, x
}

// places returns 0..n−1.
func places(n int) []int32 {
	p := make([]int32, n)
	for i := range p {
		p[i] = int32(i)
	}
	return p
}

// From the same weights and with the same batches, the losses of all epochs and the
// outputs at the end are those of scikit-learn: of classes, and of numbers by
// the squared loss.
func TestTrainsAsScikitLearn(t *testing.T) {
	ref, x := readReference(t)
	for _, c := range ref.Cases {
		t.Run(fmt.Sprint(c.Loss, c.Activation, c.Hidden), func(t *testing.T) {
			classes := make([]int32, len(c.Wanted))
			for i, w := range c.Wanted {
				classes[i] = int32(w)
			}
			var l loss
			switch c.Loss {
			case "two":
				l = &logLoss{class: classes}
			case "three":
				l = &softmaxLoss{classes: 3, class: classes}
			default:
				l = &squaredLoss{outputs: len(c.Wanted) / x.Rows, wanted: c.Wanted}
			}
			n := newNetwork(shapeOf(x.Columns), c.Activation, c.Hidden, l.units())
			for i, s := range c.Start {
				n.layers[i].restore(&storedLayer{Weights: s.Weights, Biases: s.Biases})
			}
			all := newRows(n.shape, x.Rows)
			all.take(x, 0)
			o := optimiser{rate: 0.01, beta1: 0.8, beta2: 0.99, epsilon: 1e-7, alpha: 0.05}
			b := newBatch(n, l, all, 8, &o)
			curve, err := b.train(context.Background(), &schedule{batchSize: 8, maxIter: 25, patience: 1000, training: places(x.Rows)}, &learn.Run{})
			if err != nil {
				t.Fatal(err)
			}
			// Of several wanted values scikit-learn reports the mean loss and follows the
			// gradient of the sum, which is what is reported here.
			for i, want := range c.Curve {
				if c.Loss != "squares" {
					check.Close(t, fmt.Sprint("loss of epoch ", i+1), curve.Training[i], want, 1e-9)
				}
			}
			compareOutput(t, n, x, c.Loss, c.Output)
		})
	}
}

func compareOutput(t *testing.T, n *network, x *learn.Matrix, loss string, want []float64) {
	t.Helper()
	p := newPass(n, x.Rows)
	p.rows.part(0, x.Rows).take(x, 0)
	n.forward(p, 0, padded(x.Rows), nil)
	var got []float64
	for i := range x.Rows {
		z := p.output(n, i)
		switch loss {
		case "two":
			q := logistic(z[0])
			got = append(got, 1-q, q)
		case "three":
			softmax(z)
			got = append(got, z...)
		default:
			got = append(got, z...)
		}
	}
	for i, w := range want {
		check.Close(t, fmt.Sprint("output ", i), got[i], w, 1e-9)
	}
}
