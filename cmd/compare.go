package cmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/dataset/sql"
	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/report"
	"github.com/netanom/netanom/stats"
)

type compareOptions struct {
	analysis
	adjust     choice
	alpha, psi number
}

func newCompare(w *world) *cobra.Command {
	o := &compareOptions{
		adjust: choice{"bh", []string{"bonferroni", "holm", "hochberg", "hommel", "bh", "by"}},
		alpha:  number{value: 0.05, high: 1, kind: open},
		psi:    number{value: 0.25, high: 1000, kind: open},
	}
	c := o.command(w, &cobra.Command{
		Use:        "compare",
		SuggestFor: []string{"diff", "drift", "shift", "psi"},
		Short:      "Hold a file against another: drift, new levels, overlap",
		Long: `Compare asks whether a second file holds the same traffic as a first one, the
reference, which may be what a model has learned from. Columns are matched by
their names in any spelling.

The verdict on a column does not grow with the number of rows: it is that of the
population stability index (PSI) over the deciles or levels of the first file,
where up to 0.1 is stable, above it shifts, and above --psi drifts. Beside it
stands the index among normal rows alone, which tells new normal traffic from
another mix of attacks; the test of one distribution (Kolmogorov-Smirnov for
numbers, chi-square for levels) with its effect size; and the Jensen-Shannon
distance to base 2.

Then come levels and labels that only one file has, what another share of
attacks does to accuracy and precision, and the rows of the second file that are
in the first already. All flags about reading hold for both files; data in the
answer's head are those of the second.`,
		Example: `  netanom simulate --connections 5000 --out train.csv
  netanom simulate --connections 5000 --seed 2 --out new.csv
  netanom compare train.csv new.csv
  netanom compare train.csv new.csv --fail-if 'psi > 100' --format json`,
	}, o.ask)
	c.Use = "compare REFERENCE [FILE]"
	c.Args = twoFiles
	c.ValidArgsFunction = twoFileNames
	c.RunE = func(c *cobra.Command, args []string) error { return o.run(c, w, args, o.open, o.ask) }
	o.featureFlag(w, c)
	o.output.privacyFlag(c)
	c.Flags().Var(&o.adjust, "adjust", o.adjust.usage("how p-values are adjusted for the number of columns"))
	c.Flags().Var(&o.alpha, "alpha", "1 - alpha is the level of the intervals")
	c.Flags().Var(&o.psi, "psi", "stability index above which a column drifts")
	w.complete(c, "adjust", words(o.adjust.choices...))
	return c
}

// twoFiles accepts a reference and perhaps the file to hold against it.
func twoFiles(c *cobra.Command, args []string) error {
	switch len(args) {
	case 0:
		return errTwoFiles(c.CommandPath())
	case 1, 2:
		return nil
	}
	return usagef("%s takes two files, not %d (%s)", c.CommandPath(), len(args), strings.Join(args, " "))
}

// errTwoFiles says what the command needs.
func errTwoFiles(command string) error {
	return usagef("%s takes two files: the reference, then the one to hold against it", command)
}

// open opens the reference and the file that is held against it.
func (o *compareOptions) open(ctx context.Context, w *world, args []string) (*input, error) {
	path, _, err := o.input.path(w, args[1:])
	switch {
	case err != nil:
		return nil, err
	case path == "":
		return nil, errTwoFiles("netanom compare")
	case args[0] == "-" && path == "-":
		return nil, usagef("only one of the two files can be standard input")
	}
	o.input.second = &path
	reference, err := o.input.open(ctx, w, args[:1])
	if err != nil {
		return nil, err
	}
	in, err := o.input.open(ctx, w, args[1:])
	if err != nil {
		reference.close()
		return nil, err
	}
	in.reference = reference
	return in, nil
}

func (o *compareOptions) ask(ctx context.Context, in *input) (found answer, err error) {
	opt := eda.CompareOptions{Features: o.features, Normal: o.input.normal, Level: 1 - o.alpha.value, PSI: o.psi.value, Stage: in.progress.stageIs}
	if opt.Adjust, err = stats.ParseAdjustment(o.adjust.value); err != nil {
		return found, usageError{err}
	}
	first := in.reference
	for _, table := range []*input{first, in} {
		err := table.load(ctx)
		if errors.Is(err, dataset.ErrNoData) { // of two files, say which
			err = fmt.Errorf("%s: %w", table.path, err)
		}
		if err != nil {
			return found, err
		}
	}
	if o.output.hashes() {
		if first.sha256, err = first.file.SHA256(ctx); err != nil {
			return found, err
		}
	}
	c, err := eda.Compare(ctx, first.source, in.source, opt)
	if err != nil {
		if _, wrong := eda.FindClasses(first.source.Schema(), opt.Normal); wrong != nil && err.Error() == wrong.Error() {
			err = usageError{err}
		}
		return found, err
	}
	sections := report.Compare(c, first.path, o.output.private)
	for _, warning := range slices.Concat(first.mistakes(), first.unread()) {
		sections[0].Warnings = append(sections[0].Warnings, "First table: "+warning)
	}
	switch {
	case sql.IsAddress(in.path) && first.path == in.path:
		sections[0].Warnings = append(sections[0].Warnings, "Both addresses are those of one table.")
	case sameFile(first.path, in.path):
		sections[0].Warnings = append(sections[0].Warnings, "Both names are those of one file.")
	}
	return answer{rows: c.Rows2, sections: sections, digest: report.CompareDigest(sections)}, nil
}

// sameFile reports whether two names stand for one file.
func sameFile(a, b string) bool {
	infoA, errA := os.Stat(a)
	infoB, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(infoA, infoB)
}
