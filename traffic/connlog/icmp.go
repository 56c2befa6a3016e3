package connlog

import "github.com/netanom/netanom/traffic"

// answers are the types of ICMP messages (RFC 792, 950, 1256) that answer each other.
// Zeek shows the answer in place of the code, which is always 0.
var answers = map[uint16]uint16{8: 0, 0: 8, 13: 14, 14: 13, 15: 16, 16: 15, 17: 18, 18: 17, 10: 9, 9: 10}

// answers6 are those of ICMPv6 (RFC 4443, 2710, 4861, 4620).
var answers6 = map[uint16]uint16{
	128: 129, 129: 128, 130: 131, 131: 130, 133: 134, 134: 133, 135: 136, 136: 135, 139: 140, 140: 139,
}

// answer returns type and code of packets the other way.
func answer(c *traffic.Connection) (typ, code uint16, query bool) {
	table := answers
	if c.Src.Is6() {
		table = answers6
	}
	if typ, query = table[c.SrcPort]; query {
		return typ, 0, true
	}
	return c.SrcPort, c.DstPort, false
}

// A train is the packets of one direction of an aggregated row.
type train struct {
	conn       traffic.Connection
	left, sent int64
	each, rest int64 // bytes of each packet, and those of the first beyond
	gaps       int64 // between packets, in all
	lone       int64 // when a single packet is sent
}

// at returns when the next packet is sent, counted from the start of the row. Steps of
// whole microseconds keep the products small.
func (t *train) at(duration int64) int64 {
	if t.gaps == 0 {
		return t.lone
	}
	return t.sent*(duration/t.gaps) + t.sent*(duration%t.gaps)/t.gaps
}

// expand hands out the packets of an aggregated row of ICMP in order of time, each as a
// connection.
func (p *Parser) expand(yield func(*traffic.Connection) error) error {
	row := p.conn
	p.assumePackets(&row)
	there := p.train(&row, row.SrcBytes, row.SrcPackets)
	back := p.train(&row, row.DstBytes, row.DstPackets)
	if typ, code, query := answer(&row); query {
		there.conn.DstPort = code
		back.conn.SrcPort, back.conn.DstPort = typ, code
	}
	back.conn.Src, back.conn.Dst = row.Dst, row.Src
	back.lone = row.Duration
	for there.left > 0 || back.left > 0 {
		t := &there
		if there.left == 0 || back.left > 0 && back.at(row.Duration) < there.at(row.Duration) {
			t = &back
		}
		if err := p.packet(t, &row, yield); err != nil {
			return err
		}
	}
	return nil
}

// assumePackets gives a row without counts of packets one in each direction that has
// bytes, at least there. Zeek's bytes lack the header.
func (p *Parser) assumePackets(row *traffic.Connection) {
	if row.SrcPackets > 0 || row.DstPackets > 0 {
		return
	}
	header := int64(0)
	if p.format == ZeekTSV || p.format == ZeekJSON {
		header = 8
	}
	row.SrcPackets, row.SrcBytes = 1, row.SrcBytes+header
	if row.DstBytes > 0 {
		row.DstPackets, row.DstBytes = 1, row.DstBytes+header
	}
}

// train returns the packets of one direction, no more than allowed.
func (p *Parser) train(row *traffic.Connection, bytes, packets int64) train {
	t := train{conn: *row, left: min(packets, p.options.MaxExpand)}
	if p.options.MaxExpanded > 0 {
		t.left = min(t.left, max(p.options.MaxExpanded-p.expanded, min(packets, 1))) // a row never vanishes
	}
	p.expanded += t.left
	t.conn.Duration, t.conn.SrcPackets, t.conn.DstPackets, t.conn.DstBytes = 0, 1, 0, 0
	p.problems.Unexpanded += packets - t.left
	if packets > 0 {
		t.each, t.rest, t.gaps = bytes/packets, bytes%packets, t.left-1
	}
	return t
}

// packet hands out the next packet of a train.
func (p *Parser) packet(t *train, row *traffic.Connection, yield func(*traffic.Connection) error) error {
	p.conn = t.conn
	p.conn.Start = row.Start + t.at(row.Duration)
	p.conn.SrcBytes = t.each
	if t.sent == 0 {
		p.conn.SrcBytes += t.rest
	}
	t.sent++
	t.left--
	p.problems.Connections++
	return yield(&p.conn)
}
