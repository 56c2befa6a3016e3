package triage

import (
	"cmp"
	"math"
	"net/netip"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// An Alert is a connection that a model found wrong. Any field may be missing: an
// address not valid, a time or port zero, a text empty, a score not finite.
type Alert struct {
	Time             time.Time // when the connection began
	Src, Dst         netip.Addr
	SrcPort, DstPort uint16
	Protocol         string // tcp, udp, icmp …
	Service          string
	Score            float64 // the higher, the worse
	Class            string  // what the model takes it for
	UID              string  // that names the connection in the log it comes from
	CommunityID      string  // that names it in every log
}

// CanGroup reports whether an alert has an address, which grouping by host needs.
// Alerts without one are put together by class alone, which says little; who has only
// such should tell so instead of showing groups.
func CanGroup(a *Alert) bool { return a.Src.IsValid() || a.Dst.IsValid() }

// plainAddr returns the form of an address by which hosts are compared: IPv4 in 4
// bytes, no zone.
func plainAddr(a netip.Addr) netip.Addr { return a.Unmap().WithZone("") }

// plainTime returns the time in UTC, or none if it is outside the years 1 to 9999,
// which no format can hold.
func plainTime(t time.Time) time.Time {
	if second := t.Unix(); second <= -62135596800 || second > 253402300799-86400 {
		return time.Time{}
	}
	return t.Round(0).UTC()
}

// maxText is how many bytes of a service, class or name are kept.
const maxText = 96

// plainText returns a text that is safe to keep and to show: short, of printable
// characters. Nearly all texts are so already.
func plainText(s string) string {
	if len(s) <= maxText {
		i := 0
		for i < len(s) && s[i] >= ' ' && s[i] < 0x7f {
			i++
		}
		if i == len(s) {
			return s
		}
	}
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, s[:min(len(s), maxText)])
}

// An Example is one alert of a group, by which to find it in the logs.
type Example struct {
	Time        time.Time  `json:"time"`
	Src         netip.Addr `json:"src"`
	SrcPort     uint16     `json:"src_port"`
	Dst         netip.Addr `json:"dst"`
	DstPort     uint16     `json:"dst_port"`
	Score       float64    `json:"score"` // 0 where there is none
	UID         string     `json:"uid,omitempty"`
	CommunityID string     `json:"community_id,omitempty"`
}

func newExample(a *Alert) Example {
	e := Example{Time: a.Time, Src: a.Src, SrcPort: a.SrcPort, Dst: a.Dst, DstPort: a.DstPort,
		UID: strings.Clone(plainText(a.UID)), CommunityID: strings.Clone(plainText(a.CommunityID))}
	e.Score = a.score()
	return e
}

// score returns the score of an alert, 0 if it has none.
func (a *Alert) score() float64 {
	if finite(a.Score) {
		return a.Score
	}
	return 0
}

// compare orders examples by time, and those of one time so that the order in which
// they came does not matter.
func (e *Example) compare(a *Alert) int {
	return cmp.Or(e.Time.Compare(a.Time), cmp.Compare(e.UID, plainText(a.UID)),
		e.Src.Compare(a.Src), e.Dst.Compare(a.Dst),
		cmp.Compare(e.SrcPort, a.SrcPort), cmp.Compare(e.DstPort, a.DstPort), cmp.Compare(a.score(), e.Score))
}

// alert returns the part of an alert that compare looks at.
func (e *Example) alert() *Alert {
	return &Alert{Time: e.Time, UID: e.UID, Src: e.Src, Dst: e.Dst, SrcPort: e.SrcPort, DstPort: e.DstPort, Score: e.Score}
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// peerOf returns the address across from the host that has the role.
func peerOf(a *Alert, r Role) netip.Addr {
	switch r {
	case Source:
		return a.Dst
	case Target:
		return a.Src
	}
	return netip.Addr{}
}
