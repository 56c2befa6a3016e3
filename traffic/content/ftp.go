package content

import (
	"strings"

	"github.com/netanom/netanom/traffic"
)

// What an FTP client may ask that matters when it is answered.
const (
	ftpOther byte = iota + 1
	ftpUser
	ftpPass
	ftpFetch
	ftpStore
	ftpMakeDirectory
	ftpAuth
)

// ftp reads the control connection of FTP (RFC 959).
type ftp struct {
	found   *traffic.Content
	asked   agenda
	greeted bool
	inside  int  // number of the reply whose last line is still to come
	guest   bool // the user named last is one
	refused bool // the user was refused when named
}

func (f *ftp) lost(party) { f.asked, f.inside = agenda{}, 0 }

func (f *ftp) line(t *transcript, from party, text []byte) {
	if from == originator {
		f.ask(withoutTelnet(text))
		return
	}
	number, more := code(text)
	if f.inside != 0 {
		if number == f.inside && !more {
			f.inside = 0
			f.answer(t, number)
		}
		return
	}
	switch {
	case number == 0: // no reply at all
	case more:
		f.inside = number
	default:
		f.answer(t, number)
	}
}

// withoutTelnet drops the signals that may come before ABOR and STAT.
func withoutTelnet(text []byte) []byte {
	for len(text) > 0 && text[0] >= 0xf0 {
		text = text[1:]
	}
	return text
}

func (f *ftp) ask(text []byte) {
	verb, argument := word(text)
	kind := ftpOther
	switch strings.ToUpper(string(verb)) {
	case "":
		return
	case "USER":
		kind, f.guest = ftpUser, guestName(string(argument))
	case "PASS":
		kind = ftpPass
	case "AUTH":
		kind = ftpAuth
	case "RETR":
		kind = ftpFetch
		f.touch(string(argument))
	case "STOR", "STOU", "APPE":
		kind = ftpStore
		f.touch(string(argument))
	case "MKD", "XMKD":
		kind = ftpMakeDirectory
		f.touch(string(argument))
	case "CWD", "XCWD", "LIST", "NLST", "DELE", "RNFR", "RNTO", "SIZE":
		f.touch(string(argument))
	case "SITE":
		if what, _ := word(argument); is(what, "EXEC") {
			add(&f.found.Hot, 1)
		}
	}
	f.asked.push(kind)
}

// touch counts what is asked of a file or directory, be it granted or not.
func (f *ftp) touch(path string) {
	access := accessFile(path)
	if access {
		add(&f.found.NumAccessFiles, 1)
	}
	if access || systemPath(path) {
		add(&f.found.Hot, 1)
	}
}

// answer takes in a reply. Those of the 100s announce another one. The first 220 is the
// greeting, whatever was asked before it.
func (f *ftp) answer(t *transcript, number int) {
	greeting := number == 220 && !f.greeted
	f.greeted = true
	if greeting {
		return
	}
	asked := f.asked.peek()
	if number < 300 && f.granted(asked) {
		f.asked.settle(ftpOther)
	}
	if number < 200 {
		return
	}
	f.asked.pop()
	switch {
	case asked == ftpAuth && (number == 234 || number == 334):
		t.encrypted()
	case asked == ftpUser || asked == ftpPass:
		f.login(asked, number)
	}
}

// granted counts a transfer that began, or a directory that was made, and reports
// whether it was one.
func (f *ftp) granted(asked byte) bool {
	switch asked {
	case ftpFetch:
		if f.found.IsGuestLogin {
			add(&f.found.Hot, 1)
		}
	case ftpStore:
		add(&f.found.Hot, 1)
		add(&f.found.NumFileCreations, 1)
	case ftpMakeDirectory:
		add(&f.found.NumFileCreations, 1)
	default:
		return false
	}
	return true
}

// login takes in the reply to a name or a password. 530 is "not logged in"; some
// servers say 430 to a wrong password.
func (f *ftp) login(asked byte, number int) {
	denied := number == 530 || number == 430
	switch {
	case number == 230 || number == 232:
		f.found.LoggedIn = true
		f.found.IsGuestLogin = f.found.IsGuestLogin || f.guest
	case denied && !(asked == ftpPass && f.refused):
		add(&f.found.NumFailedLogins, 1)
	}
	f.refused = asked == ftpUser && denied
}

// guestName reports whether anybody may log in by the name.
func guestName(name string) bool {
	switch strings.ToLower(name) {
	case "anonymous", "ftp", "guest", "visitor":
		return true
	}
	return false
}
