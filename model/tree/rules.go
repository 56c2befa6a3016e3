package tree

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/netanom/netanom/model/learn"
)

// A Rule is a leaf of a tree and what a row must be like to come to it.
type Rule struct {
	Conditions []Condition `json:"conditions"` // in the order in which the tree first asks; none: all rows
	Values     []float64   `json:"values"`     // what the leaf holds
	Cover      float64     `json:"cover"`      // weight of the training rows
}

// A Condition says which cells of a column a rule takes.
type Condition struct {
	Column  string   `json:"column"`
	Above   *float64 `json:"above,omitempty"` // numbers above it only
	UpTo    *float64 `json:"up_to,omitempty"` // numbers of at most it only
	In      []string `json:"in,omitempty"`    // these levels
	Not     []string `json:"not,omitempty"`   // instead of In where these are fewer: all levels but these
	Missing bool     `json:"missing"`         // whether cells without a value are taken
}

// Rules returns a rule for each leaf of a tree, the one that most training rows came
// to first. Where a tree looks at a column more than once the conditions are merged
// to one.
func (e *Ensemble) Rules(tree int) []Rule {
	var rules []Rule
	var path []held
	var walk func(node int32)
	walk = func(node int32) {
		n := &e.Nodes[node]
		if n.Column == Leaf {
			rules = append(rules, e.rule(node, path))
			return
		}
		for side := range int32(2) {
			keep := slices.Clone(path)
			path = e.narrow(path, n, side == 0)
			walk(n.Low + side)
			path = keep
		}
	}
	walk(e.Roots[tree])
	slices.SortStableFunc(rules, func(a, b Rule) int { return cmp.Compare(b.Cover, a.Cover) })
	return rules
}

// held is what the splits above have left of a column.
type held struct {
	column      int32
	above, upTo *float64
	set         []uint64
	missing     bool
}

// narrow returns the path that goes on to one side of a split.
func (e *Ensemble) narrow(path []held, n *Node, low bool) []held {
	at := slices.IndexFunc(path, func(h held) bool { return h.column == n.Column })
	if at < 0 {
		at = len(path)
		h := held{column: n.Column, missing: true}
		if n.Set >= 0 {
			h.set = make([]uint64, words(len(e.Columns[n.Column].Levels)))
			for w := range h.set {
				h.set[w] = ^uint64(0)
			}
		}
		path = append(path, h)
	}
	path = slices.Clone(path)
	h := &path[at]
	h.missing = h.missing && low == n.MissingLow
	if n.Set >= 0 {
		h.set = slices.Clone(h.set)
		for w := range h.set {
			if s := e.Sets[int(n.Set)+w]; low {
				h.set[w] &= s
			} else {
				h.set[w] &^= s
			}
		}
		return path
	}
	value := n.Value
	if low && (h.upTo == nil || value < *h.upTo) {
		h.upTo = &value
	}
	if !low && (h.above == nil || value > *h.above) {
		h.above = &value
	}
	return path
}

// rule returns that of a leaf.
func (e *Ensemble) rule(node int32, path []held) Rule {
	at := int(e.Nodes[node].Low)
	r := Rule{Values: slices.Clone(e.Values[at : at+e.Width]), Cover: e.Cover[node]}
	for _, h := range path {
		r.Conditions = append(r.Conditions, h.condition(&e.Columns[h.column]))
	}
	return r
}

func (h *held) condition(c *learn.Column) Condition {
	out := Condition{Column: c.Name, Above: h.above, UpTo: h.upTo, Missing: h.missing}
	for l, name := range c.Levels {
		if h.set[l/64]>>(l%64)&1 == 1 {
			out.In = append(out.In, name)
		} else {
			out.Not = append(out.Not, name)
		}
	}
	if len(out.Not) > 0 && len(out.Not) < len(out.In) {
		out.In = nil
	} else {
		out.Not = nil
	}
	return out
}

// String is the conditions in words: flag in {S0, REJ} and src_bytes <= 28.5.
func (r Rule) String() string {
	if len(r.Conditions) == 0 {
		return "all rows"
	}
	words := make([]string, len(r.Conditions))
	for i, c := range r.Conditions {
		words[i] = c.String()
	}
	return strings.Join(words, " and ")
}

// String is the condition in words. It does not mention missing cells unless it
// takes nothing else.
func (c Condition) String() string {
	switch {
	case c.Above != nil && c.UpTo != nil:
		return decimal(*c.Above) + " < " + c.Column + " <= " + decimal(*c.UpTo)
	case c.Above != nil:
		return c.Column + " > " + decimal(*c.Above)
	case c.UpTo != nil:
		return c.Column + " <= " + decimal(*c.UpTo)
	case c.Not != nil:
		return c.Column + " not in {" + strings.Join(c.Not, ", ") + "}"
	case c.In != nil:
		return c.Column + " in {" + strings.Join(c.In, ", ") + "}"
	}
	return c.Column + " is missing"
}

// decimal writes a threshold without the last digits, which are rounding errors of
// midpoints.
func decimal(v float64) string { return strconv.FormatFloat(v, 'g', 9, 64) }
