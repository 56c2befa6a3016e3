package cmd

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/netanom/netanom/dataset"
)

// A choice is a flag that takes one of a few words.
type choice struct {
	value   string
	choices []string
}

// String implements pflag.Value.
func (c *choice) String() string { return c.value }

// Type implements pflag.Value.
func (c *choice) Type() string { return "word" }

// usage says what the flag is about and lists the words.
func (c *choice) usage(about string) string { return about + ": " + strings.Join(c.choices, ", ") }

// Set implements pflag.Value.
func (c *choice) Set(s string) error {
	for _, word := range c.choices {
		if strings.EqualFold(s, word) {
			c.value = word
			return nil
		}
	}
	return errors.New("choose one of " + strings.Join(c.choices, ", ") + didYouMean(s, c.choices))
}

// didYouMean ends a sentence with the candidates nearest to a misspelt word, if
// any are near.
func didYouMean(word string, candidates []string) string {
	near := dataset.Nearest(word, candidates)
	if len(near) == 0 {
		return ""
	}
	return "; did you mean " + strings.Join(near, " or ") + "?"
}

// A number is a flag that takes a number within limits.
type number struct {
	value     float64
	low, high float64
	kind      numberKind
}

// A numberKind says which numbers between the limits are meant.
type numberKind uint8

const (
	closed numberKind = iota // any, the limits too
	open                     // any but the limits
	whole                    // whole numbers, the limits too
)

// String implements pflag.Value.
func (n *number) String() string { return strconv.FormatFloat(n.value, 'f', -1, 64) }

// Type implements pflag.Value.
func (n *number) Type() string { return "number" }

// Set implements pflag.Value.
func (n *number) Set(s string) error {
	x, err := strconv.ParseFloat(s, 64)
	switch {
	case err != nil || math.IsNaN(x) || math.IsInf(x, 0) || x < n.low || x > n.high,
		n.kind == open && (x == n.low || x == n.high),
		n.kind == whole && x != math.Trunc(x):
		return errors.New("give a " + n.rule())
	}
	n.value = x
	return nil
}

// rule says in words which numbers are allowed.
func (n *number) rule() string {
	noun := "number"
	if n.kind == whole {
		noun = "whole number"
	}
	low := strconv.FormatFloat(n.low, 'f', -1, 64)
	high := strconv.FormatFloat(n.high, 'f', -1, 64)
	switch {
	case n.low == -math.MaxFloat64:
		return noun
	case n.high == math.MaxFloat64:
		return noun + " above " + low
	case n.kind == open:
		return noun + " between " + low + " and " + high
	}
	return noun + " from " + low + " to " + high
}

// A kindMap is the repeatable flag --type column=kind.
type kindMap map[string]dataset.Kind

// String implements pflag.Value.
func (m kindMap) String() string { return strings.Join(m.list(), ",") }

// Type implements pflag.Value.
func (m kindMap) Type() string { return "column=kind" }

// Set implements pflag.Value.
func (m kindMap) Set(s string) error {
	i := strings.LastIndexByte(s, '=')
	if i <= 0 {
		return errors.New("write column=kind, with a kind of " + strings.Join(dataset.Kinds(), ", "))
	}
	kind, err := dataset.ParseKind(s[i+1:])
	if err != nil {
		return fmt.Errorf("%w%s", err, didYouMean(s[i+1:], dataset.Kinds()))
	}
	m[s[:i]] = kind
	return nil
}

// list returns the kinds as column=kind, sorted.
func (m kindMap) list() []string {
	out := []string{}
	for name, kind := range m {
		out = append(out, name+"="+kind.String())
	}
	slices.Sort(out)
	return out
}

// A delimiter is a flag that takes a character, or its name.
type delimiter byte

// delimiterNames are the characters that have names.
var delimiterNames = []struct {
	name string
	char byte
}{{"comma", ','}, {"tab", '\t'}, {"semicolon", ';'}, {"pipe", '|'}, {"space", ' '}, {`\t`, '\t'}}

// String implements pflag.Value.
func (d *delimiter) String() string {
	switch {
	case *d == 0:
		return ""
	case *d == '\t' || *d == ' ':
		return delimiterName(byte(*d))
	}
	return string(rune(*d))
}

func delimiterName(char byte) string {
	for _, d := range delimiterNames {
		if d.char == char {
			return d.name
		}
	}
	return string(rune(char))
}

// Type implements pflag.Value.
func (d *delimiter) Type() string { return "char" }

// Set implements pflag.Value.
func (d *delimiter) Set(s string) error {
	for _, known := range delimiterNames {
		if strings.EqualFold(s, known.name) {
			*d = delimiter(known.char)
			return nil
		}
	}
	if len(s) != 1 || s[0] >= 0x80 || strings.Contains("\"\r\n", s) {
		return errors.New("give one character, or comma, tab, semicolon, pipe, space")
	}
	*d = delimiter(s[0])
	return nil
}
