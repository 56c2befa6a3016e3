package sql

import (
	"context"
	"fmt"
	"math"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// Wide implements dataset.Engine: it describes columns of numbers of which too many
// differ to be handed out. Two statements for all columns find the range and then sums
// of powers about a value near the mean; a few more for each column find the values of
// the wanted ranks. Different values are estimated where the server has a way to, and
// counted otherwise.
func (s *Source) Wide(ctx context.Context, columns []int, p []float64) ([]dataset.WideSummary, error) {
	rows, err := s.count(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]dataset.WideSummary, len(columns))
	var cells []string
	var places []int // in out, by cell
	for i, column := range columns {
		if err := s.wantNumbers(column); err != nil {
			return nil, err
		}
		out[i].Missing, out[i].Exact = rows, true
		if s.schema.Columns[column].Kind != dataset.Unknown {
			cells, places = append(cells, s.number(column)), append(places, i)
		}
	}
	found, err := s.wideMoments(ctx, cells, p == nil)
	if err != nil {
		return nil, err
	}
	for k, i := range places {
		out[i] = found[k]
		out[i].Missing = rows - out[i].Moments.N
		if out[i].Quantiles, err = s.quantiles(ctx, cells[k], out[i].Moments, p); err != nil {
			return nil, err
		}
	}
	for i := range out {
		if out[i].Quantiles == nil {
			out[i].Quantiles = stats.Quantiles(nil, p...)
		}
	}
	return out, nil
}

// wantNumbers returns an error unless a column holds numbers, or nothing.
func (s *Source) wantNumbers(column int) error {
	if column < 0 || column >= len(s.schema.Columns) {
		return fmt.Errorf("column %d does not exist", column)
	}
	if c := &s.schema.Columns[column]; !c.Kind.Numeric() && c.Kind != dataset.Unknown {
		return fmt.Errorf("column %q holds %s cells, not numbers", c.Name, c.Kind)
	}
	return nil
}

// wideMoments returns all of the summaries but what is missing and the quantiles; brief,
// only what takes the first two powers.
func (s *Source) wideMoments(ctx context.Context, cells []string, brief bool) ([]dataset.WideSummary, error) {
	spreads, rows, err := s.spreads(ctx, cells)
	if err != nil || len(cells) == 0 {
		return nil, err
	}
	if err := s.agree(rows); err != nil {
		return nil, err
	}
	out := make([]dataset.WideSummary, len(cells))
	shifts := make([]shift, len(cells))
	var again []int // cells whose sums are still wanted
	for i, p := range spreads {
		shifts[i] = p.shift()
		again = append(again, i)
	}
	for round := 0; len(again) > 0; round++ {
		var poor []int
		sums, err := s.powerSums(ctx, cells, spreads, shifts, again, brief, round == 0)
		if err != nil {
			return nil, err
		}
		for k, i := range again {
			if sums[k].n != spreads[i].n {
				return nil, s.changed()
			}
			if round == 0 {
				out[i].Zeros, out[i].Negatives, out[i].Distinct = sums[k].zeros, sums[k].negatives, sums[k].distinct
			}
			mean, fine := sums[k].mean(shifts[i])
			out[i].Moments = sums[k].moments(spreads[i], shifts[i])
			if shifts[i].at = mean; !fine && round < mostShifts {
				poor = append(poor, i)
			}
		}
		again = poor
	}
	if brief {
		for i := range out {
			out[i].Moments.M3, out[i].Moments.M4 = math.NaN(), math.NaN()
		}
		return out, nil
	}
	return out, s.countDistinct(ctx, cells, out)
}

// mostShifts is how often sums are asked for again, about a better value: more than one
// such is rare, and three have no need.
const mostShifts = 3

// powers are the sums of the powers of shifted numbers.
type powers struct {
	n, zeros, negatives, distinct int64
	s1, s2, s3, s4                float64
}

// powerSums asks for the sums of some cells about their shifts: brief, of the first two
// powers alone. counts says whether to count zeros and different values as well.
func (s *Source) powerSums(ctx context.Context, cells []string, spreads []spread, shifts []shift, of []int, brief, counts bool) ([]powers, error) {
	l := newSumList(s, s.Rows())
	estimate := s.d.Distinct("x") != ""
	var at []int
	for _, i := range of {
		x := l.cell(cells[i])
		d := l.shift(x, shifts[i], shifted)
		at = append(at, len(l.sums))
		l.add(s.d.CountIf(x+" IS NOT NULL"), x)
		r := spreads[i].reach(shifts[i])
		l.sum(d, r, d)
		l.sum("("+d+" * "+d+")", r*r, d)
		if brief {
			continue
		}
		l.sum("("+d+" * "+d+" * "+d+")", r*r*r, d)
		l.sum("(("+d+" * "+d+") * ("+d+" * "+d+"))", r*r*r*r, d)
		if counts {
			l.add(s.d.CountIf(x+" = 0"), x)
			l.add(s.d.CountIf(x+" < 0"), x)
		}
		if counts && estimate {
			l.add(s.d.Distinct(x), x)
		}
	}
	sums, err := l.ask(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]powers, len(of))
	for k, place := range at {
		v := sums[place:]
		if out[k].n = int64(v[0]); out[k].n == 0 {
			continue
		}
		out[k].s1, out[k].s2 = v[1], v[2]
		if brief {
			continue
		}
		out[k].s3, out[k].s4 = v[3], v[4]
		if counts {
			out[k].zeros, out[k].negatives = int64(v[5]), int64(v[6])
		}
		if counts && estimate {
			out[k].distinct = int64(v[7])
		}
	}
	return out, nil
}

// mean returns the mean of the numbers, and whether the shift was near enough to it
// for the sums to say all of the central ones.
func (p powers) mean(by shift) (mean float64, fine bool) {
	if p.n == 0 {
		return 0, true
	}
	d := p.s1 / float64(p.n)
	return by.at + math.Ldexp(d, by.exp), p.s1*d <= math.FMA(-p.s1, d, p.s2) || p.s2 == 0
}

// moments takes the sums about the true mean instead of the shift. What is out of the
// range of float64 is infinite or 0.
func (p powers) moments(within spread, by shift) stats.Moments {
	m := stats.Moments{N: p.n, Min: within.min, Max: within.max}
	if p.n == 0 || m.Min == m.Max {
		m.Mean = m.Min
		return m
	}
	n := float64(p.n)
	d := p.s1 / n
	m.Mean = min(max(by.at+math.Ldexp(d, by.exp), m.Min), m.Max)
	m2 := max(math.FMA(-p.s1, d, p.s2), 0)
	m3 := p.s3 - d*(3*p.s2-2*p.s1*d)
	m4 := p.s4 - d*(4*p.s3-d*(6*p.s2-3*p.s1*d))
	m.M2, m.M3, m.M4 = math.Ldexp(m2, 2*by.exp), math.Ldexp(m3, 3*by.exp), math.Ldexp(max(m4, 0), 4*by.exp)
	return m
}

// countDistinct counts the different numbers of cells, where there is no estimate.
func (s *Source) countDistinct(ctx context.Context, cells []string, out []dataset.WideSummary) error {
	if s.d.Distinct("x") != "" {
		return nil
	}
	for i, e := range cells {
		x, q := s.alias("x", 0), s.alias("q", 0)
		statement := fmt.Sprintf("SELECT %s FROM (SELECT %s AS %s FROM %s GROUP BY %s) AS %s WHERE %s IS NOT NULL",
			s.d.Int(s.d.Count()), e, x, s.from(), x, q, x)
		out[i].Exact = true
		err := s.query(ctx, statement, []Type{Int}, func(b *Block) error {
			for _, n := range b.Columns[0].Ints {
				out[i].Distinct += n
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
