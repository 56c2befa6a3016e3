package stats

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// The flow of the Nile fell in 1899, after 28 years (Cobb 1978); R's strucchange
// finds the means 1097.750 and 849.972.
func TestChangePointOfTheNile(t *testing.T) {
	s, err := ChangePoints(nile, ChangePointOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(s.ChangePoints(), []int{28}) {
		t.Fatalf("change points %v, want 28", s.ChangePoints())
	}
	check.Close(t, "first mean", s.Segments[0].Mean, 1097.75, 1e-14)
	check.Close(t, "second mean", s.Segments[1].Mean, 849.9722222222222, 1e-14)
	check.Close(t, "penalty", s.Penalty, 2*math.Log(100), 1e-14)
	if s.Segments[0].Last != 27 || s.Segments[1].Last != 99 || s.Segments[1].N != 72 {
		t.Errorf("segments %+v", s.Segments)
	}
}

// Ten levels, two of them short, must be found where they begin, even with gaps and
// whatever the unit, and none in noise.
func TestChangePointsFindsLevels(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	want := []int{100, 350, 500, 506, 900, 1200, 1210, 1500, 1900}
	for _, exp := range []int{0, -900, 950} {
		x := make([]float64, 2000)
		level := 0.0
		for i := range x {
			if slices.Contains(want, i) {
				level = 12 - level
			}
			x[i] = math.Ldexp(level+rng.NormFloat64(), exp)
			if i%10 == 7 {
				x[i] = math.NaN()
			}
		}
		s, err := ChangePoints(x, ChangePointOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(s.ChangePoints(), want) {
			t.Errorf("2^%d: change points %v, want %v", exp, s.ChangePoints(), want)
		}
		if noise := math.Ldexp(s.Noise, -exp); noise < 0.9 || noise > 1.1 {
			t.Errorf("2^%d: noise %v, want about 1", exp, noise)
		}
	}
	found := 0
	for range 50 {
		x := make([]float64, 400)
		for i := range x {
			x[i] = rng.NormFloat64()
		}
		s, err := ChangePoints(x, ChangePointOptions{Noise: 1})
		if err != nil {
			t.Fatal(err)
		}
		found += len(s.ChangePoints())
	}
	if found > 15 {
		t.Errorf("%d change points in 50 series of noise", found)
	}
}

// Counts that rarely change have no median deviation of differences.
func TestChangePointsOfSteps(t *testing.T) {
	x := make([]float64, 300)
	for i := 200; i < 300; i++ {
		x[i] = 50
	}
	x[20] = 1
	s, err := ChangePoints(x, ChangePointOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(s.ChangePoints(), []int{200}) || !(s.Noise > 0) {
		t.Errorf("change points %v with noise %v, want 200", s.ChangePoints(), s.Noise)
	}
	for _, flat := range [][]float64{{7}, {7, math.NaN(), 7, 7}} {
		s, err := ChangePoints(flat, ChangePointOptions{})
		if err != nil || len(s.Segments) != 1 || s.Segments[0].Mean != 7 || s.ChangePoints() != nil {
			t.Errorf("%v: %+v, %v", flat, s, err)
		}
	}
}

func TestChangePointRefusals(t *testing.T) {
	_, nothing := ChangePoints([]float64{math.NaN()}, ChangePointOptions{})
	_, infinite := ChangePoints([]float64{1, math.Inf(1)}, ChangePointOptions{})
	if !errors.Is(nothing, ErrTooFew) || !errors.Is(infinite, ErrNotFinite) {
		t.Errorf("errors %v and %v", nothing, infinite)
	}
	for _, o := range []ChangePointOptions{{Penalty: -1}, {Noise: -1}, {Noise: math.NaN()}} {
		if _, err := ChangePoints(nile, o); err == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
}

func ExampleChangePoints() {
	packets := []float64{10, 12, 11, 9, 10, 11, 48, 52, 50, 49, 51, 11, 10, 12, 9, 10}
	s, err := ChangePoints(packets, ChangePointOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, segment := range s.Segments {
		fmt.Printf("%d to %d: %.1f\n", segment.First, segment.Last, segment.Mean)
	}
	// Output:
	// 0 to 5: 10.5
	// 6 to 10: 50.0
	// 11 to 15: 10.4
}

// cheapestCut finds the cut of least cost by trying every last segment of every
// beginning.
func cheapestCut(x []float64, penalty float64) (starts []int, cost float64) {
	least, last := make([]float64, len(x)+1), make([]int, len(x)+1)
	least[0] = -penalty
	for end := 1; end <= len(x); end++ {
		least[end] = math.Inf(1)
		for start := range end {
			if c := least[start] + penalty + momentsOf(x[start:end], nil).M2; c < least[end] {
				least[end], last[end] = c, start
			}
		}
	}
	for end := len(x); end > 0; end = last[end] {
		starts = append(starts, last[end])
	}
	slices.Reverse(starts)
	return starts, least[len(x)]
}

// The cut must be the cheapest of all, which for short series can be looked for
// among all of them.
func TestSegmentStartsAreTheCheapest(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for trial := range 60 {
		x := make([]float64, 30+rng.IntN(120))
		level := 0.0
		for i := range x {
			if rng.IntN(15) == 0 {
				level = 6 * rng.NormFloat64()
			}
			x[i] = level + rng.NormFloat64()
			if trial%3 == 0 {
				x[i] = math.Round(x[i])
			}
		}
		penalty := math.Pow(10, 2*rng.Float64()-0.5)
		want, cost := cheapestCut(x, penalty)
		got := segmentStarts(x, penalty)
		sum := -penalty
		for i, start := range got {
			end := len(x)
			if i+1 < len(got) {
				end = got[i+1]
			}
			sum += penalty + momentsOf(x[start:end], nil).M2
		}
		if math.Abs(sum-cost) > 1e-9*(1+cost) {
			t.Errorf("trial %d: cut at %v costs %v, at %v %v", trial, got, sum, want, cost)
		}
	}
}

func BenchmarkChangePoints(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	x := make([]float64, 100_000)
	for i := range x {
		x[i] = rng.NormFloat64()
	}
	for b.Loop() {
		if _, err := ChangePoints(x, ChangePointOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}
