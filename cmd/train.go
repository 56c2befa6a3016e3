package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/netanom/netanom/model"
	"github.com/netanom/netanom/report"
)

type trainOptions struct {
	analysis
	recipeOptions
	world    *world
	algos    []string
	settings []string
	validate []string
	groupBy  string
	test     string
	out      string
	card     string
	policy   []string
	curve    bool
	allRows  bool
	given    choice // what the rows to score will have
	rounds   number

	testTaken  []string // which rows of a database --test names
	unlabelled bool     // the table has no label that tells normal from attack
}

// The ways to judge learners, by the names of --validate.
var validations = []string{"random", "attacks", "group", "time", "none"}

// The learners that are trained if none is named: with a label, and without one.
const (
	defaultAlgo       = "hybrid"
	defaultUnlabelled = "ensemble"
)

// allAlgos stands for every learner.
const allAlgos = "all"

func newTrain(w *world) *cobra.Command {
	o := &trainOptions{world: w, rounds: number{value: 1, low: 1, high: 100, kind: whole}, given: choice{"", []string{"conn", "packets"}}}
	o.input.needsRows, o.input.second = true, &o.test
	c := o.command(w, &cobra.Command{
		Use:        "train",
		SuggestFor: []string{"fit", "learn", "model", "detector", "automl"},
		Short:      "Train a detector, and judge it honestly",
		Long: `Train learns from a labelled table to tell attacks from normal traffic, judges
what it learned by rows that it has not seen, and writes a model file that
netanom evaluate, predict and explain read. The file runs no code.

Judging is done twice. By random folds, models know every attack type of the
rows they are judged by, and all figures are near 1: that says little about
tomorrow. With whole attack types held out (--validate attacks), they meet
attacks of which they have seen none, as in real life. A test file of its own
(--test) is used as it is.

--algo takes one learner, several, or all, and shows them in one table with a
baseline that knows only how frequent attacks are. The best is written to --out.
Columns made from the label (NSL-KDD's difficulty, last_flag), identifiers and
times are not learned from.`,
		Example: `  netanom simulate --connections 2000 --out small.csv
  netanom train small.csv --out detector.netanom
  netanom train small.csv --algo gbt --fpr 0.01 --out detector.netanom
  netanom train small.csv --algo all --validate random --folds 2
  netanom train small.csv --algo logreg --set C=0.1 --steps impute,standard
  netanom train small.csv --algo tree --set max_depth=4 --task category
  netanom train small.csv --features conn --algo rf --out conn.netanom`,
	}, o.ask)
	o.featureFlag(w, c)
	f := c.Flags()
	f.Lookup("feature").Usage = "`column` to learn from, or all; repeatable (default: all that may be)"
	o.input.record.flags(w, c)
	f.BoolVar(&o.input.record.clean, "clean", false, "the capture or log is of a period known to be clean: all its records are normal")
	f.Var(&o.given, "features", o.given.usage("learn from what such sources can fill, so that it can score them"))
	f.StringSliceVar(&o.algos, "algo", nil, "`learner`: "+strings.Join(model.Kinds(), ", ")+"; several, or all (default: hybrid, or ensemble without a label)")
	f.StringArrayVar(&o.settings, "set", nil, "`name=value` of a setting of the learner; repeatable")
	o.addFlags(w, c, &o.input)
	f.StringSliceVar(&o.validate, "validate", []string{"random", "attacks"}, "`words` for how to judge: "+strings.Join(validations, ", "))
	f.Var(&o.rounds, "rounds", "times that random folds are dealt out anew")
	f.StringVar(&o.groupBy, "group-by", "", "`column` whose rows of one value stay together, for --validate group")
	f.StringVar(&o.test, "test", "", "`file` to judge by that is not trained on")
	f.BoolVar(&o.allRows, "all-rows", false, "let detectors learn from attacks too, instead of normal rows alone")
	f.BoolVar(&o.curve, "learning-curve", false, "measure how well fewer rows would do")
	f.StringVar(&o.out, "out", "", "`file` to write the model to, or the best of several")
	f.StringSliceVar(&o.policy, "policy", nil, policyUsage("where the model is served"))
	w.complete(c, "features", words(o.given.choices...))
	w.complete(c, "policy", words(policyWords()...))
	f.StringVar(&o.card, "card", "", "`file` to write a model card to, as Markdown, or as JSON if its name ends in .json")
	w.complete(c, "algo", words(append(model.Kinds(), allAlgos)...))
	w.complete(c, "validate", words(validations...))
	w.complete(c, "group-by", o.input.completeColumns)
	c.GroupID = modelGroup
	return c
}

// ask trains, judges and writes.
func (o *trainOptions) ask(ctx context.Context, in *input) (answer, error) {
	plan, err := o.plan()
	if err != nil {
		return answer{}, err
	}
	t, err := o.trainingData(ctx, in)
	if err != nil {
		return answer{}, err
	}
	if err := o.openTest(ctx, &plan, t.data, t.derived); err != nil {
		return answer{}, err
	}
	if o.unlabelled {
		plan = model.Plan{}
	}
	entries, interrupted, err := o.enterAll(ctx, in, t, plan)
	if err != nil {
		return answer{}, err
	}
	if interrupted {
		ctx = context.WithoutCancel(ctx)
	}
	model.Rank(entries)
	best := bestOf(entries)
	if best == nil {
		return answer{}, fmt.Errorf("nothing could be trained: %w", firstFailure(entries))
	}
	found := answer{rows: int64(t.data.Rows), interrupted: interrupted}
	if best.Pipeline.Policy, err = model.ParsePolicy(best.Pipeline.Policy, o.policy); err != nil { // plan has tried it
		return answer{}, err
	}
	if err := in.sign(ctx, best.Pipeline); err != nil {
		return answer{}, err
	}
	if o.out != "" {
		if err := writeModel(o.world, o.out, best.Pipeline, o.output.quiet); err != nil {
			return answer{}, err
		}
	}
	found.sections = append(report.Contest(entries), report.TrainingData(t.data, len(t.rows)))
	if best.Choice != nil {
		found.sections = append(found.sections, report.HybridChoice(best.Choice))
	}
	if err := o.addDuels(ctx, t, entries, &found); err != nil {
		return answer{}, err
	}
	if o.curve {
		curve, err := model.LearningCurve(ctx, t.data, t.rows, best.Recipe, model.GoalROC, o.work(in))
		if err != nil {
			return answer{}, err
		}
		found.sections = append(found.sections, report.LearningCurve(best.Title, model.GoalROC, curve))
	}
	found.sections[0].Warnings = append(found.sections[0].Warnings, slices.Concat(t.warnings(plan, o.cleaning()), o.testTaken)...)
	if interrupted {
		found.sections[0].Warnings = append(found.sections[0].Warnings, "Interrupted: the learners that are not listed were not tried.")
	}
	found.digest = report.TrainDigest(found.sections)
	found.sections = append(found.sections, report.Card(best.Pipeline)...)
	if o.card != "" {
		return found, o.writeCard(best.Pipeline)
	}
	return found, nil
}

// addDuels compares the first of several learners with the others.
func (o *trainOptions) addDuels(ctx context.Context, t *trainingSet, entries []*model.Entry, found *answer) error {
	if len(entries) < 3 { // one, and the baseline
		return nil
	}
	duels, err := model.Duels(ctx, t.data, entries)
	if err != nil || len(duels) == 0 {
		return err
	}
	s, err := report.Duels(duels)
	found.sections = append(found.sections, s)
	return err
}

// writeCard writes the model card: as JSON if the file's name says so, else as Markdown.
func (o *trainOptions) writeCard(p *model.Pipeline) error {
	doc := report.CardDocument(p)
	write := doc.WriteMarkdown
	if strings.EqualFold(filepath.Ext(o.card), ".json") {
		write = doc.WriteJSON
	}
	return writeOut(o.world, o.card, write)
}

// plan says by what to judge.
func (o *trainOptions) plan() (model.Plan, error) {
	if err := o.recipeOptions.check(); err != nil {
		return model.Plan{}, err
	}
	if err := o.checkFiles(); err != nil {
		return model.Plan{}, err
	}
	if len(o.settings) > 0 && o.single() == "" {
		return model.Plan{}, usagef("--set is for one learner; name it with --algo")
	}
	var plan model.Plan
	for _, v := range o.validate {
		switch v {
		case "random":
			plan.Random = true
		case "attacks":
			plan.Types = true
		case "group", "time":
			if plan.Other != "" {
				return plan, usagef("--validate takes group or time, not both")
			}
			plan.Other = model.Split(v)
		case "none":
			if len(o.validate) > 1 {
				return plan, usagef("--validate none goes with nothing else")
			}
		default:
			return plan, usagef("--validate %s: choose one of %s%s", v, strings.Join(validations, ", "), didYouMean(v, validations))
		}
	}
	if (plan.Other == model.ByGroup) != (o.groupBy != "") {
		return plan, usagef("--validate group and --group-by go together")
	}
	plan.Folds, plan.Rounds = int(o.folds.value), int(o.rounds.value)
	wanted, err := o.wanted()
	if err == nil && o.out != "" && len(wanted) > 2 && !plan.Random && !plan.Types && plan.Other == "" && o.test == "" {
		err = usagef("--out keeps the best of several learners, and --validate none judges none; give one learner, or a way to judge")
	}
	return plan, err
}

// checkFiles refuses to write files among an answer, and what a file cannot say.
func (o *trainOptions) checkFiles() error {
	if _, err := model.ParsePolicy(model.Policy{}, o.policy); err != nil {
		return usageError{fmt.Errorf("--policy: %w", err)}
	}
	if o.out == "-" || o.card == "-" {
		return usagef("--out and --card need a file: standard output has the answer")
	}
	return nil
}

// single is the learner that the user named; "" if there are several.
func (o *trainOptions) single() string {
	if names := slices.Compact(slices.Clone(o.named())); len(names) == 1 && names[0] != allAlgos {
		return names[0]
	}
	return ""
}

// named are the learners that the user has named, or those that are usual.
func (o *trainOptions) named() []string {
	switch {
	case len(o.algos) > 0:
		return o.algos
	case o.unlabelled:
		return []string{defaultUnlabelled}
	}
	return []string{defaultAlgo}
}

// wanted are the learners to train, the baseline among them where there are figures to
// compare.
func (o *trainOptions) wanted() ([]string, error) {
	var names []string
	for _, a := range o.named() {
		if a == allAlgos {
			names = append(names, model.Kinds()...)
			continue
		}
		if _, err := model.KindNamed(a); err != nil {
			return nil, usageError{fmt.Errorf("--algo: %w", err)}
		}
		names = append(names, a)
	}
	if !o.unlabelled {
		names = append(names, "baseline")
	}
	slices.Sort(names)
	return model.SortedKinds(slices.Compact(names)), nil
}

// enterAll trains and judges the learners one after the other. An interruption after
// the first keeps what there is.
func (o *trainOptions) enterAll(ctx context.Context, in *input, t *trainingSet, plan model.Plan) (entries []*model.Entry, interrupted bool, err error) {
	names, err := o.wanted()
	if err != nil {
		return nil, false, err
	}
	for _, name := range names {
		settings := o.settings
		if name != o.single() {
			settings = nil
		}
		r, err := o.recipe(name, settings, t.data)
		if err != nil {
			return nil, false, err
		}
		if name == "baseline" {
			r.Steps = nil
		}
		r.Derived, r.AllRows = t.derived, o.allRows
		e, err := model.Enter(ctx, t.data, t.rows, r, plan, o.work(in))
		if ctx.Err() != nil && bestOf(entries) != nil {
			return entries, true, nil
		}
		if err != nil {
			return nil, false, err
		}
		if e.Failed != nil && name == o.single() {
			return nil, false, asked(e.Failed)
		}
		entries = append(entries, e)
	}
	return entries, false, nil
}

// work says how long work goes, and how it is shown.
func (a *analysis) work(in *input) model.Work {
	return model.Work{Workers: int(a.input.jobs.value), Stage: in.progress.stageIs, Progress: in.progress.steps}
}

// bestOf returns the first learner with a model that is no baseline; the baseline where
// there is no other; nil if there is none.
func bestOf(entries []*model.Entry) *model.Entry {
	var baseline *model.Entry
	for _, e := range entries {
		switch {
		case e.Failed != nil:
		case e.Algo != "baseline":
			return e
		default:
			baseline = e
		}
	}
	return baseline
}

func firstFailure(entries []*model.Entry) error {
	for _, e := range entries {
		if e.Failed != nil {
			return e.Failed
		}
	}
	return errors.New("no learner was named")
}

// sign puts into a pipeline where it came from.
func (in *input) sign(ctx context.Context, p *model.Pipeline) (err error) {
	p.Training.Netanom, p.Training.Path = version(), in.name()
	if in.path == "-" {
		p.Training.Path = "standard input"
	}
	if in.sample {
		p.Training.Path = sampleName
		return nil
	}
	p.Training.SHA256, err = in.file.SHA256(ctx)
	return err
}

// writeModel writes a model file.
func writeModel(w *world, path string, p *model.Pipeline, quiet bool) error {
	if err := writeOut(w, path, func(out io.Writer) error { return p.Write(out) }); err != nil {
		return err
	}
	if !quiet {
		w.progress.clear()
		fmt.Fprintf(w.stderr, "netanom: the model is in %s\n", path)
	}
	return nil
}
