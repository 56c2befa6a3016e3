package connlog

import (
	"bytes"

	"github.com/netanom/netanom/traffic"
)

// The names are those of nfdump: the short ones of -o csv as 1.7.1 writes it, and the
// long ones of 1.7.5, for -o csv, csv-fast and csv:FORMAT. Of two columns that count the
// row's own direction the first is read. Those of the other are filled in by nfdump -b.
var netflowDialect = newDialect(
	[]field{timeField, srcField, srcPortField, dstField, dstPortField, protoField},
	[]field{srcPacketsField, srcBytesField},
	word{"ts", timeField}, word{"te", endField}, word{"td", durationField},
	word{"sa", srcField}, word{"da", dstField}, word{"sp", srcPortField}, word{"dp", dstPortField},
	word{"pr", protoField}, word{"flg", flagsField},
	word{"ipkt", srcPacketsField}, word{"ibyt", srcBytesField},
	word{"opkt", dstPacketsField}, word{"obyt", dstBytesField},
	word{"firstSeen", timeField}, word{"lastSeen", endField}, word{"duration", durationField},
	word{"srcAddr", srcField}, word{"dstAddr", dstField},
	word{"srcPort", srcPortField}, word{"dstPort", dstPortField},
	word{"proto", protoField}, word{"flags", flagsField},
	word{"packets", srcPacketsField}, word{"bytes", srcBytesField},
	word{"inPackets", srcPacketsField}, word{"inBytes", srcBytesField},
	word{"outPackets", dstPacketsField}, word{"outBytes", dstBytesField},
)

// lacksMost is what the logs with TCP flags cannot tell.
const lacksMost = lacksAll &^ traffic.LacksUrgent

// netflowRow makes a connection of the cells, or one direction of it.
func (p *Parser) netflowRow() outcome {
	if !p.begin(lacksMost) || !p.counts() || !p.netflowPorts() {
		return nothing
	}
	c := &p.conn
	flags, known := parseFlags(p.cells[flagsField])
	c.SrcBytes = payload(c, c.SrcBytes, c.SrcPackets, 0, flags)
	if c.DstPackets == 0 {
		return p.direction(flags, known)
	}
	server := assumedAnswer(flags)
	c.DstBytes = payload(c, c.DstBytes, c.DstPackets, 0, server)
	if c.Protocol == traffic.TCP {
		p.tell(flags, server, known)
	}
	return whole
}

// assumedAnswer returns the flags that a server is likely to have set. In rows of both
// directions nfdump keeps only those of the client. One that never sent an ACK was
// refused; one that closed was let go.
func assumedAnswer(client uint8) uint8 {
	if client&ack == 0 {
		return rst | ack
	}
	return syn | ack | client&fin
}

// netflowPorts reads the ports. In place of the destination port, ICMP has type and code
// as 8.0, or as 256 times the type plus the code.
func (p *Parser) netflowPorts() bool {
	c := &p.conn
	if c.Protocol != traffic.ICMP {
		return p.ports()
	}
	typ, code, dotted := bytes.Cut(p.cells[dstPortField], []byte{'.'})
	if !dotted {
		ok := p.port(dstPortField, &c.DstPort)
		c.SrcPort, c.DstPort = c.DstPort>>8, c.DstPort&0xff
		return ok
	}
	t, ok1 := parseDigits(typ)
	d, ok2 := parseDigits(code)
	if !ok1 || !ok2 || t > 255 || d > 255 {
		p.bad(dstPortField, p.cells[dstPortField], "is no type and code of ICMP")
		return false
	}
	c.SrcPort, c.DstPort = uint16(t), uint16(d)
	return true
}

// tell fills in what the flags of a TCP connection tell.
func (p *Parser) tell(client, server uint8, known bool) {
	c := &p.conn
	if !known {
		countName(&p.problems.States, []byte("no flags"))
		c.State, c.Lacks = traffic.OTH, c.Lacks|traffic.LacksUrgent
		return
	}
	c.State = StateOfFlags(client, server)
	if (client|server)&urg != 0 {
		c.Urgent = 1
	}
}

// direction says that the connection is one direction only. Every packet of ICMP is a
// record of its own, so that such a row needs no other.
func (p *Parser) direction(flags uint8, known bool) outcome {
	if p.conn.Protocol == traffic.ICMP {
		return whole
	}
	p.half = half{conn: p.conn, flags: flags, known: known}
	return oneWay
}
