package modeltest

import (
	"bytes"
	"context"
	"errors"
	"math"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/netanom/netanom/model/learn"
)

func describes(t TB, s *subject) {
	x, y := s.make(Problem{Seed: 1})
	m := s.fit(t, x, y)
	if s.spec.Kind() == "" || m.Kind() != s.spec.Kind() {
		t.Errorf("the model is of kind %q, its settings of kind %q", m.Kind(), s.spec.Kind())
	}
	if !reflect.DeepEqual(m.Inputs(), x.Columns) {
		t.Errorf("Inputs are %v, want the columns it was fitted to", m.Inputs())
	}
	if c, ok := m.(learn.Classifier); ok && s.Labels && !slices.Equal(c.Classes(), y.Classes) {
		t.Errorf("Classes are %q, want %q", c.Classes(), y.Classes)
	}
	if e := s.New(); e.Kind() != s.spec.Kind() {
		t.Errorf("an empty model is of kind %q, want %q", e.Kind(), s.spec.Kind())
	}
}

func deterministic(t TB, s *subject) {
	for _, classes := range []int{2, 3} {
		x, y := s.make(Problem{Rows: s.Large, Classes: classes, Weights: true, Seed: 2})
		first := text(t, fitWith(t, s.spec, x, y, learn.Run{Seed: 7, Workers: 1}))
		for _, workers := range []int{2, 3, 0} {
			if got := text(t, fitWith(t, s.spec, x, y, learn.Run{Seed: 7, Workers: workers})); !bytes.Equal(got, first) {
				t.Errorf("%d classes: with %d workers the model differs from that of 1 worker", classes, workers)
			}
		}
		if !bytes.Equal(s.alone(t, x, y), first) {
			t.Errorf("%d classes: at GOMAXPROCS 1 the model differs", classes)
		}
	}
}

// alone is the stored form of what a fit at GOMAXPROCS 1 makes.
func (s *subject) alone(t TB, x *learn.Matrix, y learn.Target) []byte {
	t.Helper()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	return text(t, fitWith(t, s.spec, x, y, learn.Run{Seed: 7, Workers: 2}))
}

func refits(t TB, s *subject) {
	x, y := s.make(Problem{Seed: 3})
	other, z := s.make(Problem{Rows: s.Rows / 2, Classes: 3, Seed: 4})
	first := text(t, s.fit(t, x, y))
	s.fit(t, other, z)
	if !bytes.Equal(text(t, s.fit(t, x, y)), first) {
		t.Errorf("after a fit to other data, a fit to the first gives another model than before")
	}
}

func changesNothing(t TB, s *subject) {
	x, y := s.make(Problem{Weights: true, Gaps: s.Missing, Seed: 5})
	xCopy, yCopy := cloneMatrix(x), cloneTarget(y)
	m := s.fit(t, x, y)
	stored := text(t, m)
	s.output(t, m, x)
	if e, ok := m.(learn.Explainer); ok {
		if _, err := e.Explain(x); err != nil {
			t.Errorf("Explain: %v", err)
		}
	}
	if !sameMatrix(x, xCopy) {
		t.Errorf("the matrix was changed")
	}
	if !reflect.DeepEqual(y, yCopy) {
		t.Errorf("the target was changed")
	}
	if !bytes.Equal(text(t, s.spec), s.settings) {
		t.Errorf("the settings were changed by a fit")
	}
	if !bytes.Equal(text(t, m), stored) {
		t.Errorf("the model was changed by scoring")
	}
}

func absentClass(t TB, s *subject) {
	if !s.Labels {
		return
	}
	x, y := s.make(Problem{Seed: 6})
	y.Classes = []string{"normal", "absent", "dos"}
	for i := range y.Y {
		y.Y[i] *= 2
	}
	m := s.fit(t, x, y)
	out := s.output(t, m, x)
	if out.probabilities != nil {
		sums(t, out, 3)
	}
}

func refusals(t TB, s *subject) {
	x, y := s.make(Problem{Seed: 7})
	rows := func(places ...int) (*learn.Matrix, learn.Target) { return x.Take(places), y.Take(places) }
	none, noneY := rows()
	s.refuse(t, "no rows", none, noneY, learn.ErrTooFew)
	one, oneY := rows(0)
	s.refuse(t, "one row", one, oneY, learn.ErrTooFew)
	same, sameY := rows(0, 0, 0, 0, 0, 0)
	if s.Labels {
		sameY.Y[5] = 1
	}
	s.refuse(t, "rows that are all the same", same, sameY, learn.ErrConstant)
	bare := &learn.Matrix{Rows: x.Rows}
	s.refuse(t, "no columns", bare, y, learn.ErrConstant)
	twice := cloneMatrix(x)
	twice.Columns[1].Name = twice.Columns[0].Name
	s.refuse(t, "two columns of one name", twice, y, nil)
	if !s.NumbersOnly {
		wild := cloneMatrix(x)
		wild.Codes[4][3] = int32(len(services))
		s.refuse(t, "a code beyond the levels", wild, y, nil)
	}
	if !s.Labels {
		return
	}
	s.refuse(t, "no labels", x, learn.Target{}, learn.ErrTarget)
	z := cloneTarget(y)
	clear(z.Y)
	s.refuse(t, "one class", x, z, learn.ErrOneClass)
	z.Y[3] = 2
	s.refuse(t, "a class beyond the last", x, z, learn.ErrTarget)
	z.Y[3] = -1
	s.refuse(t, "a class below the first", x, z, learn.ErrTarget)
	z.Y = z.Y[:5]
	s.refuse(t, "classes of other rows", x, z, learn.ErrTarget)
	z = cloneTarget(y)
	z.Weights = make([]float64, x.Rows)
	for i := range z.Weights {
		z.Weights[i] = float64(1 - z.Y[i])
	}
	s.refuse(t, "attacks that weigh nothing", x, z, learn.ErrOneClass)
}

func badWeights(t TB, s *subject) {
	x, y := s.make(Problem{Weights: true, Seed: 8})
	for what, w := range map[string]float64{"a negative weight": -1, "a weight of NaN": math.NaN(), "an infinite weight": math.Inf(1)} {
		z := cloneTarget(y)
		z.Weights[7] = w
		s.refuse(t, what, x, z, learn.ErrTarget)
	}
	z := cloneTarget(y)
	clear(z.Weights)
	s.refuse(t, "weights that are all 0", x, z, learn.ErrTarget)
	z.Weights = z.Weights[:9]
	s.refuse(t, "weights of other rows", x, z, learn.ErrTarget)
}

func unitWeights(t TB, s *subject) {
	x, y := s.make(Problem{Classes: 3, Seed: 9})
	a := s.output(t, s.fit(t, x, y), x)
	y.Weights = slices.Repeat([]float64{1}, x.Rows)
	if d := a.apart(s.output(t, s.fit(t, x, y), x)); !(d <= s.Tolerance) {
		t.Errorf("scores of fits without weights and with weights of 1 differ by %g", d)
	}
}

func zeroWeights(t TB, s *subject) {
	if !s.ZeroWeights {
		return
	}
	x, y := s.make(Problem{Seed: 10})
	other := s.problem(Problem{Rows: s.Rows / 4, Seed: 11})
	other.Distance = -3 // unlike the others, and of the other class
	junk, junkY := other.Make()
	joined, joinedY := stack(x, y, junk, junkY)
	joinedY.Weights = slices.Concat(slices.Repeat([]float64{1}, x.Rows), make([]float64, junk.Rows))
	y.Weights = joinedY.Weights[:x.Rows]
	a := s.output(t, s.fit(t, x, y), x)
	if d := a.apart(s.output(t, s.fit(t, joined, joinedY), x)); !(d <= s.Tolerance) {
		t.Errorf("rows that weigh nothing change scores by %g", d)
	}
}

func copies(t TB, s *subject) {
	if !s.Copies {
		return
	}
	x, y := s.make(Problem{Classes: 3, Seed: 12})
	half := x.Rows / 2
	var front []int
	for i := range half {
		front = append(front, i)
	}
	joined, joinedY := stack(x, y, x.Take(front), y.Take(front))
	heavy := cloneTarget(y)
	heavy.Weights = slices.Concat(slices.Repeat([]float64{2}, half), slices.Repeat([]float64{1}, x.Rows-half))
	a := s.output(t, s.fit(t, x, heavy), x)
	if d := a.apart(s.output(t, s.fit(t, joined, joinedY), x)); !(d <= s.Tolerance) {
		t.Errorf("scores of fits to rows twice and to rows that weigh 2 differ by %g", d)
	}
}

// stack puts the rows of two matrices of the same columns below each other.
func stack(a *learn.Matrix, ya learn.Target, b *learn.Matrix, yb learn.Target) (*learn.Matrix, learn.Target) {
	out := &learn.Matrix{Columns: a.Columns, Rows: a.Rows + b.Rows}
	for j := range a.Columns {
		out.Numbers = append(out.Numbers, append(slices.Clone(a.Numbers[j]), b.Numbers[j]...))
		out.Codes = append(out.Codes, append(slices.Clone(a.Codes[j]), b.Codes[j]...))
	}
	return out, learn.Target{Classes: ya.Classes, Y: append(slices.Clone(ya.Y), yb.Y...)}
}

// soon is how long a fit may go on after it was told to stop. It is generous, for
// busy machines and the race detector.
const soon = 5 * time.Second

func cancelled(t TB, s *subject) {
	x, y := s.make(Problem{Rows: s.Large, Seed: 13})
	stop := errors.New("told to stop")
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(stop)
	if m, err := s.spec.Fit(ctx, x, y, learn.Run{Seed: 1}); !errors.Is(err, stop) || !isNil(m) {
		t.Errorf("with a context that has ended, Fit returns %v and the error %v, want no model and the cause", m, err)
	}
	ctx, cancel = context.WithCancelCause(context.Background())
	var at atomic.Int64
	halfway := func(done, total int) {
		if done < total && at.CompareAndSwap(0, time.Now().UnixNano()) {
			cancel(stop)
		}
	}
	_, err := s.spec.Fit(ctx, x, y, learn.Run{Seed: 1, Progress: halfway})
	if err != nil && !errors.Is(err, stop) {
		t.Errorf("stopped on the way, Fit returns %v, want the cause", err)
	}
	if from := at.Load(); from != 0 && time.Since(time.Unix(0, from)) > soon {
		t.Errorf("Fit went on for %v after it was told to stop", time.Since(time.Unix(0, from)))
	}
	cancel(nil)
}

func progress(t TB, s *subject) {
	x, y := s.make(Problem{Rows: s.Large, Classes: 3, Seed: 14})
	var inside atomic.Int32
	var faults []string // written by one goroutine at a time, or else a fault and a race
	note := func(done, total int) {
		if inside.Add(1) != 1 {
			t.Errorf("Progress is called from two goroutines at a time")
		}
		runtime.Gosched()
		if done < 0 || done > total || total < 1 {
			faults = append(faults, "out of range")
		}
		inside.Add(-1)
	}
	fitWith(t, s.spec, x, y, learn.Run{Seed: 1, Workers: 3, Progress: note})
	if len(faults) > 0 {
		t.Errorf("Progress was called with done > total, or a total below 1: %s", strings.Join(slices.Compact(faults), ", "))
	}
}
