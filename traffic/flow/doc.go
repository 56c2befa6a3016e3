// Package flow puts packets together into connections, as Bro did for the KDD data and
// its successor Zeek does today.
//
// A [Tracker] keeps what is open in a table of bounded size. A TCP connection is one, so
// is what two ports say to each other over UDP, and so is every ICMP packet. What begins
// and ends is told to a [Sink], which a traffic.Stream is. Time-outs go by the clock of
// the packets.
//
// How a TCP connection went follows the states that Zeek keeps of both endpoints, and its bytes are
// counted by sequence numbers: what is repeated counts once, and what was not captured
// counts if it was acknowledged. A connection is as long as from its first packet to the
// last before both sides had closed.
//
// The originator is who sent the first SYN, or did not send the SYN-ACK. Where neither
// was seen, it is who sent the first packet, unless that came from a port that is likely
// to be a server's and went to one that is not.
//
// What differs from Zeek on purpose: reset connections are kept longer (see
// DefaultOptions); a SYN-ACK always is the responder's, whatever the ports; flows to port
// 53 end like others after a minute, and not after ten seconds; a packet in parts belongs
// to its connection from the first part on, and counts even if the others never come; packets
// with a wrong checksum leave no trace when they are dropped.
package flow
