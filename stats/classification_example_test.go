package stats_test

import (
	"fmt"

	"github.com/netanom/netanom/stats"
)

func ExampleConfusion_Measures() {
	c, err := stats.ConfusionFromCounts([]string{"normal", "attack"}, [][]int64{{980, 20}, {10, 90}})
	if err != nil {
		fmt.Println(err)
		return
	}
	m, err := c.Measures(0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	attack := m.Classes[1]
	fmt.Printf("recall %.2f, from %.2f to %.2f\n", attack.Recall.Value, attack.Recall.CI.Low, attack.Recall.CI.High)
	fmt.Printf("MCC %.2f, from %.2f to %.2f\n", m.MCC.Value, m.MCC.CI.Low, m.MCC.CI.High)
	// Output:
	// recall 0.90, from 0.83 to 0.94
	// MCC 0.84, from 0.78 to 0.89
}

func ExampleThresholdForFPR() {
	negatives, err := stats.TallyOf([]float64{0.01, 0.02, 0.03, 0.05, 0.08, 0.1, 0.2, 0.3, 0.5, 0.9})
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := stats.ThresholdForFPR(negatives, 0.1, 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("above %.2f, %d of %d are flagged; the rate may be up to %.2f\n", r.Threshold, r.Flagged, r.N, r.Rate.CI.High)
	// Output: above 0.50, 1 of 10 are flagged; the rate may be up to 0.45
}

func ExampleFitIsotonicClasses() {
	f, err := stats.FitIsotonicClasses([]float64{1, 2, 3, 4, 5, 6}, []bool{false, true, false, false, true, true}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.2f %.2f %.2f\n", f.At(0), f.At(3), f.At(9))
	// Output: 0.00 0.33 1.00
}

func ExampleFitPlatt() {
	p, err := stats.FitPlatt([]float64{1, 2, 3, 4}, []bool{false, true, false, true}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.2f %.2f\n", p.At(1), p.At(4))
	// Output: 0.35 0.65
}

func ExampleResampledT() {
	// The MCC of one model less that of another in ten folds.
	differences := []float64{0.010, 0.012, 0.004, 0.015, 0.008, -0.002, 0.011, 0.009, 0.013, 0.006}
	r, err := stats.ResampledT(differences, 900, 100, stats.TwoSided, 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("t = %.2f, p = %.4f\n", r.Statistic.Value, r.P)
	// Output: t = 3.78, p = 0.0043
}
