package cmd

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/model"
	"github.com/netanom/netanom/report"
)

type detectOptions struct {
	plainOptions
	algo    string
	tail    number
	top     number
	reasons number
	save    string
	derived string
}

// defaultDetector is the detector that is used if none is named.
const defaultDetector = "ensemble"

func newDetect(w *world) *cobra.Command {
	o := &detectOptions{
		tail: number{value: 0.001, high: 1, kind: open}, top: number{value: 20, low: 1, high: 100000, kind: whole}, reasons: number{value: 3, high: 100, kind: whole},
	}
	o.world = w
	o.input.needsRows = true
	c := o.command(w, &cobra.Command{
		Use:        "detect",
		SuggestFor: []string{"anomaly", "strange", "novelty", "unsupervised", "iforest", "lof", "ecod"},
		Short:      "Find the strangest rows of a table, without labels",
		Long: `Detect learns what is usual from all rows of a table, lists those that fit it
least, and says which of their columns make them strange. It needs no label.
Where there is one, the scores are held against it afterwards.

No share of anomalies has to be guessed: the threshold comes from how the
highest scores are distributed, by extreme-value theory. --tail is the
probability with which an ordinary row lies beyond it. The answer says how well
the distribution fits, and how many rows are so strange that less than one is
expected. What is strange is not always an attack, and attacks that are many and
alike are not strange.

--out writes the rows beyond the threshold with their reasons. --save keeps what
was learned as a model file that netanom evaluate, predict and explain read.
Detectors that look at neighbours (lof, knndist, ensemble) hold each row against
the others here; the model sees the rows it learned from among their own
neighbours, and finds them a little less strange.`,
		Example: `  netanom simulate --connections 3000 --out traffic.csv
  netanom detect traffic.csv
  netanom detect traffic.csv --algo iforest --tail 0.01 --out strange.csv
  netanom detect traffic.csv --algo ecod --save ecod.netanom
  netanom predict traffic.csv --model ecod.netanom
  netanom detect traffic.csv --where 'service == "http"' --algo hbos --top 3`,
	}, o.ask)
	o.addFlags(w, c, "the rows beyond the threshold")
	o.output.privacyFlag(c)
	f := c.Flags()
	f.StringVar(&o.algo, "algo", defaultDetector, "`detector`: "+strings.Join(model.Detectors(), ", "))
	f.Var(&o.tail, "tail", "probability with which an ordinary row lies beyond the threshold")
	f.Var(&o.top, "top", "rows listed")
	f.Var(&o.reasons, "reasons", "columns named as the reasons of a row; 0: none")
	f.StringVar(&o.save, "save", "", "`file` to write the model to")
	f.StringVar(&o.derived, "recipe", "", "`file` with derived columns, written by netanom features --save")
	w.complete(c, "algo", words(model.Detectors()...))
	return c
}

func (o *detectOptions) ask(ctx context.Context, in *input) (found answer, err error) {
	opt, err := o.options()
	if err != nil {
		return found, err
	}
	if opt.Derived, err = (&recipeOptions{derived: o.derived}).derive(in); err != nil {
		return found, err
	}
	_, d, err := o.load(ctx, in)
	if err != nil {
		return found, err
	}
	opt.Work = o.work(in)
	detection, err := model.Detect(ctx, d, opt)
	if err != nil {
		return found, asked(err)
	}
	if o.save != "" {
		if err := in.sign(ctx, detection.Pipeline); err != nil {
			return found, err
		}
		if err := writeModel(o.world, o.save, detection.Pipeline, o.output.quiet); err != nil {
			return found, err
		}
	}
	err = o.write(in, func(w io.Writer, opt dataset.CSVOptions) (int64, error) {
		return detection.WriteRows(ctx, in.filtered, w, opt)
	})
	if err != nil {
		return found, err
	}
	found.rows = int64(d.Rows)
	found.sections = report.Detected(detection, o.output.private)
	found.digest = report.DetectDigest(found.sections)
	return found, nil
}

// options refuses flags that do not go together, before any work.
func (o *detectOptions) options() (opt model.DetectOptions, err error) {
	if err := o.check(); err != nil {
		return opt, err
	}
	switch {
	case o.out != "" && o.output.private:
		return opt, usagef("--out writes single rows, which --%s forbids; give one of them", privacyName)
	case o.save == "-":
		return opt, usagef("--save needs a file: standard output has the answer")
	case o.output.private && o.flags.Changed("top"):
		return opt, usagef("--top lists single rows, which --%s forbids; give one of them", privacyName)
	}
	if _, err := model.KindNamed(o.algo); err == nil && !model.IsDetector(o.algo) {
		return opt, usagef("--algo %s learns from labels; netanom train does that. Without labels take one of %s", o.algo, strings.Join(model.Detectors(), ", "))
	} else if err != nil {
		return opt, usagef("--algo: there is no detector %q; choose one of %s%s", o.algo, strings.Join(model.Detectors(), ", "), didYouMean(o.algo, model.Detectors()))
	}
	opt = model.DetectOptions{Tail: o.tail.value, Top: int(o.top.value), Reasons: int(o.reasons.value), Beyond: o.out != "", Seed: uint64(o.seed.value)}
	if o.output.private {
		opt.Reasons = 0
	}
	if opt.Spec, err = model.NewSpec(o.algo); err != nil {
		return opt, usageError{err}
	}
	object, err := o.object()
	if err == nil && object != nil {
		if err = model.Set(opt.Spec, object); err != nil {
			err = usageError{fmt.Errorf("--set: %w", err)}
		}
	}
	if err == nil && o.steps != "" {
		opt.Steps, err = model.ParseSteps(o.steps)
	}
	return opt, err
}
