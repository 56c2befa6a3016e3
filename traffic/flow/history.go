package flow

import "bytes"

// A history is what happened in a connection, a letter each, as in Zeek's conn.log:
// upper case for the originator. It keeps the first letters only.
type history struct {
	letters [23]byte
	n       uint8
}

// What is written down once for each side, but for repetitions at another place of the stream.
const (
	sawSYN uint8 = 1 << iota
	sawFIN
	sawRST
	sawData
	sawACK
	sawMixed  // SYN with FIN or RST
	sawAtOdds // FIN with RST
)

func (h *history) add(letter byte, side side) {
	if int(h.n) == len(h.letters) {
		return
	}
	if side == responder {
		letter |= 'a' - 'A'
	}
	h.letters[h.n] = letter
	h.n++
}

// text returns the letters.
func (h *history) text() []byte { return h.letters[:h.n] }

// givenUp reports whether the originator sent a SYN and then a RST without having
// been answered in between: ^?S[^HAFGIQ]*R of Zeek.
func (h *history) givenUp() bool {
	b := bytes.TrimPrefix(h.text(), []byte("^"))
	if len(b) == 0 || b[0] != 'S' {
		return false
	}
	end := bytes.IndexByte(b, 'R')
	return end > 0 && !bytes.ContainsAny(b[1:end], "HAFGIQ")
}

// once writes a letter down if it is the first of its kind from that side.
func (f *flow) once(kind uint8, letter byte, from side) bool {
	e := &f.ends[from]
	if e.seen&kind != 0 {
		return false
	}
	e.seen |= kind
	f.history.add(letter, from)
	return true
}

// placed writes a letter down if it is the first of its kind from that side, or one at
// another sequence number than the last.
func (f *flow) placed(kind uint8, letter byte, from side, last *uint32, seq uint32) {
	if !f.once(kind, letter, from) && *last != seq {
		f.history.add(letter, from)
	}
	*last = seq
}
