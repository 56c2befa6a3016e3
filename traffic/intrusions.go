package traffic

import "net/netip"

// guessPasswd tries one password after another.
func (n *network) guessPasswd(r random) campaign {
	attacker, try := popular(r, n.hostiles), choose(r, mix[func(*source, netip.Addr, *network)]{
		{0.5, guessTelnet}, {0.2, guessFTP}, {0.15, guessPOP3}, {0.15, guessSSH},
	})
	return campaign{pace: r.between(1500*millisecond, 9*second), act: func(s *source) { try(s, attacker, n) }}
}

func guessTelnet(s *source, attacker netip.Addr, n *network) {
	c := s.dial(s.at, TCP, attacker, n.shell, 23)
	c.SrcBytes, c.DstBytes = s.between(104, 128), 179
	if s.chance(0.2) {
		c.DstBytes = s.between(150, 420)
	}
	c.Duration = s.between(second, 4*second)
	if s.chance(0.06) {
		c.Duration = s.between(20*second, minute)
	}
	c.State = choose(s.random, mix[State]{{0.82, RSTO}, {0.09, RSTR}, {0.06, SF}, {0.03, S3}})
	c.Content = Content{Hot: 1, NumFailedLogins: 1}
	if s.chance(0.1) {
		c.Content = Content{Hot: uint16(s.between(0, 2)), NumFailedLogins: uint16(s.between(0, 5))}
	}
}

func guessFTP(s *source, attacker netip.Addr, n *network) {
	c := s.dial(s.at, TCP, attacker, n.ftp, 21)
	c.SrcBytes, c.DstBytes = s.between(28, 64), s.between(80, 160)
	c.Duration = s.between(second, 6*second)
	c.State = choose(s.random, mix[State]{{0.85, SF}, {0.15, RSTO}})
	c.Content.NumFailedLogins = uint16(s.between(1, 3))
}

func guessPOP3(s *source, attacker netip.Addr, n *network) {
	c := s.dial(s.at, TCP, attacker, n.mail, 110)
	c.SrcBytes, c.DstBytes = s.between(25, 44), s.between(90, 145)
	c.Duration = s.between(300*millisecond, 3*second)
	c.State = choose(s.random, mix[State]{{0.93, SF}, {0.07, RSTO}})
	c.Content.NumFailedLogins = 1
}

// guessSSH leaves no trace in the content, for that is encrypted.
func guessSSH(s *source, attacker netip.Addr, n *network) {
	c := s.dial(s.at, TCP, attacker, n.bastion, 22)
	c.SrcBytes, c.DstBytes = s.between(1100, 1900), s.between(1600, 2700)
	c.Duration = s.between(2*second, 5*second)
	c.State = choose(s.random, mix[State]{{0.8, SF}, {0.2, RSTR}})
}

// warezclient downloads illegal copies that somebody stored on the FTP server.
func (n *network) warezclient(r random) campaign {
	client := popular(r, n.visitors)
	return campaign{pace: r.between(20*second, 6*minute), act: func(s *source) {
		c := s.dial(s.at, TCP, client, n.ftp, 21)
		c.SrcBytes, c.DstBytes = s.between(300, 1300), s.between(900, 2460)
		c.Duration = s.logNormal(float64(4*minute), 1.3)
		c.Content = Content{Hot: uint16(s.between(1, 5)), LoggedIn: true, IsGuestLogin: true}
		if s.chance(0.7) {
			c.Content.Hot = uint16(s.between(18, 30))
		}
		at := s.at + s.wait(5*second)
		for range 1 + s.IntN(4) {
			bytes := s.between(300, 1300) // a directory
			if s.chance(0.4) {
				bytes = s.logNormal(2.5e6, 1)
			}
			d := s.transfer(at, n.ftp, client, bytes, false)
			at = d.Start + min(d.Duration, minute) + s.wait(10*second)
		}
	}}
}

// warezmaster stores illegal copies on the FTP server, as a guest who should
// not be able to.
func (n *network) warezmaster(r random) campaign {
	attacker := popular(r, n.hostiles)
	return campaign{pace: r.between(minute, 20*minute), act: func(s *source) {
		c := s.dial(s.at, TCP, attacker, n.ftp, 21)
		c.SrcBytes, c.DstBytes = s.between(400, 1000), s.between(850, 2900)
		c.Duration = s.between(30*second, 3*minute)
		c.Content = Content{Hot: uint16(s.between(3, 22)), LoggedIn: true, IsGuestLogin: true, NumFileCreations: uint16(s.between(1, 21))}
		at := s.at + s.wait(5*second)
		for range 1 + s.IntN(3) {
			d := s.transfer(at, n.ftp, attacker, s.logNormal(5.1e6, 0.25), true)
			at = d.Start + d.Duration
		}
	}}
}

// exfiltration sends files out little by little from a workstation that has
// been taken over. Each connection looks like an upload or a long question.
func (n *network) exfiltration(r random) campaign {
	insider, drop := oneOf(r, n.workstations), popular(r, n.hostiles)
	port := oneOf(r, []uint16{80, 80, 443, 443, 22, 53})
	return campaign{act: func(s *source) {
		if port == 53 {
			at := s.at
			for range 1 + s.IntN(6) {
				c := s.dial(at, UDP, insider, drop, port)
				c.SrcBytes, c.DstBytes = s.between(90, 230), s.between(50, 180)
				c.Duration = s.logNormal(float64(60*millisecond), 0.6)
				at += s.between(200*millisecond, 3*second)
			}
			return
		}
		c := s.dial(s.at, TCP, insider, drop, port)
		c.SrcBytes, c.DstBytes = s.logNormal(120_000, 1.4), s.logNormal(600, 0.8)
		c.Duration = s.between(second, 6*second) + c.SrcBytes*s.between(2, 30)
		s.end(c, transferEnds)
	}}
}

// A breakIn describes an attack of few connections that aims at one host: on
// which services it shows, how long it takes, how much it carries, and what
// it may leave in the content.
type breakIn struct {
	ports    mix[uint16]
	seconds  [2]int64
	sent     [2]int64
	received [2]int64
	ends     mix[State]
	most     Content // the most of each kind; false and 0 never occur
	shows    float64 // probability of each kind
}

func (n *network) breakIn(r random, b breakIn) campaign {
	attacker := popular(r, n.hostiles)
	if r.chance(0.3) {
		attacker = oneOf(r, n.workstations)
	}
	return campaign{act: func(s *source) { n.strike(s, attacker, &b) }}
}

// strike adds one connection of a break-in.
func (n *network) strike(s *source, attacker netip.Addr, b *breakIn) {
	port := choose(s.random, b.ports)
	if port == 20 {
		s.transfer(s.at, n.ftp, attacker, s.logNormal(2500, 1.2), s.chance(0.6))
		return
	}
	victim := n.shell
	switch port {
	case 21:
		victim = n.ftp
	case 80:
		victim = oneOf(s.random, n.web)
	case 143:
		victim = n.mail
	}
	c := s.dial(s.at, TCP, attacker, victim, port)
	c.SrcBytes, c.DstBytes = s.between(b.sent[0], b.sent[1]), s.between(b.received[0], b.received[1])
	c.Duration = s.between(b.seconds[0]*second, b.seconds[1]*second)
	s.end(c, b.ends)
	if !c.established() {
		return
	}
	c.Content.LoggedIn = b.most.LoggedIn && s.chance(0.9)
	s.leaveTraces(&c.Content, b)
}

func (s *source) leaveTraces(c *Content, b *breakIn) {
	some := func(most uint16) uint16 {
		if most == 0 || !s.chance(b.shows) {
			return 0
		}
		return uint16(s.between(1, int64(most)))
	}
	c.Hot = some(b.most.Hot)
	c.NumFailedLogins = some(b.most.NumFailedLogins)
	c.NumCompromised = some(b.most.NumCompromised)
	c.RootShell = b.most.RootShell && s.chance(b.shows)
	c.SuAttempted = some(b.most.SuAttempted)
	c.NumRoot = some(b.most.NumRoot)
	c.NumFileCreations = some(b.most.NumFileCreations)
	c.NumShells = some(b.most.NumShells)
	c.NumAccessFiles = some(b.most.NumAccessFiles)
	c.IsGuestLogin = b.most.IsGuestLogin && s.chance(b.shows)
}
