package sql

import (
	"context"

	"github.com/netanom/netanom/dataset"
)

// Scan implements dataset.Source for analyses that are dataset.Tallied or dataset.Asking. Each set of columns
// is asked for once, whatever the number of analyses that want it. Every answer must be about as
// many rows as there are; else the table has changed, which is an error.
func (s *Source) Scan(ctx context.Context, analyses ...dataset.Analysis) error {
	if len(analyses) == 0 {
		return nil
	}
	for _, a := range analyses {
		if !serves(a) {
			return &dataset.RowsError{Table: s.name()}
		}
	}
	s.mu.Lock()
	s.ctx = ctx
	s.mu.Unlock()
	if err := s.takeErr(); err != nil {
		return err
	}
	rows, err := s.count(ctx)
	if err != nil {
		return err
	}
	if err := s.serve(ctx, analyses, dataset.Chunk{Rows: int(rows)}); err != nil {
		return err
	}
	return s.takeErr()
}

// serves reports whether an analysis can do without rows.
func serves(a dataset.Analysis) bool {
	_, tallied := a.(dataset.Tallied)
	_, asking := a.(dataset.Asking)
	return tallied || asking
}

// serve starts the analyses, answers their sets, which are about one chunk, and lets the
// others ask.
func (s *Source) serve(ctx context.Context, analyses []dataset.Analysis, all dataset.Chunk) error {
	var w wishes
	var asking []dataset.Asking
	var counting []dataset.Analysis
	for _, a := range analyses {
		if err := a.Start(&s.schema, 1); err != nil {
			return err
		}
		var sets []dataset.Set
		if t, ok := a.(dataset.Tallied); ok {
			sets = t.Sets(&s.schema)
			if err := w.add(s, t, sets); err != nil {
				return err
			}
		}
		if q, ok := a.(dataset.Asking); ok && sets == nil {
			asking = append(asking, q)
		} else {
			counting = append(counting, a)
		}
	}
	if err := s.takeErr(); err != nil {
		return err
	}
	for _, wish := range w.list {
		if err := wish.answer(ctx, s); err != nil {
			return err
		}
	}
	for _, a := range asking {
		if err := a.Ask(ctx, s); err != nil {
			return err
		}
	}
	if err := s.takeErr(); err != nil {
		return err
	}
	for _, a := range counting {
		if err := a.EndChunk(0, all); err != nil {
			return err
		}
	}
	return nil
}

// wishes are the sets that are wanted, each once.
type wishes struct {
	list        []*wish
	byStatement map[string]*wish
}

// A wish is a set and who wants it.
type wish struct {
	set  dataset.Set
	q    *setQuery
	from []wisher
}

type wisher struct {
	analysis dataset.Tallied
	set      int
}

// add takes in the sets of an analysis.
func (w *wishes) add(s *Source, t dataset.Tallied, sets []dataset.Set) error {
	for i, set := range sets {
		q, err := s.newSetQuery(set)
		if err != nil {
			return err
		}
		if w.byStatement == nil {
			w.byStatement = map[string]*wish{}
		}
		known := w.byStatement[q.statement]
		if known == nil {
			known = &wish{set: set, q: q}
			w.byStatement[q.statement], w.list = known, append(w.list, known)
		}
		known.from = append(known.from, wisher{t, i})
	}
	return nil
}

// answer answers a set to everybody who wants it.
func (w *wish) answer(ctx context.Context, s *Source) error {
	if err := w.fetchLevels(ctx, s); err != nil {
		return err
	}
	over, err := false, error(nil)
	if len(w.set.Keys) == 1 && len(w.set.Sums) == 0 && w.q.keys[0].dict != nil {
		over, err = w.fromLevels(ctx, s)
	} else {
		over, err = w.q.run(ctx, w.hand)
	}
	if err != nil || !over {
		return err
	}
	return w.overflow(ctx, s)
}

// fetchLevels sees to it that the levels of the keys are known before the groups come.
func (w *wish) fetchLevels(ctx context.Context, s *Source) error {
	for i, k := range w.set.Keys {
		if w.q.keys[i].dict == nil {
			continue
		}
		found, err := s.levels[k.Column].get(ctx, s, k.Column)
		if err == nil {
			err = s.tooMany(found, k.Column)
		}
		if err != nil {
			return err
		}
		w.q.keys[i].dict.Len()
	}
	return nil
}

// hand passes groups on.
func (w *wish) hand(g *dataset.Groups) error {
	for _, to := range w.from {
		if err := to.analysis.Groups(to.set, g); err != nil {
			return err
		}
	}
	return nil
}

// fromLevels answers a set of one column with levels, whose counts have come with them.
func (w *wish) fromLevels(ctx context.Context, s *Source) (over bool, err error) {
	column, dict := w.set.Keys[0].Column, w.q.keys[0].dict
	found, err := s.levels[column].get(ctx, s, column)
	if err == nil {
		err = s.agree(found.total)
	}
	if err != nil {
		return false, err
	}
	codes, n := make([]uint32, 0, len(found.n)+1), found.n
	for _, level := range found.levels {
		code, ok := dict.Lookup(level)
		if !ok {
			return false, s.changed()
		}
		codes = append(codes, code)
	}
	if found.missing > 0 {
		codes, n = append(codes, dataset.MissingCode), append(n[:len(n):len(n)], found.missing)
	}
	if int64(len(codes)) > w.q.most {
		return true, nil
	}
	for from := 0; from < len(codes); from += groupBatch {
		to := min(from+groupBatch, len(codes))
		v := dataset.Vector{Codes: codes[from:to]}
		v.Missing = count(v.Codes, func(code uint32) bool { return code == dataset.MissingCode })
		g := &dataset.Groups{N: n[from:to], Cells: dataset.NewBatch(to-from, []dataset.Vector{v}, nil)}
		if err := w.hand(g); err != nil {
			return false, err
		}
	}
	return false, nil
}
