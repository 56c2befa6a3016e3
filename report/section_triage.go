package report

import (
	"fmt"
	"slices"
	"time"

	"github.com/netanom/netanom/triage"
)

// AlertGroups lists groups of alerts, the most severe first, at most so many. dropped groups were not
// kept.
func AlertGroups(groups []*triage.Group, dropped int64, most int) Section {
	t := Table{Name: "alert_groups", Title: "Alerts by host and time",
		Columns: detail(Cols("first_seen", "last_seen", "host", "host_role", "alerts", "peers", "ports", "score_max", "story", "example"), "last_seen", "host", "host_role", "alerts", "peers", "ports"),
		Note:    "A group is one host in one stretch of time, in the role that explains most: the source of many alerts, or the target of many sources."}
	var alerts int64
	for _, g := range groups {
		alerts += g.Alerts
	}
	for _, g := range groups[:min(most, len(groups))] {
		host := Missing
		if g.Host.IsValid() {
			host = g.Host.String()
		}
		t.Rows = append(t.Rows, []any{seconds(g.First), seconds(g.Last), host, g.Role.String(), g.Alerts, int64(g.Peers.N), int64(g.Ports.N), g.MaxScore, g.Summary(), exampleOf(g)})
	}
	lead := fmt.Sprintf("%s in %s.", things(alerts, "alert"), things(int64(len(groups))+dropped, "group"))
	if hidden := int64(len(groups)-len(t.Rows)) + dropped; hidden > 0 {
		lead += fmt.Sprintf(" The %s most severe are listed.", Format(Count, int64(len(t.Rows))))
	}
	if !slices.ContainsFunc(t.Rows, func(row []any) bool { return row[9] != nil }) {
		t.Columns[9].Detail = true
	}
	return Section{ID: "alert_groups", Title: "Alerts by host and time", Lead: lead, Tables: []Table{t}}
}

// seconds is the second of an instant as tables hold it; nil if there is none.
func seconds(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return float64(t.Unix())
}

// exampleOf names the alert of a group that has the highest score; nil if nothing names it.
func exampleOf(g *triage.Group) any {
	if g.HighestAlert.UID == "" {
		return nil
	}
	return g.HighestAlert.UID
}

// AllowList says how often each rule of an allow list let alerts pass.
func AllowList(rules []triage.Rule) Section {
	t := Table{Name: "allow_list", Title: "Rules of the allow list", Columns: Cols("rule_line", "allow_rule", "matched", "expired")}
	var matched, unused int64
	for _, r := range rules {
		matched += int64(r.Matched)
		if r.Matched == 0 {
			unused++
		}
		t.Rows = append(t.Rows, []any{int64(r.Line), r.Text, int64(r.Matched), r.Expired})
	}
	s := Section{ID: "allow_list", Title: "Allow list", Tables: []Table{t}, Lead: fmt.Sprintf("%s let pass by %s.", things(matched, "alert"), things(int64(len(rules)), "rule"))}
	if unused > 0 {
		s.Findings = []Finding{{Notice, "", fmt.Sprintf("%s matched no alert.", things(unused, "rule")), "Delete rules that nobody needs any more."}}
	}
	return s
}
