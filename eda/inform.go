package eda

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/stats"
)

// InformOptions choose the columns.
type InformOptions struct {
	Features []string         // columns by any spelling; empty or "all": every column but texts and names of rows
	Level    float64          // confidence level; 0: 0.95
	Adjust   stats.Adjustment // of the p-values over all pairs; zero: none
	Budget   int              // different numbers kept in memory, see dataset.Counts; 0: the usual
}

// Informed is what every two columns tell about each other.
type Informed struct {
	Rows       int64
	Names      []string    // columns that vary
	Normalised [][]float64 // normalised mutual information of every two, 1 on the diagonal; NaN where undefined
	Order      []int       // Names so that columns that go together stand together
	Pairs      []InformedPair
	Bins       int      // most bins of a column of numbers
	LeftOut    []string // columns with too many levels
	Constant   []string // columns with one value, or none
	Warnings   []string // what is not as asked, in sentences
}

// An InformedPair is what two columns tell about each other, with its test. The
// rows of the cross table are A, the columns B.
type InformedPair struct {
	A, B string
	stats.Information
	PAdjusted      float64
	Log10PAdjusted float64
}

// mostBins is how many bins a column of numbers is divided into: enough to see a
// curve, few enough for the cells of two columns to fill.
const mostBins = 20

// Inform measures the mutual information of every two columns of any kind but
// text, in bits, with its G test; pairs are sorted by the normalised one. Numbers
// and times are divided into up to 20 bins of about equal counts (see
// stats.QuantileBins), so what is measured of them is that of their bins, and a
// little less than their own. Columns of which too many different numbers occur
// to keep them all have up to eight bins, at the quantiles of their description.
//
// Columns with one value or more than 1000 levels are left out and named, and so
// are those that Associate would leave out. The source is scanned twice, and a few
// times more for columns of too many numbers. It is an error if fewer than two
// columns are left, and if one asked for by name holds text.
func Inform(ctx context.Context, src dataset.Source, o InformOptions) (*Informed, error) {
	if err := settle(ctx, src); err != nil {
		return nil, err
	}
	wanted, err := resolve(ctx, src, o.Features)
	if err != nil {
		return nil, err
	}
	s := src.Schema()
	columns, err := informativeColumns(s, wanted)
	if err != nil {
		return nil, err
	}
	p, err := Describe(ctx, src, DescribeOptions{Features: namesOf(s, columns), Budget: o.Budget})
	if err != nil {
		return nil, err
	}
	x := newBinnedCrosser(s, columns, p)
	if err := src.Scan(ctx, x); err != nil {
		return nil, err
	}
	return inform(ctx, x, o)
}

// informativeColumns returns those of the wanted columns that have numbers or
// levels, which all must that were asked for by name; of all columns (nil), those
// that do not just name the row.
func informativeColumns(s *dataset.Schema, wanted []int) ([]int, error) {
	if wanted == nil {
		return informativeAmong(s, nil), nil
	}
	for _, i := range wanted {
		if c := &s.Columns[i]; !isInformative(c) {
			return nil, fmt.Errorf("column %q holds %s cells where numbers or levels are needed; leave it out, or read it with --type %s=category", c.Name, c.Kind, c.Name)
		}
	}
	return wanted, nil
}

// informativeAmong returns the columns among some, or among all for nil, that have
// numbers or levels and do not name the row.
func informativeAmong(s *dataset.Schema, columns []int) []int {
	return slices.DeleteFunc(orAll(s, columns), func(i int) bool {
		return !isInformative(&s.Columns[i]) || s.Columns[i].Role == dataset.Identifier
	})
}

func isInformative(c *dataset.Column) bool {
	return c.Kind.Numeric() || c.Kind == dataset.Unknown || c.Kind == dataset.Category || c.Kind == dataset.Address && c.Dict != nil
}

func namesOf(s *dataset.Schema, columns []int) []string {
	names := make([]string, len(columns))
	for k, i := range columns {
		names[k] = s.Columns[i].Name
	}
	return names
}

// newBinnedCrosser crosses columns of numbers, in bins, and of levels.
func newBinnedCrosser(s *dataset.Schema, columns []int, p *Profile) *crosser {
	bins := make(map[int][]float64)
	for i := range p.Columns {
		if c := &p.Columns[i]; c.Column.Kind.Numeric() {
			bins[c.Index] = c.bins()
		}
	}
	return newCrosserOf(s, columns, bins)
}

// bins returns the largest value of each bin of a column of numbers but the last.
func (p *ColumnProfile) bins() []float64 {
	if p.wide() {
		s := p.Number
		return slices.Compact([]float64{s.Q01, s.Q05, s.Q25, s.Q50, s.Q75, s.Q95, s.Q99})
	}
	uppers := stats.QuantileBins(p.Tally, mostBins)
	return uppers[:max(len(uppers)-1, 0)]
}

// inform measures every two columns that were crossed and vary.
func inform(ctx context.Context, x *crosser, o InformOptions) (*Informed, error) {
	out := &Informed{Rows: x.rows, Bins: mostBins, LeftOut: x.leftOut, Warnings: x.warnings}
	var varying []int
	for k := range x.columns {
		if x.levels(k) > 1 {
			varying, out.Names = append(varying, k), append(out.Names, x.name(k))
		} else {
			out.Constant = append(out.Constant, x.name(k))
		}
	}
	if len(varying) < 2 {
		return nil, fewColumns("mutual information needs two columns that vary", len(varying))
	}
	if err := out.measure(ctx, x, varying, orDefault(o.Level)); err != nil {
		return nil, err
	}
	err := adjust(o.Adjust, len(out.Pairs), func(k int) (*stats.Result, *float64, *float64) {
		p := &out.Pairs[k]
		return &p.Test, &p.PAdjusted, &p.Log10PAdjusted
	})
	if err != nil {
		return nil, err
	}
	sort.SliceStable(out.Pairs, func(i, j int) bool {
		return strength(out.Pairs[i].Test.Effect.Value) > strength(out.Pairs[j].Test.Effect.Value)
	})
	out.Order, err = leafOrder(len(out.Names), func(i, j int) float64 { return out.Normalised[i][j] })
	return out, err
}

// measure measures every two of the varying columns. Pairs without a row that has
// both values, or in which one does not vary, are left out.
func (n *Informed) measure(ctx context.Context, x *crosser, varying []int, level float64) error {
	k := len(varying)
	n.Normalised = make([][]float64, k)
	for i := range n.Normalised {
		n.Normalised[i] = slices.Repeat([]float64{math.NaN()}, k)
		n.Normalised[i][i] = 1
	}
	pairs, defined := make([]InformedPair, k*(k-1)/2), make([]bool, k*(k-1)/2)
	err := parallel.Each(ctx, k, 0, func(j int) error {
		for i := range j {
			table, err := x.crosstab(varying[i], varying[j])
			if err != nil {
				return err
			}
			p := &pairs[pair(i, j)]
			p.A, p.B = n.Names[i], n.Names[j]
			if p.Information, err = stats.MutualInformation(&table, level); undefined(err) {
				continue
			} else if err != nil {
				return err
			}
			defined[pair(i, j)] = true
			n.Normalised[i][j], n.Normalised[j][i] = p.Test.Effect.Value, p.Test.Effect.Value
		}
		return nil
	})
	for i := range k {
		for j := i + 1; j < k; j++ {
			if at := pair(i, j); defined[at] {
				n.Pairs = append(n.Pairs, pairs[at])
			}
		}
	}
	return err
}
