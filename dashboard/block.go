package dashboard

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
)

// A block is the bytes that a page decodes, in parts, so that a page can show its first
// charts before it has all columns. Each part is packed by gzip, because browsers unpack
// nothing else: four bytes of the length of a head, the head as JSON, and a body. The head
// of the first part tells of all columns. The body of a part is, one behind the other:
//
//   - in the first part, if there is a clock that no column tells, the ticks between rows, four planes;
//   - each column of the part, parents first: its codes, the differences between them, or its
//     ranks; behind ranks the number of codes of each context, less one, and these codes;
//   - in the last part the reasons and IDs of verdicts, and the lines of rows, four planes of
//     what each is more than the one before.
//
// Numbers of more than a byte are written in planes: the lowest bytes of all, the next ones.

const blockVersion = 2

// blockHead says what a block has.
type blockHead struct {
	Version  int            `json:"version"`
	Part     int            `json:"part"` // the first is 0
	Rows     int            `json:"rows"`
	Source   string         `json:"source"`
	Layout   string         `json:"layout,omitempty"`
	Label    int            `json:"label"` // a column, -1 if there is none
	Normal   []string       `json:"normal"`
	Clock    *blockClock    `json:"clock,omitempty"`
	LeftOut  []string       `json:"left_out,omitempty"`
	Columns  []blockCol     `json:"columns"`
	Parts    [][]int        `json:"parts"` // the columns of each part, in their order
	Verdicts *blockVerdicts `json:"verdicts,omitempty"`
	Lines    *blockLines    `json:"lines,omitempty"`
}

// blockPart is the head of a part behind the first.
type blockPart struct {
	Version int `json:"version"`
	Part    int `json:"part"`
	Rows    int `json:"rows"`
}

type blockClock struct {
	Name   string  `json:"name"`
	Start  float64 `json:"start"`  // seconds since the Unix epoch
	Unit   float64 `json:"unit"`   // of ticks, in seconds
	Column int     `json:"column"` // whose values are the times; -1: there are ticks
}

// blockLines says of which lines rows are: of one behind the other, or of those listed.
type blockLines struct {
	First  uint32 `json:"first"`
	Listed bool   `json:"listed,omitempty"`
}

type blockCol struct {
	Name    string       `json:"name"`
	Canon   string       `json:"canon"`
	Role    string       `json:"role"`
	Kind    string       `json:"kind"`
	Levels  []string     `json:"levels,omitempty"`
	Values  *blockValues `json:"values,omitempty"`
	Missing bool         `json:"missing,omitempty"`
	Rounded bool         `json:"rounded,omitempty"`
	Others  int          `json:"others,omitempty"`

	Width   int   `json:"width"` // bytes of what is written for each row
	Before  bool  `json:"before,omitempty"`
	Parents []int `json:"parents,omitempty"`
	Counts  []int `json:"counts,omitempty"` // how many contexts there are, and the bytes of the number of codes of one
	Table   []int `json:"table,omitempty"`  // how many codes all contexts have, and the bytes of one
}

// size is how many codes the column has.
func (c *Column) size() int {
	n := len(c.Levels) + len(c.Values)
	if c.Missing {
		n++
	}
	return n
}

// Block returns the data as a block of one part. The same data give the same bytes.
func (d *Data) Block() ([]byte, error) {
	parts, err := d.write(make([]int, len(d.Columns)), 1)
	if err != nil {
		return nil, err
	}
	return parts[0], nil
}

// Blocks returns the data as a block of three parts, each packed. The first has what the
// first chart needs, which are the clock, the label, the scores, and what a sample was drawn
// by; the second the early columns; the third what else there is. The same data give the
// same bytes.
func (d *Data) Blocks() ([][]byte, error) {
	parts := make([]int, len(d.Columns))
	for j := range parts {
		switch {
		case j == d.Label || j == d.scores() || d.Sample != nil && slices.Contains(d.Sample.By, j):
		case slices.Contains(d.Early, j):
			parts[j] = 1
		default:
			parts[j] = 2
		}
	}
	return d.write(parts, 3)
}

// check finds what would make a block that no page can read.
func (d *Data) check() error {
	for j := range d.Columns {
		c := &d.Columns[j]
		if len(c.Codes) != d.Rows || d.Rows > 0 && int(slices.Max(c.Codes)) >= c.size() {
			return fmt.Errorf("column %q has %d codes below %d for %d rows", c.Name, len(c.Codes), c.size(), d.Rows)
		}
	}
	if d.Label >= len(d.Columns) || d.Clock != nil && len(d.Clock.Since) != d.Rows || d.Lines != nil && len(d.Lines) != d.Rows {
		return fmt.Errorf("label, clock or lines are not of the %d rows and %d columns", d.Rows, len(d.Columns))
	}
	if d.Verdicts != nil {
		return d.Verdicts.check(d)
	}
	return nil
}

// write returns a block of so many parts; parts says in which one each column is.
func (d *Data) write(parts []int, n int) ([][]byte, error) {
	err := d.check()
	if err != nil {
		return nil, fmt.Errorf("the page cannot hold %s: %w", d.Source, err)
	}
	head := blockHead{Version: blockVersion, Rows: d.Rows, Source: d.Source, Layout: d.Layout, Label: max(d.Label, -1), Normal: append([]string{}, d.Normal...), LeftOut: d.LeftOut, Columns: make([]blockCol, len(d.Columns))}
	bodies := make([][]byte, n)
	if d.Clock != nil {
		if head.Clock, bodies[0] = d.writeClock(bodies[0]); head.Clock.Column >= 0 {
			parts[head.Clock.Column] = 0
		}
	}
	g := newGrid(d)
	codings := choose(g, parts)
	head.Parts = orders(codings, parts, n)
	trial := newTrial(d.Rows)
	for p, order := range head.Parts {
		for _, j := range order {
			head.Columns[j], bodies[p] = d.Columns[j].write(g, j, codings[j], trial, bodies[p])
		}
	}
	last := &bodies[n-1]
	if d.Verdicts != nil {
		if head.Verdicts, *last, err = d.Verdicts.write(*last); err != nil {
			return nil, err
		}
	}
	head.Lines, *last = writeLines(d.Lines, *last)
	return head.pack(bodies)
}

// pack packs the parts.
func (h *blockHead) pack(bodies [][]byte) ([][]byte, error) {
	out := make([][]byte, len(bodies))
	for p, body := range bodies {
		var head any = h
		if p > 0 {
			head = blockPart{h.Version, p, h.Rows}
		}
		text, err := json.Marshal(head)
		if err != nil {
			return nil, fmt.Errorf("the page cannot hold %s: %w", h.Source, err)
		}
		if out[p], err = packed(binary.LittleEndian.AppendUint32(nil, uint32(len(text))), text, body); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// orders returns the columns of each part, parents before those that need them.
func orders(codings []coding, parts []int, n int) [][]int {
	out := make([][]int, n)
	for p := range out {
		out[p] = []int{}
	}
	done := make([]bool, len(codings))
	var visit func(j int)
	visit = func(j int) {
		if done[j] {
			return
		}
		done[j] = true
		for _, p := range codings[j].parents {
			visit(p)
		}
		out[parts[j]] = append(out[parts[j]], j)
	}
	for j := range codings {
		visit(j)
	}
	return out
}

// write appends a column to the body of its part, as its coding says if that is smaller.
func (c *Column) write(g *grid, at int, how coding, try *trial, body []byte) (blockCol, []byte) {
	width := widthOfSize(c.size())
	head := blockCol{Name: c.Name, Canon: c.Canon, Role: c.Role.String(), Kind: c.Kind.String(), Levels: c.Levels, Missing: c.Missing, Rounded: c.Rounded, Others: c.Others, Width: width}
	if c.Levels == nil {
		head.Values = writeValues(c.Values)
	}
	if how.before {
		if steps := differences(c.Codes, width); try.smaller(steps, c.Codes, nil) {
			head.Before = true
			return head, appendPlanes(body, steps, width)
		}
	}
	if len(how.parents) > 0 {
		r := g.ranked(at, how.parents)
		counts, table := widthOf(r.counts), widthOf(r.table)
		rest := appendPlanes(appendPlanes(nil, r.counts, counts), r.table, table)
		if try.smaller(r.ranks, c.Codes, rest) {
			head.Width, head.Parents = widthOf(r.ranks), how.parents
			head.Counts, head.Table = []int{len(r.counts), counts}, []int{len(r.table), table}
			return head, append(appendPlanes(body, r.ranks, head.Width), rest...)
		}
	}
	return head, appendPlanes(body, c.Codes, width)
}

// packed packs what is given by gzip.
func packed(what ...[]byte) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, 6)
	if err != nil {
		return nil, err
	}
	for _, p := range what {
		if _, err := z.Write(p); err != nil {
			return nil, err
		}
	}
	err = z.Close()
	return b.Bytes(), err
}
