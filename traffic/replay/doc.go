// Package replay makes packets of connections, so that a capture can be made from
// nothing: for tests, for showing what the program does, and for runs that go on for long.
//
// A [Writer] writes them into a pcap file; an [Endless] goes on making traffic up. Who
// reads the packets by a flow.Tracker finds the connections again, with their times,
// endpoints, states, bytes, fragment faults and urgent packets. The packets of each are the
// fewest that tell its story: handshake, segments, and what ended it, as its State says
// (RFC 9293); datagrams; or one ICMP message. The first packet is at the start, the last at
// the end, and what lies between is spread evenly. Where the silence would be longer than
// trackers wait, packets without payload break it.
//
// Only headers are captured, up to 82 bytes of a frame; the frame says how long it would
// have been. A segment or datagram carries up to 60,000 bytes, as captures do that were
// made before a network card divided what it sends. Checksums are those of a payload of zeros;
// in parts of a packet, that of the transport is of the first part alone.
//
// What no packets can show is left out: bytes of a responder that never answered (S0,
// REJ, RSTOS0, SH), what is urgent about UDP, and answers of a port to itself. Connections may be lost to those who read the
// packets, for good reasons: one between the same ports as another that is still open belongs
// to that; a UDP flow or TCP connection without a SYN, from a port that looks like a
// server's to one that does not, is turned round; and after five seconds nobody waits for
// the answer to a SYN any more.
package replay
