package sourcetest

import (
	"context"
	"math"
	"slices"
	"strings"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// Different implements dataset.Likely.
func (e *counted) Different(ctx context.Context, columns []int) (int64, error) {
	t, err := e.load(ctx)
	if err != nil {
		return 0, err
	}
	seen := map[string]bool{}
	for row := range t.Rows() {
		key := ""
		for _, column := range columns {
			if err := e.exists(column); err != nil {
				return 0, err
			}
			key += t.Cell(row, column) + "\x00"
		}
		seen[key] = true
	}
	return int64(len(seen)), nil
}

// Likelihood implements dataset.Likely.
func (e *counted) Likelihood(ctx context.Context, q dataset.LikelihoodQuery) (*dataset.Likelihood, error) {
	t, err := e.load(ctx)
	if err != nil {
		return nil, err
	}
	out := &dataset.Likelihood{Rows: t.Rows()}
	r := &likelyRows{}
	numbers := make(map[int][]float64)
	for _, factors := range q.Quantities {
		for _, f := range factors {
			if numbers[f.Column], err = t.Floats(f.Column); err != nil {
				return nil, err
			}
			if f.Function == dataset.Log1p && slices.ContainsFunc(numbers[f.Column], func(x float64) bool { return x <= -1 }) {
				out.Undefined = append(out.Undefined, f.Column)
			}
		}
	}
	class, err := classesOf(t, &q.Class)
	if err != nil || out.Undefined != nil {
		return out, err
	}
	patterns := map[string]int{}
	for row := range t.Rows() {
		levels, z := termCells(t, row, &q, numbers)
		switch {
		case class[row] == neither:
			out.Outside++
			continue
		case class[row] == none || z == nil:
			out.Missing++
			continue
		}
		key := strings.Join(levels, "\x00")
		if _, known := patterns[key]; !known {
			patterns[key] = len(out.Levels)
			out.Levels = append(out.Levels, levels)
		}
		r.pattern, r.one, r.z = append(r.pattern, patterns[key]), append(r.one, class[row] == 1), append(r.z, z)
	}
	if out.Full = len(patterns) > q.Most; out.Full {
		out.Levels = nil
		return out, nil
	}
	r.sort(out)
	r.measure(out, len(q.Quantities))
	out.LogitAdder = r
	return out, nil
}

// Classes of rows beside 0 and 1.
const (
	none    = -1 // the cell is missing
	neither = 2
)

// classesOf returns the class of each row.
func classesOf(t *dataset.Table, h *dataset.Halves) ([]int, error) {
	out := make([]int, t.Rows())
	if t.Schema().Columns[h.Column].Dict == nil {
		x, err := t.Floats(h.Column)
		for row, v := range x {
			out[row] = half(v == v, slices.Contains(h.Numbers[1], v), h.Numbers[0] == nil || slices.Contains(h.Numbers[0], v))
		}
		return out, err
	}
	for row := range out {
		cell := t.Cell(int64(row), h.Column)
		out[row] = half(cell != "", slices.Contains(h.Levels[1], cell), h.Levels[0] == nil || slices.Contains(h.Levels[0], cell))
	}
	return out, nil
}

func half(there, one, zero bool) int {
	switch {
	case !there:
		return none
	case one:
		return 1
	case zero:
		return 0
	}
	return neither
}

// termCells returns the levels and the quantities of a row, 1 before them; nil if one is
// missing.
func termCells(t *dataset.Table, row int64, q *dataset.LikelihoodQuery, numbers map[int][]float64) (levels []string, z []float64) {
	for _, key := range q.Keys {
		cell := t.Cell(row, key)
		if cell == "" {
			return nil, nil
		}
		levels = append(levels, cell)
	}
	z = []float64{1}
	for _, factors := range q.Quantities {
		product := 1.0
		for _, f := range factors {
			product *= f.Of(numbers[f.Column][row])
		}
		if product != product {
			return nil, nil
		}
		z = append(z, product)
	}
	return levels, z
}

// likelyRows are the rows that count.
type likelyRows struct {
	patterns int
	pattern  []int
	one      []bool
	z        [][]float64
}

// sort orders the patterns by their levels, and counts their rows.
func (r *likelyRows) sort(out *dataset.Likelihood) {
	order := make([]int, len(out.Levels))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return slices.Compare(out.Levels[a], out.Levels[b]) })
	place, levels := make([]int, len(order)), make([][]string, len(order))
	for k, i := range order {
		place[i], levels[k] = k, out.Levels[i]
	}
	out.Levels, r.patterns = levels, len(levels)
	out.Ones, out.Zeros = make([]int64, len(levels)), make([]int64, len(levels))
	for i, p := range r.pattern {
		if r.pattern[i] = place[p]; r.one[i] {
			out.Ones[place[p]]++
		} else {
			out.Zeros[place[p]]++
		}
	}
}

// measure computes the moments of the quantities, and brings these into their units.
func (r *likelyRows) measure(out *dataset.Likelihood, quantities int) {
	for k := range quantities {
		x := make([]float64, len(r.z))
		for i := range x {
			x[i] = r.z[i][k+1]
		}
		m, _ := stats.MomentsOf(x) // cells are finite
		for i := range x {
			r.z[i][k+1] = (x[i] - m.Mean) / stats.LogitUnit(&m)
		}
		out.Quantities = append(out.Quantities, m)
	}
}

// A likelyRow is a row at a place: its linear predictor, and the same in favour of its
// own class.
type likelyRow struct {
	eta, odds float64
}

func (r *likelyRows) at(i int, by [][]float64) (out likelyRow) {
	for k, x := range r.z[i] {
		out.eta += by[r.pattern[i]][k] * x
	}
	if out.odds = out.eta; !r.one[i] {
		out.odds = -out.eta
	}
	return out
}

// left returns the rows that count at a place.
func (r *likelyRows) left(at *stats.LogitPlace) (rows []int) {
	for i := range r.z {
		if !slices.ContainsFunc(at.Gone, func(m stats.LogitMargin) bool {
			return r.at(i, m.At).odds > stats.LogitCertainty && r.at(i, m.Direction).odds > m.Limit
		}) {
			rows = append(rows, i)
		}
	}
	return rows
}

// Add implements stats.LogitAdder.
func (r *likelyRows) Add(ctx context.Context, at stats.LogitPlace) ([]stats.LogitSum, error) {
	out := make([]stats.LogitSum, r.patterns)
	for _, i := range r.left(&at) {
		s, row := &out[r.pattern[i]], r.at(i, at.By)
		if s.Score == nil {
			s.Score, s.Products = make([]float64, len(r.z[i])), make([]float64, len(r.z[i])*(len(r.z[i])+1)/2)
		}
		residual := wrong(row.odds)
		if s.LogLik -= soft(-row.odds); r.one[i] {
			s.Ones++
		} else {
			s.Zeros++
			residual = -residual
		}
		weight, k := weightOf(at.Weight, row.odds), 0
		for a, x := range r.z[i] {
			s.Score[a] += residual * x
			for _, y := range r.z[i][:a+1] {
				s.Products[k] += weight * x * y
				k++
			}
		}
	}
	return out, context.Cause(ctx)
}

// wrong is the fitted probability of the other class.
func wrong(odds float64) float64 { return 1 / (1 + math.Exp(odds)) }

// soft is log(1+exp(x)).
func soft(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }

func weightOf(w stats.LogitWeight, odds float64) float64 {
	switch {
	case w == stats.InformationWeight:
		return wrong(odds) * wrong(-odds)
	case w == stats.SquareWeight:
		return wrong(odds) * wrong(odds)
	case w == stats.UncertainWeight && odds > stats.LogitCertainty:
		return 0
	}
	return 1
}

// Margins implements stats.LogitAdder.
func (r *likelyRows) Margins(ctx context.Context, at stats.LogitPlace, direction [][]float64) (low, high float64, err error) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, i := range r.left(&at) {
		if r.at(i, at.By).odds > stats.LogitCertainty {
			q := r.at(i, direction).odds
			low, high = min(low, q), max(high, q)
		}
	}
	return low, high, context.Cause(ctx)
}

// Bins implements stats.LogitAdder.
func (r *likelyRows) Bins(ctx context.Context, at stats.LogitPlace, o stats.LogitBinning) ([]stats.LogitBin, error) {
	bins := map[float64]*stats.LogitBin{}
	for _, i := range r.left(&at) {
		row := r.at(i, at.By)
		u := (row.eta - o.Center) / o.Width
		place := math.Log(1+min(math.Abs(u), stats.LogitBinReach)) / math.Log(1+stats.LogitBinReach)
		key := math.Floor(float64(o.Bins) / 2 * (1 + math.Copysign(place, u)))
		if row.eta >= o.Cut {
			key += 0.5
		}
		b := bins[key]
		if b == nil {
			b = &stats.LogitBin{Low: row.eta, High: row.eta}
			bins[key] = b
		}
		b.Low, b.High = min(b.Low, row.eta), max(b.High, row.eta)
		if r.one[i] {
			b.Ones++
			b.OneProbs += wrong(-row.eta)
		} else {
			b.Zeros++
			b.ZeroProbs += wrong(-row.eta)
		}
		b.Squares += wrong(row.odds) * wrong(row.odds)
	}
	var out []stats.LogitBin
	keys := make([]float64, 0, len(bins))
	for key := range bins {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		out = append(out, *bins[key])
	}
	return out, context.Cause(ctx)
}
