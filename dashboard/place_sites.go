package dashboard

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The limits of a list of own networks. Sites are fewer than the codes of a column.
const (
	maxSitesFile = 32 << 20
	maxSiteLines = 100_000
	maxSites     = 50_000
	longestSite  = 100 // bytes of a name
)

// A siteList is the user's own networks. The longest network that holds an address wins.
type siteList struct {
	sites    []ownSite
	networks map[netip.Prefix]siteNetwork
	lengths  [2][]int // of the prefixes of IPv4 and of IPv6, the longest first
}

type ownSite struct {
	Site
	located bool // whether coordinates are known
}

type siteNetwork struct {
	site int // in sites
	line int // of the file
}

// find returns the name of the site that an address belongs to.
func (l *siteList) find(a netip.Addr) (string, bool) {
	for _, bits := range l.lengths[family(a)] {
		p, err := a.Prefix(bits)
		if err != nil {
			continue
		}
		if n, ok := l.networks[p]; ok {
			return l.sites[n.site].Name, true
		}
	}
	return "", false
}

// family is 0 for IPv4 and 1 for IPv6.
func family(a netip.Addr) int {
	if a.Is4() {
		return 0
	}
	return 1
}

func openSites(path string) (siteList, error) {
	text, err := readWhole(path, maxSitesFile)
	if err != nil {
		return siteList{}, err
	}
	return readSites(path, text)
}

// readSites reads a list of own networks. A first line that begins with "network" is a
// header; empty lines and lines that begin with # say nothing.
func readSites(path string, text []byte) (siteList, error) {
	l := siteList{networks: map[netip.Prefix]siteNetwork{}}
	if !utf8.Valid(text) {
		return l, fmt.Errorf("%s is not UTF-8 text; save the list of networks as CSV in UTF-8", path)
	}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	r.Comment, r.FieldsPerRecord, r.TrimLeadingSpace, r.ReuseRecord = '#', -1, true, true
	named := map[string]int{}
	for first := true; ; first = false {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			l.sortLengths()
			return l, nil
		}
		if wrong := (*csv.ParseError)(nil); errors.As(err, &wrong) {
			return l, fmt.Errorf("%s, line %d: a quotation mark is where none can be: %w", path, wrong.StartLine, wrong.Err)
		} else if err != nil {
			return l, fmt.Errorf("%s: %w", path, err)
		}
		line, _ := r.FieldPos(0)
		if first && strings.EqualFold(strings.TrimSpace(record[0]), "network") {
			continue
		}
		if line > maxSiteLines {
			return l, fmt.Errorf("%s has more than %d lines, the most that is read of a list of networks", path, maxSiteLines)
		}
		if err := l.add(record, line, named); err != nil {
			return l, fmt.Errorf("%s, line %d: %w", path, line, err)
		}
	}
}

func (l *siteList) sortLengths() {
	for p := range l.networks {
		at := &l.lengths[family(p.Addr())]
		if !slices.Contains(*at, p.Bits()) {
			*at = append(*at, p.Bits())
		}
	}
	for _, lengths := range l.lengths {
		slices.SortFunc(lengths, func(a, b int) int { return cmp.Compare(b, a) })
	}
}

// add takes a line of the list. named are the sites by name.
func (l *siteList) add(record []string, line int, named map[string]int) error {
	if len(record) != 2 && len(record) != 4 {
		return fmt.Errorf("a line is network,site or network,site,latitude,longitude with commas between, and this one has %d of these", len(record))
	}
	network, err := parseNetwork(strings.TrimSpace(record[0]))
	if err != nil {
		return err
	}
	if before, ok := l.networks[network]; ok {
		return fmt.Errorf("the network %s is on line %d already", network, before.line)
	}
	site, err := parseSite(record[1:])
	if err != nil {
		return err
	}
	at, ok := named[site.Name]
	if !ok {
		if at = len(l.sites); at == maxSites {
			return fmt.Errorf("there are more than %d sites", maxSites)
		}
		named[site.Name] = at
		l.sites = append(l.sites, site)
	}
	known := &l.sites[at]
	switch {
	case site.located && known.located && site.Site != known.Site:
		return fmt.Errorf("the site %q has other coordinates on a line before", site.Name)
	case site.located:
		*known = site
	}
	l.networks[network] = siteNetwork{at, line}
	return nil
}

// parseNetwork reads a network in CIDR notation, or one address.
func parseNetwork(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil {
		a = a.WithZone("").Unmap()
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return p, fmt.Errorf("%q is not a network; write it as 192.168.10.0/24 or 2001:db8::/32", shown(text))
	}
	if p.Addr().Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	if p != p.Masked() {
		return p, fmt.Errorf("%s has an address within the network; write the network as %s", p, p.Masked())
	}
	return p, nil
}

// parseSite reads the name of a site and, if they are there, its coordinates.
func parseSite(fields []string) (ownSite, error) {
	s := ownSite{Site: Site{Name: strings.TrimSpace(fields[0])}}
	switch {
	case s.Name == "":
		return s, errors.New("the site has no name")
	case len(s.Name) > longestSite:
		return s, fmt.Errorf("the name of the site has more than %d bytes", longestSite)
	case strings.ContainsFunc(s.Name, unicode.IsControl):
		return s, fmt.Errorf("the name of the site, %q, has characters that cannot be shown", s.Name)
	}
	if len(fields) == 1 || strings.TrimSpace(fields[1]+fields[2]) == "" {
		return s, nil
	}
	var err error
	if s.Lat, err = degrees(fields[1], "latitude", 90); err != nil {
		return s, err
	}
	s.Lon, err = degrees(fields[2], "longitude", 180)
	s.located = err == nil
	return s, err
}

// degrees reads an angle between -limit and limit.
func degrees(text, name string, limit float64) (float64, error) {
	text = strings.TrimSpace(text)
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || !(math.Abs(x) <= limit) {
		return 0, fmt.Errorf("the %s %q is not a number of degrees from -%g to %g", name, shown(text), limit, limit)
	}
	return x, nil
}
