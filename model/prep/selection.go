package prep

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
)

// Select keeps the columns that by themselves tell most about the class. Each row
// counts once, whatever it weighs, but those of weight 0, which do not count.
type Select struct {
	Columns []string `json:"columns,omitempty"` // to choose among; the others stay; none: all
	// By is how columns are judged:
	//
	// "effect" (default): numbers by the rank-biserial correlation |2·AUC − 1| of a
	// class against all others, of the class that has the largest; levels by
	// Cramér's V with classes, corrected for its bias. Rows that lack the number do
	// not count, a missing level is a level.
	//
	// "mi": the mutual information with the class in bits, corrected for its bias,
	// of numbers in quantile bins, with missing as one more.
	By    string   `json:"by,omitempty"`
	Bins  int      `json:"bins,omitempty"`  // of numbers, for "mi"; 0: 20
	Top   int      `json:"top,omitempty"`   // columns to keep; 0: all that reach Least, or 20 if that is not set either
	Least *float64 `json:"least,omitempty"` // value that a column must reach; nil: any
}

// Kind is "select".
func (Select) Kind() string { return "select" }

// Fit judges the columns. Columns of one value have the value 0; those of equal
// value are kept in their order. The error wraps ErrSetting, also where no column
// reaches Least, and ErrTarget, ErrTooFew and ErrOneClass.
func (s Select) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Transform, *learn.Matrix, error) {
	if err := s.settle(); err != nil {
		return nil, nil, err
	}
	rows, places, err := beginAny(x, &y, s.Columns)
	if err != nil {
		return nil, nil, err
	}
	if err := twoClasses(&y, x.Rows); err != nil {
		return nil, nil, err
	}
	j := newJudge(rows, &y, s.Bins)
	ranking := make([]Ranked, len(places))
	err = parallel.Each(ctx, len(places), r.Workers, func(p int) error {
		value, err := j.value(int(places[p]), s.By)
		ranking[p] = Ranked{Name: x.Columns[places[p]].Name, Value: value}
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	slices.SortStableFunc(ranking, func(a, b Ranked) int { return cmp.Compare(b.Value, a.Value) })
	out := make(map[string]bool)
	for i := range ranking {
		k := &ranking[i]
		k.Kept = (s.Top == 0 || i < s.Top) && (s.Least == nil || k.Value >= *s.Least)
		out[k.Name] = !k.Kept
	}
	t := &Selection{Layout: Layout{In: x.Columns}, By: s.By, Ranking: ranking}
	t.keep(func(at int) bool { return !out[x.Columns[at].Name] })
	if len(t.Out) == 0 {
		return nil, nil, fmt.Errorf("least %v: %w: the best column, %q, has %.3g, and none would be left", *s.Least, learn.ErrSetting, ranking[0].Name, ranking[0].Value)
	}
	if err := t.settle(); err != nil {
		return nil, nil, err
	}
	return finish(ctx, t, x, &r)
}

// settle checks settings and fills defaults in.
func (s *Select) settle() error {
	const bins, top, mostBins = 20, 20, 1 << 16
	if s.By == "" {
		s.By = "effect"
	}
	if s.Bins == 0 {
		s.Bins = bins
	}
	if s.Top == 0 && s.Least == nil {
		s.Top = top
	}
	if err := oneOf("by", s.By, "effect", "mi"); err != nil {
		return err
	}
	if s.Bins < 2 || s.Bins > mostBins {
		return fmt.Errorf("bins %d: %w; want 2 to %d", s.Bins, learn.ErrSetting, mostBins)
	}
	if s.Top < 0 {
		return fmt.Errorf("top %d: %w; want a number of columns", s.Top, learn.ErrSetting)
	}
	if s.Least != nil {
		return finiteSetting("least", *s.Least)
	}
	return nil
}

// A Selection is what Select makes.
type Selection struct {
	Layout
	By      string   `json:"by"`
	Ranking []Ranked `json:"ranking,omitempty"` // the columns that were judged, best first
}

// Ranked is what Select found of a column.
type Ranked struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Kept  bool    `json:"kept,omitempty"`
}

// Kind is "select".
func (t *Selection) Kind() string { return "select" }

// Dropped names the columns that are left out, in their order in the input.
func (t *Selection) Dropped() []string { return t.dropped() }

// Check returns an error that wraps learn.ErrBroken unless the transform is whole.
func (t *Selection) Check() error {
	if err := t.checkSubset(t.Kind()); err != nil {
		return err
	}
	dropped := t.dropped()
	for _, k := range t.Ranking {
		known := slices.ContainsFunc(t.In, func(c learn.Column) bool { return c.Name == k.Name })
		if !known || k.Kept == slices.Contains(dropped, k.Name) || k.Value-k.Value != 0 {
			return learn.Broken(t.Kind(), "column %q with %v is not as the columns have it", k.Name, k.Value)
		}
	}
	return nil
}

// Apply returns the columns that are kept, with shared cells.
func (t *Selection) Apply(x *learn.Matrix) (*learn.Matrix, error) {
	return t.apply(context.Background(), x, 0)
}

func (t *Selection) apply(ctx context.Context, x *learn.Matrix, _ int) (*learn.Matrix, error) {
	x, err := x.Bind(t.In)
	if err != nil {
		return nil, err
	}
	return t.gather(x), context.Cause(ctx)
}
