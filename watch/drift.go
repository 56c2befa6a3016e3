package watch

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/netanom/netanom/model"
)

// A drift compares what is seen with what the model was trained on, in windows of a number
// of rows, and says so when the two have drifted apart.
type drift struct {
	counter *model.Counter
	said    time.Time
}

const (
	driftRows  = 10_000
	driftQuiet = time.Hour // between two warnings
)

func newDrift(p *model.Pipeline) drift { return drift{counter: p.Schema.NewCounter()} }

// add counts the rows of an intake. It returns a sentence when the rows are found to have
// drifted. Columns that the source does not have are left out: of them all is told.
func (d *drift) add(in *model.Intake, lacking []string, now time.Time) string {
	if d.counter.Add(in); d.counter.Rows() < driftRows {
		return ""
	}
	list := d.counter.Drift()
	d.counter.Reset()
	list = slices.DeleteFunc(list, func(c model.Drift) bool {
		return c.Verdict != model.Drifted || slices.Contains(lacking, c.Column)
	})
	if len(list) == 0 || !d.said.IsZero() && now.Sub(d.said) < driftQuiet {
		return ""
	}
	d.said = now
	slices.SortStableFunc(list, func(a, b model.Drift) int { return cmp.Compare(b.Stability.PSI, a.Stability.PSI) })
	names := make([]string, len(list))
	for i := range list {
		names[i] = fmt.Sprintf("%s (stability index %.2g)", list[i].Column, list[i].Stability.PSI)
	}
	return fmt.Sprintf("the last %d connections are unlike those of training in %d columns, so that scores are less sure than its figures say: %s", driftRows, len(list), named(names, 5))
}
