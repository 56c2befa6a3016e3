package clickhouse

import (
	"bytes"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset/sql"
)

func TestRowReader(t *testing.T) {
	long := strings.Repeat("é", textStep)
	var body []byte
	const rows = 2*blockRows + 3
	for i := range rows {
		body = append(body, ints(int64(i))...)
		switch {
		case i%3 == 0:
			body = append(body, 1)
		default:
			body = append(append(body, 0), ints(int64(math.Float64bits(float64(i))))...)
		}
		body = append(body, words([]string{"", "a\x00b", "C"}[i%3])...)
	}
	body = append(body, ints(rows)...)
	body = append(append(body, 1), words(long)...)
	at, blocks := 0, 0
	err := newRowReader(bytes.NewReader(body), []sql.Type{sql.Int, sql.Real, sql.Words}).read(func(b *sql.Block) error {
		blocks++
		if b.Rows > blockRows {
			t.Errorf("a block of %d rows", b.Rows)
		}
		for i := range b.Rows {
			x, w := b.Columns[1].Reals[i], b.Columns[2].Words[i]
			if b.Columns[0].Ints[i] != int64(at) || at < rows && w != []string{"", "a\x00b", "C"}[at%3] || at == rows && w != long {
				t.Fatalf("row %d: %d %q", at, b.Columns[0].Ints[i], w)
			}
			if at < rows && (at%3 == 0 != math.IsNaN(x) || at%3 != 0 && x != float64(at)) {
				t.Fatalf("row %d: %v", at, x)
			}
			at++
		}
		return nil
	})
	if err != nil || at != rows+1 || blocks != 3 {
		t.Errorf("%d rows in %d blocks, %v", at, blocks, err)
	}
}

func TestRowReaderOfNothing(t *testing.T) {
	never := func(*sql.Block) error { t.Error("a block"); return nil }
	if err := newRowReader(strings.NewReader(""), []sql.Type{sql.Int}).read(never); err != nil {
		t.Error(err)
	}
	if err := newRowReader(strings.NewReader("x"), nil).read(never); !errors.Is(err, errMisread) {
		t.Error(err)
	}
}

func FuzzRowReader(f *testing.F) {
	f.Add(append(ints(1), words("a")...), uint8(0), uint8(2))
	f.Add([]byte{0, 1, 2}, uint8(1), uint8(1))
	f.Add([]byte("Code: 1, e.displayText() = DB::Exception: x"), uint8(2), uint8(0))
	f.Add([]byte("\r\n__exception__\r\nx"), uint8(2), uint8(0))
	f.Add(bytes.Repeat([]byte{0xFF}, 20), uint8(2), uint8(0))
	f.Fuzz(func(t *testing.T, body []byte, a, b uint8) {
		types := []sql.Type{sql.Type(a % 3), sql.Type(b % 3)}
		held := 0
		err := newRowReader(bytes.NewReader(body), types).read(func(b *sql.Block) error {
			for i, typ := range types {
				c := &b.Columns[i]
				if n := map[sql.Type]int{sql.Int: len(c.Ints), sql.Real: len(c.Reals), sql.Words: len(c.Words)}[typ]; n != b.Rows {
					t.Fatalf("column %d has %d cells of %d", i, n, b.Rows)
				}
				held += 8*len(c.Ints) + len(c.Reals)
				for _, w := range c.Words {
					held += 1 + len(w)
				}
			}
			return nil
		})
		if err == io.EOF {
			t.Error("io.EOF is no error to users")
		}
		if held > len(body) {
			t.Errorf("%d bytes of %d", held, len(body))
		}
	})
}
