package replay

import (
	"github.com/netanom/netanom/traffic"
	"github.com/netanom/netanom/traffic/packet"
)

// A side is one of the two of a conversation.
type side uint8

const (
	originator side = iota
	responder
)

// A turn is a packet without payload that opens or closes a connection.
type turn struct {
	from  side
	flags uint8
}

// A script is how connections of one state begin and end.
type script struct {
	opening, closing []turn
	last             int64 // the closing turn that ends the connection: trackers do not count what follows
	answered         bool  // the responder takes part
}

const finack, rstack = packet.FIN | packet.ACK, packet.RST | packet.ACK

var (
	handshake = []turn{{originator, packet.SYN}, {responder, packet.SYN | packet.ACK}, {originator, packet.ACK}}
	question  = []turn{{originator, packet.SYN}}
)

// The scripts of TCP connections by their state: see traffic.State.
var scripts = [...]script{
	traffic.SF:     {opening: handshake, closing: []turn{{originator, finack}, {responder, finack}, {originator, packet.ACK}}, last: 1, answered: true},
	traffic.S0:     {opening: question},
	traffic.S1:     {opening: handshake, answered: true},
	traffic.S2:     {opening: handshake, closing: []turn{{originator, finack}, {responder, packet.ACK}}, last: 1, answered: true},
	traffic.S3:     {opening: handshake, closing: []turn{{responder, finack}, {originator, packet.ACK}}, last: 1, answered: true},
	traffic.REJ:    {opening: question, closing: []turn{{responder, rstack}}},
	traffic.RSTO:   {opening: handshake, closing: []turn{{originator, rstack}}, answered: true},
	traffic.RSTR:   {opening: handshake, closing: []turn{{responder, rstack}}, answered: true},
	traffic.RSTOS0: {opening: question, closing: []turn{{originator, packet.RST}}},
	traffic.SH:     {opening: question, closing: []turn{{originator, packet.FIN}}},
	traffic.OTH:    {answered: true},
}

// freely is the script of UDP and ICMP, which neither open nor close.
var freely = script{answered: true}
