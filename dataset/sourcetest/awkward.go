package sourcetest

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/netanom/netanom/dataset"
)

// Records are rows as a table, and as text from which a test can fill a database.
type Records struct {
	Table  *dataset.Table
	Header []string
	Kinds  []dataset.Kind // by column; Number where no cell has a value
	Rows   [][]string     // cells in the order of the header, "" where one is missing; see Cell of dataset.Table
}

// awkwardRows is how many rows Awkward makes.
const awkwardRows = 500

// awkwardLevels are words that a statement must not mistake for something else. None is one of
// those that stand for a missing cell.
var awkwardLevels = []string{
	"plain", "PLAIN", " plain ", "it's", `say "yes"`, `back\slash`, `\`, `\'`, "two\nlines", "a\ttab", "100%", "50%_", "NULL", `\N`,
	"0", "1.0", "true", "né", "ne\u0301", "日本語", "🙂", "--", "/* */", "$1", "??", "`", "{x:y}", "a,b;c", "'; DROP TABLE t; --",
}

// A made column is what one of them gets for its cells.
type madeColumn struct {
	name string
	kind dataset.Kind
	gaps float64 // share of missing cells
	cell func(r *rand.Rand, row int) string
}

func number(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// awkwardColumns are the columns of Awkward. Numbers are finite, times whole
// seconds after 1970, so that every database can hold them.
var awkwardColumns = []madeColumn{
	{"ts", dataset.Time, 0.05, func(r *rand.Rand, row int) string {
		return dataset.FormatTime(1_537_522_800 + float64(r.IntN(86_400*90)))
	}},
	{"src", dataset.Address, 0.1, func(r *rand.Rand, row int) string {
		return pickOne(r, "10.0.0.1", "10.0.0.2", "10.0.0.10", "192.168.255.254", "255.255.255.255", "2001:db8::1", "fe80::a", "::1")
	}},
	{"proto", dataset.Category, 0, func(r *rand.Rand, row int) string { return pickOne(r, "tcp", "tcp", "tcp", "udp", "icmp") }},
	{"word", dataset.Category, 0.15, func(r *rand.Rand, row int) string { return pickOne(r, awkwardLevels...) }},
	{"note", dataset.Text, 0.2, func(r *rand.Rand, row int) string {
		return fmt.Sprintf("%s %d", pickOne(r, awkwardLevels...), r.IntN(400))
	}},
	{"small", dataset.Number, 0.1, func(r *rand.Rand, row int) string { return number(float64(r.IntN(41) - 20)) }},
	{"offset", dataset.Number, 0.02, func(r *rand.Rand, row int) string { return number(1e12 + 0.25*float64(r.IntN(64))) }},
	{"real", dataset.Number, 0.1, func(r *rand.Rand, row int) string {
		return pickOne(r, number(r.NormFloat64()), number(math.Exp(8*r.NormFloat64())), number(-math.Exp(6*r.NormFloat64())), "0", "-0", "1e-300", "123456789012345")
	}},
	{"share of \"bytes\", %", dataset.Number, 0.5, func(r *rand.Rand, row int) string { return number(float64(r.IntN(101)) / 100) }},
	{"whole", dataset.Number, 0, func(r *rand.Rand, row int) string { return number(float64(r.IntN(1<<30)) * 7) }},
	{"flagged", dataset.Flag, 0.1, func(r *rand.Rand, row int) string { return pickOne(r, "0", "0", "0", "1") }},
	{"constant", dataset.Number, 0.03, func(r *rand.Rand, row int) string { return "-2.5" }},
	{"nothing", dataset.Number, 1, func(r *rand.Rand, row int) string { return "" }},
	{"label", dataset.Category, 0.05, func(r *rand.Rand, row int) string { return pickOne(r, "normal", "normal", "neptune", "smurf", "satan") }},
}

func pickOne(r *rand.Rand, from ...string) string { return from[r.IntN(len(from))] }

// Awkward returns rows that are easy to get wrong: of every kind, with missing
// cells everywhere, numbers far from zero and on both sides of it, and words that
// mean something to a database. They are the same in every run.
func Awkward(t testing.TB) *Records {
	t.Helper()
	r := rand.New(rand.NewPCG(18, 16))
	out := &Records{Rows: make([][]string, awkwardRows)}
	for _, c := range awkwardColumns {
		out.Header, out.Kinds = append(out.Header, c.name), append(out.Kinds, c.kind)
	}
	for row := range out.Rows {
		for _, c := range awkwardColumns {
			cell := ""
			if r.Float64() >= c.gaps {
				cell = c.cell(r, row)
			}
			out.Rows[row] = append(out.Rows[row], cell)
		}
	}
	table, err := dataset.Load(context.Background(), out.source())
	if err != nil {
		t.Fatal(err)
	}
	out.Table = table
	return out
}

// source returns the rows as a source.
func (r *Records) source() *written {
	w := &written{records: r, schema: dataset.Recognise(r.Header)}
	for i, kind := range r.Kinds {
		c := &w.schema.Columns[i]
		c.Kind = kind
		v, levels := r.vector(i)
		switch kind {
		case dataset.Category, dataset.Address:
			c.Dict = dataset.NewDict(func() []string { return levels })
		case dataset.Number:
			if v.Missing == len(r.Rows) {
				c.Kind = dataset.Unknown
			}
		}
		w.columns = append(w.columns, v)
	}
	return w
}

// vector returns the cells of a column, and the levels that its codes stand for.
func (r *Records) vector(column int) (v dataset.Vector, levels []string) {
	codes := map[string]uint32{}
	kind := r.Kinds[column]
	for _, row := range r.Rows {
		cell := row[column]
		if cell == "" {
			v.Missing++
		}
		switch {
		case kind == dataset.Text:
		case kind == dataset.Category || kind == dataset.Address:
			code, known := codes[cell]
			switch {
			case cell == "":
				code = dataset.MissingCode
			case !known:
				code = uint32(len(levels))
				codes[cell], levels = code, append(levels, cell)
			}
			v.Codes = append(v.Codes, code)
		default:
			v.Floats = append(v.Floats, numberOf(cell, kind))
		}
	}
	return v, levels
}

// numberOf reads a number or a time, NaN for a missing cell.
func numberOf(cell string, kind dataset.Kind) float64 {
	var x float64
	var ok bool
	if kind == dataset.Time {
		x, ok = dataset.ParseTime([]byte(cell), dataset.ISO8601)
	} else {
		x, ok = dataset.ParseNumber([]byte(cell))
	}
	if !ok {
		return nan
	}
	return x
}

// A written is records as a source.
type written struct {
	records *Records
	schema  dataset.Schema
	columns []dataset.Vector
}

// Schema implements dataset.Source.
func (w *written) Schema() *dataset.Schema { return &w.schema }

// Scan implements dataset.Source.
func (w *written) Scan(_ context.Context, analyses ...dataset.Analysis) error {
	b := dataset.NewBatch(len(w.records.Rows), w.columns, func(column, row int) []byte { return []byte(w.records.Rows[row][column]) })
	for _, a := range analyses {
		if err := whole(a, &w.schema, &b); err != nil {
			return err
		}
	}
	return nil
}

// whole passes a batch that is the whole table to an analysis.
func whole(a dataset.Analysis, s *dataset.Schema, b *dataset.Batch) error {
	if err := a.Start(s, 1); err != nil {
		return err
	}
	if err := a.Batch(0, b); err != nil {
		return err
	}
	return a.EndChunk(0, dataset.Chunk{Rows: b.Rows})
}
