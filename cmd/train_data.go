package cmd

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/model"
	"github.com/netanom/netanom/report"
	"github.com/netanom/netanom/traffic"
)

// A trainingSet is what models learn from.
type trainingSet struct {
	data    *model.Data
	rows    []int
	cleaned model.Cleaned
	derived dataset.Recipe
}

// trainingData loads and cleans the table. One without a label is enough for detectors.
func (o *trainOptions) trainingData(ctx context.Context, in *input) (*trainingSet, error) {
	features, err := o.fillable(ctx, in)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"windows", "service-map"} {
		if o.flags.Changed(name) && !in.converted() {
			return nil, usagef("--%s says how records of a capture, or with --features of a log of connections, are made; those of a table are made already (netanom flows makes them)", name)
		}
	}
	if o.input.record.clean && !in.converted() {
		return nil, usagef("--clean says that all records of a capture, or with --features of a log of connections, are normal; a table says so by a label")
	}
	t, err := o.load(ctx, in, model.DataOptions{Features: features, Insist: o.insist, Normal: o.input.normal, Group: o.groupBy})
	switch {
	case errors.Is(err, model.ErrNoLabel) && o.detectorsOnly():
		t.rows = t.data.All()
		return t, o.withoutAttacks("the table has none that tells normal from attack", "fpr", "alerts-per-day")
	case err != nil:
		return t, err
	case !t.data.AnyAttack(t.rows):
		if !o.detectorsOnly() {
			return nil, usagef("all labelled rows are normal, and --algo %s learns from attacks too; a detector learns from normal rows alone: --algo %s", strings.Join(o.algos, ","), defaultUnlabelled)
		}
		return t, o.withoutAttacks("all labelled rows are normal")
	}
	return t, nil
}

// withoutAttacks prepares for rows of which none is known to be an attack, and refuses flags that
// make no sense then.
func (o *trainOptions) withoutAttacks(why string, more ...string) error {
	for _, name := range append(more, "cost", "threshold", "calibrate", "balance", "task", "validate", "test", "learning-curve") {
		if o.flags.Changed(name) {
			return usagef("--%s needs a label that knows attacks, and %s", name, why)
		}
	}
	o.unlabelled = true
	return nil
}

// fillable returns the columns to learn from: those that --feature names, or that the
// sources which --features names can fill. It makes records of a log of connections if these are
// asked for.
func (o *trainOptions) fillable(ctx context.Context, in *input) ([]string, error) {
	var wanted []string
	switch o.given.value {
	case "":
		return o.features, nil
	case "conn":
		wanted = traffic.ConnFeatures()
	case "packets":
		wanted = traffic.PacketFeatures()
	}
	if len(o.features) > 0 {
		return nil, usagef("--features %s is a list of columns, and so is --feature; give one", o.given.value)
	}
	setting, err := o.input.recordSetting()
	if err != nil {
		return nil, err
	}
	if err := in.records(ctx, &o.input, setting); err != nil {
		return nil, err
	}
	if _, err := columnsIn(in.filtered.Schema(), wanted); err != nil {
		return nil, usageError{fmt.Errorf("--features %s: %w; give a table of records, a capture or a log of connections", o.given.value, err)}
	}
	return wanted, nil
}

// detectorsOnly reports whether no learner is named that needs a label.
func (o *trainOptions) detectorsOnly() bool {
	for _, a := range o.algos {
		if !model.IsDetector(a) {
			return false
		}
	}
	return true
}

// load derives columns, loads the table, and leaves out the rows that --drop names.
func (o *recipeOptions) load(ctx context.Context, in *input, opt model.DataOptions) (*trainingSet, error) {
	t := &trainingSet{}
	var err error
	if t.derived, err = o.derive(in); err != nil {
		return nil, err
	}
	table, err := in.table(ctx)
	if err != nil {
		return nil, err
	}
	if in.drawn() {
		o.each = float64(in.fetched.Of) / float64(in.fetched.Rows())
	}
	if _, err = eda.FindClasses(table.Schema(), opt.Normal); err != nil {
		return nil, usageError{err}
	}
	if t.data, err = model.Load(ctx, table, opt); err != nil {
		return nil, asked(err)
	}
	if t.rows, err = t.data.Labelled(); err != nil {
		return t, asked(err)
	}
	t.rows, t.cleaned = t.data.Clean(t.rows, o.cleaning())
	return t, nil
}

// asked makes an error of usage of one that says that something was asked wrongly.
func asked(err error) error {
	var name *dataset.NameError
	if errors.Is(err, model.ErrNoLabel) || errors.Is(err, model.ErrColumn) || errors.Is(err, model.ErrSetting) || errors.As(err, &name) {
		return usageError{err}
	}
	return err
}

// openTest loads the file of --test with the columns that are learned from. Of a table of a
// database it notes which rows stand for all.
func (o *trainOptions) openTest(ctx context.Context, plan *model.Plan, d *model.Data, derived dataset.Recipe) error {
	if o.test == "" {
		return nil
	}
	in, err := o.input.open(ctx, o.world, []string{o.test})
	if err != nil {
		return err
	}
	defer in.close()
	for _, sentence := range in.taken() {
		o.testTaken = append(o.testTaken, "Of --test: "+sentence)
	}
	if o.given.value != "" { // the table may have been a log too
		if err := in.records(ctx, &o.input, d.Setting); err != nil {
			return err
		}
	}
	if len(derived.Derivations) > 0 {
		if err := in.derive(derived); err != nil {
			return fmt.Errorf("%s: %w", o.test, err)
		}
	}
	table, err := in.table(ctx)
	if err != nil {
		return err
	}
	columns, err := columnsIn(table.Schema(), d.Features())
	if err != nil {
		return fmt.Errorf("%s: %w", o.test, err)
	}
	if plan.Test, err = model.Load(ctx, table, model.DataOptions{Features: columns, Insist: columns, Normal: o.input.normal}); err != nil {
		return fmt.Errorf("%s: %w", o.test, err)
	}
	if plan.Seen, err = plan.Test.Labelled(); err != nil {
		return fmt.Errorf("%s: %w", o.test, err)
	}
	return nil
}

// columnsIn returns the names that columns have in another table.
func columnsIn(s *dataset.Schema, columns []string) ([]string, error) {
	lacking := &model.MissingError{Inputs: len(columns)}
	var names []string
	for _, c := range columns {
		at, err := s.Resolve(c)
		if err != nil {
			lacking.Columns = append(lacking.Columns, c)
			continue
		}
		names = append(names, s.Columns[at].Name)
	}
	if len(lacking.Columns) > 0 {
		return nil, lacking
	}
	return names, nil
}

// warnings says what of the rows makes figures misleading.
func (t *trainingSet) warnings(plan model.Plan, o model.Cleaning) []string {
	const manyNear, manyRepeats = 0.1, 0.01
	var out []string
	c := &t.cleaned
	if c.Unlabelled > 0 {
		out = append(out, "Left out because they have no label: "+counted(c.Unlabelled, "row")+".")
	}
	if c.Dropped > 0 {
		out = append(out, "Left out by --drop: "+counted(c.Dropped, "row")+".")
	}
	if c.Contradictory > 0 && !o.Contradictions {
		out = append(out, counted(c.Contradictory, "row")+" contradict others: the same features, normal in one and an attack in another. --drop contradictions leaves them out.")
	}
	if float64(c.Repeats) > manyRepeats*float64(c.Rows) && !o.Repeats {
		out = append(out, counted(c.Repeats, "row")+" repeat an earlier one, label included. They stay together in folds; --drop repeats lets each count once.")
	}
	if c.Breaches > 0 && !o.Breaches {
		out = append(out, counted(c.Breaches, "row")+" hold a value that the makers of the layout do not allow (netanom eda says which). --drop breaches leaves them out.")
	}
	if plan.Random && c.NearShare() > manyNear {
		out = append(out, report.Format(report.Share, c.NearShare())+" of the rows nearly equal an earlier one (numbers rounded to one digit), so that random folds judge by rows that training has all but seen. Attack types held out (--validate attacks), a later file (--test), or --validate time or group tell more.")
	}
	return out
}
