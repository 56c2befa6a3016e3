//go:build bench

package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"

	"github.com/netanom/netanom/model"
)

// results are what quality writes, by row of the file.
type results struct {
	Task     string          `json:"task"`
	Features []string        `json:"features"`
	Classes  []string        `json:"classes"`
	Fold     []int           `json:"fold"` // −1 for rows without a label
	Truth    []int32         `json:"truth"`
	Runs     map[string]*one `json:"runs"`
}

// one is how one model did.
type one struct {
	Score      []float64 `json:"score"`
	Class      []int32   `json:"class"`
	FitSeconds []float64 `json:"fit_seconds"` // by fold
}

// quality scores rows held out by five random folds.
func quality(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("quality", flag.ContinueOnError)
	taskName := flags.String("task", "binary", "binary or category")
	normal := flags.String("normal", "", "level of the label that means normal")
	seed := flags.Uint64("seed", 1, "of folds and learners")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() < 2 {
		return fmt.Errorf("quality wants a file, and one to write to")
	}
	task, err := model.ParseTask(*taskName)
	if err != nil {
		return err
	}
	chosen, err := contendersNamed(flags.Args()[2:])
	if err != nil {
		return err
	}
	var levels []string
	if *normal != "" {
		levels = []string{*normal}
	}
	d, rows, err := data(ctx, flags.Arg(0), levels)
	if err != nil {
		return err
	}
	folds, err := d.Folds(model.Random, rows, 5, *seed)
	if err != nil {
		return err
	}
	out := results{Task: task.String(), Features: d.Features(), Fold: make([]int, d.Rows), Truth: make([]int32, d.Rows), Runs: map[string]*one{}}
	for i := range out.Fold {
		out.Fold[i] = -1
	}
	for k, f := range folds {
		for _, r := range f.Test {
			out.Fold[r] = k
		}
	}
	target := d.Target(task, rows)
	out.Classes = target.Classes
	for i, r := range rows {
		out.Truth[r] = target.Y[i]
	}
	for _, c := range chosen {
		r, err := c.recipe(task, *seed)
		if err != nil {
			return err
		}
		v, err := model.ValidateFolds(ctx, d, r, model.Random, folds, model.Work{})
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		out.Runs[c.name] = byRow(v, d.Rows, out.Classes)
		fmt.Fprintf(os.Stderr, "%s: %.1f s a fit\n", c.name, mean(out.Runs[c.name].FitSeconds))
		if err := writeJSON(flags.Arg(1), out); err != nil { // after each, lest an interruption lose it
			return err
		}
	}
	return nil
}

// byRow puts scores in the order of the file.
func byRow(v *model.Validation, rows int, classes []string) *one {
	out := &one{Score: make([]float64, rows), Class: make([]int32, rows)}
	for i, r := range v.Rows {
		out.Score[r] = v.Scores.Score[i]
		out.Class[r] = int32(slices.Index(classes, v.Classes[v.Scores.Class[i]]))
	}
	for _, f := range v.Folds {
		out.FitSeconds = append(out.FitSeconds, f.FitSeconds)
	}
	return out
}

func mean(x []float64) float64 {
	var sum float64
	for _, v := range x {
		sum += v / float64(len(x))
	}
	return sum
}
