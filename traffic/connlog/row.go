package connlog

import (
	"bytes"
	"net/netip"
	"strings"

	"github.com/netanom/netanom/traffic"
)

const noMoment = "is no date with a time, nor seconds since 1970"

// begin empties the connection and fills in what all formats have: protocol, start,
// duration and addresses. ok is false if the row is no connection, which is counted.
func (p *Parser) begin(lacks traffic.Lack) (ok bool) {
	c := &p.conn
	*c = traffic.Connection{Lacks: lacks}
	name := p.cells[protoField]
	if name == nil {
		p.bad(protoField, nil, "is missing")
		return false
	}
	if c.Protocol, ok = parseProtocol(name); !ok {
		countName(&p.problems.Protocols, name)
		return false
	}
	start := p.cells[timeField]
	if c.Start, ok = p.moment(start); !ok {
		p.bad(timeField, start, noMoment)
		return false
	}
	if !p.address(srcField, &c.Src) || !p.address(dstField, &c.Dst) || !p.duration() {
		return false
	}
	uid := p.cells[uidField]
	c.UID = p.texts.Make(uid[:min(len(uid), maxName)])
	return true
}

// moment reads a time. In NetFlow it may be in whole milliseconds since 1970, of which
// there are more digits than of seconds.
func (p *Parser) moment(text []byte) (micros int64, ok bool) {
	if p.format == NetFlow && len(text) >= 12 {
		if n, ok := parseDigits(text); ok {
			return n * 1000, n <= maxSeconds*1000
		}
	}
	return parseTime(text, p.options.Zone)
}

// duration reads it, or takes the end minus the start.
func (p *Parser) duration() (ok bool) {
	c := &p.conn
	text, end := p.cells[durationField], p.cells[endField]
	switch {
	case text != nil:
		if c.Duration, ok = parseMicros(text); !ok {
			p.bad(durationField, text, "is no number of seconds")
			return false
		}
	case end != nil:
		last, ok := p.moment(end)
		if !ok {
			p.bad(endField, end, noMoment)
			return false
		}
		c.Duration = last - c.Start
	default:
		p.problems.NoDuration++
	}
	c.Duration = max(c.Duration, 0)
	return true
}

// parseProtocol reads the names and numbers in use.
func parseProtocol(name []byte) (p traffic.Protocol, ok bool) {
	switch string(name) {
	case "tcp", "TCP", "6":
		return traffic.TCP, true
	case "udp", "UDP", "17":
		return traffic.UDP, true
	case "icmp", "ICMP", "1", "icmp6", "ICMP6", "icmpv6", "ICMPv6", "ipv6-icmp", "IPv6-ICMP", "IPV6-ICMP", "58":
		return traffic.ICMP, true
	}
	return 0, false
}

func (p *Parser) address(f field, to *netip.Addr) (ok bool) {
	text := p.cells[f]
	if *to, ok = parseAddr(text); !ok {
		p.bad(f, text, "is no IP address")
	}
	return ok
}

func (p *Parser) port(f field, to *uint16) (ok bool) {
	text := p.cells[f]
	if text == nil {
		p.bad(f, nil, "is missing")
		return false
	}
	if *to, ok = parsePort(text); !ok {
		p.bad(f, text, "is no port number; have the tool write numbers, not names")
	}
	return ok
}

// ports reads both.
func (p *Parser) ports() bool {
	return p.port(srcPortField, &p.conn.SrcPort) && p.port(dstPortField, &p.conn.DstPort)
}

// count reads a number of bytes or packets, 0 if there is none.
func (p *Parser) count(f field, to *int64) (ok bool) {
	text := p.cells[f]
	if text == nil {
		*to = 0
		return true
	}
	if *to, ok = parseCount(text); !ok {
		p.bad(f, text, "is no count")
	}
	return ok
}

// counts reads bytes and packets of both directions.
func (p *Parser) counts() bool {
	c := &p.conn
	return p.count(srcBytesField, &c.SrcBytes) && p.count(dstBytesField, &c.DstBytes) &&
		p.count(srcPacketsField, &c.SrcPackets) && p.count(dstPacketsField, &c.DstPackets)
}

// The bounds of names that are kept: labels, and bytes of a label or uid.
const (
	maxLabels = 10_000
	maxName   = 256
)

// label returns the name of the attack: the detailed label, or else the label, and
// "normal" for benign ones. What would break a line of CSV becomes an underscore.
func (p *Parser) label() string {
	text := p.cells[labelField]
	if text == nil {
		return ""
	}
	text = text[:min(len(text), maxName)]
	if bytes.EqualFold(text, []byte("benign")) || bytes.EqualFold(text, []byte("normal")) {
		return "normal"
	}
	if detail := p.cells[detailField]; len(detail) > 0 && string(detail) != "-" {
		text = detail[:min(len(detail), maxName)]
	}
	if name, ok := p.labels[string(text)]; ok {
		return name
	}
	if p.labels == nil {
		p.labels = map[string]string{}
	}
	name := strings.Map(plain, strings.ToValidUTF8(string(text), "_"))
	if len(p.labels) < maxLabels {
		p.labels[string(text)] = name
	}
	return name
}

func plain(r rune) rune {
	if r < ' ' || r == ',' || r == '"' || r == 0x7f {
		return '_'
	}
	return r
}
