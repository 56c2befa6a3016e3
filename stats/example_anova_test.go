package stats_test

import (
	"fmt"

	"github.com/netanom/netanom/stats"
)

func ExampleOneWay_Tukey() {
	tally, err := stats.TallyOfGroups(
		[]float64{61, 64, 58, 60, 71, 75, 70, 74, 59, 62, 63, 61},
		[]int{0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2}, []string{"web", "mail", "dns"})
	if err != nil {
		fmt.Println(err)
		return
	}
	a, err := stats.NewOneWay(tally)
	if err != nil {
		fmt.Println(err)
		return
	}
	pairs, err := a.Tukey(0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range pairs {
		fmt.Printf("%s less %s: %.2f, p %.4f\n", a.Names[c.A], a.Names[c.B], c.Estimate.Value, c.PAdjusted)
	}
	fmt.Println(stats.CompactLetters(len(a.Groups), pairs, 0.05, nil))
	// Output:
	// web less mail: -11.75, p 0.0001
	// web less dns: -0.50, p 0.9461
	// mail less dns: 11.25, p 0.0001
	// [a b a]
}

func ExampleTwoWayOf() {
	cell := func(x ...float64) stats.Moments {
		m, _ := stats.MomentsOf(x)
		return m
	}
	a, err := stats.TwoWayOf([2]string{"protocol", "class"}, [][]stats.Moments{
		{cell(3, 5, 4), cell(9, 11)},
		{cell(4, 6), cell(5, 5, 8)},
	}, false)
	if err != nil {
		fmt.Println(err)
		return
	}
	sources, err := a.Sources(stats.TypeII, 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range sources {
		fmt.Printf("%s: F = %.2f, partial η² = %.2f, %s\n", s.Name, s.Statistic.Value, s.Effect.Value, s.Effect.Magnitude)
	}
	// Output:
	// protocol: F = 2.70, partial η² = 0.31, large
	// class: F = 14.70, partial η² = 0.71, large
	// protocol × class: F = 7.50, partial η² = 0.56, large
}
