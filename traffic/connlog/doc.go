// Package connlog reads the logs in which other sensors write down connections: Zeek's
// conn.log, Suricata's EVE flow events, and the CSV of nfdump and of Argus' ra. Every
// row becomes a [traffic.Connection].
//
// A [Reader] reads a stream to its end. A [Parser] is given line by line what a file
// holds or a growing one gains; its [Parser.Header] is all that a new one must be shown
// to go on in the middle. What is no connection, or cannot be read, is counted in
// [Problems] and never stops either of them.
//
// # What the logs cannot tell
//
// None of them looks into the payload, so that of features 10 to 22 only logged_in is
// inferred; none counts kinds of fragment faults. The URG flag is known where the log
// has TCP flags. [traffic.Lack] says so in every connection.
//
// Zeek counts payload. The others count packets with their headers, and the payload is
// what remains after headers of a usual size:
//
//	Ethernet  14 (Suricata and Argus only; NetFlow counts from the IP header on)
//	IP        20, or 40 for IPv6
//	TCP       32: 20 and the time stamp option, and 8 more for a SYN
//	UDP       8
//	ICMP      0, for the KDD data count its header as payload
//
// It is never below 0. Retransmissions count, as they do not in Zeek.
//
// # States
//
// Zeek tells the state itself. From the flags of both sides, which Suricata and NetFlow
// have, [StateOfFlags] derives it. Argus tells the flags with ra -Zb. Its plain states do
// not say who closed or who reset, and only Dir says that a connection was not seen from
// its beginning, so that this is what to ask for:
//
//	ra -r FILE -c , -nn -u -Zb -s stime dur proto saddr sport dir daddr dport spkts dpkts sbytes dbytes sappbytes dappbytes state
//
// with an argus(8) that ran with -A to count SAppBytes, and for long connections
// racluster in place of ra, for Argus reports these in several rows.
//
// # NetFlow
//
// A row of NetFlow is one direction. Two rows of opposite directions whose times overlap,
// or are no more than five seconds apart, are one connection: of the one that started
// first, or alone has a SYN without ACK, or else has the higher port. A row goes alone
// when the log is a minute ahead of it, so that connections come that much late; each
// piece of a long flow that an exporter cut up is a connection. ICMP is never paired.
//
// What to ask nfdump 1.7.5 for is -o csv-fast. Its -o csv has no flags, so that all of
// TCP is OTH, and with -b adds up both directions. That of 1.7.1 has flags, but whole
// seconds, and with -b the flags of one side only: a client that never sent an ACK is
// taken for refused then, and one that closed for let go.
//
// # ICMP
//
// In the KDD data every ICMP packet is a record of its own, and all of these logs have
// one row for many packets. A row is therefore expanded into one connection for each
// packet of the originator and, from the responder to the originator, one for each
// packet of the responder. They are spread evenly from the start to the end of the
// row; a single answer lies at its end. Each has an equal share of the bytes, the first
// one also what does not divide. The answer to a query (echo, time stamp, address mask,
// the solicitations and queries of ICMPv6) has the type that answers it; packets the other
// way of any other type have the same type. Without counts of packets a row is one
// packet. [Options.KeepAggregates] leaves rows as they are.
package connlog
