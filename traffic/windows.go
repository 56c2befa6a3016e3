package traffic

import (
	"encoding/binary"
	"math"
	"net/netip"
)

// The extent of the two windows, the current connection included.
const (
	recentSeconds = 2   // the first window reaches back this many whole seconds
	maxRecent     = 511 // and holds no more connections than this
	maxLast       = 255 // the second window holds the last 255 connections
)

const (
	recent = iota // index of the first window's tallies
	last          // and of the second's
)

// Features are the 19 features that compare a connection with those before
// it, 23 to 41 of the KDD data. The first nine look at the recent window, the
// others at the last 255 connections.
type Features struct {
	Count           uint32 // connections to the same host
	SrvCount        uint32 // connections to the same service, any host
	SerrorRate      Rate
	SrvSerrorRate   Rate
	RerrorRate      Rate
	SrvRerrorRate   Rate
	SameSrvRate     Rate
	DiffSrvRate     Rate
	SrvDiffHostRate Rate

	DstHostCount           uint32
	DstHostSrvCount        uint32 // any host, though the name says otherwise
	DstHostSameSrvRate     Rate
	DstHostDiffSrvRate     Rate
	DstHostSameSrcPortRate Rate
	DstHostSrvDiffHostRate Rate
	DstHostSerrorRate      Rate
	DstHostSrvSerrorRate   Rate
	DstHostRerrorRate      Rate
	DstHostSrvRerrorRate   Rate
}

// A Rate is a share in hundredths, 0 to 100: the KDD data print two decimals.
type Rate uint8

// Float returns the share, 0 to 1.
func (r Rate) Float() float64 { return float64(r) / 100 }

// newRate returns k/n rounded as the KDD data are: divided in single
// precision, printed with two decimals. The product with 100 is exact in
// double precision, so that only the printing rounds, ties to even.
func newRate[N uint16 | uint32](k, n N) Rate {
	if n == 0 {
		return 0
	}
	return Rate(math.RoundToEven(float64(float32(k)/float32(n)) * 100))
}

// newDistinctRate returns the rate of distinct values, which is 0 when there
// is only one.
func newDistinctRate[N uint16 | uint32](distinct, n N) Rate {
	if distinct <= 1 {
		return 0
	}
	return newRate(distinct, n)
}

// Windows keeps the connections that the window features look back on. The
// definitions are those found in the KDD'99 data:
//
//   - The recent window holds the connections whose start, in whole seconds,
//     is at most 2 before that of the current one, and at most the last 511.
//   - The other window holds the last 255 connections.
//   - Both are of all hosts together and include the current connection.
//   - Same service means same protocol and destination port, not same name.
//   - S0, S1, S2, S3 and SH are SYN errors; REJ, RSTO, RSTOS0 and RSTR are
//     REJ errors.
//   - The "different" rates count distinct services or hosts, 0 if only one.
//
// The zero value is ready for use. It takes the same memory, some 80 kB,
// however long the stream, and constant time for each connection. It must not
// be used by several goroutines at once.
type Windows struct {
	hosts    table[netip.Addr]
	services table[uint32]
	pairs    table[uint32] // place of host, place of service
	ports    table[uint32] // place of host, source port; the recent window does not count them

	ring   [places]seen
	added  uint64    // connections added so far; the next goes to ring[added%places]
	oldest [2]uint64 // the first that is still in each window
}

// seen is what a window remembers of a connection.
type seen struct {
	second         int64
	host, service  int16 // places
	pair, port     int16
	serror, rerror uint16 // 0 or 1
}

// Add returns the features of the connection and remembers it for those that
// follow. Connections must be added in order of their start, with their final
// state.
func (w *Windows) Add(c *Connection) Features {
	second := floorSecond(c.Start)
	w.forget(second)

	s := w.place(second, c.Dst, c.serviceKey(), c.State.outcome())
	w.placePort(&s, c.SrcPort)
	w.push(s)
	w.count(recent, &s, 1)
	w.count(last, &s, 1)
	return w.features(&s)
}

// place gives a connection its places in the tables, but for that of its port.
func (w *Windows) place(second int64, dst netip.Addr, service uint32, o outcome) seen {
	host := w.hosts.place(dst, hashAddr(dst))
	s := seen{second: second, host: host, service: w.services.place(service, hash(service))}
	pair := uint32(host)<<16 | uint32(s.service)
	s.pair = w.pairs.place(pair, hash(pair))
	switch o {
	case synError:
		s.serror = 1
	case rejError:
		s.rerror = 1
	}
	return s
}

func (w *Windows) placePort(s *seen, port uint16) {
	key := uint32(s.host)<<16 | uint32(port)
	s.port = w.ports.place(key, hash(key))
}

func (w *Windows) push(s seen) {
	w.ring[w.added%places] = s
	w.added++
}

// forget takes out of both windows what must make room for a connection of
// the given second.
func (w *Windows) forget(second int64) {
	for w.oldest[recent] < w.added {
		s := &w.ring[w.oldest[recent]%places]
		if s.second >= second-recentSeconds && w.added-w.oldest[recent] < maxRecent {
			break
		}
		w.drop(recent, s)
	}
	if w.added-w.oldest[last] == maxLast {
		w.drop(last, &w.ring[w.oldest[last]%places])
	}
}

func (w *Windows) drop(window int, s *seen) {
	w.count(window, s, math.MaxUint16) // that is -1: the tallies wrap around
	w.oldest[window]++
	w.hosts.release(s.host)
	w.services.release(s.service)
	w.pairs.release(s.pair)
	if window == last {
		w.ports.release(s.port)
	}
}

// count adds the connection to one window, or takes it out again if by is -1.
func (w *Windows) count(window int, s *seen, by uint16) {
	host := &w.hosts.nodes[s.host].windows[window]
	service := &w.services.nodes[s.service].windows[window]
	pair := &w.pairs.nodes[s.pair].windows[window]
	for _, t := range [...]*tally{host, service} {
		t.n += by
		t.serrors += by * s.serror
		t.rerrors += by * s.rerror
	}
	before := pair.n
	pair.n += by
	if before == 0 || pair.n == 0 { // the pair came or went
		host.distinct += by
		service.distinct += by
	}
	if window == last {
		w.ports.nodes[s.port].windows[last].n += by
	}
}

func (w *Windows) features(s *seen) Features {
	host, service, pair := w.tallies(recent, s)
	f := Features{
		Count:           uint32(host.n),
		SrvCount:        uint32(service.n),
		SerrorRate:      newRate(host.serrors, host.n),
		SrvSerrorRate:   newRate(service.serrors, service.n),
		RerrorRate:      newRate(host.rerrors, host.n),
		SrvRerrorRate:   newRate(service.rerrors, service.n),
		SameSrvRate:     newRate(pair.n, host.n),
		DiffSrvRate:     newDistinctRate(host.distinct, host.n),
		SrvDiffHostRate: newDistinctRate(service.distinct, service.n),
	}
	host, service, pair = w.tallies(last, s)
	f.DstHostCount = uint32(host.n)
	f.DstHostSrvCount = uint32(service.n)
	f.DstHostSameSrvRate = newRate(pair.n, host.n)
	f.DstHostDiffSrvRate = newDistinctRate(host.distinct, host.n)
	f.DstHostSameSrcPortRate = newRate(w.ports.nodes[s.port].windows[last].n, host.n)
	f.DstHostSrvDiffHostRate = newDistinctRate(service.distinct, service.n)
	f.DstHostSerrorRate = newRate(host.serrors, host.n)
	f.DstHostSrvSerrorRate = newRate(service.serrors, service.n)
	f.DstHostRerrorRate = newRate(host.rerrors, host.n)
	f.DstHostSrvRerrorRate = newRate(service.rerrors, service.n)
	return f
}

func (w *Windows) tallies(window int, s *seen) (host, service, pair *tally) {
	return &w.hosts.nodes[s.host].windows[window],
		&w.services.nodes[s.service].windows[window],
		&w.pairs.nodes[s.pair].windows[window]
}

// floorSecond returns the whole second of a time in microseconds, rounded
// down also before 1970.
func floorSecond(micro int64) int64 {
	second := micro / 1e6
	if micro%1e6 < 0 {
		second--
	}
	return second
}

// hash spreads a key over the top bits by Fibonacci hashing (Knuth, The Art
// of Computer Programming 3, 6.4).
func hash(key uint32) uint64 { return uint64(key) * 0x9E3779B97F4A7C15 }

func hashAddr(a netip.Addr) uint64 {
	b := a.As16()
	high, low := binary.LittleEndian.Uint64(b[:8]), binary.LittleEndian.Uint64(b[8:])
	h := (high ^ low>>32 ^ low) * 0x9E3779B97F4A7C15
	return (h ^ h>>29) * 0xBF58476D1CE4E5B9
}
