package eda

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"

	"github.com/netanom/netanom/dataset"
)

// Words of the findings, in the singular and the plural.

func plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return grouped(n) + " " + noun + "s"
}

func choose(n int64, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// grouped writes a count with commas between thousands.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// percent writes a share with as many decimals as it takes not to say 0 % of
// something, or 100 % of nearly all.
func percent(share float64) string {
	for decimals := 1; decimals < 6; decimals++ {
		rounded := math.Round(share*100*math.Pow10(decimals)) / math.Pow10(decimals)
		if (rounded > 0 || share == 0) && (rounded < 100 || share == 1) {
			return strconv.FormatFloat(rounded, 'f', -1, 64) + " %"
		}
	}
	if share > 0.5 {
		return "nearly 100 %"
	}
	return "less than 0.00001 %"
}

func plainNumber(x float64) string {
	if size := math.Abs(x); size >= 1e-4 && size < 1e15 {
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}

// listed joins words for a sentence, cut after most of them.
func listed(words []string, most int) string {
	if len(words) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(words[:most], ", "), len(words)-most)
	}
	return strings.Join(words, ", ")
}

// typeFlag writes the flag that gives a column another kind, as a shell takes it.
func typeFlag(name string, kind dataset.Kind) string {
	word := name + "=" + kind.String()
	if strings.ContainsFunc(name, func(r rune) bool { return !isNameRune(r) }) {
		word = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	return "--type " + word
}

// isNameRune reports whether a letter of a name is special neither in a condition
// nor in a shell.
func isNameRune(r rune) bool {
	return r == '_' || r == '.' || unicode.IsLetter(r) || unicode.IsDigit(r)
}

// spanWords writes a span of time in the largest unit in which it is a whole number.
func spanWords(seconds float64) string {
	for _, unit := range []struct {
		seconds float64
		name    string
	}{{week, "week"}, {day, "d"}, {hour, "h"}, {minute, "min"}, {1, "s"}, {0.001, "ms"}} {
		n := seconds / unit.seconds
		if whole := math.Round(n); whole >= 1 && math.Abs(n-whole) < 1e-9*whole {
			if unit.name == "week" {
				return plural(int64(whole), "week")
			}
			return grouped(int64(whole)) + " " + unit.name
		}
	}
	return plainNumber(seconds) + " s"
}
