package dataset

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// plainPattern spells a regular expression out so that what it means depends neither on
// the settings of a server nor on the version of Unicode that it knows.
func plainPattern(pattern string) (string, error) {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return "", err
	}
	spellCases(re)
	return re.String(), nil
}

// spellCases makes classes of letters whose case does not matter.
func spellCases(re *syntax.Regexp) {
	for _, sub := range re.Sub {
		spellCases(sub)
	}
	if re.Op != syntax.OpLiteral || re.Flags&syntax.FoldCase == 0 {
		return
	}
	word := slices.Clone(re.Rune)
	*re = syntax.Regexp{Op: syntax.OpConcat}
	for _, r := range word {
		cases := []rune{r}
		for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
			cases = append(cases, next)
		}
		slices.Sort(cases)
		class := &syntax.Regexp{Op: syntax.OpCharClass}
		for _, c := range cases {
			class.Rune = append(class.Rune, c, c)
		}
		re.Sub = append(re.Sub, class)
	}
}

// loweredPattern is a pattern for the texts that, in lower case, pass the operator: in
// (a list with this word alone), contains, startsWith or endsWith. It is false if there
// are none. It uses only what all servers understand alike.
func loweredPattern(operator, lower string) (pattern string, ok bool) {
	var b strings.Builder
	if operator == "in" || operator == "startsWith" {
		b.WriteString("^")
	}
	for _, r := range lower {
		origins := beforeLower()[r]
		if unicode.ToLower(r) == r {
			origins = append([]rune{r}, origins...)
		}
		switch len(origins) {
		case 0:
			return "", false
		case 1:
			b.WriteString(regexp.QuoteMeta(string(origins[0])))
			continue
		}
		b.WriteString("[" + string(origins) + "]")
	}
	if operator == "in" || operator == "endsWith" {
		b.WriteString("$")
	}
	return b.String(), true
}

// beforeLower returns, for each character, the others whose lower case it is.
var beforeLower = sync.OnceValue(func() map[rune][]rune {
	origins := map[rune][]rune{}
	for _, cases := range unicode.CaseRanges {
		for r := rune(cases.Lo); r <= rune(cases.Hi); r++ {
			if lower := unicode.ToLower(r); lower != r {
				origins[lower] = append(origins[lower], r)
			}
		}
	}
	return origins
})
