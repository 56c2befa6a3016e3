package traffic

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"math"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
)

var tightBounds = bounds{recent: 40, history: 7, hosts: 9, byHost: 35, byService: 21}

// counterMakers make new counters of every mode, within their own bounds and tight ones.
func counterMakers() map[string]func() Counter {
	return map[string]func() Counter{
		"kdd":              func() Counter { return NewCounter(KDD) },
		"documented":       func() Counter { return NewCounter(Documented) },
		"per-host":         func() Counter { return NewCounter(PerHost) },
		"documented tight": func() Counter { c, _ := newBounded(Documented, tightBounds); return c },
		"per-host tight":   func() Counter { c, _ := newBounded(PerHost, tightBounds); return c },
	}
}

// TestRestoreGoesOn cuts random streams at random places: the rest must have the features
// that it has without a cut.
func TestRestoreGoesOn(t *testing.T) {
	for name, create := range counterMakers() {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(6) {
				r := rand.New(rand.NewPCG(seed, 3))
				cs := randomConnections(seed, 3000)
				whole, cut := create(), create()
				next := r.IntN(5)
				for i := range cs {
					if i == next {
						state := cut.State()
						cut = create()
						cut.Add(&cs[r.IntN(len(cs))]) // Restore forgets what was there
						if err := cut.Restore(state); err != nil {
							t.Fatalf("seed %d, before connection %d: %v", seed, i, err)
						}
						if !bytes.Equal(cut.State(), state) {
							t.Fatalf("seed %d, before connection %d: the state changes by being restored", seed, i)
						}
						next += 1 + r.IntN(700)
					}
					if got, want := featureText(cut.Add(&cs[i])), featureText(whole.Add(&cs[i])); got != want {
						t.Fatalf("seed %d, connection %d:\n got %s\nwant %s", seed, i, got, want)
					}
				}
			}
		})
	}
}

// TestRestoreKeepsAddresses covers what an address can be: of both families, with a zone,
// mapped, and none.
func TestRestoreKeepsAddresses(t *testing.T) {
	for name, create := range counterMakers() {
		a, b := create(), create()
		var cs []Connection
		for _, dst := range []string{"192.0.2.1", "::ffff:192.0.2.1", "fe80::1", "fe80::1%eth0", ""} {
			addr, _ := netip.ParseAddr(dst)
			cs = append(cs, Connection{Dst: addr})
			a.Add(&cs[len(cs)-1])
		}
		if err := b.Restore(a.State()); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for i := range cs {
			got, want := b.Add(&cs[i]), a.Add(&cs[i])
			if got != want || got.Count != 2 {
				t.Errorf("%s: connection to %q has %+v, want %+v", name, cs[i].Dst, got, want)
			}
		}
	}
}

func TestRestoreRefuses(t *testing.T) {
	for name, create := range counterMakers() {
		c := create()
		cs := randomConnections(1, 700)
		for i := range cs {
			c.Add(&cs[i])
		}
		state, before := c.State(), c.State()
		for _, tc := range []struct {
			what  string
			state []byte
			says  string
		}{
			{"nothing", nil, "ends too early"},
			{"another file", append([]byte("GIF89a"), state[6:]...), "not the state of windows"},
			{"another version", append([]byte("nwin\x02"), state[5:]...), "version 2"},
			{"another mode", resealed(append(append([]byte("nwin\x01"), state[5]^1), state[6:]...)), "it is of the"},
			{"one byte changed", append(append(bytes.Clone(state[:99]), state[99]^4), state[100:]...), "checksum is wrong"},
			{"a cut", state[:len(state)/2], "checksum is wrong"},
			{"a mended cut", resealed(state[:len(state)/2]), "cannot be used"},
			{"something at the end", resealed(append(bytes.Clone(state), 0)), "cannot be used"},
		} {
			err := c.Restore(tc.state)
			if err == nil || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("%s: state with %s: %v", name, tc.what, err)
			}
			if !bytes.Equal(c.State(), before) {
				t.Fatalf("%s: refusing a state with %s changed the counter", name, tc.what)
			}
		}
	}
}

// resealed gives a state the checksum that its bytes call for.
func resealed(state []byte) []byte {
	state = bytes.Clone(state[:max(0, len(state)-4)])
	return binary.BigEndian.AppendUint32(state, crc32.Checksum(state, crc32.MakeTable(crc32.Castagnoli)))
}

// FuzzRestore gives states that look right, but for what the fuzzer changed, to all
// modes: what is accepted must be a state, and a counter that counts right.
func FuzzRestore(f *testing.F) {
	for _, create := range counterMakers() {
		c := create()
		f.Add(c.State())
		cs := randomConnections(2, 60)
		for i := range cs {
			c.Add(&cs[i])
		}
		f.Add(c.State())
	}
	f.Fuzz(func(t *testing.T, state []byte) {
		state = resealed(state)
		for _, m := range []Mode{KDD, Documented, PerHost} {
			c := NewCounter(m)
			if c.Restore(state) != nil {
				continue
			}
			if !bytes.Equal(c.State(), state) {
				t.Fatal("the state changes by being restored")
			}
			flushes(t, c, NewCounter(m))
		}
	})
}

// flushes holds that a restored counter counts as a new one does once all it remembered
// is out of the windows. Counts that were wrong would stay so.
func flushes(t *testing.T, restored, fresh Counter) {
	t.Helper()
	dsts := []netip.Addr{addr4(0x0a000001), addr4(0x0a000002)}
	for i := range 2 * maxRecent {
		c := Connection{Start: math.MaxInt64/2 + int64(i)*1000, Dst: dsts[i%2], DstPort: 80, SrcPort: uint16(i % 7), State: State(i % 11)}
		got, want := featureText(restored.Add(&c)), featureText(fresh.Add(&c))
		if i >= maxRecent && got != want {
			t.Fatalf("connection %d after a restart:\n got %s\nwant %s", i, got, want)
		}
	}
}
