package dashboard

import "net/netip"

// The blocks of addresses that are at no place of the internet, after the IANA IPv4 and
// IPv6 Special-Purpose Address Registries (RFC 6890, RFC 8190) and the multicast
// registries. Blocks that are routed worldwide are left to the database. A block comes
// before those that hold it.
var (
	special4 = blocks([]block{
		{"255.255.255.255/32", PlaceSpecial, "broadcast"},      // RFC 919, RFC 8190
		{"10.0.0.0/8", PlacePrivate, privateNetwork},           // RFC 1918
		{"172.16.0.0/12", PlacePrivate, privateNetwork},        // RFC 1918
		{"192.168.0.0/16", PlacePrivate, privateNetwork},       // RFC 1918
		{"100.64.0.0/10", PlacePrivate, "carrier-grade NAT"},   // RFC 6598
		{"127.0.0.0/8", PlaceSpecial, loopback},                // RFC 1122
		{"169.254.0.0/16", PlaceSpecial, linkLocal},            // RFC 3927
		{"224.0.0.0/4", PlaceSpecial, multicast},               // RFC 5771
		{"0.0.0.0/8", PlaceSpecial, unspecified},               // RFC 791, RFC 1122
		{"192.0.0.0/24", PlaceSpecial, "protocol assignments"}, // RFC 6890
		{"192.0.2.0/24", PlaceSpecial, documentation},          // RFC 5737
		{"198.51.100.0/24", PlaceSpecial, documentation},       // RFC 5737
		{"203.0.113.0/24", PlaceSpecial, documentation},        // RFC 5737
		{"198.18.0.0/15", PlaceSpecial, benchmarks},            // RFC 2544
		{"192.88.99.0/24", PlaceSpecial, "6to4 relay"},         // RFC 7526, no longer in use
		{"240.0.0.0/4", PlaceSpecial, "reserved"},              // RFC 1112
	})
	special6 = blocks([]block{
		{"fe80::/10", PlaceSpecial, linkLocal},              // RFC 4291
		{"fc00::/7", PlacePrivate, privateNetwork},          // RFC 4193
		{"ff00::/8", PlaceSpecial, multicast},               // RFC 4291
		{"::1/128", PlaceSpecial, loopback},                 // RFC 4291
		{"::/128", PlaceSpecial, unspecified},               // RFC 4291
		{"fec0::/10", PlacePrivate, privateNetwork},         // RFC 3879, no longer in use
		{"64:ff9b:1::/48", PlacePrivate, "translation"},     // RFC 8215, between IPv4 and IPv6 within a network
		{"100::/64", PlaceSpecial, "discard"},               // RFC 6666
		{"100:0:0:1::/64", PlaceSpecial, "dummy"},           // RFC 9780
		{"2001::/32", PlaceSpecial, "Teredo tunnel"},        // RFC 4380
		{"2001:2::/48", PlaceSpecial, benchmarks},           // RFC 5180
		{"2001::/23", PlaceSpecial, "protocol assignments"}, // RFC 2928
		{"2001:db8::/32", PlaceSpecial, documentation},      // RFC 3849
		{"3fff::/20", PlaceSpecial, documentation},          // RFC 9637
		{"5f00::/16", PlaceSpecial, "segment routing"},      // RFC 9602
	})
)

// Names of blocks that are in several places of the tables.
const (
	privateNetwork = "private network"
	loopback       = "loopback"
	linkLocal      = "link-local"
	multicast      = "multicast"
	unspecified    = "unspecified"
	documentation  = "documentation"
	benchmarks     = "benchmarks"
)

// A block is a line of the tables above.
type block struct {
	network string
	kind    PlaceKind
	name    string
}

type specialBlock struct {
	prefix netip.Prefix
	place  Place
}

func blocks(lines []block) []specialBlock {
	out := make([]specialBlock, len(lines))
	for i, l := range lines {
		out[i] = specialBlock{netip.MustParsePrefix(l.network), Place{l.kind, l.name}}
	}
	return out
}

// specialPlace returns the block of an address that is at no place of the internet.
func specialPlace(a netip.Addr) (Place, bool) {
	table := special6
	if a.Is4() {
		table = special4
	}
	for i := range table {
		if table[i].prefix.Contains(a) {
			return table[i].place, true
		}
	}
	return Place{}, false
}
