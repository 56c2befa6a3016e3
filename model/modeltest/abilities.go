package modeltest

import (
	"context"
	"errors"
	"math"

	"github.com/netanom/netanom/model/learn"
)

func explains(t TB, s *subject) {
	for _, classes := range []int{2, 3} {
		x, y := s.make(Problem{Classes: classes, Gaps: s.Missing, Seed: 40})
		m := s.fit(t, x, y)
		e, ok := m.(learn.Explainer)
		if !ok {
			return
		}
		ex, err := e.Explain(x)
		if classes > 2 && errors.Is(err, errors.ErrUnsupported) {
			continue
		}
		if err != nil {
			t.Fatalf("%d classes: Explain: %v", classes, err)
		}
		explanation(t, ex, len(x.Columns), s.output(t, m, x).scores)
	}
}

// explanation checks that parts add up to totals, and that these go up with scores.
func explanation(t TB, ex *learn.Explanation, columns int, scores []float64) {
	t.Helper()
	if ex.Scale == "" || len(ex.Total) != len(scores) || len(ex.Parts) != columns {
		t.Fatalf("an explanation on the scale %q with %d totals for %d rows, %d parts for %d columns", ex.Scale, len(ex.Total), len(scores), len(ex.Parts), columns)
	}
	for j := range ex.Parts {
		if len(ex.Parts[j]) != len(scores) {
			t.Fatalf("column %d has %d parts for %d rows", j, len(ex.Parts[j]), len(scores))
		}
	}
	for i, total := range ex.Total {
		sum, size := ex.Base, math.Abs(ex.Base)
		for j := range ex.Parts {
			sum += ex.Parts[j][i]
			size += math.Abs(ex.Parts[j][i])
		}
		if !(math.Abs(sum-total) <= 1e-9*max(size, 1e-300)) {
			t.Errorf("row %d: base and parts add up to %v, the total is %v", i+1, sum, total)
			return
		}
	}
	order := byScore(scores)
	for at := 1; at < len(order); at++ {
		a, b := order[at-1], order[at]
		apart := scores[b]-scores[a] > 1e-9*math.Abs(scores[b])
		if slack := 1e-9 * max(1, math.Abs(ex.Total[a])); apart && ex.Total[b] < ex.Total[a]-slack {
			t.Errorf("rows %d and %d have the scores %v and %v, but the totals %v and %v", a+1, b+1, scores[a], scores[b], ex.Total[a], ex.Total[b])
			return
		}
	}
}

func ranks(t TB, s *subject) {
	for _, classes := range []int{2, 3} {
		x, y := s.make(Problem{Classes: classes, Seed: 41})
		r, ok := s.fit(t, x, y).(learn.Ranker)
		if !ok {
			return
		}
		measure, shares := r.Importance()
		if measure == "" {
			t.Errorf("the measure of importance has no name")
		}
		if len(shares) != len(x.Columns) {
			t.Fatalf("%d shares for %d columns", len(shares), len(x.Columns))
		}
		var sum float64
		for j, share := range shares {
			if !(share >= 0) {
				t.Errorf("column %q has the share %v", x.Columns[j].Name, share)
			}
			sum += share
		}
		if !(math.Abs(sum-1) <= 1e-9) {
			t.Errorf("shares add up to %v, want 1", sum)
		}
	}
}

func tuned(t TB, s *subject) {
	spec, ok := s.spec.(learn.Tuned)
	if !ok {
		return
	}
	space := spec.Space()
	if len(space) == 0 {
		t.Errorf("the search space has no dimension")
	}
	x, y := s.make(Problem{Rows: 80, Distance: separable, Seed: 42})
	for _, d := range space {
		values := d.Choices
		if len(values) == 0 {
			if !(d.Low < d.High) || d.Log && !(d.Low > 0) || d.Whole && (d.Low != math.Trunc(d.Low) || d.High != math.Trunc(d.High)) {
				t.Errorf("setting %q is to be sought from %v to %v, which is no range", d.Name, d.Low, d.High)
			}
			values = []any{d.Low, d.High}
			if d.Whole {
				values = []any{int64(d.Low), int64(d.High)}
			}
		}
		for _, v := range values {
			other, err := with(s.spec, d.Name, v)
			if err != nil {
				t.Errorf("setting %q to %v: %v", d.Name, v, err)
				continue
			}
			if _, err := other.Fit(context.Background(), x, y, learn.Run{Seed: 1}); err != nil {
				t.Errorf("with %s = %v, Fit returns %v", d.Name, v, err)
			}
		}
	}
}

func cheaper(t TB, s *subject) {
	spec, ok := s.spec.(learn.Resource)
	if !ok {
		return
	}
	x, y := s.make(Problem{Seed: 43})
	for _, fraction := range []float64{0.001, 0.1, 0.5, 1} {
		c := spec.Cheaper(fraction)
		if c.Kind() != s.spec.Kind() {
			t.Errorf("at %g of the cost it is of kind %q", fraction, c.Kind())
		}
		m := fitWith(t, c, x, y, learn.Run{Seed: 1})
		s.output(t, m, x)
		if fraction == 1 && string(text(t, m)) != string(text(t, fitWith(t, s.spec, x, y, learn.Run{Seed: 1}))) {
			t.Errorf("at the full cost the model is another")
		}
	}
	if string(text(t, s.spec)) != string(s.settings) {
		t.Errorf("Cheaper changed the settings")
	}
}
