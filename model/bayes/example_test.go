package bayes_test

import (
	"context"
	"fmt"

	"github.com/netanom/netanom/model/bayes"
	"github.com/netanom/netanom/model/learn"
)

// connections are a matrix of one coded column and one of numbers.
func connections() (*learn.Matrix, learn.Target) {
	x := learn.NewMatrix([]learn.Column{{Name: "flag", Levels: []string{"S0", "SF"}}, {Name: "count"}}, 8)
	x.Codes[0] = []int32{1, 1, 1, 0, 0, 0, 0, 1}
	x.Numbers[1] = []float64{1, 2, 3, 2, 90, 95, 99, 97}
	return x, learn.Target{Classes: []string{"normal", "attack"}, Y: []int32{0, 0, 0, 0, 1, 1, 1, 1}}
}

func ExampleNaiveBayes() {
	x, y := connections()
	m, err := bayes.NaiveBayes{Bins: 2}.Fit(context.Background(), x, y, learn.Run{})
	if err != nil {
		fmt.Println(err)
		return
	}
	scores := make([]float64, x.Rows)
	if err := m.Score(scores, x); err != nil {
		fmt.Println(err)
		return
	}
	// flag S0: (3+1)/(4+2) against (1+1)/(4+2); count above 46.5: 5/6 against 1/6
	fmt.Printf("%.4f %.4f\n", scores[0], scores[4])
	// Output: 0.0909 0.9091
}

func ExampleBaseline() {
	x, y := connections()
	y.Weights = []float64{1, 1, 1, 1, 3, 3, 3, 3}
	m, err := bayes.Baseline{}.Fit(context.Background(), x, y, learn.Run{})
	if err != nil {
		fmt.Println(err)
		return
	}
	scores := make([]float64, x.Rows)
	if err := m.Score(scores, x); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(scores[0], scores[7])
	// Output: 0.75 0.75
}
