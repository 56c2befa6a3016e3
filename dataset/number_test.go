package dataset

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

func ExampleParseNumber() {
	for _, cell := range []string{" 1.2e6 ", "+5", ".5", "12O0", ""} {
		x, ok := ParseNumber([]byte(cell))
		fmt.Println(x, ok)
	}
	// Output:
	// 1.2e+06 true
	// 5 true
	// 0.5 true
	// NaN false
	// NaN false
}

func ExampleIsMissing() {
	fmt.Println(IsMissing([]byte("?")), IsMissing([]byte("null")))
	// Output: true false
}

func TestParseNumber(t *testing.T) {
	tests := []struct {
		in   string
		want float64
	}{
		{"0", 0}, {"-0", math.Copysign(0, -1)}, {"-0.0e5", math.Copysign(0, -1)}, {"007", 7}, {"+5", 5}, {"5.", 5}, {".5", .5}, {"-.5", -.5},
		{"1e3", 1000}, {"1E+3", 1000}, {"2.50E-3", 0.0025}, {"5.e2", 500}, {".5e1", 5},
		{" 12 ", 12}, {"\t7\r\n", 7}, {"\v\f3", 3},
		{"0.1", 0.1}, {"0.17", 0.17}, {"1.00", 1}, {"1540469303", 1540469303}, {"1537522822.965530", 1537522822.965530},
		{"9007199254740993", 9007199254740992},         // halfway between doubles, to even
		{"9007199254740993.0", 9007199254740992},       // the same with an exponent
		{"9007199254740995", 9007199254740996},         // halfway, to even upwards
		{"18446744073709551615", 18446744073709551615}, // 2^64-1, twenty digits
		{"123456789012345678901234567890", 1.2345678901234568e29},
		{"1e22", 1e22}, {"1e23", 1e23}, {"1e-22", 1e-22}, {"1e-23", 1e-23},
		{"1.7976931348623157e308", math.MaxFloat64}, {"4.9e-324", 5e-324}, {"2.2250738585072011e-308", 2.2250738585072011e-308},
		{"1e-400", 0}, {"-1e-99999999999999999999", math.Copysign(0, -1)}, {"0e999999999999999999999", 0},
		{"0.00000000000000000000000000000001", 1e-32},
		{strings.Repeat("0", 40) + "1", 1}, {"0." + strings.Repeat("0", 40) + "1e41", 1},
	}
	for _, tt := range tests {
		got, ok := ParseNumber([]byte(tt.in))
		if !ok || math.Float64bits(got) != math.Float64bits(tt.want) {
			t.Errorf("ParseNumber(%q) = %v, %v, want %v", tt.in, got, ok, tt.want)
		}
	}
}

func TestParseNumberRefuses(t *testing.T) {
	for _, in := range []string{
		"", " ", ".", "+", "-", "+.", "e5", ".e5", "1e", "1e+", "1e-", "1e5.0", "1.2.3", "1 2", "- 1", "--1", "+-1", "1-", "0x10", "0x1p4", "1p3", "1_000",
		"1,000", "12O0", "NaN", "nan", "inf", "Infinity", "-Inf", "1e400", "-1e309", "NA", "?", "null", "१", "1\x00", "\u00a01",
	} {
		if got, ok := ParseNumber([]byte(in)); ok || !math.IsNaN(got) {
			t.Errorf("ParseNumber(%q) = %v, %v, want NaN, false", in, got, ok)
		}
	}
}

func TestIsInfinity(t *testing.T) {
	for in, want := range map[string]bool{
		"inf": true, "Inf": true, "+inf": true, "-INF": true, "Infinity": true, " -infinity ": true, "1e400": true, "-1e309": true,
		"": false, "-": false, "infinite": false, "in": false, "info": false, "NaN": false, "1e308": false, "0": false, "1e": false, "+-inf": false,
		"\x49\x4e\x06": false,
	} {
		if got := IsInfinity([]byte(in)); got != want {
			t.Errorf("IsInfinity(%q) = %v", in, got)
		}
	}
}

func TestIsMissing(t *testing.T) {
	for in, want := range map[string]bool{
		"": true, "NA": true, "NaN": true, "?": true,
		"nan": false, "NAN": false, "na": false, "N/A": false, "null": false, "-": false, " ": false, " NA": false, "NA ": false, "??": false, "none": false, "0": false, "Na": false,
	} {
		if got := IsMissing([]byte(in)); got != want {
			t.Errorf("IsMissing(%q) = %v", in, got)
		}
	}
}

// TestParseNumberRandom compares with strconv on numerals of every length and
// size, most of them next to the limits of the short cut.
func TestParseNumberRandom(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200_000 {
		m := rng.Uint64() >> rng.IntN(64)
		s := strconv.FormatUint(m, 10)
		if rng.IntN(2) == 0 {
			at := rng.IntN(len(s) + 1)
			s = s[:at] + "." + s[at:]
		}
		if rng.IntN(2) == 0 {
			s += "e" + strconv.Itoa(rng.IntN(80)-40)
		}
		want, err := strconv.ParseFloat(s, 64)
		got, ok := ParseNumber([]byte(s))
		if err != nil || !ok || math.Float64bits(got) != math.Float64bits(want) {
			t.Fatalf("ParseNumber(%q) = %v, %v, strconv gives %v, %v", s, got, ok, want, err)
		}
	}
}

func TestParseNumberRoundTrip(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 50_000 {
		x := math.Float64frombits(rng.Uint64())
		if math.IsNaN(x) || math.IsInf(x, 0) {
			continue
		}
		if got, ok := ParseNumber(strconv.AppendFloat(nil, x, 'g', -1, 64)); !ok || got != x {
			t.Fatalf("ParseNumber of the shortest text of %v = %v, %v", x, got, ok)
		}
	}
}

func TestParseNumberAllocates(t *testing.T) {
	for _, cell := range []string{"0.17", "1379963888", "702040.8163265307", " 1.0701489526512601e-3"} {
		b := []byte(cell)
		if n := testing.AllocsPerRun(100, func() { ParseNumber(b) }); n != 0 {
			t.Errorf("ParseNumber(%q) allocates %v times", cell, n)
		}
	}
}

func FuzzParseNumber(f *testing.F) {
	for _, s := range []string{"1", "-0", "1e3", "5.", ".5", "1_0", "0x1p-2", "inf", "nan", " 9007199254740993 ", "1e400", "1e-400", "12345678901234567890e-5"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, ok := ParseNumber(b)
		s := strings.Trim(string(b), " \t\n\v\f\r")
		want, err := strconv.ParseFloat(s, 64)
		if err != nil || strings.ContainsAny(s, "xXpP_nN") {
			if ok || !math.IsNaN(got) {
				t.Fatalf("ParseNumber(%q) = %v, %v, want it refused", b, got, ok)
			}
			return
		}
		if !ok || math.Float64bits(got) != math.Float64bits(want) {
			t.Fatalf("ParseNumber(%q) = %v, %v, strconv gives %v", b, got, ok, want)
		}
		if IsInfinity(b) {
			t.Fatalf("IsInfinity(%q) although it is the number %v", b, got)
		}
	})
}

// benchmarkCells are cells as they stand in connection records.
var benchmarkCells = map[string]string{
	"zero": "0", "rate": "0.17", "bytes": "1379963888", "epoch": "1537522822.965530", "seventeen digits": "1.0701489526512601",
}

func BenchmarkParseNumber(b *testing.B) {
	for _, name := range []string{"zero", "rate", "bytes", "epoch", "seventeen digits"} {
		cell := []byte(benchmarkCells[name])
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				ParseNumber(cell)
			}
		})
		b.Run(name+" by strconv", func(b *testing.B) {
			for b.Loop() {
				_, _ = strconv.ParseFloat(string(cell), 64)
			}
		})
	}
}
