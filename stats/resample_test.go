package stats

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

func TestPermutationT(t *testing.T) {
	ctx := context.Background()
	o := Resampling{Replicates: 4000, Seed: 3}
	// Of the 20 ways to divide six values, two are as extreme as this.
	r, err := PermutationT(ctx, groupsOf(t, []float64{1, 2, 3.5}, []float64{10, 11, 12}), false, TwoSided, 0.95, o)
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "p", r.P, 0.1, 0.15)
	tally := groupsOf(t, sleepFirst, sleepSecond)
	first, err1 := PermutationT(ctx, tally, false, TwoSided, 0.95, o)
	again, err2 := PermutationT(ctx, tally, false, TwoSided, 0.95, o)
	welch, err3 := WelchT(tally.Moments(0), tally.Moments(1), TwoSided, 0.95)
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	if first.P != again.P {
		t.Errorf("p = %v, then %v from the same seed", first.P, again.P)
	}
	check.Close(t, "p of sleep", first.P, welch.P, 0.25)
	if _, err := PermutationT(ctx, tally, false, TwoSided, 0.95, Resampling{Replicates: 3}); err == nil {
		t.Error("three replicates are no error")
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := PermutationT(cancelled, tally, false, TwoSided, 0.95, o); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: error %v", err)
	}
}

// For normal data the bootstrap comes to what the t-test says.
func TestBootstrapDifference(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 5))
	a, b := make([]float64, 200), make([]float64, 300)
	for i := range a {
		a[i] = random.NormFloat64() + 1e6
	}
	for i := range b {
		b[i] = 2*random.NormFloat64() + 1e6 - 0.5
	}
	tally := groupsOf(t, a, b)
	boot, err1 := BootstrapDifference(context.Background(), tally, 0.95, Resampling{Replicates: 4000, Seed: 1})
	welch, err2 := WelchT(tally.Moments(0), tally.Moments(1), TwoSided, 0.95)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	check.Close(t, "difference", boot.Difference, welch.Estimate.Value, 1e-12)
	check.Close(t, "low", boot.DifferenceCI.Low, welch.CI.Low, 0.1)
	check.Close(t, "high", boot.DifferenceCI.High, welch.CI.High, 0.1)
	if !(boot.DCI.Low < boot.D && boot.D < boot.DCI.High) || boot.Undefined != 0 {
		t.Errorf("d = %v, interval %v, %d undefined", boot.D, boot.DCI, boot.Undefined)
	}
}

// Of all 2¹⁰ ways to sign the differences of sleep, p is that of the exact test; the
// bootstrap is beside the interval of the paired t-test.
func TestSignFlipAndBootstrapOfPairs(t *testing.T) {
	var differences []float64
	for i, x := range sleepFirst {
		differences = append(differences, x-sleepSecond[i])
	}
	extreme, total := 0, 0.0
	for _, d := range differences {
		total += d
	}
	for signs := range 1 << len(differences) {
		sum := 0.0
		for i, d := range differences {
			if signs>>i&1 == 1 {
				d = -d
			}
			sum += d
		}
		if math.Abs(sum) >= math.Abs(total)-1e-9 {
			extreme++
		}
	}
	ctx, tally := context.Background(), tallyOf(t, differences)
	r, err1 := SignFlipT(ctx, tally, 0, TwoSided, 0.95, Resampling{Replicates: 20_000, Seed: 2})
	boot, err2 := BootstrapMean(ctx, tally, 0, 0.95, Resampling{Replicates: 4000, Seed: 2})
	paired, err3 := PairedT(tally.Moments(0), TwoSided, 0.95)
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	check.Close(t, "p", r.P, float64(extreme)/1024, 0.4)
	if boot.DifferenceCI.Low < paired.CI.Low-0.5 || boot.DifferenceCI.High > paired.CI.High+0.5 || boot.DifferenceCI.High > 0 {
		t.Errorf("bootstrap %v beside %v", boot.DifferenceCI, paired.CI)
	}
	check.Close(t, "d", boot.D, paired.Effect.Value, 1e-12)
}

// The answer does not depend on how many goroutines draw.
func TestResamplingWithOneProcessor(t *testing.T) {
	tally := groupsOf(t, sleepFirst, sleepSecond)
	o := Resampling{Replicates: 500, Seed: 9}
	answers := func() (p float64, b BootstrapMeans) {
		r, err1 := PermutationT(context.Background(), tally, true, Less, 0.95, o)
		b, err2 := BootstrapDifference(context.Background(), tally, 0.95, o)
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		return r.P, b
	}
	p, b := answers()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if p1, b1 := answers(); p1 != p || b1 != b {
		t.Errorf("p = %v and %+v, with one processor %v and %+v", p, b, p1, b1)
	}
}
