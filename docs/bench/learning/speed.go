//go:build bench

package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"syscall"
	"time"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/model/learn"
)

// fast are settings with which a fit does the same work as its rival. Where one is
// missing, contenders has it.
var fast = map[string]contender{
	"mlp-15":    {"mlp-15", "mlp", `{"early_stopping": false, "max_iter": 15, "tol": 0, "n_iter_no_change": 100}`, ""},
	"knn":       {"knn", "knn", "", "drop_constant,log1p(all),standard"},
	"gbt-codes": {"gbt-codes", "gbt", `{"early_stopping": "off", "l2_regularization": 0}`, "drop_constant,frequency"},
}

// A timing is seconds of the clock and of all cores.
type timing struct {
	Wall float64 `json:"wall"`
	CPU  float64 `json:"cpu"`
}

func timed(do func() error) (timing, error) {
	start, used := time.Now(), cpu()
	err := do()
	return timing{time.Since(start).Seconds(), cpu() - used}, err
}

func cpu() float64 {
	var r syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &r) != nil {
		return 0
	}
	return float64(r.Utime.Nano()+r.Stime.Nano()) / 1e9
}

// speed times one fit of a model, and what it takes to score.
func speed(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("speed", flag.ContinueOnError)
	every := flags.Int("score-every", 1, "score one row in so many")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 2 {
		return fmt.Errorf("speed wants a file and a model")
	}
	c, ok := fast[flags.Arg(1)]
	if !ok {
		found, err := contendersNamed(flags.Args()[1:])
		if err != nil {
			return err
		}
		c = found[0]
	}
	r, err := c.recipe(0, 1)
	if err != nil {
		return err
	}
	x, y, err := matrix(ctx, flags.Arg(0))
	if err != nil {
		return err
	}
	out := map[string]any{"model": c.name, "rows": x.Rows}
	run := learn.Run{Seed: 1, Workers: 2}
	z := x
	if out["steps"], err = timed(func() error {
		_, prepared, err := r.Steps.Fit(ctx, x, y, run)
		if prepared != nil {
			z = prepared
		}
		return err
	}); err != nil {
		return err
	}
	var m learn.Model
	if out["fit"], err = timed(func() (err error) {
		m, err = r.Spec.Fit(ctx, z, y, run)
		return err
	}); err != nil {
		return err
	}
	if err := score(m, z, *every, out); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(out)
}

// score times rows by themselves and, on one core, together.
func score(m learn.Model, z *learn.Matrix, every int, out map[string]any) error {
	var rows []int
	for i := 0; i < z.Rows; i += every {
		rows = append(rows, i)
	}
	batch := z.Take(rows)
	dst := make([]float64, batch.Rows)
	took, err := timed(func() error { return m.Score(dst, batch) })
	if err != nil {
		return err
	}
	out["batch_rows"], out["batch"] = batch.Rows, took
	singles := min(2000, batch.Rows)
	single := make([]*learn.Matrix, singles)
	for i := range single {
		single[i] = batch.Take([]int{i * (batch.Rows / singles)})
	}
	took, err = timed(func() error {
		for _, s := range single {
			if err := m.Score(dst[:1], s); err != nil {
				return err
			}
		}
		return nil
	})
	out["single_us"] = 1e6 * took.Wall / float64(singles)
	return err
}

// matrix reads a file of NSL-KDD as a matrix with what learners may see. Class 1 is
// an attack.
func matrix(ctx context.Context, path string) (*learn.Matrix, learn.Target, error) {
	t, err := table(ctx, path)
	if err != nil {
		return nil, learn.Target{}, err
	}
	x := &learn.Matrix{Rows: int(t.Rows())}
	y := learn.Target{Classes: []string{"normal", "attack"}, Y: make([]int32, x.Rows)}
	for j, c := range t.Schema().Columns {
		switch {
		case c.Role == dataset.Label && c.Dict != nil:
			codes, err := t.Codes(j)
			if err != nil {
				return nil, y, err
			}
			for i, code := range codes {
				if c.Dict.Levels()[code] != "normal" {
					y.Y[i] = 1
				}
			}
		case dataset.WhyNoFeature(&c) != "":
		case c.Dict != nil:
			codes, err := t.Codes(j)
			if err != nil {
				return nil, y, err
			}
			cells := make([]int32, len(codes))
			for i, code := range codes {
				if cells[i] = int32(code); code == dataset.MissingCode {
					cells[i] = learn.NoLevel
				}
			}
			x.Columns = append(x.Columns, learn.Column{Name: c.Name, Levels: c.Dict.Levels()})
			x.Numbers, x.Codes = append(x.Numbers, nil), append(x.Codes, cells)
		default:
			numbers, err := t.Floats(j)
			if err != nil {
				return nil, y, err
			}
			x.Columns = append(x.Columns, learn.Column{Name: c.Name})
			x.Numbers, x.Codes = append(x.Numbers, numbers), append(x.Codes, nil)
		}
	}
	return x, y, x.Check()
}
