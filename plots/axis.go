package plots

import (
	"fmt"
	"math"
	"slices"
)

// A Scale says how numbers are laid out along an axis.
type Scale uint8

// The scales. Auto, the zero value, lets the figure choose by the rule in the
// comment of its constructor.
const (
	Auto Scale = iota
	Linear
	Log
)

// String returns "auto", "linear" or "log".
func (s Scale) String() string {
	switch s {
	case Linear:
		return "linear"
	case Log:
		return "log"
	default:
		return "auto"
	}
}

// tailRatio is how many times the largest value must exceed the typical
// positive one for a logarithmic axis: on a linear axis the typical value is
// then within one hundredth of the width from zero.
const tailRatio = 100

// chooseScale returns the scale for values from lowest to highest whose
// typical positive value is given (NaN if there is none).
func chooseScale(wish Scale, lowest, highest, typical float64) (Scale, error) {
	if wish > Log {
		return 0, fmt.Errorf("the values have an unknown scale (%d)", wish)
	}
	if wish == Auto {
		if lowest >= 0 && highest > tailRatio*typical {
			return Log, nil
		}
		return Linear, nil
	}
	if wish == Log && lowest < 0 {
		return 0, fmt.Errorf("a logarithmic axis cannot show the negative value %v", lowest)
	}
	if wish == Log && highest <= 0 {
		return 0, fmt.Errorf("a logarithmic axis needs a positive value")
	}
	return wish, nil
}

// An axis maps values to pixels between from and to, which may run backwards.
// A logarithmic axis maps zero to a slot of its own at zeroAt.
type axis struct {
	scale    Scale
	lo, hi   float64
	from, to float64
	zeroAt   float64
	whole    bool // only whole numbers have a meaning
	calendar bool // the values are seconds since the beginning of 1970, UTC
}

// at returns the pixel of a value.
func (a axis) at(v float64) float64 {
	var f float64
	switch {
	case a.scale != Log:
		f = (v - a.lo) / (a.hi - a.lo)
	case v <= 0:
		return a.zeroAt
	default:
		f = (math.Log10(v) - math.Log10(a.lo)) / (math.Log10(a.hi) - math.Log10(a.lo))
	}
	return a.from + f*(a.to-a.from)
}

// value returns the value at the fraction f of the axis, the inverse of at.
func (a axis) value(f float64) float64 {
	if a.scale == Log {
		return math.Pow(10, math.Log10(a.lo)+f*(math.Log10(a.hi)-math.Log10(a.lo)))
	}
	return a.lo + f*(a.hi-a.lo)
}

// A tick is a place on an axis; a minor one has no label.
type tick struct {
	value float64
	label string
}

// ticks returns the ticks of the axis in increasing order, at most most of
// them with a label.
func (a axis) ticks(most int) []tick {
	if a.calendar {
		return calendarTicks(a.lo, a.hi, most)
	}
	if a.scale != Log {
		return linearTicks(a.lo, a.hi, most, a.whole)
	}
	return slices.DeleteFunc(logTicks(a.lo, a.hi, most), func(t tick) bool {
		return a.whole && t.value != math.Trunc(t.value)
	})
}

// fitted returns the most ticks, up to a dozen, whose labels keep a distance of
// gap from each other when size gives the extent of a label along the axis.
func (a axis) fitted(gap float64, size func(string) float64) []tick {
	for most := 12; most > 2; most-- {
		ticks := a.ticks(most)
		if a.apart(ticks, gap, size) {
			return ticks
		}
	}
	ticks := a.ticks(2)
	for i := range ticks {
		if !a.apart(ticks[:i+1], gap, size) {
			ticks[i].label = ""
		}
	}
	return ticks
}

// apart reports whether neighbouring labels keep their distance.
func (a axis) apart(ticks []tick, gap float64, size func(string) float64) bool {
	last := math.Inf(-1)
	sign := math.Copysign(1, a.to-a.from)
	for _, t := range ticks {
		if t.label == "" {
			continue
		}
		at, half := sign*a.at(t.value), size(t.label)/2
		if at-half < last+gap {
			return false
		}
		last = at + half
	}
	return true
}

// A decimalStep is mantissa·10^exponent. Its multiples are the doubles nearest
// to their decimal notation, so that data with few decimals fall on them.
type decimalStep struct {
	mantissa float64
	exponent int
}

// niceStep returns the step 1, 2, 2.5 or 5 times a power of ten nearest to
// width on a logarithmic scale.
func niceStep(width float64) decimalStep {
	exponent := int(math.Floor(math.Log10(width)))
	fraction := width / math.Pow10(exponent)
	switch {
	case fraction < math.Sqrt(1*2):
		return decimalStep{1, exponent}
	case fraction < math.Sqrt(2*2.5):
		return decimalStep{2, exponent}
	case fraction < math.Sqrt(2.5*5):
		return decimalStep{25, exponent - 1}
	case fraction < math.Sqrt(5*10):
		return decimalStep{5, exponent}
	default:
		return decimalStep{1, exponent + 1}
	}
}

// atLeastOne returns the step, or the next whole one if it is not whole.
func (s decimalStep) atLeastOne() decimalStep {
	switch {
	case s.multiple(1) < 1:
		return decimalStep{1, 0}
	case s == decimalStep{25, -1}:
		return decimalStep{5, 0}
	}
	return s
}

// multiple returns k steps.
func (s decimalStep) multiple(k float64) float64 {
	if s.exponent < 0 {
		return k * s.mantissa / math.Pow10(-s.exponent)
	}
	return k * s.mantissa * math.Pow10(s.exponent)
}

// linearTicks returns at most most multiples of a nice step within lo and hi, or
// two if most is less, of a whole step if whole is set.
func linearTicks(lo, hi float64, most int, whole bool) []tick {
	most = max(most, 2)
	step := niceStep((hi - lo) / float64(most))
	// Steps are rounded to the nearest, so there can be a few too many.
	for (hi-lo)/step.multiple(1) > float64(most) {
		step = niceStep(step.multiple(1) * 1.8)
	}
	if whole {
		step = step.atLeastOne()
	}
	width := step.multiple(1)
	tolerance := 1e-9 * width
	largest := max(math.Abs(lo), math.Abs(hi))
	var ticks []tick
	first := math.Ceil((lo - tolerance) / width)
	for i := range most + 1 {
		v := step.multiple(first + float64(i))
		if v > hi+tolerance {
			break
		}
		ticks = append(ticks, tick{v, onAxis(v, width, largest)})
	}
	return ticks
}

// logTicks returns the powers of ten within lo and hi, labelled as often as
// there is room, and between powers that stand next to each other the multiples
// 2 to 9 without a label. Where fewer than two powers fit, 2 and 5 get labels.
func logTicks(lo, hi float64, most int) []tick {
	const tolerance = 1e-9
	first := int(math.Floor(math.Log10(lo) + tolerance))
	last := int(math.Ceil(math.Log10(hi) - tolerance))
	inside := func(v float64) bool { return v >= lo*(1-tolerance) && v <= hi*(1+tolerance) }
	powers := 0
	for e := first; e <= last; e++ {
		if inside(math.Pow10(e)) {
			powers++
		}
	}
	every := (powers + most - 1) / most
	var ticks []tick
	for e := first; e <= last; e++ {
		for m := 1.0; m < 10; m++ {
			v := m * math.Pow10(e)
			if e < 0 {
				v = m / math.Pow10(-e)
			}
			if !inside(v) || (m > 1 && every > 1) {
				continue
			}
			label := ""
			// Labels stand on powers that are multiples of every, so that they
			// do not move with the range.
			if m == 1 && ((e%every)+every)%every == 0 || powers < 2 && most > 2 && (m == 2 || m == 5) {
				label = short(v)
			}
			ticks = append(ticks, tick{v, label})
		}
	}
	return ticks
}
