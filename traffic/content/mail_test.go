package content

import (
	"testing"

	"github.com/netanom/netanom/traffic"
)

func TestPOP(t *testing.T)  { check(t, popScripts) }
func TestIMAP(t *testing.T) { check(t, imapScripts) }
func TestSMTP(t *testing.T) { check(t, smtpScripts) }

var popScripts = []script{
	{"pop login after a wrong password", 110, linesOf(`
+OK ready
> USER lena
+OK
> PASS wrong
-ERR no
> USER lena
+OK
> PASS right
+OK welcome
> QUIT
+OK`), traffic.Content{LoggedIn: true, NumFailedLogins: 1}},
	{"pop other errors are no failed logins", 110, linesOf(`
+OK ready
> USER nobody
-ERR unknown user
> NOOP
-ERR not yet`), traffic.Content{}},
	{"pop mail that looks like answers", 110, linesOf(`
+OK ready
> APOP lena c4c9334bac560ecc979e58001b3e22fb
+OK
> RETR 1
> PASS again
+OK 80 octets
+OK in the mail
-ERR in the mail
.
-ERR already`), traffic.Content{LoggedIn: true, NumFailedLogins: 1}},
	{"pop clients that do not wait", 110, []turn{
		server("+OK\r\n"), user("USER a\r\nPASS b\r\nSTAT\r\n"), server("+OK\r\n-ERR\r\n-ERR\r\n"),
	}, traffic.Content{NumFailedLogins: 1}},
	{"pop challenge", 110, linesOf(`
+OK ready
> AUTH PLAIN
+
> PASS AGQAZA==
-ERR no
> AUTH
+OK
PLAIN
.`), traffic.Content{NumFailedLogins: 1}},
	{"pop encrypted", 110, linesOf(`
+OK ready
> STLS
+OK go
> PASS x
-ERR no`), traffic.Content{}},
}

var imapScripts = []script{
	{"imap login after a wrong password", 143, linesOf(`
* OK ready
> a1 LOGIN lena wrong
a1 NO no such thing
> a2 login "lena" right
* CAPABILITY IMAP4rev1
a2 OK done
> a3 SELECT nowhere
a3 NO no such mailbox`), traffic.Content{LoggedIn: true, NumFailedLogins: 1}},
	{"imap guests", 143, linesOf(`
* OK ready
> 1 AUTHENTICATE ANONYMOUS
+
> bGVuYQ==
1 OK in`), traffic.Content{LoggedIn: true, IsGuestLogin: true}},
	{"imap not understood", 143, linesOf(`
* OK ready
> 1 LOGIN
1 BAD arguments`), traffic.Content{}},
	{"imap literals", 143, []turn{
		server("* OK\r\n"), user("x LOGIN {4}\r\n"), server("+ go on\r\n"), user("lena {12}\r\n"),
		server("+ go on\r\n"), user("y LOGIN a\r\nb\r\n"), server("x NO\r\n"),
		user("z LOGIN {4}\r\n"), server("z NO too weak\r\n"), user("u LOGIN a b\r\n"), server("u OK\r\n"),
		user("f FETCH 1 BODY[]\r\n"), server("* 1 FETCH (BODY[] {9}\r\nf NO no\r\n)\r\nf OK\r\n"),
	}, traffic.Content{LoggedIn: true, NumFailedLogins: 2}},
	{"imap encrypted", 143, linesOf(`
* OK ready
> . STARTTLS
. OK begin
> a LOGIN b c
a NO no`), traffic.Content{}},
}

var smtpScripts = []script{
	{"smtp mail that looks like commands", 25, linesOf(`
220 mail.example
> EHLO client.example
250-mail.example
250 SIZE
> MAIL FROM:<a@example.org>
250 OK
> RCPT TO:<b@example.org>
250 OK
> DATA
354 go on
> DEBUG
> cat /etc/passwd > /tmp/x
> ..
> .
250 queued
> QUIT
221 bye`), traffic.Content{LoggedIn: true}},
	{"smtp refused", 25, linesOf(`
220 mail.example
> HELO client.example
250 mail.example
> MAIL FROM:<a@example.org>
550 not you`), traffic.Content{}},
	{"smtp passwords", 587, linesOf(`
220 mail.example
> EHLO client.example
250 AUTH PLAIN LOGIN
> AUTH LOGIN
334 VXNlcm5hbWU6
> WIZ
334 UGFzc3dvcmQ6
> eA==
535 5.7.8 no
> AUTH PLAIN AGEAYg==
235 yes`), traffic.Content{LoggedIn: true, NumFailedLogins: 1}},
	{"smtp doors of old", 25, linesOf(`
220 mail.example
> WIZ
500 what
> DEBUG
500 what
> MAIL FROM:<"|/bin/sh">
501 no
> RCPT TO:</etc/passwd>
550 no`), traffic.Content{Hot: 4, NumAccessFiles: 1}},
	{"smtp chunks", 25, []turn{
		server("220 x\r\n"), user("MAIL FROM:<>\r\nBDAT 7 LAST\r\nDEBUG\r\nQUIT\r\n"),
		server("250 ok\r\n250 ok\r\n221 bye\r\n"),
	}, traffic.Content{LoggedIn: true}},
	{"smtp encrypted", 587, linesOf(`
220 mail.example
> STARTTLS
220 go
> DEBUG`), traffic.Content{}},
}
