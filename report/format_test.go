package report

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestFormat(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	tests := []struct {
		kind  Kind
		value any
		want  string
	}{
		{Text, "plain words", "plain words"},
		{Text, "", ""},
		{Text, nil, Missing},
		{Text, 2.5, "2.5"},
		{Text, true, "yes"},
		{Label, strings.Repeat("x", 121), strings.Repeat("x", 119) + "…"},
		{Text, strings.Repeat("x", 121), strings.Repeat("x", 121)},
		{Label, "\x1b[2J\r\n\t\x00", `\x1b[2J\r\n\t\x00`},
		{Label, "a\u202eb\u200b\u2028\U000e0041", `a\u202eb\u200b\u2028\U000e0041`},
		{Label, "\xff\xfe", `\xff\xfe`},
		{Label, "naïve 日本 €", "naïve 日本 €"},

		{Real, nan, Missing},
		{Real, nil, Missing},
		{Real, inf, "∞"},
		{Real, -inf, "-∞"},
		{Real, 0.0, "0"},
		{Real, math.Copysign(0, -1), "0"},
		{Real, 0.5, "0.5"},
		{Real, 3.00001, "3.000"}, // not exact, so the zeros stay
		{Real, 9.99996, "10.00"},
		{Real, -0.123456, "-0.1235"},
		{Real, 45566.743, "45,567"}, // all digits of the whole part
		{Real, 1379963888.0, "1,379,963,888"},
		{Real, -1234567.0, "-1,234,567"},
		{Real, 0.0001, "0.0001"},
		{Real, 0.00001234567, "1.235e-05"},
		{Real, 1e300, "1e+300"},
		{Real, 5e-324, "4.941e-324"},
		{Real, "a word", "a word"},

		{Count, int64(125973), "125,973"},
		{Count, 125973.0, "125,973"},
		{Count, int64(math.MaxInt64), "9,223,372,036,854,775,807"},
		{Count, int64(math.MinInt64), "-9,223,372,036,854,775,808"},
		{Count, 2.5, "2.5"},
		{Count, 1e300, "1e+300"},
		{Count, 999, "999"},

		{Share, 0.0, "0 %"},
		{Share, 1.0, "100 %"},
		{Share, 0.38, "38 %"},
		{Share, 0.5346, "53.5 %"},
		{Share, 0.00123, "0.12 %"},
		{Share, 0.999964, "99.9964 %"},
		{Share, 1e-9, "< 0.0001 %"},
		{Share, 1 - 1e-9, "> 99.9999 %"},
		{Share, 1.5, "150 %"},
		{Share, inf, "∞"},

		{PValue, 0.0234, "0.0234"},
		{PValue, 1.0, "1"},
		{PValue, 0.99999, "1.00"},
		{PValue, 1.1504027461787045e-09, "1.15e-09"},
		{PValue, 0.0, "< 5e-324"},
		{PValue, P{0, -512.3}, "5.01e-513"},
		{PValue, P{0, -499.0000000001}, "1.00e-499"}, // 9.999…e-500 rounds up
		{PValue, P{0, math.Inf(-1)}, "< 5e-324"},
		{PValue, P{0.04, math.NaN()}, "0.04"},
		{PValue, P{nan, nan}, Missing},

		{Bytes, 0.0, "0 B"},
		{Bytes, int64(999), "999 B"},
		{Bytes, 999.99, "1.0 kB"},
		{Bytes, 10400.0, "10.4 kB"},
		{Bytes, 234.4e6, "234.4 MB"},
		{Bytes, 999.96e6, "1.0 GB"},
		{Bytes, -2500.0, "-2.5 kB"},
		{Bytes, 1e30, "1e+30 B"},

		{Duration, 0.0, "0 s"},
		{Duration, 0.0000042, "4.20 µs"},
		{Duration, 0.00423, "4.23 ms"},
		{Duration, 59.5, "59.5 s"},
		{Duration, 60.0, "1 min 0 s"},
		{Duration, 3599.7, "1 h 0 min"},
		{Duration, 5400.0, "1 h 30 min"},
		{Duration, 619200.0, "7 d 4 h"},
		{Duration, -90.0, "-1 min 30 s"},

		{Bool, true, "yes"},
		{Bool, false, "no"},
		{Bool, 1.0, "yes"},
		{Bool, nil, Missing},

		// date -u -d @1312969619.25
		{Time, 1312969619.25, "2011-08-10 09:46:59.25"},
		{Time, int64(0), "1970-01-01 00:00:00"},
		{Time, -0.5, "1969-12-31 23:59:59.5"},
		{Time, 1e18, "1e+18"},
	}
	for _, tt := range tests {
		if got := Format(tt.kind, tt.value); got != tt.want {
			t.Errorf("Format(%v, %#v) = %q, want %q", tt.kind, tt.value, got, tt.want)
		}
	}
}

// A value read back from a file may be an int64 where it was a float64.
func TestFormatDoesNotDependOnTheType(t *testing.T) {
	for kind := Text; kind <= Time; kind++ {
		for _, n := range []int64{-1234567, -1, 0, 1, 42, 125973, 1 << 40, 999999999999999, 1e15, 1 << 53} {
			if got, want := Format(kind, n), Format(kind, float64(n)); got != want {
				t.Errorf("Format(%v, int64 %d) = %q, float64 %q", kind, n, got, want)
			}
			if got, want := Format(kind, int(n)), Format(kind, n); got != want {
				t.Errorf("Format(%v, int %d) = %q, int64 %q", kind, n, got, want)
			}
		}
	}
}

func TestFormatIsHonestAtTheEnds(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		x := math.Pow(10, -18*random.Float64())
		if got := Format(PValue, x); got == "0" || strings.HasPrefix(got, "0.000 ") {
			t.Fatalf("p = %g is written as %q", x, got)
		}
		for _, share := range []float64{x, 1 - x} {
			got := Format(Share, share)
			if share != 0 && (got == "0 %" || strings.Trim(got, "0. %") == "") {
				t.Fatalf("share %g is written as %q", share, got)
			}
			if share != 1 && strings.HasPrefix(got, "100") {
				t.Fatalf("share %g is written as %q", share, got)
			}
		}
	}
}

func TestKindNames(t *testing.T) {
	for kind := Text; kind <= Time; kind++ {
		got, err := ParseKind(kind.String())
		if err != nil || got != kind {
			t.Errorf("ParseKind(%q) = %v, %v", kind, got, err)
		}
	}
	if _, err := ParseKind("number"); err == nil || !strings.Contains(err.Error(), "p_value") {
		t.Errorf("the error of an unknown kind does not list the choices: %v", err)
	}
	if got := Kind(99).String(); got != "kind(99)" {
		t.Errorf("Kind(99) = %q", got)
	}
	if _, err := Kind(99).MarshalText(); err == nil {
		t.Error("an unknown kind was marshalled")
	}
}
