package traffic

// Name returns the value of the service column under the map. Which connections have
// the same service in the windows does not depend on the map.
//
// ModernServices gives the KDD name also to the ports of the same service over TLS or
// QUIC, and to its alternates, as registered with IANA:
//
//	http    tcp 443, 8443, 8008, 8080; udp 443, which is HTTP/3 (RFC 9114)
//	smtp    tcp 465, 587 (RFC 8314)
//	imap4   tcp 993      pop_3   tcp 995 (RFC 8314)
//	domain  tcp 853 (RFC 7858); domain_u udp 853 (RFC 9250)
//	ftp     tcp 990      telnet  tcp 992
//	ldap    tcp 636      nntp    tcp 563 (RFC 8143)
//	IRC     tcp 6697 (RFC 7194)
//
// The ports 8000 and 8888, which many use for HTTP though they are registered for
// other things, stay other; ssh is no telnet, though it replaced it. A name only says
// what a port is for. What runs on it may be anything.
func (m ServiceMap) Name(c *Connection) string {
	if m == ModernServices {
		if name := modernServiceName(c.Protocol, c.servicePort()); name != "" {
			return name
		}
	}
	return c.Service()
}

// Named reports whether the map has a name for the port, or the kind of ICMP message,
// of the connection, rather than private, other or oth_i for what has none.
func (m ServiceMap) Named(c *Connection) bool {
	switch m.Name(c) {
	case "private", "other", icmpServiceNames[otherICMP]:
		return false
	}
	return true
}

// ServiceNamed reports whether KDDServices has a name for the service of the connection:
// see [ServiceMap.Named].
func ServiceNamed(c *Connection) bool { return KDDServices.Named(c) }

// InferLoggedIn estimates the logged_in feature as [Connection.InferLoggedIn] does,
// for the services by their names in the map: under ModernServices, an answer over
// TLS or QUIC counts as one in the clear.
func (m ServiceMap) InferLoggedIn(c *Connection) bool {
	if m != ModernServices {
		return c.InferLoggedIn()
	}
	switch m.Name(c) {
	case "ftp_data":
		return c.State == SF
	case "ftp", "telnet", "smtp", "http", "pop_3":
		return c.DstBytes > 0
	}
	return false
}

// Service returns the value of the service column under KDDServices.
func (c *Connection) Service() string {
	if c.Protocol == ICMP {
		return icmpServiceNames[c.icmpService()]
	}
	return ServiceName(c.Protocol, c.servicePort())
}

// servicePort returns the port that decides the service. Data connections of
// active FTP come from port 20 to a port of the client's choice and count as
// port 20.
func (c *Connection) servicePort() uint16 {
	if c.SrcPort == 20 && c.DstPort >= 1024 && c.Protocol == TCP {
		return 20
	}
	return c.DstPort
}

// serviceKey returns a number that two connections share if and only if they
// have the same service in the sense of the window features: same protocol
// and port, or for ICMP the same service name. Connections to two unnamed
// ports differ even if both are called private.
func (c *Connection) serviceKey() uint32 {
	if c.Protocol == ICMP {
		return uint32(ICMP)<<16 | uint32(c.icmpService())
	}
	return uint32(c.Protocol)<<16 | uint32(c.servicePort())
}

// ServiceName returns the KDD name of a TCP or UDP port. A port without a
// name is private below 1024 and other from there on. The table was read off
// the port walks in the KDD'99 data. For ICMP use [Connection.Service].
func ServiceName(p Protocol, port uint16) string {
	name := ""
	switch p {
	case TCP:
		name = tcpServiceName(port)
	case UDP:
		name = udpServiceName(port)
	}
	switch {
	case name != "":
		return name
	case port < 1024:
		return "private"
	}
	return "other"
}

func udpServiceName(port uint16) string {
	switch port {
	case 53:
		return "domain_u"
	case 69:
		return "tftp_u"
	case 123:
		return "ntp_u"
	}
	return ""
}

func tcpServiceName(port uint16) string {
	if port < uint16(len(tcpLowNames)) {
		return tcpLowNames[port]
	}
	switch {
	case port == 2784:
		return "http_2784"
	case port == 5190:
		return "aol"
	case port >= 6000 && port <= 6063:
		return "X11"
	case port == 6667:
		return "IRC"
	case port == 8001:
		return "http_8001"
	}
	return ""
}

// modernServiceName returns the name that only ModernServices has for a port, "" for
// all others.
func modernServiceName(p Protocol, port uint16) string {
	switch {
	case p == TCP:
		return modernTCPName(port)
	case p == UDP && port == 443:
		return "http"
	case p == UDP && port == 853:
		return "domain_u"
	}
	return ""
}

func modernTCPName(port uint16) string {
	switch port {
	case 443, 8008, 8080, 8443:
		return "http"
	case 465, 587:
		return "smtp"
	case 563:
		return "nntp"
	case 636:
		return "ldap"
	case 853:
		return "domain"
	case 990:
		return "ftp"
	case 992:
		return "telnet"
	case 993:
		return "imap4"
	case 995:
		return "pop_3"
	case 6697:
		return "IRC"
	}
	return ""
}

// tcpLowNames names the TCP ports below 545.
var tcpLowNames = [...]string{
	7: "echo", 9: "discard", 11: "systat", 13: "daytime", 15: "netstat",
	20: "ftp_data", 21: "ftp", 22: "ssh", 23: "telnet", 25: "smtp",
	37: "time", 42: "name", 43: "whois", 53: "domain", 57: "mtp",
	70: "gopher", 71: "remote_job", 77: "rje", 79: "finger", 80: "http",
	84: "ctf", 87: "link", 95: "supdup",
	101: "hostnames", 102: "iso_tsap", 105: "csnet_ns", 109: "pop_2", 110: "pop_3",
	111: "sunrpc", 113: "auth", 117: "uucp_path", 119: "nntp",
	137: "netbios_ns", 138: "netbios_dgm", 139: "netbios_ssn",
	143: "imap4", 150: "sql_net", 175: "vmnet", 179: "bgp",
	210: "Z39_50", 389: "ldap", 433: "nnsp", 443: "http_443",
	512: "exec", 513: "login", 514: "shell", 515: "printer",
	520: "efs", 530: "courier", 540: "uucp", 543: "klogin", 544: "kshell",
}

// An icmpService is the class of ICMP message that counts as a service.
type icmpService uint8

const (
	echoReply icmpService = iota
	echoRequest
	portUnreachable
	hostUnreachable
	redirect
	timeExceeded
	otherICMP
)

var icmpServiceNames = [...]string{
	echoReply: "ecr_i", echoRequest: "eco_i", portUnreachable: "urp_i",
	hostUnreachable: "urh_i", redirect: "red_i", timeExceeded: "tim_i",
	otherICMP: "oth_i", // does not occur in the KDD data
}

func (c *Connection) icmpService() icmpService {
	if c.Src.Is6() && !c.Src.Is4In6() {
		return icmp6Service(c.SrcPort, c.DstPort)
	}
	return icmp4Service(c.SrcPort, c.DstPort)
}

func icmp4Service(typ, code uint16) icmpService {
	switch {
	case typ == 0:
		return echoReply
	case typ == 8:
		return echoRequest
	case typ == 3 && code == 3:
		return portUnreachable
	case typ == 3 && code == 1:
		return hostUnreachable
	case typ == 5:
		return redirect
	case typ == 11:
		return timeExceeded
	}
	return otherICMP
}

// icmp6Service maps the numbers of RFC 4443 and RFC 4861.
func icmp6Service(typ, code uint16) icmpService {
	switch {
	case typ == 129:
		return echoReply
	case typ == 128:
		return echoRequest
	case typ == 1 && code == 4:
		return portUnreachable
	case typ == 1 && code == 3:
		return hostUnreachable
	case typ == 137:
		return redirect
	case typ == 3:
		return timeExceeded
	}
	return otherICMP
}
