package dataset

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// fileWith opens a file with that content.
func fileWith(t testing.TB, name, text string, opt Options) *File {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Open(context.Background(), path, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func tableOf(t testing.TB, src Source) *Table {
	t.Helper()
	table, err := Load(context.Background(), src)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// filterData has a column of every kind, with gaps.
const filterData = `n,ts,id.orig_h,id.resp_h,protocol,dst_port,src_bytes,Flow Bytes/s,logged_in,note,in,empty,attack
1,2018-09-21 09:40:22.5,10.0.0.1,10.0.0.9,tcp,80,5,0.25,1,first,a,,neptune.
2,2018-09-21 10:00:00,10.0.0.2,10.0.0.2,udp,53,0,1.5,0,Second,b,,smurf.
3,2018-09-22 00:00:00,10.0.0.1,10.0.0.9,tcp,443,700,NA,1,,a,,normal.
4,,10.0.0.3,10.0.0.9,icmp,http,,-2.5,0,fourth row,b,,normal.
5,2018-09-23 12:00:00,,10.0.0.9,NA,0080,1e9,1e-3,1,FIFTH,a,,neptune.
6,2018-09-24 12:00:00,10.0.0.5,10.0.0.5,tcp,8080,7,100,0,é,b,,normal.
`

var filterOptions = Options{Types: map[string]Kind{"note": Text, "dst_port": Category}}

func openFilterData(t testing.TB) *File {
	return fileWith(t, "connections.csv", filterData, filterOptions)
}

// rowsLeft returns the column n of the rows that a source has, as digits.
func rowsLeft(t testing.TB, src Source) string {
	t.Helper()
	table, err := Load(context.Background(), src)
	if errors.Is(err, ErrNoData) {
		return ""
	}
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for row := range table.Rows() {
		b.WriteString(table.Cell(row, 0))
	}
	return b.String()
}

// Rows are those that SQLite 3 keeps for the same condition, wherever SQL can
// express it, but for the division by zero, which SQL calls NULL. The others
// follow from the doc comment of CompileFilter.
func TestFilter(t *testing.T) {
	tests := []struct{ expr, want string }{
		// Numbers.
		{`src_bytes > 5`, "356"},
		{`src_bytes >= 5`, "1356"},
		{`src_bytes < 7`, "12"},
		{`src_bytes <= 7`, "126"},
		{`src_bytes == 7`, "6"},
		{`src_bytes != 7`, "1235"},
		{`5 < src_bytes`, "356"},
		{`1 < src_bytes < 8`, "16"},
		{`8 > src_bytes >= 5 && n < 6`, "1"},
		{`src_bytes == 1e9`, "5"},
		{`src_bytes == 1_000_000_000`, "5"},
		{`src_bytes > -1`, "12356"},
		{`src_bytes in (0, 7.0, "700")`, "236"},
		{`src_bytes in [5]`, "1"},
		{`src_bytes not in (0, 7)`, "135"},
		{`not (src_bytes in (0, 7))`, "135"},
		{`src_bytes == "5"`, "1"},
		{"`Flow Bytes/s` == 0.25", "1"},
		{"`Flow Bytes/s` != 0.25", "2456"},
		{"`Flow Bytes/s` < 0", "4"},
		{"`flow_bytes/s` < 0 || n == 2 /* a comment */", "24"},
		{"`Flow Bytes/s` >= 1e-3", "1256"},

		// Arithmetic.
		{`src_bytes + n > 10`, "356"},
		{`src_bytes - 2 * n == -5 || n == 9`, "6"},
		{`(src_bytes - 2) * n == 3`, "1"},
		{`n ** 2 == 16`, "4"},
		{`n ^ 2 == 16`, "4"},
		{`-n < -4`, "56"},
		{`+n == 3`, "3"},
		{`n % 2 == 1`, "135"},
		{`-2 ** 2 == -4`, "123456"},
		{`src_bytes / 0 > 1`, "1356"},
		{`src_bytes / src_bytes == 1`, "1356"},
		{"abs(`FlowBytes/S`) > 2", "46"},
		{`log1p(src_bytes) < 2`, "12"},
		{`log1p(n - 4) == 0`, "4"},
		{`n / 2 in (1, 2)`, "24"},
		{`n in (1 + 1, abs(-3))`, "23"},
		{`dst_port + 1 == 81`, "15"},
		{`src_bytes > n`, "1356"},
		{`dst_port > src_bytes`, "126"},

		// Words.
		{`protocol == "tcp"`, "136"},
		{`protocol != "tcp"`, "24"},
		{`"tcp" == protocol`, "136"},
		{`protocol == 'udp'`, "2"},
		{`protocol in ("udp","icmp")`, "24"},
		{`protocol not in ("udp","icmp")`, "136"},
		{`protocol < "tcp"`, "4"},
		{`protocol >= "tcp"`, "1236"},
		{`protocol contains "c"`, "1346"},
		{`protocol not contains "c"`, "2"},
		{`protocol startsWith "u" || protocol endsWith "mp"`, "24"},
		{`protocol matches "^(tcp|udp)$"`, "1236"},
		{`not (protocol matches "^(tcp|udp)$")`, "4"},
		{`dst_port matches "^\\d+$"`, "12356"},
		{"dst_port matches `^\\d{3,}$`", "356"},
		{`lower(note) == "second"`, "2"},
		{`note == "second"`, ""},
		{`note == "fourth row"`, "4"},
		{`note contains "i"`, "1"},
		{`lower(note) contains "fi"`, "15"},
		{`note > "a"`, "146"},
		{`len(note) == 1`, "6"},
		{`len(protocol) == 4`, "4"},
		{`note in ("first", "é")`, "16"},
		{`note matches "(?i)^f"`, "145"},
		{`id.orig_h == id.resp_h`, "26"},
		{`id.orig_h != id.resp_h`, "134"},
		{`protocol < note`, "6"},
		{`note < protocol`, "124"},
		{`id.orig_h in ("10.0.0.1", "10.0.0.5")`, "136"},
		{`id.orig_h startsWith "10.0.0."`, "12346"},
		{"`id.orig_h` == \"10.0.0.2\"", "2"},
		{`"a" == "a"`, "123456"},
		{`"a" in ("b")`, ""},
		{`"abc" contains "b"`, "123456"},
		{`len("abc") == n`, "3"},
		{`lower("TCP") == protocol`, "136"},

		// Words as numbers.
		{`dst_port == 80`, "15"},
		{`dst_port != 80`, "2346"},
		{`dst_port > 100`, "36"},
		{`not (dst_port > 100)`, "125"},
		{`dst_port == "80"`, "1"},
		{`dst_port in (80, "http")`, "145"},
		{`dst_port not in (80, "http")`, "236"},
		{`dst_port % 2 == 1`, "23"},

		// Labels with a point behind.
		{`attack == "neptune"`, "15"},
		{`attack == "neptune."`, "15"},
		{`attack in ("smurf", "neptune.")`, "125"},
		{`attack != "normal"`, "125"},
		{`attack endsWith "l"`, "346"},
		{`attack matches "^n.*e$"`, "15"},

		// Flags.
		{`logged_in`, "135"},
		{`!logged_in`, "246"},
		{`logged_in == true`, "135"},
		{`logged_in == false`, "246"},
		{`logged_in != true`, "246"},
		{`logged_in == 1`, "135"},
		{`logged_in and src_bytes > 5`, "35"},
		{`true == logged_in`, "135"},

		// Times.
		{`ts > "2018-09-22"`, "56"},
		{`ts >= "2018-09-22"`, "356"},
		{`ts == "2018-09-21T09:40:22.5Z"`, "1"},
		{`ts < 1537524000`, "1"},
		{`ts in ("2018-09-21 10:00", 1537574400)`, "23"},
		{`"2018-09-21T12:00:00+02:00" == ts`, "2"},
		{`ts - 3600 >= "2018-09-23T11:00:00"`, "56"},
		{`ts - ts == 0`, "12356"},

		// Logic, and the third value of SQL.
		{`true`, "123456"},
		{`false`, ""},
		{`not false`, "123456"},
		{`n == 1 || n == 2 || n == 4`, "124"},
		{`n == 1 or n == 2 and n == 3`, "1"},
		{`(n == 1 or n == 2) and n == 2`, "2"},
		{`n > 1 && n < 5 && n != 3`, "24"},
		{`!(n > 1 && n < 5 && n != 3)`, "1356"},
		{`not n == 3`, "12456"},
		{`! n == 3`, "12456"},
		{`not src_bytes > 5`, "12"},
		{`not protocol contains "c"`, "2"},
		{`not not n == 3`, "3"},
		{`not protocol in ("tcp") and n > 1`, "24"},
		{`(n > 3) == true`, "456"},
		{`(n > 3) != true`, "123"},
		{`false == (n > 3)`, "123"},
		{`protocol == "tcp" || n == 5`, "1356"},
		{`protocol != "tcp" || n == 5`, "245"},
		{`!(protocol == "tcp") || src_bytes > 5`, "23456"},
		{`!(src_bytes > 5 || protocol == "udp")`, "1"},
		{`src_bytes > 5 || !(src_bytes > 5)`, "12356"},

		// Missing cells.
		{`isnull(src_bytes)`, "4"},
		{`not isnull(src_bytes)`, "12356"},
		{`ismissing(protocol)`, "5"},
		{`isnull(id.orig_h)`, "5"},
		{`isnull(note) || isnull(ts)`, "34"},
		{`!isnull(note)`, "12456"},
		{"isnull(`Flow Bytes/s`)", "3"},
		{`isnull(empty)`, "123456"},
		{`empty == 1 || empty == "a" || empty contains "a" || empty in (1)`, ""},
		{`!(empty == 1) || !empty`, ""},
		{`len(empty) == 0 || n == 1`, "1"},

		// Names.
		{"`in` == \"a\"", "135"},
		{`SRC_BYTES == 5 && srcbytes == 5`, "1"},
	}
	f := openFilterData(t)
	table := tableOf(t, f)
	for _, tt := range tests {
		unread, err := Open(context.Background(), f.Path(), filterOptions)
		if err != nil {
			t.Fatal(err)
		}
		for _, src := range []Source{unread, f, table} {
			w, err := Where(src, tt.expr)
			if err != nil {
				t.Errorf("%s: %v", tt.expr, err)
				break
			}
			if got := rowsLeft(t, w); got != tt.want {
				t.Errorf("%s of a %T keeps rows %q, want %q", tt.expr, src, got, tt.want)
			}
		}
		unread.Close()
	}
}

func TestFilterWarnings(t *testing.T) {
	tests := []struct {
		expr string
		want []string
	}{
		{`protocol == "tcp"`, nil},
		{`protocol == "tpc" || n == 1`, []string{`"tpc" does not occur in column "protocol"; did you mean "tcp"?`}},
		{`protocol == "TCP" || n == 1`, []string{`"TCP" does not occur in column "protocol"; did you mean "tcp"?`}},
		{`protocol != "gre"`, []string{`"gre" does not occur in column "protocol"; its levels are "icmp", "tcp" and "udp"`}},
		{`protocol not in ("tpc", "tpc", "udp", "x")`, []string{
			`"tpc" does not occur in column "protocol"; did you mean "tcp"?`,
			`"x" does not occur in column "protocol"; its levels are "icmp", "tcp" and "udp"`}},
		{`attack == "neptune" || attack == "smurf."`, nil},
		{`attack == "neptun" || n == 1`, []string{`"neptun" does not occur in column "attack"; did you mean "neptune."?`}},
		{`lower(protocol) == "TCP" || n == 1`, []string{`"TCP" does not occur in column "protocol"; did you mean "tcp"?`}},
		{`protocol == 6 || n == 1`, []string{`6 is compared with column "protocol", in which no word spells a number`}},
		{`protocol + 1 == 6 || n == 1`, []string{`1 is compared with column "protocol", in which no word spells a number`}},
		{`dst_port == 6 || n == 1`, nil},
		{`protocol contains "x" || note == "x" || n == 1`, nil},
	}
	for _, tt := range tests {
		f := openFilterData(t)
		w, err := Where(f, tt.expr)
		if err != nil {
			t.Fatal(err)
		}
		selected, err := Select(w, []string{"n"})
		if err != nil {
			t.Fatal(err)
		}
		tableOf(t, selected)
		var got []string
		for _, err := range Warnings(selected) {
			got = append(got, err.Error())
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s warns %q, want %q", tt.expr, got, tt.want)
		}
	}
}

func ExampleCompileFilter() {
	schema := Recognise([]string{"duration", "protocol_type", "service", "flag", "src_bytes", "dst_bytes", "count", "serror_rate"})
	for _, expr := range []string{
		`protocol_type == "tcp" && src_bytes > 1e4`,
		`protocol_type == "tcp" && srcbites > 1e4`,
	} {
		f, err := CompileFilter(expr, &schema)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println("columns", f.Columns())
	}
	// Output:
	// columns [1 4]
	// the filter is wrong at character 27: no column "srcbites"; did you mean "src_bytes"?
	//   protocol_type == "tcp" && srcbites > 1e4
	//                             ^
}
