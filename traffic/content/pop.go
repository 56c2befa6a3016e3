package content

import (
	"bytes"
	"strings"

	"github.com/netanom/netanom/traffic"
)

// What a POP3 client may ask that matters when it is answered.
const (
	popOther byte = iota + 1
	popLogin      // PASS, APOP, AUTH
	popLong       // the answer has several lines
	popStartTLS
)

// pop reads POP3 (RFC 1939; AUTH is of RFC 5034, STLS of RFC 2595).
type pop struct {
	found    *traffic.Content
	asked    agenda
	inside   bool // an answer of several lines
	exchange bool // the client's next line answers a challenge
}

func (p *pop) lost(party) { p.asked, p.inside, p.exchange = agenda{}, false, false }

func (p *pop) line(t *transcript, from party, text []byte) {
	switch {
	case from == responder:
		p.answer(t, text)
	case p.exchange:
		p.exchange = false
	default:
		p.ask(text)
	}
}

func (p *pop) ask(text []byte) {
	verb, argument := word(text)
	kind := popOther
	switch strings.ToUpper(string(verb)) {
	case "":
		return
	case "PASS", "APOP":
		kind = popLogin
	case "AUTH":
		kind = popLogin
		if len(argument) == 0 { // asks for the list of mechanisms
			kind = popLong
		}
	case "RETR", "TOP", "CAPA":
		kind = popLong
	case "LIST", "UIDL":
		if len(argument) == 0 {
			kind = popLong
		}
	case "STLS":
		kind = popStartTLS
	}
	p.asked.push(kind)
}

func (p *pop) answer(t *transcript, text []byte) {
	switch {
	case p.inside:
		p.inside = string(text) != "."
	case bytes.HasPrefix(text, []byte("+OK")):
		p.granted(t, p.asked.pop())
	case bytes.HasPrefix(text, []byte("-ERR")):
		if p.asked.pop() == popLogin {
			add(&p.found.NumFailedLogins, 1)
		}
	case bytes.HasPrefix(text, []byte("+")):
		p.exchange = p.asked.peek() == popLogin
	}
}

func (p *pop) granted(t *transcript, asked byte) {
	switch asked {
	case popLogin:
		p.found.LoggedIn = true
	case popLong:
		p.inside = true
	case popStartTLS:
		t.encrypted()
	}
}
