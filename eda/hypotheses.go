package eda

import (
	"context"
	"fmt"
	"strings"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// HypothesesOptions choose how TestHypotheses tests.
type HypothesesOptions struct {
	Normal []string         // levels of the label that mean normal; empty: found by name
	Level  float64          // confidence level, 1−alpha; 0: 0.95
	Adjust stats.Adjustment // of the p-values of all tests together; zero: none
	Rows   int              // most influential rows listed of a regression
	Fetch  Fetch            // rows of an engine for what it cannot count

	Stage func(name string) // told what is being done, for progress; may be nil
}

// Hypotheses are the answers to five questions about network records: whether their
// volume, protocol, service, flag and urgent packets go with attacks.
type Hypotheses struct {
	Rows   int64  // of the table
	Label  string // column that says the class
	Level  float64
	Adjust stats.Adjustment
	Each   []Hypothesis // in order, those that could not be tested too
}

// Alpha returns the level of significance.
func (h *Hypotheses) Alpha() float64 { return alphaOf(h.Level) }

// A Hypothesis is one of the five with its tests, and the analyses that they are of.
type Hypothesis struct {
	Number    int      // from 1
	Statement string   // what is claimed, a sentence without its point
	Columns   []string // that were tested, as the table names them
	Tests     []HypothesisTest
	Untested  []string // what could not be tested, and why, in sentences

	Means       *Means       // nil unless means were compared
	Variance    *AnovaReport // nil unless categories were compared
	Counts      *TableTest   // nil unless levels were counted
	Regressions []*Logit
	Positive    int64 // rows in which the column is above 0; of urgent packets only
}

// A HypothesisTest is one test of a hypothesis.
type HypothesisTest struct {
	Feature string // column, or term of a regression
	Name    string // short name of the test
	Leads   bool   // whether the answer goes by its effect, and not a companion's
	stats.Result
	PAdjusted      float64 // over all tests of all hypotheses
	Log10PAdjusted float64
}

// Leading returns the tests by whose effects the hypothesis is answered.
func (h *Hypothesis) Leading() []*HypothesisTest {
	var out []*HypothesisTest
	for i := range h.Tests {
		if h.Tests[i].Leads {
			out = append(out, &h.Tests[i])
		}
	}
	return out
}

// Strongest returns the leading test that shows the greatest effect by its word, nil
// if none has an adjusted p below alpha.
func (h *Hypothesis) Strongest(alpha float64) *HypothesisTest {
	var best *HypothesisTest
	for _, t := range h.Leading() {
		if t.PAdjusted < alpha && (best == nil || degree(t.Effect.Magnitude) > degree(best.Effect.Magnitude)) {
			best = t
		}
	}
	return best
}

// The columns that the hypotheses are about, each by its names in known layouts.
var (
	sentBytesNames     = []string{"src_bytes", "sbytes", "orig_bytes"}
	receivedBytesNames = []string{"dst_bytes", "dbytes", "resp_bytes"}
	protocolNames      = []string{"protocol_type", "proto", "protocol"}
	serviceNames       = []string{"service"}
	flagNames          = []string{"flag", "conn_state", "state"}
	urgentNames        = []string{"urgent"}
)

// TestHypotheses tests five hypotheses about network records whose label tells normal
// rows from attacks: that attacks have another volume of traffic, and go with the
// protocol, the service, the flag of the connection, and urgent packets. Columns are
// found by their names in known layouts. What a table does not let be tested, for
// want of a column or because nothing varies, is said of the hypothesis, and the
// others are tested. P-values are adjusted over all tests of all hypotheses.
//
// It is an error if the source cannot be read, if it has no such label
// (*DesignError), and if none of the hypotheses can be tested.
func TestHypotheses(ctx context.Context, src dataset.Source, o HypothesesOptions) (*Hypotheses, error) {
	if err := settle(ctx, src); err != nil {
		return nil, err
	}
	classes, err := FindClasses(src.Schema(), o.Normal)
	switch {
	case err != nil:
		return nil, &DesignError{err.Error()}
	case !classes.Known():
		return nil, designErrorf("the hypotheses are about attacks: name the column that tells normal rows from them with --label, and its normal levels with --normal")
	}
	o.Level = orDefault(o.Level)
	out := &Hypotheses{Label: classes.Name, Level: o.Level, Adjust: o.Adjust}
	t := &hypothesisTester{ctx: ctx, src: src, options: o, label: classes.Column}
	for _, q := range []struct {
		statement string
		test      func(h *Hypothesis) error
	}{
		{"The volume of traffic differs between normal rows and attacks", t.volume},
		{"The protocol goes with the class", func(h *Hypothesis) error { return t.levels(h, "protocol", protocolNames) }},
		{"The service goes with the class", func(h *Hypothesis) error { return t.levels(h, "service", serviceNames) }},
		{"The flag of a connection tells attacks from normal rows", t.flag},
		{"Urgent packets go with attacks", t.urgent},
	} {
		h := Hypothesis{Number: len(out.Each) + 1, Statement: q.statement}
		t.stage(fmt.Sprintf("testing hypothesis %d", h.Number))
		if err := q.test(&h); err != nil {
			return nil, err
		}
		out.Each = append(out.Each, h)
	}
	out.Rows = t.rows
	return out, out.adjust()
}

// adjust adjusts the p-values of all tests as one family.
func (h *Hypotheses) adjust() error {
	var family []*HypothesisTest
	var reasons []string
	for i := range h.Each {
		for k := range h.Each[i].Tests {
			family = append(family, &h.Each[i].Tests[k])
		}
		reasons = append(reasons, h.Each[i].Untested...)
	}
	if len(family) == 0 {
		why := strings.TrimSuffix(strings.TrimPrefix(reasons[0], notTested), ".")
		return fmt.Errorf("none of the hypotheses can be tested; of the first: %s", why)
	}
	return adjust(h.Adjust, len(family), func(k int) (*stats.Result, *float64, *float64) {
		return &family[k].Result, &family[k].PAdjusted, &family[k].Log10PAdjusted
	})
}
