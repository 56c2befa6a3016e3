package alert

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Syslog sends each alert as a message of RFC 5424, whose text is the alert in JSON.
//
// A message too long for MaxBytes loses its record, then reasons, and says "cut":true; it
// stays JSON. Syslog has no receipts: what was handed to the system counts as sent, and
// udp may drop it on the way, tcp when the receiver dies. A webhook knows.
type Syslog struct {
	Name       string        // in figures, logs and file names; "syslog"
	Network    string        // udp, tcp (with counted octets, RFC 6587) or unixgram
	Address    string        // HOST:PORT, or a socket's path such as /dev/log
	Facility   string        // local0
	Severity   string        // warning
	Host       string        // this machine's name
	App        string        // netanom
	MaxBytes   int           // of a message; 2048 by udp, else 8192
	Timeout    time.Duration // of connecting, and of sending a message; 10 s
	GiveUp     time.Duration // how long the same alerts are tried; 1 h
	DeadLetter string        // file; by default the log's path with .NAME.dead

	first, longest time.Duration
}

// The names of RFC 5424, by their codes.
var (
	facilities = []string{"kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp", "audit", "alert", "clock",
		"local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7"}
	severities = []string{"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"}
)

// shortestMessage is what every receiver has to take.
const shortestMessage = 480

func (s *Syslog) route() (route, error) {
	r, err := newRoute(orElse(s.Name, "syslog"), s.DeadLetter, 0, s.GiveUp)
	if err != nil {
		return r, err
	}
	longest := map[string]int{"udp": 2048, "tcp": 8192, "unixgram": 8192}[s.Network]
	facility := slices.Index(facilities, orElse(s.Facility, "local0"))
	severity := slices.Index(severities, orElse(s.Severity, "warning"))
	switch {
	case longest == 0:
		return r, fmt.Errorf("syslog goes by udp, tcp or unixgram, and not by %q", s.Network)
	case s.Address == "":
		return r, errors.New("syslog has no address; write HOST:PORT, or the path of a socket for unixgram")
	case facility < 0:
		return r, fmt.Errorf("%q is no facility of syslog; there are %s", s.Facility, strings.Join(facilities, ", "))
	case severity < 0:
		return r, fmt.Errorf("%q is no severity of syslog; there are %s", s.Severity, strings.Join(severities, ", "))
	case s.MaxBytes != 0 && s.MaxBytes < shortestMessage:
		return r, fmt.Errorf("messages of %d bytes are too short for syslog; take %d at least", s.MaxBytes, shortestMessage)
	case s.Timeout < 0:
		return r, errors.New("its timeout must not be below 0; 0 means 10 s")
	}
	if s.Network != "unixgram" {
		if _, _, err := net.SplitHostPort(s.Address); err != nil {
			return r, fmt.Errorf("syslog's address is no HOST:PORT: %w", err)
		}
	}
	r.first, r.longest = orElse(s.first, r.first), orElse(s.longest, r.longest)
	r.sender = &teller{network: s.Network, address: s.Address, timeout: orElse(s.Timeout, 10*time.Second), longest: orElse(s.MaxBytes, longest),
		pri: fmt.Sprintf("<%d>1 ", facility*8+severity), source: s.source()}
	return r, nil
}

// source is the part of the message's head that never changes.
func (s *Syslog) source() string {
	host := s.Host
	if host == "" {
		host, _ = os.Hostname() // "-" if it has none
	}
	return fmt.Sprintf(" %s %s %d alert - ", headField(host, 255), headField(orElse(s.App, "netanom"), 48), os.Getpid())
}

// headField returns the printable ASCII of a text, "-" if there is none.
func headField(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' {
			return -1
		}
		return r
	}, s)
	return orElse(clip(s, most), "-")
}

// A teller sends lines as messages of syslog.
type teller struct {
	network, address string
	timeout          time.Duration
	longest          int
	pri, source      string

	conn  net.Conn      // nil: not connected
	ended chan struct{} // closed when the other side has ended the connection
}

func (t *teller) send(ctx context.Context, lines [][]byte) (int, error) {
	for i, line := range lines {
		text, err := t.message(line)
		if err != nil {
			return i, &refusal{cause: err, lines: 1}
		}
		if err := t.write(ctx, text); err != nil {
			t.close()
			return i, err
		}
	}
	return len(lines), nil
}

// message makes a message of a line.
func (t *teller) message(line []byte) ([]byte, error) {
	var a Alert
	if err := json.Unmarshal(line, &a); err != nil {
		return nil, fmt.Errorf("a line of the log is no alert: %w", err)
	}
	if a.ID == "" {
		return nil, errors.New("a line of the log is no alert: it has no id")
	}
	text := append([]byte(t.pri), a.Time.UTC().Format("2006-01-02T15:04:05.999999Z07:00")...)
	text = append(text, t.source...)
	text = within(text, &a, t.longest-len(text))
	if len(text) > t.longest {
		return nil, fmt.Errorf("an alert takes %d bytes when all is left out that may be, and a message %d", len(text), t.longest)
	}
	if t.network == "tcp" {
		text = append(strconv.AppendInt(nil, int64(len(text)), 10), append([]byte{' '}, text...)...)
	}
	return text, nil
}

func (t *teller) write(ctx context.Context, text []byte) error {
	if err := t.connect(ctx); err != nil {
		return err
	}
	conn := t.conn
	if err := conn.SetWriteDeadline(time.Now().Add(t.timeout)); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { conn.SetWriteDeadline(time.Unix(1, 0)) })
	defer stop()
	_, err := conn.Write(text)
	return err
}

// connect connects, unless there is a connection that the other side has not ended.
func (t *teller) connect(ctx context.Context) error {
	if t.conn != nil {
		select {
		case <-t.ended:
			t.close()
		default:
			return nil
		}
	}
	d := net.Dialer{Timeout: t.timeout}
	conn, err := d.DialContext(ctx, t.network, t.address)
	if err != nil {
		return err
	}
	ended := make(chan struct{})
	t.conn, t.ended = conn, ended
	if t.network == "tcp" {
		go func() {
			defer close(ended)
			_, _ = io.Copy(io.Discard, conn) // until it ends, whatever the cause
		}()
	}
	return nil
}

func (t *teller) close() {
	if t.conn != nil {
		t.conn.Close()
		t.conn = nil
	}
}
