package alert

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The message of RFC 5424, section 6: priority and version, time, host, application,
// process, kind, no structured data, text.
var rfc5424 = regexp.MustCompile(`^<(\d{1,3})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z) ([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) ([!-~]{1,32}) - (.*)$`)

// parseMessage returns the alert in a message, and its priority.
func parseMessage(t *testing.T, text string) (Alert, string) {
	t.Helper()
	m := rfc5424.FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("no message: %q", text)
	}
	var a Alert
	if err := json.Unmarshal([]byte(m[7]), &a); err != nil {
		t.Fatalf("%q: %v", m[7], err)
	}
	if at, err := time.Parse(time.RFC3339Nano, m[2]); err != nil || !at.Equal(a.Time.Truncate(time.Microsecond)) {
		t.Errorf("time %s of an alert of %v", m[2], a.Time)
	}
	return a, m[1] + " " + m[3] + " " + m[4] + " " + m[6]
}

func bigAlert(id string) Alert {
	a := Alert{ID: id, Verdict: "attack", Record: json.RawMessage(`{"text":"` + strings.Repeat("é", 20_000) + `"}`)}
	for range 40 {
		a.Reasons = append(a.Reasons, Reason{"column", strings.Repeat("v", 100), 1})
	}
	return a
}

func TestSyslogDatagrams(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "log")
	for network, address := range map[string]string{"udp": "127.0.0.1:0", "unixgram": socket} {
		conn, err := net.ListenPacket(network, address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		l := openLog(t, Options{Path: logPath(t), Deliverers: []Deliverer{&Syslog{Network: network, Address: conn.LocalAddr().String(), Host: "my host", Facility: "local3", Severity: "crit"}}})
		appendTo(t, l, append(numberedAlerts(0, 2), bigAlert("a000002")))
		closeLog(t, l, 10*time.Second)
		buf := make([]byte, 1<<16)
		limit := map[string]int{"udp": 2048, "unixgram": 8192}[network]
		for i := range 3 {
			conn.SetReadDeadline(time.Now().Add(10 * time.Second))
			n, _, err := conn.ReadFrom(buf)
			if err != nil {
				t.Fatal(err)
			}
			a, head := parseMessage(t, string(buf[:n]))
			if a.ID != idsUpTo(3)[i] || head != "154 myhost netanom alert" || n > limit || a.Cut != (i == 2) {
				t.Errorf("%s: message %d of %d bytes: %s %s, cut %v", network, i, n, head, a.ID, a.Cut)
			}
			if i == 2 && (len(a.Reasons) < 5 || len(a.Reasons) > 40) {
				t.Errorf("%s: %d reasons are left", network, len(a.Reasons))
			}
		}
		if s := l.Stats().Deliverers[0]; s.Sent != 3 || s.Retries != 0 {
			t.Errorf("%s: %+v", network, s)
		}
	}
}

// readCounted reads one message with counted octets.
func readCounted(r *bufio.Reader) (string, error) {
	count, err := r.ReadString(' ')
	if err != nil {
		return "", err
	}
	n, err := strconv.Atoi(strings.TrimSuffix(count, " "))
	if err != nil {
		return "", err
	}
	text := make([]byte, n)
	_, err = io.ReadFull(r, text)
	return string(text), err
}

func TestSyslogReconnects(t *testing.T) {
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	l := openLog(t, Options{Path: logPath(t), Deliverers: []Deliverer{&Syslog{Network: "tcp", Address: server.Addr().String(), first: time.Millisecond, longest: 10 * time.Millisecond}}})
	var got []string
	for round := range 3 {
		appendTo(t, l, numberedAlerts(2*round, 2))
		conn, err := server.Accept()
		if err != nil {
			t.Fatal(err)
		}
		r := bufio.NewReader(conn)
		for range 2 {
			text, err := readCounted(r)
			if err != nil {
				t.Fatal(err)
			}
			a, head := parseMessage(t, text)
			got = append(got, a.ID)
			if !strings.HasPrefix(head, "132 ") {
				t.Errorf("priority %s, want local0.warning", head)
			}
		}
		conn.Close()
		time.Sleep(20 * time.Millisecond) // until the end of the connection has arrived
	}
	if !slices.Equal(got, idsUpTo(6)) {
		t.Errorf("received %v", got)
	}
}

func TestSyslogWaitsForServer(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "log")
	l := openLog(t, Options{Path: logPath(t), Deliverers: []Deliverer{&Syslog{Network: "unixgram", Address: socket, first: time.Millisecond, longest: 5 * time.Millisecond}}})
	appendTo(t, l, numberedAlerts(0, 50))
	for l.Stats().Deliverers[0].Retries < 3 {
		time.Sleep(time.Millisecond)
	}
	conn, err := net.ListenPacket("unixgram", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	buf := make([]byte, 1<<16)
	for i := range 50 {
		conn.SetReadDeadline(time.Now().Add(10 * time.Second))
		n, _, err := conn.ReadFrom(buf)
		if err != nil {
			t.Fatal(err)
		}
		if a, _ := parseMessage(t, string(buf[:n])); a.ID != fmt.Sprintf("a%06d", i) {
			t.Errorf("message %d is %s", i, a.ID)
		}
	}
}

// What is a JSON object but no alert is not sent as an empty one.
func TestSyslogRefusesWhatIsNoAlert(t *testing.T) {
	s := &teller{longest: 2048}
	for _, line := range []string{`{"a":1}`, `{"id":3}`, `{"id":"x","time":"yesterday"}`} {
		if _, err := s.message([]byte(line)); err == nil {
			t.Errorf("%s was taken for an alert", line)
		}
	}
}
