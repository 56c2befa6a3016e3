package traffic

import (
	"math"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
)

// packedCases are connections of all kinds, with all features at their limits.
func packedCases() []Connection {
	cs := lastingConnections(12, 500)
	full := Connection{
		Duration: math.MinInt64, Src: netip.MustParseAddr("fe80::1%eth0"), Dst: netip.MustParseAddr("::ffff:192.0.2.1"),
		SrcPort: math.MaxUint16, DstPort: 1, Protocol: 255, State: 255, SrcBytes: math.MaxInt64, DstBytes: -1,
		SrcPackets: 1 << 40, DstPackets: 3, WrongFragment: 255, Urgent: math.MaxUint16, Lacks: 255,
		Label: strings.Repeat("long ", 50_000), UID: "\xff\x00",
		Content: Content{Hot: 1, NumFailedLogins: 2, LoggedIn: true, NumCompromised: 3, RootShell: true, SuAttempted: 4, NumRoot: 5,
			NumFileCreations: 6, NumShells: 7, NumAccessFiles: 8, NumOutboundCmds: math.MaxUint16, IsHotLogin: true, IsGuestLogin: true},
	}
	return append(cs, Connection{}, full, Connection{Urgent: 1}, Connection{Content: Content{IsGuestLogin: true}},
		Connection{Content: Content{LoggedIn: true}}, Connection{WrongFragment: 3}, full)
}

// TestStore: what is taken out is what was put in, in whatever order, into a connection
// that held something else.
func TestStore(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	cs := packedCases()
	var s store
	for range 20 {
		tickets := make([]ticket, len(cs))
		for i := range cs {
			tickets[i] = s.put(&cs[i])
		}
		got := cs[len(cs)-1]
		for _, i := range r.Perm(len(cs)) {
			s.take(tickets[i], &got)
			got.Start = cs[i].Start
			if got != cs[i] {
				t.Fatalf("connection %d:\n got %+v\nwant %+v", i, got, cs[i])
			}
		}
	}
	bytes := 0
	for i := range s.arenas {
		bytes += cap(s.arenas[i].bytes)
		if s.arenas[i].held != 0 {
			t.Errorf("arena %d holds %d connections, though all were taken", i, s.arenas[i].held)
		}
	}
	if bytes > (spareArenas+1)*arenaSize+1<<19 || len(s.arenas) > 8 {
		t.Errorf("%d bytes in %d arenas are kept for nothing", bytes, len(s.arenas))
	}
}

// TestPackedZone: a zone longer than any is left out, rather than the address.
func TestPackedZone(t *testing.T) {
	c := Connection{Src: netip.MustParseAddr("fe80::1").WithZone(strings.Repeat("z", 300)), DstPort: 9}
	var got Connection
	unpack(appendPacked(nil, &c), &got, new(Texts))
	if c.Src = c.Src.WithZone(""); got != c {
		t.Errorf("got %+v, want %+v", got, c)
	}
}
