package triage

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/netip"
	"time"
)

// A Role is what the host of a group does in its alerts.
type Role uint8

// The roles.
const (
	Source  Role = iota // it attacks
	Target              // it is attacked
	NoHost              // the alerts have no addresses, and are grouped by class
	nothing             // the first that is no role
)

var roleNames = [...]string{"source", "target", "class"}

// String returns the name of the role.
func (r Role) String() string {
	if r < nothing {
		return roleNames[r]
	}
	return fmt.Sprintf("role(%d)", uint8(r))
}

// MarshalText returns the name of the role.
func (r Role) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads the name of a role.
func (r *Role) UnmarshalText(text []byte) error {
	for i, name := range roleNames {
		if name == string(text) {
			*r = Role(i)
			return nil
		}
	}
	return fmt.Errorf("no role is called %.20q: source, target or class", text)
}

// A side is a host in one role, as long as there are pairs or a group of it.
type side struct {
	role  Role
	host  netip.Addr
	class string  // if the role is NoHost
	pairs []*pair // with this end, in whatever group
	group *session
}

// reach is how many others the host has met, but for those that sure groups about these
// have counted.
func (x *side) reach() int64 {
	if x == nil {
		return 0
	}
	n := int64(len(x.pairs))
	if x.group != nil && x.group.sure {
		n += x.group.peers.count().N
	}
	return n
}

// A pair is the alerts from one source to one target that a group keeps apart. One of
// the ends is nil if alerts lack its address.
type pair struct {
	source, target *side
	group          *session
	inSource       int // its place in source.pairs
	inTarget       int // in target.pairs
	inGroup        int // in group.pairs
	figures        figures
}

// better returns the end that the pair belongs to.
func (p *pair) better() *side {
	if p.target == nil || p.source != nil && p.source.reach() >= p.target.reach() {
		return p.source
	}
	return p.target
}

// other returns the end across from x.
func (p *pair) other(x *side) *side {
	if p.source == x {
		return p.target
	}
	return p.source
}

// commonPair returns the pair of two ends, nil if they have none.
func commonPair(source, target *side) *pair {
	x := source
	if x == nil || target != nil && len(target.pairs) < len(source.pairs) {
		x = target
	}
	if x == nil {
		return nil
	}
	for _, p := range x.pairs {
		if p.source == source && p.target == target {
			return p
		}
	}
	return nil
}

// sides holds the hosts that there are pairs or groups of.
type sides struct {
	sources, targets map[netip.Addr]*side
	classes          map[string]*side
}

func newSides() sides {
	return sides{map[netip.Addr]*side{}, map[netip.Addr]*side{}, map[string]*side{}}
}

// find returns the ends of an alert as far as they are known. Without addresses its
// class is the source.
func (m *sides) find(a *Alert) (source, target *side) {
	if !CanGroup(a) {
		return m.classes[plainText(a.Class)], nil
	}
	if a.Src.IsValid() {
		source = m.sources[a.Src]
	}
	if a.Dst.IsValid() {
		target = m.targets[a.Dst]
	}
	return source, target
}

// get returns the ends of an alert, which are known from now on.
func (m *sides) get(a *Alert, n *names) (source, target *side) {
	source, target = m.find(a)
	if !CanGroup(a) && source == nil {
		source = &side{role: NoHost, class: n.keep(plainText(a.Class))}
	}
	if a.Src.IsValid() && source == nil {
		source = &side{role: Source, host: a.Src}
	}
	if a.Dst.IsValid() && target == nil {
		target = &side{role: Target, host: a.Dst}
	}
	m.put(source)
	m.put(target)
	return source, target
}

func (m *sides) put(x *side) {
	switch {
	case x == nil:
	case x.role == Source:
		m.sources[x.host] = x
	case x.role == Target:
		m.targets[x.host] = x
	default:
		m.classes[x.class] = x
	}
}

// drop forgets a host of which nothing is left.
func (m *sides) drop(x *side) {
	switch {
	case x == nil || len(x.pairs) > 0 || x.group != nil:
	case x.role == Source:
		delete(m.sources, x.host)
	case x.role == Target:
		delete(m.targets, x.host)
	default:
		delete(m.classes, x.class)
	}
}

// newID names a group by its host and the time of its first alert.
func newID(x *side, first time.Time) string {
	h := hashAddr(x.host) ^ uint64(x.role)
	for i := range len(x.class) {
		h = mix(h ^ uint64(x.class[i]))
	}
	var id [8]byte
	binary.BigEndian.PutUint64(id[:], mix(h^mix(uint64(first.UnixMicro()))))
	return hex.EncodeToString(id[:])
}
