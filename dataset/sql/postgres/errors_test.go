package postgres

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/netanom/netanom/dataset/sql"
)

// listen serves each connection by a function, and returns where.
func listen(t *testing.T, serve func(net.Conn)) sql.Address {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				serve(conn)
			}()
		}
	}()
	return sql.Address{Scheme: "postgres", Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, Database: "flows", User: "ann"}
}

// refuse asks for the password, and answers by an error.
func refuse(code string) func(net.Conn) {
	return func(conn net.Conn) {
		b := pgproto3.NewBackend(conn, conn)
		if _, err := b.ReceiveStartupMessage(); err != nil {
			return
		}
		b.Send(&pgproto3.AuthenticationCleartextPassword{})
		_ = b.Flush()
		_, _ = b.Receive()
		b.Send(&pgproto3.ErrorResponse{Severity: "FATAL", Code: code, Message: "l'erreur"})
		_ = b.Flush()
	}
}

// What a server may say when it is dialled becomes a sentence that names where, and what
// to do, and not the password.
func TestDialRefused(t *testing.T) {
	for code, want := range map[string]string{
		"28P01": `the password of the user "ann" is wrong or missing; put the right one into NETANOM_PASSWORD`,
		"28000": "pg_hba.conf",
		"3D000": "no such database",
		"53300": "too many connections",
		"57P03": "starting or stopping",
		"08P01": "connection was lost",
		"99999": "SQLSTATE 99999",
	} {
		a := listen(t, refuse(code))
		_, err := Dial(context.Background(), a, sql.Access{Password: "hush"})
		says(t, err, want, "l'erreur", fmt.Sprintf(`database "flows" of 127.0.0.1:%d`, a.Port))
	}
}

func TestDialTrouble(t *testing.T) {
	closed := listen(t, func(net.Conn) {})
	other := listen(t, func(c net.Conn) { fmt.Fprint(c, "HTTP/1.1 400 Bad Request\r\n\r\n") })
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := closed
	nobody.Port = free.Addr().(*net.TCPAddr).Port
	free.Close()
	unknown := closed
	unknown.Host = "no-such-host.invalid"
	for name, c := range map[string]struct {
		a    sql.Address
		want string
	}{
		"closed":  {closed, "connection was lost"},
		"other":   {other, "does not speak as PostgreSQL does"},
		"nobody":  {nobody, "nobody listens there"},
		"unknown": {unknown, "there is no host no-such-host.invalid"},
		"hosts":   {sql.Address{Host: "a,b"}, "names no host"},
		"port":    {sql.Address{Host: "a", Port: 70000}, "names no host"},
	} {
		_, err := Dial(context.Background(), c.a, sql.Access{Password: "hush", Stall: 5 * time.Second})
		t.Run(name, func(t *testing.T) { says(t, err, c.want) })
	}
}

// With encryption asked for, nothing is sent to a server that does not encrypt or cannot
// show who it is.
func TestDialEncrypted(t *testing.T) {
	shown := httptest.NewUnstartedServer(nil)
	shown.StartTLS()
	defer shown.Close()
	for answer, want := range map[string]string{"N": "does not encrypt its connections", "S": "the server's certificate does not do"} {
		a := listen(t, func(conn net.Conn) {
			_, _ = io.ReadFull(conn, make([]byte, 8))
			fmt.Fprint(conn, answer)
			_ = tls.Server(conn, shown.TLS).Handshake()
		})
		_, err := Dial(context.Background(), a, sql.Access{Password: "hush", TLS: &tls.Config{}, Stall: 5 * time.Second})
		says(t, err, want)
	}
}

// The environment fills in only what is not told.
func TestEnvironment(t *testing.T) {
	for name, value := range map[string]string{"PGHOST": "elsewhere", "PGPORT": "1", "PGUSER": "bob", "PGDATABASE": "other", "PGPASSWORD": "hush", "PGSSLMODE": "require"} {
		t.Setenv(name, value)
	}
	s, err := newServer(sql.Address{Host: "db's", Port: 5433, Database: `flo\ws' x=`}, sql.Access{})
	if err != nil {
		t.Fatal(err)
	}
	if c := s.config; c.Host != "db's" || c.Port != 5433 || c.Database != `flo\ws' x=` || c.User != "bob" || c.Password != "hush" || c.TLSConfig != nil || len(c.Fallbacks) > 0 {
		t.Errorf("%+v", c)
	}
	if s, err = newServer(sql.Address{Host: "db", User: "ann"}, sql.Access{User: "eve", Password: "p", TLS: &tls.Config{}}); err != nil || s.config.User != "eve" || s.config.Password != "p" || s.config.TLSConfig.ServerName != "db" {
		t.Errorf("%+v, %v", s, err)
	}
}

// A listener that never answers is given up.
func TestDialSilence(t *testing.T) {
	a := listen(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
	began := time.Now()
	_, err := Dial(context.Background(), a, sql.Access{Password: "hush", Stall: 300 * time.Millisecond})
	says(t, err, "no sign of life for 300ms", "127.0.0.1")
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	if _, err := Dial(ctx, a, sql.Access{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestOldServer(t *testing.T) {
	for text, want := range map[string]int{"11.22": 11, "9.6.24 (Debian)": 9, "18beta1": 18, "15": 15, "": 0, "x": 0} {
		if got := major(text); got != want {
			t.Errorf("%q is %d", text, got)
		}
	}
	a := listen(t, func(conn net.Conn) {
		b := pgproto3.NewBackend(conn, conn)
		_, _ = b.ReceiveStartupMessage()
		b.Send(&pgproto3.AuthenticationOk{})
		b.Send(&pgproto3.ParameterStatus{Name: "server_version", Value: "11.2"})
		b.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
		_ = b.Flush()
		_, _ = io.Copy(io.Discard, conn)
	})
	_, err := Dial(context.Background(), a, sql.Access{})
	says(t, err, "version 11", "PostgreSQL 12 or later")
}

// A gate passes connections on to a server, until it is shut: then it is silent.
type gate struct {
	mu   sync.Mutex
	shut bool
}

func (g *gate) open() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return !g.shut
}

func (g *gate) pass(to io.Writer, from io.Reader) {
	buf := make([]byte, 1<<16)
	for {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		if g.open() {
			_, _ = to.Write(buf[:n])
		}
	}
}

func gated(t *testing.T) (*gate, sql.Address) {
	t.Helper()
	behind := address(t)
	g := &gate{}
	a := listen(t, func(conn net.Conn) {
		server, err := net.Dial("tcp", net.JoinHostPort(behind.Host, fmt.Sprint(behind.Port)))
		if err != nil {
			return
		}
		defer server.Close()
		go g.pass(conn, server)
		g.pass(server, conn)
	})
	a.User, a.Database = behind.User, behind.Database
	return g, a
}

// A long query of a server that works is waited for, one of a server that is gone is not.
func TestStall(t *testing.T) {
	g, a := gated(t)
	c, err := Dial(context.Background(), a, sql.Access{Stall: 400 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	mustFetch(t, c, "SELECT 1::int8 FROM pg_sleep(2)", sql.Int)
	// Nor does it matter how long we take ourselves.
	err = c.Query(context.Background(), sql.Query{SQL: "SELECT 1::int8", Types: []sql.Type{sql.Int}}, func(*sql.Block) error {
		time.Sleep(time.Second)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(200*time.Millisecond, func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.shut = true
	})
	began := time.Now()
	_, err = fetch(c, "SELECT 1::int8 FROM pg_sleep(600)", sql.Int)
	says(t, err, "no sign of life for 400ms")
	if errors.Is(err, context.Canceled) {
		t.Error("a stall is no cancellation")
	}
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("it took %s", took)
	}
	_, err = fetch(c, "SELECT 1::int8", sql.Int)
	says(t, err, "was lost before")
}

// A server that ends the connection is told from one that is gone.
func TestTerminated(t *testing.T) {
	c := dial(t, sql.Access{Write: true})
	l := watcher(t, c)
	pid := mustFetch(t, c, "SELECT pg_backend_pid()::int8", sql.Int).Columns[0].Ints[0]
	var ending sync.WaitGroup
	ending.Go(func() {
		time.Sleep(100 * time.Millisecond)
		_, _ = l.ask(context.Background(), fmt.Sprintf("SELECT pg_terminate_backend(%d)", pid))
	})
	_, err := fetch(c, "SELECT 1::int8 FROM pg_sleep(600)", sql.Int)
	ending.Wait()
	says(t, err, "administrator has ended the connection")
	_, err = fetch(c, "SELECT 1::int8", sql.Int)
	says(t, err, "was lost before")
	// As Exec begins a new state, it may be over a new connection.
	run(t, c, "SELECT 1")
	mustFetch(t, c, "SELECT 1::int8", sql.Int)
}

// Wrong passwords, users and databases at a real server.
func TestRealRefusals(t *testing.T) {
	c, _ := scratch(t)
	if mustFetch(t, c, "SELECT (rolsuper OR rolcreaterole)::int::int8 FROM pg_roles WHERE rolname = current_user", sql.Int).Columns[0].Ints[0] == 0 {
		lacking(t, "the user of NETANOM_POSTGRES may not create roles")
	}
	role := fmt.Sprint("netanom_test_", time.Now().UnixNano())
	run(t, c, "CREATE ROLE "+role+" LOGIN PASSWORD 'hush'")
	t.Cleanup(func() { run(t, c, "DROP ROLE "+role) })
	a := address(t)
	a.Database = "there is none"
	_, err := Dial(context.Background(), a, sql.Access{})
	says(t, err, "no such database", `"there is none"`)
	a = address(t)
	right, err := Dial(context.Background(), a, sql.Access{User: role, Password: "hush"})
	if err != nil {
		t.Fatal(err)
	}
	defer right.Close()
	_, err = fetch(right, "SELECT count(*) FROM pg_authid", sql.Int)
	says(t, err, "may not do that", "GRANT SELECT")
	if wrong, err := Dial(context.Background(), a, sql.Access{User: role, Password: "hush hush"}); err == nil {
		wrong.Close()
		lacking(t, "the server of NETANOM_POSTGRES lets everybody in without a password")
	} else {
		says(t, err, "is wrong or missing", role)
	}
}

// Each remedy says what to do, and is found.
func TestRemedies(t *testing.T) {
	for code, text := range remedies {
		if len(code) != 2 && len(code) != 5 || strings.HasSuffix(text, ".") || text == "" {
			t.Errorf("%s: %s", code, text)
		}
	}
}
