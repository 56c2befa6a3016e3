package modeltest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/netanom/netanom/model/learn"
)

func names(t TB, s *subject) {
	x, y := s.make(Problem{Classes: 3, Seed: 20})
	m := s.fit(t, x, y)
	want := s.output(t, m, x)
	mixed := &learn.Matrix{Rows: x.Rows}
	for j := len(x.Columns) - 1; j >= 0; j-- {
		mixed.Columns = append(mixed.Columns, x.Columns[j], learn.Column{Name: fmt.Sprintf("other%d", j)})
		mixed.Numbers = append(mixed.Numbers, x.Numbers[j], make([]float64, x.Rows))
		mixed.Codes = append(mixed.Codes, x.Codes[j], nil)
	}
	if !s.output(t, m, mixed).same(want) {
		t.Errorf("columns in another order, with others between them, give other scores")
	}
}

func rowByRow(t TB, s *subject) {
	x, y := s.make(Problem{Classes: 3, Gaps: s.Missing, Seed: 21})
	m := s.fit(t, x, y)
	want := s.output(t, m, x)
	k := 0
	if want.probabilities != nil {
		k = len(want.probabilities) / x.Rows
	}
	part := func(from, to int) {
		got := s.output(t, m, x.Slice(from, to))
		if !got.same(output{want.scores[from:to], want.probabilities[from*k : to*k]}) {
			t.Errorf("rows %d to %d do not score as among all rows", from+1, to)
		}
	}
	for i := range x.Rows {
		part(i, i+1)
	}
	for _, size := range []int{3, 7, 64, 129} {
		for from := 0; from < x.Rows; from += size {
			part(from, min(from+size, x.Rows))
		}
	}
	if out, err := outputOf(m, x.Slice(0, 0)); err != nil || len(out.scores) != 0 {
		t.Errorf("scoring no rows: %v", err)
	}
}

func stored(t TB, s *subject) {
	if s.New().Check() == nil {
		t.Errorf("Check of an empty model returns no error")
	}
	if err := s.New().Check(); err != nil && !errors.Is(err, learn.ErrBroken) {
		t.Errorf("Check of an empty model returns %q, which does not wrap ErrBroken", err)
	}
	for _, classes := range []int{2, 3} {
		x, y := s.make(Problem{Classes: classes, Gaps: s.Missing, Weights: true, Seed: 22})
		m := s.fit(t, x, y)
		raw := text(t, m)
		again := s.read(t, raw)
		if !s.output(t, again, x).same(s.output(t, m, x)) {
			t.Errorf("%d classes: a model that was stored and read back scores otherwise", classes)
		}
		if string(text(t, again)) != string(raw) {
			t.Errorf("%d classes: a model that was read back is stored otherwise", classes)
		}
		if again.Kind() != m.Kind() || fmt.Sprint(again.Inputs()) != fmt.Sprint(m.Inputs()) {
			t.Errorf("%d classes: a model that was read back has kind %q and inputs %v", classes, again.Kind(), again.Inputs())
		}
	}
}

func probabilities(t TB, s *subject) {
	for _, classes := range []int{2, 3, 5} {
		x, y := s.make(Problem{Classes: classes, Distance: separable, Seed: 23})
		m := s.fit(t, x, y)
		if c, ok := m.(learn.Classifier); ok {
			sums(t, s.output(t, m, x), len(c.Classes()))
		}
	}
}

// sums checks that probabilities are some, and that scores are made of them.
func sums(t TB, o output, k int) {
	t.Helper()
	for i, score := range o.scores {
		var all, attack float64
		for class, p := range o.probabilities[i*k : (i+1)*k] {
			if !(p >= 0 && p <= 1) {
				t.Errorf("row %d: the probability of class %d is %v", i+1, class, p)
				return
			}
			all += p
			if class > 0 {
				attack += p
			}
		}
		if !(math.Abs(all-1) <= 1e-12) {
			t.Errorf("row %d: probabilities add up to 1 %+g", i+1, all-1)
			return
		}
		if !(score >= 0 && score <= 1 && math.Abs(attack-score) <= 1e-12) {
			t.Errorf("row %d has the score %v, and attacks together the probability %v", i+1, score, attack)
			return
		}
	}
}

func missing(t TB, s *subject) {
	x, y := s.make(Problem{Seed: 24})
	whole := s.fit(t, x, y)
	gaps := cloneMatrix(x)
	gaps.Numbers[2][4] = math.NaN()
	if !s.Missing {
		err := s.refuse(t, "a missing number", gaps, y, learn.ErrMissing)
		if err != nil && !strings.Contains(err.Error(), x.Columns[2].Name) {
			t.Errorf("Fit: %q does not name the column in which a number is missing", err)
		}
		_, err = outputOf(whole, gaps)
		if !errors.Is(err, learn.ErrMissing) || !strings.Contains(err.Error(), x.Columns[2].Name) {
			t.Errorf("scoring a missing number: %v, want an error that wraps ErrMissing and names the column", err)
		}
		return
	}
	all := cloneMatrix(x) // nothing is known of its rows
	for j := range all.Columns {
		for i := range all.Numbers[j] {
			all.Numbers[j][i] = math.NaN()
		}
		for i := range all.Codes[j] {
			all.Codes[j][i] = learn.NoLevel
		}
	}
	some, z := s.make(Problem{Gaps: true, Seed: 25})
	for _, m := range []learn.Model{whole, s.fit(t, some, z)} {
		s.output(t, m, gaps)
		s.output(t, m, some)
		s.output(t, m, all)
	}
	for i := range x.Rows { // a column without a number
		gaps.Numbers[2][i] = math.NaN()
	}
	m := s.fit(t, gaps, y)
	s.output(t, m, gaps)
	s.output(t, m, x)
}

func extremes(t TB, s *subject) {
	x, y := s.make(Problem{Seed: 26})
	m := s.fit(t, x, y)
	for _, v := range []float64{math.Inf(1), math.Inf(-1), 1e300, -1e300, math.MaxFloat64} {
		far := cloneMatrix(x)
		for i := range 4 {
			far.Numbers[i%3][5+i] = v
		}
		if math.IsInf(v, 0) {
			s.refuse(t, fmt.Sprint("a number that is ", v), far, y, nil)
		} else if other, err := s.spec.Fit(context.Background(), far, y, learn.Run{Seed: 1}); err == nil {
			s.finiteOrError(t, other, far, v)
		}
		s.finiteOrError(t, m, far, v)
	}
}

// finiteOrError scores rows with an extreme value: an error will do, but no NaN.
func (s *subject) finiteOrError(t TB, m learn.Model, x *learn.Matrix, v float64) {
	t.Helper()
	out, err := outputOf(m, x)
	if err != nil {
		return
	}
	if i := slices.IndexFunc(slices.Concat(out.scores, out.probabilities), math.IsNaN); i >= 0 {
		t.Errorf("a row with %v has the score NaN", v)
	}
}

func scales(t TB, s *subject) {
	p := s.problem(Problem{Seed: 27})
	p.Scaled = false
	x, y := p.Make()
	m, err := s.spec.Fit(context.Background(), x, y, learn.Run{Seed: 1})
	if err == nil {
		s.output(t, m, x)
	}
}

func levels(t TB, s *subject) {
	if s.NumbersOnly {
		return
	}
	x, y := s.make(Problem{Classes: 3, Seed: 28})
	m := s.fit(t, x, y)
	for _, code := range []int32{learn.NoLevel, 2, codeRare} { // 2 does not occur
		odd := cloneMatrix(x)
		for i := range odd.Rows {
			odd.Codes[4][i] = code
		}
		s.output(t, m, odd)
		s.output(t, s.fit(t, odd, y), x)
	}
	lone := cloneMatrix(x) // a column of one level
	lone.Columns[5].Levels = []string{"SF"}
	clear(lone.Codes[5])
	s.output(t, s.fit(t, lone, y), lone)
	lone.Columns[5].Levels = []string{} // and one without any
	for i := range lone.Codes[5] {
		lone.Codes[5][i] = learn.NoLevel
	}
	s.output(t, s.fit(t, lone, y), lone)
}

func otherColumns(t TB, s *subject) {
	x, y := s.make(Problem{Seed: 29})
	m := s.fit(t, x, y)
	refuse := func(what string, z *learn.Matrix) {
		_, err := outputOf(m, z)
		if err == nil {
			t.Errorf("scoring %s returns no error", what)
		}
	}
	less := &learn.Matrix{Columns: x.Columns[1:], Rows: x.Rows, Numbers: x.Numbers[1:], Codes: x.Codes[1:]}
	if _, err := outputOf(m, less); err == nil || !strings.Contains(err.Error(), x.Columns[0].Name) {
		t.Errorf("scoring without a column: %v, want an error that names it", err)
	}
	coded := cloneMatrix(x)
	coded.Columns[0].Levels, coded.Numbers[0], coded.Codes[0] = []string{"a"}, nil, make([]int32, x.Rows)
	refuse("levels where numbers were", coded)
	if !s.NumbersOnly {
		swapped := cloneMatrix(x)
		slices.Reverse(swapped.Columns[4].Levels)
		refuse("other levels", swapped)
	}
}

func concurrent(t TB, s *subject) {
	x, y := s.make(Problem{Classes: 3, Seed: 30})
	m := s.read(t, text(t, s.fit(t, x, y)))
	want := s.output(t, s.fit(t, x, y), x)
	faults := make([]string, 8)
	var wg sync.WaitGroup
	for g := range faults {
		wg.Go(func() {
			err := guarded(func() error {
				got, err := outputOf(m, x)
				if err == nil && !got.same(want) {
					faults[g] = "other scores"
				}
				if e, ok := m.(learn.Explainer); ok {
					e.Explain(x.Slice(0, 10))
				}
				return err
			})
			if err != nil {
				faults[g] = err.Error()
			}
		})
	}
	wg.Wait()
	for _, f := range faults {
		if f != "" {
			t.Errorf("scoring from 8 goroutines: %s", f)
			return
		}
	}
}

func findsAttacks(t TB, s *subject) {
	p := s.problem(Problem{Distance: separable, Rows: 2 * s.Rows, Seed: 31})
	x, y := p.Make()
	m := s.fit(t, x, y)
	p.Seed, p.Unlabelled = 32, false
	fresh, truth := p.Make()
	if auc := AUC(s.output(t, m, fresh).scores, truth.Y); !(auc > s.AUC) {
		t.Errorf("the AUC on attacks that are easy to tell is %.4f, want more than %g", auc, s.AUC)
	}
}

// byScore returns the rows in the order of their scores.
func byScore(scores []float64) []int {
	order := make([]int, len(scores))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(scores[a], scores[b]) })
	return order
}
