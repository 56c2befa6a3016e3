package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/report"
)

type featureOptions struct {
	analysis
	world       *world
	flags       *pflag.FlagSet
	save, apply string
	out         string
	onlyDerived bool
	window      span
	sort        bool
	rowOrder    bool
	rows        number
	keep        number
	minGain     number
	folds, seed number
}

func newFeatures(w *world) *cobra.Command {
	o := &featureOptions{
		world:   w,
		window:  120,
		rows:    number{value: 100, low: 1, high: 1 << 20, kind: whole},
		keep:    number{high: 1000, kind: whole},
		minGain: number{value: 0.01, high: 2, kind: open},
		folds:   number{value: 5, low: 2, high: 100, kind: whole},
		seed:    number{value: 1, high: 1 << 53, kind: whole},
	}
	o.input.needsRows = true
	c := o.command(w, &cobra.Command{
		Use:        "features",
		SuggestFor: []string{"feature", "derive", "engineer"},
		Short:      "Derive columns, and measure what each would add",
		Long: `Features proposes columns that could be derived from those of a table:
logarithms of heavy tails; totals, shares and differences of two directions;
bytes per packet; frequencies of levels, bins, products, pairs of levels; and
what the rows up to this one say (how many, how many different, what mean), over
time where rows are in its order. Few logs are, for Zeek writes a connection
when it ends: with --sort, rows are put in order first, and written in it.

With normal rows and attacks known, each is measured out of fold: whatever is
learned comes from the rows outside a fold. What beats the best column it is
made from by --min-gain, and not by chance, goes into the recipe; so do
frequencies and logarithms of columns whose effect is not negligible.

--save writes the recipe, --apply uses a saved one on another file instead of
proposing, --out writes the table with the new columns.`,
		Example: `  netanom features --save recipe.json --out derived.csv
  netanom features --feature src_bytes,dst_bytes,duration --window 10m
  netanom features --apply recipe.json --out derived.csv`,
	}, o.ask)
	o.featureFlag(w, c)
	f := c.Flags()
	o.flags = f
	f.StringVar(&o.save, "save", "", "`file` to write the recipe to")
	f.StringVar(&o.apply, "apply", "", "`file` with a recipe to apply instead of proposing")
	f.StringVar(&o.out, "out", "", "`file` to write the table with the new columns to, as CSV, gzipped if its name ends in .gz")
	f.BoolVar(&o.onlyDerived, "only-derived", false, "write the new columns alone, and the label")
	f.Var(&o.window, "window", "how far windows of time look back, as in 30s, 2m, 1h")
	f.BoolVar(&o.sort, "sort", false, "put the rows in the order of their time first, which windows of time need")
	f.BoolVar(&o.rowOrder, "row-order", false, "let windows look back over --rows rows instead of time")
	f.Var(&o.rows, "rows", "rows that a window of --row-order holds")
	f.Var(&o.keep, "keep", "keep that many, the largest gains first (default: by --min-gain)")
	f.Var(&o.minGain, "min-gain", "gain from which on a column is kept")
	f.Var(&o.folds, "folds", "parts of the cross-validation")
	f.Var(&o.seed, "seed", "seed of the assignment of rows to folds")
	return c
}

// ask proposes features, or applies a recipe, and writes what is to be written.
func (o *featureOptions) ask(ctx context.Context, in *input) (answer, error) {
	if err := o.check(); err != nil {
		return answer{}, err
	}
	if err := o.ordered(in); err != nil {
		return answer{}, err
	}
	if err := in.load(ctx); err != nil {
		return answer{}, err
	}
	if o.sort {
		if err := in.sort(); err != nil {
			return answer{}, err
		}
	}
	if o.apply != "" {
		return o.applied(ctx, in)
	}
	found, err := eda.ProposeFeatures(ctx, in.source, o.question(in))
	var source *eda.SourceError
	if errors.As(err, &source) {
		return answer{}, usageError{err}
	}
	if err != nil {
		return answer{}, err
	}
	if err := o.keepResults(ctx, in, found.Recipe); err != nil {
		return answer{}, err
	}
	return answer{rows: found.Rows, sections: []report.Section{report.Features(found)}, digest: []report.Section{report.FeatureDigest(found)}}, nil
}

func (o *featureOptions) question(in *input) eda.FeatureOptions {
	q := eda.FeatureOptions{Sources: o.features, Normal: o.input.normal, Window: float64(o.window),
		Folds: int(o.folds.value), Seed: uint64(o.seed.value), MinGain: o.minGain.value, Keep: int(o.keep.value), Stage: in.progress.stageIs}
	if o.rowOrder {
		q.Rows = int(o.rows.value)
	}
	return q
}

// check refuses flags that do not go together.
func (o *featureOptions) check() error {
	for _, name := range []string{"save", "feature", "window", "row-order", "rows", "keep", "min-gain", "folds", "seed"} {
		if o.apply != "" && o.flags.Changed(name) {
			return usagef("--apply uses a recipe as it is; --%s is for making one", name)
		}
	}
	switch {
	case o.rowOrder && o.flags.Changed("window"):
		return usagef("--window is a span of time, and --row-order counts rows; say how many with --rows")
	case !o.rowOrder && o.flags.Changed("rows"):
		return usagef("--rows is the size of the windows of --row-order; add that flag")
	case o.onlyDerived && o.out == "":
		return usagef("--only-derived says what --out writes; give --out")
	case o.out == "-":
		return usagef("--out needs a file: standard output has the answer")
	}
	return nil
}

// ordered refuses to look back on rows that have no order, or of which some are not there.
func (o *featureOptions) ordered(in *input) error {
	switch {
	case in.fetched == nil:
	case o.rowOrder:
		return usagef("the rows of a database have no order to look back on; leave out --row-order")
	case o.sort && in.drawn():
		return usagef("--sort is for features that look back on the rows before a row, and %s", someDrawn)
	}
	return nil
}

// applied applies a saved recipe.
func (o *featureOptions) applied(ctx context.Context, in *input) (answer, error) {
	recipe, err := readRecipe(o.apply)
	if err != nil {
		return answer{}, err
	}
	if err := in.canDerive(recipe); err != nil {
		return answer{}, fmt.Errorf("%s: %w", o.apply, err)
	}
	src, err := dataset.Derive(in.source, recipe)
	if err != nil {
		return answer{}, fmt.Errorf("%s: %w", o.apply, err)
	}
	var names []string
	for _, d := range recipe.Derivations {
		names = append(names, d.Name)
	}
	profile, err := eda.Describe(ctx, src, eda.DescribeOptions{Features: names})
	if err != nil {
		return answer{}, err
	}
	if err := o.writeTable(ctx, in, recipe); err != nil {
		return answer{}, err
	}
	section := report.AppliedRecipe(recipe, profile)
	return answer{rows: profile.Rows, sections: []report.Section{section}}, nil
}

// keepResults writes the recipe and the table, where that was asked for.
func (o *featureOptions) keepResults(ctx context.Context, in *input, recipe dataset.Recipe) error {
	if (o.save != "" || o.out != "") && len(recipe.Derivations) == 0 {
		return errors.New("no column is worth keeping, so there is no recipe to write; ask for the best with --keep, or lower --min-gain")
	}
	if o.save != "" {
		if err := writeOut(o.world, o.save, func(w io.Writer) error { return dataset.WriteRecipe(w, recipe) }); err != nil {
			return err
		}
		o.say(int64(len(recipe.Derivations)), "derivation", o.save)
	}
	return o.writeTable(ctx, in, recipe)
}

// writeTable writes the table with the columns of a recipe. It reads the file
// anew, so that the cells of the file are written as they stand there, unless rows
// were sorted, which only a table in memory can be.
func (o *featureOptions) writeTable(ctx context.Context, in *input, recipe dataset.Recipe) error {
	if o.out == "" {
		return nil
	}
	in.progress.stageIs("writing the table")
	table := in.filtered
	if o.sort {
		table = in.source
	}
	src, err := dataset.Derive(table, recipe)
	if err != nil {
		return err
	}
	if o.onlyDerived {
		var names []string
		if s := src.Schema(); s.Label() >= 0 {
			names = append(names, s.Columns[s.Label()].Name)
		}
		for _, d := range recipe.Derivations {
			names = append(names, d.Name)
		}
		if src, err = dataset.Select(src, names); err != nil {
			return err
		}
	}
	var rows int64
	err = writeOut(o.world, o.out, func(w io.Writer) error {
		rows, err = dataset.WriteCSV(ctx, src, w, dataset.CSVOptions{})
		return err
	})
	if err != nil {
		return err
	}
	o.say(rows, "row", o.out)
	return nil
}

// say tells what was written, unless asked to be quiet.
func (o *featureOptions) say(n int64, thing, path string) {
	if !o.output.quiet {
		o.world.progress.clear()
		o.world.written(n, thing, path)
	}
}

// sort puts the rows of a table in memory in the order of their time.
func (in *input) sort() error {
	table, ok := in.source.(*dataset.Table)
	if !ok {
		return errors.New("the file is too large for --sort; sort it by its time first")
	}
	s := table.Schema()
	clock := s.Clock()
	if clock < 0 || s.Columns[clock].Kind != dataset.Time {
		return usagef("--sort needs a time column, and there is none; --row-order takes the rows as they stand")
	}
	sorted, err := table.SortBy(clock)
	if err == nil {
		in.source = sorted
	}
	return err
}
