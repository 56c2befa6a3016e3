package eda

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/netanom/netanom/dataset"
)

// Thresholds of the findings about distributions. They are conventions.
const (
	manyLevels  = 50  // levels of a category
	rareLevel   = 10  // rows below which a level is rare
	skewed      = 2.0 // absolute skewness
	manyZeros   = 0.5 // share of zeros
	namesListed = 8
)

// shapeFindings are about how the values of columns are distributed.
func (e *Exploration) shapeFindings() []Finding {
	var skew, zero []string
	var out []Finding
	for i := range e.Profile.Columns {
		p := &e.Profile.Columns[i]
		if p.Column.Role != dataset.Feature {
			continue
		}
		out = append(out, levelFindings(p, e.private)...)
		if p.Number == nil || p.Column.Kind != dataset.Number {
			continue
		}
		if g := p.Number.Skewness; math.Abs(g) > skewed && p.Distinct > 2 {
			skew = append(skew, fmt.Sprintf("%s (%.3g)", p.Column.Name, g))
		}
		if share := float64(p.Number.Zeros) / float64(p.Number.N); share >= manyZeros && p.Distinct > 2 {
			zero = append(zero, fmt.Sprintf("%s (%s)", p.Column.Name, percent(share)))
		}
	}
	if len(skew) > 0 {
		out = append(out, Finding{Info, wholeTable,
			fmt.Sprintf("%s strongly skewed; in brackets, the skewness where it is beyond ±%g: %s.",
				plural(int64(len(skew)), "column")+choose(int64(len(skew)), " is", " are"), skewed, listed(skew, namesListed)),
			"Compare medians and ranks rather than means; netanom features measures whether log1p helps."})
	}
	if len(zero) > 0 {
		out = append(out, Finding{Info, wholeTable,
			fmt.Sprintf("In %s at least half of the values are 0: %s.", plural(int64(len(zero)), "column"), listed(zero, namesListed)),
			"Look apart at whether a value is 0 and at how large it is where it is not."})
	}
	return out
}

// levelFindings are about the levels of one category.
func levelFindings(p *ColumnProfile, private bool) []Finding {
	if p.Column.Kind != dataset.Category || p.Level == nil {
		return nil
	}
	var out []Finding
	if p.Distinct > manyLevels {
		rare := int64(0)
		for _, l := range p.Levels {
			if l.N < rareLevel {
				rare++
			}
		}
		out = append(out, Finding{Info, p.Column.Name,
			fmt.Sprintf("The column has %s levels; %s of them %s in fewer than %d rows.", grouped(p.Distinct), grouped(rare), choose(rare, "occurs", "occur"), rareLevel),
			"Join rare levels, or code them by their frequency (netanom features), for models that make a column of each."})
	}
	if alike := alikeLevels(p.Levels); len(alike) > 0 {
		which := ": " + listed(alike, namesListed)
		if private {
			which = ""
		}
		out = append(out, Finding{Notice, p.Column.Name,
			fmt.Sprintf("Levels differ only in case, blanks or punctuation%s.", which),
			"Ask whether they mean the same; if so, write them the same way in the table."})
	}
	return out
}

// alikeLevels returns the sets of levels that are the same letters and digits.
func alikeLevels(levels []dataset.LevelCount) []string {
	sets := map[string][]string{}
	var order []string
	for _, l := range levels {
		if !strings.ContainsFunc(l.Level, unicode.IsLetter) {
			continue // codes and addresses live by their punctuation
		}
		key := strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return unicode.ToLower(r)
			}
			return -1
		}, l.Level)
		if sets[key] = append(sets[key], l.Level); len(sets[key]) == 2 {
			order = append(order, key)
		}
	}
	var out []string
	for _, key := range order {
		set := slices.Clone(sets[key])
		slices.Sort(set)
		out = append(out, strings.Join(set, " and "))
	}
	return out
}
