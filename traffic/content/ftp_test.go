package content

import (
	"testing"

	"github.com/netanom/netanom/traffic"
)

func TestFTP(t *testing.T) { check(t, ftpScripts) }

var ftpScripts = []script{
	{"ftp guest", 21, linesOf(`
220-welcome to
230 this is not the end
220 ftp.example
> USER Anonymous
331 any word
> PASS me@example.org
230-hello
530 nothing to see
230 logged in
> PORT 192,0,2,1,4,1
200 ok
> RETR pub/readme
150 here it comes
226 done
> RETR pub/none
550 no such file
> QUIT
221 bye`), traffic.Content{LoggedIn: true, IsGuestLogin: true, Hot: 1}},
	{"ftp wrong passwords", 21, linesOf(`
220 ftp.example
> USER lena
331 password
> PASS a
530 Login incorrect.
> SYST
530 please log in
> USER lena
331 password
> PASS b
430 Invalid
> USER root
530 not you
> PASS c
530 not you
> USER lena
331 password
> PASS d
230 at last`), traffic.Content{LoggedIn: true, NumFailedLogins: 3}},
	{"ftp write of .rhosts by a guest", 21, linesOf(`
220 ftp.example
> USER ftp
331 any word
> PASS x
230 in
> CWD incoming
250 ok
> STOR .rhosts
150 go
226 done`), traffic.Content{LoggedIn: true, IsGuestLogin: true, Hot: 2, NumFileCreations: 1, NumAccessFiles: 1}},
	{"ftp system directories", 21, linesOf(`
220 ftp.example
> USER lena
331 password
> PASS x
230 in
> CWD /etc
250 ok
> RETR ../../../etc/passwd
550 no
> RETR report.txt
150 go
226 ok
> STOR a.c
553 no
> MKD /tmp/x
257 made
> STOU
150 go
226 ok
> SITE EXEC sh -c id
200 ok
> RETR /dev/null
550 no`), traffic.Content{LoggedIn: true, Hot: 4, NumFileCreations: 2, NumAccessFiles: 1}},
	{"ftp signals before a command", 21, []turn{
		server("220 x\r\n"), user("USER a\r\n"), server("331 x\r\n"), user("PASS b\r\n"), server("230 x\r\n"),
		user("\xff\xf4\xff\xf2STOR a\r\n"), server("150 x\r\n226 x\r\n"),
	}, traffic.Content{LoggedIn: true, Hot: 1, NumFileCreations: 1}},
	{"ftp clients that do not wait for the greeting", 21, []turn{
		user("USER ftp\r\nPASS x\r\n"), server("220 x\r\n331 x\r\n230 x\r\n"),
	}, traffic.Content{LoggedIn: true, IsGuestLogin: true}},
	{"ftp encrypted", 21, linesOf(`
220 ftp.example
> AUTH TLS
234 go
> USER ftp
230 in`), traffic.Content{}},
}
