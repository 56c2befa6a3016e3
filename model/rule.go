package model

import (
	"fmt"
	"math"
)

// A Rule says how the threshold is found from which on a score means attack. The zero
// value takes the most probable class, which for two classes is a threshold of ½.
type Rule struct {
	By    RuleKind `json:"by"`
	Value float64  `json:"value,omitempty"` // the rate, the number of alerts, or the threshold itself
	Rows  float64  `json:"rows,omitempty"`  // Alerts: rows that are scored in a day
	Miss  float64  `json:"miss,omitempty"`  // Costs: what a missed attack costs, where a false alarm costs Value
}

// A RuleKind is a way to a threshold.
type RuleKind string

// The rules.
const (
	Probable RuleKind = ""       // the most probable class
	FPR      RuleKind = "fpr"    // at most this share of normal traffic is called an attack
	Alerts   RuleKind = "alerts" // at most this many alerts a day, true or false, of so many rows
	Costs    RuleKind = "costs"  // the least cost of false alarms and missed attacks on the training rows
	BestF1   RuleKind = "f1"     // the greatest F1
	BestMCC  RuleKind = "mcc"    // the greatest Matthews correlation
	Tail     RuleKind = "tail"   // an ordinary row exceeds it with this probability, by extreme-value theory on the training rows
	Fixed    RuleKind = "fixed"  // as given
)

// Check returns an error, as a sentence, unless the rule can be followed.
func (r Rule) Check() error {
	bad := func(format string, a ...any) error { return fmt.Errorf(format, a...) }
	switch r.By {
	case Probable, BestF1, BestMCC:
		return nil
	case FPR, Tail:
		if !(r.Value > 0 && r.Value < 1) {
			return bad("a rate of %v: want a number between 0 and 1", r.Value)
		}
	case Alerts:
		if !(r.Value > 0) || !(r.Rows >= r.Value) || math.IsInf(r.Rows, 1) {
			return bad("%v alerts of %v rows a day: want a number above 0, and not more than the rows", r.Value, r.Rows)
		}
	case Costs:
		if !(r.Value > 0) || !(r.Miss > 0) || math.IsInf(r.Value, 1) || math.IsInf(r.Miss, 1) {
			return bad("costs of %v and %v: want numbers above 0", r.Value, r.Miss)
		}
	case Fixed:
		if !(r.Value >= 0 && r.Value <= 1) {
			return bad("a threshold of %v: want a number from 0 to 1", r.Value)
		}
	default:
		return bad("there is no rule %q for a threshold", r.By)
	}
	return nil
}

// Words says what the rule does.
func (r Rule) Words() string {
	switch r.By {
	case FPR:
		return fmt.Sprintf("at most %.4g %% false alarms among normal rows held out of training", 100*r.Value)
	case Alerts:
		return fmt.Sprintf("at most %v alerts a day of %v rows", r.Value, r.Rows)
	case Costs:
		return fmt.Sprintf("least cost, where a false alarm costs %v and a missed attack %v", r.Value, r.Miss)
	case BestF1:
		return "greatest F1 on rows held out of training"
	case BestMCC:
		return "greatest Matthews correlation on rows held out of training"
	case Tail:
		return fmt.Sprintf("exceeded by an ordinary row with probability %v, by the tail of the training scores", r.Value)
	case Fixed:
		return "as given"
	}
	return "most probable class"
}

// learned reports whether the threshold comes from scores of held-out rows.
func (r Rule) learned() bool { return r.By != Probable && r.By != Fixed && r.By != Tail }
