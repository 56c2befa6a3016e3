package traffic

import (
	"math"
	"time"
)

// A load is how busy a kind of traffic is at a time, on any scale.
type load func(t time.Time) float64

// officeLoad follows the working day, with a lunch break and quiet weekends.
func officeLoad(t time.Time) float64 {
	hours := [24]float64{
		0.04, 0.03, 0.03, 0.03, 0.04, 0.06, 0.15, 0.45, 0.85, 1.00, 1.00, 0.95,
		0.70, 0.80, 0.95, 1.00, 0.90, 0.65, 0.35, 0.20, 0.15, 0.12, 0.09, 0.06,
	}
	days := [7]float64{0.15, 1.05, 1.10, 1.05, 1.00, 0.85, 0.20} // from Sunday
	return interpolate(&hours, t) * days[t.Weekday()]
}

// publicLoad follows the visitors from outside: busiest in the evening, a
// little less on weekends.
func publicLoad(t time.Time) float64 {
	hours := [24]float64{
		0.45, 0.35, 0.28, 0.25, 0.25, 0.28, 0.35, 0.45, 0.55, 0.62, 0.68, 0.72,
		0.75, 0.75, 0.74, 0.75, 0.78, 0.82, 0.90, 0.97, 1.00, 0.95, 0.80, 0.60,
	}
	days := [7]float64{0.85, 1, 1, 1, 1, 0.95, 0.85}
	return interpolate(&hours, t) * days[t.Weekday()]
}

// steadyLoad is that of machines, which do not sleep.
func steadyLoad(time.Time) float64 { return 1 }

func interpolate(hours *[24]float64, t time.Time) float64 {
	h, part := t.Hour(), float64(t.Minute())/60
	return hours[h]*(1-part) + hours[(h+1)%24]*part
}

// A rhythm turns shares of the whole traffic into times.
type rhythm struct {
	start, step int64
	cumulative  []float64 // load up to the end of each step, the last is the total
	at          int       // step of the last answer
}

// newRhythm sums up the load over the span, disturbed so that no two days are
// alike.
func newRhythm(r random, start, span int64, busy load) *rhythm {
	steps := max(1, min(span/(10*minute), 50_000))
	h := &rhythm{start: start, step: span / steps, cumulative: make([]float64, steps)}
	sum := 0.0
	for i := range h.cumulative {
		middle := time.UnixMicro(start + int64(i)*h.step + h.step/2).UTC()
		sum += busy(middle) * math.Exp(0.25*r.NormFloat64())
		h.cumulative[i] = sum
	}
	return h
}

// time returns when the given share of the traffic, from 0 to 1, has started.
// Shares must not decrease from call to call.
func (h *rhythm) time(share float64) int64 {
	target := share * h.cumulative[len(h.cumulative)-1]
	for h.at < len(h.cumulative)-1 && h.cumulative[h.at] < target {
		h.at++
	}
	before := 0.0
	if h.at > 0 {
		before = h.cumulative[h.at-1]
	}
	part := (target - before) / (h.cumulative[h.at] - before)
	return h.start + int64((float64(h.at)+part)*float64(h.step))
}
