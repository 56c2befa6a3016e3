package content

import (
	"strings"
	"testing"

	"github.com/netanom/netanom/traffic"
)

// A turn is what one side says before the other speaks.
type turn struct {
	from party
	text string
}

func user(text string) turn   { return turn{originator, text} }
func server(text string) turn { return turn{responder, text} }

// A script is a dialogue at a port, and what is to be found in it.
type script struct {
	name  string
	port  uint16
	turns []turn
	want  traffic.Content
}

// linesOf makes a dialogue of lines: those that begin with "> " are the user's.
func linesOf(text string) []turn {
	var turns []turn
	for _, line := range strings.Split(strings.TrimPrefix(text, "\n"), "\n") {
		from := responder
		if strings.HasPrefix(line, "> ") {
			from, line = originator, line[2:]
		}
		turns = append(turns, turn{from, line + "\r\n"})
	}
	return turns
}

// A tape turns what is said into segments. The sequence numbers wrap around in the
// middle of most dialogues.
type tape struct {
	v    *Conversation
	next [2]uint32
}

func newTape(port uint16) *tape {
	t := &tape{v: New(&traffic.Connection{DstPort: port}), next: [2]uint32{1<<32 - 30, 1<<32 - 60}}
	for _, from := range []party{originator, responder} {
		t.v.Segment(from == originator, t.next[from], true, false, nil, 0)
		t.next[from]++
	}
	return t
}

func (t *tape) say(from party, text string) {
	t.at(from, 0, text)
	t.next[from] += uint32(len(text))
}

// at sends text that lies some bytes ahead.
func (t *tape) at(from party, ahead int, text string) {
	t.v.Segment(from == originator, t.next[from]+uint32(ahead), false, false, []byte(text), 0)
}

func (s *script) play() traffic.Content {
	t := newTape(s.port)
	for _, turn := range s.turns {
		t.say(turn.from, turn.text)
	}
	return t.v.Content()
}

func check(t *testing.T, scripts []script) {
	t.Helper()
	for _, s := range scripts {
		t.Run(s.name, func(t *testing.T) {
			if got := s.play(); got != s.want {
				t.Errorf("found %+v,\nwant  %+v", got, s.want)
			}
		})
	}
}

// all are the scripts of all protocols.
func all() []script {
	var out []script
	for _, s := range [][]script{ftpScripts, popScripts, imapScripts, smtpScripts, httpScripts, terminalScripts} {
		out = append(out, s...)
	}
	return out
}
