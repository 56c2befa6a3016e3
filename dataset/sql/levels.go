package sql

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/netanom/netanom/dataset"
)

// headRows is how many rows are looked at before the kind of a column of words is
// guessed: about as many as fit into the head of a file.
const headRows = 10_000

// otherMissing is how many groups of a statement may turn out to be one, because their cells
// are missing in ways that the server tells apart.
const otherMissing = 5

// A head is what the first rows of a table have in a column.
type head struct {
	cells    [][]byte
	distinct int // cells with a value that differ
}

// headCells asks for the cells of a column in the first rows.
func (s *Source) headCells(ctx context.Context, column int) (head, error) {
	var h head
	from := fmt.Sprintf("(SELECT %s FROM %s LIMIT %d) AS %s", s.raw(column), s.from(), headRows, s.alias("h", 0))
	err := s.eachLevel(ctx, column, from, headRows, func(word string, n int64) {
		if !missing(word, s.info(column)) {
			h.distinct++
		}
		for range n {
			h.cells = append(h.cells, []byte(word))
		}
	})
	return h, err
}

// eachLevel asks for the different cells of a column, as text, and how many rows have each.
func (s *Source) eachLevel(ctx context.Context, column int, from string, most int, each func(word string, n int64)) error {
	k, n, info := s.alias("k", 0), s.alias("n", 0), s.info(column)
	statement := fmt.Sprintf("SELECT %s, %s FROM (SELECT %s AS %s, %s AS %s FROM %s GROUP BY %s LIMIT %d) AS %s",
		s.d.Text(k, info), s.d.Int(n), s.d.Key(info), k, s.d.Count(), n, from, k, most+1+otherMissing, s.alias("g", 0))
	q := Query{SQL: statement, Types: []Type{Words, Int}, Groups: int64(most + 1 + otherMissing)}
	return s.ask(ctx, q, func(b *Block) error {
		for row := range b.Rows {
			each(b.Columns[0].Words[row], b.Columns[1].Ints[row])
		}
		return nil
	})
}

// A levelStore has the levels of a column, once they have been asked for.
type levelStore struct {
	most int // levels that the column may have

	mu    sync.Mutex
	found *levelCounts
}

// levelCounts are the levels of a column and the rows that have each.
type levelCounts struct {
	levels  []string
	n       []int64
	missing int64
	total   int64 // rows
	over    bool  // there are more than there may be, and nothing else is known
}

// cells returns each level once.
func (l *levelCounts) cells() [][]byte {
	out := make([][]byte, len(l.levels))
	for i, level := range l.levels {
		out[i] = []byte(level)
	}
	return out
}

// get returns the levels of a column, which are asked for if they have not been. Too
// many are no error.
func (l *levelStore) get(ctx context.Context, s *Source, column int) (*levelCounts, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.found != nil {
		return l.found, nil
	}
	found := &levelCounts{}
	err := s.eachLevel(ctx, column, s.from(), l.most, func(word string, n int64) {
		found.total += n
		if missing(word, s.info(column)) {
			found.missing += n
			return
		}
		found.levels, found.n = append(found.levels, word), append(found.n, n)
	})
	over := errors.Is(err, ErrGroups) || len(found.levels) > l.most
	if err != nil && !over {
		return nil, err
	}
	if over {
		found = &levelCounts{over: true}
	} else if err := s.agree(found.total); err != nil {
		return nil, err
	}
	l.found = found
	return found, nil
}

// dict returns the levels of a column for its schema. What goes wrong when they are asked for is kept.
func (s *Source) dict(column int) *dataset.Dict {
	store := s.levels[column]
	return dataset.NewDict(func() []string {
		s.mu.Lock()
		ctx := s.ctx
		s.mu.Unlock()
		found, err := store.get(ctx, s, column)
		if err == nil {
			err = s.tooMany(found, column)
		}
		if err != nil {
			s.mu.Lock()
			s.lost[column] = err
			s.mu.Unlock()
			return nil
		}
		return found.levels
	})
}

// tooMany returns an error if a column has more levels than it may have.
func (s *Source) tooMany(l *levelCounts, column int) error {
	if !l.over {
		return nil
	}
	name := s.schema.Columns[column].Name
	return fmt.Errorf("%s: column %q has more than %d different values; read it with --type %s=text", s.name(), name, s.levels[column].most, name)
}

// renewLevels gives the columns with levels dictionaries of their own, which hold what is
// left of the rows.
func (s *Source) renewLevels() {
	s.lost = map[int]error{}
	for i := range s.schema.Columns {
		c := &s.schema.Columns[i]
		if c.Dict = nil; c.Kind != dataset.Category && c.Kind != dataset.Address {
			s.levels[i] = nil
			continue
		}
		if s.levels[i] == nil {
			s.levels[i] = &levelStore{most: dataset.MaxLevels(c.Kind)}
		}
		c.Dict = s.dict(i)
	}
}

// Err returns why the levels of a column could not be had when they were needed; nil if nothing went
// wrong. The next Scan returns it too.
func (s *Source) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.firstLost()
}

func (s *Source) firstLost() error {
	for i := range s.schema.Columns {
		if err := s.lost[i]; err != nil {
			return err
		}
	}
	return nil
}

// takeErr returns the same, and makes the columns that it is about ask anew when they
// are needed again.
func (s *Source) takeErr() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.firstLost()
	for i := range s.lost {
		s.schema.Columns[i].Dict = s.dict(i)
	}
	clear(s.lost)
	return err
}
