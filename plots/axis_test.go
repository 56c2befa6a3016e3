package plots

import (
	"math"
	"testing"
)

// labels returns the labels of the ticks, separated by spaces.
func labels(ticks []tick) string {
	var s string
	for _, t := range ticks {
		if t.label != "" {
			if s != "" {
				s += " "
			}
			s += t.label
		}
	}
	return s
}

func TestTicks(t *testing.T) {
	tests := []struct {
		a    axis
		most int
		want string
	}{
		{axis{scale: Linear, lo: 0, hi: 1}, 6, "0.0 0.2 0.4 0.6 0.8 1.0"},
		{axis{scale: Linear, lo: 0, hi: 1}, 2, "0.0 0.5 1.0"},
		{axis{scale: Linear, lo: -3, hi: 9}, 4, "0 5"},
		{axis{scale: Linear, lo: 0, hi: 9000}, 5, "0 2,000 4,000 6,000 8,000"},
		{axis{scale: Linear, lo: 0, hi: 25192}, 6, "0 5k 10k 15k 20k 25k"},
		{axis{scale: Linear, lo: 0, hi: 2e6}, 4, "0 0.5M 1M 1.5M 2M"},
		{axis{scale: Linear, lo: -1, hi: 1}, 4, "−1.0 −0.5 0.0 0.5 1.0"},
		{axis{scale: Linear, lo: -0.5, hi: 3.5, whole: true}, 12, "0 1 2 3"},
		{axis{scale: Linear, lo: 0, hi: 12.3, whole: true}, 5, "0 5 10"},
		{axis{scale: Linear, lo: 1.7e9, hi: 1.7e9 + 4}, 4, "1.7G 1.700000001G 1.700000002G 1.700000003G 1.700000004G"},
		{axis{scale: Log, lo: 0.5, hi: 2e4}, 12, "1 10 100 1k 10k"},
		{axis{scale: Log, lo: 1, hi: 1e8}, 5, "1 100 10k 1M 100M"},
		{axis{scale: Log, lo: 0.001, hi: 1}, 8, "0.001 0.01 0.1 1"},
		{axis{scale: Log, lo: 3, hi: 60}, 8, "5 10 20 50"},
	}
	for _, test := range tests {
		if got := labels(test.a.ticks(test.most)); got != test.want {
			t.Errorf("%+v, at most %d: %q, want %q", test.a, test.most, got, test.want)
		}
	}
}

func TestFittedLabelsKeepApart(t *testing.T) {
	for _, length := range []float64{20, 67, 150, 400, 1200} {
		for _, scale := range []Scale{Linear, Log} {
			for _, hi := range []float64{2, 7, 41, 999, 5e4, 3e8, 1e18, 1e299} {
				a := axis{scale: scale, lo: 0.7, hi: hi, from: 10, to: 10 + length}
				ticks := a.fitted(12, tickText.width)
				if !a.apart(ticks, 12, tickText.width) {
					t.Errorf("%v axis to %v, %v pixels long: labels collide: %q", scale, hi, length, labels(ticks))
				}
			}
		}
	}
}

func TestAxisInverse(t *testing.T) {
	for _, a := range []axis{
		{scale: Linear, lo: -3, hi: 12, from: 100, to: 20},
		{scale: Log, lo: 0.5, hi: 1e9, from: 0, to: 300},
		{scale: Log, lo: 1e-300, hi: 1e300, from: 0, to: 300},
	} {
		for _, f := range []float64{0, 0.25, 0.5, 1} {
			got := (a.at(a.value(f)) - a.from) / (a.to - a.from)
			if math.Abs(got-f) > 1e-9 {
				t.Errorf("%+v: the value at %v lies at %v", a, f, got)
			}
		}
	}
}

// Multiples of a step are the same doubles as their decimal notation.
func TestDecimalStep(t *testing.T) {
	step := niceStep(0.019)
	if step != (decimalStep{2, -2}) {
		t.Fatalf("niceStep(0.019) = %v, want 2·10^-2", step)
	}
	if got := step.multiple(29); got != 0.58 {
		t.Errorf("29 steps of 0.02 = %.17g, want the double nearest to 0.58", got)
	}
}

func TestScaleString(t *testing.T) {
	for s, want := range map[Scale]string{Auto: "auto", Linear: "linear", Log: "log"} {
		if s.String() != want {
			t.Errorf("Scale %d is %q, want %q", s, s, want)
		}
	}
}
