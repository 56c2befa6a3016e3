package clickhouse

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/netanom/netanom/dataset/sql"
)

// The ports a server listens at unless it is told otherwise.
const (
	plainPort  = 8123
	securePort = 8443
)

const (
	defaultStall = time.Minute
	sideTimeout  = 3 * time.Second // of requests beside the query
)

// conn is a way to a server over HTTP.
type conn struct {
	address  string // host:port
	url      url.URL
	access   sql.Access
	database string
	client   *http.Client
	locked   int         // what the user's own profile has for readonly: 1 refuses all settings, 2 changes of readonly
	dialect  dialect     // of the server's version
	stored   atomic.Bool // the table whose columns were listed last lies on this server itself
	view     atomic.Bool // it may be a view, which may group by itself
	lone     bool        // a query of a user who may set nothing has one thread

	closed  context.Context
	close   context.CancelFunc
	mu      sync.Mutex // that nothing starts while Close waits
	running sync.WaitGroup
}

// Dial returns a way to the server of an address, which has answered once and let the
// user in.
func Dial(ctx context.Context, a sql.Address, access sql.Access) (sql.Conn, error) {
	c := newConn(a, access)
	if err := c.greet(ctx); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// newConn returns a way to a server that has not been tried.
func newConn(a sql.Address, access sql.Access) *conn {
	if access.User == "" {
		access.User = a.User
	}
	if access.Stall <= 0 {
		access.Stall = defaultStall
	}
	if a.Secure && access.TLS == nil {
		access.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	scheme, port := "http", plainPort
	if access.TLS != nil {
		scheme, port = "https", securePort
	}
	if a.Port != 0 {
		port = a.Port
	}
	c := &conn{address: net.JoinHostPort(a.Host, strconv.Itoa(port)), access: access, database: a.Database}
	if c.database == "" {
		c.database = a.Table.Database
	}
	c.url = url.URL{Scheme: scheme, Host: c.address, Path: "/"}
	c.client = client(access)
	c.closed, c.close = context.WithCancel(context.Background())
	return c
}

// client returns a client that neither follows to other servers nor goes through a
// proxy, since both would see the password.
func client(access sql.Access) *http.Client {
	dialer := &net.Dialer{Timeout: min(access.Stall, 10*time.Second), KeepAlive: 15 * time.Second}
	t := &http.Transport{
		DialContext:         dialer.DialContext,
		TLSHandshakeTimeout: min(access.Stall, 10*time.Second),
		MaxIdleConnsPerHost: 8,
		IdleConnTimeout:     2 * time.Second, // servers wait 3 s or longer
		DisableCompression:  true,
	}
	if access.TLS != nil {
		t.TLSClientConfig = access.TLS.Clone()
	}
	return &http.Client{
		Transport:     t,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// greet asks for the server's version, and for what the user may set.
func (c *conn) greet(ctx context.Context) error {
	// A user who may set nothing may be asked only without settings.
	c.locked = 1
	var version, readonly string
	err := c.Query(ctx, sql.Query{
		SQL:   "SELECT version(), ifNull((SELECT any(value) FROM system.settings WHERE name = 'readonly'), '')", // newer servers may give NULL for such a query
		Types: []sql.Type{sql.Words, sql.Words},
	}, func(b *sql.Block) error {
		version, readonly = b.Columns[0].Words[0], b.Columns[1].Words[0]
		return nil
	})
	if err != nil {
		return err
	}
	c.locked, _ = strconv.Atoi(readonly)
	major, minor, ok := parseVersion(version)
	if !ok || major < 18 || major == 18 && minor < 16 {
		return fmt.Errorf("%s: the server's version is %q, and 18.16 is the oldest that is understood; use a newer server", c.address, shorten(version))
	}
	c.dialect = dialect{ownAddresses: major > 23 || major == 23 && minor >= 3, compensates: major >= 20}
	if c.locked == 1 && (c.access.Limit > 0 || c.access.Memory > 0) {
		return fmt.Errorf("%s: the user may set nothing, and so no limit of time or memory either; leave it out, or ask whoever runs the server for readonly = 2", c.address)
	}
	if c.locked == 1 || major >= 20 {
		return c.expectWhole(ctx)
	}
	return nil
}

// parseVersion splits a version such as 18.16.1.
func parseVersion(s string) (major, minor int, ok bool) {
	parts := strings.SplitN(s, ".", 3)
	if len(parts) < 2 {
		return 0, 0, false
	}
	major, err := strconv.Atoi(parts[0])
	if err != nil {
		return 0, 0, false
	}
	minor, err = strconv.Atoi(parts[1])
	return major, minor, err == nil
}

// Dialect returns how the server's language differs.
func (c *conn) Dialect() sql.Dialect {
	d := c.dialect
	d.compensates = d.compensates || c.stored.Load()
	return d
}

// Close ends all that is still running.
func (c *conn) Close() error {
	c.mu.Lock()
	c.close()
	c.mu.Unlock()
	c.running.Wait()
	c.client.CloseIdleConnections()
	return nil
}

// begin counts a query that starts, unless the connection is closed.
func (c *conn) begin() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed.Err() != nil {
		return fmt.Errorf("%s: %w", c.address, errClosed)
	}
	c.running.Add(1)
	return nil
}

// post sends a request with the query's parameters.
func (c *conn) post(ctx context.Context, params url.Values, contentType string, body io.Reader) (*http.Response, error) {
	u := c.url
	u.RawQuery = params.Encode()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), body)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", contentType)
	if c.access.User != "" {
		r.Header.Set("X-ClickHouse-User", c.access.User)
	}
	if c.access.Password != "" {
		r.Header.Set("X-ClickHouse-Key", c.access.Password)
	}
	return c.client.Do(r)
}
