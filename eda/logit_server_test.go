package eda

import (
	"cmp"
	"context"
	"encoding/csv"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/dataset/sql"
	"github.com/netanom/netanom/dataset/sql/clickhouse"
	"github.com/netanom/netanom/dataset/sql/postgres"
	"github.com/netanom/netanom/internal/check"
)

// A logitServer is one that tests may write to.
type logitServer struct {
	scheme, variable, port string
	number, word, engine   string // types of columns, and what stands behind CREATE TABLE
	dial                   func(context.Context, sql.Address, sql.Access) (sql.Conn, error)
}

var logitServers = []logitServer{
	{"postgres", "NETANOM_POSTGRES", "5432", "double precision", "text", "", postgres.Dial},
	{"clickhouse", "NETANOM_CLICKHOUSE", "8123", "Nullable(Float64)", "String", " ENGINE = MergeTree ORDER BY tuple()", clickhouse.Dial},
}

// open makes a table of rows with a header, of which the last columns hold words.
func (s logitServer) open(t *testing.T, text string, words int) dataset.Source {
	t.Helper()
	where := os.Getenv(s.variable)
	if where == "" {
		why := s.variable + " is not set: the test needs a server, such as " + s.scheme + "://user@127.0.0.1/database"
		if os.Getenv("CI") != "" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	u, err := url.Parse(where)
	if err != nil {
		t.Fatal(err)
	}
	port, _ := strconv.Atoi(cmp.Or(u.Port(), s.port))
	name := fmt.Sprintf("netanom_logit_%d", time.Now().UnixNano())
	a := sql.Address{Scheme: s.scheme, User: u.User.Username(), Host: u.Hostname(), Port: port, Database: strings.Trim(u.Path, "/"), Table: sql.Name{Table: name}}
	if s.scheme == "clickhouse" {
		a.Table.Database = a.Database
	}
	ctx := context.Background()
	conn, err := s.dial(ctx, a, sql.Access{User: a.User, Write: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Exec(context.Background(), "DROP TABLE "+name); err != nil {
			t.Error(err)
		}
		conn.Close()
	})
	for _, statement := range s.statements(t, name, text, words) {
		if err := conn.Exec(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	engine, err := sql.Open(ctx, conn, a, sql.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return engine
}

// statements make and fill the table.
func (s logitServer) statements(t *testing.T, name, text string, words int) []string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	columns, values := make([]string, len(rows[0])), make([]string, len(rows)-1)
	for i, column := range rows[0] {
		columns[i] = column + " " + s.number
		if i >= len(rows[0])-words {
			columns[i] = column + " " + s.word
		}
	}
	for i, row := range rows[1:] {
		for k, cell := range row {
			switch {
			case k >= len(row)-words:
				row[k] = "'" + cell + "'"
			case cell == "":
				row[k] = "NULL"
			}
		}
		values[i] = "(" + strings.Join(row, ", ") + ")"
	}
	return []string{"CREATE TABLE " + name + " (" + strings.Join(columns, ", ") + ")" + s.engine, "INSERT INTO " + name + " VALUES " + strings.Join(values, ", ")}
}

// TestFitLogitServers: the fit of what a server adds up is that of the rows.
func TestFitLogitServers(t *testing.T) {
	check.Long(t)
	for _, s := range logitServers {
		t.Run(s.scheme, func(t *testing.T) {
			summedPatterns(t)
			text := summedText(1500)
			engine, table := s.open(t, text, 3), rowsOfText(t, text)
			for _, o := range slices.Concat(summedModels[1:5], separatedModels[:2]) {
				want, err := FitLogit(context.Background(), table, o)
				if err != nil {
					t.Fatal(err)
				}
				got, err := FitLogit(context.Background(), engine, o)
				if err != nil {
					t.Fatalf("%v: %v", o.Terms, err)
				}
				sameLogit(t, strings.Join(o.Terms, " + "), got, want)
				sameSeparation(t, got, want)
			}
		})
	}
}
