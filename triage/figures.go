package triage

import (
	"math"
	"strings"
	"time"
)

// figures are what is known of some alerts. They can be merged, and not be parted again.
type figures struct {
	Alerts   int64
	Scored   int64 // of these with a score
	Max, Sum float64
	Last     time.Time
	First    Example
	Highest  Example
	Ports    top[portKey]
	Services top[string]
	Classes  top[string]
	PortSet  distinct
}

// A portKey is a destination port, with the name that the alert has for it.
type portKey struct {
	Port     uint16
	Protocol string
	Service  string
}

// portOf returns the port of an alert. ICMP has none, whatever is in the field, and 0
// means that it is missing.
func portOf(a *Alert) (portKey, bool) {
	if a.DstPort == 0 || len(a.Protocol) >= 4 && strings.EqualFold(a.Protocol[:4], "icmp") {
		return portKey{}, false
	}
	return portKey{a.DstPort, plainText(a.Protocol), plainText(a.Service)}, true
}

func (f *figures) add(a *Alert, g *Groups) {
	if f.Alerts == 0 || f.First.compare(a) > 0 {
		f.First = newExample(a)
	}
	if a.Time.After(f.Last) {
		f.Last = a.Time
	}
	f.addScore(a)
	f.Alerts++
	if port, ok := portOf(a); ok {
		if c := f.Ports.add(port, 1, 0); c != nil {
			c.Key.Protocol, c.Key.Service = g.names.keep(port.Protocol), g.names.keep(port.Service)
		}
		f.PortSet.add(hashPort(port), &g.room)
	}
	countText(&f.Services, a.Service, &g.names)
	countText(&f.Classes, a.Class, &g.names)
}

func (f *figures) addScore(a *Alert) {
	if finite(a.Score) {
		if f.Scored == 0 || a.Score > f.Max || a.Score == f.Max && f.Highest.compare(a) > 0 {
			f.Max, f.Highest = a.Score, newExample(a)
		}
		f.Scored++
		f.Sum = clamp(f.Sum + a.Score)
		return
	}
	if f.Scored == 0 && (f.Alerts == 0 || f.Highest.compare(a) > 0) {
		f.Highest = newExample(a)
	}
}

func (f *figures) merge(other *figures, room *allowance) {
	switch {
	case other.Alerts == 0:
		return
	case f.Alerts == 0:
		f.First, f.Highest, f.Max = other.First, other.Highest, other.Max
	default:
		f.mergeExamples(other)
	}
	if other.Last.After(f.Last) {
		f.Last = other.Last
	}
	f.Alerts += other.Alerts
	f.Scored += other.Scored
	f.Sum = clamp(f.Sum + other.Sum)
	f.Ports.merge(&other.Ports)
	f.Services.merge(&other.Services)
	f.Classes.merge(&other.Classes)
	f.PortSet.merge(&other.PortSet, room)
}

func (f *figures) mergeExamples(other *figures) {
	if f.First.compare(other.First.alert()) > 0 {
		f.First = other.First
	}
	earlier := f.Highest.compare(other.Highest.alert()) > 0
	switch {
	case other.Scored == 0 && f.Scored > 0:
	case f.Scored == 0 && other.Scored > 0, other.Max > f.Max, other.Max == f.Max && earlier:
		f.Max, f.Highest = other.Max, other.Highest
	}
}

// clamp keeps sums of huge scores finite.
func clamp(v float64) float64 { return max(-math.MaxFloat64, min(math.MaxFloat64, v)) }

// countText counts a text that is not empty.
func countText(t *top[string], s string, n *names) {
	if s == "" {
		return
	}
	if c := t.add(plainText(s), 1, 0); c != nil {
		c.Key = n.keep(c.Key)
	}
}

// names holds one copy of each text that many groups have, so that no group keeps the
// line alive that an alert was read from.
type names struct{ known map[string]string }

const maxNames = 4096

func (n *names) keep(s string) string {
	if s == "" {
		return ""
	}
	if kept, ok := n.known[s]; ok {
		return kept
	}
	if n.known == nil || len(n.known) >= maxNames {
		n.known = map[string]string{}
	}
	s = strings.Clone(s)
	n.known[s] = s
	return s
}
