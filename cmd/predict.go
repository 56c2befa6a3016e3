package cmd

import (
	"context"
	"io"
	"math"

	"github.com/spf13/cobra"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/model"
	"github.com/netanom/netanom/report"
)

type predictOptions struct {
	analysis
	modelOptions
	world     *world
	out       string
	reasons   number
	threshold number
	alerts    bool
	formulas  bool
}

func newPredict(w *world) *cobra.Command {
	o := &predictOptions{world: w, reasons: number{high: 100, kind: whole}, threshold: number{value: math.NaN(), low: -math.MaxFloat64, high: math.MaxFloat64}}
	c := o.command(w, &cobra.Command{
		Use:        "predict",
		SuggestFor: []string{"classify", "detect", "alert"},
		Short:      "Score rows with a detector, with reasons",
		Long: `Predict scores every row of a table with a model file, and says which it takes
for attacks. The table needs no label, and may be of any size: it is read once,
row after row.

--out writes the rows behind their score and verdict; with --reasons, alerts
also have the columns that raised their score most, with what each adds.
--alerts-only writes attacks alone.`,
		Example: `  netanom simulate --connections 3000 --out traffic.csv
  netanom train traffic.csv --algo gbt --out gbt.netanom
  netanom predict --model gbt.netanom
  netanom predict --model gbt.netanom --out alerts.csv --alerts-only --reasons 3
  netanom simulate --seed 2 | netanom predict - --model gbt.netanom --out -`,
	}, o.ask)
	o.modelOptions.addFlags(c)
	f := c.Flags()
	f.StringVar(&o.out, "out", "", "`file` to write the scored rows to, as CSV, gzipped if its name ends in .gz; - instead of the answer")
	f.BoolVar(&o.alerts, "alerts-only", false, "write rows that are taken for attacks alone")
	f.Var(&o.reasons, "reasons", "columns named as the reasons of an alert")
	f.Var(&o.threshold, "threshold", "score from which on a row is an attack (default: the model's)")
	f.Lookup("threshold").DefValue = ""
	f.BoolVar(&o.formulas, "escape-formulas", false, "put an apostrophe before cells that a spreadsheet would run")
	c.GroupID = modelGroup
	return c
}

func (o *predictOptions) ask(ctx context.Context, in *input) (found answer, err error) {
	if o.out == "" && (o.alerts || o.reasons.value > 0 || o.formulas) {
		return found, usagef("--alerts-only, --reasons and --escape-formulas say what --out writes; give --out")
	}
	p, err := o.modelOptions.open()
	if err != nil {
		return found, err
	}
	opt := model.PredictOptions{CSVOptions: dataset.CSVOptions{EscapeFormulas: o.formulas}, OnlyAttacks: o.alerts, Reasons: int(o.reasons.value)}
	if !math.IsNaN(o.threshold.value) {
		p = p.WithThreshold(o.threshold.value)
	}
	in.progress.stageIs("scoring")
	var counted *model.Prediction
	score := func(w io.Writer) error {
		counted, err = p.Predict(ctx, in.filtered, w, opt)
		return err
	}
	switch o.out {
	case "":
		err = score(io.Discard)
	default:
		err = writeOut(o.world, o.out, score)
	}
	if err != nil {
		return found, err
	}
	if o.out != "" && !o.output.quiet {
		o.world.progress.clear()
		o.world.written(counted.Written, "row", o.out)
	}
	found.rows = counted.Rows
	found.sections = []report.Section{report.Prediction(counted, p)}
	found.silent = o.out == "-"
	return found, nil
}
