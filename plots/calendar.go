package plots

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// The times that a calendar axis can show: the years 1 to 9999.
const (
	earliestTime = -62135596800
	latestTime   = 253402300799
)

const (
	minute = 60.0
	hour   = 60 * minute
	day    = 24 * hour
)

// checkTime returns an error unless a calendar axis can show the time in
// seconds since 1970: the end of a sentence that begins with its name.
func checkTime(seconds float64) error {
	switch {
	case math.IsNaN(seconds):
		return errors.New("is NaN")
	case seconds < earliestTime || seconds > latestTime:
		return fmt.Errorf("is %g, which is not within the years 1 to 9999 in seconds since 1970", seconds)
	}
	return nil
}

// moment returns the time that is the given seconds after the beginning of
// 1970, in UTC, to the microsecond.
func moment(seconds float64) time.Time {
	whole := math.Floor(seconds)
	micro := math.Round((seconds - whole) * 1e6)
	return time.Unix(int64(whole), int64(micro)*1000).UTC()
}

// since1970 is the inverse of moment for whole seconds.
func since1970(t time.Time) float64 { return float64(t.Unix()) }

// Steps between the ticks of a calendar axis. Those below a day divide it, so
// that their multiples since 1970 are the same on every day.
var (
	secondSteps = [...]float64{
		0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30,
		minute, 2 * minute, 5 * minute, 10 * minute, 15 * minute, 30 * minute,
		hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour,
	}
	dayStep   = [...]int{1, 2, 5, 10}
	monthStep = [...]int{1, 2, 3, 6}
	yearStep  = [...]int{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000}
)

// calendarTicks returns at most most ticks between the times lo and hi at round
// times of the day, days of the month, months or years. A label says no more
// than what is new: the date at midnight, the year in January.
func calendarTicks(lo, hi float64, most int) []tick {
	most = max(most, 2)
	for _, step := range secondSteps {
		if (hi-lo)/step > float64(most) {
			continue
		}
		if ticks := clockTicks(lo, hi, step); len(ticks) <= most {
			return ticks
		}
	}
	for _, step := range dayStep {
		if ticks := dayTicks(lo, hi, step, most); len(ticks) <= most {
			return ticks
		}
	}
	for _, step := range monthStep {
		if ticks := monthTicks(lo, hi, step, most); len(ticks) <= most {
			return ticks
		}
	}
	var ticks []tick
	for _, step := range yearStep {
		if ticks = monthTicks(lo, hi, 12*step, most); len(ticks) <= most {
			break
		}
	}
	return ticks
}

// clockTicks returns the multiples of a step of at most half a day.
func clockTicks(lo, hi, step float64) []tick {
	layout := "15:04"
	switch {
	case step < 0.01:
		layout = "15:04:05.000"
	case step < 0.1:
		layout = "15:04:05.00"
	case step < 1:
		layout = "15:04:05.0"
	case step < minute:
		layout = "15:04:05"
	}
	// Multiples of a fraction of a second are quotients, which are rounded once.
	multiple := func(k float64) float64 { return k * step }
	if step < 1 {
		perSecond := math.Round(1 / step)
		multiple = func(k float64) float64 { return k / perSecond }
	}
	var ticks []tick
	for k := math.Ceil(lo / step); multiple(k) <= hi; k++ {
		v := multiple(k)
		label := moment(v).Format(layout)
		if math.Mod(v, day) == 0 {
			label = dateLabel(moment(v))
		}
		ticks = append(ticks, tick{v, label})
	}
	return ticks
}

// dayTicks returns the first of each month and every step days from it, leaving
// out days nearer to the next first than half a step. It stops when there are more
// than most.
func dayTicks(lo, hi float64, step, most int) []tick {
	var ticks []tick
	for first := monthOf(lo); since1970(first) <= hi; first = first.AddDate(0, 1, 0) {
		length := first.AddDate(0, 1, -1).Day()
		for d := 1; d <= length; d += step {
			if d > 1 && 2*(length+1-d) <= step {
				break
			}
			t := first.AddDate(0, 0, d-1)
			if v := since1970(t); v >= lo && v <= hi {
				ticks = append(ticks, tick{v, dateLabel(t)})
			}
			if len(ticks) > most {
				return ticks
			}
		}
	}
	return ticks
}

// monthTicks returns the first of every step months, counted from a January. It
// stops when there are more than most.
func monthTicks(lo, hi float64, step, most int) []tick {
	var ticks []tick
	first := monthOf(lo)
	months := first.Year()*12 + int(first.Month()) - 1
	for months -= months % step; len(ticks) <= most; months += step {
		t := time.Date(months/12, time.Month(months%12+1), 1, 0, 0, 0, 0, time.UTC)
		v := since1970(t)
		if v > hi {
			break
		}
		label := t.Format("Jan")
		switch {
		case step >= 12:
			label = t.Format("2006")
		case t.Month() == time.January:
			label = t.Format("Jan 2006")
		}
		if v >= lo {
			ticks = append(ticks, tick{v, label})
		}
	}
	return ticks
}

// monthOf returns the beginning of the month of a time.
func monthOf(seconds float64) time.Time {
	t := moment(seconds)
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
}

// dateLabel writes a midnight: the day and month, and on New Year the year.
func dateLabel(t time.Time) string {
	if t.YearDay() == 1 {
		return t.Format("2 Jan 2006")
	}
	return t.Format("2 Jan")
}

// dateRange writes the days from lo to hi, with what both share written once.
func dateRange(lo, hi float64) string {
	from, to := moment(lo), moment(hi)
	last := to.Format("2 Jan 2006")
	switch {
	case from.Format("2 Jan 2006") == last:
		return last
	case from.Year() == to.Year() && from.Month() == to.Month():
		return from.Format("2") + " to " + last
	case from.Year() == to.Year():
		return from.Format("2 Jan") + " to " + last
	}
	return from.Format("2 Jan 2006") + " to " + last
}

// momentLayout returns the layout of the time package in which the increasing times
// are written beside a point: without a date if all are on one day, without a
// year if all are in one, and with no more of the clock than they need.
func momentLayout(times []float64) string {
	unit := day
	for _, v := range times {
		unit = min(unit, wholeUnit(v))
	}
	first, last := moment(times[0]), moment(times[len(times)-1])
	date := "2 Jan "
	switch {
	case first.Year() != last.Year():
		date = "2 Jan 2006 "
	case first.YearDay() == last.YearDay() && unit < day:
		date = ""
	}
	switch span := times[len(times)-1] - times[0]; {
	case unit == day:
		return date[:len(date)-1]
	case unit == minute || span > 2*day:
		return date + "15:04"
	case unit == 1 || span > 2*minute:
		return date + "15:04:05"
	}
	return date + "15:04:05.000"
}

// wholeUnit returns the largest of a day, a minute and a second that divides
// the time, and 0 if none does.
func wholeUnit(seconds float64) float64 {
	for _, unit := range [...]float64{day, minute, 1} {
		if math.Mod(seconds, unit) == 0 {
			return unit
		}
	}
	return 0
}
