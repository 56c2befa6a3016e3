package flow

import (
	"fmt"

	"github.com/netanom/netanom/traffic"
)

// A State is how a connection went, by Zeek's names (conn_state of conn.log). KDD has
// only eleven of them, and none for UDP and ICMP.
type State uint8

// The states, those of KDD first.
const (
	SF     State = iota // established and closed by both; UDP: packets both ways
	S0                  // SYN, no answer; UDP: none from the responder
	S1                  // established, not closed
	S2                  // established, closed by the originator
	S3                  // established, closed by the responder
	REJ                 // SYN answered by RST
	RSTO                // established, reset by the originator
	RSTR                // reset by the responder
	RSTOS0              // SYN and RST of the originator, no answer
	SH                  // SYN and FIN of the originator, no answer
	OTH                 // no SYN seen; ICMP
	RSTRH               // SYN-ACK and RST of the responder, no SYN seen
	SHR                 // SYN-ACK and FIN of the responder, no SYN seen; UDP: packets from the responder only
	numStates
)

var stateNames = [numStates]string{"SF", "S0", "S1", "S2", "S3", "REJ", "RSTO", "RSTR", "RSTOS0", "SH", "OTH", "RSTRH", "SHR"}

// String returns the name.
func (s State) String() string {
	if s < numStates {
		return stateNames[s]
	}
	return fmt.Sprintf("state(%d)", uint8(s))
}

// kdd holds what KDD calls a TCP connection of each state.
var kdd = func() (out [numStates]traffic.State) {
	for s, name := range stateNames {
		out[s] = traffic.ZeekState(name)
	}
	return out
}()

// Provisional returns the state by which a connection counts that is still open: S0
// as long as there was no answer, SF while nothing is wrong with it, and how it was reset or
// refused once it was. It is meant for traffic.StreamOptions.
func Provisional(p *traffic.Pending) traffic.State {
	switch p.State {
	case traffic.S1, traffic.S2, traffic.S3:
		return traffic.SF
	}
	return p.State
}

// state returns how the connection stands. The order of the questions is that
// of conn_state in Zeek's base/protocols/conn/main.zeek.
func (f *flow) state() State {
	orig, resp := &f.ends[originator], &f.ends[responder]
	if f.key.protocol() != tcp {
		return udpState(orig.packets > 0, resp.packets > 0)
	}
	switch {
	case resp.state == reset:
		switch {
		case orig.state == synSent, orig.state == synAckSent,
			orig.state == reset && f.size(originator) == 0 && f.size(responder) == 0:
			return REJ
		case orig.unopened():
			return RSTRH
		}
		return RSTR
	case orig.state == reset:
		switch {
		case !resp.unopened():
			return RSTO
		case f.history.givenUp():
			return RSTOS0
		}
		return OTH
	}
	return openState(orig, resp)
}

// openState is that of a TCP connection which nobody reset.
func openState(orig, resp *endpoint) State {
	switch {
	case orig.state == closed && resp.state == closed:
		return SF
	case orig.state == closed && resp.unopened():
		return SH
	case orig.state == closed:
		return S2
	case resp.state == closed && orig.unopened():
		return SHR
	case resp.state == closed:
		return S3
	case orig.state == synSent && resp.state == inactive:
		return S0
	case orig.state == established && resp.state == established:
		return S1
	}
	return OTH
}

func udpState(there, back bool) State {
	switch {
	case there && back:
		return SF
	case there:
		return S0
	case back:
		return SHR
	}
	return OTH
}
