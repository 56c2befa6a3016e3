package content

import (
	"cmp"
	"math"

	"github.com/netanom/netanom/traffic"
)

// A party is one side of a connection.
type party uint8

const (
	originator party = iota
	responder
)

// A Conversation reads along with one TCP connection. It takes a few hundred bytes,
// and at most some 160 KiB while segments are out of order. It must not be used by
// several goroutines at once.
type Conversation struct {
	found traffic.Content
	sides [2]side
	talk  dialogue // nil until there is something to read
	port  uint16
	room  *Room // nil: its own bounds are enough
	taken int   // bytes of room that it holds
}

// A Room bounds what many conversations together hold of segments that are out of order, to 256 MiB.
// Where that is not enough, the one that wants more goes on behind what is missing. The zero value is ready.
type Room struct {
	taken int
	most  int // 0: roomBytes
}

const roomBytes = 256 << 20

// New is the function New for conversations that share the room.
func (r *Room) New(c *traffic.Connection) *Conversation {
	v := New(c)
	if v != nil {
		v.room = r
	}
	return v
}

// account tells the room what the conversation holds, and gives up what there is no room for.
func (v *Conversation) account() {
	if v.room == nil {
		return
	}
	v.charge()
	if v.room.taken > cmp.Or(v.room.most, roomBytes) {
		v.giveUp()
		v.charge()
	}
}

func (v *Conversation) charge() {
	held := v.sides[originator].heldBytes + v.sides[responder].heldBytes
	v.room.taken += held - v.taken
	v.taken = held
}

// giveUp reads all that is held, whatever is missing between.
func (v *Conversation) giveUp() {
	for p := range v.sides {
		v.sides[p].giveUp(party(p), v.talk)
	}
}

// A dialogue understands a protocol. What it finds it adds to the content it was made
// for.
type dialogue interface {
	// read takes in the next bytes of a side.
	read(from party, data []byte)
	// miss says that n bytes of a side will never be seen.
	miss(from party, n int)
	// deaf reports whether nothing that the side may still say is of interest.
	deaf(from party) bool
	// finish adds what the words that were said last tell without their line's end.
	finish(found *traffic.Content)
}

// New returns a conversation for a connection whose service is in clear text, and nil
// for others. The responder's port decides: 21 (ftp), 23 (telnet), 25 and 587 (smtp),
// 80 and 8080 (http), 110 (pop_3), 143 (imap4), 513 (login).
func New(c *traffic.Connection) *Conversation {
	if c.Protocol != traffic.TCP || !readable(c.DstPort) {
		return nil
	}
	return &Conversation{port: c.DstPort}
}

func readable(port uint16) bool {
	switch port {
	case 21, 23, 25, 80, 110, 143, 513, 587, 8080:
		return true
	}
	return false
}

// newDialogue returns the reader of what is spoken at the port.
func newDialogue(port uint16, found *traffic.Content) dialogue {
	switch port {
	case 21:
		return newTranscript(&ftp{found: found}, unlimited)
	case 23:
		return newTerminal(found)
	case 513:
		return newRlogin(found)
	case 110:
		return newTranscript(&pop{found: found}, readLimit)
	case 143:
		return newTranscript(&imap{found: found}, readLimit)
	case 25, 587:
		return newTranscript(&smtp{found: found}, readLimit)
	}
	return newTranscript(&http{found: found}, readLimit)
}

// Segment takes in a TCP segment, in any order and repeated or not. seq is its
// sequence number, which that of a SYN counts in. lost is how many bytes of its payload
// were not captured; they follow those in data. A FIN needs no care. The data are not
// kept.
func (v *Conversation) Segment(fromOriginator bool, seq uint32, syn, _ bool, data []byte, lost int) {
	from := responder
	if fromOriginator {
		from = originator
	}
	s := &v.sides[from]
	if syn {
		s.begin(seq + 1)
		seq++
	}
	if len(data) == 0 && lost <= 0 {
		return
	}
	if v.talk == nil {
		v.talk = newDialogue(v.port, &v.found)
	}
	defer v.account()
	if v.talk.deaf(from) {
		s.held, s.heldBytes = nil, 0
		return
	}
	before := s.next
	s.take(segment{seq: seq, data: data, lost: min(max(lost, 0), math.MaxUint16)}, from, v.talk)
	if s.next != before {
		v.sides[1-from].wait(1-from, v.talk)
	}
}

// Content returns what was found so far. It no longer waits for segments that are
// missing: should they still come, they are not read. So it is best called once, at
// the end.
func (v *Conversation) Content() traffic.Content {
	if v.talk == nil {
		return v.found
	}
	v.giveUp()
	v.account()
	found := v.found
	v.talk.finish(&found)
	return found
}

// Gaps returns how often bytes of the connection were missing, because packets or
// their ends were not captured. What was said there is not in the content.
func (v *Conversation) Gaps() int { return v.sides[originator].gaps + v.sides[responder].gaps }

// add counts up, as far as the features go.
func add(count *uint16, n int) {
	*count = uint16(min(int(*count)+n, math.MaxUint16))
}
