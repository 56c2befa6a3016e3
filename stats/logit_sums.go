package stats

import (
	"context"
	"fmt"
)

// LogitSums are the data of a logistic regression whose rows stay where they are,
// as in a database: whoever has them adds up. Rows that agree in all categories are one
// pattern.
type LogitSums struct {
	Terms      []LogitTerm // with Codes by pattern, and never Values
	Quantity   []int       // by term: the place among Quantities of what it is, or has slopes of; -1: none
	Ones       []int64     // rows of the class whose odds are modelled, by pattern
	Zeros      []int64     // rows of the other class
	Quantities []Moments   // of all these rows
	Cutoff     float64     // probability at which bins are told apart, see Bins; 0: 0.5
	Adder      LogitAdder
}

// A LogitAdder adds up over the rows of a logistic regression. A row has the numbers
// z: 1, then each quantity less its mean, in the units of LogitUnit.
type LogitAdder interface {
	// Add adds up by pattern.
	Add(ctx context.Context, at LogitPlace) ([]LogitSum, error)
	// Margins returns between which bounds the margins of a direction lie, of the rows that
	// are certain: how far it has each on its right side. Without such rows, low exceeds high.
	Margins(ctx context.Context, at LogitPlace, direction [][]float64) (low, high float64, err error)
	// Bins counts rows by their linear predictor, which ascends from bin to bin.
	Bins(ctx context.Context, at LogitPlace, o LogitBinning) ([]LogitBin, error)
}

// A LogitPlace is where a likelihood is looked at.
type LogitPlace struct {
	By     [][]float64 // by pattern: what each z of its rows counts in the linear predictor
	Weight LogitWeight
	Gone   []LogitMargin // rows that do not count
}

// A LogitMargin are the rows that are certain at a place, and that a direction has on
// their right side by more than a limit.
type LogitMargin struct {
	At, Direction [][]float64 // by pattern, as By of LogitPlace
	Limit         float64
}

// LogitCertainty is the log odds of their own class beyond which rows are certain: fitted
// probabilities are closer than 1e-7 to 0 or 1.
const LogitCertainty = 16.118095550958317

// A LogitWeight is what rows count in the products of a LogitSum.
type LogitWeight uint8

// The weights.
const (
	InformationWeight LogitWeight = iota // p·(1−p), for fitted probabilities p
	UnitWeight                           // 1
	UncertainWeight                      // 1, and 0 of rows that are certain
	SquareWeight                         // squared residual
)

// A LogitSum is what the rows of a pattern add up to. The log likelihood and the score
// may be left out, by 0 and nil, but of InformationWeight.
type LogitSum struct {
	Ones, Zeros int64
	LogLik      float64
	Score       []float64 // Σ residual·z
	Products    []float64 // Σ weight·z·zᵀ: of j ≤ i at i·(i+1)/2 + j
}

// LogitUnit returns the unit of a quantity: its standard deviation, 1 if it has none.
func LogitUnit(m *Moments) float64 {
	if sd := m.SD(); sd > 0 {
		return sd
	}
	return 1
}

// FitLogitSums is FitLogit for rows that somebody else adds up. The numbers are the
// same, with these exceptions: fitted probabilities are known in bins, see LogitBin,
// and with them what is computed of Scores; there are no Probabilities, no Influence and
// no Profile; Firth's method and clustered errors are refused. A separation that cannot
// be proved is Suspected.
func FitLogitSums(ctx context.Context, data *LogitSums, o LogitOptions) (*LogitFit, error) {
	switch {
	case o.Firth:
		return nil, fmt.Errorf("the method of Firth needs the rows themselves: leave it out, or fit a sample")
	case o.Errors == ClusteredErrors:
		return nil, fmt.Errorf("clustered standard errors need the rows themselves: choose hc1, or fit a sample")
	case len(data.Ones) == 0:
		return nil, fmt.Errorf("logistic regression without rows: %w", ErrTooFew)
	}
	if err := data.check(); err != nil {
		return nil, err
	}
	f, err := newLogitFit(&LogitData{Terms: data.Terms, Ones: data.Ones, Zeros: data.Zeros}, o)
	if err != nil {
		return nil, err
	}
	f.design = newSummedDesign(data)
	f.remaining = f.design
	g, _, err := f.design.products(ctx, make([]float64, len(f.design.columns)), UnitWeight)
	if err != nil {
		return nil, err
	}
	rank := factorize(g, len(f.design.columns), f.design.all(), rankTolerance)
	f.problem = logitProblem{logitDesign: f.design, kept: rank.columns, free: rank.columns}
	if f.state, err = f.problem.maximize(ctx, make([]float64, len(f.design.columns))); err != nil {
		return nil, err
	}
	f.Iterations, f.Converged = f.state.iterations, f.state.converged
	if err := f.separateSums(ctx); err != nil {
		return nil, err
	}
	f.LogLik, f.Objective = f.state.loglik, f.state.objective
	if f.bins, err = f.bin(ctx, g); err != nil {
		return nil, err
	}
	return f, f.finish(ctx)
}

// check returns an error unless the terms fit the patterns.
func (d *LogitSums) check() error {
	n := len(d.Ones)
	if len(d.Zeros) != n || len(d.Quantity) != len(d.Terms) {
		return fmt.Errorf("logistic regression of %d and %d counts, %d terms and %d quantities: %w", n, len(d.Zeros), len(d.Terms), len(d.Quantity), ErrLengths)
	}
	columns := 1
	for k := range d.Terms {
		t, q := &d.Terms[k], d.Quantity[k]
		if q >= len(d.Quantities) || q < 0 && t.Codes == nil {
			return fmt.Errorf("term %s has no quantity %d of %d: %w", t.Name, q, len(d.Quantities), ErrLengths)
		}
		more, err := t.columns(n)
		if err != nil {
			return err
		}
		columns += more
	}
	for _, m := range d.Quantities {
		if !allFinite([]float64{m.Mean, m.M2}) {
			return fmt.Errorf("logistic regression: a quantity is beyond what can be computed: %w", ErrNotFinite)
		}
	}
	return checkLogitColumns(columns)
}

// A summedRows is what a design has instead of rows.
type summedRows struct {
	adder   LogitAdder
	entries [][]summedEntry // by pattern
	numbers int             // of z
	gone    []LogitMargin
	cutoff  float64
}

// A summedEntry is a number z times a factor, as a part of a column of the design.
type summedEntry struct {
	column, z int
	by        float64
}

// newSummedDesign lays out the same columns as newLogitDesign.
func newSummedDesign(data *LogitSums) *logitDesign {
	d := &logitDesign{columns: []logitColumn{{term: -1, scale: 1}}}
	s := &summedRows{adder: data.Adder, entries: make([][]summedEntry, len(data.Ones)), numbers: 1 + len(data.Quantities), cutoff: data.Cutoff}
	if s.cutoff == 0 {
		s.cutoff = 0.5
	}
	for i := range s.entries {
		s.entries[i] = []summedEntry{{by: 1}}
	}
	for t := range data.Terms {
		s.add(d, data, t)
	}
	d.sums = s
	return d
}

// add adds the columns of a term. Slopes by level are those of the quantity itself,
// which is z and a multiple of 1.
func (s *summedRows) add(d *logitDesign, data *LogitSums, t int) {
	term, q := &data.Terms[t], data.Quantity[t]
	mean, unit := 0.0, 1.0
	if q >= 0 {
		mean, unit = data.Quantities[q].Mean, LogitUnit(&data.Quantities[q])
	}
	first := len(d.columns)
	if term.Codes == nil {
		d.columns = append(d.columns, logitColumn{term: t, center: mean, scale: unit})
		for i := range s.entries {
			s.entries[i] = append(s.entries[i], summedEntry{first, 1 + q, 1})
		}
		return
	}
	for level := range term.Levels {
		if level != term.Ref {
			d.columns = append(d.columns, logitColumn{term: t, level: level, scale: unit})
		}
	}
	for i, code := range term.Codes {
		column := first + int(code)
		switch {
		case int(code) == term.Ref:
			continue
		case int(code) > term.Ref:
			column--
		}
		if q < 0 {
			s.entries[i] = append(s.entries[i], summedEntry{column, 0, 1})
			continue
		}
		s.entries[i] = append(s.entries[i], summedEntry{column, 1 + q, 1}, summedEntry{column, 0, mean / unit})
	}
}

// place turns coefficients of the columns into those of z, by pattern.
func (s *summedRows) place(beta []float64) [][]float64 {
	out := make([][]float64, len(s.entries))
	for i, entries := range s.entries {
		out[i] = make([]float64, s.numbers)
		for _, e := range entries {
			out[i][e.z] += e.by * beta[e.column]
		}
	}
	return out
}
