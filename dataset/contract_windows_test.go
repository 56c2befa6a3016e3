package dataset

import "testing"

// TestRulesOfOtherWindows allows counts that windows of KDD cannot reach where a table says that it has others.
func TestRulesOfOtherWindows(t *testing.T) {
	names := []string{"timestamp", "src_ip", "dst_ip", "count", "serror_rate"}
	for _, c := range []struct {
		names  []string
		allows bool
	}{{names, false}, {append(names, windowsColumn), true}} {
		s := Recognise(c.names)
		rules := Rules(&s)
		if got := rules[3].Allows(70_000); got != c.allows {
			t.Errorf("columns %v: a count of 70,000 is allowed: %v, want %v", c.names, got, c.allows)
		}
		if rules[4].Allows(2) {
			t.Errorf("columns %v: a rate of 2 is allowed", c.names)
		}
	}
}
