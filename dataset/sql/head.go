package sql

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/netanom/netanom/dataset"
)

// Head implements dataset.Engine. Rows that are equal in the columns of the order are
// told apart by all columns, so that the same rows come each time.
func (s *Source) Head(ctx context.Context, rows int64, order ...dataset.Order) (*dataset.Table, error) {
	for _, o := range order {
		if o.Column < 0 || o.Column >= len(s.schema.Columns) {
			return nil, fmt.Errorf("column %d does not exist", o.Column)
		}
	}
	return s.fetch(ctx, s.from(), s.orders(order), rows)
}

// fetch returns the first rows of what stands behind FROM.
func (s *Source) fetch(ctx context.Context, from string, orders []string, most int64) (*dataset.Table, error) {
	out := s.newRows()
	cells, types := s.cells()
	if len(cells) == 0 {
		return nil, fmt.Errorf("no column of %s has a value; choose others with --columns", s.name())
	}
	statement := fmt.Sprintf("SELECT %s FROM %s ORDER BY %s LIMIT %d", strings.Join(cells, ", "), from, strings.Join(orders, ", "), max(most, 0))
	err := s.query(ctx, statement, types, func(b *Block) error {
		for row := range b.Rows {
			out.add(b, row)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out.table(ctx)
}

// orders is what stands behind ORDER BY: the columns asked for, and then all others.
// Cells without a value come last.
func (s *Source) orders(order []dataset.Order) []string {
	for i := range s.schema.Columns {
		if !slices.ContainsFunc(order, func(o dataset.Order) bool { return o.Column == i }) {
			order = append(order[:len(order):len(order)], dataset.Order{Column: i})
		}
	}
	var out []string
	for _, o := range order {
		direction := ""
		if o.Falling {
			direction = " DESC"
		}
		switch c := &s.schema.Columns[o.Column]; {
		case c.Kind == dataset.Unknown: // without a value
		case c.Kind.Numeric():
			out = append(out, s.number(o.Column)+direction+" NULLS LAST")
		default:
			e := s.text(o.Column)
			out = append(out, fmt.Sprintf("(CASE WHEN %s = '' THEN 1 ELSE 0 END)", e), e+direction)
		}
	}
	return out
}
