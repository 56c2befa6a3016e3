package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/plots"
)

// rankBiserialBands are the limits of small, medium and large rank-biserial
// correlations after Vargha and Delaney (2000).
var rankBiserialBands = [3]float64{0.12, 0.28, 0.42}

// Features shows every column that could be derived, with what it would add.
func Features(f *eda.Features) Section {
	s := featureSection(f)
	s.Tables = []Table{featureTable(f, func(*eda.Feature) bool { return true })}
	if len(f.Categories) > 0 {
		s.Tables = append(s.Tables, categoryTable(f, len(f.Candidates)))
	}
	featureFigure(&s, f)
	return s
}

// FeatureDigest shows on a terminal the columns that are in the recipe, or if none
// is, those that come nearest.
func FeatureDigest(f *eda.Features) Section {
	const most, nearest = 25, 10
	s := featureSection(f)
	kept := len(f.Recipe.Derivations)
	shown := 0
	t := featureTable(f, func(c *eda.Feature) bool {
		shown++
		return kept == 0 && shown <= nearest || c.Kept != eda.NotKept
	})
	t.Title = "In the recipe"
	if kept == 0 {
		t.Title = "None is in the recipe; the nearest are"
	}
	if len(t.Rows) > most {
		t.Rows = t.Rows[:most]
	}
	if more := len(f.Candidates) - len(t.Rows); more > 0 {
		t.Footnotes = append(t.Footnotes, fmt.Sprintf("Not shown: %d more. The report folder, --format csv and --format json have all.", more))
	}
	s.Tables = []Table{t}
	if f.Measured == 0 { // the reasons are in the table
		return s
	}
	why := Table{Name: "feature_reasons", Title: "Why they are proposed", Columns: Cols("feature", "note")}
	name, note := slices.IndexFunc(t.Columns, isKey("feature")), slices.IndexFunc(t.Columns, isKey("note"))
	for _, row := range t.Rows {
		why.Rows = append(why.Rows, []any{row[name], row[note]})
	}
	s.Tables = append(s.Tables, why)
	if len(f.Categories) > 0 && kept > 0 {
		s.Tables = append(s.Tables, categoryTable(f, most))
	}
	return s
}

func isKey(key string) func(Column) bool { return func(c Column) bool { return c.Key == key } }

func featureSection(f *eda.Features) Section {
	s := Section{ID: "features", Title: "Derived features", Warnings: f.Warnings, Commands: []string{"netanom features"}}
	for _, x := range f.Findings {
		s.Findings = append(s.Findings, Finding{Level: Level(x.Severity), About: x.About, Text: x.Text, Next: x.Next})
	}
	if f.Measured == 0 {
		s.Lead = fmt.Sprintf("Columns that could be derived: %d. Their effect on the label is not known.", len(f.Candidates))
		return s
	}
	s.Lead = fmt.Sprintf("Columns that could be derived: %d; in the recipe: %d. Effects are those of %d-fold cross-validation over %s rows: what is learned comes from the rows outside a fold, and 0 is chance.",
		len(f.Candidates), len(f.Recipe.Derivations), f.Folds, Format(Count, f.Measured))
	return s
}

// featureTable lists the candidates that are wanted.
func featureTable(f *eda.Features, wanted func(*eda.Feature) bool) Table {
	t := Table{Name: "features", Title: "Columns that could be derived",
		Columns: detail(Cols("feature", "effect", "effect_low", "effect_high", "gain", "kept", "op", "made_from", "note",
			"best_source", "source_effect", "gain_low", "gain_high", "magnitude", "n", "p_adj", "log10_p_adj", "p", "log10_p"),
			"op", "made_from", "note", "best_source", "source_effect", "gain_low", "gain_high", "magnitude", "n", "p_adj", "log10_p_adj", "p", "log10_p")}
	if f.Measured == 0 {
		t.Columns = detail(Cols("feature", "note", "kept", "op", "made_from"), "kept", "op", "made_from")
	} else {
		t.Note = fmt.Sprintf("Effect: rank-biserial correlation with the attack class, out of fold, with %g %% intervals (Newcombe 2006). Gain: against the best column it is made from. Attacks of all kinds are one class.", 100*f.Level)
	}
	for k := range f.Candidates {
		c := &f.Candidates[k]
		if !wanted(c) {
			continue
		}
		made := madeFrom(&c.Derivation)
		if f.Measured == 0 {
			t.Rows = append(t.Rows, []any{c.Name, c.Reason, c.Kept.String(), string(c.Op), made})
			continue
		}
		e := c.Effect()
		t.Rows = append(t.Rows, []any{c.Name, e.Value, e.CI.Low, e.CI.High, c.Gain, c.Kept.String(), string(c.Op), made, c.Reason,
			orNil(c.Source), c.SourceEffect, c.GainLow, c.GainHigh, e.Magnitude, total(c.Test.N), P{c.PAdjusted, c.Log10PAdjusted}, c.Log10PAdjusted,
			P{c.Test.P, c.Test.Log10P}, c.Test.Log10P})
	}
	return t
}

// categoryTable shows which attacks the features in the recipe find, or if none is,
// all candidates, at most that many.
func categoryTable(f *eda.Features, most int) Table {
	t := Table{Name: "features_by_category", Title: "Effect by category of attack", Columns: Cols(append([]string{"feature"}, f.Categories...)...),
		Note: "Each against normal rows, with what was learned from all attacks: below 0, a feature points the wrong way."}
	for k := range f.Candidates {
		c := &f.Candidates[k]
		if c.ByCategory == nil || len(t.Rows) == most || len(f.Recipe.Derivations) > 0 && c.Kept == eda.NotKept {
			continue
		}
		row := []any{c.Name}
		for _, effect := range c.ByCategory {
			row = append(row, effect)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func orNil(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// featureFigure ranks the kept features by their effects, or the candidates with
// the largest gains if none is kept.
func featureFigure(s *Section, f *eda.Features) {
	const most = 30
	d := plots.RankingData{Label: "out-of-fold effect", Interval: fmt.Sprintf("%g%% interval", 100*f.Level),
		Below: "worse than chance", Above: "tells attacks from normal",
		Small: rankBiserialBands[0], Medium: rankBiserialBands[1], Large: rankBiserialBands[2]}
	var best *eda.Feature
	for k := range f.Candidates {
		c := &f.Candidates[k]
		e := c.Effect()
		if c.Test.Effect.Name == "" || len(d.Rows) == most || len(f.Recipe.Derivations) > 0 && c.Kept == eda.NotKept {
			continue
		}
		if best == nil || e.Value > best.Effect().Value {
			best = c
		}
		d.Rows = append(d.Rows, plots.Effect{Name: c.Name, Estimate: e.Value, Low: e.CI.Low, High: e.CI.High})
	}
	if best == nil {
		return
	}
	slices.SortStableFunc(d.Rows, func(a, b plots.Effect) int {
		switch {
		case a.Estimate > b.Estimate:
			return -1
		case a.Estimate < b.Estimate:
			return 1
		}
		return 0
	})
	d.Title = fmt.Sprintf("%s tells attacks apart best, with an effect of %s", best.Name, Format(Real, best.Effect().Value))
	fig, err := plots.Ranking(d)
	s.draw("effects", fig, err)
}

// AppliedRecipe describes the columns that a recipe has added to a table.
func AppliedRecipe(r dataset.Recipe, p *eda.Profile) Section {
	s := Section{ID: "features", Title: "Derived features", Warnings: p.Warnings, Commands: []string{"netanom features"},
		Lead: fmt.Sprintf("Columns that the recipe makes: %d. What it knows of levels and quantiles comes from the %s rows it was made from.", len(r.Derivations), Format(Count, r.Rows))}
	t := Table{Name: "applied", Title: "Columns made by the recipe",
		Columns: detail(Cols("feature", "missing", "distinct", "q50", "max", "top", "op", "made_from", "mean", "kind"), "top", "op", "made_from", "mean", "kind")}
	for _, d := range r.Derivations {
		for i := range p.Columns {
			c := &p.Columns[i]
			if c.Column.Name != d.Name {
				continue
			}
			row := []any{d.Name, c.Missing, c.Distinct, nil, nil, nil, string(d.Op), madeFrom(&d), nil, c.Column.Kind.String()}
			if n := c.Number; n != nil {
				row[3], row[4], row[8] = n.Q50, n.Max, n.Mean
			}
			if l := c.Level; l != nil {
				row[5] = l.Top
			}
			t.Rows = append(t.Rows, row)
		}
	}
	s.Tables = []Table{t}
	return s
}

// madeFrom lists the columns that a derived column is made from.
func madeFrom(d *dataset.Derivation) string {
	made := strings.Join(d.Inputs, ", ")
	if d.By != "" {
		made = strings.TrimPrefix(made+" by "+d.By, " ")
	}
	return made
}
