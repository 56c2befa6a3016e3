package eda

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/netanom/netanom/dataset"
)

// Ask implements dataset.Asking: an engine counts rows in bins of time.
func (c *clockScan) Ask(ctx context.Context, e dataset.Engine) error {
	switch {
	case c.rowOrder:
		c.err = errors.New("the rows of a database have no order to make steps of; name a column of times with --time")
	case errors.Is(c.err, ErrNoTime):
		c.err = noTime(e.Schema(), false)
	}
	if c.column < 0 {
		return nil
	}
	wide, err := e.Wide(ctx, []int{c.column}, nil)
	if err != nil {
		return err
	}
	t, m := &c.workers[0], wide[0].Moments
	t.rows, t.untimed = m.N+wide[0].Missing, wide[0].Missing
	if m.N == 0 {
		return nil
	}
	t.first, t.last = m.Min, m.Max
	return t.ask(ctx, e, c.column)
}

// ask finds the narrowest bins that are not too many, and counts their rows.
func (t *clockTally) ask(ctx context.Context, e dataset.Engine, column int) error {
	lo, hi := 0, len(binWidths)-1 // what is too narrow is below lo, and hi is wide enough
	for hi > 0 && t.binsOf(hi-1) <= maxBins {
		hi--
	}
	for t.bins = nil; lo < hi || t.bins == nil; {
		width := (lo + hi) / 2
		tables, err := countCells(ctx, e, dataset.Set{Most: maxBins + 1, Keys: []dataset.Key{{Column: column, Step: binWidths[width]}}})
		if err != nil {
			return err
		}
		bins := tables[0].bins()
		switch fits := !tables[0].over && len(bins) <= maxBins; {
		case fits:
			hi, t.width, t.bins = width, width, bins
		case width == len(binWidths)-1:
			return fmt.Errorf("column %q spreads over too long a time for its rows to be counted in bins", e.Schema().Columns[column].Name)
		default:
			lo, hi = width+1, max(hi, width+1)
		}
	}
	return nil
}

// binsOf is how many bins of a width there are between the first and the last time.
func (t *clockTally) binsOf(width int) float64 {
	return math.Floor(t.last/binWidths[width]) - math.Floor(t.first/binWidths[width]) + 1
}

// bins returns the rows of each bin; those without a time are in none.
func (t *cellTable) bins() map[int64]int64 {
	bins := map[int64]int64{}
	for k, n := range t.n {
		if bin := t.cells[0][k]; bin == bin {
			bins[int64(bin)] += n
		}
	}
	return bins
}

// Ask implements dataset.Asking: an engine counts and adds up in steps. Rows are where the
// clock found them, or the table has changed.
func (r *resampler) Ask(ctx context.Context, e dataset.Engine) error {
	if err := r.ask(ctx, e); err != nil {
		var no unaskable
		if errors.As(err, &no) {
			r.refused, err = err, nil
		}
		return err
	}
	n := r.out.Untimed + r.out.Outside.Rows
	for step, rows := range r.out.Counts {
		if n += rows; r.out.Attacks != nil && r.out.Attacks[step] > rows {
			return dataset.ErrChanged
		}
	}
	if n != r.out.Rows {
		return dataset.ErrChanged
	}
	return nil
}

// An unaskable says why an engine cannot be asked for something, while it may be for others.
type unaskable string

// Error reads as a sentence.
func (r unaskable) Error() string { return string(r) }

func unaskablef(format string, args ...any) error { return unaskable(fmt.Sprintf(format, args...)) }

func (r *resampler) ask(ctx context.Context, e dataset.Engine) (err error) {
	if r.strays {
		if e, err = r.inside(ctx, e); err != nil {
			return err
		}
	}
	set := dataset.Set{Keys: []dataset.Key{{Column: r.clock, Start: r.out.Start, Step: r.out.Step}}}
	for _, m := range r.measures {
		if !slices.Contains(set.Sums, m.column) {
			set.Sums = append(set.Sums, m.column)
		}
	}
	if r.label >= 0 {
		byLabel := set
		byLabel.Keys = append(slices.Clone(set.Keys), dataset.Key{Column: r.label})
		tables, err := countCells(ctx, e, byLabel)
		if err != nil {
			return err
		}
		if !tables[0].over {
			return r.add(&tables[0], set.Sums, e.Schema().Columns[r.label].Dict)
		}
	}
	tables, err := countCells(ctx, e, set)
	if err != nil {
		return err
	}
	if tables[0].over {
		return unaskablef("%s are more than the database counts; choose longer steps with --every", plural(int64(r.out.Steps), "step"))
	}
	if err := r.add(&tables[0], set.Sums, nil); err != nil {
		return err
	}
	return r.attacks(ctx, e)
}

// inside returns the rows of the span that the steps cover, and counts the others.
func (r *resampler) inside(ctx context.Context, e dataset.Engine) (dataset.Engine, error) {
	t := r.out
	name, ok := conditionName(e.Schema(), r.clock)
	if !ok {
		return nil, unaskablef("some rows lie far apart from the others in time, and no condition can hold column %q to leave them out, because there is a backtick in its name", t.Clock)
	}
	outside, err := whereOf(e, fmt.Sprintf("%s < %s || %s > %s", name, numberWord(t.First), name, numberWord(t.Last)))
	if err != nil {
		return nil, err
	}
	wide, err := outside.Wide(ctx, []int{r.clock}, nil)
	if err != nil {
		return nil, err
	}
	if m := wide[0].Moments; m.N > 0 {
		t.Outside = Outside{Rows: m.N, Earliest: m.Min, Latest: m.Max}
	}
	return whereOf(e, fmt.Sprintf("%s >= %s && %s <= %s", name, numberWord(t.First), name, numberWord(t.Last)))
}

// add adds up the groups of a table of steps, and of labels if it has them: codes of
// dict, which of some rows need not be that of all. sums are the columns of its sums.
func (r *resampler) add(t *cellTable, sums []int, dict *dataset.Dict) error {
	for k, n := range t.n {
		if t.cells[0][k] != t.cells[0][k] { // without a time
			continue
		}
		step := r.out.within(t.cells[0][k])
		r.out.Counts[step] += n
		if len(t.cells) > 1 {
			there := codeOf(t.cells[1][k])
			code := sameLevel(dict, r.labels.dict, there)
			if code == dataset.MissingCode && there != dataset.MissingCode { // it was not among those of all rows
				return dataset.ErrChanged
			}
			if r.labels.isAttackAt(code, r.classes) {
				r.out.Attacks[step] += n
				r.labels.add(step, code, n)
			}
		}
		for i := range r.measures {
			m := &r.measures[i]
			at := slices.Index(sums, m.column)
			if known := t.known[at][k]; known > 0 {
				m.sums[step] += t.sums[at][k]
				m.counts[step] += known
			}
		}
	}
	return nil
}

// attacks counts the attacks of each step where there are too many different ones to
// tell them apart.
func (r *resampler) attacks(ctx context.Context, e dataset.Engine) error {
	if r.label < 0 {
		return nil
	}
	name, ok := conditionName(e.Schema(), r.label)
	if !ok {
		return unaskablef("column %q has too many levels to count attacks by, and no condition can hold it, because there is a backtick in its name", r.out.Label)
	}
	normal := make([]string, len(r.classes.Normal))
	for k, level := range r.classes.Normal {
		normal[k] = strconv.Quote(level)
	}
	left, err := whereOf(e, fmt.Sprintf("%s not in (%s)", name, strings.Join(normal, ", ")))
	if err != nil {
		return err
	}
	tables, err := countCells(ctx, left, dataset.Set{Keys: []dataset.Key{{Column: r.clock, Start: r.out.Start, Step: r.out.Step}}})
	if errors.Is(err, dataset.ErrNoData) { // no row is an attack
		return nil
	}
	if err != nil {
		return err
	}
	for k, n := range tables[0].n {
		if step := tables[0].cells[0][k]; step == step {
			r.out.Attacks[r.out.within(step)] += n
		}
	}
	r.labels.full = true
	return nil
}
