package dataset

import (
	"math"
	"slices"
)

// A Rule says what a column may contain according to the makers of its layout.
// Data break such rules: su_attempted, defined as 0 or 1, is 2 in 59 rows of
// the NSL-KDD training file. Breaches are worth reporting, not refusing.
type Rule struct {
	Column   string  // the column's name, as in the file
	Text     string  // the rule in words ("0 or 1"), or "" if anything goes
	Min, Max float64 // both allowed; infinite where there is no limit
	Integer  bool    // whether only whole numbers are allowed
	Levels   []string
}

// Rules returns what the columns of the schema may contain, one rule for each
// column in order. Columns outside a known layout, and those that may contain
// anything, have a rule with an empty Text that allows everything.
func Rules(s *Schema) []Rule {
	known := layoutNamed(s.Name)
	rules := make([]Rule, len(s.Columns))
	ownWindows := slices.ContainsFunc(s.Columns, func(c Column) bool { return c.Name == windowsColumn })
	for i, c := range s.Columns {
		rules[i] = anything
		if k, ok := known.column(c.Canon); ok {
			rules[i] = k.allows
		}
		if ownWindows && rules[i].Text == connections.Text { // only the windows of KDD hold no more than 511
			rules[i] = wholeNumber
		}
		rules[i].Column = c.Name
	}
	return rules
}

// Allows reports whether a numeric column may contain x. A missing value, NaN,
// is always allowed.
func (r Rule) Allows(x float64) bool {
	if r.Text == "" || math.IsNaN(x) {
		return true
	}
	return x >= r.Min && x <= r.Max && (!r.Integer || x == math.Trunc(x))
}

// AllowsLevel reports whether a column of categories may contain the level.
// Levels are compared as they are, because to every analysis another spelling
// is another level. Where the rule is one for numbers, as for ports, the level
// must be a number that Allows accepts.
func (r Rule) AllowsLevel(level string) bool {
	switch {
	case r.Text == "":
		return true
	case r.Levels != nil:
		return slices.Contains(r.Levels, level)
	}
	x, ok := ParseNumber([]byte(level))
	return ok && r.Allows(x)
}

// The rules that the layouts use.
var (
	anything     = Rule{Min: math.Inf(-1), Max: math.Inf(1)}
	zeroOrOne    = Rule{Text: "0 or 1", Min: 0, Max: 1, Integer: true}
	share        = Rule{Text: "from 0 to 1", Min: 0, Max: 1}
	notNegative  = Rule{Text: "0 or more", Min: 0, Max: math.Inf(1)}
	wholeNumber  = Rule{Text: "a whole number, 0 or more", Min: 0, Max: math.Inf(1), Integer: true}
	difficulty   = Rule{Text: "a whole number from 0 to 21", Min: 0, Max: 21, Integer: true}
	octet        = Rule{Text: "a whole number from 0 to 255", Min: 0, Max: 255, Integer: true}
	octetOrNone  = Rule{Text: "a whole number from 0 to 255, or -1 for none", Min: -1, Max: 255, Integer: true}
	connections  = Rule{Text: "a whole number from 0 to 511", Min: 0, Max: 511, Integer: true}
	portNumber   = Rule{Text: "a port from 0 to 65535", Min: 0, Max: 65535, Integer: true}
	windowOrNone = Rule{Text: "a whole number from 0 to 65535, or -1 for none", Min: -1, Max: 65535, Integer: true}
	transport    = Rule{Text: "tcp, udp or icmp", Levels: []string{"tcp", "udp", "icmp"}}
	zeekProto    = Rule{Text: "tcp, udp, icmp or unknown_transport", Levels: []string{"tcp", "udp", "icmp", "unknown_transport"}}
	kddFlag      = Rule{
		Text:   "one of the 11 connection states of KDD",
		Levels: []string{"SF", "S0", "S1", "S2", "S3", "REJ", "RSTO", "RSTR", "RSTOS0", "SH", "OTH"},
	}
	zeekState = Rule{
		Text:   "one of the 13 connection states of Zeek",
		Levels: []string{"S0", "S1", "SF", "REJ", "S2", "S3", "RSTO", "RSTR", "RSTOS0", "RSTRH", "SH", "SHR", "OTH"},
	}
)
