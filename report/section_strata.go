package report

import (
	"fmt"
	"math"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/plots"
	"github.com/netanom/netanom/stats"
)

// Stratified shows how two levels go with two groups within strata.
func Stratified(t *eda.Stratified) (Section, error) {
	m := t.Test
	s := Section{ID: "strata", Title: fmt.Sprintf("%s against %s within %s", t.Name, t.By, t.StrataOf), Lead: stratifiedLead(t)}
	r := m.Plain
	effects := effectTable(fmt.Sprintf("Odds of %s in %s against %s. Intervals of %s, of the common one after Robins, Breslow and Greenland. Magnitude: ln(odds ratio)·√3/π as Cohen's d (%s).",
		t.Groups[0], t.Levels[0], t.Levels[1], Format(Share, r.CI.Level), r.Effect.Rule))
	effects.addEffect("common odds ratio (Mantel–Haenszel)", r.Estimate.Value, r.CI, r.Effect.Magnitude, "Robins, Breslow and Greenland")
	effects.addEffect("odds ratio without strata (Woolf)", t.Crude.OddsRatio.Value, t.Crude.OddsRatio.CI, "", "Woolf")
	results := []*stats.Result{&m.Plain, &m.Corrected}
	if m.Used > 1 {
		results = append(results, &m.Homogeneity, &m.Tarone)
	}
	s.Tables = []Table{effects, testTable(results...), strataTable(t)}
	if silent := len(t.Strata) - m.Used; silent > 0 {
		s.Warnings = append(s.Warnings, fmt.Sprintf("%d of %d strata say nothing, for they lack a level or a group.", silent, len(t.Strata)))
	}
	if h := m.Homogeneity; h.P < t.Alpha {
		s.Warnings = append(s.Warnings, fmt.Sprintf("The odds ratios of the strata are not alike (Breslow–Day, p = %s): the common one is an average that may fit none of them.", Format(PValue, P{h.P, h.Log10P})))
	}
	if a, b := math.Log(t.Crude.OddsRatio.Value), math.Log(r.Estimate.Value); a*b < 0 {
		s.Warnings = append(s.Warnings, "Within strata the association has the other direction than without them (Simpson's paradox).")
	}
	if t.Missing > 0 {
		s.Warnings = append(s.Warnings, fmt.Sprintf("Left out: %s without a value of %s, %s or %s.", things(t.Missing, "row"), t.Name, t.By, t.StrataOf))
	}
	return s, strataFigure(&s, t)
}

// stratifiedLead says by the common odds ratio whether levels and groups go
// together within strata, with p beside it.
func stratifiedLead(t *eda.Stratified) string {
	r := t.Test.Plain
	size := fmt.Sprintf("common odds ratio %s (%s to %s), %s", Format(Real, r.Estimate.Value), Format(Real, r.CI.Low), Format(Real, r.CI.High), pOf(r))
	text := fmt.Sprintf("Within %s, %s goes with %s: the effect is %s, %s.", t.StrataOf, t.Name, t.By, r.Effect.Magnitude, size)
	if r.P >= t.Alpha {
		text = fmt.Sprintf("That %s goes with %s within %s is not shown: %s.", t.Name, t.By, t.StrataOf, size)
	}
	return text + fmt.Sprintf(" Without strata the odds ratio is %s.", Format(Real, t.Crude.OddsRatio.Value))
}

// strataTable lists the strata with their own odds ratios.
func strataTable(t *eda.Stratified) Table {
	out := Table{Name: "strata", Title: "Strata", Columns: Cols("stratum", "n", "share1", "share2", "odds_ratio", "or_low", "or_high"),
		Note: fmt.Sprintf("Shares of %s: first in %s, second in %s.", t.Groups[0], t.Levels[0], t.Levels[1])}
	for _, s := range t.Strata {
		ci := strataInterval(s, t.Test.Plain.CI.Level)
		c := s.Counts
		out.Rows = append(out.Rows, []any{s.Name, s.N(), ratio(c[0][0], c[0][0]+c[0][1]), ratio(c[1][0], c[1][0]+c[1][1]), s.OddsRatio(), ci.Low, ci.High})
	}
	return out
}

// strataInterval is Woolf's interval of one stratum, undefined where a cell is
// empty.
func strataInterval(s stats.Stratum, level float64) stats.Interval {
	none := stats.Interval{Low: math.NaN(), High: math.NaN(), Level: level}
	c, err := stats.NewCrosstab([]string{"1", "2"}, []string{"1", "2"}, [][]int64{s.Counts[0][:], s.Counts[1][:]})
	if err != nil {
		return none
	}
	m, err := stats.CompareShares(&c, level)
	if err != nil {
		return none
	}
	return m.OddsRatio.CI
}

// strataFigure draws the odds ratios of strata on the scale of logarithms, the
// common one last.
func strataFigure(s *Section, t *eda.Stratified) error {
	const most = 40
	d := plots.RankingData{Label: "ln(odds ratio)", Interval: "interval"}
	add := func(name string, odds float64, ci stats.Interval) {
		if e := math.Log(odds); !math.IsInf(e, 0) && !math.IsNaN(e) {
			d.Rows = append(d.Rows, plots.Effect{Name: name, Estimate: e, Low: math.Log(ci.Low), High: math.Log(ci.High)})
		}
	}
	above := 0
	for _, stratum := range t.Strata {
		if stratum.OddsRatio() > 1 {
			above++
		}
		if len(d.Rows) < most {
			add(stratum.Name, stratum.OddsRatio(), strataInterval(stratum, t.Test.Plain.CI.Level))
		}
	}
	add("common", t.Test.Plain.Estimate.Value, t.Test.Plain.CI)
	if len(d.Rows) == 0 {
		return nil
	}
	d.Title = fmt.Sprintf("In %d of %d strata of %s the odds of %s are higher in %s than in %s", above, len(t.Strata), t.StrataOf, t.Groups[0], t.Levels[0], t.Levels[1])
	fig, err := plots.Ranking(d)
	if err != nil {
		return fmt.Errorf("drawing the strata: %w", err)
	}
	s.Figures = append(s.Figures, drawn("odds", fig))
	return nil
}
