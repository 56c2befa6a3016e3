package clickhouse

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/netanom/netanom/dataset/sql"
)

// serverAddress is that of the server that NETANOM_CLICKHOUSE names.
func serverAddress(t testing.TB) (sql.Address, string) {
	t.Helper()
	raw := os.Getenv("NETANOM_CLICKHOUSE")
	switch {
	case raw == "" && os.Getenv("CI") != "":
		t.Fatal("NETANOM_CLICKHOUSE is not set, and must be where changes are checked")
	case raw == "":
		t.Skipf("NETANOM_CLICKHOUSE is not set: %s needs a server", t.Name())
	}
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	a := sql.Address{Scheme: u.Scheme, Host: u.Hostname(), User: u.User.Username(), Database: strings.Trim(u.Path, "/")}
	a.Port, _ = strconv.Atoi(u.Port())
	a.Table.Database = a.Database
	password, _ := u.User.Password()
	return a, password
}

func dialServer(t testing.TB, access sql.Access) sql.Conn {
	t.Helper()
	a, password := serverAddress(t)
	access.Password = password
	c, err := Dial(t.Context(), a, access)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// table makes a table that is gone after the test.
func table(t testing.TB, c sql.Conn, columns string) sql.Name {
	t.Helper()
	name := sql.Name{Table: fmt.Sprintf("netanom_test_%d_%s", os.Getpid(), strings.ReplaceAll(t.Name(), "/", "_"))}
	from := c.Dialect().From(name)
	exec(t, c, "DROP TABLE IF EXISTS "+from)
	exec(t, c, "CREATE TABLE "+from+" ("+columns+") ENGINE = MergeTree ORDER BY tuple()")
	t.Cleanup(func() { c.Exec(context.Background(), "DROP TABLE IF EXISTS "+from) })
	return name
}

func exec(t testing.TB, c sql.Conn, statement string) {
	t.Helper()
	if err := c.Exec(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

// create is exec with what old servers want to be told before they take LowCardinality.
func create(t testing.TB, c *conn, statement string) {
	t.Helper()
	err := c.run(t.Context(), nil, func(ctx context.Context, id string) (*http.Response, error) {
		v := c.parameters(statement, id)
		v.Set("allow_experimental_low_cardinality_type", "1")
		return c.post(ctx, v, "text/plain", strings.NewReader(statement))
	}, drain)
	if err != nil {
		t.Fatal(err)
	}
}

// ask returns the first column of an answer: Reals or Words, as text.
func ask(t testing.TB, c sql.Conn, statement string, typ sql.Type) (out []string) {
	t.Helper()
	err := c.Query(t.Context(), sql.Query{SQL: statement, Types: []sql.Type{typ}}, func(b *sql.Block) error {
		for i := range b.Rows {
			switch cells := b.Columns[0]; typ {
			case sql.Int:
				out = append(out, strconv.FormatInt(cells.Ints[i], 10))
			case sql.Real:
				out = append(out, strconv.FormatFloat(cells.Reals[i], 'g', -1, 64))
			default:
				out = append(out, cells.Words[i])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatalf("%v\nof %s", err, statement[:min(len(statement), 500)])
	}
	return out
}

// endless is a query that goes on until it is ended.
const endless = "SELECT toInt64(count()) FROM system.numbers WHERE NOT ignore(sipHash64(number))"

func running(t *testing.T, c sql.Conn) string {
	return ask(t, c, "SELECT toInt64(count()) FROM system.processes WHERE query LIKE '%ignore(sipHash%' AND query NOT LIKE '%system.processes%'", sql.Int)[0]
}

func TestServerCancel(t *testing.T) {
	c := dialServer(t, sql.Access{})
	ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
	defer cancel()
	var most int64
	err := c.Query(ctx, sql.Query{SQL: endless, Types: oneInt.Types, Progress: func(done, _ int64) { most = done }}, nil)
	if err == nil || !strings.Contains(err.Error(), context.DeadlineExceeded.Error()) {
		t.Errorf("error %v", err)
	}
	if most == 0 {
		t.Error("no progress was told")
	}
	for range 40 {
		if running(t, c) == "0" {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Error("the query goes on at the server")
}

func TestServerErrors(t *testing.T) {
	c := dialServer(t, sql.Access{Memory: 20 << 20, Limit: time.Second})
	host := c.(*conn).address
	for _, test := range []struct{ statement, want string }{
		{endless, "takes longer"},
		{"SELECT toInt64(uniqExact(number)) FROM system.numbers LIMIT 1", "needs more memory"},
		{"SELECT toInt64(1) FROM netanom_no_such_table", "no such table"},
		{"SELECT toInt64(1) FROM netanom_no_such_db.x", "no such database"},
		{"SELCT 1", "does not understand"},
		{"SELECT throwIf(number = 300000) + toInt64(number) FROM system.numbers LIMIT 400000", "throwIf"},
	} {
		rows := 0
		err := c.Query(t.Context(), sql.Query{SQL: test.statement, Types: oneInt.Types}, count(&rows))
		wantError(t, err, host, test.want)
		if rows != 0 {
			t.Errorf("%s: %d rows of a failed query", test.statement, rows)
		}
	}
	_, err := c.Columns(t.Context(), sql.Name{Table: "netanom_no_such_table"})
	wantError(t, err, host, "no table `netanom_no_such_table`")
}

func TestServerDroppedColumn(t *testing.T) {
	c := dialServer(t, sql.Access{Write: true})
	name := table(t, c, "x Int32, y Int32")
	exec(t, c, "ALTER TABLE "+c.Dialect().From(name)+" DROP COLUMN y")
	err := c.Query(t.Context(), sql.Query{SQL: "SELECT toInt64(y) FROM " + c.Dialect().From(name), Types: oneInt.Types}, nil)
	wantError(t, err, c.(*conn).address, "has changed its columns")
}

func TestServerRefusesTheWrongUser(t *testing.T) {
	a, _ := serverAddress(t)
	a.User = "netanom_no_such_user"
	_, err := Dial(t.Context(), a, sql.Access{Password: secret})
	wantError(t, err, strconv.Itoa(a.Port), "check the user and the password")
	a.User, a.Database = "", "netanom_no_such_db"
	a.Table.Database = a.Database
	_, err = Dial(t.Context(), a, sql.Access{})
	wantError(t, err, strconv.Itoa(a.Port), "no such database")
}

// The server itself refuses changes, not only this side of the connection.
func TestServerReadonly(t *testing.T) {
	w := dialServer(t, sql.Access{Write: true})
	name := table(t, w, "x Int32")
	r := dialServer(t, sql.Access{}).(*conn)
	r.access.Write = false
	for _, statement := range []string{"INSERT INTO " + r.dialect.From(name) + " SELECT 1", "DROP TABLE " + r.dialect.From(name)} {
		err := r.run(t.Context(), nil, sending(r, statement, 0), drain)
		wantError(t, err, r.address, "may only read")
	}
}

func TestServerInsert(t *testing.T) {
	c := dialServer(t, sql.Access{Write: true})
	d := c.Dialect()
	name := table(t, c, "i UInt32, n Nullable(Int64), f Float64, g Nullable(Float32), s String, l Nullable(FixedString(2)), e Enum8('a' = 1, 'b' = 2), t DateTime, unused Int8 DEFAULT 9")
	const rows = 100000
	b := &sql.Block{Rows: rows, Columns: make([]sql.Cells, 8)}
	for i := range rows {
		x, w := float64(i)/7, strings.Repeat("x", i%3)
		if i%2 == 0 {
			x = math.NaN()
		}
		b.Columns[0].Ints = append(b.Columns[0].Ints, int64(i))
		b.Columns[1].Reals = append(b.Columns[1].Reals, math.Floor(x))
		b.Columns[2].Reals = append(b.Columns[2].Reals, x)
		b.Columns[3].Reals = append(b.Columns[3].Reals, x)
		b.Columns[4].Words = append(b.Columns[4].Words, w+"\x00\xff'")
		b.Columns[5].Words = append(b.Columns[5].Words, w)
		b.Columns[6].Words = append(b.Columns[6].Words, "ab"[i%2:i%2+1])
		b.Columns[7].Ints = append(b.Columns[7].Ints, 1e9+int64(i))
	}
	columns := []string{"i", "n", "f", "g", "s", "l", "e", "t"}
	for range 2 { // the same again is no repetition
		if err := c.Insert(t.Context(), name, columns, b); err != nil {
			t.Fatal(err)
		}
	}
	from := d.From(name)
	for statement, want := range map[string]string{
		"count()": "200000", "uniqExact(_part)": "2", "countIf(isNull(n))": "100000", "countIf(isNull(l))": "66668", "countIf(isNaN(f))": "100000",
		"sum(unused)": "1800000", "countIf(e = 'b' AND i % 2 = 1)": "100000", "countIf(toUnixTimestamp(t) = 1000000000 + i)": "200000",
		"countIf(f = i / 7)": "100000", "countIf(endsWith(s, '\\0\\xff\\''))": "200000",
	} {
		if got := ask(t, c, "SELECT toInt64("+statement+") FROM "+from, sql.Int); got[0] != want {
			t.Errorf("%s = %s, want %s", statement, got[0], want)
		}
	}
	b.Columns[6].Words[rows-1] = "no such level"
	host := c.(*conn).address
	if err := c.Insert(t.Context(), name, columns, b); err == nil {
		t.Error("a level that is none was taken")
	}
	wantError(t, c.Insert(t.Context(), name, []string{"nowhere"}, b), host, `has no column "nowhere"`)
	b.Columns[0].Ints = b.Columns[0].Ints[1:]
	wantError(t, c.Insert(t.Context(), name, columns, b), host, "of which column 1 has")
	if got := ask(t, c, "SELECT toInt64(count()) FROM "+from, sql.Int); got[0] != "200000" {
		t.Errorf("%s rows after INSERTs that failed", got)
	}
}

func TestServerColumns(t *testing.T) {
	c := dialServer(t, sql.Access{Write: true})
	name := table(t, c, "`odd name` Nullable(Int8), b String, a Date")
	got, err := c.Columns(t.Context(), name)
	want := []sql.ColumnInfo{
		{Name: "odd name", Type: "Nullable(Int8)", Form: sql.Integer, Null: true},
		{Name: "b", Type: "String", Form: sql.Word}, {Name: "a", Type: "Date", Form: sql.Moment},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v", got, err)
	}
}

// TestServerStopsAtGroups holds a statement to the groups that are of use.
func TestServerStopsAtGroups(t *testing.T) {
	c := dialServer(t, sql.Access{})
	q := sql.Query{SQL: "SELECT toInt64(number % 100000) AS k FROM (SELECT number FROM system.numbers LIMIT 1000000) GROUP BY k", Types: []sql.Type{sql.Int}}
	for groups, stops := range map[int64]bool{0: false, 100_000: false, 1000: true} {
		q.Groups = groups
		if err := c.Query(t.Context(), q, func(*sql.Block) error { return nil }); errors.Is(err, sql.ErrGroups) != stops || !stops && err != nil {
			t.Errorf("of %d groups: %v", groups, err)
		}
	}
}
