package stats_test

import (
	"fmt"

	"github.com/netanom/netanom/stats"
)

func ExampleWelchT() {
	// Published summaries are as good as data.
	control, err1 := stats.NewMoments(20, 5.1, 1.2*1.2, 2, 9)
	treated, err2 := stats.NewMoments(22, 6.0, 1.5*1.5, 2, 9)
	if err1 != nil || err2 != nil {
		fmt.Println(err1, err2)
		return
	}
	r, err := stats.WelchT(treated, control, stats.TwoSided, 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("t = %.3f, df = %.1f, p = %.3f, d = %.2f (%s)\n", r.Statistic.Value, r.DF[0], r.P, r.Effect.Value, r.Effect.Magnitude)
	// Output: t = 2.156, df = 39.4, p = 0.037, d = 0.66 (medium)
}

func ExampleYuenT() {
	x := []float64{12, 14, 15, 15, 16, 18, 9000, 24, 25, 25, 27, 28, 30, 31}
	group := []int{0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1}
	t, err := stats.TallyOfGroups(x, group, []string{"before", "after"})
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := stats.YuenT(t, 0.2, stats.TwoSided, 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("trimmed means differ by %.1f, p = %.4f\n", r.Estimate.Value, r.P)
	// Output: trimmed means differ by -11.4, p = 0.0001
}
