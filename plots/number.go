package plots

import (
	"math"
	"strconv"
	"strings"
)

// count writes a whole number with commas between thousands.
func count(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if digits[0] == '-' {
		sign, digits = "−", digits[1:]
	}
	var b strings.Builder
	b.WriteString(sign)
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return b.String()
}

// percent writes a share. Shares that are neither none nor all never read
// 0 % or 100 %.
func percent(share float64) string {
	switch p := 100 * share; {
	case math.IsNaN(p):
		return "–"
	case p > 0 && p < 0.1:
		return "<0.1%"
	case p < 100 && p > 99.9:
		return ">99.9%"
	case p == 0 || p == 100:
		return strconv.FormatFloat(p, 'f', 0, 64) + "%"
	default:
		return strconv.FormatFloat(p, 'f', 1, 64) + "%"
	}
}

// prefixes are the SI prefixes by powers of a thousand.
var prefixes = [...]string{"", "k", "M", "G", "T", "P", "E"}

// prefixPower returns the power of a thousand that an SI prefix takes out of v:
// 1 for 25,000.
func prefixPower(v float64) int {
	power := 0
	for v = math.Abs(v); v >= 1e3 && power < len(prefixes)-1; power++ {
		v /= 1e3
	}
	return power
}

// short writes a number by itself in few characters, with at most three
// significant digits: 0.01, 25, 1.5k, 10M, 2e+21.
func short(v float64) string {
	if abs := math.Abs(v); abs >= 1e21 || abs < 1e-4 {
		return minus(strconv.FormatFloat(v, 'g', 3, 64))
	}
	power := prefixPower(v)
	scaled := v / math.Pow(1e3, float64(power))
	decimals := max(0, 2-int(math.Floor(math.Log10(math.Abs(scaled)))))
	return minus(trimZeros(strconv.FormatFloat(scaled, 'f', decimals, 64))) + prefixes[power]
}

// onAxis writes a tick of a linear axis with the given step between ticks. All
// ticks share the prefix of the largest, which starts at ten thousand.
func onAxis(v, step, largest float64) string {
	if largest >= 1e21 || largest < 1e-4 {
		return minus(strconv.FormatFloat(v, 'g', 6, 64))
	}
	power := 0
	if largest >= 1e4 {
		power = prefixPower(largest)
	}
	unit := math.Pow(1e3, float64(power))
	decimals := 0
	for s := step / unit; decimals < 12 && math.Abs(s-math.Round(s)) > 1e-6*s; decimals++ {
		s *= 10
	}
	text := strconv.FormatFloat(v/unit, 'f', decimals, 64)
	if power > 0 {
		if v == 0 {
			return "0"
		}
		return minus(trimZeros(text)) + prefixes[power]
	}
	return group(text)
}

// group puts commas between the thousands of a formatted number.
func group(text string) string {
	whole, fraction, found := strings.Cut(text, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || (n == 0 && strings.HasPrefix(whole, "-")) {
		return minus(text)
	}
	if !found {
		return count(n)
	}
	return count(n) + "." + fraction
}

// trimZeros drops the zeros at the end of a decimal fraction.
func trimZeros(text string) string {
	if !strings.Contains(text, ".") {
		return text
	}
	return strings.TrimRight(strings.TrimRight(text, "0"), ".")
}

// minus replaces the hyphens of a formatted number by minus signs.
func minus(s string) string {
	return strings.ReplaceAll(s, "-", "−")
}
