package stats

import (
	"slices"
	"strings"
)

// CompactLetters returns a word of letters for each of n groups, such that two groups
// share a letter if and only if none of the comparisons tells them apart at the level
// alpha: their adjusted p is above it, or they have none. order lists the groups in
// the order in which letters are given out, usually by falling mean; nil is their own.
// After z follow aa, ab and so on, in parentheses.
//
// H.-P. Piepho (2004), "An algorithm for a letter-based representation of all-pairwise
// comparisons", Journal of Computational and Graphical Statistics 13, 456–466.
func CompactLetters(n int, comparisons []Comparison, alpha float64, order []int) []string {
	if order == nil {
		for g := range n {
			order = append(order, g)
		}
	}
	apart := make([]map[int]bool, n)
	for g := range apart {
		apart[g] = map[int]bool{}
	}
	for _, c := range comparisons {
		if c.PAdjusted <= alpha && max(c.A, c.B) < n {
			apart[c.A][c.B], apart[c.B][c.A] = true, true
		}
	}
	columns := [][]bool{slices.Repeat([]bool{true}, n)} // the groups that have a letter
	for i, g := range order {
		for _, h := range order[:i] {
			if apart[g][h] {
				columns = absorbed(separated(columns, g, h))
			}
		}
	}
	slices.SortStableFunc(columns, func(a, b []bool) int {
		for _, g := range order {
			if a[g] != b[g] {
				if a[g] {
					return -1
				}
				return 1
			}
		}
		return 0
	})
	words := make([]strings.Builder, n)
	for letter, has := range columns {
		for g := range n {
			if has[g] {
				words[g].WriteString(letterOf(letter))
			}
		}
	}
	out := make([]string, n)
	for g := range out {
		out[g] = words[g].String()
	}
	return out
}

// separated replaces every letter that both groups have by two that one has each.
func separated(columns [][]bool, g, h int) [][]bool {
	var out [][]bool
	for _, has := range columns {
		if !has[g] || !has[h] {
			out = append(out, has)
			continue
		}
		without := slices.Clone(has)
		without[g], has[h] = false, false
		out = append(out, has, without)
	}
	return out
}

// absorbed leaves out letters of which another has all groups.
func absorbed(columns [][]bool) [][]bool {
	var out [][]bool
	for i, a := range columns {
		if !slices.ContainsFunc(columns[:i], func(b []bool) bool { return within(a, b) }) &&
			!slices.ContainsFunc(columns[i+1:], func(b []bool) bool { return within(a, b) && !within(b, a) }) {
			out = append(out, a)
		}
	}
	return out
}

// within reports whether every group of a is in b.
func within(a, b []bool) bool {
	for g := range a {
		if a[g] && !b[g] {
			return false
		}
	}
	return true
}

// letterOf returns the letters of a number from 0 on.
func letterOf(number int) string {
	const letters = 26
	if number < letters {
		return string(rune('a' + number))
	}
	word := ""
	for n := number; n >= 0; n = n/letters - 1 {
		word = string(rune('a'+n%letters)) + word
	}
	return "(" + word + ")"
}
