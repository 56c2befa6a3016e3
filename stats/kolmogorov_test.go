package stats

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// SciPy: kolmogorov([0.5, 1.0]) as its documentation prints it; the points of 10, 5
// and 1 % are those of every table after Smirnov (1948).
func TestKolmogorovDistribution(t *testing.T) {
	for _, c := range []struct{ x, p, tol float64 }{
		{0.5, 0.96394524, 1e-8}, {1, 0.26999967, 1e-8}, {1.22385, 0.10, 1e-4}, {1.35810, 0.05, 1e-4}, {1.62762, 0.01, 1e-4},
		{0, 1, 0}, {0.04, 1, 0},
	} {
		check.Close(t, fmt.Sprintf("P(K > %v)", c.x), math.Exp(logKolmogorovSF(c.x)), c.p, c.tol)
	}
	below, above := logKolmogorovSF(math.Nextafter(1, 0)), logKolmogorovSF(1)
	check.Close(t, "where the two series meet", below, above, 1e-14)
	check.Close(t, "far tail", logKolmogorovSF(60), math.Ln2-7200, 1e-15)
	last := 0.0
	for x := 0.01; x < 5; x += 0.01 {
		logP := logKolmogorovSF(x)
		if logP > last {
			t.Errorf("log P(K > %v) = %v rises from %v", x, logP, last)
		}
		last = logP
	}
}

// largestDistance finds D of the values, of which those in set are the first group.
func largestDistance(x []float64, set uint) float64 {
	n1 := float64(bits.OnesCount(set))
	n2 := float64(len(x)) - n1
	d := 0.0
	for _, v := range x {
		var c1, c2 float64
		for i, w := range x {
			switch {
			case w > v:
			case set>>i&1 == 1:
				c1++
			default:
				c2++
			}
		}
		d = max(d, math.Abs(c1/n1-c2/n2))
	}
	return d
}

// The exact p must be the share of all assignments with so large a distance, with
// ties and without.
func TestKolmogorovSmirnovByEnumeration(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	for trial := range 30 {
		n, n1 := 4+rng.IntN(6), 0
		n1 = 1 + rng.IntN(n-1)
		x := make([]float64, n)
		for i := range x {
			x[i] = rng.NormFloat64()
			if trial%2 == 0 {
				x[i] = float64(rng.IntN(5))
			}
		}
		r, err := KolmogorovSmirnov(twoGroups(t, x[:n1], x[n1:]))
		if err != nil {
			t.Fatal(err)
		}
		observed := largestDistance(x, 1<<n1-1)
		as, total := 0.0, 0.0
		for set := range uint(1) << n {
			if bits.OnesCount(set) == n1 {
				total++
				if largestDistance(x, set) > observed-1e-9 {
					as++
				}
			}
		}
		check.Close(t, fmt.Sprintf("trial %d: D", trial), r.Statistic.Value, observed, 1e-14)
		check.Close(t, fmt.Sprintf("trial %d: p", trial), r.P, as/total, 1e-12)
	}
}

// Groups that are apart have D = 1, and p is two in C(n, n1).
func TestKolmogorovSmirnovOfSeparateGroups(t *testing.T) {
	low, high := make([]float64, 30), make([]float64, 40)
	for i := range low {
		low[i] = float64(i)
	}
	for i := range high {
		high[i] = 100 + float64(i)
	}
	r, err := KolmogorovSmirnov(twoGroups(t, low, high))
	if err != nil {
		t.Fatal(err)
	}
	all, _ := math.Lgamma(71)
	a, _ := math.Lgamma(31)
	b, _ := math.Lgamma(41)
	check.Close(t, "log10 p", r.Log10P, Log10(math.Ln2-all+a+b), 1e-12)
	if r.Statistic.Value != 1 || termValue(t, r, "distance", "at") != 29 || termValue(t, r, "distance", "difference") != 1 {
		t.Errorf("D %v, term %v", r.Statistic.Value, r.Terms)
	}
}

// Exact and limiting p must come together as the groups grow, and a monotone map
// must leave both alone.
func TestKolmogorovSmirnovLimit(t *testing.T) {
	rng := rand.New(rand.NewPCG(15, 5))
	a, b := make([]float64, 900), make([]float64, 1000)
	for i := range a {
		a[i] = rng.NormFloat64()
	}
	for i := range b {
		b[i] = rng.NormFloat64() + 0.08
	}
	tally := twoGroups(t, a, b)
	r, err := KolmogorovSmirnov(tally)
	if err != nil {
		t.Fatal(err)
	}
	d, err := newStepDistance(tally)
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "limiting p", math.Exp(d.limitingLogP()), r.P, 0.1)
	mapped, err := tally.Map(math.Cbrt)
	if err != nil {
		t.Fatal(err)
	}
	m, err := KolmogorovSmirnov(mapped)
	if err != nil || m.P != r.P || m.Statistic != r.Statistic {
		t.Errorf("after a monotone map D %v, p %v, want %v and %v (%v)", m.Statistic.Value, m.P, r.Statistic.Value, r.P, err)
	}
	many, err := KolmogorovSmirnov(twoGroups(t, slices.Concat(a, a), b))
	if err != nil || many.Method != "Kolmogorov-Smirnov, limiting distribution" {
		t.Errorf("1800 and 1000 values: method %q, %v", many.Method, err)
	}
}

func TestKolmogorovSmirnovRefusals(t *testing.T) {
	_, err1 := KolmogorovSmirnov(manyGroups(t, []float64{1}, nil))
	if !errors.Is(err1, ErrTooFew) {
		t.Errorf("an empty group: error %v", err1)
	}
	_, err2 := KolmogorovSmirnov(manyGroups(t, []float64{1}))
	_, err3 := KolmogorovSmirnov(Tally{})
	if err2 == nil || err3 == nil {
		t.Error("one group or none was accepted")
	}
	_, err4 := KolmogorovSmirnov(Tally{Values: []float64{1}, Counts: [][]int64{{math.MaxInt64 / 2}, {3}}, Groups: []string{"a", "b"}})
	if !errors.Is(err4, ErrTooMany) {
		t.Errorf("counts beyond the range: error %v", err4)
	}
	equal, err := KolmogorovSmirnov(manyGroups(t, []float64{7, 7}, []float64{7}))
	if err != nil || equal.P != 1 || equal.Statistic.Value != 0 {
		t.Errorf("equal values: D %v, p %v, %v", equal.Statistic.Value, equal.P, err)
	}
}

func ExampleKolmogorovSmirnov() {
	tally, err := TallyOfGroups([]float64{1, 2, 3, 4, 11, 12, 13}, []int{0, 0, 0, 0, 1, 1, 1}, []string{"day", "night"})
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := KolmogorovSmirnov(tally)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s: D = %v, p = %.4f\n", r.Method, r.Statistic.Value, r.P)
	// Output: Kolmogorov-Smirnov, exact: D = 1, p = 0.0571
}
