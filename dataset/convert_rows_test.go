package dataset

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// everyThird picks every third row of a table, and says which it is.
type everyThird struct {
	rows  []int // per worker: of the chunk at hand
	first []int64
}

func (e *everyThird) Start(_ *Schema, workers int) error {
	e.rows, e.first = make([]int, workers), make([]int64, workers)
	return nil
}

func (e *everyThird) Batch(worker int, b *Batch) error {
	e.rows[worker] += b.Rows
	return nil
}

func (e *everyThird) EndChunk(worker int, c Chunk) error {
	if e.rows[worker] != c.Rows {
		return fmt.Errorf("saw %d rows of a chunk of %d", e.rows[worker], c.Rows)
	}
	e.rows[worker], e.first[worker] = 0, c.FirstRow
	return nil
}

func (e *everyThird) Names() []string { return []string{"at", "n"} }

func (e *everyThird) Pick(worker, row int) ([]string, bool) {
	at := e.first[worker] + int64(row)
	return []string{fmt.Sprint(at), "=1"}, at%3 == 0
}

func TestWriteRows(t *testing.T) {
	ctx := context.Background()
	var text, want strings.Builder
	text.WriteString("n,word\n")
	want.WriteString("at,netanom_n,n,word\n")
	for i := range 100_000 { // some chunks
		fmt.Fprintf(&text, "%d,\"a, %d\"\n", i, i%7)
		if i%3 == 0 {
			fmt.Fprintf(&want, "%d,'=1,%d,\"a, %d\"\n", i, i, i%7)
		}
	}
	for _, jobs := range []int{1, 4} {
		f, err := OpenReader(ctx, "some.csv", strings.NewReader(text.String()), Options{Jobs: jobs})
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		table, err := Load(ctx, f)
		if err != nil {
			t.Fatal(err)
		}
		for name, src := range map[string]Source{"file": f, "table": table} {
			var out bytes.Buffer
			rows, err := WriteRows(ctx, src, &out, &everyThird{}, CSVOptions{EscapeFormulas: true})
			if err != nil {
				t.Fatal(err)
			}
			if rows != 33_334 || out.String() != want.String() {
				t.Errorf("%s by %d workers: %d rows, %d bytes, want %d", name, jobs, rows, out.Len(), want.Len())
			}
		}
		if _, err := WriteRows(ctx, f, &bytes.Buffer{}, &everyThird{}, CSVOptions{Delimiter: '"'}); err == nil {
			t.Error("a quote as delimiter gives no error")
		}
		if _, err := WriteRows(ctx, f, &failingWriter{room: 100}, &everyThird{}, CSVOptions{}); !errors.Is(err, errDiskFull) {
			t.Errorf("a full disk gives %v", err)
		}
	}
}
