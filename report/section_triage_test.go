package report

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/netanom/netanom/triage"
)

// twoGroups are a scan of three hosts, and later one alert about a fourth by another.
func twoGroups(t *testing.T) []*triage.Group {
	t.Helper()
	g, err := triage.NewGroups(triage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	alert := func(second int, src, dst, uid string, score float64) {
		g.Add(&triage.Alert{Time: at.Add(time.Duration(second) * time.Second), Src: netip.MustParseAddr(src), Dst: netip.MustParseAddr(dst),
			SrcPort: 40000, DstPort: 22, Protocol: "tcp", Service: "ssh", Score: score, Class: "portsweep", UID: uid})
	}
	alert(0, "10.0.0.5", "10.0.1.1", "C1", 0.7)
	alert(1, "10.0.0.5", "10.0.1.2", "C2", 0.9)
	alert(2, "10.0.0.5", "10.0.1.3", "C3", 0.8)
	alert(3000, "10.0.0.9", "10.0.1.4", "C4", 0.95)
	return g.Finish()
}

func TestAlertGroups(t *testing.T) {
	groups := twoGroups(t)
	if len(groups) != 2 {
		t.Fatalf("%d groups", len(groups))
	}
	for _, c := range []struct {
		dropped int64
		most    int
		lead    string
		rows    int
	}{
		{0, 20, "4 alerts in 2 groups.", 2},
		{0, 2, "4 alerts in 2 groups.", 2},
		{0, 1, "4 alerts in 2 groups. The most severe is listed.", 1},
		{3, 20, "4 alerts in 5 groups. The 2 most severe are listed.", 2},
	} {
		s := AlertGroups(groups, c.dropped, c.most)
		if s.Lead != c.lead || len(s.Tables[0].Rows) != c.rows {
			t.Errorf("%d dropped, at most %d: %q, %d rows", c.dropped, c.most, s.Lead, len(s.Tables[0].Rows))
		}
		checkModelSections(t, s)
	}
	want := []any{float64(1772442000), float64(1772442002), "10.0.0.5", "source", int64(3), int64(3), int64(1), 0.9,
		"10.0.0.5 → 3 hosts, 1 port (22/tcp ssh), 3 alerts in 2 s, portsweep", "C2"} // 0.9 and three alerts are more than 0.95 and one
	if got := AlertGroups(groups, 0, 20).Tables[0].Rows[0]; !slices.Equal(got, want) {
		t.Errorf("the first group is\n%v, want\n%v", got, want)
	}
}

// What is not known of a group is an empty cell, and a column without any is not shown.
func TestAlertGroupsOfTablesWithoutAddresses(t *testing.T) {
	g, err := triage.NewGroups(triage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	g.Add(&triage.Alert{Score: 0.7, Class: "neptune"})
	s := AlertGroups(g.Finish(), 0, 20)
	row := s.Tables[0].Rows[0]
	if row[0] != nil || row[1] != nil || row[2] != Missing || row[9] != nil {
		t.Errorf("row %v", row)
	}
	if c := s.Tables[0].Columns[9]; !c.Detail {
		t.Errorf("an empty column %q is shown", c.Key)
	}
	if c := AlertGroups(twoGroups(t), 0, 20).Tables[0].Columns[9]; c.Detail {
		t.Errorf("column %q is not shown", c.Key)
	}
	checkModelSections(t, s)
}

func TestAllowList(t *testing.T) {
	rules := []triage.Rule{{Line: 2, Text: "src=10.0.0.5", Matched: 1200}, {Line: 7, Text: "dst=10.0.0.6 until=2020-01-01", Expired: 31}, {Line: 9, Text: "port=22"}}
	for _, c := range []struct {
		rules    []triage.Rule
		lead     string
		findings string
	}{
		{nil, "0 alerts let pass by 0 rules.", ""},
		{rules[:1], "1,200 alerts let pass by 1 rule.", ""},
		{rules[:2], "1,200 alerts let pass by 1 of 2 rules.", "1 rule would have let alerts pass, but expired before them."},
		{rules, "1,200 alerts let pass by 1 of 3 rules.", "1 rule would have let alerts pass, but expired before them. 1 rule matched no alert."},
	} {
		s := AllowList(c.rules)
		checkModelSections(t, s)
		var findings []string
		for _, f := range s.Findings {
			findings = append(findings, f.Text)
		}
		if got := strings.Join(findings, " "); s.Lead != c.lead || got != c.findings {
			t.Errorf("%d rules: %q, findings %q", len(c.rules), s.Lead, got)
		}
	}
	want := [][]any{{int64(2), "src=10.0.0.5", int64(1200), int64(0)}, {int64(7), "dst=10.0.0.6 until=2020-01-01", int64(0), int64(31)}}
	s := AllowList(rules)
	for i, row := range want {
		if !slices.Equal(s.Tables[0].Rows[i], row) {
			t.Errorf("row %v, want %v", s.Tables[0].Rows[i], row)
		}
	}
	if c := s.Tables[0].Columns[3]; c.Kind != Count {
		t.Errorf("alerts of expired rules are of kind %v", c.Kind)
	}
}
