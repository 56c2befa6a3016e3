package connlog

import (
	"bytes"

	"github.com/netanom/netanom/traffic"
)

// The names are the titles of ra's columns, see ra(1), option -s.
var argusDialect = newDialect(
	[]field{timeField, srcField, srcPortField, dstField, dstPortField, protoField},
	[]field{stateField, srcPacketsField, srcBytesField, srcPayloadField},
	word{"StartTime", timeField}, word{"LastTime", endField}, word{"Dur", durationField},
	word{"Proto", protoField}, word{"Dir", directionField}, word{"State", stateField},
	word{"SrcAddr", srcField}, word{"Sport", srcPortField},
	word{"DstAddr", dstField}, word{"Dport", dstPortField},
	word{"SrcPkts", srcPacketsField}, word{"DstPkts", dstPacketsField},
	word{"SrcBytes", srcBytesField}, word{"DstBytes", dstBytesField},
	word{"SAppBytes", srcPayloadField}, word{"DAppBytes", dstPayloadField},
	word{"Label", labelField},
)

// argusRow makes a connection of the cells. Argus reports a long transaction several
// times; racluster(1) makes one row of these.
func (p *Parser) argusRow() outcome {
	if !p.begin(lacksAll) || !p.counts() {
		return nothing
	}
	c := &p.conn
	if c.Protocol == traffic.ICMP {
		c.SrcPort, c.DstPort = p.argusICMP()
	} else if !p.ports() {
		return nothing
	}
	if !p.argusPayload() {
		return nothing
	}
	if c.Protocol == traffic.TCP {
		c.State = p.argusState()
	}
	c.Label = p.label()
	return whole
}

// argusPayload replaces bytes of packets by those of applications, which are 0 in both
// directions where argus(8) was not told to count them: then they are estimated. For ICMP
// they begin behind the 8 bytes of the header.
func (p *Parser) argusPayload() bool {
	c := &p.conn
	var there, back int64
	if !p.count(srcPayloadField, &there) || !p.count(dstPayloadField, &back) {
		return false
	}
	switch {
	case there == 0 && back == 0:
		flags := uint8(syn)
		if bytes.IndexByte(p.cells[directionField], '?') >= 0 {
			flags = 0
		}
		there = payload(c, c.SrcBytes, c.SrcPackets, ethernetHeader, flags)
		back = payload(c, c.DstBytes, c.DstPackets, ethernetHeader, flags)
	case c.Protocol == traffic.ICMP:
		there, back = there+8*c.SrcPackets, back+8*c.DstPackets
	}
	c.SrcBytes, c.DstBytes = there, back
	return true
}

// argusState derives the state from State, Dir and the counts of packets. ra shows State
// in one of three forms: a name; with -z letters for what happened; with -Z b the flags
// of both sides, as in FSPA_FSPA.
func (p *Parser) argusState() traffic.State {
	name, direction := p.cells[stateField], p.cells[directionField]
	if client, server, both := bytes.Cut(name, []byte{'_'}); both {
		c, _ := parseFlags(client)
		s, _ := parseFlags(server)
		return StateOfFlags(c, s)
	}
	if bytes.IndexByte(direction, '?') >= 0 { // no SYN was seen
		return traffic.OTH
	}
	if len(name) > 0 && (name[0] == 's' || name[0] == 'S') && len(bytes.Trim(name, "sSEfFR")) == 0 {
		return p.argusEvents(name)
	}
	answered := p.conn.DstPackets > 0
	switch string(name) {
	case "REQ", "INT", "TIM": // requested; timed out
		if answered {
			return traffic.S1
		}
		return traffic.S0
	case "ACC": // SYN and ACK came back
		return traffic.S1
	case "EST", "CON": // established, still active
		if answered {
			return traffic.S1
		}
		return traffic.OTH
	case "FIN", "CLO": // closing, closed
		if answered {
			return traffic.SF
		}
		return traffic.SH
	case "RST":
		return p.argusReset(p.conn.SrcBytes == 0 && p.conn.DstBytes == 0)
	}
	countName(&p.problems.States, name)
	return traffic.OTH
}

// argusEvents reads the letters of ra -z: SYN sent and acknowledged, established, FIN
// sent and acknowledged, reset.
func (p *Parser) argusEvents(name []byte) traffic.State {
	seen := func(c byte) bool { return bytes.IndexByte(name, c) >= 0 }
	accepted := seen('S') || seen('E')
	switch {
	case seen('R'):
		return p.argusReset(!accepted)
	case !accepted && seen('f'):
		return traffic.SH
	case !accepted:
		return traffic.S0
	case seen('F'):
		return traffic.SF
	case seen('f'):
		return traffic.S2
	}
	return traffic.S1
}

// argusReset tells apart who reset. Dir is "<|" where it was the destination and "|>"
// where it was the source. Without it the source is taken to have given up.
func (p *Parser) argusReset(early bool) traffic.State {
	direction := p.cells[directionField]
	switch {
	case p.conn.DstPackets == 0:
		return traffic.RSTOS0
	case early:
		return traffic.REJ
	case bytes.IndexByte(direction, '<') >= 0 && bytes.IndexByte(direction, '>') < 0:
		return traffic.RSTR
	}
	return traffic.RSTO
}

// argusMessages are what ra shows as State of ICMP, see ra(1), by type and code.
var argusMessages = map[string][2]uint16{
	"ECR": {0, 0}, "URN": {3, 0}, "URH": {3, 1}, "URO": {3, 2}, "URP": {3, 3}, "URF": {3, 4}, "URS": {3, 5},
	"URNU": {3, 6}, "URHU": {3, 7}, "URISO": {3, 8}, "URNPRO": {3, 9}, "URHPRO": {3, 10},
	"URNTOS": {3, 11}, "URHTOS": {3, 12}, "URFIL": {3, 13}, "URPRE": {3, 14}, "URCUT": {3, 15},
	"SRC": {4, 0}, "RED": {5, 0}, "ECO": {8, 0}, "RTA": {9, 0}, "RTS": {10, 0}, "TXD": {11, 0}, "PAR": {12, 0},
	"TST": {13, 0}, "TSR": {14, 0}, "IRQ": {15, 0}, "IRR": {16, 0}, "MAS": {17, 0}, "MSR": {18, 0},
}

// argusMessages6 are those of ICMPv6.
var argusMessages6 = map[string][2]uint16{
	"URN": {1, 0}, "URH": {1, 3}, "URP": {1, 4}, "PTB": {2, 0}, "TXD": {3, 0}, "PAR": {4, 0},
	"ECO": {128, 0}, "ECR": {129, 0}, "MRQ": {130, 0}, "MHR": {131, 0},
	"NRS": {133, 0}, "NRA": {134, 0}, "NNS": {135, 0}, "NNA": {136, 0}, "RED": {137, 0},
}

// argusICMP returns type and code; 255, which no message has, if State tells none.
func (p *Parser) argusICMP() (typ, code uint16) {
	messages := argusMessages
	if p.conn.Src.Is6() {
		messages = argusMessages6
	}
	name := p.cells[stateField]
	m, ok := messages[string(name)]
	if !ok {
		countName(&p.problems.States, name)
		return 255, 0
	}
	return m[0], m[1]
}
