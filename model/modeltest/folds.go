package modeltest

import (
	"context"
	"testing"

	"github.com/netanom/netanom/model/learn"
)

const folds = 5

// Deal splits rows in those to learn from and a fifth to test with: row i is in fold
// i mod 5.
func Deal(rows, fold int) (train, test []int) {
	for i := range rows {
		if i%folds == fold {
			test = append(test, i)
		} else {
			train = append(train, i)
		}
	}
	return train, test
}

// Fit returns a sound model, fitted with the seed 0.
func Fit(t testing.TB, s learn.Spec, x *learn.Matrix, y learn.Target) learn.Model {
	t.Helper()
	m, err := s.Fit(context.Background(), x, y, learn.Run{})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Check(); err != nil {
		t.Fatal(err)
	}
	return m
}

// Probabilities returns those of all rows and classes, row after row. The model must
// be a learn.Classifier.
func Probabilities(t testing.TB, m learn.Model, x *learn.Matrix) []float64 {
	t.Helper()
	c := m.(learn.Classifier)
	p := make([]float64, x.Rows*len(c.Classes()))
	if err := c.Probabilities(p, x); err != nil {
		t.Fatal(err)
	}
	return p
}

// CrossFit returns the probabilities of all rows and classes, row after row, each
// fold's by a model that was fitted to the other four.
func CrossFit(t testing.TB, s learn.Spec, x *learn.Matrix, y learn.Target, r learn.Run) []float64 {
	t.Helper()
	k := len(y.Classes)
	out := make([]float64, x.Rows*k)
	for fold := range folds {
		train, test := Deal(x.Rows, fold)
		m, err := s.Fit(context.Background(), x.Take(train), y.Take(train), r)
		if err != nil {
			t.Fatal(err)
		}
		p := Probabilities(t, m, x.Take(test))
		for at, i := range test {
			copy(out[i*k:(i+1)*k], p[at*k:(at+1)*k])
		}
	}
	return out
}

// FoldMeans returns the means over the folds of the area under the ROC curve and of
// macro-F1, of probabilities from CrossFit.
func FoldMeans(p []float64, y learn.Target) (auc, f1 float64) {
	k := len(y.Classes)
	for fold := range folds {
		_, test := Deal(len(y.Y), fold)
		var own []float64
		for _, i := range test {
			own = append(own, p[i*k:(i+1)*k]...)
		}
		truth := y.Take(test)
		auc += AUC(Suspicion(own, k), truth.Y) / folds
		f1 += MacroF1(own, truth) / folds
	}
	return auc, f1
}

// Suspicion returns the probabilities that rows are not of class 0, of those of k
// classes.
func Suspicion(p []float64, k int) []float64 {
	out := make([]float64, len(p)/k)
	for i := range out {
		if out[i] = 1 - p[i*k]; k == 2 { // the last bits of small ones
			out[i] = p[i*k+1]
		}
	}
	return out
}

// MacroF1 is the mean F1 of the classes that rows have or are given, each row being
// given the most probable.
func MacroF1(p []float64, y learn.Target) float64 {
	k := len(y.Classes)
	hit, said, are := make([]float64, k), make([]float64, k), make([]float64, k)
	for i, class := range y.Y {
		best := 0
		for c, v := range p[i*k : (i+1)*k] {
			if v > p[i*k+best] {
				best = c
			}
		}
		said[best]++
		are[class]++
		if best == int(class) {
			hit[best]++
		}
	}
	var sum, classes float64
	for c := range k {
		if said[c]+are[c] > 0 {
			sum += 2 * hit[c] / (said[c] + are[c])
			classes++
		}
	}
	return sum / classes
}
