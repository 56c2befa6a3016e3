package bayes_test

import (
	"testing"

	"github.com/netanom/netanom/model/bayes"
	"github.com/netanom/netanom/model/modeltest"
)

func benchmarkFit(b *testing.B, s bayes.NaiveBayes) {
	x, y := modeltest.NSL(b, modeltest.NSLWhole)
	y = modeltest.Attacks(y)
	for b.Loop() {
		modeltest.Fit(b, s, x, y)
	}
}

func BenchmarkFitGaussian(b *testing.B) { benchmarkFit(b, bayes.NaiveBayes{Numbers: bayes.Gaussian}) }
func BenchmarkFitBins(b *testing.B)     { benchmarkFit(b, bayes.NaiveBayes{}) }

func BenchmarkScore(b *testing.B) {
	x, y := modeltest.NSL(b, modeltest.NSLPart)
	m := modeltest.Fit(b, bayes.NaiveBayes{}, x, modeltest.Attacks(y))
	dst := make([]float64, x.Rows)
	for b.Loop() {
		if err := m.Score(dst, x); err != nil {
			b.Fatal(err)
		}
	}
}
