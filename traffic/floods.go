package traffic

import "net/netip"

// neptune floods a server with SYNs from made-up addresses. Most walk the
// ports, twenty SYNs each; some stay on one service. A firewall may refuse
// instead of the server not answering.
func (n *network) neptune(r random) campaign {
	victim := oneOf(r, n.servers)
	port, walks := uint16(r.between(1, 900)), r.chance(0.7)
	if !walks {
		port = oneOf(r, []uint16{80, 443, 25, 23})
	}
	ends := mix[State]{{0.96, S0}, {0.03, REJ}, {0.01, RSTO}}
	if r.chance(0.2) {
		ends = mix[State]{{0.93, REJ}, {0.05, S0}, {0.02, RSTO}}
	}
	sent := 0
	return campaign{pace: r.between(4*millisecond, 12*millisecond), act: func(s *source) {
		s.end(s.dial(s.at, TCP, publicAddr(s.random), victim, port), ends)
		if sent++; walks && sent%20 == 0 {
			port = port%65535 + 1
		}
	}}
}

// smurf pings the broadcast addresses of other networks in the name of the
// victim, which then receives the replies of all their hosts.
func (n *network) smurf(r random) campaign {
	victim := oneOf(r, n.servers)
	if r.chance(0.3) {
		victim = oneOf(r, n.workstations)
	}
	amplifiers := make([][4]byte, 1+r.IntN(3))
	for i := range amplifiers {
		amplifiers[i] = publicAddr(r).As4()
	}
	bytes := oneOf(r, []int64{1032, 1032, 1032, 520})
	return campaign{pace: r.between(2*millisecond, 3*millisecond), act: func(s *source) {
		host := oneOf(s.random, amplifiers)
		host[3] = byte(s.between(1, 254))
		s.ping(s.at, netip.AddrFrom4(host), victim, 0, 0, bytes)
	}}
}

// back sends requests of thousands of slashes, which an old web server works
// on for long.
func (n *network) back(r random) campaign {
	attacker, victim := popular(r, n.hostiles), oneOf(r, n.web)
	return campaign{pace: r.logUniform(100*millisecond, 4*second), act: func(s *source) {
		c := s.dial(s.at, TCP, attacker, victim, 80)
		c.SrcBytes, c.DstBytes = 54_540, 8314
		if s.chance(0.2) { // cut short
			c.SrcBytes = s.between(9000, 54_540)
			c.DstBytes = s.between(0, 8314)
		}
		c.Duration = s.logNormal(float64(400*millisecond), 1.2)
		s.end(c, mix[State]{{0.94, SF}, {0.05, RSTR}, {0.005, S2}, {0.005, S1}})
		if s.chance(0.95) {
			c.Content.Hot, c.Content.NumCompromised = 2, 1
		}
	}}
}

// teardrop sends fragments that overlap.
func (n *network) teardrop(r random) campaign {
	attacker, victim, port := popular(r, n.hostiles), oneOf(r, n.servers), uint16(r.between(200, 1023))
	return campaign{pace: r.between(20*millisecond, 400*millisecond), act: func(s *source) {
		c := s.dial(s.at, UDP, attacker, victim, port)
		c.SrcBytes, c.WrongFragment = 28, 3
		if s.chance(0.03) {
			c.WrongFragment = 1
		}
	}}
}

// pod, the ping of death, sends a packet longer than any may be. The first
// fragment is counted.
func (n *network) pod(r random) campaign {
	attacker, victim := popular(r, n.hostiles), oneOf(r, n.servers)
	return campaign{pace: r.between(300*millisecond, 3*second), act: func(s *source) {
		if s.chance(0.02) {
			s.ping(s.at, publicAddr(s.random), victim, 11, 0, 564)
			return
		}
		s.ping(s.at, attacker, victim, 0, 0, 1480).WrongFragment = 1
	}}
}

// land sends SYNs that seem to come from the victim itself.
func (n *network) land(r random) campaign {
	victim, port := oneOf(r, n.servers), oneOf(r, []uint16{79, 79, 23, 139, 80})
	return campaign{pace: r.logUniform(second, 5*minute), act: func(s *source) {
		c := s.dial(s.at, TCP, victim, victim, port)
		c.SrcPort = port
		s.end(c, mix[State]{{1, S0}})
	}}
}
