package stats_test

import (
	"fmt"

	"github.com/netanom/netanom/stats"
)

// Of two scores for the same eight rows, is the first the better one?
func ExampleDeLongTest() {
	attack := []bool{true, true, true, true, false, false, false, false}
	r, err := stats.DeLongTest([]stats.PairedScores{{
		Positive: attack,
		A:        []uint32{7, 6, 5, 3, 4, 2, 1, 0},
		B:        []uint32{3, 2, 3, 0, 2, 1, 3, 0},
	}}, stats.Greater, 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("AUC larger by %.3f, p = %.3f\n", r.Estimate.Value, r.P)
	// Output: AUC larger by 0.312, p = 0.051
}
