package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// P is a p-value with its base-10 logarithm, for cells of kind PValue. Below the
// range of float64 the logarithm alone tells how small it is.
type P struct {
	P     float64
	Log10 float64
}

// tiny is the p-value below which the logarithm is the better witness: float64
// loses digits under 2.2e-308 and everything under 5e-324.
const tiny = 1e-300

// underflows reports whether only the logarithm can tell the value.
func (p P) underflows() bool {
	return p.P >= 0 && p.P < tiny && p.Log10 < 0 && !math.IsInf(p.Log10, -1)
}

// scientific writes a value that underflows from its logarithm, with the given
// number of digits after the point: "1.234e-500".
func (p P) scientific(decimals int) string {
	exponent := math.Floor(p.Log10)
	mantissa := strconv.FormatFloat(math.Pow(10, p.Log10-exponent), 'f', decimals, 64)
	if strings.HasPrefix(mantissa, "10") {
		mantissa = strconv.FormatFloat(1, 'f', decimals, 64)
		exponent++
	}
	return mantissa + "e" + strconv.FormatFloat(exponent, 'f', 0, 64)
}

// log10 returns the logarithm by which p-values are put in order.
func (p P) log10() float64 {
	if p.P >= tiny {
		return math.Log10(p.P)
	}
	if p.P == 0 && !(p.Log10 < 0) {
		return math.Inf(-1)
	}
	return p.Log10
}

// asP returns the value of a cell of kind PValue.
func asP(value any) P {
	if p, ok := value.(P); ok {
		return p
	}
	x, _ := number(value)
	return P{P: x, Log10: math.NaN()}
}

// number returns the value of a numeric cell, NaN if it is missing, and whether
// the cell is numeric at all.
func number(value any) (float64, bool) {
	switch v := value.(type) {
	case float64:
		return v, true
	case int:
		return float64(v), true
	case int64:
		return float64(v), true
	case P:
		return v.P, true
	default:
		return math.NaN(), false
	}
}

// missing reports whether a cell holds nothing: nil, NaN, or a P of NaN.
func missing(value any) bool {
	if value == nil {
		return true
	}
	x, ok := number(value)
	return ok && math.IsNaN(x)
}

// checkValue returns an error unless the value may stand in a row.
func checkValue(value any) error {
	switch value.(type) {
	case nil, string, float64, int, int64, bool, P:
		return nil
	default:
		return fmt.Errorf("a cell holds a %T, which is no kind of value that a table knows", value)
	}
}

// exact writes a value for machines: numbers as short as they can be without
// losing a bit, strings as they are, nothing for a missing value.
func exact(value any) string {
	if missing(value) {
		return ""
	}
	switch v := value.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case P:
		if v.underflows() {
			return v.scientific(6)
		}
		return exactReal(v.P)
	default:
		x, _ := number(value)
		return exactReal(x)
	}
}

// exactReal writes a float64 in the shortest form that reads back to it, in
// JSON's spelling of numbers.
func exactReal(x float64) string {
	switch size := math.Abs(x); {
	case math.IsInf(x, 1):
		return "Infinity"
	case math.IsInf(x, -1):
		return "-Infinity"
	case size != 0 && (size < 1e-6 || size >= 1e21):
		return strconv.FormatFloat(x, 'e', -1, 64)
	default:
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
}
