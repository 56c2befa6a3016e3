package triage

import (
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// An Allow is a list of rules about alerts that are known to be harmless. It may be
// used by several goroutines at once.
type Allow struct {
	rules []*rule
	index index
}

// A rule is the conditions that all must hold. What is empty always does.
type rule struct {
	line               int
	text               string
	source, target     netip.Prefix
	sourcePort, port   []portRange
	protocols, service []string // in lower case, as is class
	class, uid         []string
	until              time.Time // the first moment at which it is no longer in force

	matched, expired atomic.Int64
}

// A portRange holds the ports from the first to the last.
type portRange struct{ first, last uint16 }

// A Rule is a line of an allow list, and what came of it.
type Rule struct {
	Line    int
	Text    string    // as written, without the comment
	Matched int64     // alerts for which it was the first rule that matched
	Until   time.Time // the moment at which it expires; zero: never
	Expired int64     // alerts that it, and no rule in force, would have matched had it not expired
}

// Match returns the index in Rules of the first rule in force at the time now that
// matches the alert, and counts it. Rules that have expired do not match; ok is false
// if no other does. A nil list matches nothing.
func (a *Allow) Match(alert *Alert, now time.Time) (index int, ok bool) {
	if a == nil || len(a.rules) == 0 {
		return 0, false
	}
	none := len(a.rules)
	s := search{rules: a.rules, alert: alert, now: now, found: none, expired: none,
		source: plainAddr(alert.Src), target: plainAddr(alert.Dst),
		protocol: strings.ToLower(alert.Protocol), service: strings.ToLower(alert.Service), class: strings.ToLower(alert.Class)}
	a.index.lookUp(&s)
	if s.found < none {
		a.rules[s.found].matched.Add(1)
		return s.found, true
	}
	if s.expired < none {
		a.rules[s.expired].expired.Add(1)
	}
	return 0, false
}

// Rules returns the rules in the order of the list, with what was counted so far.
func (a *Allow) Rules() []Rule {
	if a == nil {
		return nil
	}
	out := make([]Rule, len(a.rules))
	for i, r := range a.rules {
		out[i] = Rule{Line: r.line, Text: r.text, Matched: r.matched.Load(), Until: r.until, Expired: r.expired.Load()}
	}
	return out
}

// A search looks for the first rule that matches an alert.
type search struct {
	rules                    []*rule
	alert                    *Alert
	now                      time.Time
	source, target           netip.Addr
	protocol, service, class string // in lower case
	found, expired           int    // the first rules found so far
}

// through tries the rules at some places, which ascend.
func (s *search) through(places []int) {
	for _, i := range places {
		if i >= s.found {
			return
		}
		r := s.rules[i]
		if !r.matches(s) {
			continue
		}
		if r.until.IsZero() || s.now.Before(r.until) {
			s.found = i
			return
		}
		s.expired = min(s.expired, i)
	}
}

func (r *rule) matches(s *search) bool {
	return portIn(r.port, s.alert.DstPort) &&
		(!r.target.IsValid() || r.target.Contains(s.target)) &&
		(!r.source.IsValid() || r.source.Contains(s.source)) &&
		portIn(r.sourcePort, s.alert.SrcPort) &&
		textIn(r.protocols, s.protocol) &&
		textIn(r.service, s.service) &&
		textIn(r.class, s.class) &&
		textIn(r.uid, s.alert.UID)
}

func portIn(ranges []portRange, port uint16) bool {
	for _, r := range ranges {
		if r.first <= port && port <= r.last {
			return true
		}
	}
	return len(ranges) == 0
}

// textIn reports whether there is no condition, or the text fulfils it.
func textIn(texts []string, s string) bool { return len(texts) == 0 || slices.Contains(texts, s) }
