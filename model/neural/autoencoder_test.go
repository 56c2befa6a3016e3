package neural

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
)

func TestAutoencoderContract(t *testing.T) {
	modeltest.Check(t, &Autoencoder{HiddenLayers: []int{8, 3, 8}, MaxIter: 10, LearningRate: 0.01}, modeltest.Options{
		New: func() learn.Model { return &AutoencoderModel{} }, Scaled: true, ZeroWeights: true, AUC: 0.8,
	})
}

func TestAutoencoderSettings(t *testing.T) {
	x, _ := modeltest.Problem{Rows: 30, Scaled: true}.Make()
	for _, s := range []*Autoencoder{
		{HiddenLayers: []int{0}}, {Activation: "sine"}, {LearningRate: -1}, {Alpha: pointer(-1.0)}, {BatchSize: -1}, {MaxIter: -1},
		{ValidationFraction: 1}, {NIterNoChange: -1}, {Tol: pointer(math.NaN())}, {Dropout: 1},
	} {
		if m, err := s.Fit(context.Background(), x, learn.Target{}, learn.Run{}); !errors.Is(err, learn.ErrSetting) || m != nil {
			t.Errorf("%+v: %v", s, err)
		}
	}
}

// The loss of reproducing a row is that of a squared loss whose wanted values are the
// row with its levels spread out.
func TestReproductionLoss(t *testing.T) {
	x, _ := modeltest.Problem{Rows: 40, Scaled: true}.Make()
	form := shapeOf(x.Columns)
	all, err := rowsOf(context.Background(), form, x, 1)
	if err != nil {
		t.Fatal(err)
	}
	k := form.inputs()
	plain := squaredLoss{outputs: k, wanted: make([]float64, x.Rows*k)}
	for i := range x.Rows {
		at := i * k
		for j := range x.Columns {
			if !x.Columns[j].Coded() {
				plain.wanted[at] = x.Numbers[j][i]
				at++
			}
		}
		for j := range x.Columns {
			if c := x.Codes[j]; c != nil {
				if c[i] >= 0 {
					plain.wanted[at+int(c[i])] = 1
				}
				at += len(x.Columns[j].Levels)
			}
		}
	}
	l := reproductionLoss{all}
	for i := range x.Rows {
		a, b := make([]float64, k), make([]float64, k)
		for j := range a {
			a[j] = math.Sin(float64(i*k + j))
			b[j] = a[j]
		}
		got, want := l.derive(a, int32(i)), plain.derive(b, int32(i))
		if math.Abs(got-want) > 1e-12*want || !slices.Equal(a, b) {
			t.Fatalf("row %d: loss %v, want %v; derivatives %v, want %v", i+1, got, want, a, b)
		}
	}
}

// Through as many units as there are inputs rows come out as they went in, and parts
// add up to scores.
func TestAutoencoderReproduces(t *testing.T) {
	x, _ := modeltest.Problem{Rows: 500, NumbersOnly: true, Scaled: true, Classes: 1}.Make()
	s := &Autoencoder{HiddenLayers: []int{16}, MaxIter: 400, LearningRate: 0.01, NIterNoChange: 50, Tol: pointer(0.0)}
	m, err := s.Fit(context.Background(), x, learn.Target{}, learn.Run{Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	scores := make([]float64, x.Rows)
	if err := m.Score(scores, x); err != nil {
		t.Fatal(err)
	}
	e, err := m.(learn.Explainer).Explain(x)
	if err != nil {
		t.Fatal(err)
	}
	var mean float64
	for i, v := range scores {
		mean += v / float64(x.Rows)
		if math.Abs(e.Total[i]-v) > 1e-12*max(v, 1) {
			t.Fatalf("row %d: parts add up to %v, the score is %v", i+1, e.Total[i], v)
		}
	}
	if mean > 0.1 { // of a variance of 4
		t.Errorf("the mean squared error is %v", mean)
	}
}

// Scikit-learn 1.2.1, MLPRegressor((32, 8, 32), activation="tanh",
// early_stopping=True, max_iter=100, n_iter_no_change=5, random_state=0..2) on the same
// rows with levels spread out, fitted to reproduce them, has areas of 0.9550, 0.9703
// and 0.9498.
func TestAutoencoderOnNSLKDD(t *testing.T) {
	x, y := connections(t, modeltest.NSLPart)
	var train, rest []int
	normal := 0
	for i, c := range y.Y {
		if c == 0 {
			normal++
		}
		if c == 0 && normal%2 == 0 {
			train = append(train, i)
		} else {
			rest = append(rest, i)
		}
	}
	var areas []float64
	for seed := range uint64(2) {
		m, err := (&Autoencoder{}).Fit(context.Background(), x.Take(train), learn.Target{}, learn.Run{Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		scores := make([]float64, len(rest))
		if err := m.Score(scores, x.Take(rest)); err != nil {
			t.Fatal(err)
		}
		areas = append(areas, modeltest.AUC(scores, learn.Take(y.Y, rest)))
	}
	t.Logf("areas %.4f", areas)
	if slices.Min(areas) < 0.94 {
		t.Errorf("the areas are %.4f", areas)
	}
}

func FuzzStoredAutoencoder(f *testing.F) {
	x, _ := modeltest.Problem{Rows: 40, Scaled: true}.Make()
	m, err := (&Autoencoder{HiddenLayers: []int{3}, MaxIter: 2}).Fit(context.Background(), x, learn.Target{}, learn.Run{})
	if err != nil {
		f.Fatal(err)
	}
	raw, err := json.Marshal(m)
	if err != nil {
		f.Fatal(err)
	}
	for seed := range uint64(30) {
		f.Add(modeltest.Damage(raw, seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		modeltest.Survive(t, raw, func() learn.Model { return &AutoencoderModel{} }, x)
	})
}

func ExampleAutoencoder() {
	x := learn.NewMatrix([]learn.Column{{Name: "bytes"}, {Name: "seconds"}}, 300)
	for i := range x.Rows { // on a line
		x.Numbers[0][i] = math.Sin(float64(i))
		x.Numbers[1][i] = x.Numbers[0][i]
	}
	s := &Autoencoder{HiddenLayers: []int{1}, LearningRate: 0.02, MaxIter: 300, NIterNoChange: 20}
	m, err := s.Fit(context.Background(), x, learn.Target{}, learn.Run{Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	two := learn.NewMatrix(x.Columns, 2)
	two.Numbers[0], two.Numbers[1] = []float64{0.5, 0.5}, []float64{0.5, -0.5}
	scores := make([]float64, 2)
	if err := m.Score(scores, two); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("on the line less than 0.1:", scores[0] < 0.1, "- off it more than 0.5:", scores[1] > 0.5)
	// Output: on the line less than 0.1: true - off it more than 0.5: true
}
