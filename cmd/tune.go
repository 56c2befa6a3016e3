package cmd

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/model"
	"github.com/netanom/netanom/report"
)

type tuneOptions struct {
	trainOptions
	trials number
	goal   choice
	split  choice
	log    string
	plain  bool
	fixed  bool
}

func newTune(w *world) *cobra.Command {
	o := &tuneOptions{trials: number{value: 30, low: 1, high: 100000, kind: whole}, goal: choice{string(model.GoalROC), model.Goals()},
		split: choice{"attacks", []string{"random", "attacks", "group", "time"}}}
	o.world = w
	o.input.needsRows = true
	c := o.command(w, &cobra.Command{
		Use:        "tune",
		SuggestFor: []string{"search", "optimise", "optimize", "hyperparameters", "grid"},
		Short:      "Search for the settings that do best on rows held out",
		Long: `Tune tries random settings of learners, and with them the steps before and the
weights of rows, and judges each by rows held out of training; by default by
attack types held out, for settings that suit random folds best suit what is
known already. Many candidates are tried on a ninth of the rows, the better
third of them on a third, and the best of these on all (successive halving);
--plain gives all rows to each. The defaults of every learner are always among
the candidates.

The search depends on --seed alone. --log keeps every trial in a file, line by
line: started again with the same flags, an interrupted search goes on from
there. Ctrl-C ends it with the best so far. --out trains the best on all rows
and writes the model.`,
		Example: `  netanom simulate --connections 2000 --out small.csv
  netanom tune small.csv --algo tree --trials 20 --out tuned.netanom
  netanom tune small.csv --algo nb,tree,gbt --trials 9 --log trials.jsonl
  netanom tune small.csv --algo logreg --trials 6 --goal recall --split random`,
	}, o.ask)
	o.featureFlag(w, c)
	f := c.Flags()
	f.Lookup("feature").Usage = "`column` to learn from, or all; repeatable (default: all that may be)"
	f.StringSliceVar(&o.algos, "algo", []string{"rf"}, "`learner`s to search: "+strings.Join(model.Kinds(), ", "))
	o.addFlags(w, c, &o.input)
	f.Lookup("folds").DefValue = "3"
	o.folds.value = 3
	f.Var(&o.trials, "trials", "candidates")
	f.Var(&o.goal, "goal", o.goal.usage("what to make as good as it can be"))
	f.Var(&o.split, "split", o.split.usage("how rows are held out"))
	f.StringVar(&o.groupBy, "group-by", "", "`column` whose rows of one value stay together, for --split group")
	f.StringVar(&o.log, "log", "", "`file` that keeps every trial, and from which a search goes on")
	f.BoolVar(&o.plain, "plain", false, "give every candidate all rows, instead of halving")
	f.BoolVar(&o.fixed, "only-settings", false, "search settings of learners alone, not steps and weights")
	f.StringVar(&o.out, "out", "", "`file` to write the model to that the best trains on all rows")
	w.complete(c, "algo", words(model.Kinds()...))
	w.complete(c, "goal", words(model.Goals()...))
	w.complete(c, "split", words(o.split.choices...))
	w.complete(c, "group-by", o.input.completeColumns)
	c.GroupID = modelGroup
	return c
}

func (o *tuneOptions) ask(ctx context.Context, in *input) (found answer, err error) {
	if err := o.recipeOptions.check(); err != nil {
		return found, err
	}
	if err := o.checkFiles(); err != nil {
		return found, err
	}
	if (o.split.value == "group") != (o.groupBy != "") {
		return found, usagef("--split group and --group-by go together")
	}
	for _, a := range o.algos {
		if _, err := model.KindNamed(a); err != nil {
			return found, usageError{fmt.Errorf("--algo: %w", err)}
		}
	}
	if int(o.trials.value) < len(o.algos) {
		return found, usagef("--trials %v: each of the %d learners has one at least", o.trials.value, len(o.algos))
	}
	t, err := o.trainingData(ctx, in)
	if err != nil {
		return found, err
	}
	r, err := o.recipe(o.algos[0], nil, t.data)
	if err != nil {
		return found, err
	}
	r.Derived = t.derived
	opt := model.TuneOptions{Algos: o.algos, Trials: int(o.trials.value), Split: model.Split(o.split.value), Goal: model.Goal(o.goal.value),
		Plain: o.plain, Fixed: o.fixed, Work: o.work(in)}
	keep, err := o.openLog(ctx, in, &opt)
	if err != nil {
		return found, err
	}
	result, err := model.Tune(ctx, t.data, t.rows, r, opt)
	if closed := keep(); err == nil {
		err = closed
	}
	if err != nil {
		return found, err
	}
	if found.interrupted = result.Interrupted; found.interrupted {
		ctx = context.WithoutCancel(ctx)
	}
	found.rows = int64(t.data.Rows)
	found.sections = []report.Section{report.Tuning(result)}
	found.digest = []report.Section{report.TuningDigest(found.sections[0])}
	if result.Best == nil {
		if result.Interrupted {
			return found, context.Canceled
		}
		return found, errors.New("no candidate could be judged" + firstTrialFailure(result))
	}
	if o.out != "" {
		err = o.trainBest(ctx, in, t, r, result.Best)
	}
	return found, err
}

func firstTrialFailure(t *model.Tuning) string {
	for _, trial := range t.Trials {
		if trial.Failed != "" {
			return ": " + trial.Failed
		}
	}
	return ""
}

// trainBest trains by the best recipe on all rows, and writes the model.
func (o *tuneOptions) trainBest(ctx context.Context, in *input, t *trainingSet, r model.Recipe, best *model.Trial) error {
	r, err := best.Recipe(r)
	if err != nil {
		return err
	}
	e, err := model.Enter(ctx, t.data, t.rows, r, model.Plan{Random: true, Types: true}, o.work(in))
	if err == nil {
		err = e.Failed
	}
	if err != nil {
		return err
	}
	if err := in.sign(ctx, e.Pipeline); err != nil {
		return err
	}
	return writeModel(o.world, o.out, e.Pipeline, o.output.quiet)
}

// trialLog is a line of --log: a trial, under what was asked, so that a log of another
// search is not gone on with.
type trialLog struct {
	Search string      `json:"search"`
	Trial  model.Trial `json:"trial"`
}

// openLog reads the trials of an earlier run, and lets the search add to them. What a
// crash left of a last line is cut off.
func (o *tuneOptions) openLog(ctx context.Context, in *input, opt *model.TuneOptions) (done func() error, err error) {
	if o.log == "" {
		return func() error { return nil }, nil
	}
	search, err := o.searchName(ctx, in)
	if err != nil {
		return nil, err
	}
	trials, whole, err := readTrials(o.log, search)
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(o.log, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return nil, cannotWrite(o.log, err)
	}
	if info, err := f.Stat(); err == nil && info.Size() > whole {
		if err := f.Truncate(whole); err != nil {
			f.Close()
			return nil, cannotWrite(o.log, err)
		}
	}
	opt.Done, opt.Keep = trials, func(t model.Trial) error {
		line, err := json.Marshal(trialLog{search, t})
		if err != nil {
			return err
		}
		if _, err = f.Write(append(line, '\n')); err != nil {
			return cannotWrite(o.log, err)
		}
		return nil
	}
	return f.Close, nil
}

// dataName tells the table from others: by the hash of its file, or of the rows that were
// fetched of a database.
func (in *input) dataName(ctx context.Context) (name string, err error) {
	const shownOfSum = 16
	switch {
	case in.sample:
		return "sample", nil
	case in.fetched != nil:
		h := sha256.New()
		_, err = dataset.WriteCSV(ctx, in.fetched.Table, h, dataset.CSVOptions{})
		name = hex.EncodeToString(h.Sum(nil))
	default:
		name, err = in.file.SHA256(ctx)
	}
	if err != nil {
		return "", err
	}
	return name[:shownOfSum], nil
}

// searchName is what a search was asked that decides its trials: the table, and how and
// by what candidates are made and judged.
func (o *tuneOptions) searchName(ctx context.Context, in *input) (string, error) {
	data, err := in.dataName(ctx)
	if err != nil {
		return "", err
	}
	name := fmt.Sprintf("data=%s algo=%s trials=%v goal=%s split=%s folds=%v seed=%v", data, strings.Join(o.algos, ","), o.trials.value, o.goal.value, o.split.value, o.folds.value, o.seed.value)
	for _, flag := range []string{"plain", "only-settings", "task", "steps", "balance", "calibrate", "fpr", "alerts-per-day", "rows-per-day", "cost", "threshold",
		"group-by", "drop", "feature", "insist", "recipe", "where", "select", "type", "label", "normal"} {
		if f := o.flags.Lookup(flag); f != nil && f.Changed {
			name += " " + flag + "=" + f.Value.String()
		}
	}
	return name, nil
}

// The form of a log: how its lines begin, and how long one can be.
const (
	trialBegins  = `{"search":`
	maxTrialLine = 1 << 20
)

// readTrials reads the trials of a log, and how many bytes they take; none where there is
// no file. A last line that was cut off by a crash is left out.
func readTrials(path, search string) (trials []model.Trial, whole int64, err error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil, 0, usagef("--log %s is a folder; name a file in it", path)
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, fmt.Errorf("cannot read %s: %w", path, err)
	}
	defer f.Close()
	lines := bufio.NewReaderSize(f, maxTrialLine)
	for n := 1; ; n++ {
		line, err := lines.ReadSlice('\n')
		cut := errors.Is(err, io.EOF)
		if err != nil && !cut && !errors.Is(err, bufio.ErrBufferFull) {
			return nil, 0, fmt.Errorf("cannot read %s: %w", path, err)
		}
		if cut && string(line[:min(len(line), len(trialBegins))]) == trialBegins[:min(len(line), len(trialBegins))] {
			return trials, whole, nil
		}
		var one trialLog
		if err := json.Unmarshal(line, &one); err != nil || one.Search == "" {
			return nil, 0, usagef("--log %s: line %d is no trial; name a file that tune has written, or a new one", path, n)
		}
		if one.Search != search {
			return nil, 0, usagef("--log %s is of another search (%s); name another file", path, one.Search)
		}
		trials, whole = append(trials, one.Trial), whole+int64(len(line))
	}
}
