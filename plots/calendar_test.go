package plots

import (
	"math"
	"testing"
	"time"
)

// utc returns the seconds since 1970 of a time written as "2006-01-02 15:04:05".
func utc(t *testing.T, s string) float64 {
	t.Helper()
	v, err := time.Parse(time.DateTime, s)
	if err != nil {
		t.Fatal(err)
	}
	return float64(v.Unix())
}

func TestCalendarTicks(t *testing.T) {
	tests := []struct {
		from, to string
		most     int
		want     string
	}{
		{"2018-12-21 14:30:00", "2018-12-21 14:30:08", 9, "14:30:00 14:30:01 14:30:02 14:30:03 14:30:04 14:30:05 14:30:06 14:30:07 14:30:08"},
		{"2018-12-21 14:30:10", "2018-12-21 14:33:10", 7, "14:30:30 14:31:00 14:31:30 14:32:00 14:32:30 14:33:00"},
		{"2018-12-21 14:50:16", "2018-12-21 16:10:00", 7, "15:00 15:15 15:30 15:45 16:00"},
		{"2018-12-21 15:00:00", "2018-12-22 14:00:00", 8, "15:00 18:00 21:00 22 Dec 03:00 06:00 09:00 12:00"},
		{"2018-12-30 06:00:00", "2019-01-02 06:00:00", 5, "31 Dec 1 Jan 2019 2 Jan"},
		// The last days of a month do not stand close to the next first.
		{"2024-01-20 00:00:00", "2024-03-10 00:00:00", 11, "21 Jan 26 Jan 1 Feb 6 Feb 11 Feb 16 Feb 21 Feb 26 Feb 1 Mar 6 Mar"},
		{"2024-01-20 00:00:00", "2024-02-04 00:00:00", 9, "21 Jan 23 Jan 25 Jan 27 Jan 29 Jan 1 Feb 3 Feb"},
		{"2023-10-05 00:00:00", "2024-04-20 00:00:00", 8, "Nov Dec Jan 2024 Feb Mar Apr"},
		{"2021-11-22 00:00:00", "2023-10-22 00:00:00", 8, "Jan 2022 Apr Jul Oct Jan 2023 Apr Jul Oct"},
		{"2003-05-01 00:00:00", "2024-05-01 00:00:00", 6, "2005 2010 2015 2020"},
		{"1969-12-31 22:00:00", "1970-01-01 02:00:00", 5, "22:00 23:00 1 Jan 1970 01:00 02:00"},
	}
	for _, test := range tests {
		ticks := calendarTicks(utc(t, test.from), utc(t, test.to), test.most)
		if got := labels(ticks); got != test.want {
			t.Errorf("%s to %s, at most %d: %q, want %q", test.from, test.to, test.most, got, test.want)
		}
	}
}

func TestFractionsOfSeconds(t *testing.T) {
	from := utc(t, "2018-12-21 14:30:00")
	for _, test := range []struct {
		from, to float64
		want     string
	}{
		{0.1, 0.9, "14:30:00.2 14:30:00.4 14:30:00.6 14:30:00.8"},
		{0.99, 1.02, "14:30:00.99 14:30:01.00 14:30:01.01 14:30:01.02"},
	} {
		if got := labels(calendarTicks(from+test.from, from+test.to, 5)); got != test.want {
			t.Errorf("%v to %v seconds: %q, want %q", test.from, test.to, got, test.want)
		}
	}
}

// Over any stretch of time there are ticks, in order, within it, and no more
// than were asked for; fitted labels keep their distance.
func TestCalendarTicksOfAnyStretch(t *testing.T) {
	for span := 0.02; span < 2e11; span *= 1.7 {
		for _, from := range []float64{-6e10, -1, 1545403816.5, 1.7e9} {
			hi := min(from+span, latestTime)
			for most := 3; most <= 12; most++ {
				ticks := calendarTicks(from, hi, most)
				if len(ticks) == 0 && most > 5 || len(ticks) > most {
					t.Errorf("%v seconds from %v: %d ticks, want 1 to %d", span, from, len(ticks), most)
				}
				last := math.Inf(-1)
				for _, tick := range ticks {
					if tick.value < from || tick.value > hi || tick.value <= last || tick.label == "" {
						t.Errorf("%v seconds from %v: a tick %q at %v", span, from, tick.label, tick.value)
					}
					last = tick.value
				}
			}
			a := axis{scale: Linear, calendar: true, lo: from, hi: hi, from: 40, to: 290}
			if ticks := a.fitted(12, tickText.width); !a.apart(ticks, 12, tickText.width) {
				t.Errorf("%v seconds from %v: labels collide: %q", span, from, labels(ticks))
			}
		}
	}
}

func TestDateRange(t *testing.T) {
	tests := []struct{ from, to, want string }{
		{"2018-12-21 00:00:00", "2018-12-21 23:59:59", "21 Dec 2018"},
		{"2018-12-21 00:00:00", "2018-12-22 00:00:00", "21 to 22 Dec 2018"},
		{"2018-11-21 00:00:00", "2018-12-22 00:00:00", "21 Nov to 22 Dec 2018"},
		{"2018-11-21 00:00:00", "2019-11-21 00:00:00", "21 Nov 2018 to 21 Nov 2019"},
	}
	for _, test := range tests {
		if got := dateRange(utc(t, test.from), utc(t, test.to)); got != test.want {
			t.Errorf("dateRange(%s, %s) = %q, want %q", test.from, test.to, got, test.want)
		}
	}
}

func TestMomentLayout(t *testing.T) {
	start := utc(t, "2018-12-21 14:50:00")
	midnight := utc(t, "2018-12-21 00:00:00")
	tests := []struct {
		name  string
		times []float64
		want  string // the last time as it is written
	}{
		{"minutes of a day", []float64{start, start + 60}, "14:51"},
		{"seconds of a day", []float64{start, start + 61}, "14:51:01"},
		{"fractions of a second", []float64{start, start + 0.25}, "14:50:00.250"},
		{"fractions over an hour", []float64{start, start + 3000.25}, "15:40:00"},
		{"minutes over two days", []float64{start, start + 86400}, "22 Dec 14:50"},
		{"days", []float64{midnight, midnight + 86400}, "22 Dec"},
		{"one day", []float64{midnight}, "21 Dec"},
		{"days of two years", []float64{midnight, midnight + 20*86400}, "10 Jan 2019"},
		{"seconds over a week", []float64{start, start + 7*86400 + 1}, "28 Dec 14:50"},
	}
	for _, test := range tests {
		last := test.times[len(test.times)-1]
		if got := moment(last).Format(momentLayout(test.times)); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
