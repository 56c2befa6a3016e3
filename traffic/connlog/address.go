package connlog

import (
	"bytes"
	"net/netip"
)

// parseAddr reads an IP address as netip.ParseAddr does, without making a string of it.
// A zone is dropped, and an IPv4 address in its IPv6-mapped form becomes one of 4 bytes.
func parseAddr(b []byte) (netip.Addr, bool) {
	if bytes.IndexByte(b[:min(len(b), 5)], ':') < 0 {
		ip, ok := parseIPv4(b)
		return netip.AddrFrom4(ip), ok
	}
	if zone := bytes.IndexByte(b, '%'); zone >= 0 {
		b = b[:zone]
	}
	ip, ok := parseIPv6(b)
	return netip.AddrFrom16(ip).Unmap(), ok
}

func parseIPv4(b []byte) (ip [4]byte, ok bool) {
	part, from, value := 0, 0, 0 // value is that of the digits from there on
	for i, c := range b {
		if d := c - '0'; d <= 9 {
			value = value*10 + int(d)
			continue
		}
		if c != '.' || part == 3 || !isOctet(b[from:i], value) {
			return ip, false
		}
		ip[part] = byte(value)
		part, from, value = part+1, i+1, 0
	}
	ip[part] = byte(value)
	return ip, part == 3 && isOctet(b[from:], value)
}

// isOctet reports whether digits of that value are a byte, without needless zeros.
func isOctet(digits []byte, value int) bool {
	n := len(digits)
	return n == 1 || n > 1 && n <= 3 && digits[0] != '0' && value <= 255
}

func parseIPv6(b []byte) (ip [16]byte, ok bool) {
	n, gap := 0, -1 // bytes so far, and where "::" stands among them
	if bytes.HasPrefix(b, []byte("::")) {
		gap, b = 0, b[2:]
	}
	for len(b) > 0 && n < 16 {
		group, rest, ok := cutGroup(b)
		if !ok {
			return ip, false
		}
		if len(rest) > 0 && rest[0] == '.' {
			v4, ok := parseIPv4(b)
			if !ok || n > 12 {
				return ip, false
			}
			n += copy(ip[n:], v4[:])
			b = nil
			break
		}
		ip[n], ip[n+1] = byte(group>>8), byte(group)
		n, b = n+2, rest
		switch {
		case len(b) == 0:
		case b[0] != ':' || len(b) == 1:
			return ip, false
		case b[1] != ':':
			b = b[1:]
		case gap >= 0:
			return ip, false
		default:
			gap, b = n, b[2:]
		}
	}
	if len(b) > 0 || (gap < 0) != (n == 16) {
		return ip, false
	}
	if gap >= 0 {
		tail := copy(ip[16-(n-gap):], ip[gap:n])
		clear(ip[gap : 16-tail])
	}
	return ip, true
}

// cutGroup cuts 1 to 4 hexadecimal digits off the front.
func cutGroup(b []byte) (group uint16, rest []byte, ok bool) {
	i := 0
	for i < len(b) {
		d := hexDigit(b[i])
		if d > 15 {
			break
		}
		if i == 4 {
			return 0, b, false
		}
		group = group<<4 | uint16(d)
		i++
	}
	return group, b[i:], i > 0
}
