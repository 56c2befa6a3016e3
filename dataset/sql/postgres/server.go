package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"

	"github.com/netanom/netanom/dataset/sql"
)

// A server is what must be known to connect.
type server struct {
	config *pgconn.Config
	access sql.Access
	stall  time.Duration
	where  string // "database "flows" of db.example:5432"
}

const (
	usualStall = time.Minute
	oldest     = 12
)

func newServer(a sql.Address, c sql.Access) (*server, error) {
	if strings.ContainsAny(a.Host, ",\x00") || a.Port < 0 || a.Port > 65535 {
		return nil, errors.New("the address names no host that there could be; name one host and a port from 1 to 65535")
	}
	config, err := configOf(a, c)
	if err != nil {
		return nil, err
	}
	s := &server{config: config, access: c, stall: cmp.Or(max(c.Stall, 0), usualStall)}
	s.where = fmt.Sprintf("database %q of %s", cmp.Or(config.Database, config.User), net.JoinHostPort(config.Host, strconv.Itoa(int(config.Port))))
	return s, nil
}

// configOf lets the environment fill in what is not told, but neither the encryption nor
// further hosts. The password is not in the text that is parsed, as errors may repeat that.
func configOf(a sql.Address, c sql.Access) (*pgconn.Config, error) {
	text := "sslmode=disable"
	for name, value := range map[string]string{"host": a.Host, "user": cmp.Or(c.User, a.User), "dbname": a.Database} {
		if value != "" {
			text += " " + name + "='" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(value) + "'"
		}
	}
	if a.Port > 0 {
		text += " port=" + strconv.Itoa(a.Port)
	}
	config, err := pgconn.ParseConfig(text)
	if err != nil {
		return nil, fmt.Errorf("the settings of the connection are not understood; look at the address and at the PG variables of the environment: %w", err)
	}
	config.Fallbacks = nil
	if c.Password != "" {
		config.Password = c.Password
	}
	if c.TLS != nil {
		config.TLSConfig = c.TLS.Clone()
		config.TLSConfig.ServerName = cmp.Or(c.TLS.ServerName, config.Host)
	}
	return config, nil
}

// dial makes a connection.
func (s *server) dial(ctx context.Context) (*link, error) {
	l := &link{turn: make(chan struct{}, 1), stall: s.stall}
	return l, s.connect(ctx, l)
}

// connect connects a link, for the first time or again.
func (s *server) connect(ctx context.Context, l *link) error {
	config := s.config.Copy()
	config.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &wire{Conn: conn, heard: &l.heard}, nil
	}
	// A cancelled query is ended on the server, and the connection stays. One that does
	// not answer to that is given up.
	config.BuildContextWatcherHandler = func(pg *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: pg, DeadlineDelay: min(s.stall, giveUp)}
	}
	ctx, cancel := context.WithTimeoutCause(ctx, s.stall, errStall)
	defer cancel()
	pg, err := pgconn.ConnectConfig(ctx, config)
	if err != nil {
		return s.explain(ctx, "connect to", err, 0)
	}
	l.pg = pg
	l.pid.Store(0)
	version := major(pg.ParameterStatus("server_version"))
	if version < oldest {
		l.close()
		return &failure{text: fmt.Sprintf("%s is of version %d, and PostgreSQL %d or later is needed", s.where, version, oldest)}
	}
	if err := l.exec(ctx, s.settings(version)); err != nil {
		l.close()
		return s.explain(ctx, "set up the connection to", err, 0)
	}
	return nil
}

// major returns the first number of a version such as "15.4 (Debian 15.4-1)".
func major(version string) int {
	end := strings.IndexFunc(version, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		end = len(version)
	}
	n, _ := strconv.Atoi(version[:end])
	return n
}

const giveUp = 5 * time.Second

// settings are those of a connection, as a statement: not as part of the greeting, in
// which poolers refuse them.
func (s *server) settings(version int) string {
	set := []string{
		"SET application_name = 'netanom'",
		"SET client_encoding = 'UTF8'",
		"SET TimeZone = 'UTC'", // and so do texts of dates
		"SET DateStyle = 'ISO'",
		"SET extra_float_digits = 1",                  // texts of numbers are exact
		"SET standard_conforming_strings = on",        // as in all literals of ours
		"SET jit = off",                               // statements of hundreds of sums compile longer than they run
		"SET idle_in_transaction_session_timeout = 0", // we keep a transaction while we compute
		fmt.Sprintf("SET lock_timeout = %d", max(s.stall.Milliseconds(), 1)),
	}
	if version >= 17 {
		set = append(set, "SET transaction_timeout = 0")
	}
	if !s.access.Write {
		set = append(set, "SET default_transaction_read_only = on")
	}
	if s.access.Limit > 0 {
		set = append(set, fmt.Sprintf("SET statement_timeout = %d", min(max(s.access.Limit.Milliseconds(), 1), maxSetting)))
	}
	if s.access.Memory > 0 {
		set = append(set, fmt.Sprintf("SET work_mem = %d", workMem(s.access.Memory)))
	}
	return strings.Join(set, "; ")
}

// workMem is the setting, in kilobytes, for a query that may take some bytes. PostgreSQL
// has no limit for a query: work_mem is one for each sort and each hash table, of
// which ours have two at most, in each of the processes that share the work (usually
// three); a hash table may take twice as much from version 15 on. A quarter keeps within the limit
// where a query is one process, and near it elsewhere. What exceeds work_mem goes to disk,
// but for hash tables of version 12, which grow on if the server has underestimated
// the groups. Nothing limits the memory of a text or an array.
func workMem(bytes int64) int64 { return min(max(bytes/4/1024, 64), maxSetting) }

const maxSetting = 1<<31 - 1
