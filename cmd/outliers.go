package cmd

import (
	"context"
	"io"
	"math"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/report"
)

type outlierOptions struct {
	analysis
	tukey, modifiedZ, esd, alpha number
	rows, top                    number
	within                       string
	seed                         uint64
	out                          string
	formulas                     bool
}

// listedScores is how many rows are listed by their scores.
const listedScores = 10

func newOutliers(w *world) *cobra.Command {
	o := &outlierOptions{
		tukey:     number{value: 1.5, high: math.MaxFloat64, kind: open},
		modifiedZ: number{value: 3.5, high: math.MaxFloat64, kind: open},
		esd:       number{value: 10, high: 1000, kind: whole},
		alpha:     number{value: 0.05, high: 1, kind: open},
		rows:      number{value: 5, high: 100000, kind: whole},
		top:       number{high: 1e9, kind: whole},
	}
	o.input.fetches = true
	c := o.command(w, &cobra.Command{
		Use:        "outliers",
		SuggestFor: []string{"outlier", "anomalies", "extremes", "isolation", "mahalanobis"},
		Short:      "Find values and rows far outside the rest",
		Long: `Outliers applies three rules to every numeric column: Tukey's fences, which lie
--tukey interquartile ranges outside the quartiles; the modified z-score, which
measures the distance from the median in median absolute deviations; and the
generalised ESD test for up to --esd outliers of a normal sample. It scores rows
by several columns at once: by their Mahalanobis distance, by the same with a
covariance that outliers do not shift, and by an isolation forest. --within
applies all of these apart inside each level of a column.

Where the label tells attacks from normal rows, the answer begins with how well
each rule finds them. Traffic is heavy-tailed: most of what lies outside the
fences is ordinary, and the table says so in numbers.

--out writes the rows that any rule but the ESD test flags, with four columns
before their own: row, line, outlier_rules and isolation_score.`,
		Example: `  netanom outliers --feature src_bytes,dst_bytes
  netanom outliers --tukey 3 --rows 20 --format csv
  netanom outliers --within protocol_type --out outliers.csv --top 100`,
	}, func(ctx context.Context, in *input) (answer, error) { return o.ask(ctx, w, in) })
	o.featureFlag(w, c)
	o.output.privacyFlag(c)
	f := c.Flags()
	f.Var(&o.tukey, "tukey", "reach of the fences in interquartile ranges")
	f.Var(&o.modifiedZ, "modified-z", "limit of the modified z-score")
	f.Var(&o.esd, "esd", "most outliers that the ESD test looks for in a column; 0: no test")
	f.Var(&o.alpha, "alpha", "level of the ESD test")
	f.StringVar(&o.within, "within", "", "apply every rule apart inside each level of this `column`")
	f.Uint64Var(&o.seed, "seed", 0, "`number` that the randomness of the scores comes from")
	f.Var(&o.rows, "rows", "most rows listed per column")
	o.rowFlags(c)
	w.complete(c, "within", o.input.completeColumns)
	return c
}

// rowFlags adds the flags about the file of flagged rows, which do not change the
// answer.
func (o *outlierOptions) rowFlags(c *cobra.Command) {
	f := pflag.NewFlagSet("rows", pflag.ContinueOnError)
	f.StringVar(&o.out, "out", "", "`file` to write the flagged rows to, gzipped if its name ends in .gz")
	f.Var(&o.top, "top", "write only so many rows, those of the highest isolation scores; 0: all")
	f.BoolVar(&o.formulas, "escape-formulas", false, "put an apostrophe before cells written that begin like a formula")
	addGroup(c, outputGroup, f)
}

func (o *outlierOptions) ask(ctx context.Context, w *world, in *input) (answer, error) {
	if err := o.check(); err != nil {
		return answer{}, err
	}
	if _, ok := dataset.EngineOf(in.filtered); ok && o.out != "" && o.top.value == 0 {
		return answer{}, usagef("a database hands out no more rows than are asked for; say with --top how many --out is to write")
	}
	if err := in.load(ctx); err != nil {
		return answer{}, err
	}
	opt := eda.OutlierOptions{
		Features: o.features, Within: o.within, Normal: o.input.normal,
		TukeyK: o.tukey.value, ModZ: o.modifiedZ.value, ESD: int(o.esd.value), Alpha: o.alpha.value,
		Scores: true, Seed: o.seed, Rows: int(o.rows.value), Top: listedScores, Fetch: o.input.database.fetched(),
	}
	if o.output.private {
		opt.Rows, opt.Top = 0, 0
	}
	in.progress.stageIs("finding outliers")
	found, err := eda.FindOutliers(ctx, in.source, opt)
	if err != nil {
		if _, wrong := eda.FindClasses(in.source.Schema(), opt.Normal); wrong != nil {
			return answer{}, usageError{wrong}
		}
		return answer{}, err
	}
	if o.out != "" {
		if err := o.write(ctx, w, in, found); err != nil {
			return answer{}, err
		}
	}
	sections := report.Outliers(found, o.output.private)
	return answer{rows: found.TableRows, sections: sections, digest: report.OutlierDigest(sections)}, nil
}

// check refuses flags that contradict each other.
func (o *outlierOptions) check() error {
	switch {
	case o.out == "" && o.top.value > 0:
		return usagef("--top limits the rows that --out writes; name a file with --out")
	case o.out == "" && o.formulas:
		return usagef("--escape-formulas is about the rows that --out writes; name a file with --out")
	case o.out != "" && o.output.private:
		return usagef("--out writes single rows, which --%s forbids; give one of them", privacyName)
	case o.out == "-":
		return usagef("--out - would mix the rows with the answer; name a file")
	}
	return nil
}

// write writes the flagged rows.
func (o *outlierOptions) write(ctx context.Context, w *world, in *input, found *eda.Outliers) error {
	w.progress.stageIs("writing the rows")
	var rows int64
	err := writeOut(w, o.out, func(out io.Writer) (err error) {
		rows, err = found.WriteRows(ctx, in.filtered, out, eda.RowOptions{
			CSVOptions: dataset.CSVOptions{EscapeFormulas: o.formulas}, Most: int(o.top.value)})
		return err
	})
	if err == nil && !o.output.quiet {
		w.progress.clear()
		w.written(rows, "row", o.out)
	}
	return err
}
