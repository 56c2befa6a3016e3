package triage

import (
	"cmp"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"time"
)

// A Group is one host in one stretch of time, with all alerts that it explains.
type Group struct {
	ID    string     `json:"id"` // the same for the same alerts, from the host and its first time
	Role  Role       `json:"role"`
	Host  netip.Addr `json:"host"` // not valid if the role is NoHost
	First time.Time  `json:"first"`
	Last  time.Time  `json:"last"` // begin of the last connection

	Alerts int64 `json:"alerts"`
	Peers  Count `json:"peers"` // different hosts across
	Ports  Count `json:"ports"` // different destination ports, each protocol apart; not for ICMP

	// The most frequent ports ("22/tcp ssh"), services and classes, at most 8 of each.
	TopPorts    []Item `json:"top_ports"`
	TopServices []Item `json:"top_services"`
	TopClasses  []Item `json:"top_classes"`

	Scored   int64   `json:"scored"` // alerts with a score
	MaxScore float64 `json:"max_score"`
	SumScore float64 `json:"sum_score"`

	FirstAlert   Example `json:"first_alert"`
	HighestAlert Example `json:"highest_alert"` // by score, the first of several

	Told     bool     `json:"told"`               // a Notice said to tell it
	Replaces []string `json:"replaces,omitempty"` // IDs of told groups that turned out to be part of this
}

// Severity ranks groups: the highest score, counted once more for each tenfold of
// alerts. Without scores it is 1 that is so counted; a score of 0 or less stays as it is.
func (x *Group) Severity() float64 {
	score := x.MaxScore
	if x.Scored == 0 {
		score = 1
	}
	if score <= 0 {
		return score
	}
	return clamp(score * (1 + math.Log10(float64(max(x.Alerts, 1)))))
}

// bySeverity orders groups, the most severe first.
func bySeverity(a, b *Group) int {
	return cmp.Or(cmp.Compare(b.Severity(), a.Severity()), cmp.Compare(b.Alerts, a.Alerts),
		a.First.Compare(b.First), cmp.Compare(a.Role, b.Role), a.Host.Compare(b.Host), cmp.Compare(a.ID, b.ID))
}

// snapshot returns the group as it is now.
func (g *Groups) snapshot(s *session) *Group {
	f, peers := g.add(s)
	return &Group{
		ID: s.id, Role: s.side.role, Host: s.side.host,
		First: f.First.Time, Last: f.Last,
		Alerts: f.Alerts, Peers: peers.count(), Ports: f.PortSet.count(),
		TopPorts:    f.Ports.list(portKey.String),
		TopServices: f.Services.list(itself), TopClasses: f.Classes.list(itself),
		Scored: f.Scored, MaxScore: f.Max, SumScore: f.Sum,
		FirstAlert: f.First, HighestAlert: f.Highest,
		Told: s.notified.told, Replaces: slices.Clone(s.replaces),
	}
}

// add returns what a group amounts to. Pairs are added by the order of their hosts, so
// that that of arrival does not show.
func (g *Groups) add(s *session) (figures, distinct) {
	if s.sure {
		return s.total, s.peers
	}
	if len(s.pairs) == 1 {
		return s.pairs[0].alone(s.side)
	}
	room := newAllowance(g.options.MaxPeers)
	var total figures
	var peers distinct
	for _, p := range slices.SortedFunc(slices.Values(s.pairs), comparePairs) {
		total.merge(&p.figures, &room)
		if peer := p.other(s.side); peer != nil {
			peers.add(hashAddr(peer.host), &room)
		}
	}
	return total, peers
}

// alone returns what a group of just this pair amounts to.
func (p *pair) alone(x *side) (figures, distinct) {
	var peers distinct
	if peer := p.other(x); peer != nil {
		peers.least = []uint64{hashAddr(peer.host)}
	}
	return p.figures, peers
}

func comparePairs(a, b *pair) int {
	return cmp.Or(a.source.address().Compare(b.source.address()), a.target.address().Compare(b.target.address()))
}

func (x *side) address() netip.Addr {
	if x == nil {
		return netip.Addr{}
	}
	return x.host
}

func itself(s string) string { return s }

// String returns the port as in "22/tcp ssh".
func (k portKey) String() string {
	text := strconv.Itoa(int(k.Port))
	if k.Protocol != "" {
		text += "/" + k.Protocol
	}
	if k.Service != "" {
		text += " " + k.Service
	}
	return text
}
