package triage

import (
	"net/netip"
	"slices"
)

// An index finds the rules that may match an alert. Each rule stands in one part of it,
// that of the condition that should tell most.
type index struct {
	bySource, byTarget        networks
	byUID, byService, byClass map[string][]int
	byPort                    map[uint16][]int // rules about a single destination port
	others                    []int
}

// newIndex files each rule by its place in the list. Of source and target, that counts
// which fewer rules have: thousands may be about one server.
func newIndex(rules []*rule) index {
	ix := index{byUID: map[string][]int{}, byService: map[string][]int{}, byClass: map[string][]int{}, byPort: map[uint16][]int{}}
	sources, targets := map[netip.Prefix]int{}, map[netip.Prefix]int{}
	for _, r := range rules {
		sources[r.source]++
		targets[r.target]++
	}
	for i, r := range rules {
		switch {
		case len(r.uid) > 0:
			file(ix.byUID, r.uid, i)
		case r.source.IsValid() && (!r.target.IsValid() || sources[r.source] <= targets[r.target]):
			ix.bySource.add(r.source, i)
		case r.target.IsValid():
			ix.byTarget.add(r.target, i)
		case len(r.service) > 0:
			file(ix.byService, r.service, i)
		case len(r.class) > 0:
			file(ix.byClass, r.class, i)
		case len(r.port) == 1 && r.port[0].first == r.port[0].last:
			ix.byPort[r.port[0].first] = append(ix.byPort[r.port[0].first], i)
		default:
			ix.others = append(ix.others, i)
		}
	}
	return ix
}

func file(part map[string][]int, values []string, rule int) {
	for _, v := range values {
		part[v] = append(part[v], rule)
	}
}

// lookUp tries all rules that may match.
func (ix *index) lookUp(s *search) {
	s.through(ix.others)
	s.through(ix.byPort[s.alert.DstPort]) // a map without entries costs nothing
	s.through(ix.byUID[s.alert.UID])
	s.through(ix.byService[s.service])
	s.through(ix.byClass[s.class])
	ix.bySource.lookUp(s.source, s)
	ix.byTarget.lookUp(s.target, s)
}

// networks finds the rules about the networks that an address is in, by one look for
// each length of prefix that occurs.
type networks struct {
	v4, v6 []int // the lengths
	rules  map[netip.Prefix][]int
}

func (n *networks) add(network netip.Prefix, rule int) {
	if n.rules == nil {
		n.rules = map[netip.Prefix][]int{}
	}
	lengths := &n.v6
	if network.Addr().Is4() {
		lengths = &n.v4
	}
	if !slices.Contains(*lengths, network.Bits()) {
		*lengths = append(*lengths, network.Bits())
	}
	n.rules[network] = append(n.rules[network], rule)
}

func (n *networks) lookUp(a netip.Addr, s *search) {
	lengths := n.v6
	if a.Is4() {
		lengths = n.v4
	}
	for _, bits := range lengths {
		if network, err := a.Prefix(bits); err == nil && network.IsValid() {
			s.through(n.rules[network])
		}
	}
}
