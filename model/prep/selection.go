package prep

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/linear"
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
	//
	// "l1": the share of a column in the weights of a logistic regression with an L1
	// penalty on all of them together, standardised and with gaps filled, which lets go of
	// columns that others stand in for. Weights of rows count, and columns without any
	// weight are never kept.
	By    string   `json:"by,omitempty"`
	Bins  int      `json:"bins,omitempty"`  // of numbers, for "mi"; 0: 20
	C     float64  `json:"c,omitempty"`     // for "l1": smaller keeps fewer; 0: 0.01
	Top   int      `json:"top,omitempty"`   // columns to keep; 0: all that reach Least, or, but for "l1", 20 if that is not set either
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
	ranking, err := s.judge(ctx, rows, y, places, r)
	if err != nil {
		return nil, nil, err
	}
	slices.SortStableFunc(ranking, func(a, b Ranked) int { return cmp.Compare(b.Value, a.Value) })
	out := make(map[string]bool)
	for i := range ranking {
		k := &ranking[i]
		k.Kept = (s.Top == 0 || i < s.Top) && (s.Least == nil || k.Value >= *s.Least) && (s.By != "l1" || k.Value > 0)
		out[k.Name] = !k.Kept
	}
	t := &Selection{Layout: Layout{In: x.Columns}, By: s.By, Ranking: ranking}
	t.keep(func(at int) bool { return !out[x.Columns[at].Name] })
	if len(t.Out) == 0 && s.Least == nil {
		return nil, nil, fmt.Errorf("c %v: %w: no column keeps a weight, and none would be left", s.C, learn.ErrSetting)
	}
	if len(t.Out) == 0 {
		return nil, nil, fmt.Errorf("least %v: %w: the best column, %q, has %.3g, and none would be left", *s.Least, learn.ErrSetting, ranking[0].Name, ranking[0].Value)
	}
	if err := t.settle(); err != nil {
		return nil, nil, err
	}
	return finish(ctx, t, x, &r)
}

// judge returns the value of each column, in their order.
func (s *Select) judge(ctx context.Context, rows *training, y learn.Target, places []int32, r learn.Run) ([]Ranked, error) {
	ranking := make([]Ranked, len(places))
	for p, at := range places {
		ranking[p].Name = rows.x.Columns[at].Name
	}
	if s.By == "l1" {
		return ranking, s.judgeTogether(ctx, rows.x, y, places, ranking, r)
	}
	j := newJudge(rows, &y, s.Bins)
	err := parallel.Each(ctx, len(places), r.Workers, func(p int) (err error) {
		ranking[p].Value, err = j.value(int(places[p]), s.By)
		return err
	})
	return ranking, err
}

// judgeTogether fills the values by the weights of one regression.
func (s *Select) judgeTogether(ctx context.Context, x *learn.Matrix, y learn.Target, places []int32, ranking []Ranked, r learn.Run) error {
	columns := make([]learn.Column, len(places))
	for p, at := range places {
		columns[p] = x.Columns[at]
		columns[p].Source = ""
	}
	bound, err := x.Bind(columns)
	if err != nil {
		return err
	}
	judged := *bound
	judged.Columns = columns // weights are told by these names, not by what they were made from
	run := learn.Run{Seed: r.Seed, Workers: r.Workers}
	_, z, err := Chain{DropConstant{}, Impute{}, Standard{}}.Fit(ctx, &judged, y, run)
	if err != nil {
		return err
	}
	m, err := (&linear.Logistic{Penalty: "l1", C: s.C}).Fit(ctx, z, y, run)
	if err != nil {
		return err
	}
	_, shares := m.(learn.Ranker).Importance()
	for k := range shares { // none where no weight is left
		origin := z.Columns[k].Origin()
		p := slices.IndexFunc(ranking, func(one Ranked) bool { return one.Name == origin })
		ranking[p].Value += shares[k]
	}
	return nil
}

// settle checks settings and fills defaults in.
func (s *Select) settle() error {
	const bins, top, mostBins, penalty = 20, 20, 1 << 16, 0.01
	if s.By == "" {
		s.By = "effect"
	}
	if s.Bins == 0 {
		s.Bins = bins
	}
	if s.C == 0 {
		s.C = penalty
	}
	if s.Top == 0 && s.Least == nil && s.By != "l1" {
		s.Top = top
	}
	if !(s.C > 0) || s.C > 1e6 {
		return fmt.Errorf("c %v: %w; want a number above 0, and at most 1e6", s.C, learn.ErrSetting)
	}
	if err := oneOf("by", s.By, "effect", "mi", "l1"); err != nil {
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
