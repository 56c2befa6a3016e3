package traffic

import (
	"net/netip"
	"strconv"
)

// The append functions of this file write a comma and then the value. Most of the time
// that it takes to write a record goes into them, so that what is looked up here is
// what strconv and netip would divide for.

func appendEndpoint(b []byte, a netip.Addr, port uint16) []byte {
	if a.Is4() {
		b = appendIPv4(b, a.As4())
	} else {
		b = a.WithZone("").AppendTo(append(b, ','))
	}
	return appendCount(b, port)
}

// An octet is the text of a byte of an IPv4 address, with a dot before it.
type octet struct {
	text [4]byte
	size uint8
}

var octets = func() (all [256]octet) {
	for i := range all {
		all[i].size = uint8(copy(all[i].text[:], strconv.AppendInt([]byte{'.'}, int64(i), 10)))
	}
	return all
}()

func appendIPv4(b []byte, ip [4]byte) []byte {
	at := len(b)
	for _, i := range ip {
		o := &octets[i]
		b = append(b, o.text[:]...)
		b = b[:len(b)-len(o.text)+int(o.size)]
	}
	b[at] = ','
	return b
}

// pairs are the numbers of two digits, one after the other.
var pairs = func() (all [200]byte) {
	for i := range all {
		all[i] = '0' + byte(i/2/[...]int{10, 1}[i%2]%10)
	}
	return all
}()

// appendPair appends a number below 100 as two digits, without a comma.
func appendPair[T uint32 | int64](b []byte, v T) []byte {
	return append(b, pairs[2*v], pairs[2*v+1])
}

func appendNumber(b []byte, v int64) []byte {
	if v < 0 || v >= 100_000 {
		return strconv.AppendInt(append(b, ','), v, 10)
	}
	switch n := uint32(v); {
	case n < 10:
		return append(b, ',', '0'+byte(n))
	case n < 100:
		return appendPair(append(b, ','), n)
	case n < 1000:
		return appendPair(append(b, ',', '0'+byte(n/100)), n%100)
	case n < 10_000:
		return appendPair(appendPair(append(b, ','), n/100), n%100)
	default:
		return appendPair(appendPair(append(b, ',', '0'+byte(n/10_000)), n/100%100), n%100)
	}
}

func appendCount(b []byte, v uint16) []byte { return appendNumber(b, int64(v)) }

func appendFlag(b []byte, v bool) []byte {
	if v {
		return append(b, ',', '1')
	}
	return append(b, ',', '0')
}

var rates = func() (all [256][5]byte) {
	for r := range all {
		all[r] = [5]byte{',', '0' + byte(r/100), '.', '0' + byte(r/10%10), '0' + byte(r%10)}
	}
	return all
}()

func appendRate(b []byte, r Rate) []byte { return append(b, rates[r][:]...) }
