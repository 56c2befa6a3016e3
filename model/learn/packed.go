package learn

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"math"
)

// Long lists of numbers are stored as the bytes of their little-endian form in
// base64: a third of the size of decimals, exact, and no larger in memory than in
// the file.
type (
	// Floats are stored eight bytes each.
	Floats []float64
	// Ints are stored four bytes each.
	Ints []int32
)

var errPacked = errors.New("a packed list of numbers is cut short")

// MarshalJSON packs the numbers.
func (f Floats) MarshalJSON() ([]byte, error) {
	raw := make([]byte, 0, 8*len(f))
	for _, v := range f {
		raw = binary.LittleEndian.AppendUint64(raw, math.Float64bits(v))
	}
	return quoted(raw), nil
}

// UnmarshalJSON unpacks the numbers.
func (f *Floats) UnmarshalJSON(text []byte) error {
	raw, err := unquoted(text, 8)
	if err != nil {
		return err
	}
	*f = make(Floats, len(raw)/8)
	for i := range *f {
		(*f)[i] = math.Float64frombits(binary.LittleEndian.Uint64(raw[8*i:]))
	}
	return nil
}

// Finite reports whether no number is NaN or infinite.
func (f Floats) Finite() bool {
	for _, v := range f {
		if v-v != 0 {
			return false
		}
	}
	return true
}

// MarshalJSON packs the numbers.
func (n Ints) MarshalJSON() ([]byte, error) {
	raw := make([]byte, 0, 4*len(n))
	for _, v := range n {
		raw = binary.LittleEndian.AppendUint32(raw, uint32(v))
	}
	return quoted(raw), nil
}

// UnmarshalJSON unpacks the numbers.
func (n *Ints) UnmarshalJSON(text []byte) error {
	raw, err := unquoted(text, 4)
	if err != nil {
		return err
	}
	*n = make(Ints, len(raw)/4)
	for i := range *n {
		(*n)[i] = int32(binary.LittleEndian.Uint32(raw[4*i:]))
	}
	return nil
}

func quoted(raw []byte) []byte {
	out := make([]byte, 0, base64.StdEncoding.EncodedLen(len(raw))+2)
	out = append(out, '"')
	out = base64.StdEncoding.AppendEncode(out, raw)
	return append(out, '"')
}

func unquoted(text []byte, size int) ([]byte, error) {
	raw, err := unbase64(text)
	if err != nil {
		return nil, err
	}
	if len(raw)%size != 0 {
		return nil, errPacked
	}
	return raw, nil
}
