package neighbor_test

import (
	"context"
	"fmt"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/neighbor"
)

// connections are a matrix of one coded column and one of numbers.
func connections() (*learn.Matrix, learn.Target) {
	x := learn.NewMatrix([]learn.Column{{Name: "flag", Levels: []string{"S0", "SF"}}, {Name: "rate"}}, 6)
	x.Codes[0] = []int32{1, 1, 1, 0, 0, 0}
	x.Numbers[1] = []float64{0, 0.5, 0.25, 1, 2, 1.5}
	return x, learn.Target{Classes: []string{"normal", "attack"}, Y: []int32{0, 0, 0, 1, 1, 1}}
}

func ExampleKNN() {
	x, y := connections()
	m, err := neighbor.KNN{Neighbors: 3}.Fit(context.Background(), x, y, learn.Run{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fresh := learn.NewMatrix(x.Columns, 2)
	fresh.Codes[0] = []int32{1, 0}
	fresh.Numbers[1] = []float64{0.1, 0.5}
	scores := make([]float64, 2)
	if err := m.Score(scores, fresh); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.3f\n", scores)
	// Output: [0.000 0.667]
}

func ExampleIndex() {
	x, _ := connections()
	ix, err := neighbor.NewIndex(context.Background(), x, neighbor.Euclidean)
	if err != nil {
		fmt.Println(err)
		return
	}
	q, err := ix.Queries(x)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, n := range ix.Nearest(q, 0, 3) {
		fmt.Println(n.Row, n.Distance)
	}
	// Output:
	// 0 0
	// 2 0.25
	// 1 0.5
}
