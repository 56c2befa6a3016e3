package report

import (
	"fmt"
	"math"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/plots"
	"github.com/netanom/netanom/stats"
)

// logitFigures draws the odds ratios, the ROC and precision-recall curves, and the
// calibration. What no axis can show gets a warning instead.
func logitFigures(s *Section, l *eda.Logit) error {
	for _, f := range []struct {
		name string
		draw func(*eda.Logit) (*plots.Figure, error)
	}{{"odds_ratios", oddsFigure}, {"roc", rocFigure}, {"precision_recall", precisionFigure}, {"calibration", calibrationFigure}} {
		fig, err := f.draw(l)
		if err != nil {
			s.Warnings = append(s.Warnings, fmt.Sprintf("There is no picture: %v.", err))
			continue
		}
		if fig != nil {
			s.Figures = append(s.Figures, drawn(f.name, fig))
		}
	}
	return nil
}

// oddsFigure draws the odds ratios of one unit, level or standard deviation; those of
// Firth's fit, where there is one, because they exist.
func oddsFigure(l *eda.Logit) (*plots.Figure, error) {
	fit, results := l.Fit, l.Coefficients
	d := plots.RankingData{Ratios: true, Label: "odds ratio", Below: "lower odds of " + l.One, Above: "higher odds of " + l.One,
		Interval: Format(Share, fit.Coefficients[0].CI.Level) + " interval", Caption: "Numbers per standard deviation, flags of 1 against 0, levels against the reference."}
	if l.Firth != nil {
		fit, results = l.Firth, l.FirthCoefficients
		d.Caption += " Firth's method, for some plain estimates do not exist."
	}
	sure, left := 0, 0
	for j := 1; j < len(fit.Coefficients); j++ {
		c := &fit.Coefficients[j]
		e := results[j].Effect
		if c.Level == "" {
			for _, t := range l.Terms {
				if t.Name == c.Term {
					e = poweredEffect(e, t.SD)
				}
			}
		}
		if !drawable(e) {
			left++
			continue
		}
		if e.CI.Low > 1 || e.CI.High < 1 {
			sure++
		}
		d.Rows = append(d.Rows, plots.Effect{Name: c.Name(), Estimate: e.Value, Low: e.CI.Low, High: e.CI.High})
	}
	if len(d.Rows) == 0 {
		return nil, nil
	}
	d.Title = fmt.Sprintf("The intervals of %d of %d odds ratios leave out 1", sure, len(d.Rows))
	if len(d.Rows) == 1 {
		d.Title = fmt.Sprintf("%s: odds ratio %s%s", d.Rows[0].Name, Format(Real, d.Rows[0].Estimate), bounds(d.Rows[0].Low, d.Rows[0].High))
	}
	const most = 45
	if n := len(d.Rows); n > most {
		d.Caption += fmt.Sprintf(" The first %d of %d.", most, n)
		d.Rows = d.Rows[:most]
	}
	if left > 0 {
		d.Caption += fmt.Sprintf(" Left out because they have no finite interval: %d.", left)
	}
	return plots.Ranking(d)
}

// drawable reports whether an axis can show an odds ratio.
func drawable(e stats.Effect) bool {
	const beyond = 1e100
	return e.Value > 0 && e.CI.Low > 1/beyond && e.CI.High < beyond
}

// rocFigure draws recall against the false alarm rate at all cut-offs.
func rocFigure(l *eda.Logit) (*plots.Figure, error) {
	c := plots.Curve{X: []float64{0}, Y: []float64{0}}
	for _, cut := range thinned(l.Cuts) {
		c.X = append(c.X, float64(cut.FP)/float64(l.Fit.N-l.Fit.Ones))
		c.Y = append(c.Y, float64(cut.TP)/float64(l.Fit.Ones))
	}
	return plots.Curves(plots.CurveData{X: "part of " + l.Zero + " rows that raise an alarm", Y: "part of " + l.One + " rows found", Diagonal: "by chance", Curves: []plots.Curve{c},
		Title: fmt.Sprintf("ROC: the area is %s%s", Format(Real, l.AUC), bounds(l.AUCInterval.Low, l.AUCInterval.High))})
}

// precisionFigure draws precision against recall at all cut-offs.
func precisionFigure(l *eda.Logit) (*plots.Figure, error) {
	var c plots.Curve
	for _, cut := range thinned(l.Cuts) {
		c.X = append(c.X, float64(cut.TP)/float64(l.Fit.Ones))
		c.Y = append(c.Y, float64(cut.TP)/float64(cut.TP+cut.FP))
	}
	return plots.Curves(plots.CurveData{X: "part of " + l.One + " rows found", Y: "part of the alarms that are right", Curves: []plots.Curve{c},
		Title: fmt.Sprintf("Precision and recall: the mean precision is %s, by chance %s", Format(Real, stats.AveragePrecision(l.Cuts)), Format(Real, ratio(l.Fit.Ones, l.Fit.N)))})
}

// thinned returns evenly spaced cuts, no more than a picture can show, and the last.
func thinned(cuts []stats.Cut) []stats.Cut {
	const most = 1000
	step := (len(cuts) + most - 1) / most
	var out []stats.Cut
	for i := 0; i < len(cuts)-1; i += step {
		out = append(out, cuts[i])
	}
	return append(out, cuts[len(cuts)-1])
}

// calibrationFigure draws what was observed in bins of the fitted probability.
func calibrationFigure(l *eda.Logit) (*plots.Figure, error) {
	c := plots.Curve{}
	worst := 0.0
	for _, b := range l.Bins {
		c.X, c.Y = append(c.X, min(1, b.Predicted)), append(c.Y, b.Observed)
		c.Low, c.High = append(c.Low, b.CI.Low), append(c.High, b.CI.High)
		worst = max(worst, math.Abs(b.Observed-b.Predicted))
	}
	return plots.Curves(plots.CurveData{X: "mean fitted probability", Y: "part of rows that are " + l.One, Diagonal: "well calibrated", Curves: []plots.Curve{c},
		Title: fmt.Sprintf("Calibration: in bins of the probability, observed and fitted shares differ by up to %s", Format(Real, worst))})
}

// screenFigure draws the odds ratios of the numbers and flags, in their order.
func screenFigure(s *Section, l *eda.LogitScreen) error {
	d := plots.RankingData{Ratios: true, Label: "odds ratio", Interval: "interval", Below: "lower odds of " + l.One, Above: "higher odds of " + l.One,
		Caption: "Numbers per standard deviation, flags of 1 against 0; categories have one for each level, and are left out."}
	large := 0
	for _, m := range l.Models {
		if !drawable(m.OddsRatio) || len(d.Rows) == maxRanked {
			continue
		}
		if m.OddsRatio.Magnitude == "large" {
			large++
		}
		d.Rows = append(d.Rows, plots.Effect{Name: m.Column.Name, Estimate: m.OddsRatio.Value, Low: m.OddsRatio.CI.Low, High: m.OddsRatio.CI.High})
	}
	if len(d.Rows) == 0 {
		return nil
	}
	d.Title = fmt.Sprintf("%d of %d columns of numbers have a large odds ratio alone", large, len(d.Rows))
	fig, err := plots.Ranking(d)
	if err == nil {
		s.Figures = append(s.Figures, drawn("odds_ratios", fig))
	}
	return err
}
