package connlog

import "github.com/netanom/netanom/traffic"

// The names are those of the flow and netflow events in the Suricata user guide, "EVE
// JSON Format".
var eveDialect = newDialect(
	[]field{timeField, srcField, dstField, protoField}, nil,
	word{"event_type", kindField}, word{"timestamp", eventField},
	word{"flow_id", uidField}, word{"community_id", communityField},
	word{"proto", protoField},
	word{"src_ip", srcField}, word{"src_port", srcPortField},
	word{"dest_ip", dstField}, word{"dest_port", dstPortField},
	word{"icmp_type", icmpTypeField}, word{"icmp_code", icmpCodeField},
	word{"flow.start", timeField}, word{"flow.end", endField},
	word{"flow.pkts_toserver", srcPacketsField}, word{"flow.pkts_toclient", dstPacketsField},
	word{"flow.bytes_toserver", srcBytesField}, word{"flow.bytes_toclient", dstBytesField},
	word{"tcp.tcp_flags", flagsField},
	word{"tcp.tcp_flags_ts", srcFlagsField}, word{"tcp.tcp_flags_tc", dstFlagsField},
	word{"netflow.start", timeField}, word{"netflow.end", endField},
	word{"netflow.pkts", srcPacketsField}, word{"netflow.bytes", srcBytesField},
)

// eveRow makes a connection of the cells of an event. Suricata can log a flow as one
// event, as two netflow events, or as both: from the first flow event on the others are
// passed over.
func (p *Parser) eveRow() outcome {
	switch kind := p.cells[kindField]; {
	case string(kind) == "flow" && !p.flows:
		p.flows = true
		p.problems.Other += int64(p.pending.clear())
		return p.eveFlow()
	case string(kind) == "flow":
		return p.eveFlow()
	case string(kind) == "netflow" && !p.flows:
		return p.eveNetflow()
	}
	p.problems.Other++
	return nothing
}

func (p *Parser) eveFlow() outcome {
	if !p.beginEve() {
		return nothing
	}
	c := &p.conn
	var client, server uint8
	known := p.eveFlags(srcFlagsField, &client) && p.eveFlags(dstFlagsField, &server)
	if c.Protocol == traffic.TCP {
		p.tell(client, server, known)
	}
	c.SrcBytes = payload(c, c.SrcBytes, c.SrcPackets, ethernetHeader, client)
	c.DstBytes = payload(c, c.DstBytes, c.DstPackets, ethernetHeader, server)
	return whole
}

func (p *Parser) eveNetflow() outcome {
	if !p.beginEve() {
		return nothing
	}
	c := &p.conn
	var flags uint8
	known := p.eveFlags(flagsField, &flags)
	c.SrcBytes = payload(c, c.SrcBytes, c.SrcPackets, ethernetHeader, flags)
	return p.direction(flags, known)
}

// beginEve fills in what both events have in common.
func (p *Parser) beginEve() bool {
	if p.cells[uidField] == nil {
		p.cells[uidField] = p.cells[communityField]
	}
	if !p.begin(lacksMost) || !p.counts() {
		return false
	}
	if c := &p.conn; c.Protocol == traffic.ICMP {
		return p.port(icmpTypeField, &c.SrcPort) && p.port(icmpCodeField, &c.DstPort)
	}
	return p.ports()
}

// eveFlags reads hexadecimal flags, and reports whether they are there.
func (p *Parser) eveFlags(f field, to *uint8) bool {
	n, ok := parseHex(p.cells[f])
	*to = uint8(n)
	return ok && n <= 0xff
}
