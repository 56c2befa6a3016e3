package modeltest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"slices"

	"github.com/netanom/netanom/model/learn"
)

var errPanicked = errors.New("it panicked")

// A subject is the learner under test.
type subject struct {
	spec     learn.Spec
	settings []byte // the spec before any fit, stored
	Options
}

// problem is a problem that the learner can be given.
func (s *subject) problem(p Problem) Problem {
	if p.Rows == 0 {
		p.Rows = s.Rows
	}
	p.NumbersOnly, p.Scaled = s.NumbersOnly, s.Scaled
	if !s.Labels {
		p.Unlabelled = true
		if p.Attacks == 0 {
			p.Attacks = 0.05
		}
	}
	return p
}

// make makes a problem that the learner can be given.
func (s *subject) make(p Problem) (*learn.Matrix, learn.Target) { return s.problem(p).Make() }

// fit fits, and ends the check if that fails.
func (s *subject) fit(t TB, x *learn.Matrix, y learn.Target) learn.Model {
	t.Helper()
	return fitWith(t, s.spec, x, y, learn.Run{Seed: 1, Workers: 2})
}

func fitWith(t TB, spec learn.Spec, x *learn.Matrix, y learn.Target, r learn.Run) learn.Model {
	t.Helper()
	m, err := spec.Fit(context.Background(), x, y, r)
	if err != nil {
		t.Fatalf("Fit: %v", err)
	}
	if isNil(m) {
		t.Fatalf("Fit returns neither a model nor an error")
	}
	if err := m.Check(); err != nil {
		t.Fatalf("Check of a model that was just fitted: %v", err)
	}
	return m
}

// refuse fits data that must be refused with the given cause, if there is one.
func (s *subject) refuse(t TB, what string, x *learn.Matrix, y learn.Target, cause error) error {
	t.Helper()
	err := guarded(func() error {
		_, err := s.spec.Fit(context.Background(), x, y, learn.Run{Seed: 1, Workers: 2})
		return err
	})
	switch {
	case err == nil:
		t.Errorf("%s: Fit returns no error", what)
	case errors.Is(err, errPanicked):
		t.Errorf("%s: Fit: %v", what, err)
	case cause != nil && !errors.Is(err, cause):
		t.Errorf("%s: Fit returns %q, which does not wrap %q", what, err, cause)
	}
	return err
}

// output is all that a model says about rows: scores, and probabilities if it is a
// classifier.
type output struct{ scores, probabilities []float64 }

// output of the model for x. Nothing may be NaN.
func outputOf(m learn.Model, x *learn.Matrix) (output, error) {
	out := output{scores: nans(x.Rows)}
	if err := m.Score(out.scores, x); err != nil {
		return out, err
	}
	if c, ok := m.(learn.Classifier); ok {
		out.probabilities = nans(x.Rows * len(c.Classes()))
		if err := c.Probabilities(out.probabilities, x); err != nil {
			return out, err
		}
	}
	return out, nil
}

// output ends the check if scoring fails, and notes it if a score is not finite.
func (s *subject) output(t TB, m learn.Model, x *learn.Matrix) output {
	t.Helper()
	out, err := outputOf(m, x)
	if err != nil {
		t.Fatalf("scoring %d rows: %v", x.Rows, err)
	}
	if i := slices.IndexFunc(out.scores, notFinite); i >= 0 {
		t.Errorf("row %d has the score %v", i+1, out.scores[i])
	}
	if i := slices.IndexFunc(out.probabilities, notFinite); i >= 0 {
		t.Errorf("probability %d is %v", i+1, out.probabilities[i])
	}
	return out
}

// same reports whether two outputs agree to the last bit.
func (o output) same(p output) bool {
	return sameBits(o.scores, p.scores) && sameBits(o.probabilities, p.probabilities)
}

// apart returns the largest difference of two outputs.
func (o output) apart(p output) float64 {
	d := 0.0
	for _, pair := range [][2][]float64{{o.scores, p.scores}, {o.probabilities, p.probabilities}} {
		if len(pair[0]) != len(pair[1]) {
			return math.Inf(1)
		}
		for i, v := range pair[0] {
			d = max(d, math.Abs(v-pair[1][i])/max(1, math.Abs(v)))
		}
	}
	return d
}

func notFinite(v float64) bool { return v-v != 0 }

func nans(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = math.NaN()
	}
	return out
}

func sameBits(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(v, w float64) bool { return math.Float64bits(v) == math.Float64bits(w) })
}

// text is the stored form of a model or a spec.
func text(t TB, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatalf("json.Marshal of %T: %v", v, err)
	}
	return raw
}

// read reads a stored model.
func (s *subject) read(t TB, raw []byte) learn.Model {
	t.Helper()
	m := s.New()
	if err := json.Unmarshal(raw, m); err != nil {
		t.Fatalf("json.Unmarshal of a stored model: %v", err)
	}
	if err := m.Check(); err != nil {
		t.Fatalf("Check of a stored model: %v", err)
	}
	return m
}

// with returns a copy of the spec in which one setting has another value, set as
// JSON sets it.
func with(spec learn.Spec, name string, value any) (learn.Spec, error) {
	typ := reflect.TypeOf(spec)
	pointer := typ.Kind() == reflect.Pointer
	if pointer {
		typ = typ.Elem()
	}
	fresh := reflect.New(typ)
	raw, err := json.Marshal(spec)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(raw, fresh.Interface()); err != nil {
		return nil, err
	}
	if raw, err = json.Marshal(map[string]any{name: value}); err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(fresh.Interface()); err != nil {
		return nil, err
	}
	if !pointer {
		fresh = fresh.Elem()
	}
	return fresh.Interface().(learn.Spec), nil
}

func isNil(m any) bool {
	if m == nil {
		return true
	}
	v := reflect.ValueOf(m)
	return v.Kind() == reflect.Pointer && v.IsNil()
}

// cloneMatrix copies a matrix, cells included.
func cloneMatrix(x *learn.Matrix) *learn.Matrix {
	out := &learn.Matrix{Columns: slices.Clone(x.Columns), Rows: x.Rows}
	for j := range x.Columns {
		out.Columns[j].Levels = slices.Clone(x.Columns[j].Levels)
		out.Numbers = append(out.Numbers, slices.Clone(x.Numbers[j]))
		out.Codes = append(out.Codes, slices.Clone(x.Codes[j]))
	}
	return out
}

// cloneTarget copies a target.
func cloneTarget(y learn.Target) learn.Target {
	return learn.Target{Classes: slices.Clone(y.Classes), Y: slices.Clone(y.Y), Weights: slices.Clone(y.Weights)}
}

// sameMatrix reports whether two matrices agree to the last bit.
func sameMatrix(a, b *learn.Matrix) bool {
	return a.Rows == b.Rows && reflect.DeepEqual(a.Columns, b.Columns) &&
		slices.EqualFunc(a.Numbers, b.Numbers, sameBits) && slices.EqualFunc(a.Codes, b.Codes, slices.Equal[[]int32])
}
