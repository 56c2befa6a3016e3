package eda_test

import (
	"context"
	"fmt"
	"log"
	"strings"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
)

// A day of one connection an hour, in which a flood hides at noon.
func ExampleTimeSeriesOf() {
	text := "timestamp,src_bytes,label\n"
	for hour := range 24 {
		text += fmt.Sprintf("2026-03-02T%02d:30:00Z,100,normal\n", hour)
	}
	text += strings.Repeat("2026-03-02T12:10:00Z,40,neptune\n", 50)
	ctx := context.Background()
	file, err := dataset.OpenReader(ctx, "day.csv", strings.NewReader(text), dataset.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	series, err := eda.TimeSeriesOf(ctx, file, eda.TimeSeriesOptions{Every: 3600})
	if err != nil {
		log.Fatal(err)
	}
	connections := series.Series[0]
	fmt.Printf("%d steps of %s by the column %s\n", series.Steps, series.StepName(), series.Clock)
	for _, spike := range connections.Spikes {
		fmt.Printf("%s: %g connections instead of %g, %d of them %s\n", series.When(spike.Index), spike.Value, spike.Median, spike.AttackRows, spike.Attack)
	}
	// Output:
	// 24 steps of 1 h by the column timestamp
	// 2026-03-02 12:00: 51 connections instead of 1, 50 of them neptune
}
