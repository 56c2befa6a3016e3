package dataset

import (
	"context"
	"errors"
	"fmt"
)

// errReplan stops a scan whose plan can no longer be right.
var errReplan = errors.New("the columns are not what they seemed")

// Scan reads the whole file and passes its rows to the analyses.
//
// The first scan also checks the guessed kinds on every cell. If one was
// wrong, it starts again with what was learned, and so do the analyses.
func (f *File) Scan(ctx context.Context, analyses ...Analysis) error {
	// Every attempt settles at least one column for good.
	for range 4*len(f.plans) + 4 {
		again, err := f.attempt(ctx, analyses)
		if err != nil || !again {
			return err
		}
	}
	return fmt.Errorf("%s: the columns could not be typed; name their kinds with --type", f.name())
}

// attempt reads the file once and reports whether it has to be read again.
func (f *File) attempt(ctx context.Context, analyses []Analysis) (again bool, err error) {
	r, err := f.newRun(analyses)
	if err != nil {
		return false, err
	}
	err = r.run(ctx)
	switch {
	case errors.Is(err, errReplan):
		f.demote(r.workers)
		return true, nil
	case err != nil:
		return false, err
	case len(r.late) > 0:
		f.addColumns(r.late)
		return true, nil
	}
	if changed := f.settle(r); changed {
		return true, nil
	}
	if r.doubt != nil {
		return false, r.doubt
	}
	if f.checked { // a scan of some columns sees only their problems
		return false, nil
	}
	f.rows, f.problems = r.rows, r.problems
	if f.rows == 0 && f.problems.BadRows == 0 {
		return false, fmt.Errorf("%s: %w", f.name(), ErrNoRows)
	}
	return false, f.check(r.workers)
}

// demote makes text of the coded columns that turned out to have too many
// levels.
func (f *File) demote(workers []*worker) {
	for i := range f.plans {
		if columnFacts(workers, i).overflow {
			f.plans[i] = plan{kind: Text, settled: true}
		}
	}
	f.applyPlans()
}

// settle decides every column from the facts of all workers, and reports
// whether a decision differs from what the scan was made with.
func (f *File) settle(r *run) (changed bool) {
	if f.settled {
		return false
	}
	for i := range f.plans {
		total, p := columnFacts(r.workers, i), f.plans[i]
		next := p.settle(total, r.samples[i], levelCounts(r.workers, i), f.opt.tolerance())
		switch {
		case next != p:
			changed = true
			f.plans[i] = next
		case p.kind != Number || p.fixed:
		case total.flag():
			f.schema.Columns[i].Kind = Flag
		case total.present() == 0 && total.infinite == 0:
			f.schema.Columns[i].Kind = Unknown
		}
	}
	if changed {
		f.applyPlans()
		return true
	}
	f.settled = true
	return false
}

// check counts the problems by column and refuses a table with too many.
func (f *File) check(workers []*worker) error {
	p := &f.problems
	p.Renamed = f.renamed
	p.Columns = make([]ColumnProblems, len(f.plans))
	for i, plan := range f.plans {
		total := columnFacts(workers, i)
		p.Columns[i] = ColumnProblems{Missing: total.missing, BadCells: total.bad, Infinite: total.infinite}
		if plan.kind == Time && plan.layout == DayFirst && !plan.settled && total.present() > 0 {
			p.Columns[i].DayOrMonth = total.onlyThis == 0 && total.onlyOther == 0
		}
		p.BadCells += total.bad
		p.Infinite += total.infinite
		if err := plan.refuse(f.name(), &f.schema.Columns[i], total, p.first(f.schema.Columns[i].Name), f.opt.MaxBad); err != nil {
			return err
		}
	}
	err := p.tooMany(f.name(), f.rows, f.opt.MaxBad)
	f.checked = err == nil
	return err
}

func (p *Problems) first(column string) *CellError {
	for i := range p.Listed {
		if p.Listed[i].Column == column {
			return &p.Listed[i]
		}
	}
	return nil
}

func columnFacts(workers []*worker, column int) *facts {
	total := &facts{}
	for _, w := range workers {
		total.merge(&w.columns[column].facts)
	}
	return total
}

func levelCounts(workers []*worker, column int) []levelCount {
	dict := workers[0].columns[column].dict
	if dict == nil {
		return nil
	}
	counts := make([]levelCount, dict.Len())
	for code, level := range dict.Levels() {
		counts[code].level = level
	}
	for _, w := range workers {
		for code, n := range w.columns[column].cache.counts {
			counts[code].n += n
		}
	}
	return counts
}
