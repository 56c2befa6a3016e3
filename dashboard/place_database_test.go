package dashboard

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// MaxMind's test databases, of https://github.com/maxmind/MaxMind-DB (Apache-2.0 or MIT),
// and the text from which one of them was made.

// openTestDatabase opens one of them.
func openTestDatabase(t testing.TB, name string) *Gazetteer {
	t.Helper()
	g, err := OpenGazetteer(check.Shared(t, "data", "geo", name), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	return g
}

type sourceRecord struct {
	Country    struct{ ISO_Code string } `json:"country"`
	Registered struct{ ISO_Code string } `json:"registered_country"`
}

// sourceNetwork reads a network of the source, which writes IPv4 as ::192.0.2.0/120.
func sourceNetwork(t *testing.T, text string) netip.Prefix {
	t.Helper()
	p, err := netip.ParsePrefix(text)
	if err != nil {
		t.Fatal(err)
	}
	if p.Addr().Is6() && p.Bits() >= 96 && strings.Count(text, ".") == 3 {
		b := p.Addr().As16()
		p = netip.PrefixFrom(netip.AddrFrom4([4]byte(b[12:])), p.Bits()-96)
	}
	return p
}

// TestCountriesOfTheTestDatabase holds lookups to the text from which MaxMind made the
// database: each network's first and last address.
func TestCountriesOfTheTestDatabase(t *testing.T) {
	g := openTestDatabase(t, "GeoIP2-City-Test.mmdb")
	text, err := os.ReadFile(check.Shared(t, "data", "geo", "GeoIP2-City-Test.json"))
	if err != nil {
		t.Fatal(err)
	}
	var source []map[string]sourceRecord
	if err := json.Unmarshal(text, &source); err != nil {
		t.Fatal(err)
	}
	want := map[netip.Prefix]string{}
	for _, one := range source {
		for network, r := range one {
			code := r.Country.ISO_Code
			if code == "" {
				code = r.Registered.ISO_Code
			}
			want[sourceNetwork(t, network)] = code
		}
	}
	found := map[string]bool{}
	for network, code := range want {
		for _, a := range []netip.Addr{network.Addr(), lastOf(network)} {
			expected := Place{}
			if code != "" {
				expected = Place{PlaceCountry, code}
			}
			if got := g.Place(a.String()); got != expected {
				t.Errorf("%s of %s is at %v, want %v", a, network, got, expected)
			}
			found[code] = true
		}
	}
	if len(want) < 240 || len(found) < 48 {
		t.Errorf("%d networks in %d countries were looked at", len(want), len(found))
	}
}

// lastOf returns the last address of a network.
func lastOf(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

// TestDatabasesOfCountriesAndCities: networks of GeoIP2-City-Test.json that these have too.
func TestDatabasesOfCountriesAndCities(t *testing.T) {
	for name, described := range map[string]string{"GeoLite2-Country-Test.mmdb": "GeoLite2-Country of 20", "GeoLite2-City-Test.mmdb": "GeoLite2-City of 20"} {
		g := openTestDatabase(t, name)
		if got := g.Source(); !strings.HasPrefix(got, described) || len(got) != len("GeoLite2-City of 2006-01-02")+len(described)-len("GeoLite2-City of 20") {
			t.Errorf("Source() of %s = %q", name, got)
		}
		for address, want := range map[string]string{
			"81.2.69.160": "GB", "81.2.69.142:443": "GB", "2.125.160.216": "GB", "216.160.83.56": "US", "89.160.20.112": "SE",
			"2001:218::1": "JP", "[2001:220::1]:53": "KR", "::ffff:89.160.20.112": "SE", "2002:5102:45a0::1": "GB", "64:ff9b::89.160.20.112": "SE",
			"192.168.1.1": "private network", "224.0.0.1": "multicast", "1.0.0.1": "unknown",
		} {
			if got := g.Place(address).String(); got != want {
				t.Errorf("%s: %s is at %q, want %q", name, address, got, want)
			}
		}
		if err := g.Close(); err != nil {
			t.Fatal(err)
		}
		if got := g.Place("81.2.69.160"); got != (Place{}) {
			t.Errorf("after Close 81.2.69.160 is at %v", got)
		}
	}
}

func TestDatabaseOfAnotherType(t *testing.T) {
	path := check.Shared(t, "data", "geo", "GeoLite2-ASN-Test.mmdb")
	_, err := OpenGazetteer(path, "")
	want := path + " is a database of the type GeoLite2-ASN, which does not say countries; give one of the type Country or City, such as GeoLite2-Country.mmdb"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	dir := filepath.Dir(path)
	if _, err := OpenGazetteer(filepath.Join(dir, "GeoLite2-Country-Test.mmdb"), filepath.Join(dir, "LICENSE-MIT")); err == nil || !strings.Contains(err.Error(), "LICENSE-MIT, line 1: ") {
		t.Errorf("a list of networks that is a licence: %v", err)
	}
}

// TestDamagedDatabases: cut and altered files give errors, or places, but no panic.
func TestDamagedDatabases(t *testing.T) {
	sound, err := os.ReadFile(check.Shared(t, "data", "geo", "GeoLite2-Country-Test.mmdb"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "damaged.mmdb")
	rnd := rand.New(rand.NewPCG(2, 1))
	refused, wrong := 0, 0
	for round := range 400 {
		data := append([]byte{}, sound...)
		if round%4 == 0 {
			data = data[:rnd.IntN(len(data))]
		} else {
			from := []int{0, len(data) - 300, len(data) / 2}[round%4-1]
			for range 1 + rnd.IntN(8) {
				data[from+rnd.IntN(len(data)-from)] = byte(rnd.Uint32())
			}
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		g, err := OpenGazetteer(path, "")
		if err != nil {
			if refused++; !strings.HasPrefix(err.Error(), path) {
				t.Errorf("%v names no file", err)
			}
			continue
		}
		for i := range 300 {
			address := fmt.Sprintf("%d.%d.160.216", i%256, i*7%256)
			if i%2 == 0 {
				address = fmt.Sprintf("2001:2%02x::", i%256)
			}
			if _, err := g.place(address); err != nil {
				if wrong++; !strings.HasPrefix(err.Error(), path+" is damaged") {
					t.Errorf("%v names no file", err)
				}
			}
		}
		_ = g.Source()
		if err := g.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
	if refused < 100 || wrong == 0 {
		t.Errorf("%d files were refused, and %d lookups", refused, wrong)
	}
}

func FuzzDatabase(f *testing.F) {
	for _, name := range []string{"GeoLite2-Country-Test.mmdb", "GeoLite2-City-Test.mmdb"} {
		data, err := os.ReadFile(check.Shared(f, "data", "geo", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "fuzzed.mmdb")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		g, err := OpenGazetteer(path, "")
		if err != nil {
			return
		}
		for _, address := range []string{"81.2.69.160", "2001:218::1", "ffff::", "1.1.1.1"} {
			if p := g.Place(address); p.Kind == PlaceCountry && (len(p.Name) != 2 || p.Name != strings.ToUpper(p.Name)) {
				t.Errorf("%s is at %q", address, p.Name)
			}
		}
		_ = g.Source()
	})
}
