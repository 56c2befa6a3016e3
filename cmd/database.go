package cmd

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/dataset/sql"
	"github.com/netanom/netanom/dataset/sql/clickhouse"
	"github.com/netanom/netanom/dataset/sql/postgres"
	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/report"
)

// databaseOptions are the flags of every command that reads a table, for tables of
// databases.
type databaseOptions struct {
	passwordFile string
	authority    string // file of the certificates that are trusted
	seconds      number // most time of a query
	memory       number // MiB, on the server
	silence      number // seconds
	rows         number // fetched at most where rows are needed
	seed         number // of the rows
	explain      bool
	key          string // of commands that look at every row once
}

// fetchFlags are those that say which rows of a table are fetched.
var fetchFlags = []string{"fetch-rows", "fetch-seed"}

func (o *databaseOptions) flags(c *cobra.Command) {
	f := o.accessFlags()
	o.rows = number{value: 200_000, low: 100, high: 1e9, kind: whole}
	o.seed = number{high: 1 << 53, kind: whole}
	f.Var(&o.rows, fetchFlags[0], "`rows` fetched at most where an answer needs rows and not sums")
	f.Var(&o.seed, fetchFlags[1], "`number` by which these rows are chosen")
	addGroup(c, dataGroup, f)
}

// accessFlags are those that say how a server is reached, and what it may spend.
func (o *databaseOptions) accessFlags() *pflag.FlagSet {
	o.seconds = number{high: 1e9}
	o.memory = number{high: 1e9, kind: whole}
	o.silence = number{value: 60, low: 0.1, high: 1e6}
	f := pflag.NewFlagSet("database", pflag.ContinueOnError)
	f.StringVar(&o.passwordFile, "password-file", "", "`file` that holds the password alone (default: $NETANOM_PASSWORD, or the server's own variable)")
	f.StringVar(&o.authority, "tls-ca", "", "`file` of the certificates that an encrypted connection trusts (default: the system's)")
	f.Var(&o.seconds, "query-seconds", "seconds that the server may spend on a query; 0: its own limit")
	f.Var(&o.memory, "query-memory", "memory in `MiB` that a query may take on the server; 0: its own limit")
	f.Var(&o.silence, "query-silence", "seconds after which a server that says nothing is given up")
	f.BoolVar(&o.explain, "explain-queries", false, "write every statement that is sent to standard error")
	return f
}

// keyFlag adds the flag of commands that look at every row of a database once.
func (o *inputOptions) keyFlag(w *world, c *cobra.Command) {
	f := pflag.NewFlagSet("key", pflag.ContinueOnError)
	f.StringVar(&o.database.key, "key", "", "`column` that tells rows apart, in whose order they are read (default: the one that names them)")
	addGroup(c, dataGroup, f)
	w.complete(c, "key", o.completeColumns)
}

// A databaseTable is a table of a database as an origin.
type databaseTable struct {
	*sql.Source
	conn sql.Conn
	name string // of the kind of server
}

// Format returns the kind of server.
func (t *databaseTable) Format() string { return t.name }

// Size returns 0: nobody counts the bytes.
func (t *databaseTable) Size() int64 { return 0 }

// SHA256 returns "": a table that others may write to has no hash.
func (t *databaseTable) SHA256(context.Context) (string, error) { return "", nil }

// Close leaves the server.
func (t *databaseTable) Close() error { return t.conn.Close() }

// openDatabase opens the table that an address names, and returns the address as it may
// be shown.
func (o *inputOptions) openDatabase(ctx context.Context, w *world, text string) (origin, string, error) {
	at, err := sql.ParseAddress(text)
	if err != nil {
		return nil, "", usageError{err}
	}
	conn, err := o.database.dial(ctx, w, at, false)
	if err != nil {
		return nil, "", err
	}
	if !o.needsRows { // the server works, and there is time to keep memory small
		debug.SetGCPercent(50)
	}
	opt := sql.Options{Types: o.types, Label: o.label, Columns: o.columns, Progress: w.progress.rows}
	opt.Explain = o.database.explainer(w)
	source, err := sql.Open(ctx, conn, at, opt)
	if err != nil {
		conn.Close()
		return nil, "", err
	}
	return &databaseTable{source, conn, at.Scheme}, at.String(), nil
}

// explainer writes statements to standard error, if that is asked for; else it is nil.
func (o *databaseOptions) explainer(w *world) func(statement string) {
	if !o.explain {
		return nil
	}
	return func(statement string) {
		w.progress.clear()
		fmt.Fprintf(w.stderr, "%s;\n", statement)
	}
}

// dial connects to the server of an address.
func (o *databaseOptions) dial(ctx context.Context, w *world, at sql.Address, write bool) (sql.Conn, error) {
	access := sql.Access{User: at.User, Write: write,
		Limit: secondsOf(o.seconds.value), Memory: int64(o.memory.value) << 20, Stall: secondsOf(o.silence.value)}
	var err error
	if access.Password, err = o.password(w, at.Scheme); err != nil {
		return nil, err
	}
	if access.User == "" {
		access.User = w.env(serverVariables[at.Scheme].user)
	}
	if access.TLS, err = o.encryption(at); err != nil {
		return nil, err
	}
	if at.Scheme == "postgres" {
		return postgres.Dial(ctx, at, access)
	}
	return clickhouse.Dial(ctx, at, access)
}

func secondsOf(x float64) time.Duration { return time.Duration(x * float64(time.Second)) }

// serverVariables are the environment variables that the servers' own clients know.
var serverVariables = map[string]struct{ user, password string }{
	"clickhouse": {"CLICKHOUSE_USER", "CLICKHOUSE_PASSWORD"},
	"postgres":   {"PGUSER", "PGPASSWORD"},
}

// password returns the password from the file that a flag names, or from the
// environment.
func (o *databaseOptions) password(w *world, scheme string) (string, error) {
	if o.passwordFile == "" {
		if password := w.env("NETANOM_PASSWORD"); password != "" {
			return password, nil
		}
		return w.env(serverVariables[scheme].password), nil
	}
	f, err := openFile(o.passwordFile)
	if err != nil {
		return "", err
	}
	defer f.Close()
	const longest = 4096
	text, err := io.ReadAll(io.LimitReader(f, longest))
	if err != nil {
		return "", fmt.Errorf("cannot read %s: %w", o.passwordFile, err)
	}
	return strings.TrimRight(string(text), "\r\n"), nil
}

// encryption says how the connection is encrypted; nil: it is not.
func (o *databaseOptions) encryption(at sql.Address) (*tls.Config, error) {
	if !at.Secure {
		if o.authority != "" {
			return nil, usagef("--tls-ca is for encrypted connections; write ?secure=true at the end of the address")
		}
		return nil, nil
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: at.Host}
	if o.authority == "" {
		return c, nil
	}
	text, err := os.ReadFile(o.authority)
	if err != nil {
		return nil, fmt.Errorf("--tls-ca: %w", err)
	}
	if c.RootCAs = x509.NewCertPool(); !c.RootCAs.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("--tls-ca %s holds no certificate in PEM form", o.authority)
	}
	return c, nil
}

// fetch takes rows of a table of a database into memory, for what needs rows. A table
// of a file stays as it is.
func (in *input) fetch(ctx context.Context, o *databaseOptions) error {
	e, ok := dataset.EngineOf(in.filtered)
	if !ok {
		return nil
	}
	in.progress.stageIs("fetching rows")
	by := e.Schema().Label()
	if by >= 0 && e.Schema().Columns[by].Dict == nil {
		by = -1
	}
	s, err := e.Sample(ctx, dataset.SampleOptions{Rows: int64(o.rows.value), Seed: uint64(o.seed.value), By: by})
	if err != nil {
		return err
	}
	in.fetched, in.filtered, in.source = s, s.Table, s.Table
	return nil
}

// fetched says which rows are fetched by what is asked of a table.
func (o *databaseOptions) fetched() eda.Fetch {
	return eda.Fetch{Rows: int64(o.rows.value), Seed: uint64(o.seed.value)}
}

// name is the name of the file or the table, without the way to it.
func (in *input) name() string {
	if t, ok := in.file.(*databaseTable); ok {
		return t.Address().Table.Table
	}
	return filepath.Base(in.path)
}

// drawn reports whether rows of a database stand for all.
func (in *input) drawn() bool { return in.fetched != nil && !in.fetched.Whole() }

// canDerive refuses columns that look back on other rows where these may not have been drawn.
func (in *input) canDerive(r dataset.Recipe) error {
	windowed := slices.IndexFunc(r.Derivations, func(d dataset.Derivation) bool { return d.Windowed() })
	if in.drawn() && windowed >= 0 {
		return usagef("%s looks back on the rows before a row, and %s", r.Derivations[windowed].Name, someDrawn)
	}
	return nil
}

// someDrawn ends a sentence that refuses what only all rows can tell.
const someDrawn = "of the table some rows were drawn; choose no more than --fetch-rows with --where, or take all with that flag"

// derive adds derived columns to the table.
func (in *input) derive(r dataset.Recipe) error {
	if err := in.canDerive(r); err != nil {
		return err
	}
	src, err := dataset.Derive(in.filtered, r)
	if err != nil {
		return err
	}
	in.filtered, in.source = src, src
	return nil
}

// taken says which rows of a database stand for all.
func (in *input) taken() []string {
	if !in.drawn() {
		return nil
	}
	s, share := in.fetched, ""
	if s.By != "" {
		share = ", each level of " + s.By + " with its share"
	}
	return []string{fmt.Sprintf("A sample stands for the table: %s of %s%s (--fetch-rows takes more).",
		report.Format(report.Count, s.Rows()), counted(s.Of, "row"), share)}
}
