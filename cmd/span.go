package cmd

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// A span is a flag that takes a length of time, in seconds.
type span float64

// spanUnits are the units of a span, from the longest.
var spanUnits = []struct {
	name    string
	seconds float64
}{{"w", 7 * 86400}, {"d", 86400}, {"h", 3600}, {"ms", 0.001}, {"m", 60}, {"s", 1}}

// String implements pflag.Value.
func (s *span) String() string {
	if *s == 0 {
		return ""
	}
	for _, u := range spanUnits {
		if n := float64(*s) / u.seconds; n >= 1 && n == math.Trunc(n) && (u.seconds >= 1 || *s < 1) {
			return strconv.FormatFloat(n, 'f', -1, 64) + u.name
		}
	}
	return strconv.FormatFloat(float64(*s), 'f', -1, 64) + "s"
}

// Type implements pflag.Value.
func (s *span) Type() string { return "span" }

// Set implements pflag.Value.
func (s *span) Set(text string) error {
	const shortest, longest = 0.001, 366 * 86400
	for _, u := range spanUnits {
		digits, found := strings.CutSuffix(text, u.name)
		if !found {
			continue
		}
		n, err := strconv.ParseFloat(digits, 64)
		if err != nil {
			break
		}
		if x := n * u.seconds; x >= shortest && x <= longest {
			*s = span(x)
			return nil
		}
		return errors.New("give a span from 1ms to 366d")
	}
	return errors.New("write a span as 30s, 10m, 1h, 1d or 1w")
}
