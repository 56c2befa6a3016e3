package dashboard

import (
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
)

// gazetteer makes one of a list of sites alone.
func gazetteer(t *testing.T, sites string) *Gazetteer {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sites.csv")
	if err := os.WriteFile(path, []byte(sites), 0o600); err != nil {
		t.Fatal(err)
	}
	g, err := OpenGazetteer("", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	return g
}

// TestPlacesOfSpecialAddresses: blocks and names after the IANA special-purpose registries,
// with the first and last addresses that the RFCs give, and their neighbours.
func TestPlacesOfSpecialAddresses(t *testing.T) {
	g, err := OpenGazetteer("", "")
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]Place{
		"10.0.0.0":                              {PlacePrivate, "private network"},
		"10.255.255.255":                        {PlacePrivate, "private network"},
		"11.0.0.0":                              {},
		"172.15.255.255":                        {},
		"172.16.0.0":                            {PlacePrivate, "private network"},
		"172.31.255.255":                        {PlacePrivate, "private network"},
		"172.32.0.0":                            {},
		"192.168.255.255":                       {PlacePrivate, "private network"},
		"100.63.255.255":                        {},
		"100.64.0.0":                            {PlacePrivate, "carrier-grade NAT"},
		"100.127.255.255":                       {PlacePrivate, "carrier-grade NAT"},
		"127.0.0.1":                             {PlaceSpecial, "loopback"},
		"::1":                                   {PlaceSpecial, "loopback"},
		"169.254.169.254":                       {PlaceSpecial, "link-local"},
		"fe80::1%eth0":                          {PlaceSpecial, "link-local"},
		"[fe80::1%eth0]:443":                    {PlaceSpecial, "link-local"},
		"fd12:3456:789a::1":                     {PlacePrivate, "private network"},
		"239.255.255.250":                       {PlaceSpecial, "multicast"},
		"ff02::fb":                              {PlaceSpecial, "multicast"},
		"255.255.255.255":                       {PlaceSpecial, "broadcast"},
		"255.255.255.254":                       {PlaceSpecial, "reserved"},
		"0.0.0.0":                               {PlaceSpecial, "unspecified"},
		"::":                                    {PlaceSpecial, "unspecified"},
		"192.0.2.1:80":                          {PlaceSpecial, "documentation"},
		"198.51.100.255":                        {PlaceSpecial, "documentation"},
		"203.0.113.9":                           {PlaceSpecial, "documentation"},
		"2001:db8:ffff::1":                      {PlaceSpecial, "documentation"},
		"3fff:0fff::1":                          {PlaceSpecial, "documentation"},
		"3fff:1000::":                           {},
		"198.18.0.1":                            {PlaceSpecial, "benchmarks"},
		"198.19.255.255":                        {PlaceSpecial, "benchmarks"},
		"2001:2::1":                             {PlaceSpecial, "benchmarks"},
		"192.0.0.170":                           {PlaceSpecial, "protocol assignments"},
		"2001::1":                               {PlaceSpecial, "Teredo tunnel"},
		"100::1":                                {PlaceSpecial, "discard"},
		"::ffff:192.168.1.1":                    {PlacePrivate, "private network"},
		"[::ffff:10.0.0.1]:8080":                {PlacePrivate, "private network"},
		"64:ff9b::a00:1":                        {PlacePrivate, "private network"}, // 10.0.0.1 translated
		"2002:7f00:1::1":                        {PlaceSpecial, "loopback"},        // 127.0.0.1 by 6to4
		"64:ff9b:1::1":                          {PlacePrivate, "translation"},
		" 10.1.2.3 ":                            {PlacePrivate, "private network"},
		"8.8.8.8":                               {},
		"":                                      {},
		"-":                                     {},
		"10.0.0":                                {},
		"10.0.0.01":                             {},
		"10.0.0.0/8":                            {},
		"10.0.0.1:99999":                        {},
		"[::1":                                  {},
		"example.org":                           {},
		"fe80::1%" + strings.Repeat("z", 1<<16): {},
	} {
		if got := g.Place(address); got != want {
			t.Errorf("Place(%.40q) = %v, want %v", address, got, want)
		}
	}
	if got := g.Source(); got != "no database of countries" {
		t.Errorf("Source() = %q", got)
	}
}

// TestBlocksAreInOrder: the first block of the table that holds an address is the smallest.
func TestBlocksAreInOrder(t *testing.T) {
	for _, table := range [][]specialBlock{special4, special6} {
		for i, a := range table {
			if a.prefix != a.prefix.Masked() {
				t.Errorf("%s is no network", a.prefix)
			}
			for _, b := range table[i+1:] {
				if a.prefix.Bits() <= b.prefix.Bits() && a.prefix.Contains(b.prefix.Addr()) {
					t.Errorf("%s hides %s", a.prefix, b.prefix)
				}
			}
		}
	}
}

// TestBlocksAgreeWithScopes holds the tables to the scopes by which package dataset tells
// internal traffic.
func TestBlocksAgreeWithScopes(t *testing.T) {
	// Blocks that packets may carry, but that say nothing of where a host is.
	routed := []string{"192.88.99.0/24", "2001::/32", "2001:2::/48", "2001::/23", "64:ff9b:1::/48"}
	for _, table := range [][]specialBlock{special4, special6} {
		for _, b := range table {
			scope := dataset.ScopeOf(b.prefix.Addr().String())
			if (scope == dataset.Public) != slices.Contains(routed, b.prefix.String()) {
				t.Errorf("%s is %s to package dataset", b.prefix, scope)
			}
			if scope == dataset.Private && b.place.Kind != PlacePrivate {
				t.Errorf("%s is private to package dataset, and %v here", b.prefix, b.place)
			}
		}
	}
	for first := range 256 { // all of IPv4, a step of a third octet at a time
		for second := range 256 {
			for _, third := range []byte{0, 2, 99, 100, 113, 255} {
				a := netip.AddrFrom4([4]byte{byte(first), byte(second), third, 255})
				p, ok := specialPlace(a)
				if scope := dataset.ScopeOf(a.String()); ok != (scope != dataset.Public) && p.Name != "6to4 relay" {
					t.Errorf("%s is %s to package dataset, and here %v", a, scope, p)
				}
			}
		}
	}
}

func TestSites(t *testing.T) {
	g := gazetteer(t, "\ufeffNetwork,Site,Latitude,Longitude\r\n"+
		"# head office\r\n"+
		"10.0.0.0/8,Everywhere\r\n"+
		"10.20.0.0/16, Hamburg ,53.55,9.99\r\n"+
		"10.20.30.40,Printer,,\r\n"+
		"\r\n"+
		"8.8.8.0/24,\"Lab, cellar\"\r\n"+
		"::ffff:172.16.0.0/108,Hamburg\r\n"+
		"2001:db8::/32,Quito,-0.18,-78.47\r\n"+
		"fe80::/10,Wire\r\n")
	for address, want := range map[string]string{
		"10.1.2.3":            "site: Everywhere",
		"10.20.30.41":         "site: Hamburg",
		"10.20.30.40:631":     "site: Printer",
		"::ffff:10.20.30.40":  "site: Printer",
		"64:ff9b::8.8.8.8":    "site: Lab, cellar",
		"172.31.0.1":          "site: Hamburg",
		"192.168.0.1":         "private network",
		"2001:db8::1":         "site: Quito",
		"fe80::1%eth0":        "site: Wire",
		"2001:db9::1":         "unknown",
		"8.8.9.8":             "unknown",
		"10.20.30.40.50":      "unknown",
		"::10.20.30.40":       "unknown", // the compatible form, out of use, is no address of IPv4
		"2002:a14:1e28::1234": "site: Printer",
	} {
		if got := g.Place(address).String(); got != want {
			t.Errorf("%s is at %q, want %q", address, got, want)
		}
	}
	if got := g.Source(); got != "no database of countries, 7 own networks" {
		t.Errorf("Source() = %q", got)
	}
	if s := g.sites.sites; len(s) != 6 || s[1].Site != (Site{"Hamburg", 53.55, 9.99}) || !s[1].located || s[2].located {
		t.Errorf("sites = %v", s)
	}
}

// TestSitesDamaged: the error names the file, the line, and what to do.
func TestSitesDamaged(t *testing.T) {
	for text, want := range map[string]string{
		"10.0.0.0/8\n":                             "line 1: a line is network,site or network,site,latitude,longitude with commas between, and this one has 1 of these",
		"10.0.0.0/8;Hamburg\n":                     "line 1: a line is network,site",
		"10.0.0.0/8,a\n\n11.0.0.0/33,b\n":          `line 3: "11.0.0.0/33" is not a network; write it as 192.168.10.0/24 or 2001:db8::/32`,
		"10.0.0.0/8,a\n10.0.0.0/8,b\n":             "line 2: the network 10.0.0.0/8 is on line 1 already",
		"10.1.2.3/8,a\n":                           "line 1: 10.1.2.3/8 has an address within the network; write the network as 10.0.0.0/8",
		"#\n10.0.0.0/8, \n":                        "line 2: the site has no name",
		"10.0.0.0/8,\"a\nb\"\n":                    `line 1: the name of the site, "a\nb", has characters that cannot be shown`,
		"10.0.0.0/8," + strings.Repeat("a", 101):   "line 1: the name of the site has more than 100 bytes",
		"10.0.0.0/8,a,91,0\n":                      `line 1: the latitude "91" is not a number of degrees from -90 to 90`,
		"10.0.0.0/8,a,0,NaN\n":                     `line 1: the longitude "NaN" is not a number of degrees from -180 to 180`,
		"10.0.0.0/8,a,53.5,\n":                     `line 1: the longitude "" is not`,
		"10.0.0.0/8,a,1,2\n11.0.0.0/8,a,1,3\n":     `line 2: the site "a" has other coordinates on a line before`,
		"10.0.0.0/8,a\n11.0.0.0/8,\"b\n12.0.0.0\n": "line 2: a quotation mark is where none can be",
		"network,site\nnetwork,site\n":             `line 2: "network" is not a network`,
		"10.0.0.0/8,\xff\n":                        "is not UTF-8 text; save the list of networks as CSV in UTF-8",
		strings.Repeat("#\n", 100_000) + "::/0,a":  "has more than 100000 lines",
	} {
		_, err := readSites("sites.csv", []byte(text))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "sites.csv") {
			t.Errorf("%.40q: %v, want %q", text, err, want)
		}
	}
	for _, text := range []string{"", "\n", "network,site\n", "# nothing\n", "\ufeff"} {
		if l, err := readSites("sites.csv", []byte(text)); err != nil || len(l.networks) != 0 {
			t.Errorf("%q: %v, %v", text, l, err)
		}
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	large := filepath.Join(dir, "large")
	if err := os.WriteFile(large, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(large, maxDatabase+1); err != nil { // a hole, of no size on the disk
		t.Skip("the file system has no large files:", err)
	}
	for _, c := range []struct{ mmdb, sites, want string }{
		{large, "", "has more than 1024 MB"},
		{"", large, "has more than 32 MB"},
		{dir, "", "is a directory"},
		{"", dir, "is a directory"},
		{filepath.Join(dir, "none"), "", "none"},
		{"", filepath.Join(dir, "none"), "none"},
		{filepath.Join("assets", "world.js"), "", "world.js is not a MaxMind database, or it is damaged; give the unpacked file"},
	} {
		if _, err := OpenGazetteer(c.mmdb, c.sites); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("OpenGazetteer(%q, %q): %v, want %q", c.mmdb, c.sites, err, c.want)
		}
	}
}

func FuzzPlace(f *testing.F) {
	for _, s := range []string{"10.0.0.1", "fe80::1%eth0", "[::ffff:1.2.3.4]:80", "64:ff9b::1.2.3.4", "2002::", "1.2.3.4:80", "", "[", "%", "::%\xff"} {
		f.Add(s)
	}
	list, err := readSites("sites.csv", []byte("10.0.0.0/8,a\n::/0,b\n"))
	if err != nil {
		f.Fatal(err)
	}
	g := &Gazetteer{sites: list}
	f.Fuzz(func(t *testing.T, address string) {
		p := g.Place(address)
		a, err := netip.ParseAddr(address)
		if err == nil && a.Is6() && !a.Is4In6() && len(address) <= longestAddress && p.Kind != PlaceSite {
			t.Errorf("%q is in ::/0, but it is at %v", address, p)
		}
	})
}

func FuzzSites(f *testing.F) {
	f.Add([]byte("network,site\n10.0.0.0/8,Hamburg,53.55,9.99\n::1,\"a\"\"b\"\n"))
	f.Add([]byte("\ufeff#\n::ffff:10.0.0.0/104,x,,\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		l, err := readSites("sites.csv", text)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "sites.csv") {
				t.Errorf("%v names no file", err)
			}
			return
		}
		for p, n := range l.networks {
			if got, ok := l.find(p.Addr()); !ok || p.IsSingleIP() && got != l.sites[n.site].Name {
				t.Errorf("%s, the first address of a network, is at %q", p.Addr(), got)
			}
		}
	})
}

// TestMapOfTheWorld lets Node hold the map and its projection to their outside truth.
func TestMapOfTheWorld(t *testing.T) {
	node := nodeOf(t)
	if out, err := exec.Command(node, "--test", filepath.Join("assets", "map.test.mjs")).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestWorldKnowsItsCountries: what the map draws is called as the list of countries says,
// and the module is small.
func TestWorldKnowsItsCountries(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("assets", "world.js"))
	if err != nil {
		t.Fatal(err)
	}
	if len(text) > 45_000 {
		t.Errorf("world.js has %d bytes", len(text))
	}
	rows := regexp.MustCompile(`(?m)^\["([A-Z]{2})","([^"]+)","`).FindAllStringSubmatch(string(text), -1)
	if len(rows) != 174 { // Natural Earth 1:110m has 177 areas: Antarctica is left out, two are part of others
		t.Errorf("world.js draws %d countries", len(rows))
	}
	for _, r := range rows {
		if countryNamed(r[2]) != r[1] || countryNamed(r[1]) != r[1] {
			t.Errorf("%s is called %q, which is %q in the list", r[1], r[2], countryNamed(r[2]))
		}
	}
}
