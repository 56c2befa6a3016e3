package content

import (
	"strings"
	"testing"

	"github.com/netanom/netanom/traffic"
)

func TestTerminal(t *testing.T) { check(t, terminalScripts) }

// typed is what a user types at a terminal that shows each character as it comes.
func typed(text string) []turn {
	var turns []turn
	for _, r := range text {
		turns = append(turns, user(string(r)), server(string(r)))
	}
	return append(turns, user("\r\x00"), server("\r\n"))
}

func session(parts ...any) []turn {
	var turns []turn
	for _, p := range parts {
		switch p := p.(type) {
		case turn:
			turns = append(turns, p)
		case []turn:
			turns = append(turns, p...)
		}
	}
	return turns
}

// login begins a session of an ordinary user.
var login = session(
	server("\xff\xfd\x18\xff\xfd\x20"), user("\xff\xfb\x18\xff\xfa\x18\x00xterm\xff\xf0"),
	server("\r\nhost.example\r\nlogin: "), typed("lena"), server("Password: "), user("secret\r\x00"),
	server("\r\nLast login: Mon Mar  2\r\n\x1b]0;a title# \x07\x1b[1mlena@host:~$\x1b[0m "),
)

var terminalScripts = []script{
	{"telnet failed logins", 23, session(
		server("login: "), typed("root"), server("Password: "), user("a\r\n"), server("\r\nLogin incorrect\r\nlogin: "),
		typed("lena"), server("Password: "), user("b\r\n"), server("\r\nlogin: "), typed("lena"),
		server("Password: "), user("c\r\n"), server("\r\nAccess denied\r\n"),
	), traffic.Content{NumFailedLogins: 3, Hot: 1}},
	{"telnet guest", 23, session(
		server("login: "), typed("guest"), server("Password:"), user("guest\r\n"), server("\r\nWelcome\r\n$ "),
	), traffic.Content{LoggedIn: true, IsGuestLogin: true, Hot: 1}},
	{"telnet work", 23, session(login, typed("ls -l"), server("a b 5%\r\n$ "), typed("vi notes"), server("# "),
		server("\r\x1b[K$ "), typed("echo done > log 2>&1"), server("$ "), typed("true >/dev/null"), server("$ "),
		typed("lls\bx"), server("lx: not found\r\n$ ")),
		traffic.Content{LoggedIn: true, NumFileCreations: 2, NumCompromised: 1}},
	{"telnet file typed in", 23, session(login, typed("cat > x.c"), user("su root\r\n"), server("su root\r\n"),
		user("gcc /etc/passwd\r\n\x04"), server("gcc /etc/passwd\r\n$ "), typed("gcc x.c"), server("$ "),
		typed("chmod 4755 a.out;./a.out"), server("# ")),
		traffic.Content{LoggedIn: true, RootShell: true, Hot: 3, NumFileCreations: 2}},
	{"telnet su", 23, session(login, typed("su"), server("Password: "), user("x\r\x00"), server("\r\nsu: Authentication failure\r\n$ ")),
		traffic.Content{LoggedIn: true, SuAttempted: 1}},
	{"telnet su that leads to a root shell", 23, session(login, typed("su - root"), server("Password: "), user("x\r\x00"),
		server("\r\nroot@host:~# "), typed("cat /etc/shadow | mail x"), server("# "), typed("csh 2>&1"), server("# "),
		typed(""), server("# "), typed("exit")),
		traffic.Content{LoggedIn: true, RootShell: true, SuAttempted: 2, NumRoot: 4, NumShells: 1, NumAccessFiles: 1, Hot: 1}},
	{"telnet su to others", 23, session(login, typed("su oracle"), server("$ "), typed("su -c id ann"), server("$ ")),
		traffic.Content{LoggedIn: true}},
	{"telnet hidden file", 23, session(login, typed("echo + + >> ~/.rhosts && touch a"), server("$ ")),
		traffic.Content{LoggedIn: true, Hot: 1, NumAccessFiles: 1, NumFileCreations: 2}},
	{"telnet other prompts", 23, session(login, typed("ftp"), server("ftp> "), typed("cd /etc"), server("ftp> "), typed("bye"), server("ftp> \rftp> "), typed("su"), server("$ ")),
		traffic.Content{LoggedIn: true}},
	{"telnet erased by signals", 23, session(login, user("su rooo\xff\xf7t\r\n"), server("$ "), user("touch a\xff\xf8id\r\n"), server("$ "),
		user("su\xff\xff\r\n"), server("$ ")), traffic.Content{LoggedIn: true, SuAttempted: 1}},
	{"rlogin trusted", 513, []turn{
		user("\x00lena\x00root\x00xterm/9600\x00"), server("\x00"), server("Last login: today\r\n# "), user("id\r"),
		server("id\r\nuid=0\r\n# "),
	}, traffic.Content{LoggedIn: true, RootShell: true, NumRoot: 1, Hot: 1}},
	{"rlogin with a password", 513, []turn{
		user("\x00lena\x00lena\x00vt100/9600\x00"), server("\x00"), server("Password: "), user("x\r"),
		server("\r\nLogin incorrect\r\nlogin: "),
	}, traffic.Content{NumFailedLogins: 1}},
}

func TestExecutable(t *testing.T) {
	for mode, want := range map[string]bool{
		"755": true, "4755": true, "+x": true, "u+s": true, "644": false, "4644": true, "go-w": false, "+r": false,
	} {
		if executable(mode) != want {
			t.Errorf("executable(%q) = %t", mode, !want)
		}
	}
}

func TestBecomesRoot(t *testing.T) {
	for arguments, want := range map[string]bool{
		"": true, "-": true, "root": true, "- root": true, "-l root": true, "-c id": true, "-c id root": true,
		"lena": false, "- lena": false, "-c root lena": false,
	} {
		if becomesRoot(strings.Fields(arguments)) != want {
			t.Errorf("su %s becomes root: %t", arguments, !want)
		}
	}
}
