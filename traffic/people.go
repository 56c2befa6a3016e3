package traffic

import "net/netip"

// browse is a person reading web pages: names are looked up, then each page
// takes several connections at once.
func (n *network) browse(s *source) {
	user, at := oneOf(s.random, n.workstations), s.at
	for range 1 + s.IntN(3) {
		site, port := popular(s.random, n.sites), s.webPort()
		if s.chance(0.7) {
			s.lookUp(at, user, n.resolver)
			at += s.between(15*millisecond, 90*millisecond)
		}
		for range 1 + s.IntN(3) {
			page := at
			for range 1 + s.IntN(5) {
				s.fetch(page, user, site, port)
				page += s.wait(250 * millisecond)
			}
			at = page + s.wait(25*second)
		}
	}
}

func (n *network) sendMail(s *source) {
	user, at := oneOf(s.random, n.workstations), s.at
	for range 1 + s.IntN(2) {
		s.submit(at, user, n.mail)
		if s.chance(0.12) { // the server asks who is there
			c := s.dial(at+s.between(millisecond, 30*millisecond), TCP, n.mail, user, 113)
			c.SrcBytes, c.DstBytes = s.between(9, 14), s.between(34, 41)
			s.end(c, serviceEnds)
		}
		at += s.wait(90 * second)
	}
}

func (n *network) readMail(s *source) {
	c := s.dial(s.at, TCP, oneOf(s.random, n.workstations), n.mail, 110)
	c.SrcBytes, c.DstBytes = s.logNormal(60, 0.5), s.logNormal(1300, 1.6)
	c.Duration = s.logNormal(float64(900*millisecond), 1)
	if s.chance(0.4) {
		c.DstPort = 143
		c.SrcBytes = s.logNormal(420, 0.8)
		c.Duration = s.logNormal(float64(90*second), 1.4)
	}
	if c.DstPort == 110 && s.chance(0.015) { // mistyped
		c.DstBytes = s.between(90, 140)
		c.Content.NumFailedLogins = 1
	}
	s.end(c, serviceEnds)
	if !c.established() {
		c.Content = Content{}
	}
}

// useIntranet is work with the servers inside.
func (n *network) useIntranet(s *source) {
	user, at := oneOf(s.random, n.workstations), s.at
	switch u := s.Float64(); {
	case u < 0.65:
		for range 2 + s.IntN(6) {
			s.fetch(at, user, n.intranet, 80)
			at += s.wait(3 * second)
		}
	case u < 0.80:
		for range 1 + s.IntN(2) {
			n.exchange(s, user, n.directory, 389, 320, 2400, 2*second)
		}
	case u < 0.94:
		n.exchange(s, user, n.files, 139, 9000, 40_000, 4*minute)
	default:
		n.exchange(s, user, n.printer, 515, 60_000, 12, 8*second)
	}
}

// exchange adds a connection whose bytes and duration lie around the given
// ones.
func (n *network) exchange(s *source, client, server netip.Addr, port uint16, sent, received float64, lasts int64) {
	c := s.dial(s.at, TCP, client, server, port)
	c.SrcBytes, c.DstBytes = s.logNormal(sent, 1.2), s.logNormal(received, 1.2)
	c.Duration = min(s.logNormal(float64(lasts), 1.1), day)
	s.end(c, serviceEnds)
}

func (n *network) fetchFiles(s *source) {
	server := n.ftp
	if s.chance(0.35) {
		server = oneOf(s.random, n.partners)
	}
	n.ftpSession(s, oneOf(s.random, n.workstations), server, server != n.ftp && s.chance(0.4))
}

// logIn is remote work on a server, encrypted or in clear text. In the latter
// administrators leave traces that intruders leave too.
func (n *network) logIn(s *source) {
	user := oneOf(s.random, n.workstations)
	if s.chance(0.6) {
		n.exchange(s, user, oneOf(s.random, []netip.Addr{n.bastion, n.shell, n.files}), 22, 4500, 12_000, 6*minute)
		return
	}
	c := s.dial(s.at, TCP, user, n.shell, 23)
	c.SrcBytes, c.DstBytes = s.logNormal(420, 1.1), s.logNormal(9000, 1.9)
	c.Duration = s.logNormal(float64(100*second), 1.6)
	s.end(c, serviceEnds)
	if !c.established() {
		return
	}
	k := &c.Content
	if s.chance(0.03) { // a program interrupted
		c.Urgent = uint16(s.between(1, 3))
	}
	if s.chance(0.07) {
		k.NumFailedLogins = uint16(s.between(1, 3))
	}
	if s.chance(0.15) {
		k.Hot = uint16(s.between(1, 3))
	}
	if s.chance(0.2) {
		k.NumFileCreations, k.NumShells = uint16(s.between(0, 3)), uint16(s.between(0, 1))
	}
	if s.chance(0.25) { // an administrator
		k.RootShell = s.chance(0.5)
		k.SuAttempted = uint16(s.between(0, 2))
		k.NumRoot = uint16(s.between(1, 9))
		k.NumAccessFiles = uint16(s.between(0, 2))
		k.NumCompromised = uint16(s.between(0, 3))
	}
}

// smallTalk is the odd protocol that a few people use.
func (n *network) smallTalk(s *source) {
	user := oneOf(s.random, n.workstations)
	switch s.IntN(5) {
	case 0:
		n.exchange(s, user, popular(s.random, n.sites), 6667, 1500, 8000, 2*hour)
	case 1:
		n.exchange(s, user, n.shell, 79, 8, 150, 400*millisecond)
	case 2:
		n.exchange(s, user, n.shell, 6000+uint16(s.IntN(4)), 34_000, 20_000, 15*second)
	case 3:
		n.exchange(s, user, n.monitor, 37, 1, 4, 200*millisecond)
	default: // a game, or a call over the Internet
		c := s.dial(s.at, UDP, user, popular(s.random, n.sites), uint16(s.between(1024, 65535)))
		c.SrcBytes, c.DstBytes = s.logNormal(146, 0.7), s.logNormal(105, 0.7)
		c.Duration = min(s.logNormal(float64(20*minute), 1.5), day)
		if s.chance(0.05) {
			c.WrongFragment = 1
		}
	}
}

// mishap is a person whose connections fail: a site that is down is tried
// again, a service that is off refuses, a password is mistyped.
func (n *network) mishap(s *source) {
	user, at := oneOf(s.random, n.workstations), s.at
	switch u := s.Float64(); {
	case u < 0.4:
		site, port, pause := popular(s.random, n.sites), s.webPort(), second
		for range 3 + s.IntN(4) {
			s.end(s.dial(at, TCP, user, site, port), mix[State]{{1, S0}})
			at, pause = at+pause, 2*pause
		}
	case u < 0.8:
		port := oneOf(s.random, []uint16{80, 139, 3128, 515, 8080, 389})
		for range 2 + s.IntN(9) {
			s.end(s.dial(at, TCP, user, n.files, port), mix[State]{{1, REJ}})
			at += s.between(100*millisecond, 600*millisecond)
		}
	default:
		c := s.dial(at, TCP, user, n.shell, 23)
		c.SrcBytes, c.DstBytes = s.between(90, 140), s.between(160, 260)
		c.Duration = s.between(2*second, 40*second)
		s.end(c, mix[State]{{0.5, RSTO}, {0.5, SF}})
		c.Content = Content{NumFailedLogins: uint16(s.between(1, 3)), Hot: uint16(s.between(0, 1))}
	}
}
