package flow

import "github.com/netanom/netanom/traffic"

// Stats count what a Tracker saw and did.
type Stats struct {
	Packets        int64           // given to it
	BadChecksums   int64           // of these: with a wrong checksum
	OtherTransport map[uint8]int64 // of these: neither TCP, UDP nor ICMP, left out, by protocol number; nil if none
	Backwards      int64           // of these: earlier than one before
	Restarts       int64           // how often time fell back by more than an hour, which ended all that was open

	TCP, UDP, ICMP int64            // connections that began
	Open           int              // of these: not ended, ICMP left aside
	States         [numStates]int64 // TCP connections that ended, by State

	Expired         Expired
	Reused          int64 // ended by a new one between the same ports
	EvictedHalfOpen int64 // ended for MaxFlows, half-open
	EvictedIdle     int64 // ended for MaxFlows, others

	Fragments        int64 // packets that are parts of one
	FragmentFaults   int64 // kinds of fault, each once for a packet that was in parts
	Unfinished       int64 // packets in parts of which some did not come in time
	FragmentsEvicted int64 // of these: because there were too many at once
}

// Expired counts connections that ended by a time-out, by Timeouts.
type Expired struct {
	HalfOpen, Reset, Closed, HalfClosed, TCP, UDP int64
}

func (e *Expired) count(c class) {
	switch c {
	case halfOpen:
		e.HalfOpen++
	case resetting:
		e.Reset++
	case closing:
		e.Closed++
	case halfClosed:
		e.HalfClosed++
	case idleTCP:
		e.TCP++
	case idleUDP:
		e.UDP++
	}
}

// A Summary is what Zeek would log of a connection that ended.
type Summary struct {
	Connection             *traffic.Connection // must not be changed
	State                  State               // OTH for ICMP
	History                []byte              // letters of Zeek's history, the first 23, without C, G and W; empty for ICMP
	SrcIPBytes, DstIPBytes int64               // with IP headers; parts of packets but the first are left out
	Depth                  uint8               // of tunnels around its first packet
}

// Stats returns what was counted so far.
func (t *Tracker) Stats() Stats {
	s := t.stats
	s.Open = t.table.open
	for protocol, n := range t.others {
		if n == 0 {
			continue
		}
		if s.OtherTransport == nil {
			s.OtherTransport = map[uint8]int64{}
		}
		s.OtherTransport[uint8(protocol)] = n
	}
	return s
}
