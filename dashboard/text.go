package dashboard

import "encoding/binary"

// alphabet85 are the digits of bytes as text. None of them can end a script, begin a comment,
// or be a reference to a character.
const alphabet85 = "!#$%()*+,./0123456789:;=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_abcdefghijklmnopqrstuvwxyz{|}"

// encode85 writes bytes as text: five digits to the base 85 for four bytes, which is six per
// cent less than base64. Zeros fill the last four.
func encode85(data []byte) string {
	out := make([]byte, 0, (len(data)+3)/4*5)
	for from := 0; from < len(data); from += 4 {
		var four [4]byte
		copy(four[:], data[from:])
		var five [5]byte
		n := binary.BigEndian.Uint32(four[:])
		for i := 4; i >= 0; i-- {
			five[i] = alphabet85[n%85]
			n /= 85
		}
		out = append(out, five[:]...)
	}
	return string(out)
}
