package traffic

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"net/netip"
)

// A state begins with a mark, a version and the mode, and ends with a checksum of all
// before it. Between them are numbers as in encoding/binary's Uvarint and Varint, in
// their shortest form. First come the hosts and services that occur, in the order in
// which they are first mentioned; everything after names them by their place.
const (
	stateMark    = "nwin"
	stateVersion = 1
	stateHead    = len(stateMark) + 2
	stateSum     = 4
)

var (
	castagnoli = crc32.MakeTable(crc32.Castagnoli)

	errStateShort  = errors.New("it ends too early")
	errStateNumber = errors.New("a number in it is out of its range")
	errStateKeys   = errors.New("its hosts and services are not listed as they occur")
	errStateCounts = errors.New("its windows do not fit together")
)

// stateError says which state cannot be used, and why.
func stateError(m Mode, err error) error {
	return fmt.Errorf("the saved state of the %s windows cannot be used: %w; start without it", m, err)
}

// A stateWriter writes what the windows of a mode remember.
type stateWriter struct {
	hosts    keyWriter[netip.Addr]
	services keyWriter[uint32]
	body     []byte
}

// A keyWriter lists keys in the order in which they are first mentioned.
type keyWriter[K comparable] struct {
	places map[K]uint64
	keys   []K
}

func (w *keyWriter[K]) place(key K) uint64 {
	i, ok := w.places[key]
	if !ok {
		if w.places == nil {
			w.places = map[K]uint64{}
		}
		i = uint64(len(w.keys))
		w.places[key] = i
		w.keys = append(w.keys, key)
	}
	return i
}

func (w *stateWriter) number(n uint64) { w.body = binary.AppendUvarint(w.body, n) }
func (w *stateWriter) signed(n int64)  { w.body = binary.AppendVarint(w.body, n) }
func (w *stateWriter) host(a netip.Addr) {
	w.number(w.hosts.place(a))
}

// service writes the service and the outcome of a connection to it.
func (w *stateWriter) service(key uint32, o outcome) {
	w.number(w.services.place(key)*uint64(outcomes) + uint64(o))
}

// seal returns the state, in which service writes the key of a service.
func (w *stateWriter) seal(m Mode, service func([]byte, uint32) []byte) []byte {
	out := append([]byte(stateMark), stateVersion, byte(m))
	out = binary.AppendUvarint(out, uint64(len(w.hosts.keys)))
	for _, a := range w.hosts.keys {
		text, _ := a.MarshalBinary() // never fails
		out = appendText(out, string(text))
	}
	out = binary.AppendUvarint(out, uint64(len(w.services.keys)))
	for _, key := range w.services.keys {
		out = service(out, key)
	}
	out = append(out, w.body...)
	return binary.BigEndian.AppendUint32(out, crc32.Checksum(out, castagnoli))
}

func appendText(b []byte, text string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

// A stateReader reads what a stateWriter wrote. Its first error stays, and everything it
// returns from then on is zero.
type stateReader struct {
	rest     []byte
	hosts    keyReader[netip.Addr]
	services keyReader[uint32]
	err      error
}

// A keyReader knows how many of its keys have been mentioned.
type keyReader[K comparable] struct {
	keys      []K
	mentioned int
}

// openState checks the frame of a state of the mode, and reads its keys; service reads
// one of a service.
func openState(state []byte, m Mode, service func(*stateReader) uint32) (*stateReader, error) {
	switch {
	case len(state) < stateHead+stateSum:
		return nil, errStateShort
	case string(state[:len(stateMark)]) != stateMark:
		return nil, errors.New("it is not the state of windows")
	case state[len(stateMark)] != stateVersion:
		return nil, fmt.Errorf("it has version %d, and this program reads version %d", state[len(stateMark)], stateVersion)
	case Mode(state[len(stateMark)+1]) != m:
		return nil, fmt.Errorf("it is of the %s windows", Mode(state[len(stateMark)+1]))
	}
	end := len(state) - stateSum
	if crc32.Checksum(state[:end], castagnoli) != binary.BigEndian.Uint32(state[end:]) {
		return nil, errors.New("its checksum is wrong")
	}
	r := &stateReader{rest: state[stateHead:end]}
	readKeys(r, &r.hosts, (*stateReader).address)
	readKeys(r, &r.services, service)
	return r, r.err
}

func readKeys[K comparable](r *stateReader, keys *keyReader[K], read func(*stateReader) K) {
	seen := map[K]bool{}
	for range r.number(math.MaxUint32) {
		key := read(r)
		if seen[key] {
			r.fail(errStateKeys)
		}
		if r.err != nil {
			return
		}
		seen[key] = true
		keys.keys = append(keys.keys, key)
	}
}

// mention returns the key in the place, which must be one mentioned before, or the next.
func (k *keyReader[K]) mention(r *stateReader, place uint64) (key K) {
	if place > uint64(k.mentioned) || place >= uint64(len(k.keys)) {
		r.fail(errStateKeys)
	}
	if r.err != nil {
		return key
	}
	k.mentioned = max(k.mentioned, int(place)+1)
	return k.keys[place]
}

func (r *stateReader) host() netip.Addr { return r.hosts.mention(r, r.number(math.MaxUint32)) }

func (r *stateReader) service() (uint32, outcome) {
	n := r.number(math.MaxUint32)
	return r.services.mention(r, n/uint64(outcomes)), outcome(n % uint64(outcomes))
}

// number reads a number of at most limit.
func (r *stateReader) number(limit uint64) uint64 {
	if r.err != nil {
		return 0
	}
	v, n := binary.Uvarint(r.rest)
	r.take(n)
	if v > limit {
		r.fail(errStateNumber)
	}
	if r.err != nil {
		return 0
	}
	return v
}

func (r *stateReader) signed() int64 {
	if r.err != nil {
		return 0
	}
	v, n := binary.Varint(r.rest)
	r.take(n)
	return v
}

// take goes on by the n bytes of a number, which must be as few as possible.
func (r *stateReader) take(n int) {
	switch {
	case n == 0:
		r.err = errStateShort
	case n < 0, n > 1 && r.rest[n-1] == 0:
		r.err = errStateNumber
	default:
		r.rest = r.rest[n:]
	}
}

// fail notes an error, unless there is one already.
func (r *stateReader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

func (r *stateReader) text() string {
	n := r.number(math.MaxUint32)
	if n > uint64(len(r.rest)) {
		r.fail(errStateShort)
	}
	if r.err != nil {
		return ""
	}
	text := string(r.rest[:n])
	r.rest = r.rest[n:]
	return text
}

func (r *stateReader) address() netip.Addr {
	var a netip.Addr
	if a.UnmarshalBinary([]byte(r.text())) != nil {
		r.fail(errStateNumber)
	}
	return a
}

// close reports the first error, one of them being that something is left over.
func (r *stateReader) close() error {
	switch {
	case r.err != nil:
		return r.err
	case len(r.rest) > 0:
		return errors.New("it goes on after its end")
	case r.hosts.mentioned < len(r.hosts.keys) || r.services.mentioned < len(r.services.keys):
		return errStateKeys
	}
	return nil
}

// appendServiceKey and readServiceKey are for the services of Windows and HostWindows.
func appendServiceKey(b []byte, key uint32) []byte { return binary.AppendUvarint(b, uint64(key)) }

func readServiceKey(r *stateReader) uint32 {
	key := uint32(r.number(math.MaxUint32))
	if key > uint32(ICMP)<<16|uint32(otherICMP) {
		r.fail(errStateNumber)
	}
	return key
}
