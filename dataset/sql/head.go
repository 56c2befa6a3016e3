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
	return s.fetch(ctx, order, rows)
}

// fetch returns the first rows in an order.
func (s *Source) fetch(ctx context.Context, order []dataset.Order, most int64) (*dataset.Table, error) {
	out := s.newRows()
	cells, types := s.cells()
	if len(cells) == 0 {
		return nil, fmt.Errorf("no column of %s has a value; choose others with --columns", s.name())
	}
	orders, err := s.orders(order)
	if err != nil {
		return nil, err
	}
	statement := fmt.Sprintf("SELECT %s FROM %s ORDER BY %s LIMIT %d", strings.Join(cells, ", "), s.from(), strings.Join(orders, ", "), max(most, 0))
	err = s.query(ctx, statement, types, func(b *Block) error {
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

// mostOrdered is how many columns rows are sorted by: PostgreSQL counts what it sorts by
// among the 1664 cells that it answers with at most.
const mostOrdered = 500

// orders is what stands behind ORDER BY: the columns asked for, and then all others, or a hash
// of all if there are very many. Cells without a value come last.
func (s *Source) orders(order []dataset.Order) ([]string, error) {
	var all []int
	for i := range s.schema.Columns {
		all = append(all, i)
	}
	if len(all) > mostOrdered {
		hash, err := s.hash(all)
		return append(s.ordered(order), hash), err
	}
	for _, i := range all {
		if !slices.ContainsFunc(order, func(o dataset.Order) bool { return o.Column == i }) {
			order = append(order[:len(order):len(order)], dataset.Order{Column: i})
		}
	}
	return s.ordered(order), nil
}

// ordered are the expressions of an order.
func (s *Source) ordered(order []dataset.Order) (out []string) {
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
