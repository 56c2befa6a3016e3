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

func ExampleCluster() {
	distances := [][]float64{{0, 1, 8, 9}, {1, 0, 7, 8}, {8, 7, 0, 2}, {9, 8, 2, 0}}
	tree, err := stats.Cluster(distances, stats.AverageLinkage)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, m := range tree.Merges {
		fmt.Printf("%d and %d at %.0f\n", m.A, m.B, m.Height)
	}
	fmt.Println(tree.CutInto(2))
	// Output:
	// 0 and 1 at 1
	// 2 and 3 at 2
	// 4 and 5 at 8
	// [0 0 1 1]
}

func ExampleMutualInformation() {
	c, err := stats.NewCrosstab([]string{"tcp", "udp"}, []string{"attack", "normal"}, [][]int64{{300, 100}, {150, 450}})
	if err != nil {
		fmt.Println(err)
		return
	}
	i, err := stats.MutualInformation(&c, 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.3f bits (%.3f to %.3f) of %.3f and %.3f\n", i.Test.Estimate.Value, i.Test.CI.Low, i.Test.CI.High, i.RowEntropy, i.ColEntropy)
	// Output: 0.181 bits (0.139 to 0.223) of 0.971 and 0.993
}

func ExampleCorrelationRatioTest() {
	var tcp, udp, icmp stats.Moments
	for _, x := range []float64{8, 12, 9, 11, 6, 8} {
		tcp.Add(x)
		udp.Add(x - 4)
		icmp.Add(x + 1)
	}
	r, err := stats.CorrelationRatioTest([]stats.Moments{tcp, udp, icmp}, 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("eta = %.3f, F(%.0f, %.0f) = %.2f\n", r.Estimate.Value, r.DF[0], r.DF[1], r.Statistic.Value)
	// Output: eta = 0.734, F(2, 15) = 8.75
}
