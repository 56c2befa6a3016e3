package connlog

import "time"

// parseTime reads a moment in microseconds since the Unix epoch: seconds since then, or
// a date and time of day as in RFC 3339, with a blank for the T, slashes for the hyphens
// and no colon in the zone if need be. Without a zone it is of the given one.
func parseTime(b []byte, zone *time.Location) (micros int64, ok bool) {
	if len(b) < 19 || (b[4] != '-' && b[4] != '/') {
		return parseMicros(b)
	}
	clock, ok := parseClock(b[:19])
	if !ok {
		return 0, false
	}
	fraction, rest, ok := cutFraction(b[19:])
	if !ok {
		return 0, false
	}
	if len(rest) == 0 {
		return clock.in(zone)*1e6 + fraction, true
	}
	offset, ok := parseZone(rest)
	return (clock.in(time.UTC)-offset)*1e6 + fraction, ok
}

// A clock is year, month, day, hour, minute and second.
type clock [6]int

func (c clock) in(zone *time.Location) int64 {
	return time.Date(c[0], time.Month(c[1]), c[2], c[3], c[4], c[5], 0, zone).Unix()
}

// parseClock reads "2006-01-02T15:04:05". There may be a leap second.
func parseClock(b []byte) (c clock, ok bool) {
	if b[7] != b[4] || (b[10] != 'T' && b[10] != ' ') || b[13] != ':' || b[16] != ':' {
		return c, false
	}
	for i, at := range [...][2]int{{0, 4}, {5, 7}, {8, 10}, {11, 13}, {14, 16}, {17, 19}} {
		n, ok := parseDigits(b[at[0]:at[1]])
		if !ok {
			return c, false
		}
		c[i] = int(n)
	}
	// The day before the first of the next month is the last one.
	days := time.Date(c[0], time.Month(c[1])+1, 0, 0, 0, 0, 0, time.UTC).Day()
	return c, c[1] >= 1 && c[1] <= 12 && c[2] >= 1 && c[2] <= days && c[3] < 24 && c[4] < 60 && c[5] <= 60
}

// cutFraction cuts ".123456", or with a comma, off the front.
func cutFraction(b []byte) (micros int64, rest []byte, ok bool) {
	if len(b) == 0 || (b[0] != '.' && b[0] != ',') {
		return 0, b, true
	}
	end := 1
	for end < len(b) && b[end] >= '0' && b[end] <= '9' {
		end++
	}
	if end == 1 {
		return 0, b, false
	}
	for i, unit := 1, int64(100_000); i < end && unit > 0; i, unit = i+1, unit/10 {
		micros += int64(b[i]-'0') * unit
	}
	if end > 7 && b[7] >= '5' {
		micros++
	}
	return micros, b[end:], true
}

// parseZone reads Z, +0100 or +01:00 as seconds east of Greenwich.
func parseZone(b []byte) (int64, bool) {
	if string(b) == "Z" || string(b) == "z" {
		return 0, true
	}
	if len(b) == 6 && b[3] == ':' {
		b = append(append(make([]byte, 0, 5), b[:3]...), b[4:]...)
	}
	if len(b) != 5 || (b[0] != '+' && b[0] != '-') {
		return 0, false
	}
	n, ok := parseDigits(b[1:])
	offset := n/100*3600 + n%100*60
	if b[0] == '-' {
		offset = -offset
	}
	return offset, ok && n%100 < 60 && n < 2400
}
