package tree_test

import (
	"context"
	"fmt"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/tree"
)

// connections are 40 rows: attacks send few bytes with the flag S0, or very many.
func connections() (*learn.Matrix, learn.Target) {
	x := learn.NewMatrix([]learn.Column{{Name: "src_bytes"}, {Name: "flag", Levels: []string{"REJ", "S0", "SF"}}}, 40)
	y := learn.Target{Classes: []string{"normal", "attack"}, Y: make([]int32, x.Rows)}
	for i := range x.Rows {
		x.Numbers[0][i], x.Codes[1][i] = float64(200+i), int32(2*(i%2))
		switch {
		case i%4 == 1:
			x.Numbers[0][i], x.Codes[1][i], y.Y[i] = float64(i), 1, 1
		case i%10 == 0:
			x.Numbers[0][i], y.Y[i] = 90_000, 1
		}
	}
	return x, y
}

func ExampleTree() {
	x, y := connections()
	m, err := tree.Tree{}.Fit(context.Background(), x, y, learn.Run{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range m.(*tree.TreeModel).Rules() {
		fmt.Printf("%s: attack %.0f %% of %v rows\n", r, 100*r.Values[1], r.Cover)
	}
	// Output:
	// 119.5 < src_bytes <= 45119.5: attack 0 % of 26 rows
	// src_bytes <= 119.5: attack 100 % of 10 rows
	// src_bytes > 45119.5: attack 100 % of 4 rows
}

func ExampleForest() {
	x, y := connections()
	m, shares, err := tree.Forest{Trees: 20}.FitOutOfBag(context.Background(), x, y, learn.Run{Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	measure, importance := m.Importance()
	fmt.Printf("accuracy out of bag %.2f\n", tree.OutOfBagAccuracy(shares, y))
	fmt.Printf("%s: src_bytes %.2f, flag %.2f\n", measure, importance[0], importance[1])
	// Output:
	// accuracy out of bag 1.00
	// mean decrease in impurity: src_bytes 0.61, flag 0.39
}

func ExampleExtraTrees() {
	x, y := connections()
	m, err := tree.ExtraTrees{Trees: 20}.Fit(context.Background(), x, y, learn.Run{Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	scores := make([]float64, 3)
	if err := m.Score(scores, x.Slice(0, 3)); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(scores)
	// Output:
	// [1 1 0]
}

func ExampleBagging() {
	x, y := connections()
	m, err := tree.Bagging{Trees: 10}.Fit(context.Background(), x, y, learn.Run{Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	ex, err := m.(learn.Explainer).Explain(x.Slice(0, 1))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s: %.2f = %.2f %+.2f (src_bytes) %+.2f (flag)\n", ex.Scale, ex.Total[0], ex.Base, ex.Parts[0][0], ex.Parts[1][0])
	// Output:
	// probability: 1.00 = 0.34 +0.66 (src_bytes) +0.00 (flag)
}

func ExampleAdaBoost() {
	x, y := connections()
	m, err := tree.AdaBoost{Trees: 10}.Fit(context.Background(), x, y, learn.Run{})
	if err != nil {
		fmt.Println(err)
		return
	}
	p := make([]float64, 2*2)
	if err := m.(learn.Classifier).Probabilities(p, x.Slice(0, 2)); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.3f\n", p)
	// Output:
	// [0.456 0.544 0.400 0.600]
}
