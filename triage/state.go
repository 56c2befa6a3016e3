package triage

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"
)

const stateVersion = 1

// groupsState is what Groups remembers, as JSON.
type groupsState struct {
	Version int
	Now     time.Time
	Behind  int
	Since   time.Time // of the notices
	Notices int
	Stats   Stats
	Groups  []groupState // the one that has been quiet longest first
}

type groupState struct {
	ID       string
	Role     Role
	Host     netip.Addr
	Class    string      `json:",omitempty"`
	Pairs    []pairState `json:",omitempty"`
	Total    *figures    `json:",omitempty"` // if it is sure
	Peers    distinct
	Replaces []string `json:",omitempty"`
	Opened   time.Time
	Seen     time.Time
	Told     bool
	Next     int64
	At       time.Time
}

type pairState struct {
	Peer    netip.Addr
	Figures figures
}

// State returns all that is remembered of open groups, for Restore, as JSON. Groups that
// have ended and wait for Finish are left out. It is some 1 kB for each pair of hosts.
func (g *Groups) State() []byte {
	out := groupsState{Version: stateVersion, Now: g.now, Behind: g.behind,
		Since: g.notices.since, Notices: g.notices.n, Stats: g.stats}
	for s := g.open.first; s != nil; s = s.after {
		out.Groups = append(out.Groups, s.state())
	}
	text, err := json.Marshal(out)
	if err != nil {
		return nil // all times, numbers and texts in it are such as JSON can hold
	}
	return text
}

func (s *session) state() groupState {
	out := groupState{ID: s.id, Role: s.side.role, Host: s.side.host, Class: s.side.class,
		Peers: s.peers, Replaces: s.replaces, Opened: s.opened, Seen: s.seen,
		Told: s.notified.told, Next: s.notified.next, At: s.notified.at}
	if s.sure {
		out.Total = &s.total
	}
	for _, p := range s.pairs {
		state := pairState{Figures: p.figures}
		if peer := p.other(s.side); peer != nil {
			state.Peer = peer.host
		}
		out.Pairs = append(out.Pairs, state)
	}
	return out
}

// Restore makes a new Groups go on where another one, of like options, was when State
// was called. On an error, which says what State cannot have returned, it is as before.
func (g *Groups) Restore(state []byte) error {
	var in groupsState
	if err := json.Unmarshal(state, &in); err != nil {
		return fmt.Errorf("state of groups: %w; remove the file to begin anew", err)
	}
	if in.Version != stateVersion {
		return fmt.Errorf("state of groups: version %d, and this program reads %d; remove the file to begin anew", in.Version, stateVersion)
	}
	if st := in.Stats; st.Opened != st.Closed+st.TakenOver+int64(len(in.Groups)) {
		return fmt.Errorf("state of groups: %d groups, and %d opened less %d ended; remove the file to begin anew", len(in.Groups), st.Opened, st.Closed+st.TakenOver)
	}
	fresh := &Groups{options: g.options, sides: newSides(), room: newAllowance(g.options.MaxPeers),
		now: plainTime(in.Now), behind: in.Behind, notices: notices{plainTime(in.Since), in.Notices}, stats: in.Stats}
	for i := range in.Groups {
		if err := fresh.restore(&in.Groups[i]); err != nil {
			return fmt.Errorf("state of groups: group %d: %w; remove the file to begin anew", i+1, err)
		}
	}
	*g = *fresh
	g.makeRoom(g.open.last)
	return nil
}

func (g *Groups) restore(in *groupState) error {
	if err := in.check(); err != nil {
		return err
	}
	x, err := g.restoreSide(in)
	if err != nil {
		return err
	}
	s := &session{side: x, id: plainText(in.ID), peers: in.Peers, replaces: in.Replaces,
		opened: plainTime(in.Opened), seen: plainTime(in.Seen),
		notified: notified{in.Told, in.Next, plainTime(in.At)}}
	x.group = s
	g.open.push(s)
	if in.Total != nil {
		s.sure, s.total, s.alerts = true, *in.Total, in.Total.Alerts
	}
	for i := range in.Pairs {
		if err := g.restorePair(s, &in.Pairs[i]); err != nil {
			return err
		}
	}
	return g.room.charge(&s.peers, &s.total.PortSet)
}

// restoreSide returns the host of a group, of which there must be no other.
func (g *Groups) restoreSide(in *groupState) (*side, error) {
	a := Alert{Class: in.Class}
	switch in.Role {
	case Source:
		a.Src = plainAddr(in.Host)
	case Target:
		a.Dst = plainAddr(in.Host)
	}
	source, target := g.sides.get(&a, &g.names)
	x := source
	if in.Role == Target {
		x = target
	}
	if x.role != in.Role || x.group != nil {
		return nil, fmt.Errorf("%s %v has no address, or two groups", in.Role, in.Host)
	}
	return x, nil
}

func (g *Groups) restorePair(s *session, in *pairState) error {
	a := Alert{Src: s.side.host, Dst: plainAddr(in.Peer), Class: s.side.class}
	if s.side.role == Target {
		a.Src, a.Dst = a.Dst, a.Src
	}
	source, target := g.sides.get(&a, &g.names)
	if commonPair(source, target) != nil || s.side != source && s.side != target {
		return fmt.Errorf("a second pair of %v and %v", a.Src, a.Dst)
	}
	p := &pair{source: source, target: target, figures: in.Figures}
	p.link()
	g.join(p, s.side)
	return g.room.charge(&p.figures.PortSet)
}

// charge counts what the sets hold against the room for all.
func (r *allowance) charge(sets ...*distinct) error {
	for _, d := range sets {
		r.left -= max(0, len(d.least)-minExact)
	}
	if r.left < 0 {
		return errors.New("sets of hashes larger than all groups may have")
	}
	return nil
}

func (in *groupState) check() error {
	switch {
	case in.Total != nil && len(in.Pairs) > 0, len(in.Pairs) > maxGroupPairs:
		return errors.New("more pairs of hosts than a group has")
	case in.Total == nil && len(in.Pairs) == 0:
		return errors.New("no alerts")
	case len(in.Replaces) > maxReplaces:
		return errors.New("more replaced groups than are kept")
	case in.Role == NoHost && in.Host.IsValid():
		return errors.New("an address in a group that has none")
	}
	if in.Total != nil {
		return in.Total.check()
	}
	for i := range in.Pairs {
		if err := in.Pairs[i].Figures.check(); err != nil {
			return err
		}
	}
	return nil
}

func (f *figures) check() error {
	if f.Alerts <= 0 || f.Scored < 0 || f.Scored > f.Alerts {
		return fmt.Errorf("%d alerts, %d with a score", f.Alerts, f.Scored)
	}
	if len(f.Ports.Items) > maxTop || len(f.Services.Items) > maxTop || len(f.Classes.Items) > maxTop {
		return errors.New("more ports, services or classes than are kept")
	}
	texts := []string{f.First.UID, f.First.CommunityID, f.Highest.UID, f.Highest.CommunityID}
	for _, c := range f.Ports.Items {
		texts = append(texts, c.Key.Protocol, c.Key.Service)
	}
	for _, c := range slices.Concat(f.Services.Items, f.Classes.Items) {
		texts = append(texts, c.Key)
	}
	for _, text := range texts {
		if text != plainText(text) {
			return fmt.Errorf("a text of more than %d bytes, or not printable: %.40q", maxText, text)
		}
	}
	f.Last, f.First.Time, f.Highest.Time = plainTime(f.Last), plainTime(f.First.Time), plainTime(f.Highest.Time)
	return nil
}
