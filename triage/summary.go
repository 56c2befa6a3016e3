package triage

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// Summary returns the group in one line of plain words, as in
// "10.0.0.5 → 254 hosts, 1 port (22/tcp ssh), 1,203 alerts in 42 s, portsweep".
func (x *Group) Summary() string {
	parts := []string{x.who()}
	if at := x.where(); at != "" {
		parts = append(parts, at)
	}
	alerts := plural(Count{N: x.Alerts}, "alert")
	if span := x.Last.Sub(x.First); x.Alerts > 1 && !x.First.IsZero() {
		alerts += " in " + duration(span)
	}
	parts = append(parts, alerts)
	if x.Role != NoHost {
		parts = append(parts, firstNames(x.TopClasses)...)
	}
	return strings.Join(parts, ", ")
}

// who returns the hosts of the group, the attacking ones on the left of the arrow.
func (x *Group) who() string {
	if x.Role == NoHost {
		if len(x.TopClasses) > 0 {
			return x.TopClasses[0].Name + " (no addresses)"
		}
		return "no addresses"
	}
	peers := plural(x.Peers, "host")
	switch {
	case x.Peers.N == 0:
		peers = "unknown"
	case x.Peers.N == 1 && x.peer().IsValid():
		peers = x.peer().String()
	}
	if x.Role == Target {
		return peers + " → " + x.Host.String()
	}
	return x.Host.String() + " → " + peers
}

// peer returns the host across in the first alert.
func (x *Group) peer() netip.Addr {
	if x.Role == Target {
		return x.FirstAlert.Src
	}
	return x.FirstAlert.Dst
}

// where returns the ports, or the services if the alerts have none.
func (x *Group) where() string {
	switch {
	case x.Ports.N == 0 && len(x.TopServices) > 0:
		return strings.Join(firstNames(x.TopServices), ", ")
	case x.Ports.N == 0:
		return ""
	case x.Ports.N > 3 || len(x.TopPorts) > 3:
		return plural(x.Ports, "port")
	}
	return plural(x.Ports, "port") + " (" + strings.Join(firstNames(x.TopPorts), ", ") + ")"
}

// firstNames returns at most three names, and how many more there are.
func firstNames(items []Item) []string {
	var out []string
	for i, it := range items {
		if i == 3 {
			return append(out, fmt.Sprintf("and %d more", len(items)-3))
		}
		out = append(out, it.Name)
	}
	return out
}

// plural returns a number with its thousands apart and what it counts.
func plural(c Count, noun string) string {
	digits := strconv.FormatInt(c.N, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	if c.About {
		digits = "about " + digits
	}
	if c.N != 1 {
		noun += "s"
	}
	return digits + " " + noun
}

// duration returns a time span with its one or two largest units.
func duration(d time.Duration) string {
	seconds := int64(d.Round(time.Second) / time.Second)
	switch {
	case d < time.Second:
		return "less than 1 s"
	case seconds < 120:
		return fmt.Sprintf("%d s", seconds)
	case seconds < 7200:
		return fmt.Sprintf("%d min", (seconds+30)/60)
	case seconds < 48*3600:
		return fmt.Sprintf("%d h %d min", seconds/3600, seconds%3600/60)
	}
	return fmt.Sprintf("%d days %d h", seconds/86400, seconds%86400/3600)
}
