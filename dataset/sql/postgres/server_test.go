package postgres

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/netanom/netanom/dataset/sql"
)

// lacking skips a test that needs what is not there, but not where all must be there.
func lacking(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// address is where the server for tests is.
func address(t testing.TB) sql.Address {
	t.Helper()
	text := os.Getenv("NETANOM_POSTGRES")
	if text == "" {
		lacking(t, "NETANOM_POSTGRES is not set: the test needs a PostgreSQL server, such as postgres://user@127.0.0.1:5433/db")
	}
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	port, _ := strconv.Atoi(cmp.Or(u.Port(), "5432"))
	return sql.Address{Scheme: "postgres", User: u.User.Username(), Host: u.Hostname(), Port: port, Database: strings.Trim(u.Path, "/")}
}

func dial(t testing.TB, access sql.Access) *Conn {
	t.Helper()
	c, err := Dial(context.Background(), address(t), access)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c.(*Conn)
}

// scratch makes a schema for a test, and a connection that may write to it.
func scratch(t testing.TB) (*Conn, string) {
	t.Helper()
	schema := fmt.Sprintf("netanom test %d", time.Now().UnixNano())
	c := dial(t, sql.Access{Write: true})
	run(t, c, "CREATE SCHEMA "+quote(schema))
	t.Cleanup(func() { run(t, c, "DROP SCHEMA "+quote(schema)+" CASCADE") })
	return c, schema
}

func run(t testing.TB, c *Conn, statement string) {
	t.Helper()
	if err := c.Exec(context.Background(), statement); err != nil {
		t.Fatal(err)
	}
}

// fetch copies all rows of a statement into one block.
func fetch(c sql.Conn, statement string, types ...sql.Type) (*sql.Block, error) {
	all := &sql.Block{Columns: make([]sql.Cells, len(types))}
	err := c.Query(context.Background(), sql.Query{SQL: statement, Types: types}, func(b *sql.Block) error {
		all.Rows += b.Rows
		for i, c := range b.Columns {
			to := &all.Columns[i]
			to.Ints, to.Reals, to.Words = append(to.Ints, c.Ints...), append(to.Reals, c.Reals...), append(to.Words, c.Words...)
		}
		return nil
	})
	return all, err
}

func mustFetch(t testing.TB, c sql.Conn, statement string, types ...sql.Type) *sql.Block {
	t.Helper()
	b, err := fetch(c, statement, types...)
	if err != nil {
		t.Fatalf("%s: %v", statement[:min(len(statement), 500)], err)
	}
	return b
}

// says fails the test unless an error has some words, and none of a secret.
func says(t testing.TB, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %q", words)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q is not in the error: %v", w, err)
		}
	}
	if strings.Contains(err.Error(), "hush") {
		t.Errorf("the error holds the secret: %v", err)
	}
}
