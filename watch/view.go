package watch

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/netanom/netanom/triage"
)

// A Style marks text for a terminal. What is nil leaves it as it is. The text has its
// final width.
type Style struct {
	Strong func(string) string // what is read first
	Alarm  func(string) string // what should be looked at now
	Faint  func(string) string // what may be passed over
}

func (s *Style) apply(f func(string) string, text string) string {
	if f == nil || text == "" {
		return text
	}
	return f(text)
}

// View returns what a snapshot looks like in so many columns and lines, at most: first
// what is read and how fast, then the groups of alerts, the most severe first, and below
// what users were told. What does not fit is left out from the end of each part. The same
// snapshot gives the same lines. Times are UTC.
func View(s *Snapshot, width, height int, style Style) []string {
	v := &view{s: s, width: max(width, 1), style: style}
	head := v.head()
	room := max(height-len(head), 0)
	notices := v.notices(min(room/3, 5))
	groups := v.groups(room - len(notices))
	lines := append(append(head, groups...), notices...)
	return lines[:min(len(lines), max(height, 0))]
}

type view struct {
	s     *Snapshot
	width int
	style Style
}

// head says what is read, how fast, and with what trouble.
func (v *view) head() []string {
	s := v.s
	clock := s.Now.UTC().Format("15:04:05")
	title := fmt.Sprintf("watching %s with %s", clean(s.Source), clean(s.Model))
	if s.Source == "" {
		title = "waiting for input, with " + clean(s.Model)
	}
	lines := []string{v.style.apply(v.style.Strong, v.both(title, clock))}
	c := &s.Counts
	flow := []string{number(int64(s.Rate+0.5)) + "/s", many(c.Scored, "connection")}
	if s.Open > 0 {
		flow = append(flow, number(int64(s.Open))+" open")
	}
	if s.Held > 0 {
		flow = append(flow, number(int64(s.Held))+" held")
	}
	if s.Behind > 0 {
		flow = append(flow, size(s.Behind)+" behind")
	}
	if s.Path != "" {
		flow = append(flow, "reading "+clean(s.Path))
	}
	alerts := fmt.Sprintf("alerts: %s in the last minute, %s in the last hour, %s in all", number(s.AlertsMinute), number(s.AlertsHour), number(c.Alerts))
	if c.Allowed > 0 {
		alerts += ", " + number(c.Allowed) + " more allowed"
	}
	lines = append(lines, v.fit(strings.Join(flow, ", ")), v.fit(alerts))
	if text := s.trouble(); text != "" {
		lines = append(lines, v.fit(text))
	}
	if s.Stalled > 0 {
		lines = append(lines, v.style.apply(v.style.Alarm, v.fit(fmt.Sprintf("STALLED for %s: alerts cannot be written down", span(s.Stalled)))))
	}
	return lines
}

// trouble lists what was not as it should be, "" if nothing.
func (s *Snapshot) trouble() string {
	c := &s.Counts
	var parts []string
	for _, p := range []struct {
		n    int64
		what string
	}{
		{c.Bad, "bad lines"}, {c.Long, "lines too long"}, {c.Refused, "refused by the model's policy"},
		{c.Late, "came late"}, {c.Forced, "counted early for want of room"},
	} {
		if p.n > 0 {
			parts = append(parts, number(p.n)+" "+p.what)
		}
	}
	return strings.Join(parts, ", ")
}

// groups lists the open groups in so many lines.
func (v *view) groups(room int) []string {
	if room < 2 {
		return nil
	}
	s := v.s
	if s.OpenGroups == 0 {
		return []string{"", v.style.apply(v.style.Faint, v.fit("no open groups of alerts"))}
	}
	lines := []string{"", v.style.apply(v.style.Strong, v.fit(many(int64(s.OpenGroups), "open group")+" of alerts, the most severe first"))}
	for i, g := range s.Groups {
		left := s.OpenGroups - i
		if len(lines) == room-1 && left > 1 {
			return append(lines, v.style.apply(v.style.Faint, v.fit(fmt.Sprintf("  and %s more", number(int64(left))))))
		}
		if len(lines) == room {
			break
		}
		text := v.fit(fmt.Sprintf("%7s  %8s  %s", severity(g), v.ago(g.Last), clean(g.Summary())))
		if i == 0 {
			text = v.style.apply(v.style.Alarm, text)
		}
		lines = append(lines, text)
	}
	return lines
}

// ago tells how long ago something was, by the clock of the traffic.
func (v *view) ago(t time.Time) string {
	if t.IsZero() || v.s.Clock.IsZero() {
		return ""
	}
	return span(max(v.s.Clock.Sub(t), 0))
}

// notices lists the latest notices in so many lines.
func (v *view) notices(room int) []string {
	list := v.s.Notices
	if room < 2 || len(list) == 0 {
		return nil
	}
	list = list[max(len(list)-(room-1), 0):]
	lines := []string{""}
	for _, n := range list {
		lines = append(lines, v.style.apply(v.style.Faint, v.fit(n.Time.UTC().Format("15:04:05")+"  "+clean(n.Text))))
	}
	return lines
}

// Line returns a group in one line, for where there is no view: when, how severe, why now,
// unless that is triage.Quiet, and what.
func Line(g *triage.Group, why triage.Why) string {
	at := "–"
	if !g.Last.IsZero() {
		at = g.Last.UTC().Format(time.DateTime)
	}
	word := ""
	if why != triage.Quiet {
		word = fmt.Sprintf("%-7s  ", why)
	}
	return fmt.Sprintf("%s  severity %s  %s%s", at, severity(g), word, clean(g.Summary()))
}

func severity(g *triage.Group) string { return strconv.FormatFloat(g.Severity(), 'f', 2, 64) }

// both puts one text to the left and one to the right.
func (v *view) both(left, right string) string {
	gap := v.width - columns(left) - columns(right)
	if gap < 2 {
		if v.width < columns(right)+8 {
			return v.fit(left)
		}
		left = cutTo(left, v.width-columns(right)-2)
		gap = v.width - columns(left) - columns(right)
	}
	return left + strings.Repeat(" ", gap) + right
}

func (v *view) fit(s string) string { return cutTo(s, v.width) }

// cutTo returns a text in so many columns at most.
func cutTo(s string, most int) string {
	if columns(s) <= most {
		return s
	}
	at := 0
	for i, r := range s {
		if at += wide(r); at > most-1 {
			return s[:i] + "…"
		}
	}
	return s
}

func columns(s string) (n int) {
	for _, r := range s {
		n += wide(r)
	}
	return n
}

// wide is how many columns a terminal gives a letter: two from Hangul on, which is too
// many for some, and never too few.
func wide(r rune) int {
	if r >= 0x1100 && !(r >= 0x2000 && r < 0x2E80) {
		return 2
	}
	return 1
}

// clean returns a text without what a terminal would obey.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, s)
}

// number writes a number with its thousands apart.
func number(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

func many(n int64, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return number(n) + " " + noun
}

func size(bytes int64) string {
	switch {
	case bytes < 10_000:
		return number(bytes) + " bytes"
	case bytes < 10_000_000:
		return number(bytes/1000) + " kB"
	}
	return number(bytes/1_000_000) + " MB"
}

// span writes a length of time in one unit.
func span(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}
