package eda_test

import (
	"context"
	"fmt"
	"log"

	"github.com/netanom/netanom/eda"
)

func ExampleTestIndependence() {
	ctx := context.Background()
	d, err := eda.TestIndependence(ctx, records(ctx), eda.IndependenceOptions{Features: []string{"service"}, TableOptions: eda.TableOptions{Seed: 1}})
	if err != nil {
		log.Fatal(err)
	}
	t := d.Tests[0]
	fmt.Printf("%s against %s: V = %.2f, %d of %d expected counts below 5\n", t.Name, d.By, t.V.Value, t.Expected.Below5, t.Expected.Cells)
	fmt.Printf("in one class only: %d of %d levels\n", len(t.OneGroup), len(t.Table.Rows))
	// Output:
	// service against class: V = 0.74, 8 of 8 expected counts below 5
	// in one class only: 3 of 4 levels
}

func ExampleTestFit() {
	ctx := context.Background()
	f, err := eda.TestFit(ctx, records(ctx), eda.FitOptions{Features: []string{"protocol_type"}, Expected: []eda.ExpectedShare{{Level: "tcp", Share: 2}, {Level: "udp", Share: 1}}})
	if err != nil {
		log.Fatal(err)
	}
	r := f.Fits[0].Test.Pearson
	fmt.Printf("chi-square %.1f, p = %.2f\n", r.Statistic.Value, r.P)
	// Output: chi-square 0.5, p = 0.48
}
