package report

import (
	"fmt"
	"strings"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/plots"
)

// Informed shows what every two columns tell about each other, most first.
func Informed(n *eda.Informed) Section {
	s := Section{ID: "corr_mi", Title: "Mutual information", Warnings: n.Warnings, Commands: []string{"netanom corr --method mi"}}
	hidden := []string{"mutual_information_raw", "effect_low", "effect_high", "n", "statistic", "df", "p", "log10_p", "log10_p_adj"}
	t := Table{Name: "corr_mi", Title: "Pairs, by normalised mutual information",
		Columns: append(Cols("feature", "feature2", "nmi", "mutual_information", "conf_low", "conf_high", "theils_u", "theils_u2", "p_adj"), detail(Cols(hidden...), hidden...)...),
		Note:    fmt.Sprintf("Numbers are in up to %d bins of about equal counts. Normalised is what goes beyond chance. The information is corrected for bias (Miller and Madow), Theil's U is not. Intervals are of the information, by the delta method; near independence they are too narrow: look at p.", n.Bins)}
	sparse := 0
	for _, p := range n.Pairs {
		r := &p.Test
		if len(r.Warnings) > 0 {
			sparse++
		}
		t.Rows = append(t.Rows, []any{p.A, p.B, r.Effect.Value, r.Estimate.Value, r.CI.Low, r.CI.High, p.UncertaintyRow, p.UncertaintyCol, P{p.PAdjusted, p.Log10PAdjusted},
			p.Bits, r.Effect.CI.Low, r.Effect.CI.High, total(r.N), r.Statistic.Value, first(r.DF), P{r.P, r.Log10P}, r.Log10P, p.Log10PAdjusted})
	}
	if len(n.Pairs) > 0 {
		top := n.Pairs[0]
		s.Lead = fmt.Sprintf("%s: %s bits, %s when normalised.", strongest(len(n.Pairs), top.A, top.B),
			Format(Real, top.Test.Estimate.Value), Format(Real, top.Test.Effect.Value))
	}
	if sparse > 0 {
		t.Footnotes = append(t.Footnotes, fmt.Sprintf("In %d of %d pairs the cells hold too few rows for the approximation: their information may be too high, and their p is rough.", sparse, len(n.Pairs)))
	}
	if len(n.LeftOut) > 0 {
		t.Footnotes = append(t.Footnotes, "Left out because they have too many levels: "+strings.Join(n.LeftOut, ", ")+".")
	}
	if len(n.Constant) > 0 {
		t.Footnotes = append(t.Footnotes, "Left out because they have one value only: "+strings.Join(n.Constant, ", ")+".")
	}
	s.Tables = []Table{t}
	informedFigure(&s, n)
	return s
}

func informedFigure(s *Section, n *eda.Informed) {
	if len(n.Pairs) == 0 {
		return
	}
	top := n.Pairs[0]
	s.drawMatrix(n.Names, n.Order, func(i, j int) float64 { return n.Normalised[i][j] }, plots.HeatmapData{
		Label: "normalised information", Scale: plots.Linear,
		Title: fmt.Sprintf("%s and %s tell most about each other (%s)", top.A, top.B, Format(Real, top.Test.Effect.Value))})
}
