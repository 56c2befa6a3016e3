package content

import (
	"bytes"
	"strings"

	"github.com/netanom/netanom/traffic"
)

// A prompt is what the end of an unfinished line asks the user for.
type prompt uint8

const (
	noPrompt    prompt = iota
	askName            // login:
	askPassword        // Password:
	userShell          // $ or > or %
	rootShell          // #
)

// A terminal reads telnet (RFC 854) and rlogin (RFC 1282): who logs in, and what is
// typed at the prompt of a shell.
//
// What a line that the user types is for is told by the prompt that stands there when
// it begins, before its echo. What is typed ahead of the prompt is not understood, nor
// what the shell makes of history and completion.
type terminal struct {
	found    *traffic.Content
	user     keyboard
	screen   keyboard
	prompt   prompt // at the beginning of the line that is typed
	typing   bool   // that line has begun
	waiting  bool   // a password was given at a login, and no verdict seen
	preamble int    // strings that an rlogin client still has to send
}

func newTerminal(found *traffic.Content) *terminal {
	t := &terminal{found: found}
	t.user.typed, t.user.telnet, t.screen.telnet = true, true, true
	return t
}

// newRlogin returns a terminal of rlogin, whose client begins with four strings that
// end with NUL: an empty one, the user here, the user there, the kind of terminal.
func newRlogin(found *traffic.Content) *terminal {
	t := &terminal{found: found, preamble: 4}
	t.user.typed = true
	return t
}

func (t *terminal) read(from party, data []byte) {
	for _, b := range data {
		if from == responder {
			t.show(b)
		} else if t.preamble > 0 {
			t.introduce(b)
		} else {
			t.key(b)
		}
	}
}

// introduce takes in a byte of what an rlogin client sends first.
func (t *terminal) introduce(b byte) {
	if b != 0 {
		t.user.write(b)
		return
	}
	if t.preamble == 2 {
		t.name(string(t.user.text))
	}
	t.preamble--
	t.user.clear()
}

// show takes in a byte that the user sees.
func (t *terminal) show(b byte) {
	if t.screen.press(b) == ended {
		if !t.screen.torn {
			t.output(t.screen.text)
		}
		t.screen.clear()
	}
}

// key takes in a byte that the user sends.
func (t *terminal) key(b byte) {
	did := t.user.press(b)
	if did == nothing {
		return
	}
	if !t.typing {
		t.typing = true
		t.begin()
	}
	if did == ended {
		if !t.user.torn {
			t.input(string(t.user.text))
		}
		t.user.clear()
		t.typing = false
	}
}

func (t *terminal) miss(from party, _ int) {
	if from == originator {
		t.user.miss()
		t.preamble, t.typing = 0, false
		return
	}
	t.screen.miss()
}

func (t *terminal) deaf(party) bool { return false }

// finish looks at the prompt at which nothing was typed any more.
func (t *terminal) finish(found *traffic.Content) {
	if !t.typing {
		note(promptOf(t.screen.text), found)
	}
}

// note adds what a prompt tells: that of a shell is only shown to those who are in.
func note(p prompt, found *traffic.Content) {
	if p != userShell && p != rootShell {
		return
	}
	found.LoggedIn = true
	if p == rootShell {
		found.RootShell = true
		if found.SuAttempted == 1 {
			found.SuAttempted = 2
		}
	}
}

// begin looks at the prompt that the user answers.
func (t *terminal) begin() {
	t.prompt = promptOf(t.screen.text)
	note(t.prompt, t.found)
	if t.waiting && (t.prompt == askName || t.prompt == askPassword) {
		add(&t.found.NumFailedLogins, 1)
	}
	if t.prompt != noPrompt {
		t.waiting = false
	}
}

// promptOf returns what the unfinished line asks for.
func promptOf(text []byte) prompt {
	line := bytes.TrimRight(text, " \t")
	if len(line) == 0 {
		return noPrompt
	}
	lower := bytes.ToLower(line)
	switch {
	case bytes.HasSuffix(lower, []byte("login:")), bytes.HasSuffix(lower, []byte("username:")):
		return askName
	case bytes.HasSuffix(lower, []byte("password:")), bytes.Contains(lower, []byte("password for ")):
		return askPassword
	}
	switch line[len(line)-1] {
	case '#':
		return rootShell
	case '$', '%':
		return userShell
	case '>':
		if !foreignPrompts[string(lower)] {
			return userShell
		}
	}
	return noPrompt
}

// foreignPrompts end like those of a shell.
var foreignPrompts = map[string]bool{
	">": true, "ftp>": true, "sftp>": true, "telnet>": true, "mail>": true, "mysql>": true,
	"sqlite>": true, "nslookup>": true, "tftp>": true, "lpc>": true,
}

// input takes in a line that the user typed.
func (t *terminal) input(text string) {
	switch t.prompt {
	case askName:
		t.name(text)
	case askPassword:
		t.waiting = !t.found.LoggedIn
	case userShell, rootShell:
		command(t.found, text, t.prompt == rootShell)
	}
}

// name takes in the name that the user logs in by.
func (t *terminal) name(text string) {
	name := strings.ToLower(strings.TrimSpace(text))
	if t.found.LoggedIn || name == "" {
		return
	}
	guest := guestName(name)
	if guest || hotNames[name] {
		add(&t.found.Hot, 1)
	}
	t.found.IsGuestLogin = guest
}

// hotNames are users whom one does not expect to log in from afar.
var hotNames = map[string]bool{
	"root": true, "system": true, "adm": true, "admin": true, "administrator": true,
	"bin": true, "daemon": true, "sys": true, "toor": true,
}

// output takes in a line that the user sees.
func (t *terminal) output(text []byte) {
	line := bytes.ToLower(text)
	switch {
	case bytes.Contains(line, []byte("login incorrect")),
		t.waiting && containsAny(line, denials):
		add(&t.found.NumFailedLogins, 1)
		t.waiting = false
	case bytes.Contains(line, []byte("last login")):
		t.found.LoggedIn, t.waiting = true, false
	case t.found.LoggedIn && containsAny(line, compromises):
		add(&t.found.NumCompromised, 1)
	}
}

var (
	denials = [][]byte{
		[]byte("login failed"), []byte("login invalid"), []byte("invalid login"), []byte("invalid password"),
		[]byte("bad password"), []byte("incorrect password"), []byte("authentication fail"),
		[]byte("access denied"), []byte("permission denied"), []byte("logon failure"),
	}
	compromises = [][]byte{
		[]byte("not found"), []byte("no such file or directory"), []byte("jump to"),
	}
)

func containsAny(line []byte, words [][]byte) bool {
	for _, w := range words {
		if bytes.Contains(line, w) {
			return true
		}
	}
	return false
}
