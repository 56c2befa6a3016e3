package sourcetest

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/netanom/netanom/dataset"
)

// A picked is some rows of a table, as a source.
type picked struct {
	table *dataset.Table
	rows  []int
}

// pickRows returns some rows of a table as a table.
func pickRows(ctx context.Context, t *dataset.Table, rows []int) (*dataset.Table, error) {
	return dataset.Load(ctx, &picked{t, rows})
}

// Schema implements dataset.Source.
func (p *picked) Schema() *dataset.Schema { return p.table.Schema() }

// Scan implements dataset.Source.
func (p *picked) Scan(ctx context.Context, analyses ...dataset.Analysis) error {
	columns := make([]dataset.Vector, len(p.Schema().Columns))
	for i := range columns {
		c, err := cellsOf(p.table, i)
		if err != nil {
			return err
		}
		columns[i] = c.pick(p.rows)
	}
	b := dataset.NewBatch(len(p.rows), columns, func(column, row int) []byte {
		return []byte(p.table.Cell(int64(p.rows[row]), column))
	})
	for _, a := range analyses {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		if err := whole(a, p.Schema(), &b); err != nil {
			return err
		}
	}
	return nil
}

// Head implements dataset.Engine.
func (e *counted) Head(ctx context.Context, rows int64, order ...dataset.Order) (*dataset.Table, error) {
	t, err := e.load(ctx)
	if err != nil {
		return nil, err
	}
	places := make([]int, t.Rows())
	for i := range places {
		places[i] = i
	}
	by := make([]cells, len(order))
	for k, o := range order {
		if err := e.exists(o.Column); err != nil {
			return nil, err
		}
		if by[k], err = cellsOf(t, o.Column); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(places, func(a, b int) int {
		for k, o := range order {
			if d := by[k].compare(a, b, o.Falling); d != 0 {
				return d
			}
		}
		return 0
	})
	return pickRows(ctx, t, places[:min(max(rows, 0), t.Rows())])
}

// compare compares the cells of two rows; codes of a table are in the order of the
// levels' bytes.
func (c *cells) compare(a, b int, falling bool) int {
	if gap := c.missing(a); gap != c.missing(b) {
		return map[bool]int{true: 1, false: -1}[gap]
	} else if gap {
		return 0
	}
	if falling {
		a, b = b, a
	}
	switch {
	case c.codes != nil:
		return cmp.Compare(c.codes[a], c.codes[b])
	case c.words != nil:
		return cmp.Compare(c.words[a], c.words[b])
	}
	return cmp.Compare(c.numbers[a], c.numbers[b])
}

// Sample implements dataset.Engine.
func (e *counted) Sample(ctx context.Context, o dataset.SampleOptions) (*dataset.Sample, error) {
	t, err := e.load(ctx)
	if err != nil {
		return nil, err
	}
	s := &dataset.Sample{Of: t.Rows()}
	strata := [][]int{nil}
	if o.By < 0 {
		for row := range int(t.Rows()) {
			strata[0] = append(strata[0], row)
		}
	} else if strata, err = e.strata(t, o.By, s); err != nil {
		return nil, err
	}
	rng := rand.New(rand.NewPCG(o.Seed, 1))
	var rows []int
	for k, n := range shares(strata, max(o.Rows, 0)) {
		rng.Shuffle(len(strata[k]), func(i, j int) { strata[k][i], strata[k][j] = strata[k][j], strata[k][i] })
		rows = append(rows, strata[k][:n]...)
		if s.Strata != nil {
			s.Strata[k].Rows = n
		}
	}
	slices.Sort(rows)
	s.Table, err = pickRows(ctx, t, rows)
	return s, err
}

// strata returns the rows of each level, and lists the levels in the sample.
func (e *counted) strata(t *dataset.Table, by int, s *dataset.Sample) ([][]int, error) {
	if err := e.exists(by); err != nil {
		return nil, err
	}
	c := &t.Schema().Columns[by]
	if c.Dict == nil {
		return nil, fmt.Errorf("column %q holds %s cells, not levels", c.Name, c.Kind)
	}
	codes, err := t.Codes(by)
	if err != nil {
		return nil, err
	}
	rows := map[uint32][]int{}
	for row, code := range codes {
		rows[code] = append(rows[code], row)
	}
	var out [][]int
	s.By = c.Name
	for _, code := range append(c.Dict.Sorted(), dataset.MissingCode) {
		if len(rows[code]) == 0 {
			continue
		}
		level := ""
		if code != dataset.MissingCode {
			level = c.Dict.Level(code)
		}
		out = append(out, rows[code])
		s.Strata = append(s.Strata, dataset.SampleLevel{Level: level, Of: int64(len(rows[code]))})
	}
	return out, nil
}

// shares divides a number of rows by the sizes of the strata: the whole parts, and
// one more to those with the largest remainders.
func shares(strata [][]int, rows int64) []int64 {
	of := int64(0)
	for _, s := range strata {
		of += int64(len(s))
	}
	out, rest := make([]int64, len(strata)), make([]int, len(strata))
	rows = min(rows, of)
	left := rows
	for k, s := range strata {
		rest[k] = k
		out[k] = rows * int64(len(s)) / max(of, 1)
		left -= out[k]
	}
	slices.SortStableFunc(rest, func(a, b int) int {
		return cmp.Compare(rows*int64(len(strata[b]))%of, rows*int64(len(strata[a]))%of)
	})
	for _, k := range rest[:left] {
		out[k]++
	}
	return out
}
