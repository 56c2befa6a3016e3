package cmd

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/model"
	"github.com/netanom/netanom/report"
)

type projectOptions struct {
	plainOptions
	method choice
	color  []string
	model  string
	rows   number
}

// The words of --color that are no columns.
const (
	byLabel   = "label"
	byClass   = "class"
	byCluster = "cluster"
	byScore   = "score"
)

var colorWords = []string{byLabel, byClass, byCluster, byScore}

func newProject(w *world) *cobra.Command {
	o := &projectOptions{method: choice{"pca", model.ProjectMethods()}, rows: number{value: 3000, low: 10, high: 20000, kind: whole}}
	o.world = w
	o.input.needsRows = true
	c := o.command(w, &cobra.Command{
		Use:        "project",
		SuggestFor: []string{"projection", "pca", "tsne", "umap", "embed", "biplot", "visualize", "visualise"},
		Short:      "Lay rows out in a plane, by PCA, t-SNE or UMAP",
		Long: `Project draws rows as points, so that rows that are like each other stand
together. Principal components (pca) show the directions in which rows differ
most: how much of the variance each has, how many are worth keeping, what they
are made of, and a biplot with the columns as arrows. t-SNE and UMAP keep
neighbours together; the answer says how well (trustworthiness) and what goes
along with the axes.

Labels have no part in where rows stand. --color draws one picture for each of
label (its levels), class (normal or attack), cluster (found by k-means), score
(of a model file, --model), or a column of the table.

t-SNE and UMAP lay out --rows rows; of more, a sample is taken in which every
label keeps some. PCA looks at all rows, and draws so many.`,
		Example: `  netanom project
  netanom simulate --connections 2000 --out traffic.csv
  netanom project traffic.csv --color class,service,src_bytes
  netanom project traffic.csv --method umap --rows 800 --color cluster
  netanom project traffic.csv --method tsne --rows 500 --out projected.csv
  netanom train traffic.csv --algo nb --validate none --out nb.netanom
  netanom project traffic.csv --model nb.netanom`,
	}, o.ask)
	o.addFlags(w, c, "the rows behind their coordinates")
	f := c.Flags()
	f.Var(&o.method, "method", o.method.usage("how to lay rows out"))
	f.StringSliceVar(&o.color, "color", nil, "`words` for what to colour by: label, class, cluster, score, or columns (default: class or label)")
	f.StringVar(&o.model, "model", "", "model `file` by whose score to colour")
	f.Var(&o.rows, "rows", "rows in the picture at most")
	w.complete(c, "method", words(o.method.choices...))
	w.complete(c, "color", words(colorWords...))
	return c
}

func (o *projectOptions) ask(ctx context.Context, in *input) (found answer, err error) {
	opt, err := o.options()
	if err != nil {
		return found, err
	}
	var p *model.Pipeline
	if o.model != "" {
		if p, err = readModel(o.model); err != nil {
			return found, err
		}
	}
	table, d, err := o.load(ctx, in)
	if err != nil {
		return found, err
	}
	opt.Work = o.work(in)
	colors, err := o.colorings(ctx, in, table, d, p)
	if err != nil {
		return found, err
	}
	projection, err := model.Project(ctx, d, d.All(), opt)
	if err != nil {
		return found, asked(err)
	}
	err = o.write(in, func(w io.Writer, opt dataset.CSVOptions) (int64, error) {
		return projection.WriteRows(ctx, in.filtered, w, opt)
	})
	if err != nil {
		return found, err
	}
	found.rows = int64(d.Rows)
	found.sections = report.Projected(projection, colors)
	found.digest = report.ProjectDigest(found.sections)
	return found, nil
}

// options refuses flags that do not go together, before any work.
func (o *projectOptions) options() (opt model.ProjectOptions, err error) {
	if err := o.check(); err != nil {
		return opt, err
	}
	if slices.Contains(o.color, byScore) && o.model == "" {
		return opt, usagef("--color score needs --model: a file that netanom train --out or netanom detect --save has written")
	}
	if o.sets("max_rows") {
		return opt, usagef("--set max_rows and --rows say the same; give --rows")
	}
	opt = model.ProjectOptions{Method: o.method.value, Rows: int(o.rows.value), Seed: uint64(o.seed.value)}
	if o.steps != "" {
		if opt.Steps, err = model.ParseSteps(o.steps); err != nil {
			return opt, usageError{err}
		}
	}
	if opt.Settings, err = o.object(); err != nil {
		return opt, err
	}
	return opt, nil
}

// colorings finds what the rows are coloured by.
func (o *projectOptions) colorings(ctx context.Context, in *input, table *dataset.Table, d *model.Data, p *model.Pipeline) ([]*model.Coloring, error) {
	wanted := slices.Clone(o.color)
	switch {
	case len(wanted) > 0:
	case d.Classes.Known():
		wanted = []string{byClass}
	case d.Label != nil:
		wanted = []string{byLabel}
	}
	if p != nil && !slices.Contains(wanted, byScore) {
		wanted = append(wanted, byScore)
	}
	var out []*model.Coloring
	for _, by := range wanted {
		c, err := o.coloring(ctx, in, table, d, p, by)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(out, func(other *model.Coloring) bool { return other.By == c.By }) {
			continue
		}
		out = append(out, c)
	}
	return out, nil
}

func (o *projectOptions) coloring(ctx context.Context, in *input, table *dataset.Table, d *model.Data, p *model.Pipeline, by string) (*model.Coloring, error) {
	switch by {
	case byLabel, byClass:
		c, err := d.ColorByLabel(by == byClass)
		return c, asked(err)
	case byCluster:
		clusters, err := model.Cluster(ctx, d, d.All(), model.ClusterOptions{Method: "kmeans", Seed: uint64(o.seed.value), Work: o.work(in)})
		if err != nil {
			return nil, fmt.Errorf("--color cluster: %w", err)
		}
		return clusters.Color(d), nil
	case byScore:
		own, err := o.loadFor(ctx, in, p)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", o.model, err)
		}
		return p.ColorByScore(ctx, own, int(o.input.jobs.value))
	}
	c, err := model.ColorByColumn(table, by)
	if err != nil {
		return nil, usageError{fmt.Errorf("--color: %w%s", err, didYouMean(by, colorWords))}
	}
	return c, nil
}
