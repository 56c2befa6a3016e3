package model

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/stats"
)

// against holds the scores against the labels, where there are any.
func (w *detectWork) against(context.Context) error {
	d, out := w.data, w.out
	if !d.Classes.Known() {
		return nil
	}
	labelled, err := d.Labelled()
	if err != nil {
		return err
	}
	a := &DetectionLabels{}
	attack := make([]bool, len(labelled))
	for i, row := range labelled {
		attack[i] = d.IsAttack(row)
		beyond := out.Scores[row] >= out.Threshold
		switch {
		case attack[i] && beyond:
			a.Found++
		case beyond:
			a.Alarms++
		}
	}
	if a.Tally, err = stats.ScoreTally(learn.Take(out.Scores, labelled), attack); err != nil {
		return err
	}
	a.Attacks, a.Normal = a.Tally.N(0), a.Tally.N(1)
	for _, s := range out.Strange {
		if s.Label == "" && d.Label[s.Row] == learn.NoLevel {
			continue
		}
		if a.TopRows++; d.IsAttack(s.Row) {
			a.TopAttacks++
		}
	}
	if a.Attacks >= fewLabelled && a.Normal >= fewLabelled {
		m, err := stats.MeasureScores(a.Tally, level)
		if err != nil {
			return err
		}
		a.Scores = &m
	}
	out.Against = a
	return nil
}

// WriteRows writes the rows beyond the threshold, in the order of the source, behind the
// row's number, its line, its score, the probability of such a score, and the reasons. src
// has the rows that the data were loaded from.
func (d *Detection) WriteRows(ctx context.Context, src dataset.Source, w io.Writer, o dataset.CSVOptions) (int64, error) {
	order := allOf(len(d.Scores))
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(d.Scores[b], d.Scores[a]) })
	names := []string{"row", "line", "score", "tail_probability"}
	explained := len(d.reasons) > 0
	if explained {
		names = append(names, "reasons")
	}
	pick := &numberedRows{names: names, cells: func(row int) []string {
		if row >= len(d.Scores) || d.Scores[row] < d.Threshold {
			return nil
		}
		line := ""
		if l := d.data.Line(row); l > 0 {
			line = fmt.Sprint(l)
		}
		cells := []string{fmt.Sprint(row + 1), line, cellNumber(d.Scores[row]), cellNumber(d.chance(order, row))}
		if explained {
			cells = append(cells, ReasonsText(d.reasons[row]))
		}
		return cells
	}}
	return dataset.WriteRows(ctx, src, w, pick, o)
}

// ReasonsText writes reasons as flag=S0 (1.32); count=123 (0.41).
func ReasonsText(reasons []Reason) string {
	var parts []string
	for _, r := range reasons {
		parts = append(parts, fmt.Sprintf("%s=%s (%.3g)", r.Column, r.Value, r.Part))
	}
	return strings.Join(parts, "; ")
}

// Tally counts the scores: of normal rows and of attacks apart where these are known.
func (d *Detection) Tally() (stats.Tally, error) {
	if !d.data.Classes.Known() {
		return stats.TallyOf(d.Scores)
	}
	group := make([]int, len(d.Scores))
	names := []string{eda.NormalClass, eda.AttackClass, "(unknown)"}
	for i := range group {
		switch {
		case d.data.Label[i] == learn.NoLevel:
			group[i] = 2
		case d.data.IsAttack(i):
			group[i] = 1
		}
	}
	return stats.TallyOfGroups(d.Scores, group, names)
}
