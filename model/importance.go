package model

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/stats"
)

// An Importance is how much worse a pipeline gets when the cells of a column are
// shuffled among the rows, so that the column says nothing of its row any more [1]. All
// levels of a column are shuffled together.
//
// [1] L. Breiman (2001), "Random forests", Machine Learning 45, 5–32, section 10; A. Fisher,
// C. Rudin and F. Dominici (2019), "All models are wrong, but many are useful", Journal of
// Machine Learning Research 20(177).
type Importance struct {
	Column string
	Drop   stats.Moments // of the area under the ROC curve, over the shuffles
	Errors stats.Moments // further wrong verdicts, as a share of the rows
	Gain   float64       // share of the model's own measure; NaN if it has none
}

// ImportanceOptions steer Importances. The zero value is the usual way.
type ImportanceOptions struct {
	Repeats int    // shuffles of each column; 0: 5
	Rows    int    // rows looked at, at random; 0: 20,000
	Seed    uint64 // chooses rows and shuffles
	Work    Work
}

// Importances returns the importance of each column for the verdicts on some rows of d,
// whose labels must be known, in the order of the schema, and the area under the ROC
// curve that the rows have without any shuffling.
func (p *Pipeline) Importances(ctx context.Context, d *Data, rows []int, o ImportanceOptions) (list []Importance, auc float64, err error) {
	rows = someRows(rows, orElse(o.Rows, 20000), o.Seed)
	x, err := p.Schema.bind(d, rows)
	if err != nil {
		return nil, nan, err
	}
	attack := make([]bool, len(rows))
	for i, r := range rows {
		attack[i] = d.IsAttack(r)
	}
	base, wrong, err := p.errorsOf(x, attack)
	if err != nil {
		return nil, nan, err
	}
	if base != base {
		return nil, nan, fmt.Errorf("importance needs normal rows and attacks: %w", learn.ErrOneClass)
	}
	repeats := orElse(o.Repeats, 5)
	columns := len(p.Schema.Inputs)
	type outcome struct{ auc, wrong float64 }
	found := make([]outcome, columns*repeats)
	done := newCounter(len(found), o.Work.Progress)
	err = parallel.Each(ctx, len(found), o.Work.Workers, func(k int) error {
		shuffled := shuffledColumn(x, k/repeats, rand.New(rand.NewPCG(o.Seed, uint64(k)+1)))
		a, w, err := p.errorsOf(shuffled, attack)
		found[k] = outcome{a, w}
		done.one()
		return err
	})
	if err != nil {
		return nil, nan, err
	}
	gains := p.gains()
	for j := range columns {
		one := Importance{Column: p.Schema.Inputs[j].Name, Gain: nan}
		for _, f := range found[j*repeats : (j+1)*repeats] {
			one.Drop.Add(base - f.auc)
			one.Errors.Add(f.wrong - wrong)
		}
		if gains != nil {
			one.Gain = gains[one.Column]
		}
		list = append(list, one)
	}
	return list, base, nil
}

func orElse(n, usual int) int {
	if n == 0 {
		return usual
	}
	return n
}

// someRows returns at most so many of the rows, at random and in their order.
func someRows(rows []int, most int, seed uint64) []int {
	if len(rows) <= most {
		return rows
	}
	rng := rand.New(rand.NewPCG(seed, 0x50e))
	out := make([]int, 0, most)
	for i, r := range rows { // each subset is equally likely: Knuth's algorithm S
		if rng.IntN(len(rows)-i) < most-len(out) {
			out = append(out, r)
		}
	}
	return out
}

// errorsOf returns the area under the ROC curve, NaN where all rows are of one class,
// and the share of wrong verdicts.
func (p *Pipeline) errorsOf(x *learn.Matrix, attack []bool) (auc, wrong float64, err error) {
	s, err := p.Score(x)
	if err != nil {
		return nan, nan, err
	}
	for i := range attack {
		if s.Attack(i) != attack[i] {
			wrong++
		}
	}
	wrong /= float64(len(attack))
	t, err := stats.ScoreTally(s.Score, attack)
	if err != nil || t.N(0) == 0 || t.N(1) == 0 {
		return nan, wrong, err
	}
	cuts, err := stats.Cuts(t)
	return areaOf(cuts), wrong, err
}

// areaOf is the area under the ROC curve of cuts, by trapezia.
func areaOf(cuts []stats.Cut) float64 {
	var area float64
	var before stats.Cut
	for _, c := range cuts {
		area += float64(c.FP-before.FP) * float64(c.TP+before.TP) / 2
		before = c
	}
	return area / (float64(before.TP) * float64(before.FP))
}

// shuffledColumn returns x with the cells of a column in random order.
func shuffledColumn(x *learn.Matrix, j int, rng *rand.Rand) *learn.Matrix {
	out := x.Slice(0, x.Rows)
	order := rng.Perm(x.Rows)
	if x.Columns[j].Coded() {
		out.Codes[j] = learn.Take(x.Codes[j], order)
	} else {
		out.Numbers[j] = learn.Take(x.Numbers[j], order)
	}
	return out
}

// gains returns the model's own measure of importance by column of the table; nil if
// it has none.
func (p *Pipeline) gains() map[string]float64 {
	r, ok := p.Model.(learn.Ranker)
	if !ok {
		return nil
	}
	out := map[string]float64{}
	inputs := r.Inputs()
	_, shares := r.Importance()
	for j := range inputs {
		out[inputs[j].Origin()] += shares[j]
	}
	return out
}

// GainName is what the model calls its own measure of importance; empty if it has none.
func (p *Pipeline) GainName() string {
	if r, ok := p.Model.(learn.Ranker); ok {
		name, _ := r.Importance()
		return name
	}
	return ""
}

// MostImportant names the columns that matter most, at most so many, the first first;
// none that do not matter at all.
func MostImportant(list []Importance, most int) []string {
	sorted := slices.Clone(list)
	slices.SortStableFunc(sorted, func(a, b Importance) int {
		return cmp.Or(cmp.Compare(b.Drop.Mean, a.Drop.Mean), cmp.Compare(b.Errors.Mean, a.Errors.Mean))
	})
	var names []string
	for _, one := range sorted[:min(most, len(sorted))] {
		if one.Drop.Mean > 0 || one.Errors.Mean > 0 {
			names = append(names, one.Column)
		}
	}
	return names
}
