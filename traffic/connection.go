package traffic

import (
	"net/netip"
	"time"
)

// A Connection is one conversation between two hosts, or one ICMP packet.
type Connection struct {
	Start    int64 // microseconds since the Unix epoch
	Duration int64 // microseconds from the first packet to the last

	// Src is the originator, Dst the responder. IPv4 addresses must be in
	// their 4-byte form, for an address and its IPv6-mapped form count as
	// two hosts.
	Src, Dst         netip.Addr
	SrcPort, DstPort uint16 // ICMP: type and code

	Protocol Protocol
	State    State

	SrcBytes, DstBytes     int64 // payload from originator to responder, and back; ICMP counts its 8-byte header
	SrcPackets, DstPackets int64 // 0 where the source does not count them

	WrongFragment uint8  // number of kinds of fragment fault: size, overlap, past the end
	Urgent        uint16 // packets with the URG flag

	Content Content
	Lacks   Lack   // what of the above the source cannot tell
	Label   string // name of the attack, "normal", or "" when unknown
	UID     string // that names it in the log it comes from; "" where there is none
}

// A Lack names features that a source of connections cannot tell. What is lacking is
// zero in the connection, and must not be taken for a measured zero.
type Lack uint8

// What may be lacking.
const (
	LacksContent  Lack = 1 << iota // features 10 to 22 but logged_in
	LacksLogin                     // logged_in is inferred from the flow (see InferLoggedIn)
	LacksFragment                  // wrong_fragment
	LacksUrgent                    // urgent
)

// Content holds what only the payload of clear-text protocols tells, features
// 10 to 22. All zero is right for most connections.
type Content struct {
	Hot              uint16 // accesses to system directories, programs run and the like
	NumFailedLogins  uint16
	LoggedIn         bool
	NumCompromised   uint16
	RootShell        bool
	SuAttempted      uint16 // 0, 1 or 2 in the KDD data
	NumRoot          uint16 // operations as root
	NumFileCreations uint16
	NumShells        uint16
	NumAccessFiles   uint16 // operations on access-control files
	NumOutboundCmds  uint16
	IsHotLogin       bool
	IsGuestLogin     bool
}

// Time returns the start as a time in UTC.
func (c *Connection) Time() time.Time { return time.UnixMicro(c.Start).UTC() }

// Seconds returns the duration feature: whole seconds, truncated. It is 0 for
// ICMP, unless the connection stands for several packets as Zeek's do, and for TCP
// connections whose end was never seen (S0, S1, SH, OTH), whatever the Duration field holds.
func (c *Connection) Seconds() int64 {
	switch {
	case c.Protocol == ICMP && c.SrcPackets+c.DstPackets <= 1:
		return 0
	case c.Protocol == TCP && (c.State == S0 || c.State == S1 || c.State == SH || c.State == OTH):
		return 0
	}
	return c.Duration / 1e6
}

// Land reports whether originator and responder are the same address and
// port.
func (c *Connection) Land() bool { return c.SrcPort == c.DstPort && c.Src == c.Dst }

// InferLoggedIn estimates the logged_in feature without looking at payload:
// a TCP connection to a service with a login that answered with data, or a
// completed FTP transfer. It agrees with the KDD'99 10 % file on 99.3 % of
// the TCP rows.
func (c *Connection) InferLoggedIn() bool {
	if c.Protocol != TCP {
		return false
	}
	switch c.servicePort() {
	case 20:
		return c.State == SF
	case 21, 23, 25, 80, 110:
		return c.DstBytes > 0
	}
	return false
}
