package dataset

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
)

// A Source is a table that can be scanned any number of times.
type Source interface {
	// Schema returns the columns. Kinds are final after the first Scan.
	Schema() *Schema
	// Scan passes every row to the analyses, all in one reading.
	Scan(ctx context.Context, analyses ...Analysis) error
}

// A File is a table on disk (or a copied stream), read anew by every Scan in
// bounded memory. It is not safe for concurrent scans.
type File struct {
	path     string
	opt      Options
	in       *input
	d        *dialect
	schema   Schema
	plans    []plan
	settled  bool // every cell has been seen under these plans
	checked  bool // and the problems are bearable
	named    int  // columns of the header at the file's head; later ones may add more
	renamed  []string
	problems Problems
	rows     int64
	head     int // text looked at before the kinds are guessed; 0: headSize
	chunk    int // text per chunk; 0: chunkSize
	block    int // text indexed at a time; 0: indexBlock
}

// headSize is how much text is looked at before a column's kind is guessed.
const headSize = 1 << 20

// Open opens a file, or standard input for "-", finds its format and columns,
// and guesses their kinds. It reads no further than the head.
//
// Errors name the file and say what to do.
func Open(ctx context.Context, path string, opt Options) (*File, error) {
	opt, err := opt.validate()
	if err != nil {
		return nil, err
	}
	in, err := openInput(ctx, path, opt.Stdin)
	if err != nil {
		return nil, err
	}
	table, err := in.convert(ctx, opt)
	if err != nil {
		in.Close()
		return nil, err
	}
	f := &File{path: path, opt: opt, in: table}
	if err := f.readHead(ctx); err != nil {
		table.Close()
		return nil, err
	}
	return f, nil
}

// Convert makes a table of a file that is open, and closes it: what Open would have
// made of it if the options had had a Converter that returns c.
func (f *File) Convert(ctx context.Context, c Conversion) (*File, error) {
	opt := f.opt
	opt.Converter = func([]byte) Conversion { return c }
	table, err := f.in.convert(ctx, opt)
	if err != nil {
		return nil, err
	}
	out := &File{path: f.path, opt: f.opt, in: table}
	if err := out.readHead(ctx); err != nil {
		return nil, err
	}
	return out, nil
}

// Converted reports whether the table was made by a Conversion.
func (f *File) Converted() bool { return f.in.origin != nil }

// Head returns the first bytes of the file, unpacked.
func (f *File) Head(ctx context.Context) ([]byte, error) {
	s, err := f.in.stream(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	return f.in.head(s)
}

// readHead finds the dialect and plans the columns.
func (f *File) readHead(ctx context.Context) error {
	s, err := f.in.stream(ctx, nil)
	if err != nil {
		return err
	}
	defer s.Close()
	room := int64(cmp.Or(f.head, headSize))
	if f.in.kind == plainKind {
		room = min(room, f.in.size+1)
	}
	head := make([]byte, room)
	n, err := io.ReadFull(s, head)
	whole := err == io.EOF || err == io.ErrUnexpectedEOF && f.in.kind == plainKind
	if err != nil && !whole {
		if err != io.ErrUnexpectedEOF {
			return f.in.explain(err, 0)
		}
		// A compressed stream that ends early and one that is just short give the same
		// error from ReadFull; one more read tells them apart.
		if _, err := s.Read(make([]byte, 1)); err != io.EOF {
			return f.in.explain(err, int64(bytes.Count(head[:n], newline)))
		}
		whole = true
	}
	head = head[:n]
	if f.d, err = sniff(head, whole, f.opt); err != nil {
		return fmt.Errorf("%s: %w", f.name(), err)
	}
	return f.planColumns(head[f.d.body:], whole)
}

// planColumns names the columns and guesses their kinds from the first
// records.
func (f *File) planColumns(body []byte, whole bool) error {
	for i, name := range f.d.header {
		f.d.header[i] = toUTF8(name)
	}
	names, renamed := UniqueNames(f.d.header)
	f.named, f.renamed = len(names), renamed
	if f.d.schema != nil && len(renamed) == 0 {
		f.schema = *f.d.schema
	} else {
		f.schema = Recognise(names)
	}
	f.d.header = names
	if err := f.applyOptions(); err != nil {
		return err
	}
	head := f.headRows(body, whole)
	f.dropUnlikelyLabel(head)
	f.plans = make([]plan, len(f.schema.Columns))
	for i := range f.schema.Columns {
		c := &f.schema.Columns[i]
		var cells [][]byte
		if c.Kind == Unknown || c.Kind == Time { // of others nothing has to be found out
			cells = head.column(i)
		}
		f.plans[i] = guess(c, cells, f.d, f.opt.tolerance())
	}
	f.applyPlans()
	return nil
}

// applyOptions lets the user's word on the label and on kinds win.
func (f *File) applyOptions() error {
	if f.opt.Label != "" {
		i, err := f.schema.Resolve(f.opt.Label)
		if err != nil {
			return fmt.Errorf("--label: %w", err)
		}
		if old := f.schema.Label(); old >= 0 && old != i {
			f.schema.Columns[old].Role = Derivative
		}
		f.schema.Columns[i].Role, f.schema.Columns[i].Kind = Label, Category
	}
	for _, name := range slices.Sorted(maps.Keys(f.opt.Types)) {
		i, err := f.schema.Resolve(name)
		if err != nil {
			return fmt.Errorf("--type %s=%s: %w", name, f.opt.Types[name], err)
		}
		f.schema.Columns[i].Kind = f.opt.Types[name]
	}
	return nil
}

// headRows finds the cells of the first records.
func (f *File) headRows(body []byte, whole bool) cellSpan {
	end := len(body)
	if !whole {
		end = bytes.LastIndexByte(body, '\n') + 1
	}
	n := f.normaliser()
	n.block = len(body) + 1 // all in one batch
	n.start(&textChunk{buf: body[:end]}, 0, 0)
	n.fill()
	return cellSpan{buf: n.buf, ends: n.ends, stride: n.columns, rows: n.rows}
}

// column returns the cells of one column of a batch.
func (s cellSpan) column(i int) [][]byte {
	cells := make([][]byte, s.rows)
	for j := range cells {
		k := j*s.stride + i
		cells[j] = s.buf[s.ends[k]+1 : s.ends[k+1]]
	}
	return cells
}

// dropUnlikelyLabel takes the role from a column that was only named like a
// label when its cells are measurements.
func (f *File) dropUnlikelyLabel(head cellSpan) {
	const classes = 50
	i := f.schema.Label()
	if i < 0 || f.opt.Label != "" || f.schema.Name != "" {
		return
	}
	distinct := map[string]bool{}
	fractional := false
	for _, c := range head.column(i) {
		if x, ok := ParseNumber(c); ok {
			distinct[string(c)] = true
			fractional = fractional || x != float64(int64(x))
		}
	}
	if fractional || len(distinct) > classes {
		f.schema.Columns[i].Role = Feature
	}
}

// applyPlans makes the schema show the planned kinds.
func (f *File) applyPlans() {
	for i := range f.schema.Columns {
		c := &f.schema.Columns[i]
		c.Kind, c.Dict = f.plans[i].kind, nil
		if c.Kind == Category || c.Kind == Address {
			c.Dict = newDict()
		}
	}
}

func (f *File) normaliser() *normaliser {
	n := &normaliser{d: f.d, columns: len(f.schema.Columns), block: cmp.Or(f.block, indexBlock), byName: map[string]int{}}
	for i, c := range f.schema.Columns {
		n.byName[c.Name] = i
	}
	return n
}

// addColumns lets keys or fields that appear late become columns. What is known
// of the others stays as it is, the label and the clock included.
func (f *File) addColumns(names []string) {
	all := append(f.schema.Names(), names...)
	s := Recognise(all)
	label, clock := f.schema.Label() >= 0, f.schema.Clock() >= 0
	for i := range s.Columns {
		c := &s.Columns[i]
		switch {
		case i < len(f.schema.Columns):
			c.Role, c.Canon = f.schema.Columns[i].Role, f.schema.Columns[i].Canon
		case c.Role == Label && label:
			c.Role = Derivative
		case c.Role == Clock && clock:
			c.Role = Feature
		}
	}
	f.schema = s
	f.d.header = all
	for i := len(f.plans); i < len(all); i++ {
		f.plans = append(f.plans, guess(&f.schema.Columns[i], nil, f.d, f.opt.tolerance()))
	}
	f.applyPlans()
}

// name is how errors call the file.
func (f *File) name() string { return f.in.name() }

// Schema returns the columns. Kinds are guesses until the first Scan is over.
func (f *File) Schema() *Schema { return &f.schema }

// Settled reports whether the kinds are final.
func (f *File) Settled() bool { return f.settled }

// Path returns the name the file was opened by.
func (f *File) Path() string { return f.path }

// Format returns how the table is written and compressed, as in "csv" or "zeek, gzip".
func (f *File) Format() string {
	if f.in.kind == plainKind {
		return f.d.format.String()
	}
	return f.d.format.String() + ", " + f.in.kind
}

// Size returns the bytes the file takes on disk.
func (f *File) Size() int64 { return f.in.size }

// Rows returns the number of rows, once a scan was complete.
func (f *File) Rows() int64 { return f.rows }

// Problems returns what the first complete scan could not read as it stood.
func (f *File) Problems() Problems { return f.problems }

// SHA256 returns the hash of the file as it lies on disk.
func (f *File) SHA256(ctx context.Context) (string, error) { return f.in.sha256(ctx) }

// Close releases the file and any temporary copy.
func (f *File) Close() error { return f.in.Close() }
