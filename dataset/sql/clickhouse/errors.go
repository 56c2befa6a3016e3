package clickhouse

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"syscall"
)

// maxErrorBody is how much is read of what a server says when something is wrong.
const maxErrorBody = 1 << 16

// An exception is what a server says of a query that it did not do.
type exception struct {
	code int // 0: what came was not the error of a ClickHouse server
	text string
}

// Error reads as the server put it.
func (e *exception) Error() string {
	if e.code == 0 {
		return e.text
	}
	return fmt.Sprintf("%s (code %d)", e.text, e.code)
}

var (
	exceptionStart = regexp.MustCompile(`^Code: \d+(, e\.displayText\(\)|\. DB::)`)
	exceptionText  = regexp.MustCompile(`(?s)Code: (\d+)(?:, e\.displayText\(\) =|[.,]) (?:DB::)?(?:\w+: )?(.*)`)
)

// parseException makes an exception of a body: the old "Code: 60, e.displayText() =
// DB::Exception: Table …, e.what() = DB::Exception" and the new "Code: 60. DB::Exception:
// Table …. (UNKNOWN_TABLE) (version 24.8.1)".
func parseException(body []byte) *exception {
	m := exceptionText.FindSubmatch(body)
	if m == nil {
		return &exception{text: shorten(string(bytes.TrimSpace(body)))}
	}
	code, err := strconv.Atoi(string(m[1]))
	if err != nil {
		code = 0
	}
	text := string(m[2])
	for _, end := range []string{", e.what() =", "Stack trace", " (version ", "Expected one of"} {
		if at := strings.Index(text, end); at > 0 {
			text = text[:at]
		}
	}
	return &exception{code: code, text: shorten(strings.TrimRight(strings.TrimSpace(text), ".:, "))}
}

// shorten cuts what came from the server for a message, and makes it one line.
func shorten(s string) string {
	const most = 300
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "?")), " ")
	if len(s) <= most {
		return s
	}
	cut := most
	for cut > 0 && s[cut]&0xC0 == 0x80 {
		cut--
	}
	return s[:cut] + "…"
}

// advice says what a code means to whoever asked, and what to do.
func advice(code int) string {
	switch code {
	case 192, 193, 194, 516:
		return "the server does not let this user in; check the user and the password"
	case 195:
		return "the server does not let this user in from here; ask whoever runs it to allow this address"
	case 291, 497:
		return "this user may not read that; ask whoever runs the server for the right to"
	case 81:
		return "there is no such database; look at its name with SHOW DATABASES"
	case 60:
		return "there is no such table; look at its name with SHOW TABLES"
	case 8, 10, 16, 47:
		return "the table has changed its columns, or has no such column; start again"
	case 241:
		return "the query needs more memory than it may take; allow more, or look at fewer rows or columns"
	case 159, 160:
		return "the query takes longer than it may; allow more time, or look at fewer rows or columns"
	case 158, 191, 307, 396:
		return "the query reads or returns more than the server allows; look at fewer rows or columns"
	case 32, 198, 209, 210, 279:
		return "a part of the table lies on a server that cannot be reached; an answer without it would be wrong, so try again when it is back"
	case 164:
		return "the server refuses this because the connection may only read"
	case 452:
		return "the server does not allow a setting that is needed; ask whoever runs it to relax the user's constraints"
	case 252:
		return "the table is being written to in too many small parts; wait until they are merged, and write more rows at a time"
	case 201:
		return "the user's quota is used up; wait until it is renewed"
	case 202:
		return "the server has as many queries at work as it allows; try again later"
	case 62:
		return "the server does not understand the query; it may be of a version that is not known here"
	case 243:
		return "the server has no room left on its disk; tell whoever runs it"
	case 394:
		return "the query was ended at the server; start it again"
	}
	return "the server did not do what it was asked for"
}

// explain makes a sentence of what went wrong with a request.
func (c *conn) explain(err error) error {
	var e *exception
	if errors.As(err, &e) && e.code != 0 {
		return fmt.Errorf("%s: %s; it says: %w", c.address, advice(e.code), e)
	}
	if e != nil {
		return fmt.Errorf("%s: what answers there is not a ClickHouse server, not its HTTP port, or something that did not reach it; check the address: %w", c.address, e)
	}
	if errors.Is(err, errMisread) {
		return fmt.Errorf("%s: %w", c.address, err)
	}
	return fmt.Errorf("%s: %w", c.address, network(err))
}

// network says in what way a server could not be reached.
func network(err error) error {
	var outer *url.Error
	if errors.As(err, &outer) {
		err = outer.Err // the address has been named, with fewer words
	}
	var (
		dns     *net.DNSError
		unknown x509.UnknownAuthorityError
		name    x509.HostnameError
		cert    *tls.CertificateVerificationError
		record  tls.RecordHeaderError
		late    net.Error
	)
	switch {
	case errors.As(err, &dns):
		return fmt.Errorf("there is no host of that name; check the address: %w", err)
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("nothing listens there; check the host and the port, and whether the server runs: %w", err)
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		return fmt.Errorf("the server does not encrypt at this port; check the port, which is usually %d for encrypted connections, or do without encryption: %w", securePort, err)
	case errors.As(err, &unknown):
		return fmt.Errorf("the server's certificate is signed by nobody who is trusted here; name the authority that signed it: %w", err)
	case errors.As(err, &name):
		return fmt.Errorf("the server's certificate is for another host; check the address: %w", err)
	case errors.As(err, &cert):
		return fmt.Errorf("the server's certificate is not valid: %w", err)
	case strings.Contains(err.Error(), `malformed HTTP response "\x15\x03`):
		return errors.New("the server encrypts at this port; ask for an encrypted connection")
	case strings.Contains(err.Error(), "malformed HTTP response"), strings.Contains(err.Error(), "readLoopPeekFail"):
		return fmt.Errorf("what answers there does not speak HTTP; check the port, which is usually %d", plainPort)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET):
		return fmt.Errorf("the connection broke before the answer was whole; try again: %w", err)
	case errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &late) && late.Timeout():
		return fmt.Errorf("the server cannot be reached in time; check the address and whether the server runs: %w", err)
	case errors.Is(err, context.Canceled):
		return err
	}
	return fmt.Errorf("the server cannot be reached: %w", err)
}

// failure returns the error that an answer is, or nil if it is none. It reads the body of
// one that is.
func failure(r *http.Response) error {
	code := r.Header.Get("X-ClickHouse-Exception-Code")
	if r.StatusCode == http.StatusOK && code == "" {
		return nil
	}
	body, _ := io.ReadAll(io.LimitReader(r.Body, maxErrorBody))
	e := parseException(body)
	if n, err := strconv.Atoi(code); e.code == 0 && err == nil {
		e.code = n
	}
	if e.text == "" {
		e.text = "status " + r.Status
	}
	return e
}
