package stats_test

import (
	"context"
	"fmt"

	"github.com/netanom/netanom/stats"
)

func ExampleCorrelations() {
	cols := [][]float64{{1, 2, 3, 4, 5}, {2, 1, 4, 3, 5}, {5, 4, 3, 2, 1}}
	m, err := stats.Correlations(context.Background(), []string{"a", "b", "c"}, cols, stats.CorrelationOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("r(a, b) = %.1f, r(a, c) = %.1f\n", m.At(0, 1), m.At(0, 2))
	// Output: r(a, b) = 0.8, r(a, c) = -1.0
}

func ExampleCorrelationTest() {
	lightness := []float64{44.4, 45.9, 41.9, 53.3, 44.7, 44.1, 50.7, 45.2, 60.1}
	score := []float64{2.6, 3.1, 2.5, 5.0, 3.6, 4.0, 5.2, 2.8, 3.8}
	r, err := stats.CorrelationTest(stats.Kendall, lightness, score, stats.Greater, 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s = %.4f, p = %.4f (%s)\n", r.Estimate.Name, r.Estimate.Value, r.P, r.Method)
	// Output: tau = 0.4444, p = 0.0597 (tau-b, exact)
}

func ExampleComoments() {
	var c stats.Comoments
	for _, row := range [][]float64{{1, 2}, {2, 4}, {3, 9}} {
		if err := c.Add(row); err != nil {
			fmt.Println(err)
			return
		}
	}
	fmt.Printf("n = %d, mean = %.0f, covariance = %.1f\n", c.N(), c.Mean(1), c.Covariance(0, 1))
	// Output: n = 3, mean = 5, covariance = 3.5
}

func ExampleChiSquareTest() {
	c, err := stats.NewCrosstab([]string{"tcp", "udp"}, []string{"attack", "normal"}, [][]int64{{30, 10}, {15, 45}})
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := stats.ChiSquareTest(&c, 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("chi2(%v) = %.2f, log10 p = %.2f\n", r.DF[0], r.Statistic.Value, r.Log10P)
	fmt.Printf("%s = %.2f [%.2f, %.2f], %s\n", r.Effect.Name, r.Effect.Value, r.Effect.CI.Low, r.Effect.CI.High, r.Effect.Magnitude)
	// Output:
	// chi2(1) = 24.24, log10 p = -6.07
	// Cramér's V, bias-corrected = 0.48 [0.30, 0.69], medium
}

func ExampleAssociate() {
	// Knowing the service tells the protocol, but not the reverse.
	var c stats.Crosstab
	for _, o := range [][2]string{{"tcp", "http"}, {"tcp", "ftp"}, {"udp", "dns"}, {"udp", "ntp"}} {
		if err := c.Add(o[0], o[1], 25); err != nil {
			fmt.Println(err)
			return
		}
	}
	a, err := stats.Associate(&c)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("U(protocol|service) = %.1f, U(service|protocol) = %.1f\n", a.UncertaintyRow, a.UncertaintyCol)
	// Output: U(protocol|service) = 1.0, U(service|protocol) = 0.5
}

func ExampleAdjustP() {
	q, err := stats.AdjustP([]float64{0.01, 0.04, 0.03}, stats.BenjaminiHochberg)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.2f\n", q)
	// Output: [0.03 0.04 0.04]
}

func ExampleMahalanobis() {
	x := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 5}
	y := []float64{1, 3, 2, 5, 4, 6, 8, 7, 9, 40}
	d, err := stats.Mahalanobis(context.Background(), [][]float64{x, y}, 0.9, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("rows beyond the cutoff:", d.Outliers())
	// Output: rows beyond the cutoff: [9]
}

func ExampleMidranks() {
	fmt.Println(stats.Midranks([]float64{30, 10, 20, 20}))
	// Output: [4 1 2.5 2.5]
}

func ExampleCorrelationRatio() {
	groups := make([]stats.Moments, 2)
	for g, values := range [][]float64{{1, 2, 3}, {4, 5, 6}} {
		for _, v := range values {
			groups[g].Add(v)
		}
	}
	fmt.Printf("%.2f\n", stats.CorrelationRatio(groups))
	// Output: 0.88
}
