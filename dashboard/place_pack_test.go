package dashboard

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
)

// located packs CSV text and places its rows.
func located(t *testing.T, text string, g *Gazetteer) (*Data, *dataset.Table) {
	t.Helper()
	tab := table(t, text)
	d, err := Pack(context.Background(), tab, "test.csv", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Locate(context.Background(), tab, g); err != nil {
		t.Fatal(err)
	}
	return d, tab
}

// placesOf returns the places of the rows as text, "" where there is none.
func placesOf(d *Data, column int) []string {
	c := d.Columns[column]
	out := make([]string, d.Rows)
	for i, k := range c.Codes {
		if int(k) < len(c.Levels) {
			out[i] = c.Levels[k]
		}
	}
	return out
}

const someSites = "10.0.0.0/8,Hamburg,53.55,9.99\n10.9.0.0/16,Quito,-0.18,-78.47\n172.16.0.0/12,Store\n"

// TestLocate: in the layouts that have addresses, rows in the order of their time.
func TestLocate(t *testing.T) {
	g := gazetteer(t, someSites)
	for name, header := range map[string]string{
		"netanom":    "timestamp,src_ip,dst_ip,duration,protocol_type,service,flag,src_bytes,dst_bytes",
		"UNSW-NB15":  "stime,srcip,dstip,dur,proto,service,state,sbytes,dbytes",
		"CIC":        "Timestamp,Src IP,Dst IP,Flow Duration,Protocol,Label,Flow ID,Total Fwd Packet,Total Bwd packets",
		"Zeek":       "ts,id.orig_h,id.resp_h,duration,proto,service,conn_state,orig_bytes,resp_bytes",
		"no layout":  "ts,source_ip,dest_ip,a,b,c,d,e,f",
		"other case": "ts,SRC_IP,DST_ADDR,a,b,c,d,e,f",
	} {
		d, _ := located(t, header+"\n"+
			"1700000003,10.1.2.3,224.0.0.251,1,tcp,x,y,1,2\n"+
			"1700000001,192.168.7.7,10.9.1.1,2,udp,x,y,1,2\n"+
			"1700000002,,8.8.8.8,2,tcp,z,y,1,2\n"+
			"1700000004,10.1.2.4,172.17.0.1,2,tcp,z,y,1,2\n", g)
		p := d.Places
		if p == nil || p.Source < 0 || p.Destination < 0 {
			t.Errorf("%s: places %+v", name, p)
			continue
		}
		if got, want := placesOf(d, p.Source), []string{"private network", "", "site: Hamburg", "site: Hamburg"}; !slices.Equal(got, want) {
			t.Errorf("%s: sources %q, want %q", name, got, want)
		}
		if got, want := placesOf(d, p.Destination), []string{"site: Quito", "unknown", "multicast", "site: Store"}; !slices.Equal(got, want) {
			t.Errorf("%s: destinations %q, want %q", name, got, want)
		}
		c := d.Columns[p.Source]
		if c.Name != "source place" || c.Canon != "src_place" || c.Kind != dataset.Category || c.Role != dataset.Feature || !c.Missing || c.Levels[0] != "site: Hamburg" {
			t.Errorf("%s: column %+v", name, c)
		}
		if want := []Site{{"Hamburg", 53.55, 9.99}, {"Quito", -0.18, -78.47}}; !slices.Equal(p.Sites, want) {
			t.Errorf("%s: sites %v, want %v", name, p.Sites, want)
		}
		if p.From != "no database of countries, 3 own networks" {
			t.Errorf("%s: from %q", name, p.From)
		}
	}
}

// TestLocateManyAddresses: Pack leaves out a column of addresses that are nearly all
// different, and their places are known all the same.
func TestLocateManyAddresses(t *testing.T) {
	var b strings.Builder
	b.WriteString("src_ip,dst_ip,n\n")
	for i := range 3000 {
		fmt.Fprintf(&b, "10.%d.%d.1,192.0.2.1,%d\n", 8+i%2, i/2%256, i)
	}
	for i := range 3000 {
		fmt.Fprintf(&b, "198.51.%d.%d,192.0.2.1,%d\n", i/256, i%256, i)
	}
	d, tab := located(t, b.String(), gazetteer(t, someSites))
	if !slices.Contains(d.LeftOut, "src_ip") {
		t.Fatalf("src_ip is in the page; left out: %q", d.LeftOut)
	}
	g := gazetteer(t, someSites)
	for i, got := range placesOf(d, d.Places.Source) {
		if want := g.Place(tab.Cell(int64(i), 0)).String(); got != want {
			t.Fatalf("row %d: %q, want %q", i, got, want)
		}
	}
}

// TestLocateCountriesOfTheFile: what the file says counts where the address says nothing.
func TestLocateCountriesOfTheFile(t *testing.T) {
	const rows = "id.orig_h,id.resp_h,orig_cc,resp_cc,proto,conn_state\n" +
		"10.0.0.1,8.8.8.8,-,US,tcp,SF\n" +
		"9.9.9.9,10.9.0.1,ch,,tcp,SF\n" +
		"1.1.1.1,81.2.69.160,AU,GB,udp,SF\n" +
		"2.2.2.2,2.2.2.2,,nowhere,udp,SF\n"
	d, _ := located(t, rows, gazetteer(t, someSites))
	if got, want := placesOf(d, d.Places.Source), []string{"site: Hamburg", "CH", "AU", "unknown"}; !slices.Equal(got, want) {
		t.Errorf("sources %q, want %q", got, want)
	}
	if got, want := d.Places.From, "no database of countries, 3 own networks; countries of the column orig_cc"; got != want {
		t.Errorf("from %q, want %q", got, want) // resp_cc has too much that is no country
	}
	d, _ = located(t, "country,dst_country,n\nGermany,United States,1\nThe Gambia,Côte d'Ivoire,2\n,Cote d’Ivoire,3\nunknown,Viet Nam,4\n", nil)
	if got, want := placesOf(d, d.Places.Source), []string{"DE", "GM", "", "unknown"}; !slices.Equal(got, want) {
		t.Errorf("sources %q, want %q", got, want)
	}
	if got, want := placesOf(d, d.Places.Destination), []string{"US", "CI", "CI", "VN"}; !slices.Equal(got, want) {
		t.Errorf("destinations %q, want %q", got, want)
	}
}

func TestLocateWithoutGeography(t *testing.T) {
	d, _ := located(t, "duration,service\n1,http\n2,ftp\n", nil)
	if d.Places != nil || len(d.Columns) != 2 {
		t.Errorf("places %+v, %d columns", d.Places, len(d.Columns))
	}
	if err := d.Locate(context.Background(), table(t, "a,b\n1,2\n"), nil); err == nil {
		t.Error("another table was taken")
	}
	d, tab := located(t, "src_ip,n\n10.0.0.1,1\n::1,2\n", nil)
	if err := d.Locate(context.Background(), tab, nil); err != nil || d.Columns[d.Places.Source].Name != "source place (located)" {
		t.Errorf("a second time: %v, %+v", err, d.Places)
	}
	text, err := json.Marshal(d.Places)
	if want := `{"source":3,"destination":-1,"from":"no database of countries"}`; err != nil || string(text) != want {
		t.Errorf("JSON %s, %v, want %s", text, err, want)
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	stop := errors.New("stop")
	cancel(stop)
	if err := d.Locate(ctx, tab, nil); !errors.Is(err, stop) {
		t.Errorf("after a stop: %v", err)
	}
}

// TestLocateByDatabase reads MaxMind's test database, and stops if it is damaged.
func TestLocateByDatabase(t *testing.T) {
	g := openTestDatabase(t, "GeoLite2-Country-Test.mmdb")
	const rows = "src_ip,dst_ip,src_country\n81.2.69.160,2001:218::1,FR\n89.160.20.112,10.0.0.1,FR\n1.0.0.1,81.2.69.142,FR\n"
	d, tab := located(t, rows, g)
	if got, want := placesOf(d, d.Places.Source), []string{"GB", "SE", "FR"}; !slices.Equal(got, want) {
		t.Errorf("sources %q, want %q", got, want)
	}
	if got, want := placesOf(d, d.Places.Destination), []string{"JP", "private network", "GB"}; !slices.Equal(got, want) {
		t.Errorf("destinations %q, want %q", got, want)
	}
	if err := g.db.Close(); err != nil { // lookups fail from now on
		t.Fatal(err)
	}
	if err := d.Locate(context.Background(), tab, g); err == nil || !strings.Contains(err.Error(), "GeoLite2-Country-Test.mmdb is damaged") {
		t.Errorf("a database that cannot be read: %v", err)
	}
	if got := g.Place("81.2.69.160"); got != (Place{}) {
		t.Errorf("by a database that cannot be read it is at %v", got)
	}
}

func TestCountryColumns(t *testing.T) {
	for text, want := range map[string][ends]int{
		"orig_cc,resp_cc\nDE,US\nFR,\n":                              {0, 1},
		"id,GeoIP Country,n\n1,Germany,2\n2,USA,3\n":                 {1, -1},
		"DestinationCountry,SourceCountry\nDEU,US\nFRA,GB\n":         {1, 0},
		"geoip.cc,dst_country_name\nde,Türkiye\nfr,South Korea\n":    {0, 1},
		"src_cc\nhttp\nDE\n":                                         {-1, -1}, // half of it is no country
		"success,accept,cc_count,account\nDE,FR,7,IT\nUS,GB,8,ES\n":  {-1, -1},
		"country,src_country,src_country_2\nDE,FR,IT\nUS,GB,ES\n":    {1, -1},
		"dst_country\n-\n?\n":                                        {-1, -1},
		"country\nDE\n-\nunknown\nN/A\n":                             {0, -1},
		"src_ip,dst_ip,service\n10.0.0.1,10.0.0.2,de\n::1,::2,us\n":  {-1, -1},
		"country_code,label\nDE,normal\nFR,attack\nIT,normal\n":      {0, -1},
		"source_country,destination_country\nRussia,Iran\nUK,Laos\n": {0, 1},
	} {
		if got := countryColumns(table(t, text).Schema()); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

// TestCountriesByName: codes and names after ISO 3166-1, and everyday spellings.
func TestCountriesByName(t *testing.T) {
	for name, want := range map[string]string{
		"DE": "DE", "de": "DE", "DEU": "DE", "Germany": "DE", " germany ": "DE", "UK": "GB", "Great Britain": "GB", "U.S.A.": "US", "usa": "US",
		"Korea, Republic of": "KR", "Russian Federation": "RU", "Bosnia & Herzegovina": "BA", "Curacao": "CW", "Åland Islands": "AX", "the netherlands": "NL",
		"Congo": "CG", "DR Congo": "CD", "Turkiye": "TR", "Turkey": "TR", "Czech Republic": "CZ", "XK": "XK", "Vatican City": "VA", "Macau": "MO", "Swaziland": "SZ",
		"Niger": "NE", "Nigeria": "NG", "Guinea": "GN", "Guinea-Bissau": "GW", "Equatorial Guinea": "GQ", "Namibia": "NA", "NA": "NA",
		"EU": "", "AP": "", "A1": "", "ZZ": "", "": "", "-": "", "Atlantis": "", "DEUT": "", strings.Repeat("x", 1<<20): "",
	} {
		if got := countryNamed(name); got != want {
			t.Errorf("%.40q is %q, want %q", name, got, want)
		}
	}
}
