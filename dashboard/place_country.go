package dashboard

import (
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/netanom/netanom/dataset"
)

// The ends of a connection.
const (
	sourceEnd = iota
	destinationEnd
	ends
)

// countryCodes are the alpha-2 codes by what countries are called, folded.
var countryCodes = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(countryTable) {
		names := strings.Split(strings.TrimSpace(line), "|")
		for _, name := range names {
			out[foldName(name)] = names[0]
		}
	}
	return out
})

// foldName makes spellings of a name the same: case, spaces, points and "the" do not count.
func foldName(name string) string {
	name = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(name)), "the ")
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, strings.ReplaceAll(name, "&", "and"))
}

// countryNamed returns the alpha-2 code of a country that a file calls by its code of two
// or three letters or by its English name; "" for anything else.
func countryNamed(name string) string {
	if len(name) > longLevel {
		return ""
	}
	return countryCodes()[foldName(name)]
}

// noCountry are the marks that files have in place of a country, folded.
var noCountry = []string{"", "unknown", "none", "na", "nan", "null", "zz", "xx", "private", "local", "internal", "reserved", "other"}

// mostlyCountries is the share of a column's levels that must be countries.
const mostlyCountries = 0.8

// holdsCountries reports whether levels are countries but for a few.
func holdsCountries(levels []string) bool {
	countries, others := 0, 0
	for _, l := range levels {
		switch {
		case countryNamed(l) != "":
			countries++
		case !slices.Contains(noCountry, foldName(l)):
			others++
		}
	}
	return countries > 0 && float64(countries) >= mostlyCountries*float64(countries+others)
}

// countryColumns returns for each end of connections the first column that says its
// country, -1 if there is none: orig_cc and resp_cc of Zeek, and columns of text that are
// called country or cc and hold countries. One that tells no end is the source's.
func countryColumns(s *dataset.Schema) [ends]int {
	out, either := [ends]int{-1, -1}, -1
	for j, c := range s.Columns {
		if c.Dict == nil || c.Role == dataset.Label || !calledCountry(c.Name) && !calledCountry(c.Canon) || !holdsCountries(c.Dict.Levels()) {
			continue
		}
		place := &either
		if end, ok := endOf(c.Name); ok {
			place = &out[end]
		}
		if *place < 0 {
			*place = j
		}
	}
	if out[sourceEnd] < 0 {
		out[sourceEnd] = either
	}
	return out
}

// calledCountry reports whether the name of a column says that it is a country.
func calledCountry(name string) bool {
	name = strings.ToLower(name)
	parts := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) })
	return strings.Contains(name, "country") || slices.Contains(parts, "cc")
}

// The words in the names of columns that tell the end.
var endWords = [ends][]string{
	{"src", "source", "orig", "client", "attacker", "sender"},
	{"dst", "dest", "resp", "server", "target", "receiver"},
}

// endOf returns the end that the name of a column tells.
func endOf(name string) (end int, ok bool) {
	name = strings.ToLower(name)
	for end, words := range endWords {
		if slices.ContainsFunc(words, func(w string) bool { return strings.Contains(name, w) }) {
			return end, true
		}
	}
	return 0, false
}

// The names of columns of addresses in the known layouts and their synonyms, folded.
var addressNames = [ends][]string{
	{"srcip", "sourceip", "sourceaddress", "idorigh", "saddr", "srcaddr", "src"},
	{"dstip", "destinationip", "destip", "destinationaddress", "idresph", "daddr", "dstaddr", "dst"},
}

// addressColumns returns for each end of connections the column of its addresses, -1 if
// there is none.
func addressColumns(s *dataset.Schema) [ends]int {
	out := [ends]int{}
	for end, names := range addressNames {
		out[end] = slices.IndexFunc(s.Columns, func(c dataset.Column) bool {
			return c.Kind == dataset.Address && c.Dict != nil && (slices.Contains(names, foldName(c.Canon)) || slices.Contains(names, foldName(c.Name)))
		})
	}
	return out
}
