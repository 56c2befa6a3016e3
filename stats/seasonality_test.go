package stats

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// R 4.2: decompose(AirPassengers), its figure, and its trend to seven digits.
func TestDecomposeAirPassengers(t *testing.T) {
	d, err := Decompose(airPassengers, 12)
	if err != nil {
		t.Fatal(err)
	}
	figure := []float64{-24.748737, -36.188131, -2.241162, -8.036616, -4.506313, 35.402778,
		63.830808, 62.823232, 16.520202, -20.642677, -53.593434, -28.619949}
	for i, want := range figure {
		if math.Abs(d.Figure[i]-want) > 5e-7 {
			t.Errorf("figure at %d: %v, want %v", i, d.Figure[i], want)
		}
	}
	if !math.IsNaN(d.Trend[5]) || !math.IsNaN(d.Remainder[138]) || math.IsNaN(d.Trend[137]) {
		t.Errorf("the trend does not end half a period from the ends")
	}
	check.Close(t, "first trend", d.Trend[6], 126.7917, 1e-6)
	check.Close(t, "second trend", d.Trend[7], 127.25, 1e-14)
}

// decomposed sums up the components, whose sum must be the series again.
func decomposed(t *testing.T, x []float64, period int) Decomposition {
	t.Helper()
	d, err := Decompose(x, period)
	if err != nil {
		t.Fatal(err)
	}
	mean := 0.0
	for _, v := range d.Figure {
		mean += v / float64(period)
	}
	if math.Abs(mean) > 1e-9 {
		t.Errorf("period %d: the figure has mean %v", period, mean)
	}
	for i, v := range x {
		if sum := d.Trend[i] + d.Seasonal[i] + d.Remainder[i]; !math.IsNaN(sum) && math.Abs(sum-v) > 1e-9*(1+math.Abs(v)) {
			t.Fatalf("period %d, point %d: components add up to %v, want %v", period, i, sum, v)
		}
	}
	return d
}

// A line with a figure on it must be found exactly, for odd and even periods, and
// noise must have no strength in either component.
func TestDecomposeFindsWhatThereIs(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	for _, period := range []int{2, 5, 8, 24} {
		figure := make([]float64, period)
		sum := 0.0
		for i := range figure {
			figure[i] = rng.NormFloat64()
			sum += figure[i]
		}
		x := make([]float64, 10*period+3)
		for i := range x {
			x[i] = 3 - 0.2*float64(i) + figure[i%period]
		}
		d := decomposed(t, x, period)
		for i := range figure {
			check.Close(t, fmt.Sprintf("period %d, figure at %d", period, i), d.Figure[i], figure[i]-sum/float64(period), 1e-9)
		}
		middle := len(x) / 2
		check.Close(t, "trend", d.Trend[middle], 3-0.2*float64(middle)+sum/float64(period), 1e-9)
		if d.TrendStrength < 0.999 || d.SeasonalStrength < 0.999 {
			t.Errorf("period %d: strengths %v and %v, want 1", period, d.TrendStrength, d.SeasonalStrength)
		}
	}
	noise := make([]float64, 2000)
	for i := range noise {
		noise[i] = rng.NormFloat64()
	}
	if d := decomposed(t, noise, 12); d.SeasonalStrength > 0.05 || d.TrendStrength > 0.2 {
		t.Errorf("of noise: strengths %v and %v", d.TrendStrength, d.SeasonalStrength)
	}
}

func TestStrengthOfNothing(t *testing.T) {
	d := decomposed(t, make([]float64, 20), 4)
	if !math.IsNaN(d.TrendStrength) || !math.IsNaN(d.SeasonalStrength) {
		t.Errorf("of zeros: strengths %v and %v, want none", d.TrendStrength, d.SeasonalStrength)
	}
}

func bestPeriod(t *testing.T, x []float64, candidates []int) PeriodScore {
	t.Helper()
	scores, err := RankPeriods(x, candidates)
	if err != nil {
		t.Fatal(err)
	}
	return scores[0]
}

// Monthly data repeat themselves after a year; so do hourly ones after a day, be
// the figure a wave or a single peak, on top of a random walk.
func TestRankPeriodsFindsThePeriod(t *testing.T) {
	for _, candidates := range [][]int{nil, {4, 6, 12, 24, 36}, {24, 12}} {
		if best := bestPeriod(t, airPassengers, candidates); best.Period != 12 || best.ACF < 0.7 {
			t.Errorf("AirPassengers among %v: %+v, want 12", candidates, best)
		}
	}
	walk, steps := randomWalk(21, 24*40)
	for name, figure := range map[string]func(hour int) float64{
		"wave": func(hour int) float64 { return 10 * math.Sin(2*math.Pi*float64(hour)/24) },
		"peak": func(hour int) float64 { return 30 * float64(1-min(hour, 1)) },
	} {
		x := make([]float64, len(walk))
		for i := range x {
			x[i] = 0.3*walk[i] + steps[i] + figure(i%24)
		}
		if best := bestPeriod(t, x, nil); best.Period != 24 {
			t.Errorf("%s: %+v, want 24", name, best)
		}
		if best := bestPeriod(t, x, []int{2, 6, 12, 24, 48, 168}); best.Period != 24 {
			t.Errorf("%s among few: %+v, want 24", name, best)
		}
	}
}

func TestSeasonalityRefusals(t *testing.T) {
	gap := append([]float64{math.NaN()}, nile...)
	line := make([]float64, 30)
	for i := range line {
		line[i] = float64(i) / 3
	}
	_, d1 := Decompose(nile[:23], 12)
	_, d2 := Decompose(gap, 12)
	_, p1 := RankPeriods(nile[:23], []int{3, 12})
	_, p2 := RankPeriods(gap, nil)
	_, p3 := RankPeriods(line, nil)
	_, p4 := RankPeriods(nil, nil)
	for i, c := range []struct{ got, want error }{
		{d1, ErrTooFew}, {d2, ErrNotFinite}, {p1, ErrTooFew}, {p2, ErrNotFinite}, {p3, ErrConstant}, {p4, ErrTooFew},
	} {
		if !errors.Is(c.got, c.want) {
			t.Errorf("case %d: error %v, want %v", i, c.got, c.want)
		}
	}
	for _, period := range []int{1, 0, -12, math.MaxInt} {
		_, err1 := Decompose(nile, period)
		_, err2 := RankPeriods(nile, []int{period})
		if err1 == nil || err2 == nil {
			t.Errorf("period %d was accepted", period)
		}
	}
}

func ExampleDecompose() {
	visits := []float64{10, 12, 30, 11, 13, 31, 12, 14, 32, 13, 15, 33}
	d, err := Decompose(visits, 3)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("figure %.1f, strength %.2f\n", d.Figure, d.SeasonalStrength)
	// Output: figure [-7.0 -5.3 12.3], strength 1.00
}

func ExampleRankPeriods() {
	visits := []float64{10, 12, 30, 11, 13, 31, 12, 14, 32, 13, 15, 33}
	scores, err := RankPeriods(visits, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("repeats after", scores[0].Period)
	// Output: repeats after 3
}
