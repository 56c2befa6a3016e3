package traffic

import (
	"net/netip"
	"time"
)

func (n *network) setClock(s *source) {
	client := oneOf(s.random, n.servers)
	if s.chance(0.5) {
		client = oneOf(s.random, n.workstations)
	}
	c := s.dial(s.at, UDP, client, oneOf(s.random, n.clocks), 123)
	c.SrcPort, c.SrcBytes, c.DstBytes = 123, 48, 48
	c.Duration = s.logNormal(float64(20*millisecond), 0.6)
}

// pollDevices is the management station reading counters by SNMP.
func (n *network) pollDevices(s *source) {
	at, port := s.at, uint16(s.between(1024, 65535))
	for range 1 + s.IntN(4) {
		c := s.dial(at, UDP, n.monitor, oneOf(s.random, n.servers), 161)
		c.SrcPort = port
		c.SrcBytes, c.DstBytes = 105, s.between(145, 147)
		c.Duration = s.between(millisecond, 40*millisecond)
		at += s.between(20*millisecond, 900*millisecond)
	}
}

// resolveNames is the resolver asking the name servers of others.
func (n *network) resolveNames(s *source) {
	at := s.at
	for range 1 + s.IntN(4) {
		s.lookUp(at, n.resolver, popular(s.random, n.relays))
		at += s.between(5*millisecond, 120*millisecond)
	}
}

func (n *network) relayMail(s *source) {
	relay := popular(s.random, n.relays)
	s.lookUp(s.at, n.mail, n.resolver)
	s.submit(s.at+s.between(20*millisecond, 200*millisecond), n.mail, relay)
}

// checkHosts is the management station pinging one host after another, which
// looks like a sweep.
func (n *network) checkHosts(s *source) {
	at, first := s.at, s.IntN(len(n.workstations))
	for i := range 4 + s.IntN(16) {
		host := n.workstations[(first+i)%len(n.workstations)]
		s.ping(at, n.monitor, host, 8, 0, 30)
		if s.chance(0.9) {
			s.ping(at+s.between(millisecond/2, 4*millisecond), host, n.monitor, 0, 0, 30)
		}
		at += s.between(30*millisecond, 300*millisecond)
	}
}

// backUp is a large copy, at night to the store and by day to a partner.
func (n *network) backUp(s *source) {
	server := oneOf(s.random, n.servers)
	bytes := s.pareto(400_000, 0.9, 4e9)
	if h := time.UnixMicro(s.at).UTC().Hour(); h < 5 {
		s.transfer(s.at, server, n.files, bytes, s.chance(0.5))
		return
	}
	c := s.dial(s.at, TCP, server, oneOf(s.random, n.partners), oneOf(s.random, []uint16{22, 80, 443}))
	c.SrcBytes, c.DstBytes = bytes, s.logNormal(900, 0.8)
	c.Duration = s.between(second, 4*second) + bytes/2
	s.end(c, transferEnds)
}

// reportUnreachable are the routers' and hosts' complaints.
func (n *network) reportUnreachable(s *source) {
	host, to := oneOf(s.random, n.servers), popular(s.random, n.visitors)
	switch u := s.Float64(); {
	case u < 0.85:
		s.ping(s.at, host, to, 3, 3, s.between(37, 183))
	case u < 0.95:
		s.ping(s.at, host, to, 3, 1, 36)
	default:
		s.ping(s.at, publicAddr(s.random), host, 11, 0, 564)
	}
}

// brokenJob is a job whose service is gone: it is refused again and again.
func (n *network) brokenJob(s *source) {
	at, port := s.at, oneOf(s.random, []uint16{80, 389, 1521, 111, 5432})
	client, server := oneOf(s.random, n.servers), oneOf(s.random, []netip.Addr{n.directory, n.intranet, n.files})
	for range 5 + s.IntN(30) {
		s.end(s.dial(at, TCP, client, server, port), mix[State]{{0.9, REJ}, {0.1, S0}})
		at += s.between(30*millisecond, 200*millisecond)
	}
}
