package linear_test

import (
	"context"
	"fmt"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/linear"
)

// traffic is a few connections: failed ones and long ones are attacks.
func traffic() (*learn.Matrix, learn.Target) {
	x := learn.NewMatrix([]learn.Column{{Name: "duration"}, {Name: "flag", Levels: []string{"REJ", "SF"}}}, 8)
	copy(x.Numbers[0], []float64{-1, -0.5, 0, 0.5, 0, -0.5, 2, 3})
	copy(x.Codes[1], []int32{1, 1, 1, 1, 0, 0, 1, 0})
	return x, learn.Target{Classes: []string{"normal", "attack"}, Y: []int32{0, 0, 0, 0, 1, 1, 1, 1}}
}

func ExampleLogistic() {
	x, y := traffic()
	m, err := linear.Logistic{C: 10}.Fit(context.Background(), x, y, learn.Run{})
	if err != nil {
		fmt.Println(err)
		return
	}
	e, err := m.(learn.Explainer).Explain(x.Slice(6, 7))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s %.1f: duration %+.1f, flag %+.1f\n", e.Scale, e.Total[0], e.Parts[0][0], e.Parts[1][0])
	// Output: log odds 1.6: duration +2.9, flag -1.8
}

func ExampleSVM() {
	x, y := traffic()
	m, err := linear.SVM{C: 10}.Fit(context.Background(), x, y, learn.Run{})
	if err != nil {
		fmt.Println(err)
		return
	}
	measure, shares := m.(learn.Ranker).Importance()
	fmt.Printf("%s: duration %.2f, flag %.2f\n", measure, shares[0], shares[1])
	// Output: |standardised coefficient|: duration 0.51, flag 0.49
}

func ExampleKernelSVM() {
	x, y := traffic()
	m, err := linear.KernelSVM{C: 10, Gamma: 0.5}.Fit(context.Background(), x, y, learn.Run{})
	if err != nil {
		fmt.Println(err)
		return
	}
	scores := make([]float64, x.Rows)
	if err := m.Score(scores, x); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("normal below attacks:", max(scores[0], scores[1], scores[2], scores[3]) < min(scores[4], scores[5], scores[6], scores[7]))
	// Output: normal below attacks: true
}
