package stats

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

func TestCycleSkill(t *testing.T) {
	for _, c := range []struct {
		name   string
		x      []float64
		period int
		want   float64
	}{
		{"equal cycles", []float64{1, 5, 2, 1, 5, 2, 1, 5, 2}, 3, 1},
		{"equal cycles at other levels", []float64{1, 5, 2, 101, 105, 102}, 3, 1},
		{"a cycle that is not whole is left out", []float64{1, 5, 2, 1, 5, 2, 9}, 3, 1},
		{"opposite cycles: every difference is doubled", []float64{1, -1, -1, 1}, 2, 1 - 4},
		// Cycles (1,-1), (1,-1), (0,0): the others foretell 1/2, 1/2 and 1, so
		// 1 - (4·(1/2)² + 2·1²)/4 = 1/4.
		{"a flat cycle among three", []float64{1, -1, 1, -1, 0, 0}, 2, 0.25},
	} {
		got, err := CycleSkill(c.x, c.period)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		check.Close(t, c.name, got, c.want, 1e-14)
	}
}

// A series that never repeats has about the skill −1/(k−1) on average, also where
// neighbours are alike.
func TestCycleSkillOfNoise(t *testing.T) {
	const period, cycles, runs = 24, 7, 400
	for _, memory := range []float64{0, 0.9} {
		r := rand.New(rand.NewPCG(1, 2))
		mean := 0.0
		for range runs {
			x := make([]float64, period*cycles)
			last := 0.0
			for i := range x {
				last = memory*last + r.NormFloat64()
				x[i] = last
			}
			skill, err := CycleSkill(x, period)
			if err != nil {
				t.Fatal(err)
			}
			mean += skill / runs
		}
		if want := -1.0 / (cycles - 1); math.Abs(mean-want) > 0.05 {
			t.Errorf("noise with memory %v: mean skill %v, want about %v", memory, mean, want)
		}
	}
}

func TestCycleSkillOfScaledSeries(t *testing.T) {
	x := airPassengers
	want, err := CycleSkill(x, 12)
	if err != nil {
		t.Fatal(err)
	}
	if want < 0.5 || want >= 1 {
		t.Errorf("months foretell %v of the passengers within years", want)
	}
	for _, scale := range []float64{1e-200, 1e200} {
		scaled := make([]float64, len(x))
		for i, v := range x {
			scaled[i] = scale * v
		}
		got, err := CycleSkill(scaled, 12)
		if err != nil {
			t.Fatal(err)
		}
		check.Close(t, "scaled", got, want, 1e-9)
	}
}

func TestCycleSkillErrors(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		x      []float64
		period int
		want   error
	}{
		{[]float64{1, 2, 3}, 2, ErrTooFew},
		{nil, 2, ErrTooFew},
		{[]float64{1, 2, nan, 4}, 2, ErrNotFinite},
		{[]float64{3, 3, 3, 3}, 2, ErrConstant},
		{[]float64{1, 1, 2, 2}, 2, ErrConstant},
	} {
		if _, err := CycleSkill(c.x, c.period); !errors.Is(err, c.want) {
			t.Errorf("CycleSkill(%v, %d): %v, want %v", c.x, c.period, err, c.want)
		}
	}
	if _, err := CycleSkill([]float64{1, 2, 3}, 1); err == nil {
		t.Error("a period of 1 is taken")
	}
}
