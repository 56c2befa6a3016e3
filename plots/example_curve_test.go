package plots_test

import (
	"fmt"

	"github.com/netanom/netanom/plots"
)

func ExampleCurves() {
	figure, err := plots.Curves(plots.CurveData{
		Title:    "ROC: the area is 0.9",
		X:        "false alarm rate",
		Y:        "recall",
		Diagonal: "by chance",
		Curves:   []plots.Curve{{X: []float64{0, 0.1, 1}, Y: []float64{0, 0.9, 1}}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(figure.Alt)
	// Output: recall against false alarm rate; curve: 3 points from (0, 0) by (0.1, 0.9) to (1, 1).
}
