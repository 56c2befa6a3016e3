package dashboard

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/oschwald/maxminddb-golang/v2"
)

// A PlaceKind says what sort of place an address is at.
type PlaceKind uint8

// The kinds of places.
const (
	PlaceUnknown PlaceKind = iota // no address, or nothing is known of it
	PlaceCountry                  // a country, or a territory with a code of its own
	PlaceSite                     // one of the user's own networks
	PlacePrivate                  // a network that is not routed on the internet
	PlaceSpecial                  // a group, the host itself, a block for examples, and so on
)

// A Place is where an address is. The zero value is the unknown place.
type Place struct {
	Kind PlaceKind
	Name string // the ISO 3166 code in capitals (and XK, Kosovo), the site's name, or what the block is for
}

// sitePrefix tells sites from all other levels, whatever their names are.
const sitePrefix = "site: "

// unknownPlace is the level of what has no place.
const unknownPlace = "unknown"

// String returns the place as a level of a column: "DE", "site: Hamburg",
// "private network", "multicast", "unknown".
func (p Place) String() string {
	switch p.Kind {
	case PlaceUnknown:
		return unknownPlace
	case PlaceSite:
		return sitePrefix + p.Name
	}
	return p.Name
}

// A Site is one of the user's own places on the map: degrees north and degrees east.
type Site struct {
	Name string  `json:"name"`
	Lat  float64 `json:"lat"`
	Lon  float64 `json:"lon"`
}

// Places says which columns of the page are places.
type Places struct {
	Source      int    `json:"source"`          // a column, -1 if there is none
	Destination int    `json:"destination"`     // a column, -1 if there is none
	From        string `json:"from"`            // by what addresses were placed, for the reader
	Sites       []Site `json:"sites,omitempty"` // those that are in the columns and have coordinates
}

// A Gazetteer tells where addresses are. It asks no network. The zero value knows private
// and special networks only. Its methods may be called at the same time, but for Close.
type Gazetteer struct {
	path  string
	db    *maxminddb.Reader // nil if there is none
	sites siteList
}

// OpenGazetteer reads a MaxMind database that says countries (GeoLite2-Country.mmdb,
// GeoLite2-City.mmdb, and what other vendors make of these types) and a list of own
// networks, CSV with a network, the name of its site, and perhaps latitude and longitude
// in degrees. Either path may be "". Errors name the file, and the line of a list.
func OpenGazetteer(mmdb, sites string) (*Gazetteer, error) {
	g := &Gazetteer{path: mmdb}
	if mmdb != "" {
		db, err := openDatabase(mmdb)
		if err != nil {
			return nil, err
		}
		g.db = db
	}
	if sites != "" {
		list, err := openSites(sites)
		if err != nil {
			return nil, errors.Join(err, g.Close())
		}
		g.sites = list
	}
	return g, nil
}

// Close lets go of the database. Countries are not known afterwards.
func (g *Gazetteer) Close() error {
	if g.db == nil {
		return nil
	}
	db := g.db
	g.db = nil
	return db.Close()
}

// Place returns where an address is. An own site comes before all else, then private and
// special networks, then the database. The address may have a zone ("fe80::1%eth0") or a
// port ("192.0.2.1:80", "[2001:db8::1]:80"). Text that is no address is at an unknown
// place, and so is an address whose record cannot be read.
func (g *Gazetteer) Place(address string) Place {
	p, err := g.place(address)
	if err != nil {
		return Place{}
	}
	return p
}

// place is Place that says if the database is damaged.
func (g *Gazetteer) place(address string) (Place, error) {
	a, ok := parseAddress(address)
	if !ok {
		return Place{}, nil
	}
	inner := embedded(a)
	for _, x := range []netip.Addr{a, inner} {
		if name, ok := g.sites.find(x); ok {
			return Place{PlaceSite, name}, nil
		}
	}
	if p, ok := specialPlace(inner); ok {
		return p, nil
	}
	if g.db == nil {
		return Place{}, nil
	}
	code, err := countryOf(g.db, inner)
	switch {
	case err != nil:
		return Place{}, fmt.Errorf("%s is damaged, or its records are of a form that netanom does not know: for the address %s it says: %w", g.path, a, err)
	case code == "":
		return Place{}, nil
	}
	return Place{PlaceCountry, code}, nil
}

// longestAddress is more than an address with its zone and its port has.
const longestAddress = 128

// parseAddress reads an address in text form, without zone and port. An IPv4 address
// mapped into IPv6 is the IPv4 address.
func parseAddress(text string) (netip.Addr, bool) {
	text = strings.TrimSpace(text)
	if len(text) > longestAddress {
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(text)
	if err != nil {
		with, err := netip.ParseAddrPort(text)
		if err != nil {
			return netip.Addr{}, false
		}
		a = with.Addr()
	}
	return a.WithZone("").Unmap(), true
}

// The prefixes of IPv6 that hold an address of IPv4 which is routed for them.
var v4Parts = []struct {
	prefix netip.Prefix
	at     int // the byte where the address of IPv4 begins
}{
	{netip.MustParsePrefix("64:ff9b::/96"), 12}, // translated, RFC 6052
	{netip.MustParsePrefix("2002::/16"), 2},     // 6to4, RFC 3056
}

// embedded returns the address of IPv4 that a translated or tunnelled one stands for, and
// any other address as it is.
func embedded(a netip.Addr) netip.Addr {
	for _, p := range v4Parts {
		if p.prefix.Contains(a) {
			b := a.As16()
			return netip.AddrFrom4([4]byte(b[p.at : p.at+4]))
		}
	}
	return a
}

// Source describes the gazetteer in a line: the type and the date of the database, and how
// many own networks there are.
func (g *Gazetteer) Source() string {
	out := "no database of countries"
	if g.db != nil {
		out = describeDatabase(g.db)
	}
	switch n := len(g.sites.networks); n {
	case 0:
	case 1:
		out += ", 1 own network"
	default:
		out += fmt.Sprintf(", %d own networks", n)
	}
	return out
}
