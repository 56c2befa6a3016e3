package stats

import (
	"math/rand/v2"
	"testing"
)

const benchRows = 125_973 // of KDDTrain+

func BenchmarkMeasureScores(b *testing.B) {
	scores, positive := noisy(1, benchRows)
	random := rand.New(rand.NewPCG(1, 1))
	for i := range scores {
		scores[i] += 0.01 * random.Float64()
	}
	for b.Loop() {
		tally, err := ScoreTally(scores, positive)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := MeasureScores(tally, 0.95); err != nil {
			b.Fatal(err)
		}
		if _, err := CurvePoints(tally, 1000); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMeasureClassAreas(b *testing.B) {
	const classes = 23
	random := rand.New(rand.NewPCG(2, 0))
	scores, truth := make([]float64, benchRows*classes), make([]int32, benchRows)
	for i := range scores {
		scores[i] = random.Float64()
	}
	for i := range truth {
		truth[i] = int32(classes * random.Float64() * random.Float64())
	}
	for b.Loop() {
		if _, err := MeasureClassAreas(b.Context(), scores, truth, classes, 0.95); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCalibrators(b *testing.B) {
	scores, positive := noisy(3, benchRows)
	for name, fit := range fits {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := fit(scores, positive, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
