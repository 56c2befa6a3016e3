package traffic

import (
	"encoding/binary"
	"net/netip"
)

// A store keeps connections that have ended, but for their start, in some 50 bytes each
// that the garbage collector need not look at. What it holds is taken about in the
// order in which it came. The zero value is empty.
type store struct {
	arenas  []arena
	empty   []uint32 // arenas that hold nothing
	current uint32   // the arena that is being filled
	texts   Texts
}

// An arena holds the connections that came one after the other.
type arena struct {
	bytes []byte
	held  int
}

const (
	arenaSize   = 1 << 16 // bytes; more for a connection with longer text
	spareArenas = 16      // that keep their bytes while they are empty
	mostPacked  = 1 << 10 // bytes of a connection but for its texts, with the longest zones
)

// A ticket says where a store keeps a connection.
type ticket struct{ arena, offset uint32 }

// put keeps a connection.
func (s *store) put(c *Connection) ticket {
	size := mostPacked + len(c.UID) + len(c.Label)
	if len(s.arenas) == 0 || cap(s.arenas[s.current].bytes)-len(s.arenas[s.current].bytes) < size {
		s.turn(size)
	}
	a := &s.arenas[s.current]
	t := ticket{s.current, uint32(len(a.bytes))}
	a.bytes = appendPacked(a.bytes, c)
	a.held++
	return t
}

// turn makes an empty arena with room for that many bytes the current one.
func (s *store) turn(size int) {
	if n := len(s.empty); n > 0 {
		s.current, s.empty = s.empty[n-1], s.empty[:n-1]
	} else {
		s.current = uint32(len(s.arenas))
		s.arenas = append(s.arenas, arena{})
	}
	a := &s.arenas[s.current]
	if cap(a.bytes) < size {
		a.bytes = make([]byte, 0, max(size, arenaSize))
	}
}

// look sets c to a connection that is kept, but for its start.
func (s *store) look(t ticket, c *Connection) {
	unpack(s.arenas[t.arena].bytes[t.offset:], c, &s.texts)
}

// take is look for the last time.
func (s *store) take(t ticket, c *Connection) {
	s.look(t, c)
	a := &s.arenas[t.arena]
	a.held--
	if a.held > 0 {
		return
	}
	a.bytes = a.bytes[:0]
	if t.arena == s.current {
		return
	}
	if cap(a.bytes) > arenaSize || len(s.empty) >= spareArenas {
		a.bytes = nil
	}
	s.empty = append(s.empty, t.arena)
}

// Bits of the byte that says what more there is.
const (
	isLoggedIn = 1 << iota
	isRare     // features that are zero in nearly all connections
)

// appendPacked appends a connection without its start.
func appendPacked(b []byte, c *Connection) []byte {
	more := byte(0)
	if c.Content.LoggedIn {
		more |= isLoggedIn
	}
	if c.WrongFragment != 0 || c.Urgent != 0 || c.Content != (Content{LoggedIn: c.Content.LoggedIn}) {
		more |= isRare
	}
	b = append(b, more, byte(c.Protocol), byte(c.State), byte(c.Lacks))
	b = binary.LittleEndian.AppendUint16(b, c.SrcPort)
	b = binary.LittleEndian.AppendUint16(b, c.DstPort)
	b = binary.AppendVarint(b, c.Duration)
	b = binary.AppendVarint(b, c.SrcBytes)
	b = binary.AppendVarint(b, c.DstBytes)
	b = binary.AppendVarint(b, c.SrcPackets)
	b = binary.AppendVarint(b, c.DstPackets)
	b = appendPackedAddr(b, c.Src)
	b = appendPackedAddr(b, c.Dst)
	b = append(binary.AppendUvarint(b, uint64(len(c.UID))), c.UID...)
	b = append(binary.AppendUvarint(b, uint64(len(c.Label))), c.Label...)
	if more&isRare != 0 {
		b = appendRare(b, c)
	}
	return b
}

func appendPackedAddr(b []byte, a netip.Addr) []byte {
	if a.Is4() {
		ip := a.As4()
		return append(b, 4, ip[0], ip[1], ip[2], ip[3])
	}
	at := len(b)
	b, _ = a.AppendBinary(append(b, 0)) // it never fails
	if n := len(b) - at - 1; n <= 0xff {
		b[at] = byte(n)
		return b
	}
	b, _ = a.WithZone("").AppendBinary(b[:at+1]) // no interface has a name that long
	b[at] = byte(len(b) - at - 1)
	return b
}

func appendRare(b []byte, c *Connection) []byte {
	x := &c.Content
	for _, v := range [...]uint16{uint16(c.WrongFragment), c.Urgent, x.Hot, x.NumFailedLogins, x.NumCompromised,
		x.SuAttempted, x.NumRoot, x.NumFileCreations, x.NumShells, x.NumAccessFiles, x.NumOutboundCmds} {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	for _, v := range [...]bool{x.RootShell, x.IsHotLogin, x.IsGuestLogin} {
		if v {
			b = append(b, 1)
		} else {
			b = append(b, 0)
		}
	}
	return b
}

// unpack sets all of c but its start to what appendPacked made bytes of. A label that c
// has already is not made again.
func unpack(b []byte, c *Connection, texts *Texts) {
	more := b[0]
	c.Protocol, c.State, c.Lacks = Protocol(b[1]), State(b[2]), Lack(b[3])
	c.SrcPort, c.DstPort = binary.LittleEndian.Uint16(b[4:]), binary.LittleEndian.Uint16(b[6:])
	b = b[8:]
	c.Duration, b = unpackNumber(b)
	c.SrcBytes, b = unpackNumber(b)
	c.DstBytes, b = unpackNumber(b)
	c.SrcPackets, b = unpackNumber(b)
	c.DstPackets, b = unpackNumber(b)
	c.Src, b = unpackAddr(b)
	c.Dst, b = unpackAddr(b)
	uid, b := unpackText(b)
	c.UID = texts.Make(uid)
	label, b := unpackText(b)
	if string(label) != c.Label {
		c.Label = string(label)
	}
	c.WrongFragment, c.Urgent, c.Content = 0, 0, Content{}
	if more&isRare != 0 {
		unpackRare(b, c)
	}
	c.Content.LoggedIn = more&isLoggedIn != 0
}

func unpackNumber(b []byte) (v int64, rest []byte) {
	if b[0] < 0x80 {
		return int64(b[0]>>1) ^ -int64(b[0]&1), b[1:]
	}
	v, n := binary.Varint(b)
	return v, b[n:]
}

func unpackAddr(b []byte) (a netip.Addr, rest []byte) {
	end := 1 + int(b[0])
	if end == 1+4 {
		return netip.AddrFrom4([4]byte(b[1:])), b[end:]
	}
	_ = a.UnmarshalBinary(b[1:end]) // it was made by AppendBinary
	return a, b[end:]
}

func unpackText(b []byte) (text, rest []byte) {
	size, n := binary.Uvarint(b)
	end := n + int(size)
	return b[n:end], b[end:]
}

func unpackRare(b []byte, c *Connection) {
	x := &c.Content
	c.WrongFragment = b[0]
	b = b[2:]
	for _, v := range [...]*uint16{&c.Urgent, &x.Hot, &x.NumFailedLogins, &x.NumCompromised,
		&x.SuAttempted, &x.NumRoot, &x.NumFileCreations, &x.NumShells, &x.NumAccessFiles, &x.NumOutboundCmds} {
		*v = binary.LittleEndian.Uint16(b)
		b = b[2:]
	}
	x.RootShell, x.IsHotLogin, x.IsGuestLogin = b[0] == 1, b[1] == 1, b[2] == 1
}
