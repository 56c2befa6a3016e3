package connlog

import "github.com/netanom/netanom/traffic"

// Sizes of headers that are taken off where a log counts whole packets: see the
// package's description.
const (
	ethernetHeader = 14
	tcpHeader      = 32 // with the time stamp option of RFC 7323, which most systems send
	tcpSynOptions  = 8  // what a SYN has beyond: segment size, window scale, SACK permitted
	udpHeader      = 8
)

// payload returns what remains of bytes without headers, 0 at least. link is the size
// of the header below IP.
func payload(c *traffic.Connection, bytes, packets, link int64, flags uint8) int64 {
	header := link + 20
	if c.Src.Is6() {
		header = link + 40
	}
	switch c.Protocol {
	case traffic.TCP:
		header += tcpHeader
		if flags&syn != 0 {
			bytes -= tcpSynOptions
		}
	case traffic.UDP:
		header += udpHeader
	}
	return max(bytes-header*packets, 0)
}
