package neural_test

import (
	"context"
	"fmt"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/neural"
)

// Attacks are where two numbers have different signs, which no weighted sum of them
// can tell, or where the flag is S0.
func ExampleMLP() {
	columns := []learn.Column{{Name: "a"}, {Name: "b"}, {Name: "flag", Levels: []string{"S0", "SF"}}}
	x := learn.NewMatrix(columns, 400)
	y := learn.Target{Classes: []string{"normal", "attack"}, Y: make([]int32, x.Rows)}
	for i := range x.Rows {
		a, b, flag := float64(i%20)/10-0.95, float64(i/20%20)/10-0.95, int32(1)
		if i%7 == 0 {
			flag = 0
		}
		x.Numbers[0][i], x.Numbers[1][i], x.Codes[2][i] = a, b, flag
		if a*b < 0 || flag == 0 {
			y.Y[i] = 1
		}
	}
	spec := &neural.MLP{HiddenLayers: []int{32}, LearningRate: 0.02, BatchSize: 20}
	m, err := spec.Fit(context.Background(), x, y, learn.Run{Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	fresh := learn.NewMatrix(columns, 3)
	copy(fresh.Numbers[0], []float64{0.5, 0.5, 0.5})
	copy(fresh.Numbers[1], []float64{0.5, -0.5, 0.5})
	copy(fresh.Codes[2], []int32{1, 1, 0})
	scores := make([]float64, 3)
	if err := m.Score(scores, fresh); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.2f\n", scores)
	curve := m.(*neural.Model).Curve()
	fmt.Println("validation loss fell:", curve.Validation[curve.Best-1] < curve.Validation[0]/4)
	// Output:
	// [0.00 1.00 1.00]
	// validation loss fell: true
}
