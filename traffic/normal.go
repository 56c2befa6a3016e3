package traffic

import "net/netip"

// Numbers of the random streams that a seed is divided into.
const (
	streamNetwork   = 0
	streamNormal    = 1    // and the following, one for each kind of normal traffic
	streamRhythm    = 101  // likewise
	streamCampaigns = 1000 // and the following, maxCampaigns for each attack
)

// A behaviour adds one session that begins now, at s.at.
type behaviour func(n *network, s *source)

// normalTraffic is made by three kinds of source: people at work, visitors
// from outside, and machines among themselves.
var normalTraffic = [...]struct {
	share    float64 // of the normal connections
	busy     load
	sessions mix[behaviour]
}{
	{0.56, officeLoad, mix[behaviour]{
		{0.40, (*network).browse},
		{0.20, (*network).sendMail},
		{0.11, (*network).readMail},
		{0.12, (*network).useIntranet},
		{0.04, (*network).fetchFiles},
		{0.04, (*network).logIn},
		{0.04, (*network).smallTalk},
		{0.05, (*network).mishap},
	}},
	{0.26, publicLoad, mix[behaviour]{
		{0.50, (*network).visitSite},
		{0.20, (*network).receiveMail},
		{0.17, (*network).askNames},
		{0.03, (*network).guestFiles},
		{0.05, (*network).pingFromOutside},
		{0.05, (*network).stray},
	}},
	{0.18, steadyLoad, mix[behaviour]{
		{0.30, (*network).setClock},
		{0.26, (*network).pollDevices},
		{0.20, (*network).resolveNames},
		{0.09, (*network).relayMail},
		{0.05, (*network).checkHosts},
		{0.03, (*network).backUp},
		{0.05, (*network).reportUnreachable},
		{0.02, (*network).brokenJob},
	}},
}

// addNormal adds the sources of normal traffic, total connections together.
func (sim *simulation) addNormal(net *network, seed uint64, total int) {
	weights := make([]float64, len(normalTraffic))
	for i := range normalTraffic {
		weights[i] = normalTraffic[i].share
	}
	for i, quota := range apportion(total, weights) {
		if quota == 0 {
			continue
		}
		kind := &normalTraffic[i]
		times := newRhythm(newRandom(seed, streamRhythm+uint64(i)), sim.start, sim.end-sim.start, kind.busy)
		s := &source{random: newRandom(seed, streamNormal+uint64(i)), sim: sim, label: Normal, quota: quota, left: quota}
		s.act = func(s *source) { choose(s.random, kind.sessions)(net, s) }
		// A session starts when those before it have used up its share of the
		// quota. So the quota is met exactly and lasts to the end.
		s.next = func(s *source) int64 { return times.time((float64(s.quota-s.left) + 0.5) / float64(s.quota)) }
		sim.sources.push(s.next(s), s)
	}
}

// How ordinary connections end. Some fail, as they do everywhere.
var (
	webEnds = mix[State]{
		{0.925, SF}, {0.020, RSTO}, {0.018, RSTR}, {0.012, REJ}, {0.008, S0},
		{0.006, S1}, {0.004, S2}, {0.003, S3}, {0.002, RSTOS0}, {0.001, SH}, {0.001, OTH},
	}
	serviceEnds = mix[State]{
		{0.968, SF}, {0.008, RSTO}, {0.007, S0}, {0.005, RSTR}, {0.005, REJ}, {0.003, S1}, {0.002, S2}, {0.002, S3},
	}
	transferEnds = mix[State]{{0.985, SF}, {0.008, RSTO}, {0.004, S1}, {0.003, RSTR}}
)

// fetch adds one exchange with a web server.
func (s *source) fetch(at int64, client, server netip.Addr, port uint16) *Connection {
	c := s.dial(at, TCP, client, server, port)
	c.SrcBytes = s.logNormal(270, 0.45)
	c.DstBytes = s.logNormal(1900, 1.5)
	c.Duration = s.logNormal(float64(300*millisecond), 1.5)
	switch u := s.Float64(); {
	case u < 0.03: // a form, or an upload
		c.SrcBytes = s.logNormal(12_000, 1.6)
		c.Duration += c.SrcBytes * 4
	case u < 0.07: // a download
		c.DstBytes = s.pareto(30_000, 1.1, 200e6)
		c.Duration += c.DstBytes
	}
	s.end(c, webEnds)
	return c
}

// webPort returns the port of a web server, encrypted or not.
func (s *source) webPort() uint16 {
	if s.chance(0.24) {
		return 443
	}
	return 80
}

// lookUp adds the question for a name and its answer.
func (s *source) lookUp(at int64, client, server netip.Addr) {
	c := s.dial(at, UDP, client, server, 53)
	c.SrcBytes, c.DstBytes = s.between(29, 52), s.logNormal(105, 0.5)
	c.Duration = s.logNormal(float64(12*millisecond), 1)
	if s.chance(0.02) {
		c.DstBytes = 0 // lost
	}
}

// submit adds the transfer of one mail message.
func (s *source) submit(at int64, client, server netip.Addr) {
	c := s.dial(at, TCP, client, server, 25)
	c.SrcBytes, c.DstBytes = s.logNormal(1250, 0.7), s.between(300, 440)
	c.Duration = s.logNormal(float64(1300*millisecond), 0.8)
	if s.chance(0.08) { // with an attachment
		c.SrcBytes = s.pareto(20_000, 1.2, 20e6)
		c.Duration += c.SrcBytes * 2
	}
	s.end(c, serviceEnds)
}

// transfer adds an FTP data connection, which the server opens. Bytes go from
// the server to the client, or back if the client uploads.
func (s *source) transfer(at int64, server, client netip.Addr, bytes int64, upload bool) *Connection {
	c := s.dial(at, TCP, server, client, uint16(s.between(1024, 65535)))
	c.SrcPort = 20
	c.SrcBytes = bytes
	if upload {
		c.SrcBytes, c.DstBytes = 0, bytes
	}
	c.Duration = s.logNormal(float64(40*millisecond), 1) + bytes
	s.end(c, transferEnds)
	return c
}

// ftpSession adds a control connection and, if it got through, the transfers
// of some files.
func (n *network) ftpSession(s *source, client, server netip.Addr, guest bool) {
	c := s.dial(s.at, TCP, client, server, 21)
	c.Duration = s.logNormal(float64(25*second), 0.7)
	c.SrcBytes, c.DstBytes = s.logNormal(330, 0.6), s.logNormal(1100, 0.6)
	s.end(c, serviceEnds)
	if !c.established() {
		return
	}
	c.Content.IsGuestLogin = guest
	if guest || s.chance(0.3) {
		c.Content.Hot = uint16(s.between(0, 6))
	}
	if s.chance(0.04) {
		c.Content.NumFailedLogins = uint16(s.between(1, 2))
	}
	if s.chance(0.05) {
		c.Content.NumFileCreations = 1
	}
	at := s.at + s.wait(4*second)
	for range 1 + s.IntN(5) {
		upload := !guest && s.chance(0.15)
		d := s.transfer(at, server, client, min(s.logNormal(1500, 2.2), 500e6), upload)
		at = d.Start + min(d.Duration, minute) + s.wait(6*second)
	}
}
