package eda_test

import (
	"context"
	"fmt"
	"log"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/stats"
)

func ExampleTestHypotheses() {
	ctx := context.Background()
	h, err := eda.TestHypotheses(ctx, records(ctx), eda.HypothesesOptions{Adjust: stats.Holm})
	if err != nil {
		log.Fatal(err)
	}
	for _, x := range h.Each {
		for _, t := range x.Leading() {
			fmt.Printf("%d. %s: %s %.2f, %s\n", x.Number, t.Feature, t.Effect.Name, t.Effect.Value, t.Effect.Magnitude)
		}
		for _, why := range x.Untested {
			fmt.Printf("%d. %s\n", x.Number, why)
		}
	}
	// Output:
	// 1. src_bytes: rank-biserial correlation 0.15, small
	// 1. Not tested: there is no column of the bytes received (dst_bytes, dbytes, resp_bytes).
	// 1. Not tested: differences between the categories of attacks, of which these rows have one.
	// 2. protocol_type: Cramér's V, bias-corrected 0.34, medium
	// 3. service: Cramér's V, bias-corrected 0.45, medium
	// 4. Not tested: there is no column of the flag (flag, conn_state, state).
	// 5. Not tested: there is no column of the urgent packets (urgent).
}
