package plots_test

import (
	"fmt"

	"github.com/netanom/netanom/plots"
	"github.com/netanom/netanom/stats"
)

func ExampleConfusionMatrix() {
	figure, err := plots.ConfusionMatrix(plots.ConfusionData{
		Title:   "Nine of ten attacks are recognised",
		Classes: []string{"normal", "attack"},
		Counts:  [][]int64{{980, 20}, {10, 90}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(figure.Alt)
	// Output: Confusion matrix of 2 classes, share of the rows of each that were recognised: normal 98.0% of 1,000, attack 90.0% of 100.
}

func ExampleROC() {
	tally, err := stats.ScoreTally([]float64{0.9, 0.8, 0.3, 0.7, 0.2, 0.1}, []bool{true, true, true, false, false, false})
	if err != nil {
		fmt.Println(err)
		return
	}
	points, err := stats.CurvePoints(tally, 500)
	if err != nil {
		fmt.Println(err)
		return
	}
	curve := plots.RateCurve{Name: "forest", Chosen: []plots.RatePoint{{X: 0, Y: 2.0 / 3}}}
	for _, p := range points {
		curve.X, curve.Y = append(curve.X, p.FPR), append(curve.Y, p.Recall)
	}
	figure, err := plots.ROC(plots.RateData{Title: "ROC", Curves: []plots.RateCurve{curve}, X: plots.Log})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(figure.Alt)
	// Output: recall against false positive rate, log scale; forest: 7 points from (0, 0) by (0.333, 0.667) to (1, 1), chosen (0, 0.667).
}

// Permutation importance with its spread is a ranking.
func ExampleRanking_importance() {
	figure, err := plots.Ranking(plots.RankingData{
		Title:    "What the forest goes by",
		Label:    "loss of MCC",
		Interval: "± one standard deviation",
		Rows: []plots.Effect{
			{Name: "src_bytes", Estimate: 0.21, Low: 0.19, High: 0.23},
			{Name: "service", Estimate: 0.08, Low: 0.07, High: 0.09},
			{Name: "land", Estimate: 0, Low: -0.001, High: 0.001},
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(figure.Alt)
	// Output: Ranking of 3 features by loss of MCC: src_bytes 0.21 (0.19 to 0.23); service 0.08 (0.07 to 0.09); land 0.00 (0.00 to 0.00).
}

func ExamplePartialDependence() {
	figure, err := plots.PartialDependence(plots.DependenceData{
		Title: "More bytes, fewer alarms", Label: "src_bytes", Predicted: "P(attack)",
		Curves: []plots.ValueCurve{{X: []float64{0, 100, 1000}, Y: []float64{0.9, 0.2, 0.1}}},
		Rug:    []float64{0, 44, 276},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(figure.Alt)
	// Output: P(attack) against src_bytes; curve: 3 points from (0, 0.9) by (100, 0.2) to (1k, 0.1).
}
