package dataset

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// lines returns the first column of what a source leaves, which is the line of
// each row.
func lines(t testing.TB, src Source) []float64 {
	t.Helper()
	table, err := Load(context.Background(), src)
	if errors.Is(err, ErrNoData) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	out, err := table.Floats(0)
	if err != nil {
		t.Fatal(err)
	}
	for row, want := range out {
		if got := table.Line(int64(row)); got != int64(want) {
			t.Fatalf("row %d of what is left is on line %d, want %v", row, got, want)
		}
	}
	return out
}

// A placeCheck is an analysis that checks where batches and chunks say that they
// stand.
type placeCheck struct {
	t       *testing.T
	columns []int
	rows    []int      // of each worker in its chunk
	lines   [][]string // what the first column says, by worker
	inChunk [][]int
	next    int64
	missing int64 // in column 1, as Vector.Missing has it
	found   int64 // the same counted
	mu      sync.Mutex
}

func (p *placeCheck) Start(_ *Schema, workers int) error {
	p.rows, p.lines, p.inChunk = make([]int, workers), make([][]string, workers), make([][]int, workers)
	p.next, p.missing, p.found = 0, 0, 0
	return nil
}

func (p *placeCheck) Columns(*Schema) []int { return p.columns }

func (p *placeCheck) Batch(worker int, b *Batch) error {
	if b.Row0 != p.rows[worker] {
		p.t.Errorf("a batch begins at row %d of what is left of its chunk, want %d", b.Row0, p.rows[worker])
	}
	p.rows[worker] += b.Rows
	for row := range b.Rows {
		p.lines[worker] = append(p.lines[worker], string(b.Text(0, row)))
		p.inChunk[worker] = append(p.inChunk[worker], b.RowInChunk(row))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.columns[1:] {
		v := &b.Columns[c]
		p.missing += int64(v.Missing)
		for row := range b.Rows {
			if b.TextMissing(c, row) {
				p.found++
			}
		}
	}
	return nil
}

func (p *placeCheck) EndChunk(worker int, c Chunk) error {
	if c.FirstRow != p.next || c.Rows != p.rows[worker] {
		p.t.Errorf("chunk %d has %d rows from %d, want %d from %d", c.Index, c.Rows, c.FirstRow, p.rows[worker], p.next)
	}
	for i, want := range p.lines[worker] {
		if got := c.Line(p.inChunk[worker][i]); strconv.FormatInt(got, 10) != want {
			p.t.Errorf("row %d of chunk %d is on line %d, want %s", i, c.Index, got, want)
		}
	}
	p.next += int64(c.Rows)
	p.rows[worker], p.lines[worker], p.inChunk[worker] = 0, p.lines[worker][:0], p.inChunk[worker][:0]
	return nil
}

func TestWherePlaces(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	f, all := openRandom(t, rng, 60_000, 4) // several chunks
	var want int64
	for _, r := range all {
		if r.number != nil && *r.number > 1 {
			want++
		}
	}
	table := tableOf(t, f)
	if len(table.chunks) < 2 {
		t.Fatalf("the file makes %d chunks, want several", len(table.chunks))
	}
	for _, src := range []Source{f, table} {
		w, err := Where(src, "number > 1")
		if err != nil {
			t.Fatal(err)
		}
		for _, columns := range [][]int{{0}, {0, 4}, {0, 1, 2, 3, 4}} {
			p := &placeCheck{t: t, columns: columns}
			if err := w.Scan(context.Background(), p, &placeCheck{t: t, columns: []int{0, 3}}); err != nil {
				t.Fatal(err)
			}
			if p.next != want || w.(*Filtered).Rows() != want {
				t.Errorf("%T: %d rows are left, Rows says %d, want %d", src, p.next, w.(*Filtered).Rows(), want)
			}
			if p.missing != p.found {
				t.Errorf("%T: vectors say that %d cells are missing, but %d are", src, p.missing, p.found)
			}
		}
	}
}

// Kinds that the head of a file does not show change what a condition means.
func TestWhereWhenKindsChange(t *testing.T) {
	var b strings.Builder
	b.WriteString("n,code,gone\n")
	for i := 0; b.Len() < headSize+1000; i++ {
		fmt.Fprintf(&b, "%d,%d,\n", i, i%10)
	}
	rows := strings.Count(b.String(), "\n") - 1
	for range rows / 20 { // more than the share of bad cells that is allowed
		b.WriteString("1,abc,\n")
	}
	path := fileWith(t, "late.csv", b.String(), Options{}).Path()
	open := func(expr string) (Source, *File) {
		f, err := Open(context.Background(), path, Options{Jobs: 2})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		w, err := Where(f, expr)
		if err != nil {
			t.Fatal(err)
		}
		return w, f
	}
	w, f := open(`code == "abc"`)
	if f.Schema().Columns[1].Kind != Number {
		t.Fatalf("code is guessed to be a %s, the test wants a number", f.Schema().Columns[1].Kind)
	}
	if got := tableOf(t, w).Rows(); got != int64(rows/20) {
		t.Errorf("%d rows are abc, want %d", got, rows/20)
	}
	w, _ = open(`code == 3`)
	if got, want := tableOf(t, w).Rows(), int64((rows+6)/10); got != want {
		t.Errorf("%d rows are 3, want %d", got, want)
	}
	// A column without a value has no kind, so that nothing is wrong with this.
	w, _ = open(`gone == "a" || code == "abc"`)
	if got := tableOf(t, w).Rows(); got != int64(rows/20) {
		t.Errorf("%d rows are abc, want %d", got, rows/20)
	}
	// This stays wrong, and is so for good once the file is read.
	w, f = open(`n == "abc"`)
	err := w.Scan(context.Background())
	if err == nil || !strings.Contains(err.Error(), `"n" is a number; "abc" is a word`) {
		t.Errorf("got %v", err)
	}
	if _, again := Where(f, `n == "abc"`); again == nil || again.Error() != err.Error() {
		t.Errorf("got %v, want %v", again, err)
	}
}

func TestWhereLateColumn(t *testing.T) {
	var b strings.Builder
	for i := 0; b.Len() < headSize+1000; i++ {
		fmt.Fprintf(&b, "{\"n\":%d,\"word\":\"w%d\"}\n", i, i%3)
	}
	b.WriteString("{\"n\":1,\"late\":7}\n{\"n\":2,\"late\":8}\n")
	f := fileWith(t, "late.json", b.String(), Options{})
	w, err := Where(f, "late > 7")
	if err != nil {
		t.Fatal(err)
	}
	if got := rowsLeft(t, w); got != "2" {
		t.Errorf("rows %q are left, want 2", got)
	}
	f = fileWith(t, "late.json", b.String(), Options{})
	if w, err = Where(f, "never > 7"); err != nil {
		t.Fatal(err)
	}
	var name *NameError
	if err := w.Scan(context.Background()); !errors.As(err, &name) {
		t.Errorf("got %v, want a *NameError", err)
	}
}

// Names are known at once in CSV, and so are kinds that the layout fixes.
func TestWhereFailsEarly(t *testing.T) {
	f := openFilterData(t)
	for _, expr := range []string{"nosuch > 1", "n >", "n == nil", "dst_port contains 5"} {
		if _, err := Where(f, expr); err == nil {
			t.Errorf("%s is accepted", expr)
		}
	}
	s, err := Select(f, []string{"note", "n"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Where(s, "note"); err == nil {
		t.Error("a column that is text by --type is accepted as a condition")
	}
	if _, err := Where(s, "n contains \"1\""); err != nil {
		t.Errorf("a kind that is a guess is believed: %v", err)
	}
}

func TestWhereLeavesNothing(t *testing.T) {
	f := openFilterData(t)
	w, err := Where(f, `protocol == "tpc" && src_bytes > 5`)
	if err != nil {
		t.Fatal(err)
	}
	err = w.Scan(context.Background(), &Counts{By: -1})
	want := `no row is left: none of 6 rows meets protocol == "tpc" && src_bytes > 5; "tpc" does not occur in column "protocol"; did you mean "tcp"?`
	if !errors.Is(err, ErrNoData) || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := w.Scan(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled scan gives %v", err)
	}
}

// What could not be read stays to be told, and so do workers and lines.
func TestWhereOrigin(t *testing.T) {
	f := fileWith(t, "bad.csv", "n,x\n1,2\n2,oops\n3,4\n4,inf\n", Options{Jobs: 3, MaxBad: 0.5, Types: map[string]Kind{"x": Number}})
	w, err := Where(f, "x > 3")
	if err != nil {
		t.Fatal(err)
	}
	s, err := Select(w, []string{"x"})
	if err != nil {
		t.Fatal(err)
	}
	table := tableOf(t, s)
	if Origin(s) != Source(f) || Origin(table) != Source(table) {
		t.Error("Origin does not find the file or the table")
	}
	p := table.Problems()
	if p.BadCells != 1 || p.Infinite != 1 || len(p.Columns) != 1 || p.Columns[0].Missing != 2 {
		t.Errorf("problems are %+v", p)
	}
	if table.jobs != 3 || table.Line(0) != 4 || table.Rows() != 1 {
		t.Errorf("%d jobs, line %d, %d rows; want 3, 4, 1", table.jobs, table.Line(0), table.Rows())
	}
}

func TestWhereIsSafeOnTables(t *testing.T) {
	f, _ := openRandom(t, rand.New(rand.NewPCG(7, 8)), 5000, 2)
	table := tableOf(t, f)
	selected, err := Select(table, []string{"line", "text", "word"})
	if err != nil {
		t.Fatal(err)
	}
	w, err := Where(selected, `word == "tcp" && text contains "1"`)
	if err != nil {
		t.Fatal(err)
	}
	want := lines(t, w)
	var wg sync.WaitGroup
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			table, err := Load(context.Background(), w)
			if err != nil || table.Rows() != int64(len(want)) || w.(*Filtered).Rows() != int64(len(want)) || len(Warnings(w)) > 0 {
				t.Errorf("another goroutine sees %d rows, %v", table.Rows(), err)
			}
		}()
	}
	wg.Wait()
}

func ExampleWhere() {
	path := exampleFile("protocol_type,src_bytes,attack\ntcp,181,normal.\nudp,105,smurf.\ntcp,0,neptune.\n")
	defer os.Remove(path)
	ctx := context.Background()
	f, err := Open(ctx, path, Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	attacks, err := Where(f, `attack in ("neptune", "smurf") && protocol_type == "tpc"`)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = Load(ctx, attacks)
	fmt.Println(err)
	attacks, _ = Where(f, `attack in ("neptune", "smurf") && protocol_type == "tcp"`)
	table, _ := Load(ctx, attacks)
	fmt.Println(table.Rows(), "row, from line", table.Line(0))
	// Output:
	// no row is left: none of 3 rows meets attack in ("neptune", "smurf") && protoc…; "tpc" does not occur in column "protocol_type"; did you mean "tcp"?
	// 1 row, from line 4
}

func exampleFile(text string) string {
	f, err := os.CreateTemp("", "example*.csv")
	if err != nil {
		return ""
	}
	defer f.Close()
	f.WriteString(text)
	return f.Name()
}

// The table has the size of the NSL-KDD training file.
func BenchmarkWhere(b *testing.B) {
	f, _ := openRandom(b, rand.New(rand.NewPCG(9, 10)), 126_000, 0)
	table := tableOf(b, f)
	for _, expr := range []string{
		`number > 5`,
		`word == "tcp"`,
		`word == "tcp" && number > 5 && code in (1, 2)`,
		`number * 2 + 1 > code`,
		`text contains "1"`,
	} {
		w, err := Where(table, expr)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(expr, func(b *testing.B) {
			for b.Loop() {
				if err := w.Scan(context.Background()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
