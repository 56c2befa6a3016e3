package connlog

import "github.com/netanom/netanom/traffic"

// The flags of a TCP header (RFC 9293, section 3.1).
const (
	fin = 1 << iota
	syn
	rst
	psh
	ack
	urg
	ece
	cwr
)

// StateOfFlags returns the state of a TCP connection of which only the flags are known
// that client and server ever set, as sums of the bits of the TCP header; 0 means that
// the side sent nothing. What came first is lost: a connection that both sides reset is
// taken for one reset by the server.
func StateOfFlags(client, server uint8) traffic.State {
	switch {
	case client&syn == 0:
		return traffic.OTH
	case server == 0:
		return unanswered(client)
	case server&rst != 0 && server&syn == 0:
		return traffic.REJ
	case server&rst != 0:
		return traffic.RSTR
	case client&rst != 0:
		return traffic.RSTO
	}
	switch fins := [2]bool{client&fin != 0, server&fin != 0}; fins {
	case [2]bool{true, true}:
		return traffic.SF
	case [2]bool{true, false}:
		return traffic.S2
	case [2]bool{false, true}:
		return traffic.S3
	}
	return traffic.S1
}

func unanswered(client uint8) traffic.State {
	switch {
	case client&fin != 0:
		return traffic.SH
	case client&rst != 0:
		return traffic.RSTOS0
	}
	return traffic.S0
}

// parseFlags reads TCP flags: letters as in "...AP.SF", or a number, decimal or with 0x
// before it.
func parseFlags(b []byte) (flags uint8, ok bool) {
	if len(b) > 2 && b[0] == '0' && b[1]|0x20 == 'x' {
		n, ok := parseHex(b[2:])
		return uint8(n), ok && n <= 0xff
	}
	if len(b) > 0 && b[0] >= '0' && b[0] <= '9' {
		n, ok := parseDigits(b)
		return uint8(n), ok && n <= 0xff
	}
	for _, c := range b {
		bit, known := flagLetters[c]
		if !known {
			return 0, false
		}
		flags |= bit
	}
	return flags, len(b) > 0
}

var flagLetters = map[byte]uint8{
	'.': 0, ' ': 0, 'F': fin, 'S': syn, 'R': rst, 'P': psh, 'A': ack, 'U': urg, 'E': ece, 'C': cwr,
}
