package outlier

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
)

// ECOD is the settings of a detector by empirical distributions [1]: each column adds
// −log of the share of training rows that are as far out as the row, on whichever
// side that is less. Columns count as independent. It has nothing to set.
//
// As in the authors' PyOD the larger tail is taken column by column, where [1] first
// adds up columns and then takes the largest of three sums. A value beyond all of
// training is as rare as one row among all and itself. Levels count by their rarity,
// a weight of 2 is two rows, and a missing number adds nothing.
//
// [1] Z. Li, Y. Zhao, X. Hu, N. Botta, C. Ionescu and G. H. Chen (2023), "ECOD:
// unsupervised outlier detection using empirical cumulative distribution functions",
// IEEE Transactions on Knowledge and Data Engineering 35(12), 12181–12193.
type ECOD struct{}

// COPOD is the settings of a detector by an empirical copula [1]. It is as ECOD, but
// what a column adds is the larger of −log of the tail that the skewness of the column
// points to, and the mean of both tails'. It has nothing to set.
//
// [1] Z. Li, Y. Zhao, N. Botta, C. Ionescu and X. Hu (2020), "COPOD: copula-based
// outlier detection", IEEE International Conference on Data Mining, 1118–1123.
type COPOD struct{}

// ECODModel is a fitted ECOD.
type ECODModel struct{ Empirical }

// COPODModel is a fitted COPOD.
type COPODModel struct{ Empirical }

// Empirical is the tails of columns.
type Empirical struct {
	Columns  []learn.Column `json:"columns"`
	Rarities []rarity       `json:"rarities"`
	Tails    []Tails        `json:"tails"` // by column
}

// Tails are the empirical tails of a column.
type Tails struct {
	Values learn.Floats `json:"values,omitempty"` // that differ, rising
	Left   learn.Floats `json:"left,omitempty"`   // by value: −log of the share of rows not above
	Right  learn.Floats `json:"right,omitempty"`  // by value: −log of the share of rows not below
	Beyond float64      `json:"beyond"`           // of values that no row is beyond
	Skew   int          `json:"skew"`             // the sign of the skewness
}

const (
	kindECOD  = "ecod"
	kindCOPOD = "copod"
)

// Kind is "ecod".
func (ECOD) Kind() string { return kindECOD }

// Kind is "copod".
func (COPOD) Kind() string { return kindCOPOD }

// Fit orders the columns. Its errors are those of learn.CheckFit.
func (s ECOD) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Model, error) {
	e, err := fitEmpirical(ctx, x, &y, &r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", kindECOD, err)
	}
	return &ECODModel{*e}, nil
}

// Fit orders the columns. Its errors are those of learn.CheckFit.
func (s COPOD) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Model, error) {
	e, err := fitEmpirical(ctx, x, &y, &r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", kindCOPOD, err)
	}
	return &COPODModel{*e}, nil
}

func fitEmpirical(ctx context.Context, x *learn.Matrix, y *learn.Target, r *learn.Run) (*Empirical, error) {
	rows, weights, _, err := training(ctx, x, y, true)
	if err != nil {
		return nil, err
	}
	r.Report(0, 1)
	m := &Empirical{Columns: x.Columns, Rarities: raritiesOf(rows, weights), Tails: make([]Tails, len(x.Columns))}
	cols := numbersOf(rows, m.Rarities)
	err = parallel.Each(ctx, len(cols), r.Workers, func(j int) error {
		m.Tails[j] = tailsOf(cols[j], weights)
		return nil
	})
	if err != nil {
		return nil, err
	}
	r.Report(1, 1)
	return m, nil
}

// A distribution is the values of a column that differ, rising, and the weight up to
// each. Missing ones are left out.
type distribution struct {
	values, upTo []float64
}

func distributionOf(v, weights []float64) distribution {
	if weights != nil {
		return weightedDistribution(v, weights)
	}
	sorted := make([]float64, 0, len(v))
	for _, a := range v {
		if a == a {
			sorted = append(sorted, a+0) // no −0
		}
	}
	slices.Sort(sorted)
	var d distribution
	for i, a := range sorted {
		if i+1 == len(sorted) || sorted[i+1] != a {
			d.values, d.upTo = append(d.values, a), append(d.upTo, float64(i+1))
		}
	}
	return d
}

func weightedDistribution(v, weights []float64) distribution {
	order := make([]int32, 0, len(v))
	for i, a := range v {
		if a == a {
			order = append(order, int32(i))
		}
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Or(cmp.Compare(v[a], v[b]), cmp.Compare(a, b)) })
	var d distribution
	var sum float64
	for at, i := range order {
		sum += weights[i]
		if at+1 == len(order) || v[order[at+1]] != v[i] {
			d.values, d.upTo = append(d.values, v[i]+0), append(d.upTo, sum)
		}
	}
	return d
}

func tailsOf(v, weights []float64) Tails {
	d := distributionOf(v, weights)
	k := len(d.values)
	if k == 0 {
		return Tails{}
	}
	total := d.upTo[k-1]
	t := Tails{Values: d.values, Left: make(learn.Floats, k), Right: make(learn.Floats, k), Skew: d.skew()}
	before := 0.0
	for i, n := range d.upTo {
		t.Left[i], t.Right[i] = math.Log(total/n), math.Log(total/(total-before))
		before = n
	}
	t.Beyond = max(math.Log(total+1), t.Left[0], t.Right[k-1])
	return t
}

// skew returns the sign of the third moment about the mean, 0 where that is no more
// than rounding makes it.
func (d *distribution) skew() int {
	k := len(d.values)
	scale := max(math.Abs(d.values[0]), math.Abs(d.values[k-1]))
	if scale == 0 {
		return 0
	}
	total, mean := d.upTo[k-1], 0.0
	each := func(visit func(v, share float64)) {
		before := 0.0
		for i, v := range d.values {
			visit(v/scale, (d.upTo[i]-before)/total)
			before = d.upTo[i]
		}
	}
	each(func(v, share float64) { mean += v * share })
	var cubes, sizes float64
	each(func(v, share float64) {
		c := v - mean
		cubes += c * c * c * share
		sizes += math.Abs(c*c*c) * share
	})
	switch {
	case cubes > 1e-13*sizes:
		return 1
	case cubes < -1e-13*sizes:
		return -1
	}
	return 0
}

// Kind is "ecod".
func (*ECODModel) Kind() string { return kindECOD }

// Kind is "copod".
func (*COPODModel) Kind() string { return kindCOPOD }

// Inputs are the columns it was fitted to.
func (m *Empirical) Inputs() []learn.Column { return m.Columns }

// Score writes the sum of what the columns add.
func (m *ECODModel) Score(dst []float64, x *learn.Matrix) error {
	return m.score(kindECOD, farther, dst, x)
}

// Score writes the sum of what the columns add.
func (m *COPODModel) Score(dst []float64, x *learn.Matrix) error {
	return m.score(kindCOPOD, skewed, dst, x)
}

// A joining makes one number of −log of both tails, by the sign of the skewness.
type joining func(left, right float64, skew int) float64

func farther(left, right float64, skew int) float64 {
	if skew == 0 { // so it comes out of the formulae of PyOD
		return left + right
	}
	return max(left, right)
}

func skewed(left, right float64, skew int) float64 {
	toSkew := left + right
	switch skew {
	case -1:
		toSkew = left
	case 1:
		toSkew = right
	}
	return max(toSkew, (left+right)/2)
}

func (m *Empirical) score(kind string, join joining, dst []float64, x *learn.Matrix) error {
	x, err := bind(x, m.Columns, true)
	if err != nil {
		return fmt.Errorf("%s: %w", kind, err)
	}
	return addColumns(dst, x, func(j int, dst []float64, from, to int) { m.add(join, dst, x, j, from, to) })
}

// add adds to the scores of the rows from..to what column j does.
func (m *Empirical) add(join joining, dst []float64, x *learn.Matrix, j, from, to int) {
	t := &m.Tails[j]
	if len(t.Values) == 0 {
		return
	}
	cost := func(v float64) float64 {
		left, right := t.at(v)
		return join(left, right, t.Skew)
	}
	if x.Columns[j].Coded() {
		costs := make([]float64, len(m.Rarities[j])) // by code, last NoLevel
		for c, v := range m.Rarities[j] {
			costs[c] = cost(v)
		}
		for i, c := range x.Codes[j][from:to] {
			dst[i] += rareness(costs, c)
		}
		return
	}
	last, known := math.NaN(), 0.0 // neighbours are often the same
	for i, v := range x.Numbers[j][from:to] {
		if v != last {
			last, known = v, 0
			if v == v {
				known = cost(v)
			}
		}
		dst[i] += known
	}
}

// at returns −log of the shares of rows not above, and not below, a value.
func (t *Tails) at(v float64) (left, right float64) {
	values := t.Values
	from, n := 0, len(values)
	for n > 1 { // the last value that is not above v, or the first of all
		half := n / 2
		if values[from+half] <= v {
			from += half
		}
		n -= half
	}
	switch {
	case v < values[from]:
		return t.Beyond, 0
	case v == values[from]:
		return t.Left[from], t.Right[from]
	case from+1 == len(values):
		return 0, t.Beyond
	}
	return t.Left[from], t.Right[from+1]
}

// Explain tells what each column adds.
func (m *ECODModel) Explain(x *learn.Matrix) (*learn.Explanation, error) {
	return m.explain(kindECOD, farther, x)
}

// Explain tells what each column adds.
func (m *COPODModel) Explain(x *learn.Matrix) (*learn.Explanation, error) {
	return m.explain(kindCOPOD, skewed, x)
}

func (m *Empirical) explain(kind string, join joining, x *learn.Matrix) (*learn.Explanation, error) {
	x, err := bind(x, m.Columns, true)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", kind, err)
	}
	out := newExplanation("score", len(m.Columns), x.Rows)
	for j := range m.Columns {
		m.add(join, out.Parts[j], x, j, 0, x.Rows)
	}
	sumUp(out)
	return out, nil
}

// Check returns an error unless the model is whole.
func (m *ECODModel) Check() error { return m.check(kindECOD) }

// Check returns an error unless the model is whole.
func (m *COPODModel) Check() error { return m.check(kindCOPOD) }

func (m *Empirical) check(kind string) error {
	if err := checkCoded(kind, m.Columns, m.Rarities); err != nil {
		return err
	}
	if len(m.Tails) != len(m.Columns) {
		return learn.Broken(kind, "%d columns and the tails of %d", len(m.Columns), len(m.Tails))
	}
	for j := range m.Tails {
		t := &m.Tails[j]
		k := len(t.Values)
		if len(t.Left) != k || len(t.Right) != k || !t.Values.Finite() || !t.Left.Finite() || !t.Right.Finite() || !slices.IsSorted(t.Values) || !(learn.Floats{t.Beyond}).Finite() {
			return learn.Broken(kind, "the tails of column %q", m.Columns[j].Name)
		}
	}
	return nil
}
