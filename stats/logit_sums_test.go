package stats

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// A rowAdder adds up over the patterns of LogitData, as a database would over rows.
type rowAdder struct {
	data     *LogitData
	pattern  []int // by pattern of the data: that of its categories
	patterns int
	z        [][]float64
}

// sumsOf makes data of which somebody else has the rows.
func sumsOf(data *LogitData) *LogitSums {
	out, a := &LogitSums{}, &rowAdder{data: data, z: make([][]float64, len(data.Ones))}
	known := map[string]int{}
	for i := range data.Ones {
		key := ""
		a.z[i] = []float64{1}
		for _, t := range data.Terms {
			if t.Codes != nil {
				key += fmt.Sprint(t.Codes[i], " ")
			}
		}
		if _, there := known[key]; !there {
			known[key] = len(known)
			out.Ones, out.Zeros = append(out.Ones, 0), append(out.Zeros, 0)
		}
		a.pattern = append(a.pattern, known[key])
		out.Ones[known[key]] += data.Ones[i]
		out.Zeros[known[key]] += data.Zeros[i]
	}
	a.patterns, out.Adder = len(known), a
	for _, t := range data.Terms {
		term := LogitTerm{Name: t.Name, Levels: t.Levels, Ref: t.Ref}
		if t.Codes != nil {
			term.Codes = make([]uint32, len(known))
			for i, code := range t.Codes {
				term.Codes[a.pattern[i]] = code
			}
		}
		out.Terms, out.Quantity = append(out.Terms, term), append(out.Quantity, -1)
		if t.Values != nil {
			out.Quantity[len(out.Quantity)-1] = len(out.Quantities)
			out.Quantities = append(out.Quantities, a.addQuantity(t.Values))
		}
	}
	return out
}

func (a *rowAdder) addQuantity(x []float64) (m Moments) {
	for i, v := range x {
		m.AddN(v, a.data.Ones[i]+a.data.Zeros[i])
	}
	for i, v := range x {
		a.z[i] = append(a.z[i], (v-m.Mean)/LogitUnit(&m))
	}
	return m
}

// each visits the rows of either class that count, with their linear predictor.
func (a *rowAdder) each(at LogitPlace, visit func(i, class int, n int64, eta, odds float64)) {
	for i := range a.z {
		for class, n := range [2]int64{a.data.Zeros[i], a.data.Ones[i]} {
			sign := classSigns[class]
			gone := slices.ContainsFunc(at.Gone, func(m LogitMargin) bool {
				return sign*dot(a.z[i], m.At[a.pattern[i]]) > LogitCertainty && sign*dot(a.z[i], m.Direction[a.pattern[i]]) > m.Limit
			})
			if n > 0 && !gone {
				eta := dot(a.z[i], at.By[a.pattern[i]])
				visit(i, class, n, eta, sign*eta)
			}
		}
	}
}

func (a *rowAdder) Add(_ context.Context, at LogitPlace) ([]LogitSum, error) {
	out := make([]LogitSum, a.patterns)
	for i := range out {
		k := len(a.z[0])
		out[i].Score, out[i].Products = make([]float64, k), make([]float64, k*(k+1)/2)
	}
	a.each(at, func(i, class int, n int64, eta, odds float64) {
		s, wrong, rows := &out[a.pattern[i]], 1/(1+math.Exp(odds)), float64(n)
		weight := 1.0
		switch {
		case at.Weight == InformationWeight:
			weight = wrong / (1 + math.Exp(-odds))
		case at.Weight == SquareWeight:
			weight = wrong * wrong
		case at.Weight == UncertainWeight && odds > LogitCertainty:
			weight = 0
		}
		s.Zeros, s.Ones = s.Zeros+n*int64(1-class), s.Ones+n*int64(class)
		s.LogLik -= rows * log1pExp(-odds)
		for k, x := range a.z[i] {
			s.Score[k] += rows * classSigns[class] * wrong * x
			for l, y := range a.z[i][:k+1] {
				s.Products[triangle(k, l)] += rows * weight * x * y
			}
		}
	})
	return out, nil
}

func (a *rowAdder) Margins(_ context.Context, at LogitPlace, direction [][]float64) (low, high float64, err error) {
	low, high = math.Inf(1), math.Inf(-1)
	a.each(at, func(i, class int, _ int64, _, odds float64) {
		if q := classSigns[class] * dot(a.z[i], direction[a.pattern[i]]); odds > LogitCertainty {
			low, high = min(low, q), max(high, q)
		}
	})
	return low, high, nil
}

// Bins has one for each linear predictor.
func (a *rowAdder) Bins(_ context.Context, at LogitPlace, _ LogitBinning) (out []LogitBin, err error) {
	bins := map[float64]*LogitBin{}
	a.each(at, func(_, class int, n int64, eta, odds float64) {
		b := bins[eta]
		if b == nil {
			b = &LogitBin{Low: eta, High: eta}
			bins[eta] = b
		}
		p, wrong := float64(n)/(1+math.Exp(-eta)), 1/(1+math.Exp(odds))
		b.Squares += float64(n) * wrong * wrong
		if class == 1 {
			b.Ones, b.OneProbs = b.Ones+n, b.OneProbs+p
		} else {
			b.Zeros, b.ZeroProbs = b.Zeros+n, b.ZeroProbs+p
		}
	})
	for _, eta := range slices.Sorted(maps.Keys(bins)) {
		out = append(out, *bins[eta])
	}
	return out, nil
}

// Values of R, statsmodels and 60-digit arithmetic, for rows that are added up elsewhere.
func TestLogitSumsReference(t *testing.T) {
	tables, compared := refTables{}, 0
	for _, e := range append(refEntries(t, "logit.json", "logit"), refEntries(t, "logit.json", "separation")...) {
		data := logitEntry(t, tables, e)
		f, err := FitLogitSums(context.Background(), sumsOf(data), LogitOptions{})
		if err != nil {
			t.Fatalf("%s: %v", e.ID, err)
		}
		sameFit(t, e.ID, f, fitLogit(t, data, LogitOptions{}))
		want := e.Expected["separation"]
		if want != nil && f.Separation.Kind.String() != want {
			t.Errorf("%s: separation %s, want %v", e.ID, f.Separation.Kind, want)
		}
		if want == nil {
			compared += e.compare(t, logitNumbers(t, e, f))
		}
	}
	t.Logf("compared %d values", compared)
}

// sameFit compares two ways to the same fit.
func sameFit(t *testing.T, what string, got, want *LogitFit) {
	t.Helper()
	const tolerance = 1e-8
	if got.Separation.Kind != want.Separation.Kind || got.Separation.Ones != want.Separation.Ones || got.Separation.Zeros != want.Separation.Zeros || got.Rank() != want.Rank() {
		t.Errorf("%s: separation %+v of rank %d, want %+v of rank %d", what, got.Separation, got.Rank(), want.Separation, want.Rank())
	}
	for j := range want.Coefficients {
		g, w := &got.Coefficients[j], &want.Coefficients[j]
		if g.Name() != w.Name() || g.State != w.State {
			t.Errorf("%s: %s in state %d, want %s in %d", what, g.Name(), g.State, w.Name(), w.State)
		}
		for _, x := range [][2]float64{{g.Estimate.Value, w.Estimate.Value}, {g.SE, w.SE}} {
			if !check.Near(x[0], x[1], tolerance, tolerance*w.SE) {
				t.Errorf("%s, %s: %.15g, want %.15g", what, w.Name(), x[0], x[1])
			}
		}
	}
	g, w := got.Measures(), want.Measures()
	for _, x := range [][2]float64{{got.LogLik, want.LogLik}, {g.Tjur, w.Tjur}, {g.Brier, w.Brier}, {g.BIC, w.BIC}} {
		if !check.Near(x[0], x[1], tolerance, 1e-8) {
			t.Errorf("%s: %.15g, want %.15g", what, x[0], x[1])
		}
	}
	a, err := got.Scores("one", "zero")
	if err != nil {
		t.Fatal(err)
	}
	b, err := want.Scores("one", "zero")
	if err != nil {
		t.Fatal(err)
	}
	area, _, _ := DeLong(a, 0.95)
	if wanted, _, err := DeLong(b, 0.95); err == nil && !check.Near(area, wanted, 1e-9, 0) {
		t.Errorf("%s: AUC %v, want %v", what, area, wanted)
	}
}

// TestLogitSumsRandom: fits of random data agree, as do robust errors and tests of terms.
func TestLogitSumsRandom(t *testing.T) {
	for seed := range uint64(10) {
		data := randomLogit(seed, 300, 0.7)
		for _, errors := range []LogitErrors{ModelErrors, HC0Errors, HC1Errors} {
			want := fitLogit(t, data, LogitOptions{Errors: errors})
			got, err := FitLogitSums(context.Background(), sumsOf(data), LogitOptions{Errors: errors})
			if err != nil {
				t.Fatal(err)
			}
			sameFit(t, fmt.Sprintf("seed %d, %v", seed, errors), got, want)
			g, err := got.TermTests(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			w, _ := want.TermTests(context.Background())
			for k := range w {
				check.Close(t, g[k].Test, g[k].Statistic.Value, w[k].Statistic.Value, 1e-8)
			}
		}
	}
}

func TestLogitSumsRanges(t *testing.T) {
	data := &LogitData{Terms: []LogitTerm{{Name: "x", Values: []float64{0, 1, 2, 5, 7}}}, Ones: []int64{0, 0, 3, 1, 2}, Zeros: []int64{4, 2, 1, 0, 0}}
	s := sumsOf(data)
	low, high, err := s.Ranges(context.Background(), 0)
	if err != nil || low != [2]float64{0, 2} || high != [2]float64{2, 7} {
		t.Errorf("from %v to %v, %v", low, high, err)
	}
	above, err := s.Beyond(context.Background(), 0, 2, 1)
	if err != nil || above != [2]int64{0, 3} {
		t.Errorf("above %v, %v", above, err)
	}
	below, err := s.Beyond(context.Background(), 0, 2, -1)
	if err != nil || below != [2]int64{6, 0} {
		t.Errorf("below %v, %v", below, err)
	}
}

func TestLogitSumsRefuses(t *testing.T) {
	ctx := context.Background()
	sums := func(change func(*LogitSums)) *LogitSums {
		s := sumsOf(randomLogit(1, 50, 0.5))
		change(s)
		return s
	}
	for _, c := range []struct {
		name string
		data *LogitSums
		o    LogitOptions
		want error
	}{
		{"no rows", &LogitSums{}, LogitOptions{}, ErrTooFew},
		{"one class", sums(func(s *LogitSums) { clear(s.Ones) }), LogitOptions{}, ErrTooFew},
		{"lengths", sums(func(s *LogitSums) { s.Zeros = nil }), LogitOptions{}, ErrLengths},
		{"no quantity", sums(func(s *LogitSums) { s.Quantities = nil }), LogitOptions{}, ErrLengths},
		{"not finite", sums(func(s *LogitSums) { s.Quantities[0].M2 = math.Inf(1) }), LogitOptions{}, ErrNotFinite},
		{"Firth", sums(func(*LogitSums) {}), LogitOptions{Firth: true}, nil},
		{"clusters", sums(func(*LogitSums) {}), LogitOptions{Errors: ClusteredErrors}, nil},
	} {
		if _, err := FitLogitSums(ctx, c.data, c.o); err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	f, err := FitLogitSums(ctx, sums(func(*LogitSums) {}), LogitOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Profile(ctx, 1); err == nil || !strings.Contains(err.Error(), "the rows themselves") {
		t.Errorf("a profile: %v", err)
	}
	if _, err := f.Influence(ctx, 1); err == nil || !strings.Contains(err.Error(), "the rows themselves") {
		t.Errorf("influence: %v", err)
	}
}

// separatedLogits are data with coefficients that do not exist.
func separatedLogits() map[string]*LogitData {
	flag := func(ref int) *LogitData {
		return &LogitData{Terms: []LogitTerm{{Name: "flag", Codes: []uint32{0, 1, 2}, Levels: []string{"SF", "REJ", "RSTOS0"}, Ref: ref}},
			Ones: []int64{40, 50, 103}, Zeros: []int64{160, 10, 0}}
	}
	complete := &LogitData{Terms: []LogitTerm{{Name: "x", Values: []float64{1, 2, 3, 4}}}, Ones: []int64{0, 0, 2, 1}, Zeros: []int64{3, 1, 0, 0}}
	touching := &LogitData{Terms: []LogitTerm{{Name: "x", Values: []float64{1, 2, 3, 4}}}, Ones: []int64{0, 2, 2, 1}, Zeros: []int64{3, 1, 0, 0}}
	mixed := randomLogit(3, 200, 0.5)
	rare := make([]float64, len(mixed.Ones))
	for i := range rare {
		if mixed.Zeros[i] == 0 {
			rare[i] = float64(i % 3)
		}
	}
	mixed.Terms = append(mixed.Terms, LogitTerm{Name: "rare", Values: rare})
	return map[string]*LogitData{"a level": flag(0), "the reference": flag(2), "complete": complete, "touching": touching, "a number among others": mixed}
}

func TestLogitSumsSeparation(t *testing.T) {
	for name, data := range separatedLogits() {
		got, err := FitLogitSums(context.Background(), sumsOf(data), LogitOptions{})
		if err != nil {
			t.Fatal(err)
		}
		want := fitLogit(t, data, LogitOptions{})
		if sameFit(t, name, got, want); want.Separation.Kind == Overlap || got.Separation.Suspected != nil {
			t.Errorf("%s: separation %v, suspected %v", name, want.Separation.Kind, got.Separation.Suspected)
		}
	}
}

// unproven margins have rows on both sides of every direction.
type unproven struct{ *rowAdder }

func (unproven) Margins(context.Context, LogitPlace, [][]float64) (low, high float64, err error) {
	return -1, 1, nil
}

// TestLogitSumsSuspected: without a proof, separation is but suspected.
func TestLogitSumsSuspected(t *testing.T) {
	data := sumsOf(separatedLogits()["a level"])
	data.Adder = unproven{data.Adder.(*rowAdder)}
	f, err := FitLogitSums(context.Background(), data, LogitOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if f.Separation.Kind != Overlap || !slices.Equal(f.Separation.Suspected, []string{"flag=RSTOS0"}) {
		t.Errorf("separation %v, suspected %q", f.Separation.Kind, f.Separation.Suspected)
	}
}
