package content

import (
	"strings"
	"testing"

	"github.com/netanom/netanom/traffic"
)

func TestHTTP(t *testing.T) { check(t, httpScripts) }

// The credentials are the example of RFC 7617, section 2.
var httpScripts = []script{
	{"http page", 80, linesOf(`
> GET /usr/lib/index.html?a=/lib/b.js&c=.d HTTP/1.1
> Host: www.example
>` + " " + `
HTTP/1.1 404 Not Found
Content-Length: 0
`), traffic.Content{LoggedIn: true}},
	{"http wrong password", 8080, linesOf(`
> GET /private HTTP/1.1
>` + " " + `
HTTP/1.1 401 who
Content-Length: 28

HTTP/1.1 200 in the body..
> GET /private HTTP/1.1
> Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==
>` + " " + `
HTTP/1.1 401 no
Transfer-Encoding: chunked

0

> GET /private HTTP/1.1
> Authorization: Negotiate YQ==
>` + " " + `
HTTP/1.1 401 go on
Content-Length: 0
`), traffic.Content{NumFailedLogins: 1}},
	{"http break-ins", 80, []turn{
		user("GET /cgi-bin/phf?Qalias=x%0a/bin/cat%20/etc/passwd\r\n"),
		server("root:x:0:0\n"),
		user("GET /scripts/..%255c..%255cWINNT/system32/CMD.EXE?/c+dir HTTP/1.0\r\n\r\n"),
		user("GET /a/../../../etc/shadow HTTP/1.0\r\n\r\n"),
		user("GET /.htpasswd HTTP/1.0\r\n\r\n"),
	}, traffic.Content{LoggedIn: true, Hot: 6, NumAccessFiles: 3}},
	{"http many slashes", 80, []turn{
		user("GET " + strings.Repeat("/", 6000) + " HTTP/1.0\r\nA: b\r\n\r\n"), server("HTTP/1.0 200 OK\r\n\r\nHTTP/1.0 401"),
	}, traffic.Content{LoggedIn: true, Hot: 2, NumCompromised: 1}},
	{"http bodies", 80, []turn{
		user("POST /form HTTP/1.1\r\nContent-Length: 30\r\n\r\nGET /cgi-bin/phf HTTP/1.0\r\n\r\n.HEAD / HTTP/1.1\r\n\r\n"),
		server("HTTP/1.1 100 go on\r\n\r\nHTTP/1.1 401 x\r\nTransfer-Encoding: chunked\r\n\r\n18;x=y\r\nHTTP/1.1 200 no\r\n\r\nabcde\r\n0\r\nT: v\r\n\r\n"),
		server("HTTP/1.1 401 x\r\nContent-Length: 99\r\n\r\nHTTP/1.1 304 x\r\nContent-Length: 99\r\n\r\n"),
		user("GET / HTTP/1.1\r\nAuthorization: Digest a\r\n\r\n"), server("HTTP/1.1 401 x\r\nContent-Length: 0\r\n\r\n"),
	}, traffic.Content{LoggedIn: true, NumFailedLogins: 1}},
	{"http tunnels", 8080, []turn{
		user("CONNECT a.example:443 HTTP/1.1\r\n\r\n"), server("HTTP/1.1 200 x\r\n\r\n"),
		user("GET /cgi-bin/phf HTTP/1.0\r\n\r\n"),
	}, traffic.Content{LoggedIn: true}},
	{"http not at all", 80, []turn{user("SSH-2.0-x\r\n"), server("SSH-2.0-y\r\n\x00\xff\r\n")}, traffic.Content{}},
}

func TestUnescape(t *testing.T) {
	for in, want := range map[string]string{
		"a%20b": "a b", "%": "%", "%4": "%4", "%zz": "%zz", "%2f%2F": "//", "%25%32%65": "%2e", "": "",
	} {
		if got := unescape(in); got != want {
			t.Errorf("unescape(%q) = %q, want %q", in, got, want)
		}
	}
}
