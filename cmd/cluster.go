package cmd

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/model"
	"github.com/netanom/netanom/report"
)

// plainOptions are the flags of commands that learn from rows without their labels.
type plainOptions struct {
	analysis
	world    *world
	insist   []string
	steps    string
	settings []string
	seed     number
	out      string
	formulas bool
	flags    *pflag.FlagSet
}

// addFlags adds the flags; written says what --out holds.
func (o *plainOptions) addFlags(w *world, c *cobra.Command, written string) {
	o.seed = number{value: 1, high: 1 << 53, kind: whole}
	o.featureFlag(w, c)
	f := c.Flags()
	o.flags = f
	f.Lookup("feature").Usage = "`column` to look at, or all; repeatable (default: all that may be)"
	f.StringSliceVar(&o.insist, "insist", nil, "`column` to look at although it names rows or gives the label away; repeatable")
	f.StringVar(&o.steps, "steps", "", "`steps` before, as in impute,log1p,standard; none for none (default: what suits it)")
	f.StringArrayVar(&o.settings, "set", nil, "`name=value` of a setting of the method; repeatable")
	f.Var(&o.seed, "seed", "seed of everything left to chance")
	own := pflag.NewFlagSet("rows", pflag.ContinueOnError)
	own.StringVar(&o.out, "out", "", "`file` to write "+written+" to, as CSV, gzipped if its name ends in .gz")
	own.BoolVar(&o.formulas, "escape-formulas", false, "put an apostrophe before cells written that begin like a formula")
	addGroup(c, outputGroup, own)
	w.complete(c, "insist", o.input.completeColumns)
	c.GroupID = modelGroup
}

// check refuses flags that contradict each other.
func (o *plainOptions) check() error {
	switch {
	case o.out == "-":
		return usagef("--out - would mix the rows with the answer; name a file")
	case o.formulas && o.out == "":
		return usagef("--escape-formulas is about the rows that --out writes; name a file with --out")
	}
	if o.steps != "" {
		if _, err := model.ParseSteps(o.steps); err != nil {
			return usageError{fmt.Errorf("--steps: %w", err)}
		}
	}
	return nil
}

// object makes a JSON object of --set, nil if there is none.
func (o *plainOptions) object() ([]byte, error) {
	if len(o.settings) == 0 {
		return nil, nil
	}
	object, err := model.ParseSettings(o.settings)
	if err != nil {
		return nil, usageError{fmt.Errorf("--set: %w", err)}
	}
	return object, nil
}

// sets reports whether --set gives a setting.
func (o *plainOptions) sets(name string) bool {
	return slices.ContainsFunc(o.settings, func(s string) bool { return strings.HasPrefix(s, name+"=") })
}

// load takes the table into memory. A label is read where there is one.
func (o *plainOptions) load(ctx context.Context, in *input) (*dataset.Table, *model.Data, error) {
	table, err := in.table(ctx)
	if err != nil {
		return nil, nil, err
	}
	if _, err = eda.FindClasses(table.Schema(), o.input.normal); err != nil {
		return nil, nil, usageError{err}
	}
	d, err := model.Load(ctx, table, model.DataOptions{Features: o.features, Insist: o.insist, Normal: o.input.normal})
	return table, d, asked(err)
}

// write writes rows to the file of --out.
func (o *plainOptions) write(in *input, rows func(w io.Writer, opt dataset.CSVOptions) (int64, error)) error {
	if o.out == "" {
		return nil
	}
	in.progress.stageIs("writing the rows")
	var n int64
	err := writeOut(o.world, o.out, func(w io.Writer) (err error) {
		n, err = rows(w, dataset.CSVOptions{EscapeFormulas: o.formulas})
		return err
	})
	if err == nil && !o.output.quiet {
		o.world.progress.clear()
		o.world.written(n, "row", o.out)
	}
	return err
}

type clusterOptions struct {
	plainOptions
	method   choice
	clusters string
	by       choice
	low      number
	high     number
	rows     number
	samples  number
}

// chosenClusters is the word of --clusters for a number that is chosen.
const chosenClusters = "auto"

func newCluster(w *world) *cobra.Command {
	o := &clusterOptions{
		method: choice{"kmeans", model.ClusterMethods()}, by: choice{"", model.ClusterCriteria()},
		low: number{value: 2, low: 1, high: 1000, kind: whole}, high: number{value: 10, low: 1, high: 1000, kind: whole},
		rows: number{high: 1e9, kind: whole}, samples: number{high: 1000, kind: whole},
	}
	o.world = w
	o.input.needsRows = true
	c := o.command(w, &cobra.Command{
		Use:        "cluster",
		SuggestFor: []string{"clusters", "clustering", "group", "segment", "kmeans", "dbscan", "hdbscan"},
		Short:      "Find groups of rows that are like each other",
		Long: `Cluster groups rows by what they are like, without labels, and says in words
what sets each group apart. Where the table has a label, it is held against the
clusters afterwards: it has no part in making them.

Numbers are put on like scales first, behind logarithms against heavy tails;
--steps does otherwise. How many clusters k-means, a Gaussian mixture (gmm) and
hierarchical clustering make is chosen between --min and --max by --choose:
the silhouette, or BIC for a mixture. DBSCAN and HDBSCAN find the number
themselves, and leave rows out that lie alone.

Large tables: dbscan clusters at most 200,000 rows, hdbscan 50,000, and
hierarchical 8,000 (--set max_rows), a sample if there are more; the others go
to the clusters of these. --rows takes a sample for any method. Clusters of
HDBSCAN have at least 0.5 % of the rows unless --set min_cluster_size says so.

--stability clusters rows drawn anew, and tells which clusters come back.`,
		Example: `  netanom cluster
  netanom simulate --connections 3000 --out traffic.csv
  netanom cluster traffic.csv --method kmeans --clusters 5 --stability 5
  netanom cluster traffic.csv --method hierarchical --set linkage=average
  netanom cluster traffic.csv --method hdbscan --out clustered.csv
  netanom cluster traffic.csv --method gmm --choose bic --max 6`,
	}, o.ask)
	o.addFlags(w, c, "the rows behind their cluster and distance")
	f := c.Flags()
	f.Var(&o.method, "method", o.method.usage("how to find them"))
	f.StringVar(&o.clusters, "clusters", chosenClusters, "`number` of clusters, or auto")
	f.Var(&o.by, "choose", o.by.usage("what the number is chosen by")+" (default: silhouette, or bic for gmm)")
	f.Var(&o.low, "min", "least number that is tried")
	f.Var(&o.high, "max", "largest number that is tried")
	f.Var(&o.rows, "rows", "rows that make the clusters at most, drawn at random; 0: all")
	f.Var(&o.samples, "stability", "times that rows are drawn anew, to see which clusters come back; 0: none")
	w.complete(c, "method", words(o.method.choices...))
	w.complete(c, "choose", words(o.by.choices...))
	w.complete(c, "clusters", words(chosenClusters))
	return c
}

func (o *clusterOptions) ask(ctx context.Context, in *input) (found answer, err error) {
	opt, err := o.options()
	if err != nil {
		return found, err
	}
	_, d, err := o.load(ctx, in)
	if err != nil {
		return found, err
	}
	opt.Work = o.work(in)
	c, err := model.Cluster(ctx, d, d.All(), opt)
	if err != nil {
		return found, asked(err)
	}
	err = o.write(in, func(w io.Writer, opt dataset.CSVOptions) (int64, error) {
		return c.WriteRows(ctx, d, in.filtered, w, opt)
	})
	if err != nil {
		return found, err
	}
	found.rows = int64(d.Rows)
	found.sections = report.Clustered(c)
	found.digest = report.ClusterDigest(found.sections)
	return found, nil
}

// options refuses flags that do not go together, before any work.
func (o *clusterOptions) options() (opt model.ClusterOptions, err error) {
	if err := o.check(); err != nil {
		return opt, err
	}
	opt = model.ClusterOptions{Method: o.method.value, By: o.by.value, Rows: int(o.rows.value), Samples: int(o.samples.value), Seed: uint64(o.seed.value)}
	if o.steps != "" {
		if opt.Steps, err = model.ParseSteps(o.steps); err != nil {
			return opt, usageError{err}
		}
	}
	if opt.Settings, err = o.object(); err != nil {
		return opt, err
	}
	if o.clusters != chosenClusters {
		n, err := strconv.Atoi(o.clusters)
		if err != nil || n < 1 || n > 100_000 {
			return opt, usagef("--clusters %s: give a number from 1 on, or auto", o.clusters)
		}
		opt.Clusters = n
	}
	if err := o.checkNumber(); err != nil {
		return opt, err
	}
	if o.chosen() {
		opt.Min, opt.Max = int(o.low.value), int(o.high.value)
	}
	return opt, asked(model.CheckClusterSettings(opt))
}

// chosen reports whether the number of clusters is chosen among several.
func (o *clusterOptions) chosen() bool {
	return o.clusters == chosenClusters && model.CountsClusters(o.method.value) && !o.sets("n_clusters") && !o.sets("n_components") && !o.sets("distance_threshold")
}

// checkNumber refuses flags about the number of clusters that do nothing.
func (o *clusterOptions) checkNumber() error {
	for _, name := range []string{"n_clusters", "n_components"} {
		if o.sets(name) && o.flags.Changed("clusters") {
			return usagef("--clusters and --set %s say the same; give one", name)
		}
	}
	if o.flags.Changed("clusters") && !model.CountsClusters(o.method.value) {
		return usagef("%s finds the number of clusters itself; leave out --clusters, or give --method kmeans", o.method.value)
	}
	for _, name := range []string{"choose", "min", "max"} {
		if o.flags.Changed(name) && !o.chosen() {
			return usagef("--%s is for choosing the number of clusters, which is given or found here", name)
		}
	}
	least := 2.0
	switch by := o.by.value; {
	case by == "gap" && o.method.value != "kmeans":
		return usagef("--choose gap is for --method kmeans")
	case by == "bic" && o.method.value != "gmm":
		return usagef("--choose bic is for --method gmm")
	case by == "gap" || by == "bic" || by == "" && o.method.value == "gmm":
		least = 1
	}
	if o.chosen() && (o.low.value < least || o.low.value > o.high.value) {
		return usagef("--min %v and --max %v: give numbers from %v on, the least first", o.low.value, o.high.value, least)
	}
	return nil
}
