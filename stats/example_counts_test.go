package stats_test

import (
	"context"
	"fmt"
	"log"

	"github.com/netanom/netanom/stats"
)

// land counts connections from a host to itself, by class.
func land() stats.Crosstab {
	c, err := stats.NewCrosstab([]string{"0", "1"}, []string{"attack", "normal"}, [][]int64{{58612, 67336}, {18, 7}})
	if err != nil {
		log.Fatal(err)
	}
	return c
}

func ExampleFisherTest() {
	c := land()
	r, err := stats.FisherTest(&c, stats.TwoSided, 0.95)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s: p = %.4f, odds ratio %.2f (%.2f to %.2f)\n", r.Method, r.P, r.Estimate.Value, r.CI.Low, r.CI.High)
	// Output: Fisher's exact: p = 0.0146, odds ratio 0.34 (0.12 to 0.85)
}

func ExampleCompareShares() {
	c := land()
	m, err := stats.CompareShares(&c, 0.95)
	if err != nil {
		log.Fatal(err)
	}
	d := m.RiskDifference
	fmt.Printf("%.1f %% against %.1f %%: difference %.2f (%.2f to %.2f)\n", 100*m.Share[0], 100*m.Share[1], d.Value, d.CI.Low, d.CI.High)
	// Output: 46.5 % against 72.0 %: difference -0.25 (-0.39 to -0.06)
}

func ExampleGoodnessOfFitTest() {
	fit, err := stats.GoodnessOfFitTest([]string{"tcp", "udp"}, []int64{60, 40}, []float64{0.5, 0.5}, 0.95)
	if err != nil {
		log.Fatal(err)
	}
	r := fit.Pearson
	fmt.Printf("chi-square %.0f on %.0f df, p = %.4f, %s w = %.1f\n", r.Statistic.Value, r.DF[0], r.P, r.Effect.Magnitude, r.Effect.Value)
	// Output: chi-square 4 on 1 df, p = 0.0455, small w = 0.2
}

func ExampleMcNemarTest() {
	// 86 and 150 people changed their mind between two surveys.
	c, err := stats.NewCrosstab([]string{"approve", "disapprove"}, []string{"approve", "disapprove"}, [][]int64{{794, 150}, {86, 570}})
	if err != nil {
		log.Fatal(err)
	}
	m, err := stats.McNemarTest(&c, 0.95)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d against %d: exact p = %.1e, odds ratio %.2f\n", m.Discord[0], m.Discord[1], m.Exact.P, m.Exact.Estimate.Value)
	// Output: 150 against 86: exact p = 3.7e-05, odds ratio 1.74
}

func ExampleMantelHaenszelTest() {
	m, err := stats.MantelHaenszelTest([]stats.Stratum{
		{Name: "A", Counts: [2][2]int64{{512, 313}, {89, 19}}},
		{Name: "B", Counts: [2][2]int64{{353, 207}, {17, 8}}},
		{Name: "C", Counts: [2][2]int64{{120, 205}, {202, 391}}},
	}, 0.95)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("common odds ratio %.2f (%.2f to %.2f); equal in all strata: p = %.1e\n",
		m.Plain.Estimate.Value, m.Plain.CI.Low, m.Plain.CI.High, m.Homogeneity.P)
	// Output: common odds ratio 0.82 (0.65 to 1.03); equal in all strata: p = 3.1e-04
}

func ExampleSimulatedTest() {
	c := land()
	r, err := stats.SimulatedTest(context.Background(), &c, 999, 1, 0.95)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(r.Method, r.P < 0.05)
	// Output: Pearson, 999 simulated tables true
}

func ExampleCrosstab_PoolRare() {
	c, err := stats.NewCrosstab([]string{"http", "smtp", "aol", "harvest"}, []string{"attack", "normal"}, [][]int64{{30, 60}, {40, 20}, {2, 0}, {11, 3}})
	if err != nil {
		log.Fatal(err)
	}
	p := c.PoolRare(5)
	fmt.Println(p.Name, p.Rows, p.Table.Table().RowTotals)
	// Output: (rare) [aol harvest] [16 90 60]
}
