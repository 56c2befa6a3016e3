package content

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/netanom/netanom/traffic"
)

// However a dialogue is cut into segments, it is the same dialogue.
func TestSplit(t *testing.T) {
	for _, s := range all() {
		for at := 1; ; at++ {
			cut := false
			tape := newTape(s.port)
			for _, turn := range s.turns {
				n := min(at, len(turn.text))
				cut = cut || n < len(turn.text)
				tape.say(turn.from, turn.text[:n])
				tape.say(turn.from, turn.text[n:])
			}
			if got := tape.v.Content(); got != s.want {
				t.Errorf("%s, cut after %d bytes: found %+v, want %+v", s.name, at, got, s.want)
			}
			if !cut {
				break
			}
		}
		tape := newTape(s.port)
		for _, turn := range s.turns {
			for i := range len(turn.text) {
				tape.say(turn.from, turn.text[i:i+1])
			}
		}
		if got := tape.v.Content(); got != s.want {
			t.Errorf("%s, byte by byte: found %+v, want %+v", s.name, got, s.want)
		}
	}
}

// In whatever order segments come, repeated and overlapping, it is the same dialogue.
func TestDisorder(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, s := range all() {
		for range 20 {
			tape := newTape(s.port)
			for _, turn := range s.turns {
				disorder(random, tape, turn)
			}
			if got := tape.v.Content(); got != s.want || tape.v.Gaps() != 0 {
				t.Errorf("%s: found %+v and %d gaps, want %+v", s.name, got, tape.v.Gaps(), s.want)
			}
		}
	}
}

func disorder(random *rand.Rand, tape *tape, turn turn) {
	n := len(turn.text)
	var pieces [][2]int
	for i := 0; i < n; {
		to := min(n, i+1+random.IntN(n/8+1))
		pieces = append(pieces, [2]int{max(0, i-random.IntN(4)), min(n, to+random.IntN(4))})
		if random.IntN(3) == 0 {
			pieces = append(pieces, pieces[random.IntN(len(pieces))])
		}
		i = to
	}
	random.Shuffle(len(pieces), func(i, j int) { pieces[i], pieces[j] = pieces[j], pieces[i] })
	for _, p := range pieces {
		tape.at(turn.from, p[0], turn.text[p[0]:p[1]])
	}
	tape.next[turn.from] += uint32(n)
}

// A recorder keeps what it is told.
type recorder struct {
	heard  []byte
	missed int
}

func (r *recorder) read(_ party, data []byte) { r.heard = append(r.heard, data...) }
func (r *recorder) miss(_ party, n int)       { r.missed += n }
func (r *recorder) deaf(party) bool           { return false }
func (r *recorder) finish(*traffic.Content)   {}

// Of data that differ, those that came first count: compared with a plain array that
// is filled once.
func TestFirstDataWin(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for round := range 2000 {
		const size = 40
		var s side
		var r recorder
		start := random.Uint32()
		s.begin(start)
		var first [size]byte
		for n := byte(1); n < 25; n++ {
			from := random.IntN(size)
			to := min(size, from+1+random.IntN(10))
			for i := from; i < to; i++ {
				if first[i] == 0 {
					first[i] = n
				}
			}
			s.take(segment{seq: start + uint32(from), data: slices.Repeat([]byte{n}, to-from)}, originator, &r)
			want := first[:]
			if hole := slices.Index(first[:], 0); hole >= 0 {
				want = first[:hole]
			}
			if !slices.Equal(r.heard, want) {
				t.Fatalf("round %d, segment %d [%d, %d): heard %v, want %v", round, n, from, to, r.heard, want)
			}
		}
	}
}

func TestGaps(t *testing.T) {
	var s side
	var r recorder
	at := func(seq uint32, text string, lost int) {
		s.take(segment{seq: seq, data: []byte(text), lost: lost}, originator, &r)
	}
	at(100, "ab", 0)  // mid-stream: the first segment is the beginning
	at(90, "old", 0)  // before it
	at(102, "cd", 3)  // three bytes not captured
	at(104, "xyz", 0) // come too late
	at(107, "ef", 0)  // and on
	at(112, "ij", 0)  // a hole of three
	at(115, "l", 0)   // and one of one
	if string(r.heard) != "abcdef" || r.missed != 3 || s.gaps != 1 {
		t.Fatalf("heard %q, missed %d in %d gaps; want abcdef, 3 in 1", r.heard, r.missed, s.gaps)
	}
	at(109, "gh.", 0)
	s.giveUp(originator, &r)
	if string(r.heard) != "abcdefgh.ijl" || r.missed != 4 || s.gaps != 2 {
		t.Fatalf("heard %q, missed %d in %d gaps; want abcdefgh.ijl, 4 in 2", r.heard, r.missed, s.gaps)
	}
}

// Where the sides take turns, what was not captured is not waited for.
func TestTakingTurns(t *testing.T) {
	tape := newTape(110)
	tape.say(responder, "+OK ready\r\n")
	tape.next[responder] += 20
	const rounds = 20
	for range rounds {
		tape.say(originator, "PASS x\r\n")
		tape.say(responder, "-ERR no\r\n")
	}
	if got := int(tape.v.found.NumFailedLogins); tape.v.Gaps() != 1 || got < rounds-patience-2 {
		t.Errorf("%d failed logins and %d gaps before the end, want nearly %d and 1", got, tape.v.Gaps(), rounds)
	}
}

// A line with a hole in it is not read; those before and behind it are.
func TestTornLine(t *testing.T) {
	tape := newTape(21)
	tape.say(responder, "220 x\r\n")
	tape.say(originator, "STOR /etc/passwd\r\nXX")
	tape.next[originator] += 10
	tape.say(originator, "RETR /etc/passwd\r\nRETR /etc/shadow\r\n")
	if got := tape.v.Content(); got.Hot != 2 || got.NumAccessFiles != 2 || tape.v.Gaps() != 1 {
		t.Errorf("found %+v and %d gaps, want hot 2, access files 2, 1 gap", got, tape.v.Gaps())
	}
}

// The length of a body is known, so that what is missing in it does no harm.
func TestGapInBody(t *testing.T) {
	tape := newTape(80)
	tape.say(originator, "GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nAuthorization: Basic YQ==\r\n\r\n")
	tape.say(responder, "HTTP/1.1 401 x\r\nContent-Length: 500\r\n\r\n")
	tape.v.Segment(false, tape.next[responder], false, false, []byte("abc"), 497)
	tape.next[responder] += 500
	tape.say(responder, "HTTP/1.1 401 x\r\n\r\n")
	if got := tape.v.Content(); got != (traffic.Content{NumFailedLogins: 1}) {
		t.Errorf("found %+v, want one failed login", got)
	}
}

// footprint is how much memory a conversation holds on to.
func footprint(v *Conversation) int {
	n := 512
	for _, s := range v.sides {
		n += cap(s.held) * 48
		for _, h := range s.held {
			n += cap(h.data)
		}
	}
	switch talk := v.talk.(type) {
	case *transcript:
		n += cap(talk.sides[0].part) + cap(talk.sides[1].part)
	case *terminal:
		n += cap(talk.user.text) + cap(talk.screen.text)
	}
	return n
}

func TestBoundedMemory(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	data := slices.Repeat([]byte("a"), 64<<10)
	for _, port := range []uint16{21, 23, 80, 143} {
		tape, worst := newTape(port), 0
		for range 20_000 {
			size := 1 + random.IntN(3000)
			tape.v.Segment(random.IntN(2) == 0, tape.next[0]+random.Uint32N(1<<20), false, false, data[:size], random.IntN(2))
			worst = max(worst, footprint(tape.v))
		}
		tape.v.Segment(true, tape.next[0]+1<<28, false, false, data, 0)
		worst = max(worst, footprint(tape.v))
		if worst > 160<<10 {
			t.Errorf("port %d: a conversation takes %d bytes, want at most 160 KiB", port, worst)
		}
		t.Logf("port %d: at most %d bytes", port, worst)
	}
}

// After a mebibyte a service that is no terminal is not read any more.
func TestReadLimit(t *testing.T) {
	for port, want := range map[uint16]bool{80: true, 110: true, 21: false, 23: false} {
		tape := newTape(port)
		for range 1 << 10 {
			tape.say(originator, string(slices.Repeat([]byte("xxxxxxx\n"), 128)))
		}
		if got := tape.v.talk.deaf(originator); got != want {
			t.Errorf("port %d: deaf after 1 MiB is %t, want %t", port, got, want)
		}
	}
}

// A terminal's line of which a part is not captured is not taken for a command.
func TestGapInTerminal(t *testing.T) {
	tape := newTape(23)
	for _, turn := range login {
		tape.say(turn.from, turn.text)
	}
	tape.v.Segment(true, tape.next[originator], false, false, []byte("echo "), 3)
	tape.next[originator] += 8
	tape.say(originator, "touch a\r\n")
	tape.say(responder, "\r\n$ ")
	tape.say(originator, "touch b\r\n")
	if got := tape.v.Content(); got != (traffic.Content{LoggedIn: true, NumFileCreations: 1}) || tape.v.Gaps() != 1 {
		t.Errorf("found %+v and %d gaps, want one file created, 1 gap", got, tape.v.Gaps())
	}
}

func TestPorts(t *testing.T) {
	for _, c := range []traffic.Connection{{DstPort: 22}, {DstPort: 443}, {DstPort: 80, Protocol: traffic.UDP}} {
		if New(&c) != nil {
			t.Errorf("%v port %d is read, and should not be", c.Protocol, c.DstPort)
		}
	}
	if got := New(&traffic.Connection{DstPort: 80}).Content(); got != (traffic.Content{}) {
		t.Errorf("a connection without payload has %+v", got)
	}
}
