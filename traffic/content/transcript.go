package content

import (
	"bytes"

	"github.com/netanom/netanom/traffic"
)

const (
	maxLine   = 1024    // bytes of a line that are looked at
	readLimit = 1 << 20 // bytes of a side after which a service tells nothing new
	unlimited = -1
)

// A speaker understands a protocol of lines.
type speaker interface {
	line(t *transcript, from party, text []byte)
	// lost says that the side may have said more than was read.
	lost(from party)
}

// A transcript cuts what is said into lines. It is the dialogue of protocols that have
// lines.
type transcript struct {
	speaker speaker
	sides   [2]lines
}

// lines is what one side says. A line ends with LF; a CR before it is not part of it.
type lines struct {
	part  []byte // of the line that has not ended
	skip  int64  // bytes that are not lines and come first
	left  int64  // how many bytes are read before the side is deaf; < 0: no limit
	torn  bool   // the beginning of the line is missing
	ended bool   // nothing more is read
}

func newTranscript(s speaker, limit int64) *transcript {
	return &transcript{speaker: s, sides: [2]lines{{left: limit}, {left: limit}}}
}

func (t *transcript) read(from party, data []byte) {
	s := &t.sides[from]
	for len(data) > 0 && !s.ended {
		if s.skip > 0 {
			n := min(s.skip, int64(len(data)))
			s.skip, data = s.skip-n, data[n:]
			continue
		}
		end := bytes.IndexByte(data, '\n')
		if end < 0 {
			s.keep(data)
			s.use(len(data))
			return
		}
		s.use(end + 1)
		t.hear(from, data[:end])
		data = data[end+1:]
	}
}

// hear hands on the line that ends with the text.
func (t *transcript) hear(from party, text []byte) {
	s := &t.sides[from]
	if len(s.part) > 0 {
		s.keep(text)
		text = s.part
	}
	torn := s.torn
	s.part, s.torn = s.part[:0], false
	if torn {
		return
	}
	text = bytes.TrimSuffix(text, []byte{'\r'})
	t.speaker.line(t, from, text[:min(len(text), maxLine)])
}

// keep adds to the line that has not ended. A CR that might be its end is kept beyond
// the limit.
func (s *lines) keep(text []byte) {
	room := maxLine + 1 - len(s.part)
	s.part = append(s.part, text[:min(len(text), room)]...)
}

func (s *lines) use(n int) {
	if s.left >= 0 {
		s.left = max(s.left-int64(n), 0)
		s.ended = s.ended || s.left == 0
	}
}

// pass has the next n bytes of the side passed over, as they are no lines.
func (t *transcript) pass(from party, n int64) { t.sides[from].skip = max(n, 0) }

// stop ends the reading of a side.
func (t *transcript) stop(from party) { t.sides[from] = lines{ended: true} }

// encrypted ends the reading: what follows is no clear text.
func (t *transcript) encrypted() {
	t.stop(originator)
	t.stop(responder)
}

func (t *transcript) miss(from party, n int) {
	s := &t.sides[from]
	known := min(s.skip, int64(n))
	s.skip -= known
	if int64(n) > known {
		s.part, s.torn = s.part[:0], true
		t.speaker.lost(from)
	}
}

func (t *transcript) deaf(from party) bool { return t.sides[from].ended }

func (t *transcript) finish(*traffic.Content) {}

// word cuts off the first word of a line.
func word(text []byte) (first, rest []byte) {
	first, rest, _ = bytes.Cut(text, []byte{' '})
	return first, bytes.TrimSpace(rest)
}

// is compares a word without regard to case.
func is(text []byte, word string) bool { return bytes.EqualFold(text, []byte(word)) }

// code returns the number that begins a reply, and whether further lines of it follow
// (RFC 959, section 4.2; RFC 5321, section 4.2.1). It is 0 for other lines.
func code(text []byte) (number int, more bool) {
	if len(text) < 3 {
		return 0, false
	}
	for _, digit := range text[:3] {
		if digit < '0' || digit > '9' {
			return 0, false
		}
		number = 10*number + int(digit-'0')
	}
	return number, len(text) > 3 && text[3] == '-'
}

// An agenda holds what was asked and not yet answered, for clients that do not wait.
// Beyond its size the oldest are forgotten.
type agenda struct {
	asked [16]byte
	first uint8
	n     uint8
}

func (a *agenda) push(b byte) {
	if int(a.n) == len(a.asked) {
		a.pop()
	}
	a.asked[(a.first+a.n)%uint8(len(a.asked))] = b
	a.n++
}

// peek returns the oldest, 0 if there is none.
func (a *agenda) peek() byte {
	if a.n == 0 {
		return 0
	}
	return a.asked[a.first]
}

// settle replaces the oldest, which is still to be answered.
func (a *agenda) settle(b byte) {
	if a.n > 0 {
		a.asked[a.first] = b
	}
}

// pop returns the oldest and forgets it.
func (a *agenda) pop() byte {
	b := a.peek()
	if a.n > 0 {
		a.first = (a.first + 1) % uint8(len(a.asked))
		a.n--
	}
	return b
}
