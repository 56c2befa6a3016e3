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
	t := Table{Name: "alert_groups", Title: "Groups, the most severe first",
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
	if int64(len(t.Rows)) < int64(len(groups))+dropped {
		lead += mostSevere(len(t.Rows))
	}
	if !slices.ContainsFunc(t.Rows, func(row []any) bool { return row[9] != nil }) {
		t.Columns[9].Detail = true
	}
	return Section{ID: "alert_groups", Title: "Alerts by host and time", Lead: lead, Tables: []Table{t}}
}

// mostSevere says that so many groups are listed, and not all.
func mostSevere(n int) string {
	if n == 1 {
		return " The most severe is listed."
	}
	return fmt.Sprintf(" The %s most severe are listed.", Format(Count, int64(n)))
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
	var alerts, matched, expired, idle int64
	for _, r := range rules {
		switch {
		case r.Matched > 0:
			matched++
		case r.Expired > 0:
			expired++
		default:
			idle++
		}
		alerts += r.Matched
		t.Rows = append(t.Rows, []any{int64(r.Line), r.Text, r.Matched, r.Expired})
	}
	by := things(int64(len(rules)), "rule")
	if matched < int64(len(rules)) {
		by = Format(Count, matched) + " of " + by
	}
	s := Section{ID: "allow_list", Title: "Allow list", Tables: []Table{t}, Lead: fmt.Sprintf("%s let pass by %s.", things(alerts, "alert"), by)}
	if expired > 0 {
		s.Findings = append(s.Findings, Finding{Notice, "", things(expired, "rule") + " would have let alerts pass, but expired before them.", "Give rules that still hold a later until."})
	}
	if idle > 0 {
		s.Findings = append(s.Findings, Finding{Notice, "", things(idle, "rule") + " matched no alert.", "Delete rules that nobody needs any more."})
	}
	return s
}
