package traffic

// The attacks of few connections. Ports, durations, bytes and traces follow
// the rows of the KDD'99 10 % file.

var breakInEnds = mix[State]{{0.94, SF}, {0.04, RSTO}, {0.02, S3}}

// bufferOverflow makes a program with root's rights run the intruder's code.
func (n *network) bufferOverflow(r random) campaign {
	return n.breakIn(r, breakIn{
		ports:   mix[uint16]{{0.7, 23}, {0.26, 20}, {0.04, 21}},
		seconds: [2]int64{20, 321}, sent: [2]int64{600, 6274}, received: [2]int64{698, 17_000},
		ends:  breakInEnds,
		most:  Content{LoggedIn: true, Hot: 5, NumCompromised: 6, RootShell: true, NumRoot: 4, NumFileCreations: 4},
		shows: 0.55,
	})
}

// rootkit hides an intruder who has become root.
func (n *network) rootkit(r random) campaign {
	return n.breakIn(r, breakIn{
		ports:   mix[uint16]{{0.6, 23}, {0.2, 1337}, {0.1, 20}, {0.1, 21}},
		seconds: [2]int64{0, 700}, sent: [2]int64{50, 1727}, received: [2]int64{200, 24_000},
		ends:  breakInEnds,
		most:  Content{LoggedIn: true, Hot: 1, NumFailedLogins: 1, NumCompromised: 6, RootShell: true, NumRoot: 14, NumFileCreations: 1},
		shows: 0.3,
	})
}

// loadmodule abuses a program that loads drivers.
func (n *network) loadmodule(r random) campaign {
	return n.breakIn(r, breakIn{
		ports:   mix[uint16]{{0.6, 23}, {0.3, 20}, {0.1, 21}},
		seconds: [2]int64{20, 110}, sent: [2]int64{140, 310}, received: [2]int64{640, 8900},
		ends:  breakInEnds,
		most:  Content{LoggedIn: true, Hot: 4, NumCompromised: 4, RootShell: true, NumRoot: 3, NumFileCreations: 4, NumShells: 2, NumAccessFiles: 1},
		shows: 0.4,
	})
}

// perl becomes root by a fault of the suid interpreter.
func (n *network) perl(r random) campaign {
	return n.breakIn(r, breakIn{
		ports:   mix[uint16]{{1, 23}},
		seconds: [2]int64{20, 60}, sent: [2]int64{250, 280}, received: [2]int64{2300, 2700},
		ends:  breakInEnds,
		most:  Content{LoggedIn: true, RootShell: true, NumRoot: 2, NumFileCreations: 2, NumShells: 1},
		shows: 0.8,
	})
}

// imap overflows a mail server by a long user name.
func (n *network) imap(r random) campaign {
	return n.breakIn(r, breakIn{
		ports:   mix[uint16]{{1, 143}},
		seconds: [2]int64{0, 41}, sent: [2]int64{100, 1500}, received: [2]int64{0, 4000},
		ends:  mix[State]{{0.55, SF}, {0.3, SH}, {0.08, S0}, {0.07, S1}},
		most:  Content{Hot: 2, NumCompromised: 16, NumRoot: 16},
		shows: 0.15,
	})
}

// ftpWrite plants a file in a directory that guests can write to.
func (n *network) ftpWrite(r random) campaign {
	return n.breakIn(r, breakIn{
		ports:   mix[uint16]{{0.4, 21}, {0.4, 20}, {0.2, 513}},
		seconds: [2]int64{1, 134}, sent: [2]int64{100, 680}, received: [2]int64{400, 39_000},
		ends:  breakInEnds,
		most:  Content{LoggedIn: true, Hot: 2, NumCompromised: 1, NumRoot: 1, NumFileCreations: 1, NumAccessFiles: 1, IsGuestLogin: true},
		shows: 0.4,
	})
}

// multihop goes on to a third host from one broken into before.
func (n *network) multihop(r random) campaign {
	return n.breakIn(r, breakIn{
		ports:   mix[uint16]{{0.4, 23}, {0.3, 21}, {0.3, 20}},
		seconds: [2]int64{60, 718}, sent: [2]int64{100, 1412}, received: [2]int64{300, 900_000},
		ends:  breakInEnds,
		most:  Content{LoggedIn: true, Hot: 15, NumCompromised: 38, RootShell: true, NumRoot: 54, NumFileCreations: 4, NumShells: 2, NumAccessFiles: 2, IsGuestLogin: true},
		shows: 0.35,
	})
}

// phf makes a script of old web servers hand out the password file.
func (n *network) phf(r random) campaign {
	return n.breakIn(r, breakIn{
		ports:   mix[uint16]{{1, 80}},
		seconds: [2]int64{0, 12}, sent: [2]int64{45, 70}, received: [2]int64{7900, 8300},
		ends:  breakInEnds,
		most:  Content{LoggedIn: true, Hot: 2, RootShell: true, NumAccessFiles: 1},
		shows: 0.9,
	})
}

// spy looks around for days with a stolen account.
func (n *network) spy(r random) campaign {
	return n.breakIn(r, breakIn{
		ports:   mix[uint16]{{1, 23}},
		seconds: [2]int64{290, 340}, sent: [2]int64{110, 240}, received: [2]int64{800, 1600},
		ends:  breakInEnds,
		most:  Content{LoggedIn: true, SuAttempted: 1, NumFileCreations: 1, NumShells: 1, NumAccessFiles: 1},
		shows: 0.5,
	})
}
