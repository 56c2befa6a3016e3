package dataset

import (
	"math"
	"slices"
	"strings"
	"time"
)

// A TimeLayout is a way in which files write an instant.
type TimeLayout uint8

// The layouts. Instants without an offset are taken as UTC.
const (
	NotTime      TimeLayout = iota // not a time
	EpochSeconds                   // 1537522822.965530: seconds since 1970, with or without a fraction
	EpochMillis                    // 1537522822965: milliseconds since 1970
	EpochMicros                    // 1537522822965530: microseconds since 1970
	ISO8601                        // 2018-09-21, 2018-09-21 09:40, 2018-09-21T09:40:22.96553Z, …+02:00 (RFC 3339)
	DayFirst                       // 21/09/2018, 21/9/2018 9:40, 21/09/2018 09:40:22 AM (CICFlowMeter)
	MonthFirst                     // 09/21/2018 9:40:22 PM
)

var layoutNames = [...]string{"not a time", "epoch seconds", "epoch milliseconds", "epoch microseconds", "ISO 8601", "day/month/year", "month/day/year"}

// String returns the layout's name.
func (l TimeLayout) String() string { return layoutNames[min(int(l), len(layoutNames)-1)] }

const secondsPerDay = 86400

// ParseTime reads an instant written in the given layout, as seconds since the
// Unix epoch. White space around it is ignored.
//
// Fractions have up to nine digits. A float64 keeps microseconds apart for
// instants of our time, and up to six digits the result is the nearest one. The second 60 of a leap
// second has no Unix time and is refused, as are dates that do not exist. What
// cannot be read gives NaN and false. It does not allocate.
func ParseTime(b []byte, layout TimeLayout) (seconds float64, ok bool) {
	b = trimBlanks(b)
	switch layout {
	case EpochSeconds:
		return ParseNumber(b)
	case EpochMillis:
		x, ok := ParseNumber(b)
		return x / 1e3, ok
	case EpochMicros:
		x, ok := ParseNumber(b)
		return x / 1e6, ok
	case ISO8601:
		return parseISO(b)
	case DayFirst, MonthFirst:
		return parseSlashed(b, layout == DayFirst)
	}
	return math.NaN(), false
}

// DetectTimeLayout finds the layout in which all the samples are instants;
// missing samples (see IsMissing) are passed over. It returns NotTime if there
// is none, or no sample is left.
//
// Bare numbers are only taken for epoch times if the caller says that the
// column is named like a time (see NamedLikeTime), and all lie between the
// years 1990 and 2100 in the same unit.
//
// Where day and month cannot be told apart, because no sample has a day after
// the twelfth, it returns DayFirst, the order of CICFlowMeter, and reports the
// answer as ambiguous: callers should warn.
func DetectTimeLayout(samples [][]byte, named bool) (layout TimeLayout, ambiguous bool) {
	candidates := [...]TimeLayout{EpochSeconds, EpochMillis, EpochMicros, ISO8601, DayFirst, MonthFirst}
	var refused [len(layoutNames)]bool
	seen := 0
	for _, s := range samples {
		if IsMissing(s) {
			continue
		}
		seen++
		for _, l := range candidates {
			refused[l] = refused[l] || !plausibleTime(s, l, named)
		}
	}
	if seen == 0 {
		return NotTime, false
	}
	for _, l := range candidates {
		if !refused[l] {
			return l, l == DayFirst && !refused[MonthFirst]
		}
	}
	return NotTime, false
}

// plausibleTime reports whether the sample reads as an instant in the layout,
// and for bare numbers whether it is one of our time.
func plausibleTime(sample []byte, l TimeLayout, named bool) bool {
	x, ok := ParseTime(sample, l)
	if l > EpochMicros {
		return ok
	}
	const year1990, year2100 = 631152000, 4102444800
	return ok && named && x >= year1990 && x < year2100
}

// NamedLikeTime reports whether a column of that name is likely to hold
// instants: ts, time, timestamp, Stime, date, flow_start_time and the like.
func NamedLikeTime(name string) bool {
	n := normaliseName(name)
	if slices.Contains(clockNames, n) {
		return true
	}
	for _, end := range []string{"time", "timestamp", "date", "datetime"} {
		if strings.HasSuffix(n, end) {
			return true
		}
	}
	return strings.HasSuffix(strings.ToLower(name), "_ts")
}

// FormatTime writes seconds since the Unix epoch as RFC 3339 in UTC, rounded
// to the microsecond and without trailing zeros. NaN, infinities and instants
// outside the years 0 to 9999 have no such form and give "".
func FormatTime(seconds float64) string {
	const year0, year10000 = -62167219200, 253402300800
	if !(seconds >= year0 && seconds < year10000) {
		return ""
	}
	whole := math.Floor(seconds)
	micros := math.Round((seconds - whole) * 1e6)
	at := time.Unix(int64(whole), 0).Add(time.Duration(micros) * time.Microsecond).UTC()
	if at.Year() > 9999 {
		return ""
	}
	return at.Format("2006-01-02T15:04:05.999999Z07:00")
}

// parseISO reads a date, and a time of day and an offset if they follow.
func parseISO(b []byte) (float64, bool) {
	if len(b) < len("2006-01-02") || b[4] != '-' || b[7] != '-' {
		return math.NaN(), false
	}
	year, okYear := decimal(b[:4])
	month, okMonth := decimal(b[5:7])
	day, okDay := decimal(b[8:10])
	if !okYear || !okMonth || !okDay || !validDate(year, month, day) {
		return math.NaN(), false
	}
	at := instant{whole: daysSinceEpoch(year, month, day) * secondsPerDay}
	if b = b[10:]; len(b) == 0 {
		return at.seconds(), true
	}
	if b[0] != ' ' && b[0]|0x20 != 't' {
		return math.NaN(), false
	}
	b, ok := at.addTimeOfDay(b[1:])
	if !ok {
		return math.NaN(), false
	}
	offset, ok := parseOffset(trimBlanks(b))
	if !ok {
		return math.NaN(), false
	}
	at.whole -= offset
	return at.seconds(), true
}

// parseSlashed reads day, month and year in either order, and a time of day,
// with AM or PM or without, if it follows.
func parseSlashed(b []byte, dayFirst bool) (float64, bool) {
	day, b, ok := leadingNumber(b, 2)
	if !ok || len(b) == 0 || (b[0] != '/' && b[0] != '-' && b[0] != '.') {
		return math.NaN(), false
	}
	separator := b[0]
	month, b, ok := leadingNumber(b[1:], 2)
	if !ok || len(b) < 5 || b[0] != separator {
		return math.NaN(), false
	}
	year, ok := decimal(b[1:5])
	if !dayFirst {
		day, month = month, day
	}
	if !ok || !validDate(year, month, day) {
		return math.NaN(), false
	}
	at := instant{whole: daysSinceEpoch(year, month, day) * secondsPerDay}
	if b = b[5:]; len(b) == 0 {
		return at.seconds(), true
	}
	if b[0] != ' ' {
		return math.NaN(), false
	}
	midnight := at.whole
	b, ok = at.addTimeOfDay(trimBlanks(b))
	if !ok || !at.applyHalf(trimBlanks(b), (at.whole-midnight)/3600) {
		return math.NaN(), false
	}
	return at.seconds(), true
}

// An instant is whole seconds since the Unix epoch and a fraction of
// numerator/denominator, a power of ten.
type instant struct {
	whole                  int64
	numerator, denominator int64
}

// seconds joins both parts. Up to six digits of fraction are rounded only
// once, so that the same instant is the same float64 in every layout; with more
// the product would not fit.
func (t instant) seconds() float64 {
	switch {
	case t.numerator == 0:
		return float64(t.whole)
	case t.denominator <= 1e6:
		return float64(t.whole*t.denominator+t.numerator) / float64(t.denominator)
	}
	return float64(t.whole) + float64(t.numerator)/float64(t.denominator)
}

// addTimeOfDay reads h:mm, hh:mm, hh:mm:ss or hh:mm:ss.fraction and returns
// what follows.
func (t *instant) addTimeOfDay(b []byte) (rest []byte, ok bool) {
	hour, b, ok := leadingNumber(b, 2)
	if !ok || hour > 23 || len(b) < 3 || b[0] != ':' {
		return nil, false
	}
	minute, ok := decimal(b[1:3])
	if !ok || minute > 59 {
		return nil, false
	}
	b = b[3:]
	t.whole += hour*3600 + minute*60
	if len(b) == 0 || b[0] != ':' {
		return b, true
	}
	if len(b) < 3 {
		return nil, false
	}
	second, ok := decimal(b[1:3])
	if !ok || second > 59 {
		return nil, false
	}
	b = b[3:]
	t.whole += second
	if len(b) == 0 || (b[0] != '.' && b[0] != ',') {
		return b, true
	}
	return t.addFraction(b[1:])
}

// addFraction reads one to nine digits after the point.
func (t *instant) addFraction(b []byte) (rest []byte, ok bool) {
	numerator, rest, ok := leadingNumber(b, 9)
	if !ok {
		return nil, false
	}
	denominator, digits := int64(1), len(b)-len(rest)
	for ; digits > 0 && numerator%10 == 0; digits-- {
		numerator /= 10
	}
	for range digits {
		denominator *= 10
	}
	t.numerator, t.denominator = numerator, denominator
	return rest, true
}

// applyHalf takes in a closing AM or PM, given the hour as written.
func (t *instant) applyHalf(half []byte, hour int64) bool {
	switch {
	case len(half) == 0:
		return true
	case hour < 1 || hour > 12:
		return false
	case equalFoldASCII(half, "am"):
		if hour == 12 {
			t.whole -= 12 * 3600
		}
		return true
	case equalFoldASCII(half, "pm"):
		if hour < 12 {
			t.whole += 12 * 3600
		}
		return true
	}
	return false
}

// parseOffset reads the offset from UTC in seconds: nothing, Z, ±hh, ±hhmm or
// ±hh:mm.
func parseOffset(b []byte) (int64, bool) {
	if len(b) == 0 || (len(b) == 1 && b[0]|0x20 == 'z') {
		return 0, true
	}
	if (b[0] != '+' && b[0] != '-') || len(b) < 3 {
		return 0, false
	}
	hours, ok := decimal(b[1:3])
	rest := b[3:]
	if len(rest) == 3 && rest[0] == ':' {
		rest = rest[1:]
	}
	minutes := int64(0)
	if ok && len(rest) == 2 {
		minutes, ok = decimal(rest)
	} else {
		ok = ok && len(rest) == 0
	}
	if !ok || hours > 23 || minutes > 59 {
		return 0, false
	}
	offset := hours*3600 + minutes*60
	if b[0] == '-' {
		offset = -offset
	}
	return offset, true
}

// decimal reads b, which must be digits throughout.
func decimal(b []byte) (n int64, ok bool) {
	for _, c := range b {
		d := c - '0'
		if d > 9 {
			return 0, false
		}
		n = n*10 + int64(d)
	}
	return n, true
}

// leadingNumber reads the digits that b begins with: at least one and at most
// the given number.
func leadingNumber(b []byte, most int) (n int64, rest []byte, ok bool) {
	i := 0
	for i < len(b) && b[i]-'0' <= 9 {
		i++
	}
	if i == 0 || i > most {
		return 0, b, false
	}
	n, ok = decimal(b[:i])
	return n, b[i:], ok
}

// validDate reports whether the day exists in the Gregorian calendar.
func validDate(year, month, day int64) bool {
	if month < 1 || month > 12 || day < 1 {
		return false
	}
	longest := [...]int64{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month-1]
	if month == 2 && year%4 == 0 && (year%100 != 0 || year%400 == 0) {
		longest = 29
	}
	return day <= longest
}

// daysSinceEpoch counts days from 1970-01-01 in the Gregorian calendar, with
// years that begin in March so that the leap day comes last. H. Hinnant,
// chrono-compatible low-level date algorithms (2013).
func daysSinceEpoch(year, month, day int64) int64 {
	if month <= 2 {
		year--
	}
	era := (year + 400) / 400 // one more than the era, so that year -1 divides well
	ofEra := year + 400 - era*400
	ofYear := (153*((month+9)%12)+2)/5 + day - 1
	const daysPerEra, epochOffset = 146097, 719468 + 146097
	return era*daysPerEra + ofEra*365 + ofEra/4 - ofEra/100 + ofYear - epochOffset
}
