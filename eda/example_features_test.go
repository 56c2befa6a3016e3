package eda_test

import (
	"context"
	"fmt"
	"log"
	"strings"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
)

// Neither direction alone tells who sent most, but their share does.
func ExampleProposeFeatures() {
	var b strings.Builder
	b.WriteString("src_bytes,dst_bytes,label\n")
	for i := range 600 {
		size := 1000 + 977*i%5003
		if i%2 == 0 {
			fmt.Fprintf(&b, "%d,%d,normal\n", size, 3*size)
		} else {
			fmt.Fprintf(&b, "%d,%d,attack\n", 3*size, size)
		}
	}
	ctx := context.Background()
	f, err := dataset.OpenReader(ctx, "flows.csv", strings.NewReader(b.String()), dataset.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	found, err := eda.ProposeFeatures(ctx, f, eda.FeatureOptions{})
	if err != nil {
		log.Fatal(err)
	}
	best := found.Candidates[0]
	fmt.Printf("%s: effect %.2f, best source %.2f, kept: %s\n", best.Name, best.Effect().Value, best.SourceEffect, best.Kept)
	// Output: src_bytes_vs_dst_bytes: effect 1.00, best source 0.88, kept: gain
}
