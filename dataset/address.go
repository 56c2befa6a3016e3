package dataset

import "net/netip"

// IsAddress reports whether the cell is an IPv4 address in dotted form or an
// IPv6 address, with or without a zone. Ports, prefixes, octets with leading
// zeros and white space around the address are refused. IPv4 does not allocate.
func IsAddress(b []byte) bool {
	if isIPv4(b) {
		return true
	}
	if !hasColonEarly(b) {
		return false
	}
	_, err := netip.ParseAddr(string(b))
	return err == nil
}

// isIPv4 reports whether b is four decimal octets with points between them.
func isIPv4(b []byte) bool {
	if len(b) < len("0.0.0.0") || len(b) > len("255.255.255.255") {
		return false
	}
	octets, digits, value := 1, 0, 0
	for _, c := range b {
		switch {
		case c-'0' <= 9:
			if digits > 0 && value == 0 {
				return false
			}
			value = value*10 + int(c-'0')
			digits++
			if value > 255 {
				return false
			}
		case c == '.' && digits > 0 && octets < 4:
			octets++
			digits, value = 0, 0
		default:
			return false
		}
	}
	return octets == 4 && digits > 0
}

// hasColonEarly reports whether b may be an IPv6 address: after at most four
// hexadecimal digits comes a colon. It keeps text away from the slow road.
func hasColonEarly(b []byte) bool {
	for i, c := range b[:min(len(b), 5)] {
		switch {
		case c == ':':
			return true
		case i == 4, c-'0' > 9 && c|0x20-'a' > 5:
			return false
		}
	}
	return false
}

// An AddressScope says how far an address reaches.
type AddressScope uint8

// The scopes. Only a Public address can be placed on a map.
const (
	NoScope     AddressScope = iota // not an address
	Public                          // routed on the internet
	Private                         // RFC 1918, RFC 4193, and the shared space of RFC 6598
	LinkLocal                       // one link only: 169.254/16, fe80::/10
	Loopback                        // the host itself: 127/8, ::1
	Multicast                       // a group: 224/4, ff00::/8
	Broadcast                       // 255.255.255.255
	Unspecified                     // 0/8 and ::, a host that has no address yet
	Reserved                        // documentation, benchmarks and future use (RFC 6890)
)

var scopeNames = [...]string{"none", "public", "private", "link-local", "loopback", "multicast", "broadcast", "unspecified", "reserved"}

// String returns the scope's name.
func (s AddressScope) String() string { return scopeNames[min(int(s), len(scopeNames)-1)] }

// ScopeOf returns the scope of an address in text form, or NoScope if it is
// none. An IPv4 address mapped into IPv6 has the scope of the IPv4 address.
func ScopeOf(address string) AddressScope {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return NoScope
	}
	a = a.Unmap()
	switch {
	case a.IsLoopback():
		return Loopback
	case a.IsMulticast():
		return Multicast
	case a.IsLinkLocalUnicast():
		return LinkLocal
	case a.IsPrivate():
		return Private
	case a.IsUnspecified():
		return Unspecified
	case a.Is4():
		return scopeOf4(a.As4())
	}
	return scopeOf6(a.As16())
}

// scopeOf4 tells the special blocks of IPv4 that netip does not know.
func scopeOf4(a [4]byte) AddressScope {
	switch {
	case a == [4]byte{255, 255, 255, 255}:
		return Broadcast
	case a[0] == 0:
		return Unspecified
	case a[0] == 100 && a[1]&0xC0 == 64:
		return Private
	case a[0] >= 240,
		a[0] == 192 && a[1] == 0 && (a[2] == 0 || a[2] == 2),
		a[0] == 198 && a[1]&0xFE == 18,
		a[0] == 198 && a[1] == 51 && a[2] == 100,
		a[0] == 203 && a[1] == 0 && a[2] == 113:
		return Reserved
	}
	return Public
}

// scopeOf6 tells the special blocks of IPv6 that netip does not know:
// documentation (2001:db8::/32, 3fff::/20), discard (100::/64), and what lies
// outside the global unicast space.
func scopeOf6(a [16]byte) AddressScope {
	switch {
	case a[0]&0xE0 != 0x20 && !(a[0] == 0 && a[1] == 0x64 && a[2] == 0xFF && a[3] == 0x9B),
		a[0] == 0x20 && a[1] == 0x01 && a[2] == 0x0D && a[3] == 0xB8,
		a[0] == 0x3F && a[1] == 0xFF && a[2] < 0x10:
		return Reserved
	}
	return Public
}
