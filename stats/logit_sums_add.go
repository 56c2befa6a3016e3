package stats

import (
	"context"
	"fmt"
)

// products returns XᵀWX, row by row, for a weight of the rows at coefficients, and what
// it was added up from.
func (d *logitDesign) products(ctx context.Context, beta []float64, w LogitWeight) ([]float64, []LogitSum, error) {
	s, p := d.sums, len(d.columns)
	sums, err := s.adder.Add(ctx, LogitPlace{By: s.place(beta), Weight: w, Gone: s.gone})
	if err != nil {
		return nil, nil, err
	}
	if len(sums) != len(s.entries) {
		return nil, nil, fmt.Errorf("logistic regression: sums of %d patterns, of %d: %w", len(sums), len(s.entries), ErrLengths)
	}
	g := make([]float64, p*p)
	for i, entries := range s.entries {
		if len(sums[i].Products) == 0 { // no rows
			continue
		}
		for _, a := range entries {
			for _, b := range entries {
				g[a.column*p+b.column] += a.by * b.by * sums[i].Products[triangle(a.z, b.z)]
			}
		}
	}
	return g, sums, nil
}

// triangle is the place of a pair in a symmetric matrix of which one half is kept.
func triangle(i, j int) int {
	if i < j {
		i, j = j, i
	}
	return i*(i+1)/2 + j
}

// evaluateSums is evaluate of rows that somebody else adds up.
func (p *logitProblem) evaluateSums(ctx context.Context, beta []float64) (*logitState, error) {
	s := &logitState{beta: append([]float64(nil), beta...), score: make([]float64, len(p.columns))}
	var sums []LogitSum
	var err error
	if s.info, sums, err = p.products(ctx, beta, InformationWeight); err != nil {
		return nil, err
	}
	var loglik compensated
	for i, entries := range p.sums.entries {
		loglik = loglik.add(sums[i].LogLik)
		if len(sums[i].Score) == 0 {
			continue
		}
		for _, e := range entries {
			s.score[e.column] += e.by * sums[i].Score[e.z]
		}
	}
	s.loglik = loglik.value()
	s.objective = s.loglik
	return s, p.aim(s)
}

// leaving returns the design without further rows.
func (d *logitDesign) leaving(gone LogitMargin) *logitDesign {
	out, sums := *d, *d.sums
	sums.gone = append(append([]LogitMargin(nil), sums.gone...), gone)
	out.sums = &sums
	return &out
}

// separateSums is separate of rows that somebody else adds up. Of the directions that
// may separate, those that the climb has taken are tried; where they prove nothing, the
// separation is but suspected.
func (f *LogitFit) separateSums(ctx context.Context) error {
	for f.Separation.Kind != Complete {
		g, _, err := f.remaining.products(ctx, f.state.beta, UncertainWeight)
		if err != nil {
			return err
		}
		_, open := f.design.opened(g, f.problem.kept)
		if len(open) == len(f.Separation.open) {
			return nil
		}
		gone, direction, err := f.certifySums(ctx, open)
		if err != nil {
			return err
		}
		if direction == nil {
			f.Separation.Suspected = f.columnsOf(open)
			return nil
		}
		f.remaining = f.remaining.leaving(gone)
		if err := f.fitRemaining(ctx, direction); err != nil {
			return err
		}
	}
	return nil
}

// certifySums returns a direction that separates, and the rows that it tells apart; nil
// if none is found.
func (f *LogitFit) certifySums(ctx context.Context, open []openDirection) (gone LogitMargin, direction []float64, err error) {
	s := f.remaining.sums
	gone.At = s.place(f.state.beta)
	for _, way := range [][]float64{f.state.step, f.state.beta} {
		direction := make([]float64, len(way))
		for _, o := range open {
			for i, x := range o.of {
				direction[i] += way[o.column] * x
			}
		}
		gone.Direction = s.place(direction)
		low, high, err := s.adder.Margins(ctx, LogitPlace{By: gone.At, Gone: s.gone}, gone.Direction)
		if err != nil {
			return gone, nil, err
		}
		gone.Limit = separating * max(-low, high)
		if high > 0 && low >= -gone.Limit {
			return gone, direction, nil
		}
	}
	return gone, nil, nil
}

// fitRemaining fits the rows that no direction has told apart yet; the others are
// certain.
func (f *LogitFit) fitRemaining(ctx context.Context, direction []float64) error {
	rest := logitProblem{logitDesign: f.remaining, kept: f.problem.kept}
	g, sums, err := rest.products(ctx, f.state.beta, UnitWeight)
	if err != nil {
		return err
	}
	s := &f.Separation
	s.Ones, s.Zeros, s.Kind = f.Ones, f.N-f.Ones, Complete
	for i := range sums {
		s.Ones -= sums[i].Ones
		s.Zeros -= sums[i].Zeros
		if sums[i].Ones+sums[i].Zeros > 0 {
			s.Kind = QuasiComplete
		}
	}
	s.lead(f.design.unscaled(direction))
	rest.free, s.open = f.design.opened(g, f.problem.kept)
	if f.state, err = rest.maximize(ctx, settled(f.state.beta, s.open)); err != nil {
		return err
	}
	f.Converged = f.state.converged
	f.problem.free = rest.free
	return nil
}

// columnsOf names the coefficients that have a part in directions.
func (f *LogitFit) columnsOf(open []openDirection) (names []string) {
	for j, c := range f.design.columns {
		for _, o := range open {
			if c.term < 0 || o.of[j] == 0 {
				continue
			}
			t := &f.data.Terms[c.term]
			name := t.Name
			if t.Codes != nil {
				name += "=" + t.Levels[c.level]
			}
			names = append(names, name)
			break
		}
	}
	return names
}
