package postgres

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/netanom/netanom/dataset/sql"
)

// More rows than fit a block come in order, and blocks are no larger than they may be.
func TestQueryBlocks(t *testing.T) {
	c := dial(t, sql.Access{})
	for _, n := range []int{0, 1, blockRows - 1, blockRows, blockRows + 1, 3*blockRows + 7} {
		var next, blocks int64
		err := c.Query(context.Background(), sql.Query{
			SQL:   fmt.Sprintf("SELECT i::int8, CASE WHEN i %% 3 = 0 THEN NULL ELSE i::float8 / 7 END, CASE WHEN i %% 5 = 0 THEN NULL ELSE 'w' || i END FROM generate_series(0, %d) i", n-1),
			Types: []sql.Type{sql.Int, sql.Real, sql.Words},
		}, func(b *sql.Block) error {
			blocks++
			if b.Rows == 0 || b.Rows > blockRows {
				t.Errorf("a block of %d rows", b.Rows)
			}
			for r := range b.Rows {
				real, word := float64(next)/7, fmt.Sprint("w", next)
				if next%3 == 0 {
					real = math.NaN()
				}
				if next%5 == 0 {
					word = ""
				}
				got := b.Columns[1].Reals[r]
				if b.Columns[0].Ints[r] != next || got != real && !(math.IsNaN(got) && math.IsNaN(real)) || b.Columns[2].Words[r] != word {
					t.Fatalf("row %d is %d, %g, %q", next, b.Columns[0].Ints[r], got, b.Columns[2].Words[r])
				}
				next++
			}
			return nil
		})
		if err != nil || next != int64(n) || blocks != int64(n+blockRows-1)/blockRows {
			t.Errorf("%d rows came in %d blocks of %d, %v", next, blocks, n, err)
		}
	}
}

// Whatever goes wrong with a query, the next one works, and sees the same state.
func TestQueryErrorsLeaveTheConnection(t *testing.T) {
	c := dial(t, sql.Access{})
	stop := errors.New("enough")
	many := "SELECT i::int8 FROM generate_series(1, 1000000) i"
	for name, ask := range map[string]func() error{
		"syntax":  func() error { _, err := fetch(c, "SELEKT"); return err },
		"columns": func() error { _, err := fetch(c, many, sql.Int, sql.Int); return err },
		"type":    func() error { _, err := fetch(c, many, sql.Real); return err },
		"null":    func() error { _, err := fetch(c, "SELECT NULL::int8", sql.Int); return err },
		"in the midst": func() error {
			_, err := fetch(c, "SELECT 10 / (5000 - i::int8) FROM generate_series(1, 10000) i", sql.Int)
			return err
		},
		"ours": func() error {
			err := c.Query(context.Background(), sql.Query{SQL: many, Types: []sql.Type{sql.Int}}, func(*sql.Block) error { return stop })
			if err != stop {
				t.Errorf("our error came back as %v", err)
			}
			return err
		},
		"no table": func() error {
			_, err := c.Columns(context.Background(), sql.Name{Table: "there is none"})
			says(t, err, "no such table", `"there is none"`)
			return err
		},
		"no schema": func() error {
			_, err := c.Columns(context.Background(), sql.Name{Database: "there is none", Table: "x"})
			return err
		},
	} {
		before := mustFetch(t, c, "SELECT pg_backend_pid()::int8, extract(epoch FROM now())::float8", sql.Int, sql.Real)
		if err := ask(); err == nil {
			t.Errorf("%s: no error", name)
		}
		after := mustFetch(t, c, "SELECT pg_backend_pid()::int8, extract(epoch FROM now())::float8", sql.Int, sql.Real)
		if before.Columns[0].Ints[0] != after.Columns[0].Ints[0] || before.Columns[1].Reals[0] != after.Columns[1].Reals[0] {
			t.Errorf("%s: the transaction is another one", name)
		}
	}
}

// Queries of several goroutines are served, one after another.
func TestQueryGoroutines(t *testing.T) {
	c := dial(t, sql.Access{})
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for range 20 {
				b, err := fetch(c, fmt.Sprintf("SELECT %d::int8", g), sql.Int)
				if err != nil || b.Columns[0].Ints[0] != int64(g) {
					t.Errorf("%v", err)
				}
			}
		})
	}
	wg.Wait()
}

// running counts the queries with a word in them. A reading transaction would see the same
// ones for ever.
func running(t *testing.T, l *link, word string) string {
	t.Helper()
	rows, err := l.ask(context.Background(), "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() AND query LIKE '%'||$1||'%'", word)
	if err != nil {
		t.Fatal(err)
	}
	return rows[0][0]
}

func watcher(t *testing.T, c *Conn) *link {
	t.Helper()
	l, err := c.server.dial(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.close)
	return l
}

func waitFor(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 200 {
		if ok() {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("waited in vain: ", what)
}

// A cancelled query ends on the server, and the connection goes on.
func TestCancel(t *testing.T) {
	c := dial(t, sql.Access{})
	l := watcher(t, c)
	word := fmt.Sprint("cancelled", time.Now().UnixNano())
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() {
		ended <- c.Query(ctx, sql.Query{SQL: "SELECT 1::int8 FROM pg_sleep(600) -- " + word, Types: []sql.Type{sql.Int}}, func(*sql.Block) error { return nil })
	}()
	waitFor(t, "the query begins", func() bool { return running(t, l, word) == "1" })
	began := time.Now()
	cancel()
	err := <-ended
	says(t, err, "cannot read", "context canceled")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v is not context.Canceled", err)
	}
	waitFor(t, "the query ends", func() bool { return running(t, l, word) == "0" })
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("it took %s", took)
	}
	mustFetch(t, c, "SELECT 1::int8", sql.Int)
	if _, err := fetchCancelled(c); !errors.Is(err, context.Canceled) {
		t.Errorf("with a context that has ended: %v", err)
	}
}

func fetchCancelled(c sql.Conn) (*sql.Block, error) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return nil, c.Query(ctx, sql.Query{SQL: "SELECT 1::int8", Types: []sql.Type{sql.Int}}, func(*sql.Block) error { return nil })
}

// Close ends a query, too, and what comes later has an error.
func TestCloseEndsQueries(t *testing.T) {
	c := dial(t, sql.Access{Write: true})
	l := watcher(t, c)
	word := fmt.Sprint("closed", time.Now().UnixNano())
	ended := make(chan error)
	go func() {
		_, err := fetch(c, "SELECT 1::int8 FROM pg_sleep(600) -- "+word, sql.Int)
		ended <- err
	}()
	waitFor(t, "the query begins", func() bool { return running(t, l, word) == "1" })
	c.Close()
	says(t, <-ended, "has been closed")
	waitFor(t, "the query ends", func() bool { return running(t, l, word) == "0" })
	_, err := fetch(c, "SELECT 1::int8", sql.Int)
	says(t, err, "has been closed")
	says(t, c.Exec(context.Background(), "SELECT 1"), "has been closed")
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

func TestTimeLimit(t *testing.T) {
	c := dial(t, sql.Access{Limit: 200 * time.Millisecond})
	_, err := fetch(c, "SELECT 1::int8 FROM pg_sleep(60)", sql.Int)
	says(t, err, "took longer than 200ms")
	mustFetch(t, c, "SELECT 1::int8", sql.Int)
}

func TestMemory(t *testing.T) {
	c := dial(t, sql.Access{Memory: 64 << 20})
	if got := mustFetch(t, c, "SELECT current_setting('work_mem')", sql.Words).Columns[0].Words[0]; got != "16MB" {
		t.Errorf("work_mem is %s", got)
	}
	for bytes, want := range map[int64]int64{1: 64, 4 << 20: 1024, math.MaxInt64: maxSetting} {
		if got := workMem(bytes); got != want {
			t.Errorf("%d: %d, want %d", bytes, got, want)
		}
	}
}

// All queries see one state, whatever others do; Exec begins a new one.
func TestSnapshot(t *testing.T) {
	writer, schema := scratch(t)
	table := sql.Name{Database: schema, Table: "flows"}
	run(t, writer, "CREATE TABLE "+dialect{}.From(table)+" (n int8)")
	count := "SELECT count(*) FROM " + dialect{}.From(table)
	rows := func(c sql.Conn) int64 { return mustFetch(t, c, count, sql.Int).Columns[0].Ints[0] }
	reader := dial(t, sql.Access{})
	if n := rows(reader) + rows(writer); n != 0 {
		t.Fatal(n)
	}
	insert := func() {
		t.Helper()
		if err := writer.Insert(context.Background(), table, []string{"n"}, &sql.Block{Rows: 2, Columns: []sql.Cells{{Ints: []int64{1, 2}}}}); err != nil {
			t.Fatal(err)
		}
	}
	insert()
	if n := rows(reader) + rows(writer); n != 0 {
		t.Errorf("%d rows are seen that were not there", n)
	}
	if n := rows(dial(t, sql.Access{})); n != 2 {
		t.Errorf("a new connection sees %d rows", n)
	}
	run(t, writer, "SELECT 1")
	if n := rows(writer); n != 2 {
		t.Errorf("after Exec, %d rows are seen", n)
	}
	// A query may be followed by a write while it goes on.
	err := writer.Query(context.Background(), sql.Query{SQL: count, Types: []sql.Type{sql.Int}}, func(*sql.Block) error { insert(); return nil })
	if err != nil || rows(writer) != 2 {
		t.Errorf("writing while reading: %v", err)
	}
}

// A column that goes before we have read the table is missed; after we have found the
// columns, it cannot go.
func TestColumnGone(t *testing.T) {
	writer, schema := scratch(t)
	table := sql.Name{Database: schema, Table: "flows"}
	from := dialect{}.From(table)
	run(t, writer, "CREATE TABLE "+from+" (a int8, b int8)")
	reader := dial(t, sql.Access{})
	mustFetch(t, reader, "SELECT 1::int8", sql.Int)
	run(t, writer, "ALTER TABLE "+from+" DROP COLUMN b")
	_, err := fetch(reader, "SELECT b FROM "+from, sql.Int)
	says(t, err, "changed its columns", reader.server.where)
	if _, err := reader.Columns(context.Background(), table); err != nil {
		t.Fatal(err)
	}
	if _, err := fetch(reader, "SELECT c FROM "+from, sql.Int); err == nil {
		t.Error("no error")
	}
	impatient := dial(t, sql.Access{Write: true, Stall: 300 * time.Millisecond})
	err = impatient.Exec(context.Background(), "ALTER TABLE "+from+" DROP COLUMN a")
	says(t, err, "lock", "too long")
	mustFetch(t, reader, "SELECT a FROM "+from, sql.Int)
}

func TestReadOnly(t *testing.T) {
	_, schema := scratch(t)
	c := dial(t, sql.Access{})
	create := "CREATE TABLE " + quote(schema) + ".x (n int)"
	says(t, c.Exec(context.Background(), create), "may only read", "127.0.0.1")
	says(t, c.Insert(context.Background(), sql.Name{Table: "x"}, []string{"n"}, &sql.Block{Rows: 1, Columns: []sql.Cells{{Ints: []int64{1}}}}), "may only read")
	_, err := fetch(c, create)
	says(t, err, "may only read")
	_, err = fetch(dial(t, sql.Access{Write: true}), create)
	says(t, err, "may only read")
}

// All rows are written, or none.
func TestInsertAtomic(t *testing.T) {
	c, schema := scratch(t)
	table := sql.Name{Database: schema, Table: "flows"}
	run(t, c, "CREATE TABLE "+dialect{}.From(table)+" (n int8 CHECK (n < 90000))")
	ns := make([]int64, 100000)
	for i := range ns {
		ns[i] = int64(i)
	}
	err := c.Insert(context.Background(), table, []string{"n"}, &sql.Block{Rows: len(ns), Columns: []sql.Cells{{Ints: ns}}})
	says(t, err, "cannot write to", "SQLSTATE 23514")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := c.Insert(ctx, table, []string{"n"}, &sql.Block{Rows: 1, Columns: []sql.Cells{{Ints: ns[:1]}}}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if n := mustFetch(t, c, "SELECT count(*) FROM "+dialect{}.From(table), sql.Int).Columns[0].Ints[0]; n != 0 {
		t.Errorf("%d rows were written", n)
	}
}

func TestInsertRefusesBrokenBlocks(t *testing.T) {
	c := dial(t, sql.Access{Write: true})
	for name, b := range map[string]*sql.Block{
		"no columns": {Rows: 1},
		"two":        {Rows: 1, Columns: make([]sql.Cells, 2)},
		"short":      {Rows: 2, Columns: []sql.Cells{{Ints: []int64{1}}}},
		"none":       {Rows: 2, Columns: []sql.Cells{{}}},
	} {
		if err := c.Insert(context.Background(), sql.Name{Table: "x"}, []string{"n"}, b); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	says(t, c.Insert(context.Background(), sql.Name{Table: "there is none"}, []string{"n"}, &sql.Block{Rows: 1, Columns: []sql.Cells{{Ints: []int64{1}}}}), "no such table")
}

// What is written is read again, whatever it is.
func TestInsertRoundTrip(t *testing.T) {
	c, schema := scratch(t)
	table := sql.Name{Database: schema, Table: `odd "name" \ ä`}
	columns := []string{`a "b"`, "r", "w", `\`}
	run(t, c, "CREATE TABLE "+dialect{}.From(table)+" ("+quote(columns[0])+" int8, r float8, w text, "+quote(columns[3])+" timestamptz)")
	words := []string{"", `\N`, `\.`, "a\tb\nc\rd", `'";--`, "ä\u2028", strings.Repeat("x", 200000), `\`}
	b := &sql.Block{Rows: len(words), Columns: []sql.Cells{
		{Ints: []int64{math.MinInt64, math.MaxInt64, 0, 1, 2, 3, 4, 5}},
		{Reals: []float64{math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, 5e-324, 0.1, -1e-300, 1}},
		{Words: words},
		{Words: []string{"2020-01-01 00:00:00Z", "", "", "", "", "", "", "infinity"}},
	}}
	if err := c.Insert(context.Background(), table, columns, b); err != nil {
		t.Fatal(err)
	}
	got := mustFetch(t, c, "SELECT "+quote(columns[0])+", r, w, coalesce("+quote(columns[3])+"::text, '') FROM "+dialect{}.From(table), sql.Int, sql.Real, sql.Words, sql.Words)
	if !slices.Equal(got.Columns[0].Ints, b.Columns[0].Ints) || !slices.Equal(got.Columns[2].Words, words) {
		t.Errorf("%v, %q", got.Columns[0].Ints, got.Columns[2].Words)
	}
	for i, x := range b.Columns[1].Reals {
		if y := got.Columns[1].Reals[i]; math.Float64bits(x) != math.Float64bits(y) && !(math.IsNaN(x) && math.IsNaN(y)) {
			t.Errorf("%g became %g", x, y)
		}
	}
	if w := got.Columns[3].Words; w[0] != "2020-01-01 00:00:00+00" || w[1] != "" || w[7] != "infinity" {
		t.Errorf("%q", w)
	}
}
