package bayes_test

import (
	"testing"

	"github.com/netanom/netanom/model/bayes"
)

func benchmarkFit(b *testing.B, s bayes.NaiveBayes) {
	x, y := kdd(b, "KDDTrain+.txt.gz")
	y = attacks(y)
	for b.Loop() {
		fit(b, s, x, y)
	}
}

func BenchmarkFitGaussian(b *testing.B) { benchmarkFit(b, bayes.NaiveBayes{Numbers: bayes.Gaussian}) }
func BenchmarkFitBins(b *testing.B)     { benchmarkFit(b, bayes.NaiveBayes{}) }

func BenchmarkScore(b *testing.B) {
	x, y := kdd(b, "KDDTrain+_20Percent.txt")
	m := fit(b, bayes.NaiveBayes{}, x, attacks(y))
	dst := make([]float64, x.Rows)
	for b.Loop() {
		if err := m.Score(dst, x); err != nil {
			b.Fatal(err)
		}
	}
}
