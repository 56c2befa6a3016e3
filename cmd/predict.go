package cmd

import (
	"bufio"
	"context"
	"io"
	"math"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/model"
	"github.com/netanom/netanom/report"
	"github.com/netanom/netanom/triage"
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
	triage    triageOptions
	lines     string
	into      string
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
	o.modelOptions.addFlags(c, &o.input)
	f := c.Flags()
	f.StringVar(&o.out, "out", "", "`file` to write the scored rows to, as CSV, gzipped if its name ends in .gz; - instead of the answer")
	f.BoolVar(&o.alerts, "alerts-only", false, "write rows that are taken for attacks alone")
	f.StringVar(&o.lines, "alerts", "", "`file` to write alerts to as JSON lines, with their records, uid and community id")
	f.StringVar(&o.into, "into", "", "`address` of a table that takes the key, score and verdict of every row of a database; it is made if there is none")
	o.input.keyFlag(w, c)
	o.triage.flags(c)
	f.Var(&o.reasons, "reasons", "columns named as the reasons of an alert")
	f.Var(&o.threshold, "threshold", "score from which on a row is an attack (default: the model's)")
	f.Lookup("threshold").DefValue = ""
	f.BoolVar(&o.formulas, "escape-formulas", false, "put an apostrophe before cells that a spreadsheet would run")
	c.GroupID = modelGroup
	return c
}

func (o *predictOptions) ask(ctx context.Context, in *input) (found answer, err error) {
	if o.out == "" && (o.alerts || o.reasons.value > 0 && o.lines == "" || o.formulas) {
		return found, usagef("--alerts-only, --reasons and --escape-formulas say what --out writes; give --out")
	}
	if o.out == "-" && o.lines == "-" {
		return found, usagef("--out and --alerts cannot both be standard output; name a file")
	}
	p, err := o.modelOptions.open()
	if err != nil {
		return found, err
	}
	if err := in.recordsFor(ctx, &o.input, p); err != nil {
		return found, err
	}
	opt := model.PredictOptions{CSVOptions: dataset.CSVOptions{EscapeFormulas: o.formulas}, OnlyAttacks: o.alerts, Reasons: int(o.reasons.value)}
	if !math.IsNaN(o.threshold.value) {
		p = p.WithThreshold(o.threshold.value)
	}
	t, err := o.triager(in, p)
	if err != nil {
		return found, err
	}
	if t.useful(in, o.lines) {
		opt.Alert = t.alert
	}
	d, err := o.deliver(ctx, in, p)
	if err != nil {
		return found, err
	}
	if d != nil {
		opt.Scored = func(scores []float64, verdicts []string) error { return d.page(ctx, scores, verdicts) }
	}
	in.progress.stageIs("scoring")
	counted, err := o.score(ctx, in, p, opt, t)
	if err != nil {
		return found, err
	}
	if d != nil && !o.output.quiet {
		d.tell(o.world, o.into)
	}
	if o.out != "" && !o.output.quiet {
		o.world.progress.clear()
		o.world.written(counted.Written, "row", o.out)
	}
	if o.lines != "" && !o.output.quiet {
		o.world.progress.clear()
		o.world.written(t.written, "alert", o.lines)
	}
	found.rows = counted.Rows
	found.sections = append([]report.Section{report.Prediction(counted, p)}, t.sections(int(o.triage.groups.value))...)
	found.digest = report.PredictDigest(found.sections)
	found.silent = o.out == "-" || o.lines == "-"
	return found, nil
}

// triager makes what alerts are shown to.
func (o *predictOptions) triager(in *input, p *model.Pipeline) (*triager, error) {
	t := &triager{model: p, name: baseName(o.modelOptions.path), source: in.path}
	var err error
	if t.allow, err = o.triage.list(); err != nil {
		return nil, err
	}
	t.groups, err = triage.NewGroups(o.triage.options())
	return t, err
}

// score scores the table, and writes rows and alerts where they are wanted.
func (o *predictOptions) score(ctx context.Context, in *input, p *model.Pipeline, opt model.PredictOptions, t *triager) (counted *model.Prediction, err error) {
	rows := func(w io.Writer) error {
		counted, err = p.Predict(ctx, in.filtered, w, opt)
		return err
	}
	all := func() error {
		if o.out == "" {
			return rows(nil)
		}
		return writeOut(o.world, o.out, rows)
	}
	if o.lines == "" {
		err = all()
		return counted, err
	}
	err = writeOut(o.world, o.lines, func(w io.Writer) error {
		t.lines = bufio.NewWriter(w)
		if err := all(); err != nil {
			return err
		}
		if t.failed != nil {
			return t.failed
		}
		return t.lines.Flush()
	})
	return counted, err
}

// baseName is the name of a model file without its folder and ending.
func baseName(path string) string {
	name := filepath.Base(path)
	return strings.TrimSuffix(name, filepath.Ext(name))
}
