package content

import (
	"bytes"
	"strconv"

	"github.com/netanom/netanom/traffic"
)

// What an HTTP client asks, as far as the answer depends on it.
const (
	httpAsked       byte = 1 << iota
	httpHead             // the answer has no body
	httpConnect          // the answer opens a tunnel
	httpCredentials      // a name and a password were sent along
)

// A stage says which part of a message comes next.
type stage uint8

const (
	startLine   stage = iota
	headerLines       // up to an empty one
	chunkSize
	chunkEnd
	trailerLines
)

// A message is what one side says: the framing of RFC 9112, section 6.
type message struct {
	stage   stage
	length  int64 // of the body; -1 if not said
	chunked bool
	status  int  // responder
	asked   byte // what the message asks, or what it answers
}

// http reads HTTP/1.
type http struct {
	found    *traffic.Content
	asked    agenda
	messages [2]message
	old      bool // the request was of HTTP/0.9
}

func (h *http) lost(from party) {
	h.asked = agenda{}
	h.messages[from] = message{}
}

func (h *http) line(t *transcript, from party, text []byte) {
	m := &h.messages[from]
	switch m.stage {
	case startLine:
		if from == originator {
			h.request(m, text)
		} else {
			h.status(t, m, text)
		}
	case headerLines:
		if len(text) > 0 {
			h.header(m, from, text)
		} else {
			m.stage = startLine
			h.complete(t, m, from)
		}
	case chunkSize:
		h.chunk(t, from, text)
	case chunkEnd:
		m.stage = chunkSize
	case trailerLines:
		if len(text) == 0 {
			m.stage = startLine
		}
	}
}

// complete takes in a head that has come to its end.
func (h *http) complete(t *transcript, m *message, from party) {
	if from == responder {
		h.answer(t, m)
		return
	}
	h.asked.push(m.asked)
	h.body(t, from, m.length)
}

// request takes in a request line. One without a version is of HTTP/0.9 and has no
// headers.
func (h *http) request(m *message, text []byte) {
	method, rest := word(text)
	if !isMethod(method) || len(rest) == 0 {
		return
	}
	target, version := word(rest)
	h.target(string(target))
	*m = message{asked: httpAsked, length: -1}
	switch string(method) {
	case "HEAD":
		m.asked |= httpHead
	case "CONNECT":
		m.asked |= httpConnect
	}
	if len(version) > 0 || len(text) == maxLine {
		m.stage = headerLines
	} else {
		h.old = true
	}
}

func isMethod(text []byte) bool {
	for _, b := range text {
		if (b < 'A' || b > 'Z') && b != '-' && b != '_' {
			return false
		}
	}
	return len(text) >= 3 && len(text) <= 20
}

// status takes in a status line. An answer of HTTP/0.9 has none, and ends with the
// connection.
func (h *http) status(t *transcript, m *message, text []byte) {
	version, rest := word(text)
	number, _ := code(rest)
	if !bytes.HasPrefix(version, []byte("HTTP/")) || number == 0 {
		if h.old {
			h.found.LoggedIn = true
			t.stop(responder)
		}
		return
	}
	*m = message{stage: headerLines, length: -1, status: number}
}

func (h *http) header(m *message, from party, text []byte) {
	name, value, _ := bytes.Cut(text, []byte{':'})
	switch len(name) {
	case len("Content-Length"), len("Transfer-Encoding"), len("Authorization"), len("Proxy-Authorization"):
	default:
		return // most
	}
	value = bytes.TrimSpace(value)
	switch {
	case is(name, "Content-Length"):
		if n, err := strconv.ParseUint(string(value), 10, 62); err == nil {
			m.length = int64(n)
		}
	case is(name, "Transfer-Encoding"):
		m.chunked = bytes.HasSuffix(bytes.ToLower(value), []byte("chunked"))
	case from == originator && (is(name, "Authorization") || is(name, "Proxy-Authorization")):
		// Other schemes answer 401 to the steps of a handshake.
		if scheme, _ := word(value); is(scheme, "Basic") || is(scheme, "Digest") {
			m.asked |= httpCredentials
		}
	}
}

// answer takes in the head of an answer that is complete.
func (h *http) answer(t *transcript, m *message) {
	if m.status == 101 {
		t.encrypted() // or at least no HTTP
		return
	}
	if m.status < 200 {
		return // the real answer is still to come
	}
	asked := h.asked.pop()
	switch denied := m.status == 401 || m.status == 407; {
	case !denied:
		h.found.LoggedIn = true
	case asked&httpCredentials != 0:
		add(&h.found.NumFailedLogins, 1)
	}
	switch {
	case asked&httpConnect != 0 && m.status < 300:
		t.encrypted()
	case asked&httpHead != 0 || m.status == 204 || m.status == 304:
	case m.length < 0 && !m.chunked:
		t.stop(responder) // the body ends with the connection
	default:
		h.body(t, responder, m.length)
	}
}

// body passes over the body that follows a head.
func (h *http) body(t *transcript, from party, length int64) {
	if m := &h.messages[from]; m.chunked {
		m.stage = chunkSize
	} else {
		t.pass(from, length)
	}
}

// chunk takes in the line before a chunk (RFC 9112, section 7.1).
func (h *http) chunk(t *transcript, from party, text []byte) {
	m := &h.messages[from]
	digits, _, _ := bytes.Cut(text, []byte{';'})
	n, err := strconv.ParseUint(string(bytes.TrimSpace(digits)), 16, 62)
	switch {
	case err != nil:
		m.stage = startLine
	case n == 0:
		m.stage = trailerLines
	default:
		m.stage = chunkEnd
		t.pass(from, int64(n))
	}
}
