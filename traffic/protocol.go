package traffic

import "fmt"

// A Protocol is the transport of a connection. The KDD data know three.
type Protocol uint8

// The protocols.
const (
	TCP Protocol = iota
	UDP
	ICMP // of IPv4 or IPv6; every packet is a connection of its own
)

// String returns the value of the protocol_type column.
func (p Protocol) String() string {
	switch p {
	case TCP:
		return "tcp"
	case UDP:
		return "udp"
	case ICMP:
		return "icmp"
	}
	return fmt.Sprintf("protocol(%d)", uint8(p))
}

// ParseProtocol returns the protocol that String names.
func ParseProtocol(name string) (Protocol, error) {
	for p := TCP; p <= ICMP; p++ {
		if p.String() == name {
			return p, nil
		}
	}
	return 0, fmt.Errorf("%q is not a protocol; choose one of tcp, udp, icmp", name)
}

// A State says how a TCP connection began and ended. UDP and ICMP connections
// are always SF. The names are those of Bro, which made the KDD records; the
// column is called flag there.
type State uint8

// The eleven states. Originator means the side that sent the first SYN.
const (
	SF     State = iota // established, closed by both sides
	S0                  // SYN seen, no answer
	S1                  // established, never closed
	S2                  // established, closed by the originator only
	S3                  // established, closed by the responder only
	REJ                 // refused: SYN answered by RST
	RSTO                // established, reset by the originator
	RSTR                // established, reset by the responder
	RSTOS0              // SYN, then RST by the originator, no answer
	SH                  // SYN, then FIN by the originator, no answer
	OTH                 // no SYN seen
)

var stateNames = [...]string{"SF", "S0", "S1", "S2", "S3", "REJ", "RSTO", "RSTR", "RSTOS0", "SH", "OTH"}

// String returns the value of the flag column.
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return fmt.Sprintf("state(%d)", uint8(s))
}

// ParseState returns the state that String names.
func ParseState(name string) (State, error) {
	for s, n := range stateNames {
		if n == name {
			return State(s), nil
		}
	}
	return OTH, fmt.Errorf("%q is not a connection state", name)
}

// ZeekState maps the conn_state of a Zeek conn.log to the state that KDD
// would show. The two that KDD lacks become their nearest: RSTRH is RSTR, SHR
// is OTH. A missing or unknown conn_state is OTH.
func ZeekState(connState string) State {
	if connState == "RSTRH" {
		return RSTR
	}
	s, err := ParseState(connState)
	if err != nil {
		return OTH
	}
	return s
}

// serror reports whether the state counts in the serror rates: a SYN that led
// to no orderly end and no reset.
func (s State) serror() bool {
	switch s {
	case S0, S1, S2, S3, SH:
		return true
	}
	return false
}

// rerror reports whether the state counts in the rerror rates: reset or
// refused.
func (s State) rerror() bool {
	switch s {
	case REJ, RSTO, RSTR, RSTOS0:
		return true
	}
	return false
}
