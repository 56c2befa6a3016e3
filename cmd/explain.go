package cmd

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/netanom/netanom/model"
	"github.com/netanom/netanom/report"
)

type explainOptions struct {
	analysis
	modelOptions
	rows    []string
	depend  []string
	repeats number
	sample  number
	seed    number
	most    number
}

func newExplain(w *world) *cobra.Command {
	o := &explainOptions{
		repeats: number{value: 5, low: 2, high: 100, kind: whole},
		sample:  number{value: 20000, low: 10, high: 1 << 30, kind: whole},
		seed:    number{value: 1, high: 1 << 53, kind: whole},
		most:    number{value: 10, low: 1, high: 1000, kind: whole},
	}
	o.input.needsRows = true
	c := o.command(w, &cobra.Command{
		Use:        "explain",
		SuggestFor: []string{"importance", "shap", "why", "reasons", "interpret"},
		Short:      "Say what a detector goes by, and why a row is an alert",
		Long: `Explain says which columns a model goes by: by how much worse it gets when the
cells of a column are shuffled among the rows (permutation importance, which
needs a label), beside the model's own measure; and how the score changes with a
column, all others being as they are (--depend).

--row names rows of the table, and lists what each of their columns adds to the
score: exactly for trees (Shapley values) and linear models, by sampling for
others. The parts add up to the score. The rules of a decision tree are listed
as sentences.`,
		Example: `  netanom simulate --connections 3000 --out traffic.csv
  netanom train traffic.csv --algo tree --out tree.netanom
  netanom explain traffic.csv --model tree.netanom
  netanom explain traffic.csv --model tree.netanom --row 17 --row 203
  netanom explain traffic.csv --model tree.netanom --depend src_bytes,flag`,
	}, o.ask)
	o.modelOptions.addFlags(c, &o.input)
	f := c.Flags()
	f.StringSliceVar(&o.rows, "row", nil, "`number` of a row of the table, from 1, to give reasons for; repeatable")
	f.StringSliceVar(&o.depend, "depend", nil, "`column` to show the dependence of the score on; repeatable (default: the three that matter most)")
	f.Var(&o.repeats, "repeats", "shuffles of each column")
	f.Var(&o.sample, "sample", "rows looked at, at random, if there are more")
	f.Var(&o.most, "most", "columns listed for a row")
	f.Var(&o.seed, "seed", "seed of shuffles and of the rows looked at")
	w.complete(c, "depend", o.input.completeColumns)
	c.GroupID = modelGroup
	return c
}

func (o *explainOptions) ask(ctx context.Context, in *input) (found answer, err error) {
	p, err := o.modelOptions.open()
	if err != nil {
		return found, err
	}
	numbers, err := o.rowNumbers()
	if err != nil {
		return found, err
	}
	if err := o.knownColumns(p); err != nil {
		return found, err
	}
	d, err := o.loadFor(ctx, in, p)
	if err != nil {
		return found, err
	}
	found.rows = int64(d.Rows)
	if len(numbers) > 0 && in.drawn() {
		return found, usagef("--row counts the rows that are looked at, and of the table some were drawn; choose those in question with --where")
	}
	if len(numbers) > 0 {
		return o.explainRows(p, d, numbers, found)
	}
	rows, err := d.Labelled()
	if err != nil {
		return found, asked(err)
	}
	opt := model.ImportanceOptions{Repeats: int(o.repeats.value), Rows: int(o.sample.value), Seed: uint64(o.seed.value), Work: o.work(in)}
	in.progress.stageIs("shuffling columns")
	list, auc, err := p.Importances(ctx, d, rows, opt)
	if err != nil {
		return found, err
	}
	found.sections = append(found.sections, report.Importances(list, auc, p.GainName()))
	columns := o.depend
	if len(columns) == 0 {
		columns = model.MostImportant(list, 3)
	}
	opt.Rows = 0
	var curves []*model.Dependence
	for _, name := range columns {
		in.progress.stageIs("dependence on " + name)
		one, err := p.Depend(ctx, d, rows, name, opt)
		if err != nil {
			return found, err
		}
		curves = append(curves, one)
	}
	if len(curves) > 0 {
		found.sections = append(found.sections, report.Dependences(curves))
	}
	if rules := p.Rules(); len(rules) > 0 {
		found.sections = append(found.sections, report.Rules(p, rules))
	}
	found.digest = report.ExplainDigest(found.sections)
	return found, nil
}

// knownColumns refuses columns of --depend that the model does not score by, before any
// work.
func (o *explainOptions) knownColumns(p *model.Pipeline) error {
	var names, canons []string
	for _, in := range p.Schema.Inputs {
		names, canons = append(names, in.Name), append(canons, in.Canon)
	}
	for _, name := range o.depend {
		if !slices.Contains(names, name) && !slices.Contains(canons, name) {
			return usagef("--depend: the model was trained without a column %q%s", name, didYouMean(name, names))
		}
	}
	return nil
}

// rowNumbers reads the numbers of --row.
func (o *explainOptions) rowNumbers() ([]int, error) {
	var out []int
	for _, text := range o.rows {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return nil, usagef("--row %s: give the number of a row, from 1", text)
		}
		out = append(out, n)
	}
	return out, nil
}

// explainRows gives the reasons of single rows.
func (o *explainOptions) explainRows(p *model.Pipeline, d *model.Data, numbers []int, found answer) (answer, error) {
	rows := make([]int, len(numbers))
	for i, n := range numbers {
		if rows[i] = n - 1; n > d.Rows {
			return found, usagef("--row %d: the table has %s", n, counted(int64(d.Rows), "row"))
		}
	}
	reasons, list, err := p.ExplainRows(d, rows)
	if err != nil {
		return found, fmt.Errorf("reasons: %w", err)
	}
	found.sections = []report.Section{report.Reasons(reasons, list, int(o.most.value))}
	return found, nil
}
