package serve

import (
	"sync"

	"github.com/netanom/netanom/model"
)

// A drift tells how far the rows that were scored lately are from those of training. It
// counts in windows of a number of rows, so that neither the age of the process nor its
// load has a part in the verdict.
type drift struct {
	rows int64 // of a window

	mu       sync.Mutex
	now      *model.Counter // of the window at hand
	last     []model.Drift  // of the last whole window; nil before
	lastRows int64
	levels   []int64 // by input: cells with a level that training did not have, since the start
}

// driftRows is how many rows a window has, and driftLeast how many it needs for a verdict
// before the first is full.
const (
	driftRows  = 10000
	driftLeast = 1000
)

func newDrift(p *model.Pipeline) *drift {
	return &drift{rows: driftRows, now: p.Schema.NewCounter(), levels: make([]int64, len(p.Schema.Inputs))}
}

// add counts the rows that an intake has taken.
func (d *drift) add(in *model.Intake) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now.Add(in)
	for j, n := range in.Unseen {
		d.levels[j] += n
	}
	if d.now.Rows() >= d.rows {
		d.last, d.lastRows = d.now.Drift(), d.now.Rows()
		d.now.Reset()
	}
}

// verdicts are those on the last whole window, or before there is one, on the rows so
// far, and how many rows these are.
func (d *drift) verdicts() (list []model.Drift, unseen []int64, rows int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if list, rows = d.last, d.lastRows; list == nil {
		list, rows = d.now.Drift(), d.now.Rows()
	}
	return list, append([]int64(nil), d.levels...), rows
}
