package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Missing is how a value that is not there is written for people.
const Missing = "–"

const (
	realDigits  = 4   // significant digits of a real number
	pDigits     = 3   // significant digits of a p-value
	labelLength = 120 // runes of a label before it is cut
)

// Format writes a value of the given kind for people to read. It is the one
// place where a number becomes text, so that a terminal, a Markdown page and an
// HTML page cannot disagree.
//
// A real number has four significant digits, or all digits of its whole part if
// there are more; whole numbers are written in full. Zeros at the end are
// dropped only where the shorter text is the exact value: 0.5 is "0.5", but
// 3.00001 is "3.000". A count is grouped by thousands. A share reaches "0 %" and
// "100 %" only when it is exactly 0 or 1. A p-value is never written as 0. A
// missing value is Missing, an infinite one "∞".
//
// The result is one line of printable characters: control and invisible
// characters of the data are written as escapes such as \x1b.
func Format(kind Kind, value any) string {
	if missing(value) {
		return Missing
	}
	switch v := value.(type) {
	case string:
		return formatString(kind, v)
	case bool:
		return formatBool(v)
	case P:
		return formatP(v)
	case int:
		return formatWhole(kind, int64(v))
	case int64:
		return formatWhole(kind, v)
	}
	x, ok := number(value)
	if !ok {
		return printable(fmt.Sprint(value))
	}
	return formatNumber(kind, x)
}

func formatString(kind Kind, s string) string {
	s = printable(s)
	if kind != Label || len(s) <= labelLength {
		return s
	}
	if runes := []rune(s); len(runes) > labelLength {
		return string(runes[:labelLength-1]) + "…"
	}
	return s
}

func formatBool(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// formatWhole keeps the last digits of counts that float64 cannot hold.
func formatWhole(kind Kind, n int64) string {
	if kind == Count {
		return group(strconv.FormatInt(n, 10))
	}
	return formatNumber(kind, float64(n))
}

func formatNumber(kind Kind, x float64) string {
	if math.IsInf(x, 0) {
		return formatReal(x, realDigits)
	}
	switch kind {
	case Count:
		if x == math.Trunc(x) && math.Abs(x) < 1<<63 {
			return group(strconv.FormatInt(int64(x), 10))
		}
	case Share:
		return formatShare(x)
	case PValue:
		return formatP(asP(x))
	case Bytes:
		return formatBytes(x)
	case Duration:
		return formatDuration(x)
	case Time:
		return formatTime(x)
	case Bool:
		if x == 0 || x == 1 {
			return formatBool(x == 1)
		}
	}
	return formatReal(x, realDigits)
}

// formatReal writes a number with the given significant digits.
func formatReal(x float64, digits int) string {
	size := math.Abs(x)
	switch {
	case math.IsInf(x, 1):
		return "∞"
	case math.IsInf(x, -1):
		return "-∞"
	case x == 0:
		return "0"
	case size == math.Trunc(size) && size < 1e15:
		return group(strconv.FormatFloat(x, 'f', 0, 64))
	}
	// The exponent is that of the rounded number: 9.9999 is written as 10.00.
	rounded := strconv.FormatFloat(x, 'e', digits-1, 64)
	_, power, _ := strings.Cut(rounded, "e")
	exponent, err := strconv.Atoi(power)
	if err != nil {
		return rounded
	}
	if exponent < -4 || exponent >= 15 {
		mantissa, _, _ := strings.Cut(rounded, "e")
		return trimIfExact(mantissa, "e"+power, x)
	}
	return group(trimIfExact(strconv.FormatFloat(x, 'f', max(0, digits-1-exponent), 64), "", x))
}

// trimIfExact drops the zeros after the point if what is left is exactly x.
func trimIfExact(digits, power string, x float64) string {
	if strings.Contains(digits, ".") {
		short := strings.TrimRight(strings.TrimRight(digits, "0"), ".")
		if y, err := strconv.ParseFloat(short+power, 64); err == nil && y == x {
			return short + power
		}
	}
	return digits + power
}

// group puts a comma between the thousands of the whole part of a number.
func group(s string) string {
	sign, digits := "", s
	if strings.HasPrefix(s, "-") {
		sign, digits = "-", s[1:]
	}
	whole, fraction, hasFraction := strings.Cut(digits, ".")
	var b strings.Builder
	b.WriteString(sign)
	for i, r := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	if hasFraction {
		b.WriteString("." + fraction)
	}
	return b.String()
}

// formatP writes a p-value, through its logarithm where it underflows.
func formatP(p P) string {
	switch {
	case p.underflows():
		return p.scientific(pDigits - 1)
	case p.P == 0:
		return "< 5e-324"
	case p.P > 0 && p.P < 0.001:
		return strconv.FormatFloat(p.P, 'e', pDigits-1, 64)
	default:
		return formatReal(p.P, pDigits)
	}
}

// formatShare writes a part of a whole as percent: one decimal between 1 % and
// 99 %, two significant digits of the distance to 0 % and 100 % beyond.
func formatShare(share float64) string {
	const nearest = 1e-4 // percent
	x := 100 * share
	rest := 100 - x
	switch {
	case x < 0 || x > 100 || x == math.Trunc(x):
		return formatReal(x, realDigits) + " %"
	case x < nearest:
		return "< 0.0001 %"
	case rest < nearest:
		return "> 99.9999 %"
	}
	decimals := 1
	if edge := math.Min(x, rest); edge < 1 {
		decimals = 1 - int(math.Floor(math.Log10(edge)))
	}
	return trimIfExact(strconv.FormatFloat(x, 'f', decimals, 64), "", x) + " %"
}

// formatBytes writes an amount of data with decimal prefixes, as networks do.
func formatBytes(x float64) string {
	prefixes := [...]string{"B", "kB", "MB", "GB", "TB", "PB", "EB"}
	size, i := math.Abs(x), 0
	for size >= 999.95 && i < len(prefixes)-1 {
		size, i = size/1000, i+1
	}
	if size >= 1e6 {
		return formatReal(x, realDigits) + " B"
	}
	size = math.Copysign(size, x)
	if i == 0 {
		return formatReal(size, realDigits) + " B"
	}
	return strconv.FormatFloat(size, 'f', 1, 64) + " " + prefixes[i]
}

// formatDuration writes a span of time in the two largest units that matter.
func formatDuration(seconds float64) string {
	sign, s := "", math.Abs(seconds)
	if seconds < 0 {
		sign = "-"
	}
	units := func(big float64, bigName string, small float64, smallName string) string {
		n := math.Round(s / small)
		per := big / small
		return fmt.Sprintf("%s%s %s %.0f %s", sign, formatReal(math.Floor(n/per), realDigits), bigName, math.Mod(n, per), smallName)
	}
	const minute, hour, day = 60, 3600, 86400
	switch {
	case s == 0:
		return "0 s"
	case s < 1e-3:
		return sign + formatReal(s*1e6, pDigits) + " µs"
	case s < 1:
		return sign + formatReal(s*1e3, pDigits) + " ms"
	case s < minute:
		return sign + formatReal(s, pDigits) + " s"
	case s < hour-0.5:
		return units(minute, "min", 1, "s")
	case s < 2*day-minute/2:
		return units(hour, "h", minute, "min")
	default:
		return units(day, "d", hour, "h")
	}
}

// formatTime writes an instant in UTC, to the microsecond if it has fractions.
func formatTime(seconds float64) string {
	const first, last = -62135596800, 253402300799 // years 1 to 9999
	if seconds < first || seconds > last {
		return formatReal(seconds, realDigits)
	}
	whole := math.Floor(seconds)
	micros := math.Round((seconds - whole) * 1e6)
	t := time.Unix(int64(whole), 0).UTC().Add(time.Duration(micros) * time.Microsecond)
	return t.Format("2006-01-02 15:04:05.999999")
}
