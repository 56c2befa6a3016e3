package traffic

// Service returns the value of the service column.
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
