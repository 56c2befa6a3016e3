package traffic

// visitSite is somebody outside reading the company's web pages.
func (n *network) visitSite(s *source) {
	visitor, server, at := popular(s.random, n.visitors), oneOf(s.random, n.web), s.at
	port := s.webPort()
	for range 1 + s.IntN(2) {
		for range 1 + s.IntN(6) {
			s.fetch(at, visitor, server, port)
			at += s.wait(300 * millisecond)
		}
		at += s.wait(40 * second)
	}
}

func (n *network) receiveMail(s *source) {
	relay := popular(s.random, n.relays)
	s.submit(s.at, relay, n.mail)
	if s.chance(0.6) {
		s.lookUp(s.at+s.between(5*millisecond, 40*millisecond), n.mail, n.resolver)
	}
}

func (n *network) askNames(s *source) {
	relay, at := popular(s.random, n.relays), s.at
	for range 1 + s.IntN(3) {
		s.lookUp(at, relay, n.resolver)
		at += s.wait(2 * second)
	}
	if s.chance(0.02) { // an answer too long for one datagram
		n.exchange(s, relay, n.resolver, 53, 48, 480, 100*millisecond)
	}
}

func (n *network) guestFiles(s *source) {
	n.ftpSession(s, popular(s.random, n.visitors), n.ftp, true)
}

func (n *network) pingFromOutside(s *source) {
	visitor, server, at := popular(s.random, n.visitors), oneOf(s.random, n.web), s.at
	bytes := oneOf(s.random, []int64{8, 18, 30, 40, 64, 64, 64, 1032, 1480})
	for range 1 + s.IntN(4) {
		s.ping(at, visitor, server, 8, 0, bytes)
		s.ping(at+s.between(millisecond/2, 3*millisecond), server, visitor, 0, 0, bytes)
		at += second
	}
}

// stray is what reaches every address on the Internet: forgotten bookmarks,
// wrong ports, crawlers that give up.
func (n *network) stray(s *source) {
	visitor, at := popular(s.random, n.visitors), s.at
	server, port := oneOf(s.random, n.servers), oneOf(s.random, []uint16{21, 22, 23, 25, 80, 443, 8080, 8001, 3389, 445, 1433, 5900})
	for range 1 + s.IntN(4) {
		s.end(s.dial(at, TCP, visitor, server, port), mix[State]{{0.5, REJ}, {0.35, S0}, {0.07, RSTOS0}, {0.05, OTH}, {0.03, SH}})
		at += s.between(500*millisecond, 4*second)
	}
}
