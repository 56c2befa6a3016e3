package clickhouse

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/netanom/netanom/dataset/sql"
)

const secret = "hunter2-hunter2"

// fake is a server that answers each statement as a function says; those of Dial, of
// progress and of KILL it answers itself.
type fake struct {
	*httptest.Server
	mu     sync.Mutex
	killed []string
	asked  []url.Values
}

func newFake(t *testing.T, answer http.HandlerFunc) *fake {
	t.Helper()
	f := &fake{}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		switch s := string(body); {
		case strings.HasPrefix(s, "SELECT version()"):
			w.Write(words("18.16.1", "0"))
		case strings.Contains(s, "system.processes"):
			w.Write(ints(5, 10))
		case strings.HasPrefix(s, "KILL QUERY"):
			f.mu.Lock()
			f.killed = append(f.killed, s)
			f.mu.Unlock()
			io.WriteString(w, "waiting")
		default:
			f.mu.Lock()
			f.asked = append(f.asked, r.URL.Query())
			f.mu.Unlock()
			answer(w, r)
		}
	}))
	t.Cleanup(f.Close)
	return f
}

func words(ws ...string) (b []byte) {
	for _, w := range ws {
		b = append(binary.AppendUvarint(b, uint64(len(w))), w...)
	}
	return b
}

func ints(xs ...int64) (b []byte) {
	for _, x := range xs {
		b = binary.LittleEndian.AppendUint64(b, uint64(x))
	}
	return b
}

// at is the address of a test server.
func at(t *testing.T, raw string) sql.Address {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	port, _ := strconv.Atoi(u.Port())
	return sql.Address{Scheme: "clickhouse", Host: u.Hostname(), Port: port}
}

func dialFake(t *testing.T, f *fake, access sql.Access) sql.Conn {
	t.Helper()
	c, err := Dial(t.Context(), at(t, f.URL), access)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

var oneInt = sql.Query{SQL: "SELECT 1", Types: []sql.Type{sql.Int}}

func count(rows *int) func(*sql.Block) error {
	return func(b *sql.Block) error { *rows += b.Rows; return nil }
}

// wantError checks that an error names the server, says what is wanted and tells no secret.
func wantError(t *testing.T, err error, host string, wants ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range append(wants, host) {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
	if strings.Contains(err.Error(), secret) {
		t.Errorf("%q tells the password", err)
	}
}

func TestFaultyAnswers(t *testing.T) {
	old := "Code: 395, e.displayText() = DB::Exception: Value passed to 'throwIf' function is non zero, e.what() = DB::Exception"
	recent := "Code: 241. DB::Exception: Memory limit (for query) exceeded. (MEMORY_LIMIT_EXCEEDED) (version 24.8.1.1)"
	tests := []struct {
		name   string
		answer func(w http.ResponseWriter)
		want   string
	}{
		{"status", func(w http.ResponseWriter) { w.WriteHeader(500); io.WriteString(w, old) }, "throwIf"},
		{"recent status", func(w http.ResponseWriter) { w.WriteHeader(500); io.WriteString(w, recent) }, "needs more memory"},
		{"header", func(w http.ResponseWriter) { w.Header().Set("X-ClickHouse-Exception-Code", "159") }, "takes longer"},
		{"behind rows", func(w http.ResponseWriter) { w.Write(ints(1, 2, 3)); io.WriteString(w, old) }, "throwIf"},
		{"recent behind rows", func(w http.ResponseWriter) { w.Write(ints(1)); io.WriteString(w, recent) }, "needs more memory"},
		{"tagged behind rows", func(w http.ResponseWriter) {
			w.Write(ints(1))
			io.WriteString(w, "\r\n__exception__\r\nabcdefghijklmnop\r\n"+recent+"\n99 abcdefghijklmnop\r\n__exception__\r\n")
		}, "needs more memory"},
		{"half a row", func(w http.ResponseWriter) { w.Write(ints(1, 2)[:11]) }, "broke before"},
		{"length not kept", func(w http.ResponseWriter) { w.Header().Set("Content-Length", "800"); w.Write(ints(1, 2)) }, "broke before"},
		{"chunk not ended", func(w http.ResponseWriter) {
			w.Write(ints(1, 2))
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}, "broke before"},
		{"another server", func(w http.ResponseWriter) { w.WriteHeader(404); io.WriteString(w, "<html>not here") }, "not a ClickHouse server"},
		{"redirect", func(w http.ResponseWriter) { w.Header().Set("Location", "http://127.0.0.1:1/"); w.WriteHeader(302) }, "not a ClickHouse server"},
		{"empty failure", func(w http.ResponseWriter) { w.WriteHeader(502) }, "502"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newFake(t, func(w http.ResponseWriter, _ *http.Request) { test.answer(w) })
			c := dialFake(t, f, sql.Access{Password: secret})
			rows := 0
			wantError(t, c.Query(t.Context(), oneInt, count(&rows)), f.Listener.Addr().String(), test.want)
		})
	}
}

func TestRequestSaysWhatIsAllowed(t *testing.T) {
	f := newFake(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-ClickHouse-User") != "u" || r.Header.Get("X-ClickHouse-Key") != secret {
			t.Errorf("headers %v", r.Header)
		}
		w.Write(ints(7))
	})
	c := dialFake(t, f, sql.Access{User: "u", Password: secret, Limit: 1500 * time.Millisecond, Memory: 99})
	rows := 0
	q := sql.Query{SQL: "SELECT " + c.Dialect().Lot(1), Types: oneInt.Types}
	for range 2 {
		if err := c.Query(t.Context(), q, count(&rows)); err != nil {
			t.Fatal(err)
		}
	}
	asked := f.asked[0]
	for name, want := range map[string]string{
		"readonly": "2", "max_execution_time": "2", "max_memory_usage": "99", "wait_end_of_query": "1",
		"skip_unavailable_shards": "0", "max_threads": "1", "timeout_overflow_mode": "throw",
	} {
		if got := asked.Get(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	if a, b := asked.Get("query_id"), f.asked[1].Get("query_id"); a == "" || a == b {
		t.Errorf("query_id %q and %q", a, b)
	}
	if strings.Contains(fmt.Sprint(f.asked), secret) {
		t.Error("the password is in the address")
	}
}

func TestReadingConnectionRefusesChanges(t *testing.T) {
	f := newFake(t, func(http.ResponseWriter, *http.Request) { t.Error("the server was asked") })
	c := dialFake(t, f, sql.Access{})
	host := f.Listener.Addr().String()
	wantError(t, c.Exec(t.Context(), "DROP TABLE x"), host, "may only read")
	wantError(t, c.Insert(t.Context(), sql.Name{Table: "x"}, nil, &sql.Block{}), host, "may only read")
}

func TestCancelKillsQuery(t *testing.T) {
	f := newFake(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	c := dialFake(t, f, sql.Access{})
	ctx, cancel := context.WithCancel(t.Context())
	var told sync.Once
	q := oneInt
	q.Progress = func(done, total int64) {
		if done != 5 || total != 10 {
			t.Errorf("progress %d of %d", done, total)
		}
		told.Do(cancel)
	}
	err := c.Query(ctx, q, nil)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if len(f.killed) != 1 || !strings.Contains(f.killed[0], f.asked[0].Get("query_id")) {
		t.Errorf("killed %q", f.killed)
	}
}

func TestErrorOfCallerKillsQuery(t *testing.T) {
	f := newFake(t, func(w http.ResponseWriter, _ *http.Request) { w.Write(ints(1)) })
	c := dialFake(t, f, sql.Access{})
	own := errors.New("enough")
	if err := c.Query(t.Context(), oneInt, func(*sql.Block) error { return own }); err != own {
		t.Errorf("error %v", err)
	}
}

func TestCloseEndsQueries(t *testing.T) {
	begun := make(chan struct{})
	f := newFake(t, func(_ http.ResponseWriter, r *http.Request) { close(begun); <-r.Context().Done() })
	c := dialFake(t, f, sql.Access{})
	ended := make(chan error)
	go func() { ended <- c.Query(context.Background(), oneInt, nil) }()
	<-begun
	c.Close()
	if err := <-ended; !errors.Is(err, errClosed) {
		t.Errorf("error %v", err)
	}
	if len(f.killed) == 0 {
		t.Error("nothing was killed")
	}
	if err := c.Query(t.Context(), oneInt, nil); !errors.Is(err, errClosed) {
		t.Errorf("after Close: %v", err)
	}
}

// A query that takes longer than Stall goes on as long as the server answers beside it,
// and as long as it is the caller who takes the time.
func TestSignsOfLife(t *testing.T) {
	f := newFake(t, func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(1200 * time.Millisecond)
		w.Write(ints(1))
	})
	c := dialFake(t, f, sql.Access{Stall: 600 * time.Millisecond})
	err := c.Query(t.Context(), oneInt, func(*sql.Block) error { time.Sleep(800 * time.Millisecond); return nil })
	if err != nil {
		t.Error(err)
	}
}

func TestSilentServer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() // connections are taken by the system, and nothing is ever said
	began := time.Now()
	_, err = Dial(t.Context(), at(t, "http://"+l.Addr().String()), sql.Access{Stall: 300 * time.Millisecond, Password: secret})
	wantError(t, err, l.Addr().String(), "said nothing for 300ms")
	if d := time.Since(began); d > 10*time.Second {
		t.Errorf("took %v", d)
	}
}

func TestServersThatCannotBeReached(t *testing.T) {
	l, _ := net.Listen("tcp", "127.0.0.1:0")
	refused := l.Addr().String()
	l.Close()
	plain := newFake(t, nil)
	plain.Config.ErrorLog = log.New(io.Discard, "", 0)
	encrypted := httptest.NewUnstartedServer(http.NotFoundHandler())
	encrypted.Config.ErrorLog = log.New(io.Discard, "", 0)
	encrypted.StartTLS()
	t.Cleanup(encrypted.Close)
	chatty, _ := net.Listen("tcp", "127.0.0.1:0")
	t.Cleanup(func() { chatty.Close() })
	go func() {
		for {
			c, err := chatty.Accept()
			if err != nil {
				return
			}
			io.WriteString(c, "SSH-2.0-x\r\n")
			c.Close()
		}
	}()
	tests := []struct {
		name, host string
		secure     bool
		want       string
	}{
		{"refused", refused, false, "nothing listens there"},
		{"unknown", "no-such-host.invalid:8123", false, "no-such-host.invalid"},
		{"no TLS there", plain.Listener.Addr().String(), true, "does not encrypt"},
		{"unknown authority", encrypted.Listener.Addr().String(), true, "signed by nobody"},
		{"TLS there", encrypted.Listener.Addr().String(), false, "not a ClickHouse server"},
		{"another protocol", chatty.Addr().String(), false, "does not speak HTTP"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := at(t, "http://"+test.host)
			a.Secure = test.secure
			_, err := Dial(t.Context(), a, sql.Access{Password: secret, Stall: 5 * time.Second})
			wantError(t, err, test.host, test.want)
		})
	}
}

// recent answers as a server of today does, whose subqueries may give NULL: what a question
// of settings finds is given: names and values.
func recent(settings ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		statement, _ := io.ReadAll(r.Body)
		switch {
		case !strings.Contains(string(statement), "version()"):
			w.Write(words(settings...))
		case strings.Contains(string(statement), "ifNull((SELECT"):
			w.Write(words("24.8.1.1", "2"))
		default:
			w.Write(append(words("24.8.1.1"), "\x00\x012"...))
		}
	}
}

// A profile by which a part would be handed out is refused.
func TestProfileThatCutsAnswers(t *testing.T) {
	s := httptest.NewServer(recent("max_threads", "8", "limit", "1000"))
	t.Cleanup(s.Close)
	_, err := Dial(t.Context(), at(t, s.URL), sql.Access{})
	wantError(t, err, "a part of the rows (limit)")
}

func TestAuthorityThatIsTrusted(t *testing.T) {
	s := httptest.NewTLSServer(recent("max_threads", "'auto(4)'"))
	t.Cleanup(s.Close)
	access := sql.Access{TLS: s.Client().Transport.(*http.Transport).TLSClientConfig}
	c, err := Dial(t.Context(), at(t, s.URL), access)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if got := c.(*conn); got.locked != 2 || !got.dialect.ownAddresses {
		t.Errorf("locked %d, %+v", got.locked, got.dialect)
	}
}

func TestOldServerIsRefused(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(words("1.1.54394", "0")) }))
	t.Cleanup(s.Close)
	_, err := Dial(t.Context(), at(t, s.URL), sql.Access{})
	wantError(t, err, s.Listener.Addr().String(), "18.16 is the oldest")
}
