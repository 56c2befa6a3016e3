package eda_test

import (
	"context"
	"fmt"
	"log"

	"github.com/netanom/netanom/eda"
)

func ExampleTTest() {
	ctx := context.Background()
	m, err := eda.TTest(ctx, records(ctx), eda.TTestOptions{Features: []string{"src_bytes"}})
	if err != nil {
		log.Fatal(err)
	}
	f := m.Features[0]
	fmt.Printf("%s less %s: d = %.2f, p = %.2f\n", m.Groups[0], m.Groups[1], f.Tests[0].Effect.Value, f.Tests[0].P)
	if ranks, ok := f.Test(eda.Ranks); ok {
		fmt.Printf("by ranks %.2f, p = %.2f: %s\n", ranks.Effect.Value, ranks.P, f.Verdict)
	}
	// Output:
	// normal less attack: d = -0.76, p = 0.39
	// by ranks 0.15, p = 0.80: agree
}
