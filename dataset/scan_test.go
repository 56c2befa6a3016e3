package dataset

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// A hook is an analysis that calls functions.
type hook struct {
	start    func() error
	batch    func(worker int, b *Batch) error
	endChunk func(worker int, c Chunk) error
}

func (h *hook) Start(*Schema, int) error {
	if h.start == nil {
		return nil
	}
	return h.start()
}

func (h *hook) Batch(worker int, b *Batch) error {
	if h.batch == nil {
		return nil
	}
	return h.batch(worker, b)
}

func (h *hook) EndChunk(worker int, c Chunk) error {
	if h.endChunk == nil {
		return nil
	}
	return h.endChunk(worker, c)
}

func manyRows(n int) string { return "a,b\n" + strings.Repeat("1,x\n2,y\n", n/2) }

// scanners are a file and the table loaded from it, both in many chunks.
func scanners(t *testing.T, jobs int) map[string]Source {
	f := openText(t, "t.csv", manyRows(20_000), Options{Jobs: jobs})
	f.chunk = 1000
	g := openText(t, "t.csv", manyRows(20_000), Options{Jobs: jobs})
	g.chunk = 1000
	return map[string]Source{"file": f, "table": load(t, g)}
}

var errTest = errors.New("enough")

// TestAnalysisErrors: an error of an analysis ends the scan, wherever it comes
// from, and is returned as it is.
func TestAnalysisErrors(t *testing.T) {
	for _, jobs := range []int{1, 4} {
		for name, src := range scanners(t, jobs) {
			var batches atomic.Int64
			for where, h := range map[string]*hook{
				"Start": {start: func() error { return errTest }},
				"Batch": {batch: func(int, *Batch) error {
					if batches.Add(1) == 7 {
						return errTest
					}
					return nil
				}},
				"EndChunk": {endChunk: func(_ int, c Chunk) error {
					if c.Index == 11 {
						return errTest
					}
					return nil
				}},
			} {
				if err := src.Scan(context.Background(), &hook{}, h); err != errTest {
					t.Errorf("%s, %d jobs, %s: %v", name, jobs, where, err)
				}
			}
			if err := src.Scan(context.Background()); err != nil {
				t.Errorf("%s, %d jobs, afterwards: %v", name, jobs, err)
			}
		}
	}
}

// TestFirstErrorWins: of several errors the first in the file is reported,
// whoever meets it first.
func TestFirstErrorWins(t *testing.T) {
	for name, src := range scanners(t, 4) {
		for range 20 {
			err := src.Scan(context.Background(), &hook{endChunk: func(_ int, c Chunk) error {
				if c.Index >= 5 {
					return fmt.Errorf("chunk %d", c.Index)
				}
				return nil
			}})
			if err == nil || err.Error() != "chunk 5" {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
	text := manyRows(2000) + "3\n" + manyRows(2000)[4:] + "4,\"open\n"
	for range 20 {
		f := openText(t, "t.csv", text, Options{Jobs: 4, Strict: true})
		f.chunk = 100
		if err := f.Scan(context.Background()); err == nil || !strings.Contains(err.Error(), ":2002: too few cells") {
			t.Fatal(err)
		}
	}
}

// TestCancellation: a scan ends soon after its context does, with the context's
// error, and leaves the source fit for another scan.
func TestCancellation(t *testing.T) {
	for _, jobs := range []int{1, 4} {
		for name, src := range scanners(t, jobs) {
			ctx, cancel := context.WithCancel(context.Background())
			last := 0
			err := src.Scan(ctx, &hook{endChunk: func(_ int, c Chunk) error {
				if last = c.Index; last == 3 {
					cancel()
				}
				return nil
			}})
			if !errors.Is(err, context.Canceled) || last > 3+2*jobs {
				t.Errorf("%s, %d jobs: %v after chunk %d", name, jobs, err, last)
			}
			if err := src.Scan(ctx); !errors.Is(err, context.Canceled) {
				t.Errorf("%s, %d jobs: a scan with a context that was over gave %v", name, jobs, err)
			}
			if rows := scanRows(t, src); len(rows) != 20_000 {
				t.Errorf("%s, %d jobs, afterwards: %d rows", name, jobs, len(rows))
			}
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Nanosecond)
	defer cancel()
	if _, err := Open(ctx, writeFile(t, "t.csv", manyRows(10)), Options{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Open: %v", err)
	}
	if _, err := Open(ctx, "-", Options{Stdin: strings.NewReader(manyRows(10))}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Open of standard input: %v", err)
	}
}

// TestSelective: columns that nobody asks for are not decoded once the kinds
// are settled.
func TestSelective(t *testing.T) {
	for name, src := range scanners(t, 2) {
		if err := src.Scan(context.Background()); err != nil {
			t.Fatal(err)
		}
		rows := atomic.Int64{}
		err := src.Scan(context.Background(), &selectiveHook{hook{batch: func(_ int, b *Batch) error {
			rows.Add(int64(b.Rows))
			if b.Columns[0].Ints != nil || b.Columns[1].Codes == nil {
				return errTest
			}
			return nil
		}}})
		if err != nil || rows.Load() != 20_000 {
			t.Errorf("%s: %d rows, %v", name, rows.Load(), err)
		}
	}
}

type selectiveHook struct{ hook }

func (*selectiveHook) Columns(*Schema) []int { return []int{1} }

// TestProblemsOfAllColumns: a later scan of some columns does not forget the
// problems of the others.
func TestProblemsOfAllColumns(t *testing.T) {
	f := openText(t, "t.csv", "a,b\n"+strings.Repeat("1,x\n", 200)+"oops,\n", Options{})
	if err := f.Scan(context.Background()); err != nil {
		t.Fatal(err)
	}
	before := f.Problems()
	if err := f.Scan(context.Background(), &selectiveHook{}); err != nil {
		t.Fatal(err)
	}
	if after := f.Problems(); before.BadCells != 1 || !reflect.DeepEqual(before, after) {
		t.Errorf("problems %+v, before %+v", after, before)
	}
}
