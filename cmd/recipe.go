package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/model"
)

// recipeOptions are the flags of commands that train models: what to learn, from
// which rows and columns, and how.
type recipeOptions struct {
	task, balance, calibrate choice
	insist, drop             []string
	steps, derived           string
	threshold, costs         string
	fpr, alerts, rowsPerDay  number
	tail                     number
	folds, seed              number
	flags                    *pflag.FlagSet
	each                     float64 // rows of the table that one in memory stands for; 0: one
}

// dropChoices are what --drop may leave out.
var dropChoices = []string{"repeats", "contradictions", "breaches"}

func (o *recipeOptions) addFlags(w *world, c *cobra.Command, in *inputOptions) {
	o.task = choice{"binary", model.Tasks()}
	o.balance = choice{"none", model.Balances()}
	o.calibrate = choice{"none", model.Calibrations()}
	o.fpr = number{value: math.NaN(), high: 1, kind: open}
	o.alerts = number{value: math.NaN(), high: 1e12, kind: open}
	o.rowsPerDay = number{value: math.NaN(), high: 1e15, kind: open}
	o.tail = number{value: 0.001, high: 1, kind: open}
	o.folds = number{value: 5, low: 2, high: 100, kind: whole}
	o.seed = number{value: 1, high: 1 << 53, kind: whole}
	f := c.Flags()
	o.flags = f
	f.Var(&o.task, "task", o.task.usage("what to tell apart"))
	f.StringSliceVar(&o.insist, "insist", nil, "`column` to learn from although it gives the label away; repeatable")
	f.StringSliceVar(&o.drop, "drop", nil, "`rows` to leave out: "+strings.Join(dropChoices, ", ")+"; repeatable")
	f.StringVar(&o.derived, "recipe", "", "`file` with derived columns, written by netanom features --save")
	f.StringVar(&o.steps, "steps", "", "`steps` between table and learner, as in impute,log1p,standard; none for none (default: what suits it)")
	f.Var(&o.balance, "balance", o.balance.usage("what counts the same in training"))
	f.Var(&o.fpr, "fpr", "threshold: share of normal traffic that may be called an attack, as in 0.01")
	f.Var(&o.alerts, "alerts-per-day", "threshold: alerts that somebody can look at in a day")
	f.Var(&o.rowsPerDay, "rows-per-day", "connections in a day, for --alerts-per-day (default: by the times in the table)")
	f.StringVar(&o.costs, "cost", "", "threshold: `costs` of a false alarm and of a missed attack, as in 1:20")
	f.StringVar(&o.threshold, "threshold", "", "`rule` for the threshold: a score from 0 to 1, or f1 or mcc for the best (default: most probable class)")
	f.Var(&o.tail, "tail", "threshold of detectors without a label: probability with which an ordinary row exceeds it")
	f.Var(&o.calibrate, "calibrate", o.calibrate.usage("make probabilities of scores"))
	f.Var(&o.folds, "folds", "parts of a cross-validation")
	f.Var(&o.seed, "seed", "seed of everything left to chance")
	for _, name := range []string{"fpr", "alerts-per-day", "rows-per-day"} {
		f.Lookup(name).DefValue = ""
	}
	w.complete(c, "insist", in.completeColumns)
	w.complete(c, "drop", words(dropChoices...))
	w.complete(c, "task", words(o.task.choices...))
	w.complete(c, "balance", words(o.balance.choices...))
	w.complete(c, "calibrate", words(o.calibrate.choices...))
	w.complete(c, "threshold", words("f1", "mcc"))
}

// check refuses flags that do not go together, before any work.
func (o *recipeOptions) check() error {
	var rules []string
	for _, name := range []string{"fpr", "alerts-per-day", "cost", "threshold", "tail"} {
		if o.flags.Changed(name) {
			rules = append(rules, "--"+name)
		}
	}
	if len(rules) > 1 {
		return usagef("%s are ways to one threshold; give one", strings.Join(rules, " and "))
	}
	if o.flags.Changed("rows-per-day") && !o.flags.Changed("alerts-per-day") {
		return usagef("--rows-per-day is for --alerts-per-day; add that flag")
	}
	for _, d := range o.drop {
		if !slices.Contains(dropChoices, d) {
			return usagef("--drop %s: choose one of %s", d, strings.Join(dropChoices, ", "))
		}
	}
	_, err := o.rule(nil)
	return err
}

// rule returns the rule for the threshold. d is asked for rows a day where the user
// does not say; nil for a check of what can be checked without it.
func (o *recipeOptions) rule(d *model.Data) (r model.Rule, err error) {
	switch {
	case o.flags.Changed("fpr"):
		return model.Rule{By: model.FPR, Value: o.fpr.value}, nil
	case o.flags.Changed("alerts-per-day"):
		r = model.Rule{By: model.Alerts, Value: o.alerts.value}
		if o.flags.Changed("rows-per-day") {
			r.Rows = o.rowsPerDay.value
		}
		if r.Rows == 0 && d != nil {
			if r.Rows = math.Ceil(cmp.Or(o.each, 1) * d.RowsPerDay()); r.Rows == 0 {
				return r, usagef("--alerts-per-day needs --rows-per-day, because the table has no times to count rows by")
			}
		}
		if r.Rows > 0 && r.Rows < r.Value {
			return r, usagef("%v alerts a day are more than the %v connections a day", r.Value, r.Rows)
		}
		return r, nil
	case o.flags.Changed("tail"):
		return model.Rule{By: model.Tail, Value: o.tail.value}, nil
	case o.costs != "":
		return costRule(o.costs)
	case o.threshold == "":
		return model.Rule{}, nil
	case o.threshold == string(model.BestF1), o.threshold == string(model.BestMCC):
		return model.Rule{By: model.RuleKind(o.threshold)}, nil
	}
	v, err := strconv.ParseFloat(o.threshold, 64)
	if err != nil || !(v >= 0 && v <= 1) {
		return r, usagef("--threshold %s: give a number from 0 to 1, f1 or mcc", o.threshold)
	}
	return model.Rule{By: model.Fixed, Value: v}, nil
}

// costRule reads costs such as 1:20.
func costRule(text string) (model.Rule, error) {
	a, b, ok := strings.Cut(text, ":")
	alarm, err1 := strconv.ParseFloat(a, 64)
	miss, err2 := strconv.ParseFloat(b, 64)
	r := model.Rule{By: model.Costs, Value: alarm, Miss: miss}
	if !ok || err1 != nil || err2 != nil || r.Check() != nil {
		return r, usagef("--cost %s: give the costs of a false alarm and of a missed attack, as in 1:20", text)
	}
	return r, nil
}

// recipe returns the recipe for a learner.
func (o *recipeOptions) recipe(algo string, settings []string, d *model.Data) (r model.Recipe, err error) {
	if r.Spec, err = model.NewSpec(algo); err != nil {
		return r, usageError{err}
	}
	if len(settings) > 0 {
		object, err := model.ParseSettings(settings)
		if err == nil {
			err = model.Set(r.Spec, object)
		}
		if err != nil {
			return r, usageError{fmt.Errorf("--set: %w", err)}
		}
	}
	switch o.steps {
	case "":
		r.Steps, err = model.UsualSteps(algo)
	default:
		r.Steps, err = model.ParseSteps(o.steps)
	}
	if err != nil {
		return r, usageError{fmt.Errorf("--steps: %w", err)}
	}
	for _, set := range []struct {
		to   interface{ UnmarshalText([]byte) error }
		word string
	}{{&r.Task, o.task.value}, {&r.Balance, o.balance.value}, {&r.Calibrate, o.calibrate.value}} {
		if err := set.to.UnmarshalText([]byte(set.word)); err != nil {
			return r, usageError{err}
		}
	}
	if r.Rule, err = o.rule(d); err != nil {
		return r, err
	}
	if r.Rule == (model.Rule{}) {
		if r.Rule = model.UsualRule(algo); !d.Classes.Known() || !d.AnyAttack(d.All()) {
			r.Rule = model.Rule{By: model.Tail, Value: o.tail.value}
		}
	}
	r.Folds, r.Seed = int(o.folds.value), uint64(o.seed.value)
	if err := r.Check(); err != nil {
		return r, usageError{err}
	}
	return r, nil
}

// cleaning is what --drop leaves out.
func (o *recipeOptions) cleaning() model.Cleaning {
	return model.Cleaning{Repeats: slices.Contains(o.drop, "repeats"), Contradictions: slices.Contains(o.drop, "contradictions"), Breaches: slices.Contains(o.drop, "breaches")}
}

// derive adds the columns of --recipe to a table, and returns the recipe.
func (o *recipeOptions) derive(in *input) (dataset.Recipe, error) {
	if o.derived == "" {
		return dataset.Recipe{}, nil
	}
	recipe, err := readRecipe(o.derived)
	if err != nil {
		return recipe, err
	}
	if err := in.derive(recipe); err != nil {
		return recipe, fmt.Errorf("%s: %w", o.derived, err)
	}
	return recipe, nil
}

// readRecipe reads a file with derived columns.
func readRecipe(path string) (dataset.Recipe, error) {
	f, err := openFile(path)
	if err != nil {
		return dataset.Recipe{}, err
	}
	defer f.Close()
	recipe, err := dataset.ParseRecipe(f)
	if err != nil {
		return recipe, fmt.Errorf("%s: %w", path, err)
	}
	return recipe, nil
}

// openFile opens a file that a flag names.
func openFile(path string) (*os.File, error) {
	f, err := os.Open(path)
	if err != nil {
		var cause *fs.PathError
		if errors.As(err, &cause) {
			err = cause.Err
		}
		return nil, fmt.Errorf("cannot read %s: %w", path, err)
	}
	return f, nil
}

// table takes the table into memory, as training and judging need it.
func (in *input) table(ctx context.Context) (*dataset.Table, error) {
	if err := in.load(ctx); err != nil {
		return nil, err
	}
	if t, ok := in.source.(*dataset.Table); ok {
		return t, nil
	}
	return nil, fmt.Errorf("%s is too large to learn from in memory; choose rows with --where", in.path)
}
