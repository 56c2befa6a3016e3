package report

import (
	"fmt"
	"math"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/plots"
)

// Ranking shows how each feature goes with the class. private leaves out levels.
func Ranking(r *eda.Ranking, private bool) Section {
	s := Section{ID: "ranking", Title: "What tells normal from attack", Warnings: r.LeftOut}
	s.Tables = append(s.Tables, rankingTable(r), depthTable(r))
	for _, t := range []Table{refusedTable(r), pureTable(r), oneClassTable(r, private), byCategoryTable(r)} {
		if len(t.Rows) > 0 {
			s.Tables = append(s.Tables, t)
		}
	}
	if len(r.Features) == 0 {
		s.Lead = "No feature varies in both classes."
		return s
	}
	top := r.Features[0]
	s.Lead = fmt.Sprintf("Alone, %s goes with the class most: %s %s (%s). Always the larger class is right in %s of the rows.",
		top.Column.Name, top.Effect.Name, Format(Real, top.Effect.Value), top.Effect.Rule, Format(Share, r.Base()))
	rankingFigure(&s, r)
	categoryBoxes(&s, r)
	return s
}

// rankingTable lists all features, the strongest first.
func rankingTable(r *eda.Ranking) Table {
	t := Table{Name: "ranking", Title: "Features by effect",
		Columns: detail(Cols("feature", "effect", "effect_low", "effect_high", "magnitude", "p_adj", "alone", "n", "missing", "method", "effect_name", "statistic", "p", "log10_p", "log10_p_adj"),
			"n", "missing", "method", "effect_name", "statistic", "p", "log10_p", "log10_p_adj"),
		Note: "Numbers and flags: rank-biserial correlation, above 0 where attacks have the greater values. Categories: Cramér's V, corrected for its bias, without a sign."}
	for _, f := range r.Features {
		t.Rows = append(t.Rows, []any{f.Column.Name, f.Effect.Value, f.Effect.CI.Low, f.Effect.CI.High, f.Effect.Magnitude, P{f.PAdjusted, f.Log10PAdjusted},
			f.Alone, total(f.N), f.Missing, f.Method, f.Effect.Name, f.Statistic.Value, P{f.P, f.Log10P}, f.Log10P, f.Log10PAdjusted})
	}
	return t
}

// depthTable says how much each feature tells at each depth of the label.
func depthTable(r *eda.Ranking) Table {
	t := Table{Name: "ranking_depth", Title: "Uncertainty removed: class, category, label", Columns: Cols("feature", "u_class", "u_category", "u_label"),
		Note: "Theil's U; numbers of more than 50 different values are cut at twenty quantiles."}
	for _, f := range r.Features {
		t.Rows = append(t.Rows, []any{f.Column.Name, f.Explained.Class, f.Explained.Category, f.Explained.Label})
	}
	return t
}

func refusedTable(r *eda.Ranking) Table {
	t := Table{Name: "refused", Title: "Refused as features", Columns: Cols("feature", "role", "alone", "note")}
	for i := range r.Refused {
		f := &r.Refused[i]
		t.Rows = append(t.Rows, []any{f.Column.Name, f.Column.Role.String(), f.Alone, "it is " + dataset.WhyNoFeature(&f.Column)})
	}
	return t
}

func pureTable(r *eda.Ranking) Table {
	t := Table{Name: "one_class_ranges", Title: "Ranges that one class has to itself",
		Columns: detail(Cols("feature", "rule", "class", "rows", "share", "p", "log10_p"), "feature", "log10_p"),
		Note:    "Share: part of the class's rows. p: the chance that the outermost rows agree so without regard to the class."}
	for _, p := range r.Pure {
		t.Rows = append(t.Rows, []any{p.Column, p.Rule(), p.Class, p.N, ratio(p.N, p.Of), P{math.Pow(10, p.Log10P), p.Log10P}, p.Log10P})
	}
	return t
}

func oneClassTable(r *eda.Ranking, private bool) Table {
	t := Table{Name: "one_class_levels", Title: "Levels that one class has to itself",
		Columns: detail(Cols("feature", "level", "class", "rows", "p", "log10_p"), "log10_p"),
		Note:    "p: the chance that so many rows agree without regard to the class, not adjusted."}
	for _, c := range r.OneClass {
		for _, l := range c.Levels {
			level := any(l.Level)
			if private {
				level = nil
			}
			t.Rows = append(t.Rows, []any{c.Column, level, l.Class, l.N, P{math.Pow(10, l.Log10P), l.Log10P}, l.Log10P})
		}
	}
	return t
}

// byCategoryTable splits the distribution of every number by category.
func byCategoryTable(r *eda.Ranking) Table {
	t := Table{Name: "by_category", Title: "Numbers by category", Columns: detail(Cols("feature", "category", "n", "zero_share", "mean", "q25", "q50", "q75", "q99", "max"), "mean")}
	for _, c := range r.ByCategory {
		if c.Column.Kind == dataset.Number || c.Column.Kind == dataset.Flag {
			t.Rows = append(t.Rows, []any{c.Column.Name, c.Category, c.N, ratio(c.Zeros, c.N), c.Mean, c.Q25, c.Q50, c.Q75, c.Q99, c.Max})
		}
	}
	return t
}

// maxRanked is how many features a picture of the ranking can show.
const maxRanked = 45

func rankingFigure(s *Section, r *eda.Ranking) {
	d := plots.RankingData{Label: "effect size", Interval: "95 % interval", Below: "larger in normal", Above: "larger in attack, or category"}
	large := 0
	for _, f := range r.Features {
		if f.Effect.Magnitude == "large" {
			large++
		}
		if len(d.Rows) < maxRanked {
			d.Rows = append(d.Rows, plots.Effect{Name: f.Column.Name, Estimate: f.Effect.Value, Low: f.Effect.CI.Low, High: f.Effect.CI.High})
		}
	}
	if math.IsNaN(r.Features[0].Effect.Value) {
		return
	}
	d.Title = fmt.Sprintf("%d of %d features have a large effect; the largest is that of %s", large, len(r.Features), r.Features[0].Column.Name)
	if large == 0 {
		d.Title = fmt.Sprintf("No feature has a large effect; the largest is %s (%s)", Format(Real, r.Features[0].Effect.Value), r.Features[0].Column.Name)
	}
	fig, err := plots.Ranking(d)
	s.draw("effects", fig, err)
}

// maxCategoryBoxes is how many features are drawn by category.
const maxCategoryBoxes = 4

// categoryBoxes draws the numbers with the largest effects by category.
func categoryBoxes(s *Section, r *eda.Ranking) {
	count := 0
	for _, f := range r.Features {
		if f.Column.Kind != dataset.Number || count == maxCategoryBoxes {
			continue
		}
		d := plots.BoxData{Label: f.Column.Name}
		boxes := plots.BoxGroup{}
		var of []eda.CategorySummary
		for _, c := range r.ByCategory {
			if c.Column.Name == f.Column.Name {
				of = append(of, c)
				d.Names = append(d.Names, c.Category)
				boxes.Boxes = append(boxes.Boxes, plots.Box{N: c.N, Low: c.Low, High: c.High, Q1: c.Q25, Median: c.Q50, Q3: c.Q75})
			}
		}
		d.Title, d.Groups = boxTitle(f.Column.Name, of), []plots.BoxGroup{boxes}
		d.Caption = "Whiskers reach to the outermost values within 1.5 interquartile ranges of the box."
		fig, _, err := plots.Boxes(d)
		s.draw(f.Column.Name, fig, err)
		count++
	}
}

// boxTitle says where the medians lie farthest apart.
func boxTitle(name string, of []eda.CategorySummary) string {
	low, high := of[0], of[0]
	for _, c := range of[1:] {
		if c.Q50 < low.Q50 {
			low = c
		}
		if c.Q50 > high.Q50 {
			high = c
		}
	}
	if low.Q50 == high.Q50 {
		return fmt.Sprintf("The median of %s is %s in every category", name, Format(Real, low.Q50))
	}
	return fmt.Sprintf("The median of %s runs from %s (%s) to %s (%s)", name, Format(Real, low.Q50), low.Category, Format(Real, high.Q50), high.Category)
}
