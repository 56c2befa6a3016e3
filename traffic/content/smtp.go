package content

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/netanom/netanom/traffic"
)

// What an SMTP client may ask that matters when it is answered.
const (
	smtpOther byte = iota + 1
	smtpMail
	smtpData
	smtpAuth
	smtpStartTLS
)

// smtp reads SMTP (RFC 5321; AUTH is of RFC 4954, STARTTLS of RFC 3207, BDAT of RFC
// 3030). The mails themselves are not read.
type smtp struct {
	found    *traffic.Content
	asked    agenda
	greeted  bool
	body     bool // a mail comes, up to the line with a dot
	exchange bool // the client's next line answers a challenge
}

func (m *smtp) lost(party) { m.asked, m.exchange = agenda{}, false }

func (m *smtp) line(t *transcript, from party, text []byte) {
	switch {
	case from == responder:
		m.answer(t, text)
	case m.body:
		if string(text) == "." {
			m.body = false
			m.asked.push(smtpOther)
		}
	case m.exchange:
		m.exchange = false
	default:
		m.ask(t, text)
	}
}

func (m *smtp) ask(t *transcript, text []byte) {
	verb, argument := word(text)
	kind := smtpOther
	switch strings.ToUpper(string(verb)) {
	case "":
		return
	case "MAIL":
		kind = smtpMail
		m.address(argument)
	case "RCPT", "VRFY", "EXPN":
		m.address(argument)
	case "DATA":
		kind = smtpData
	case "BDAT":
		size, _ := word(argument)
		n, _ := strconv.ParseInt(string(size), 10, 32)
		t.pass(originator, n)
	case "AUTH":
		kind = smtpAuth
	case "STARTTLS":
		kind = smtpStartTLS
	case "DEBUG", "WIZ": // doors that sendmail of the 1980s had
		add(&m.found.Hot, 1)
	}
	m.asked.push(kind)
}

// address counts mail that goes to a program or a file.
func (m *smtp) address(text []byte) {
	_, path, _ := bytes.Cut(text, []byte{':'})
	path = bytes.Trim(path, ` <>"'`)
	if bytes.ContainsRune(path, '|') {
		add(&m.found.Hot, 1)
	}
	if bytes.HasPrefix(path, []byte{'/'}) {
		if systemPath(string(path)) {
			add(&m.found.Hot, 1)
		}
		if accessFile(string(path)) {
			add(&m.found.NumAccessFiles, 1)
		}
	}
}

func (m *smtp) answer(t *transcript, text []byte) {
	number, more := code(text)
	if number == 0 || more {
		return
	}
	greeting := number == 220 && !m.greeted
	m.greeted = true
	if greeting {
		return
	}
	if asked := m.asked.peek(); number/100 == 3 && asked == smtpAuth {
		m.exchange = true
		return
	}
	switch asked := m.asked.pop(); {
	case asked == smtpMail && number/100 == 2, asked == smtpAuth && number == 235:
		m.found.LoggedIn = true
	case asked == smtpAuth && number == 535:
		add(&m.found.NumFailedLogins, 1)
	case asked == smtpData && number == 354:
		m.body = true
	case asked == smtpStartTLS && number == 220:
		t.encrypted()
	}
}
