package sql

import (
	"context"
	"fmt"

	"github.com/netanom/netanom/dataset"
)

// overflow tells everybody who wants a set that it has too many groups, and how many
// different cells there are if somebody can make use of that.
func (w *wish) overflow(ctx context.Context, s *Source) error {
	asked := false
	for _, to := range w.from {
		if err := to.analysis.Overflow(to.set); err != nil {
			return err
		}
		_, estimating := to.analysis.(dataset.Estimating)
		asked = asked || estimating && plainCell(w.set)
	}
	if !asked {
		return nil
	}
	n, exact, err := s.distinct(ctx, w.q.keys[0], w.set.Keys[0].Column)
	if err != nil {
		return err
	}
	for _, to := range w.from {
		if e, ok := to.analysis.(dataset.Estimating); ok {
			if err := e.Estimate(to.set, n, exact); err != nil {
				return err
			}
		}
	}
	return nil
}

// plainCell reports whether a set is of the cells of one column.
func plainCell(set dataset.Set) bool {
	if len(set.Keys) != 1 {
		return false
	}
	k := &set.Keys[0]
	return k.Bounds == nil && k.Step == 0 && !k.Gap && k.Hash == nil
}

// distinct returns how many different values the cells of a column have, by their key: an
// estimate where the server makes one, for counting them takes it memory for all.
func (s *Source) distinct(ctx context.Context, k groupKey, column int) (n int64, exact bool, err error) {
	x, q := s.alias("x", 0), s.alias("q", 0)
	e, from := s.number(column), s.from()
	if k.kind == Words {
		e, from = k.inner, s.from(s.present(column))
	}
	statement := fmt.Sprintf("SELECT %s FROM (SELECT %s AS %s FROM %s GROUP BY %s) AS %s WHERE %s IS NOT NULL",
		s.d.Int(s.d.Count()), e, x, from, x, q, x)
	if estimate := s.d.Distinct(e); estimate != "" {
		statement = fmt.Sprintf("SELECT %s FROM %s", s.d.Int(estimate), from)
	} else {
		exact = true
	}
	err = s.query(ctx, statement, []Type{Int}, func(b *Block) error {
		for _, rows := range b.Columns[0].Ints {
			n += rows
		}
		return nil
	})
	return n, exact, err
}
