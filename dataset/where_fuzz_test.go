package dataset

import (
	"errors"
	"slices"
	"testing"
	"unicode/utf8"
)

// An expression either fails with a sentence and a place inside it, or compiles
// to a condition that can be applied, and never keeps a row together with its
// negation.
func FuzzCompileFilter(f *testing.F) {
	for _, expr := range []string{
		`protocol == "tcp" && src_bytes > 1e4 || not (n in (1, 2.5, "3"))`,
		"`Flow Bytes/s` ** 2 % 3 <= -log1p(abs(n)) + 1",
		`lower(note) matches "^a.*b$" and len(protocol) == 3`,
		`id.orig_h not in ["10.0.0.1"] || isnull(ts) || ts >= "2018-09-21T00:00:00Z"`,
		`1 < n < 3 == true`, `not not logged_in`, `attack == 'neptune.'`, `dst_port / src_bytes != 0x1F`,
		`id.orig_h == id.resp_h && protocol < note`, "in (", "a.b?.c[1:2]", "let x = 1; x", "{", "#", "n in ((1))", "`", `"\u{1F600}" == note`,
		"n ?? 1", "n | abs()", "map(n, # > 1)", "filter(n, {.a})", "n ? 1 : 2", "b'x'", "// c", "1..2 in n", "::abs(n) > 1",
	} {
		f.Add(expr)
	}
	table := tableOf(f, openFilterData(f))
	f.Fuzz(func(t *testing.T, expr string) {
		filter, err := CompileFilter(expr, table.Schema())
		if err != nil {
			var place *FilterError
			if errors.As(err, &place) && (place.At < 1 || place.At > utf8.RuneCountInString(expr)+1) {
				t.Fatalf("%q is wrong at character %d: %v", expr, place.At, err)
			}
			if err.Error() == "" {
				t.Fatalf("%q gives an empty error", expr)
			}
			return
		}
		kept := keptBy(t, table, filter)
		if negation, err := CompileFilter("!("+expr+"\n)", table.Schema()); err == nil {
			for _, row := range keptBy(t, table, negation) {
				if slices.Contains(kept, row) {
					t.Fatalf("row %d is kept by %q and by its negation", row, expr)
				}
			}
		}
		filter.Warnings()
	})
}

// keptBy applies a filter to a table of one batch.
func keptBy(t *testing.T, table *Table, filter *Filter) []uint32 {
	t.Helper()
	chunk := &table.chunks[0]
	b := &Batch{Rows: chunk.rows, Columns: make([]Vector, len(chunk.columns))}
	for i := range b.Columns {
		chunk.columns[i].slice(&b.Columns[i], 0, chunk.rows, make([]uint32, chunk.rows), make([]float64, chunk.rows))
	}
	b.text = func(column, row int) []byte { return chunk.text(&table.schema, column, row) }
	b.absent = func(cell []byte) bool { return len(cell) == 0 }
	kept := filter.Rows(nil, b)
	for i, row := range kept {
		if int(row) >= b.Rows || i > 0 && row <= kept[i-1] {
			t.Fatalf("%q keeps %v of %d rows", filter.text, kept, b.Rows)
		}
	}
	return kept
}
