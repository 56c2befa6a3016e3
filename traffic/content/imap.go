package content

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/netanom/netanom/traffic"
)

// imap reads IMAP4 (RFC 9051).
type imap struct {
	found    *traffic.Content
	login    string // tag of the login that is not answered yet
	startTLS string // and of the request for encryption
	guest    bool
	inside   bool // the client's line goes on with what it began before a literal
}

const maxTag = 64

func (m *imap) lost(party) { *m = imap{found: m.found} }

func (m *imap) line(t *transcript, from party, text []byte) {
	if from == responder {
		m.answer(t, text)
	} else if !m.inside {
		m.ask(text)
	}
	n, literal := literalSize(text)
	if literal {
		t.pass(from, n)
	}
	if from == originator {
		m.inside = literal
	}
}

// literalSize returns how many bytes follow a line that ends with {n}, which belong to
// it and may hold anything (RFC 9051, section 4.3).
func literalSize(text []byte) (int64, bool) {
	begin := bytes.LastIndexByte(text, '{')
	if begin < 0 || text[len(text)-1] != '}' {
		return 0, false
	}
	digits := strings.TrimSuffix(string(text[begin+1:len(text)-1]), "+")
	n, err := strconv.ParseUint(digits, 10, 32)
	return int64(n), err == nil
}

func (m *imap) ask(text []byte) {
	tag, rest := word(text)
	if len(tag) == 0 || len(tag) > maxTag {
		return
	}
	verb, argument := word(rest)
	switch {
	case is(verb, "LOGIN"):
		name, _ := word(argument)
		m.login, m.guest = string(tag), guestName(strings.Trim(string(name), `"`))
	case is(verb, "AUTHENTICATE"):
		mechanism, _ := word(argument)
		m.login, m.guest = string(tag), is(mechanism, "ANONYMOUS")
	case is(verb, "STARTTLS"):
		m.startTLS = string(tag)
	}
}

// answer takes in a line of the server. NO says that the login failed, BAD that it was
// not understood.
func (m *imap) answer(t *transcript, text []byte) {
	tag, rest := word(text)
	verdict, _ := word(rest)
	ok, no := is(verdict, "OK"), is(verdict, "NO")
	if len(tag) == 0 || !ok && !no && !is(verdict, "BAD") || tag[0] == '*' || tag[0] == '+' {
		return
	}
	if !ok && m.inside { // the literal that was announced is not wanted
		t.pass(originator, 0)
		m.inside = false
	}
	switch string(tag) {
	case m.login:
		m.verdict(ok, no)
		m.login = ""
	case m.startTLS:
		m.startTLS = ""
		if ok {
			t.encrypted()
		}
	}
}

func (m *imap) verdict(ok, no bool) {
	switch {
	case ok:
		m.found.LoggedIn = true
		m.found.IsGuestLogin = m.found.IsGuestLogin || m.guest
	case no:
		add(&m.found.NumFailedLogins, 1)
	}
}
