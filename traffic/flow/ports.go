package flow

import "github.com/netanom/netanom/traffic"

// ports is a set of ports.
type ports [1 << 16 / 64]uint64

func (s *ports) add(port uint16)      { s[port/64] |= 1 << (port % 64) }
func (s *ports) has(port uint16) bool { return s[port/64]&(1<<(port%64)) != 0 }

// Ports that are likely to be a server's: those for which Zeek registers an analyzer
// (likely_server_ports), and those below 1024 that have a name in KDD but for 20, from
// which FTP servers connect.
var (
	tcpServers = serverPorts(traffic.TCP, 21, 22, 25, 53, 80, 81, 88, 110, 111, 139, 143, 389, 443, 445, 502, 563, 585, 587,
		614, 631, 636, 989, 990, 992, 993, 995, 1080, 1433, 1434, 1883, 2811, 3128, 3268, 3306, 3389, 5060, 5222, 5223, 5269,
		5432, 6379, 6666, 6667, 6668, 6669, 8000, 8080, 8883, 8888)
	udpServers = serverPorts(traffic.UDP, 53, 67, 68, 69, 88, 111, 123, 137, 161, 162, 389, 443, 500, 514, 1434, 1812, 2123, 2152,
		3389, 3544, 4011, 4500, 4789, 5060, 5072, 5353, 5355, 6081)
)

func serverPorts(protocol traffic.Protocol, more ...uint16) *ports {
	s := &ports{}
	for port := uint16(0); port < 1024; port++ {
		if name := traffic.ServiceName(protocol, port); name != "private" && port != 20 {
			s.add(port)
		}
	}
	for _, port := range more {
		s.add(port)
	}
	return s
}
