package dataset

import (
	"context"
	"errors"
)

// ErrChanged says that answers of an engine do not fit together.
var ErrChanged = errors.New("the table changed while it was read, so that its numbers would not fit together; leave out what is still being added with --where and an upper bound of a time or an id")

// CountGroups asks an engine for sets of groups, as an analysis that is Tallied does, and
// hands them on as they come. It returns which sets have more groups than are of use;
// what take was told of those is a part, and must be forgotten.
func CountGroups(ctx context.Context, e Engine, sets []Set, take func(set int, g *Groups)) (over []bool, err error) {
	c := &groupCount{sets: sets, take: take, over: make([]bool, len(sets))}
	if len(sets) == 0 {
		return c.over, nil
	}
	return c.over, e.Scan(ctx, c)
}

// A groupCount is the analysis that passes on the groups of an engine.
type groupCount struct {
	sets []Set
	take func(set int, g *Groups)
	over []bool
}

// Start implements Analysis.
func (c *groupCount) Start(*Schema, int) error { return nil }

// Columns implements Selective.
func (c *groupCount) Columns(*Schema) (columns []int) {
	for _, set := range c.sets {
		for _, key := range set.Keys {
			columns = append(columns, key.Column)
		}
		columns = append(columns, set.Sums...)
	}
	return columns
}

// Sets implements Tallied.
func (c *groupCount) Sets(*Schema) []Set { return c.sets }

// Groups implements Tallied.
func (c *groupCount) Groups(set int, g *Groups) error {
	c.take(set, g)
	return nil
}

// Overflow implements Tallied.
func (c *groupCount) Overflow(set int) error {
	c.over[set] = true
	return nil
}

// Batch implements Analysis.
func (c *groupCount) Batch(int, *Batch) error {
	return errors.New("groups are counted by engines, not row by row")
}

// EndChunk implements Analysis.
func (c *groupCount) EndChunk(int, Chunk) error { return nil }
