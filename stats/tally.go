package stats

import (
	"fmt"
	"slices"
)

// Tally summarises one numeric variable, in one or several groups, by its sorted
// distinct values and how often each occurs in each group. It is everything that
// ranks, quantiles, distribution functions and entropies need, and nothing is
// lost but the order of the rows. The zero value is empty.
//
// Functions that take a Tally rely on what the constructors ensure: Values finite
// and strictly ascending, each row of Counts as long as Values and not negative.
type Tally struct {
	Values []float64 // distinct values, ascending
	Counts [][]int64 // Counts[g][i] is how often Values[i] occurs in group g
	Groups []string  // names of the groups; nil for a single unnamed group
}

// TallyOf counts the values of x, as one unnamed group. The error wraps
// ErrNotFinite. It takes time proportional to len(x).
func TallyOf(x []float64) (Tally, error) {
	if !allFinite(x) {
		return Tally{}, fmt.Errorf("tally: %w", ErrNotFinite)
	}
	if len(x) == 0 {
		return Tally{}, nil
	}
	sorted := slices.Clone(x)
	SortFloats(sorted, nil)
	distinct := 1
	for i := 1; i < len(sorted); i++ {
		if sorted[i] != sorted[i-1] {
			distinct++
		}
	}
	values, counts := make([]float64, 0, distinct), make([]int64, 0, distinct)
	start := 0
	for i := 1; i <= len(sorted); i++ {
		if i == len(sorted) || sorted[i] != sorted[start] {
			values = append(values, sorted[start])
			counts = append(counts, int64(i-start))
			start = i
		}
	}
	return Tally{Values: values, Counts: [][]int64{counts}}, nil
}

// TallyOfGroups counts the values of x apart for each group: x[i] belongs to the
// group names[group[i]], or to none if group[i] is negative, and is then left
// out. Every name makes a group, even one without values. The error wraps
// ErrLengths or ErrNotFinite, or says that a group has no name.
func TallyOfGroups(x []float64, group []int, names []string) (Tally, error) {
	if len(x) != len(group) {
		return Tally{}, fmt.Errorf("tally of %d values in %d groups: %w", len(x), len(group), ErrLengths)
	}
	parts := make([][]float64, len(names))
	for i, g := range group {
		if g >= len(names) {
			return Tally{}, fmt.Errorf("tally: group %d of %d", g, len(names))
		}
		if g >= 0 {
			parts[g] = append(parts[g], x[i])
		}
	}
	tallies := make([]Tally, len(names))
	for g, part := range parts {
		t, err := TallyOf(part)
		if err != nil {
			return Tally{}, err
		}
		if t.Counts == nil {
			t.Counts = [][]int64{nil}
		}
		t.Groups = names[g : g+1]
		tallies[g] = t
	}
	return combine(tallies), nil
}

// TallyFromCounts returns the tally of counts that something else aggregated:
// values[i] occurs counts[i] times. The values need no order and may repeat. The
// error wraps ErrLengths or ErrNotFinite, or says that a count is negative.
func TallyFromCounts(values []float64, counts []int64) (Tally, error) {
	if len(values) != len(counts) {
		return Tally{}, fmt.Errorf("tally of %d values with %d counts: %w", len(values), len(counts), ErrLengths)
	}
	if !allFinite(values) {
		return Tally{}, fmt.Errorf("tally: %w", ErrNotFinite)
	}
	order := make([]int, 0, len(values))
	for i, c := range counts {
		if c < 0 {
			return Tally{}, fmt.Errorf("tally: count %d of value %v", c, values[i])
		}
		if c > 0 {
			order = append(order, i)
		}
	}
	if len(order) == 0 {
		return Tally{}, nil
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case values[a] < values[b]:
			return -1
		case values[a] > values[b]:
			return 1
		}
		return 0
	})
	t := Tally{Counts: [][]int64{nil}}
	for _, i := range order {
		if last := len(t.Values) - 1; last >= 0 && t.Values[last] == values[i] {
			t.Counts[0][last] += counts[i]
			continue
		}
		t.Values = append(t.Values, positiveZero(values[i]))
		t.Counts[0] = append(t.Counts[0], counts[i])
	}
	return t, nil
}

// Add adds n copies of x to the group of that name; the name of the unnamed
// group is "". It takes time proportional to the distinct values when x is new;
// use TallyOf for many values at once. The error wraps ErrNotFinite, or says that
// n is negative.
func (t *Tally) Add(group string, x float64, n int64) error {
	one, err := TallyFromCounts([]float64{x}, []int64{n})
	if err != nil || n == 0 {
		return err
	}
	if group != "" {
		one.Groups = []string{group}
	}
	*t = t.Merge(one)
	return nil
}

// Merge returns the tally of the values of both. Groups of the same name become
// one; the others follow in order. Neither tally is changed; either may be empty.
func (t Tally) Merge(o Tally) Tally { return combine([]Tally{t, o}) }

// Len returns the number of distinct values.
func (t Tally) Len() int { return len(t.Values) }

// NumGroups returns the number of groups; 0 for the empty tally.
func (t Tally) NumGroups() int { return len(t.Counts) }

// GroupName returns the name of group g, "" for the unnamed group and where
// there is no such group.
func (t Tally) GroupName(g int) string {
	if g < 0 || g >= len(t.Groups) {
		return ""
	}
	return t.Groups[g]
}

// N returns the number of values in group g; 0 where there is no such group.
func (t Tally) N(g int) int64 {
	if g < 0 || g >= len(t.Counts) {
		return 0
	}
	n := int64(0)
	for _, c := range t.Counts[g] {
		n += c
	}
	return n
}

// Total returns the number of values in all groups.
func (t Tally) Total() int64 {
	n := int64(0)
	for g := range t.Counts {
		n += t.N(g)
	}
	return n
}

// Group returns group g alone, as an unnamed group without the values that do
// not occur in it; empty where there is no such group.
func (t Tally) Group(g int) Tally { return tallyOfSample(t.group(g)) }

// Pooled returns all groups together as one unnamed group.
func (t Tally) Pooled() Tally { return tallyOfSample(t.pooled()) }

// Quantile returns the type 7 quantile of group g at probability p; NaN for an
// empty group and for p outside [0, 1].
func (t Tally) Quantile(g int, p float64) float64 { return t.group(g).quantile(p) }

// Quantiles returns the type 7 quantiles of group g at several probabilities, at
// little more than the cost of one.
func (t Tally) Quantiles(g int, p ...float64) []float64 {
	s := t.group(g)
	q := make([]float64, len(p))
	for i, p := range p {
		q[i] = s.quantile(p)
	}
	return q
}

// Moments returns the moments of group g, computed about the mean in twice the
// usual precision; empty where there is no such group. Powers beyond the range
// of float64 are infinite or 0; Summarize scales instead.
func (t Tally) Moments(g int) Moments { return t.group(g).moments().unscaled() }

// group returns the values of group g.
func (t Tally) group(g int) sample {
	if g < 0 || g >= len(t.Counts) {
		return sample{}
	}
	return newSample(t.Values, t.Counts[g])
}

// pooled returns the values of all groups.
func (t Tally) pooled() sample {
	if len(t.Counts) == 1 {
		return t.group(0)
	}
	total := make([]int64, len(t.Values))
	for _, counts := range t.Counts {
		for i, c := range counts {
			if i < len(total) {
				total[i] += c
			}
		}
	}
	return newSample(t.Values, total)
}

// tallyOfSample returns the sample as one unnamed group.
func tallyOfSample(s sample) Tally {
	if s.n() == 0 {
		return Tally{}
	}
	return Tally{Values: s.values, Counts: [][]int64{s.counts}}
}

// check returns an error unless the tally is what the constructors ensure.
func (t Tally) check() error {
	if !allFinite(t.Values) {
		return fmt.Errorf("tally: %w", ErrNotFinite)
	}
	for i := 1; i < len(t.Values); i++ {
		if t.Values[i] <= t.Values[i-1] {
			return fmt.Errorf("tally: value %v follows %v", t.Values[i], t.Values[i-1])
		}
	}
	for _, counts := range t.Counts {
		if len(counts) != len(t.Values) {
			return fmt.Errorf("tally of %d values with %d counts: %w", len(t.Values), len(counts), ErrLengths)
		}
		if len(counts) > 0 && slices.Min(counts) < 0 {
			return fmt.Errorf("tally: count %d", slices.Min(counts))
		}
	}
	if t.Groups != nil && len(t.Groups) != len(t.Counts) {
		return fmt.Errorf("tally of %d groups with %d names: %w", len(t.Counts), len(t.Groups), ErrLengths)
	}
	return nil
}

// combine returns the tally of the values of all parts.
func combine(parts []Tally) Tally {
	var (
		names  []string
		index  = map[string]int{}
		values []float64
	)
	for _, part := range parts {
		for g := range part.Counts {
			name := part.GroupName(g)
			if _, known := index[name]; !known {
				index[name] = len(names)
				names = append(names, name)
			}
		}
		values = append(values, part.Values...)
	}
	SortFloats(values, nil)
	values = slices.Clip(slices.Compact(values))
	counts := make([][]int64, len(names))
	for g := range counts {
		counts[g] = make([]int64, len(values))
	}
	for _, part := range parts {
		for g, from := range part.Counts {
			addCounts(counts[index[part.GroupName(g)]], values, from, part.Values)
		}
	}
	t := Tally{Values: values, Counts: counts, Groups: names}
	if len(names) == 0 {
		return Tally{}
	}
	if len(names) == 1 && names[0] == "" {
		t.Groups = nil
	}
	return t
}

// addCounts adds the counts of fromValues to those of the same values among
// toValues; both are ascending and the former are all among the latter.
func addCounts(to []int64, toValues []float64, from []int64, fromValues []float64) {
	j := 0
	for i, x := range fromValues {
		for j < len(toValues) && toValues[j] < x {
			j++
		}
		if j < len(to) && i < len(from) {
			to[j] += from[i]
		}
	}
}
