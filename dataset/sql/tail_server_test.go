package sql_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/netanom/netanom/dataset/sql"
)

// A Tail has the rows of any key in its order, and no others than those between two keys.
func TestTailOnServers(t *testing.T) {
	onServers(t, 600, func(t *testing.T, l loaded) {
		ctx := context.Background()
		for key, numbers := range map[string]bool{"id": true, "rate": true, "cost": true, "began": false, "Attack_Type": false} {
			tail, err := sql.OpenTail(ctx, l.conn, l.at, key, nil)
			if err != nil {
				t.Fatal(err)
			}
			column, err := l.file.Schema().Resolve(key)
			if err != nil {
				t.Fatal(err)
			}
			read := func(after, to string, most int) (keys, cells []string) {
				t.Helper()
				err := tail.Rows(ctx, []int{column}, after, to, most, func(key string, row []string) {
					keys, cells = append(keys, key), append(cells, row[0])
				})
				if err != nil {
					t.Fatalf("%s: %v", key, err)
				}
				return keys, cells
			}
			keys, cells := read("", "", 1000)
			if want := present(l, column); len(keys) != want || slices.Contains(cells, "") {
				t.Errorf("%s: %d rows, want %d", key, len(keys), want)
			}
			if newest, err := tail.Newest(ctx, ""); err != nil || newest != keys[len(keys)-1] {
				t.Errorf("%s: the largest is %q, %v; want %q", key, newest, err, keys[len(keys)-1])
			}
			if newest, err := tail.Newest(ctx, keys[len(keys)-1]); err != nil || newest != "" {
				t.Errorf("%s: behind the largest is %q, %v", key, newest, err)
			}
			if numbers && !slices.IsSortedFunc(cells, func(a, b string) int { return compareNumbers(t, a, b) }) {
				t.Errorf("%s: %q is not ascending", key, cells)
			}
			from, to := keys[len(keys)/3], keys[len(keys)/2]
			between, _ := read(from, to, 1000)
			first, end := slices.Index(keys, from), slices.Index(keys, to)
			for first < len(keys) && keys[first] == from {
				first++
			}
			for end < len(keys) && keys[end] == to {
				end++
			}
			if !slices.Equal(between, keys[first:max(first, end)]) {
				t.Errorf("%s: %d rows between %q and %q, want %d", key, len(between), from, to, end-first)
			}
			if some, _ := read("", "", 7); !slices.Equal(some, keys[:7]) {
				t.Errorf("%s: the first seven are %q", key, some)
			}
		}
		if _, err := sql.OpenTail(ctx, l.conn, l.at, "nothing", nil); err == nil {
			t.Error("a column that there is not was taken")
		}
	})
}

// present counts the rows of a column that have a value.
func present(l loaded, column int) (n int) {
	for row := range l.file.Rows() {
		if l.file.Cell(row, column) != "" {
			n++
		}
	}
	return n
}

func compareNumbers(t *testing.T, a, b string) int {
	var x, y float64
	if _, err := fmt.Sscan(a+" "+b, &x, &y); err != nil {
		t.Fatal(err)
	}
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

// Rows that others add are seen at once, and their tables are not held; what is wrong for
// good says so.
func TestTailHoldsNothing(t *testing.T) {
	onServers(t, 20, func(t *testing.T, l loaded) {
		ctx := context.Background()
		tail, err := sql.OpenTail(ctx, l.conn, l.at, "id", nil)
		if err != nil {
			t.Fatal(err)
		}
		last, err := tail.Newest(ctx, "")
		if err != nil || last != "57" {
			t.Fatalf("the largest is %q, %v", last, err)
		}
		other := anotherConn(t, l)
		block, _ := testRows(30)
		if err := other.Insert(ctx, l.at.Table, testColumns, block); err != nil {
			t.Fatal(err)
		}
		if last, err = tail.Newest(ctx, last); err != nil || last != "87" {
			t.Errorf("the largest is %q, %v", last, err)
		}
		name := other.Dialect().From(l.at.Table)
		if err := other.Exec(ctx, "ALTER TABLE "+name+" DROP COLUMN cost"); err != nil {
			t.Fatal(err)
		}
		err = tail.Rows(ctx, []int{3}, "", "", 10, func(string, []string) {})
		var says interface{ Lasting() bool }
		if !errors.As(err, &says) || !says.Lasting() {
			t.Errorf("without a column: %v", err)
		}
		if last, err = tail.Newest(ctx, ""); err != nil || last != "87" {
			t.Errorf("after an error the largest is %q, %v", last, err)
		}
	})
}

func anotherConn(t *testing.T, l loaded) sql.Conn {
	t.Helper()
	c, err := testServers[l.at.Scheme].dial(context.Background(), l.at, sql.Access{User: l.at.User, Write: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}
