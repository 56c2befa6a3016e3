package stats

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

func TestKendallTauBErrors(t *testing.T) {
	if _, err := KendallTauB([]float64{1}, nil); !errors.Is(err, ErrLengths) {
		t.Errorf("unequal lengths: %v", err)
	}
	if _, err := KendallTauB([]float64{1, math.Inf(1)}, []float64{1, 2}); !errors.Is(err, ErrNotFinite) {
		t.Errorf("infinity: %v", err)
	}
	for _, x := range [][]float64{nil, {1}, {3, 3, 3}} {
		tau, err := KendallTauB(x, x)
		if err != nil || !math.IsNaN(tau.Tau) {
			t.Errorf("KendallTauB(%v) = %+v, %v; want an undefined coefficient", x, tau, err)
		}
	}
}

// compareAllPairs is the definition of Kendall's coefficient, in quadratic time.
func compareAllPairs(x, y []float64) (score int64, tau float64) {
	var untiedX, untiedY int64
	for i := range x {
		for j := range i {
			dx, dy := x[i]-x[j], y[i]-y[j]
			if dx != 0 {
				untiedX++
			}
			if dy != 0 {
				untiedY++
			}
			switch {
			case dx*dy > 0:
				score++
			case dx*dy < 0:
				score--
			}
		}
	}
	return score, float64(score) / math.Sqrt(float64(untiedX)*float64(untiedY))
}

func TestKendallTauBIsItsDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for _, n := range []int{2, 3, 15, 16, 17, 33, 100, 1000} {
		for _, levels := range []int{2, 5, 1 << 40} {
			x, y := make([]float64, n), make([]float64, n)
			for i := range n {
				x[i] = float64(r.IntN(levels))
				y[i] = float64(r.IntN(levels)) + math.Round(x[i]/2)
			}
			score, tau := compareAllPairs(x, y)
			got, err := KendallTauB(x, y)
			if err != nil {
				t.Fatal(err)
			}
			name := fmt.Sprintf("tau of %d pairs with %d levels", n, levels)
			if got.Score != score {
				t.Errorf("%s: score %d, want %d", name, got.Score, score)
			}
			check.Close(t, name, got.Tau, tau, 1e-14)
		}
	}
}

// permutations calls f with every order of 0 to n-1.
func permutations(n int, f func([]int)) {
	p := make([]int, n)
	for i := range p {
		p[i] = i
	}
	var place func(k int)
	place = func(k int) {
		if k == n {
			f(p)
			return
		}
		for i := k; i < n; i++ {
			p[k], p[i] = p[i], p[k]
			place(k + 1)
			p[k], p[i] = p[i], p[k]
		}
	}
	place(0)
}

func TestInversionTailByEnumeration(t *testing.T) {
	for n := 1; n <= 7; n++ {
		counts, total := make([]float64, n*(n-1)/2+1), 0.0
		permutations(n, func(p []int) {
			inversions := 0
			for i := range p {
				for j := range i {
					if p[j] > p[i] {
						inversions++
					}
				}
			}
			counts[inversions]++
			total++
		})
		var sum float64
		for d, c := range counts {
			sum += c
			check.Close(t, fmt.Sprintf("P(D <= %d), n = %d", d, n), math.Exp(logInversionTail(n, int64(d))), sum/total, 1e-13)
		}
	}
}

// The score's standard deviation is that over all orders of y, ties included.
func TestScoreDeviationByEnumeration(t *testing.T) {
	x := []float64{1, 1, 2, 3, 3, 3, 4}
	y := []float64{5, 6, 6, 7, 7, 8, 8}
	var sum, total float64
	permutations(len(y), func(p []int) {
		shuffled := make([]float64, len(y))
		for i, from := range p {
			shuffled[i] = y[from]
		}
		score, _ := compareAllPairs(x, shuffled)
		sum += float64(score * score)
		total++
	})
	tau, err := KendallTauB(x, y)
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "standard deviation of the score", tau.SD, math.Sqrt(sum/total), 1e-13)
}

func BenchmarkKendallTauB(b *testing.B) {
	const n = 125_973
	r := rand.New(rand.NewPCG(1, 2))
	for name, levels := range map[string]int{"512 values": 512, "continuous": 1 << 50} {
		x, y := make([]float64, n), make([]float64, n)
		for i := range n {
			x[i] = float64(r.IntN(levels))
			y[i] = x[i]/2 + float64(r.IntN(levels))
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := KendallTauB(x, y); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// The cross table and the merge sort count the same pairs, and pairs with a missing
// value are as if they were not there.
func TestKendallTauBTwoWays(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 22))
	for _, n := range []int{1, 2, 7, 40, 500} {
		for _, levels := range []int{1, 3, 20, 1000} {
			x, y := make([]float64, n), make([]float64, n)
			var bothX, bothY []float64
			for i := range n {
				x[i], y[i] = float64(r.IntN(levels)), float64(r.IntN(levels))
				if r.IntN(5) == 0 {
					x[i] = math.NaN()
				}
				if r.IntN(5) == 0 {
					y[i] = math.NaN()
				}
				if x[i] == x[i] && y[i] == y[i] {
					bothX, bothY = append(bothX, x[i]), append(bothY, y[i])
				}
			}
			a, b := newOrderNumbers(x), newOrderNumbers(y)
			want, err := KendallTauB(bothX, bothY)
			if err != nil {
				t.Fatal(err)
			}
			for way, got := range map[string]TauB{"table": tauOfTable(a, b), "sort": tauOfSorted(a, b), "either": tauOf(a, b)} {
				if got.N != want.N || got.Score != want.Score || got.Ties != want.Ties {
					t.Errorf("%s of %d rows with %d levels: %+v, want %+v", way, n, levels, got, want)
				}
				check.Close(t, way, got.Tau, want.Tau, 0)
				check.Close(t, way, got.SD, want.SD, 1e-15)
			}
		}
	}
}

func BenchmarkTauOf(b *testing.B) {
	r := rand.New(rand.NewPCG(23, 24))
	for _, levels := range []int{100, 1 << 20} {
		x, y := make([]float64, 100_000), make([]float64, 100_000)
		for i := range x {
			x[i], y[i] = float64(r.IntN(levels)), float64(r.IntN(levels))
		}
		first, second := newOrderNumbers(x), newOrderNumbers(y)
		b.Run(fmt.Sprintf("%d levels", levels), func(b *testing.B) {
			for b.Loop() {
				tauOf(first, second)
			}
		})
	}
}
