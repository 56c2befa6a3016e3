package traffic

import "net/netip"

// prober returns where a scan comes from: outside, or a workstation that has
// been taken over.
func (n *network) prober(r random) netip.Addr {
	if r.chance(0.25) {
		return oneOf(r, n.workstations)
	}
	return popular(r, n.hostiles)
}

// ipsweep asks every address of a network whether it is there, mostly by
// ping.
func (n *network) ipsweep(r random) campaign {
	attacker := n.prober(r)
	prefix := oneOf(r, n.servers).As4()
	if r.chance(0.5) {
		prefix = oneOf(r, n.workstations).As4()
	}
	bytes := oneOf(r, []int64{8, 8, 18, 18, 64})
	byTCP, port := r.chance(0.2), oneOf(r, []uint16{80, 22, 139, 705, 57, 37})
	host := r.IntN(254)
	stride := oneOf(r, []int{1, 1, 1, 3, 101}) // any odd number but 127 reaches all 254
	return campaign{pace: r.logUniform(20*millisecond, 8*second), act: func(s *source) {
		to := prefix
		to[3] = byte(1 + host)
		host = (host + stride) % 254
		if !byTCP {
			s.ping(s.at, attacker, netip.AddrFrom4(to), 8, 0, bytes)
			return
		}
		s.end(s.dial(s.at, TCP, attacker, netip.AddrFrom4(to), port), mix[State]{{0.5, S0}, {0.44, REJ}, {0.06, RSTO}})
	}}
}

// portsweep tries the ports of one host, some connections being held open for
// hours.
func (n *network) portsweep(r random) campaign {
	attacker, victim := n.prober(r), oneOf(r, n.servers)
	port, stride := r.between(1, 65535), oneOf(r, []int64{1, 1, 1, 7, 4093})
	from := uint16(0)
	if r.chance(0.4) {
		from = uint16(r.between(1024, 65535))
	}
	ends := mix[State]{{0.62, RSTR}, {0.25, REJ}, {0.05, S0}, {0.03, RSTOS0}, {0.02, OTH}, {0.02, RSTO}, {0.01, SF}}
	if r.chance(0.4) {
		ends = mix[State]{{0.85, REJ}, {0.1, S0}, {0.03, SF}, {0.02, RSTR}}
	}
	return campaign{pace: r.logUniform(30*millisecond, 20*second), act: func(s *source) {
		c := s.dial(s.at, TCP, attacker, victim, uint16(port))
		port = (port+stride-1)%65535 + 1
		if from != 0 {
			c.SrcPort = from
		}
		if s.chance(0.12) {
			c.Duration = s.between(2*second, 12*hour)
		}
		c.SrcBytes = s.between(0, 1)
		s.end(c, ends)
	}}
}

// nmap mixes pings, lone FINs and datagrams to closed ports.
func (n *network) nmap(r random) campaign {
	attacker, victim := n.prober(r), oneOf(r, n.servers)
	from, bytes := uint16(r.between(32768, 60999)), oneOf(r, []int64{8, 8, 18})
	return campaign{pace: r.logUniform(10*millisecond, 2*second), act: func(s *source) {
		switch u := s.Float64(); {
		case u < 0.40:
			s.ping(s.at, attacker, victim, 8, 0, bytes)
		case u < 0.85:
			c := s.dial(s.at, TCP, attacker, victim, uint16(s.between(1, 1023)))
			c.SrcPort = from
			s.end(c, mix[State]{{0.88, SH}, {0.05, OTH}, {0.04, REJ}, {0.03, S0}})
		default:
			c := s.dial(s.at, UDP, attacker, victim, uint16(s.between(200, 1023)))
			c.SrcBytes = 207
		}
	}}
}

// satan looks for weak services on several hosts: many ports that are closed,
// now and then one that answers.
func (n *network) satan(r random) campaign {
	attacker := n.prober(r)
	victims := []netip.Addr{oneOf(r, n.servers), oneOf(r, n.servers), oneOf(r, n.workstations)}
	return campaign{pace: r.logUniform(8*millisecond, 900*millisecond), act: func(s *source) {
		victim := oneOf(s.random, victims)
		switch u := s.Float64(); {
		case u < 0.12:
			c := s.dial(s.at, UDP, attacker, victim, uint16(s.between(1, 32768)))
			c.SrcBytes = 1
		case u < 0.24:
			c := s.dial(s.at, TCP, attacker, victim, oneOf(s.random, []uint16{21, 23, 25, 79, 80, 111, 512, 513, 514, 6000}))
			c.SrcBytes, c.DstBytes = s.between(0, 40), s.between(0, 380)
			c.Duration = s.wait(2 * second)
			s.end(c, mix[State]{{0.6, SF}, {0.2, REJ}, {0.12, RSTO}, {0.08, S2}})
		default:
			c := s.dial(s.at, TCP, attacker, victim, uint16(s.between(1, 65535)))
			s.end(c, mix[State]{{0.86, REJ}, {0.11, S0}, {0.03, RSTOS0}})
		}
	}}
}
