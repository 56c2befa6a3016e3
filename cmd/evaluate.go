package cmd

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/model"
	"github.com/netanom/netanom/report"
	"github.com/netanom/netanom/traffic"
)

type evaluateOptions struct {
	analysis
	modelOptions
	against  string
	slices   []string
	baseline string
}

// modelOptions are the flags of commands that use a model file.
type modelOptions struct {
	path string
	read *model.Pipeline // once it was opened
}

// addFlags adds the flag; records of captures that in reads are made as the model wants.
func (o *modelOptions) addFlags(c *cobra.Command, in *inputOptions) {
	in.setting = o.setting
	c.Flags().StringVar(&o.path, "model", "", "model `file` that netanom train has written (needed)")
}

// open reads the model file.
func (o *modelOptions) open() (*model.Pipeline, error) {
	if o.path == "" {
		return nil, usagef("--model is needed: the file that netanom train --out has written")
	}
	if o.read != nil {
		return o.read, nil
	}
	var err error
	o.read, err = readModel(o.path)
	return o.read, err
}

// setting is what the features of the records mean that the model learned from.
func (o *modelOptions) setting() (s traffic.Setting, err error) {
	if o.path == "" {
		return s, nil
	}
	p, err := o.open()
	if err != nil {
		return s, err
	}
	return p.Schema.Setting, nil
}

// readModel reads a model file.
func readModel(path string) (*model.Pipeline, error) {
	f, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	p, err := model.Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return p, nil
}

// load loads a table with the columns of a pipeline.
func (o *analysis) loadFor(ctx context.Context, in *input, p *model.Pipeline) (*model.Data, error) {
	if err := in.recordsFor(ctx, &o.input, p); err != nil {
		return nil, err
	}
	if len(p.Derived.Derivations) > 0 {
		if err := in.derive(p.Derived); err != nil {
			return nil, err
		}
	}
	table, err := in.table(ctx)
	if err != nil {
		return nil, err
	}
	if _, err = eda.FindClasses(table.Schema(), o.input.normal); err != nil {
		return nil, usageError{err}
	}
	columns, err := p.Schema.ColumnsOf(table.Schema())
	if err != nil {
		return nil, err
	}
	d, err := model.Load(ctx, table, model.DataOptions{Features: columns, Insist: columns, Normal: o.input.normal})
	if err != nil {
		return nil, asked(err)
	}
	return d, nil
}

func newEvaluate(w *world) *cobra.Command {
	o := &evaluateOptions{}
	o.input.needsRows = true
	c := o.command(w, &cobra.Command{
		Use:        "evaluate",
		SuggestFor: []string{"eval", "judge", "score", "metrics"},
		Short:      "Judge a detector by rows it has not seen",
		Long: `Evaluate scores a labelled table with a model file and measures how well that
fits the labels: every figure with its interval, the recall of each attack type,
those that training never saw apart, and each protocol, service and flag by
itself.

Beside the figures stand those of training, by random folds and with attack
types held out, and what makes the difference: the share of attacks, attacks
never seen, columns that have moved.

--against compares with a second model on the same rows; --baseline with the
figures of an earlier run (--format json).

Gates on recall, fpr, roc_auc and the other figures look at the whole file.
Attack types have type_recall, classes class_recall, class_precision and so on,
and the levels of columns slice_recall, slice_fpr, slice_accuracy.`,
		Example: `  netanom simulate --connections 3000 --out traffic.csv
  netanom simulate --connections 1000 --seed 2 --out later.csv
  netanom train traffic.csv --algo rf --out rf.netanom
  netanom train traffic.csv --algo tree --out tree.netanom
  netanom evaluate later.csv --model rf.netanom
  netanom evaluate later.csv --model rf.netanom --against tree.netanom
  netanom evaluate later.csv --model rf.netanom --fail-if 'recall < 0.9'
  netanom evaluate later.csv --model rf.netanom --slice service`,
	}, o.ask)
	o.modelOptions.addFlags(c, &o.input)
	f := c.Flags()
	f.StringVar(&o.against, "against", "", "second model `file` to compare with")
	f.StringSliceVar(&o.slices, "slice", nil, "`column` whose levels to judge apart; repeatable (default: protocol_type, service, flag)")
	f.StringVar(&o.baseline, "baseline", "", "`file` with the JSON of an earlier run, to compare with")
	w.complete(c, "slice", o.input.completeColumns)
	c.GroupID = modelGroup
	return c
}

func (o *evaluateOptions) ask(ctx context.Context, in *input) (found answer, err error) {
	p, err := o.modelOptions.open()
	if err != nil {
		return found, err
	}
	opt := model.EvaluateOptions{Slices: o.slices, Workers: int(o.input.jobs.value)}
	if o.against != "" {
		if opt.Second, err = readModel(o.against); err != nil {
			return found, err
		}
	}
	var before *report.Figures
	if o.baseline != "" {
		if before, err = readFigures(o.baseline); err != nil {
			return found, err
		}
	}
	d, err := o.loadFor(ctx, in, p)
	if err != nil {
		return found, err
	}
	if err := o.knownSlices(in); err != nil {
		return found, err
	}
	in.progress.stageIs("judging")
	e, err := p.Evaluate(ctx, d, opt)
	if err != nil {
		return found, asked(err)
	}
	names := report.ModelNames{First: filepath.Base(o.path), Second: filepath.Base(o.against)}
	if found.sections, err = report.Evaluation(e, names); err != nil {
		return found, err
	}
	if before != nil {
		found.sections = append(found.sections, report.AgainstFigures(e, before, filepath.Base(o.baseline)))
	}
	found.rows = int64(d.Rows)
	found.sections[0].Warnings = append(found.sections[0].Warnings, o.sameData(ctx, in, p)...)
	found.digest = report.EvaluationDigest(found.sections)
	return found, nil
}

// knownSlices spells the columns of --slice as the table does.
func (o *evaluateOptions) knownSlices(in *input) error {
	s := in.source.Schema()
	for i, name := range o.slices {
		at, err := s.Resolve(name)
		if err != nil {
			return usageError{fmt.Errorf("--slice: %w", err)}
		}
		o.slices[i] = s.Columns[at].Name
	}
	return nil
}

// sameData warns of a model that is judged by the file it was trained on.
func (o *evaluateOptions) sameData(ctx context.Context, in *input, p *model.Pipeline) []string {
	if in.sample && p.Training.Path == sampleName {
		return []string{"The model was trained on these rows. It knows them, and the figures say nothing about rows that it does not."}
	}
	if p.Training.SHA256 == "" || in.sample {
		return nil
	}
	if sum, err := in.file.SHA256(ctx); err != nil || sum != p.Training.SHA256 {
		return nil
	}
	return []string{"The model was trained on this file. It knows the rows, and the figures say nothing about rows that it does not."}
}

// readFigures reads the figures of an earlier run.
func readFigures(path string) (*report.Figures, error) {
	f, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	figures, err := report.ReadFigures(f)
	if errors.Is(err, report.ErrNoFigures) {
		return nil, usageError{fmt.Errorf("--baseline %s: %w", path, err)}
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return figures, nil
}
