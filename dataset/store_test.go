package dataset

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// storeForm says how a stored column is kept.
func storeForm(s *storedColumn) string {
	form := "none"
	switch {
	case s.u8 != nil:
		form = "u8"
	case s.u16 != nil:
		form = "u16"
	case s.u32 != nil:
		form = "u32"
	case s.f64 != nil:
		form = "f64"
	}
	if s.scale > 0 {
		form += fmt.Sprintf(", scale %d", s.scale)
	}
	if s.base != 0 {
		form += fmt.Sprintf(", base %v", s.base)
	}
	return form
}

var nan = math.NaN()

// TestStoredForms: numbers are kept in the narrowest form that holds them
// exactly, and come back bit for bit.
func TestStoredForms(t *testing.T) {
	negativeZero := math.Copysign(0, -1)
	for _, c := range []struct {
		numbers []float64
		want    string
	}{
		{[]float64{0, 1, 254}, "u8"},
		{[]float64{0, 1, 255}, "u16"},
		{[]float64{0, nan, 254}, "u8"},
		{[]float64{nan, nan}, "u8"},
		{[]float64{65534}, "u16"},
		{[]float64{65535}, "u32"},
		{[]float64{4294967294}, "u32"},
		{[]float64{4294967295, 4294967296}, "u8, base 4.294967295e+09"},
		{[]float64{0, 4294967296}, "f64"},
		{[]float64{0.25, 1, 2.5}, "u8, scale 2"},
		{[]float64{0.25, 2.55}, "u16, scale 2"},
		{[]float64{0.000001, 1}, "u32, scale 6"},
		{[]float64{0.000000001, 5}, "f64"},
		{[]float64{0.30000000000000004}, "f64"},
		{[]float64{-3, 7, nan}, "u8, base -3"},
		{[]float64{-3, 7.5}, "f64"},
		{[]float64{negativeZero, 1}, "f64"},
		{[]float64{1.5e15, 1.5e15 + 200}, "u8, base 1.5e+15"},
		{[]float64{1e300, -1e300}, "f64"},
	} {
		var b columnBuilder
		b.reset()
		b.add(&Vector{Floats: c.numbers, Missing: countNaN(c.numbers)})
		s := b.store(Number)
		if got := storeForm(&s); got != c.want {
			t.Errorf("%v is kept as %s, want %s", c.numbers, got, c.want)
		}
		checkStored(t, &s, c.numbers)
	}
}

func checkStored(t *testing.T, s *storedColumn, want []float64) {
	t.Helper()
	var v Vector
	s.slice(&v, 0, len(want), make([]uint32, len(want)), make([]float64, len(want)))
	missing := 0
	for i, x := range want {
		if x != x {
			missing++
		}
		if got := v.Float(i); math.Float64bits(got) != math.Float64bits(x) && !(got != got && x != x) {
			t.Fatalf("%v comes back as %v", x, got)
		}
		if v.Ints != nil && v.Ints[i] != MissingInt && v.Ints[i] > v.Or {
			t.Fatalf("%d is beyond %d", v.Ints[i], v.Or)
		}
	}
	if v.Missing != missing || s.gaps != 0 && s.gaps != missing {
		t.Fatalf("%d and %d missing, want %d", v.Missing, s.gaps, missing)
	}
}

// TestColumnBuilder: vectors of all forms and scales make one column.
func TestColumnBuilder(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 6))
	for range 500 {
		var b columnBuilder
		b.reset()
		var want []float64
		for range 1 + rng.IntN(5) {
			v := intVector(rng, 1<<rng.IntN(32), uint8(rng.IntN(10)))
			switch rng.IntN(4) {
			case 0:
				v.Ints[0] = MissingInt
				v.Missing++
			case 1:
				v = Vector{Floats: []float64{rng.NormFloat64(), float64(rng.IntN(100)), nan}, Missing: 1}
			}
			b.add(&v)
			want = v.AppendFloats(want)
		}
		s := b.store(Number)
		checkStored(t, &s, want)
	}
}

func TestShortest(t *testing.T) {
	for x, want := range map[float64]string{
		0: "0", 1: "1", -1.5: "-1.5", 1379963888: "1379963888", 0.000001: "0.000001", 1e-7: "1e-07", 1e20: "100000000000000000000", 1e21: "1e+21",
		math.MaxFloat64: "1.7976931348623157e+308", 0.30000000000000004: "0.30000000000000004",
	} {
		if got := shortest(x); got != want {
			t.Errorf("%v is written %s, want %s", x, got, want)
		}
		if back, ok := ParseNumber([]byte(want)); !ok || back != x {
			t.Errorf("%s reads as %v", want, back)
		}
	}
}
