package triage

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

var (
	conditions = []string{"src", "dst", "sport", "port", "proto", "service", "class", "uid", "until"}
	examples   = []string{"src=10.0.0.0/8", "dst=10.0.1.53", "sport=123", "port=53", "proto=udp", "service=domain_u", "class=portsweep", "uid=CHhAvVGS1DHFjwGM9", "until=2026-12-31"}

	// otherWords are what people write for a condition, though it is far from its name.
	otherWords = map[string]string{"source": "src", "from": "src", "host": "src", "ip": "src", "saddr": "src",
		"destination": "dst", "target": "dst", "to": "dst", "daddr": "dst", "dport": "port", "protocol": "proto",
		"label": "class", "attack": "class", "expires": "until"}

	protocolNames = []string{"tcp", "udp", "icmp", "icmp6", "ipv6-icmp", "sctp", "igmp", "gre", "esp", "ah", "ospf"}
)

func exampleOf(key string) string {
	if i := slices.Index(conditions, key); i >= 0 {
		return examples[i]
	}
	return examples[0]
}

// set reads the value of a condition.
func (r *rule) set(key, value string) (err error) {
	switch key {
	case "src":
		r.source, err = parseNetwork(value)
	case "dst":
		r.target, err = parseNetwork(value)
	case "sport":
		r.sourcePort, err = parsePorts(value)
	case "port":
		r.port, err = parsePorts(value)
	case "proto":
		r.protocols, err = parseProtocols(strings.ToLower(value))
	case "service":
		r.service, err = parseWords(strings.ToLower(value))
	case "class":
		r.class, err = parseWords(strings.ToLower(value))
	case "uid":
		r.uid, err = parseWords(value)
	case "until":
		r.until, err = parseUntil(value)
	default:
		return unknownCondition(key)
	}
	return err
}

func unknownCondition(key string) error {
	meant := otherWords[strings.ToLower(key)]
	if meant == "" {
		meant = nearest(strings.ToLower(key), conditions)
	}
	if meant == "" {
		return fmt.Errorf("no condition is called %.40q; they are %s", key, strings.Join(conditions, ", "))
	}
	return fmt.Errorf("no condition is called %.40q; write %s, as in %s", key, meant, exampleOf(meant))
}

// parseNetwork reads an address or a network. IPv4 in the form of IPv6 is IPv4.
func parseNetwork(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil {
		a = plainAddr(a)
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return netip.Prefix{}, wrongNetwork(text)
	}
	if p.Addr().Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	if p != p.Masked() {
		return netip.Prefix{}, fmt.Errorf("%s has bits set beyond the first %d; write %s for the network, or %s for the one address", text, p.Bits(), p.Masked(), p.Addr())
	}
	return p, nil
}

func wrongNetwork(text string) error {
	host, bits, isNetwork := strings.Cut(text, "/")
	a, err := netip.ParseAddr(host)
	parts := strings.Split(host, ".")
	switch {
	case err == nil && isNetwork:
		return fmt.Errorf("%s ends in /%.20s; the length of the network is a number from 0 to %d, as in %s/%d", host, bits, a.BitLen(), host, a.BitLen())
	case strings.HasSuffix(text, ".*") && len(parts) <= 4:
		return fmt.Errorf("%.60q is no network; write %s, with as many bits as are fixed", text, starred(parts))
	case strings.Contains(text, "-"):
		return fmt.Errorf("%.60q is no network; write ranges of addresses as networks, as in 10.0.0.0/8", text)
	}
	return fmt.Errorf("%.60q is no address or network; write one as in 10.0.0.5, 10.0.0.0/8 or 2001:db8::/32 (names of hosts are not looked up)", text)
}

// starred returns 10.0.*.* as 10.0.0.0/16.
func starred(parts []string) string {
	fixed := 0
	for fixed < len(parts) && parts[fixed] != "*" {
		fixed++
	}
	out := slices.Clone(parts[:fixed])
	for len(out) < 4 {
		out = append(out, "0")
	}
	return fmt.Sprintf("%.40s/%d", strings.Join(out, "."), 8*fixed)
}

// parsePorts reads as in "53,6000-6063".
func parsePorts(text string) ([]portRange, error) {
	words, err := parseWords(text)
	var out []portRange
	for _, word := range words {
		first, last, isRange := strings.Cut(word, "-")
		if !isRange {
			last = first
		}
		a, err1 := strconv.ParseUint(first, 10, 16)
		b, err2 := strconv.ParseUint(last, 10, 16)
		switch {
		case err1 != nil || err2 != nil:
			return nil, fmt.Errorf("%.40q is no port; ports are numbers from 0 to 65535, as in 53 or 6000-6063", word)
		case a > b:
			return nil, fmt.Errorf("the ports %s run backwards; write %d-%d", word, b, a)
		}
		out = append(out, portRange{uint16(a), uint16(b)})
	}
	return out, err
}

func parseProtocols(text string) ([]string, error) {
	words, err := parseWords(text)
	for _, word := range words {
		if slices.Contains(protocolNames, word) {
			continue
		}
		if meant := nearest(word, protocolNames); meant != "" {
			return nil, fmt.Errorf("no protocol is called %.40q; write proto=%s", word, meant)
		}
		return nil, fmt.Errorf("no protocol is called %.40q; they are %s", word, strings.Join(protocolNames, ", "))
	}
	return words, err
}

func parseWords(text string) ([]string, error) {
	words := strings.Split(text, ",")
	if slices.Contains(words, "") {
		return nil, fmt.Errorf("%.60q has nothing between two commas or at an end; write values as in A,B", text)
	}
	return words, nil
}

// parseUntil returns the first moment at which a rule is no longer in force.
func parseUntil(text string) (time.Time, error) {
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return day.AddDate(0, 0, 1), nil
	}
	if moment, err := time.Parse(time.RFC3339, text); err == nil {
		return moment.UTC(), nil
	}
	return time.Time{}, fmt.Errorf("%.40q is no day; write it as year-month-day, until=2026-12-31, or with a time, until=2026-12-31T18:00:00Z", text)
}

// nearest returns the name that at most two changed letters make of the text, or "".
func nearest(text string, names []string) string {
	best, found := 3, ""
	for _, name := range names {
		if d := distance(text, name); d < best && d < len(name) {
			best, found = d, name
		}
	}
	return found
}

// distance is the number of letters to insert, remove or change (Levenshtein 1966).
func distance(a, b string) int {
	if len(a) > len(b)+2 {
		return len(a)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := before
			if a[i] != b[j] {
				change++
			}
			before = row[j+1]
			row[j+1] = min(change, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
