package stats_test

import (
	"context"
	"fmt"
	"log"

	"github.com/netanom/netanom/stats"
)

func ExampleFitIsolation() {
	ctx := context.Background()
	seconds := []float64{1, 2, 2, 3, 1, 2, 3, 2, 1, 90}
	bytes := []float64{210, 190, 205, 200, 198, 202, 207, 195, 203, 200}
	forest, err := stats.FitIsolation(ctx, [][]float64{seconds, bytes}, stats.IsolationOptions{Seed: 1})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("usual: %.1f\n", forest.Score([]float64{2, 202}))
	fmt.Printf("far out: %.1f\n", forest.Score([]float64{90, 200}))
	// Output:
	// usual: 0.4
	// far out: 0.7
}

func ExampleMahalanobisFrom() {
	ctx := context.Background()
	cols := [][]float64{{3, 0}, {4, 0}}
	d, err := stats.MahalanobisFrom(ctx, cols, []float64{0, 0}, [][]float64{{1, 0}, {0, 1}}, 0.999, 1)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.0f and %.0f, beyond %.2f in one normal row of a thousand\n", d.Squared[0], d.Squared[1], d.Cutoff)
	// Output: 25 and 0, beyond 13.82 in one normal row of a thousand
}
