package stats

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// windowOf returns the known values of the window around point t, ascending.
func windowOf(x []float64, t, window int) []float64 {
	lo, hi := max(t-window/2, 0), min(t+(window-1)/2+1, len(x))
	values := slices.DeleteFunc(slices.Clone(x[lo:hi]), math.IsNaN)
	slices.Sort(values)
	return values
}

func medianOf(sorted []float64) float64 { return Quantiles(sorted, 0.5)[0] }

// Every window must have the median and the median deviation that sorting it gives.
func TestRollingEqualsSorting(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 3))
	for _, n := range []int{0, 1, 2, 7, 60, 1500} {
		x := make([]float64, n)
		for i := range x {
			switch x[i] = rng.NormFloat64(); rng.IntN(5) {
			case 0:
				x[i] = math.NaN()
			case 1:
				x[i] = math.Round(x[i])
			}
		}
		for _, window := range []int{1, 2, 3, 4, 15, 64, 601, 5000, math.MaxInt} {
			medians, deviations, err1 := RollingMAD(x, window)
			alone, err2 := RollingMedian(x, window)
			if err := errors.Join(err1, err2); err != nil {
				t.Fatal(err)
			}
			for i := 0; i < n; i += 1 + n/100 {
				values := windowOf(x, i, window)
				m := medianOf(values)
				for j := range values {
					values[j] = math.Abs(values[j] - m)
				}
				slices.Sort(values)
				if d := medianOf(values); !same(medians[i], m) || !same(alone[i], m) || !same(deviations[i], d) {
					t.Fatalf("%d values, window %d at %d: %v (%v) and %v, want %v and %v", n, window, i, medians[i], alone[i], deviations[i], m, d)
				}
			}
		}
	}
}

// same reports whether two numbers are equal or both NaN.
func same(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }

// A window that spans the series sees what Summarize sees.
func TestWidestWindowIsTheWholeSeries(t *testing.T) {
	medians, deviations, err := RollingMAD(nile, 2*len(nile))
	if err != nil {
		t.Fatal(err)
	}
	s := Summarize(tallyOf(t, nile))
	for i := range nile {
		if medians[i] != s.Q50 || deviations[i] != s.MAD {
			t.Fatalf("point %d: %v and %v, want %v and %v", i, medians[i], deviations[i], s.Q50, s.MAD)
		}
	}
}

// Spikes on a wave with a trend must be found, all of them and nothing else.
func TestSpikesOnAWave(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 3))
	x := make([]float64, 2000)
	for i := range x {
		x[i] = 0.05*float64(i) + 10*math.Sin(float64(i)/50) + 0.3*math.Max(-2, math.Min(rng.NormFloat64(), 2))
	}
	want := []int{0, 400, 401, 402, 1234, 1999}
	for _, i := range want {
		x[i] -= 25
	}
	x[700] = math.NaN()
	spikes, err := Spikes(x, SpikeOptions{Window: 21, Limit: 6.5})
	if err != nil {
		t.Fatal(err)
	}
	var got []int
	for _, s := range spikes {
		got = append(got, s.Index)
		if s.Value != x[s.Index] || s.Score > -6.5 || math.Abs(s.Score-(s.Value-s.Median)/s.Scale) > 1e-12 {
			t.Errorf("spike %+v", s)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("spikes at %v, want %v", got, want)
	}
}

// Where a window does not vary, the least scale decides.
func TestSpikesOnFlatGround(t *testing.T) {
	x := make([]float64, 50)
	x[10], x[30] = 2, 90
	all, err1 := Spikes(x, SpikeOptions{})
	high, err2 := Spikes(x, SpikeOptions{MinScale: 1})
	none, err3 := Spikes(make([]float64, 50), SpikeOptions{})
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	if len(all) != 2 || !math.IsInf(all[0].Score, 1) || all[0].Scale != 0 {
		t.Errorf("without a least scale: %+v", all)
	}
	if len(high) != 1 || high[0] != (Spike{Index: 30, Value: 90, Median: 0, Scale: 1, Score: 90}) {
		t.Errorf("with a least scale of 1: %+v", high)
	}
	if none != nil {
		t.Errorf("in nothing: %+v", none)
	}
}

func TestRollingRefusals(t *testing.T) {
	bad := []float64{1, math.Inf(1), 2}
	_, err1 := RollingMedian(bad, 3)
	_, _, err2 := RollingMAD(bad, 3)
	_, err3 := Spikes(bad, SpikeOptions{})
	for _, err := range []error{err1, err2, err3} {
		if !errors.Is(err, ErrNotFinite) {
			t.Errorf("infinity: error %v, want %v", err, ErrNotFinite)
		}
	}
	for _, window := range []int{0, -1, math.MinInt} {
		if _, err := RollingMedian(nile, window); err == nil {
			t.Errorf("window %d was accepted", window)
		}
	}
	for _, o := range []SpikeOptions{{Window: -1}, {Limit: -1}, {MinScale: -1}, {Limit: math.NaN()}} {
		if _, err := Spikes(nile, o); err == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
}

func ExampleSpikes() {
	requests := []float64{20, 22, 19, 21, 23, 20, 310, 22, 21, 19, 20, 23, 22, 21, 20, 19}
	spikes, err := Spikes(requests, SpikeOptions{Window: 7, MinScale: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range spikes {
		fmt.Printf("point %d: %v where %v is usual\n", s.Index, s.Value, s.Median)
	}
	// Output: point 6: 310 where 21 is usual
}

func BenchmarkRollingMAD(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	x := make([]float64, 125_973)
	for i := range x {
		x[i] = rng.NormFloat64()
	}
	for _, window := range []int{15, 1001} {
		b.Run(fmt.Sprintf("window %d", window), func(b *testing.B) {
			for b.Loop() {
				if _, _, err := RollingMAD(x, window); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
