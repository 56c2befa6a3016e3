package report

import (
	"fmt"
	"math"

	"github.com/netanom/netanom/model"
	"github.com/netanom/netanom/plots"
	"github.com/netanom/netanom/stats"
)

// A namedJudgement is a line of a picture.
type namedJudgement struct {
	name   string
	judged *model.Judgement
}

// curvePoints is how many points a line of a picture has at most.
const curvePoints = 500

// points returns the curve of a judgement, nil where all its rows are of one class.
func (n *namedJudgement) points(s *Section) []stats.CurvePoint {
	if n.judged == nil || n.judged.Scores == nil {
		return nil
	}
	points, err := stats.CurvePoints(n.judged.Tally, curvePoints)
	if err != nil {
		s.Warnings = append(s.Warnings, fmt.Sprintf("There is no picture of %s: %v.", n.name, err))
	}
	return points
}

// rateCurves makes lines of judgements; of skips points that a picture cannot show.
func rateCurves(s *Section, judged []namedJudgement, of func(p *stats.CurvePoint) (x, y float64)) []plots.RateCurve {
	var out []plots.RateCurve
	for i := range judged {
		n := &judged[i]
		c := plots.RateCurve{Name: n.name}
		for _, p := range n.points(s) {
			x, y := of(&p)
			if math.IsNaN(x) || math.IsNaN(y) {
				continue
			}
			c.X, c.Y = append(c.X, x), append(c.Y, y)
		}
		if len(c.X) == 0 {
			continue
		}
		// The point of the verdicts: their thresholds may differ from fold to fold.
		b := &n.judged.Binary
		chosen := stats.CurvePoint{Recall: b.Recall.Value, FPR: b.FPR.Value, Precision: b.Precision.Value}
		if x, y := of(&chosen); !math.IsNaN(x) && !math.IsNaN(y) {
			c.Chosen = []plots.RatePoint{{X: x, Y: y}}
		}
		out = append(out, c)
	}
	return out
}

// drawROC draws recall against the false alarm rate.
func drawROC(s *Section, name, title string, logarithmic bool, judged ...namedJudgement) {
	d := plots.RateData{Title: title, Chosen: "threshold in use", Curves: rateCurves(s, judged, func(p *stats.CurvePoint) (x, y float64) { return p.FPR, p.Recall })}
	if logarithmic {
		d.X = plots.Log
	}
	if len(d.Curves) == 0 {
		return
	}
	fig, err := plots.ROC(d)
	s.draw(name, fig, err)
}

// rocTitle says how large the areas are.
func rocTitle(judged []namedJudgement) string {
	text := "ROC: the area is "
	for i, n := range judged {
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%s by %s", Format(Real, areaOf(n.judged).Value), n.name)
	}
	return text
}

// drawPrecision draws precision against recall.
func drawPrecision(s *Section, judged ...namedJudgement) {
	d := plots.RateData{Chosen: "threshold in use", Curves: rateCurves(s, judged, func(p *stats.CurvePoint) (x, y float64) { return p.Recall, p.Precision })}
	if len(d.Curves) == 0 {
		return
	}
	first := judged[0].judged
	if len(judged) == 1 {
		d.Base = ratio(first.Tally.N(0), first.Rows)
	}
	d.Title = "Precision and recall: the mean precision is " + Format(Real, figureOf(first, "pr_auc").Value)
	if len(judged) > 1 {
		d.Title += " by " + judged[0].name
	}
	fig, err := plots.PrecisionRecall(d)
	s.draw("precision_recall", fig, err)
}

// drawDET draws attacks missed against false alarms.
func drawDET(s *Section, judged ...namedJudgement) {
	d := plots.RateData{Title: "Attacks missed against false alarms (DET)", Chosen: "threshold in use",
		Curves: rateCurves(s, judged, func(p *stats.CurvePoint) (x, y float64) { return p.FPR, 1 - p.Recall })}
	if len(d.Curves) == 0 {
		return
	}
	fig, err := plots.DET(d)
	s.draw("det", fig, err)
}

// drawThresholds draws recall, precision and false alarms against the threshold; cut is
// the one in use, NaN if there is none.
func drawThresholds(s *Section, n namedJudgement, cut float64) {
	found, right, alarms := plots.ValueCurve{Name: "recall"}, plots.ValueCurve{Name: "precision"}, plots.ValueCurve{Name: "false alarm rate"}
	points := n.points(s)
	for i := len(points) - 1; i > 0; i-- { // thresholds go up
		p := &points[i]
		p.Threshold = drawnScore(p.Threshold)
		addPoint(&found, p.Threshold, p.Recall, math.NaN())
		addPoint(&right, p.Threshold, p.Precision, math.NaN())
		addPoint(&alarms, p.Threshold, p.FPR, math.NaN())
	}
	if len(found.X) == 0 {
		return
	}
	d := plots.ThresholdData{Title: fmt.Sprintf("What another threshold would do, by %s", n.name), Label: "the score", Curves: []plots.ValueCurve{found, right, alarms}, ChosenName: "threshold in use", X: plots.Linear}
	if !math.IsNaN(cut) {
		d.Chosen = []float64{drawnScore(cut)}
	}
	fig, err := plots.Thresholds(d)
	s.draw("thresholds", fig, err)
}

// drawnScore is a score for an axis, for which the least numbers are 0.
func drawnScore(x float64) float64 {
	const least = 1e-100
	if math.Abs(x) < least {
		return 0
	}
	return x
}

// cutText writes a threshold in a sentence.
func cutText(x float64) string {
	if x > 0 && drawnScore(x) == 0 {
		return "more than 0" // it is the least number above
	}
	return Format(Real, x)
}

// drawConfusion draws the verdicts by class.
func drawConfusion(s *Section, n namedJudgement) {
	c := &n.judged.Confusion
	d := plots.ConfusionData{Classes: c.Classes, Title: fmt.Sprintf("Verdicts by class, by %s: %s are right", n.name, shareOf(n.judged.Measures.Accuracy.Value))}
	for _, row := range c.Counts {
		counts := make([]int64, len(row))
		for k, v := range row {
			counts[k] = int64(math.Round(v))
		}
		d.Counts = append(d.Counts, counts)
	}
	fig, err := plots.ConfusionMatrix(d)
	s.draw("confusion", fig, err)
}

// drawReliability draws what happened in bins of the probability.
func drawReliability(s *Section, bins []stats.CalibrationBin) {
	if len(bins) == 0 {
		return
	}
	worst := 0.0
	for _, b := range bins {
		worst = max(worst, math.Abs(b.Observed-b.Predicted))
	}
	fig, err := plots.Reliability(plots.ReliabilityData{Title: fmt.Sprintf("Probability and truth differ by up to %s in bins", Format(Real, worst)),
		Probability: "probability of an attack", Observed: "part of the rows that are attacks", Models: []plots.ReliabilityModel{{Bins: bins}}})
	s.draw("reliability", fig, err)
}

// drawnMeasure is a figure as a row of a picture. Rounding must not push it out of its
// interval.
func drawnMeasure(name string, m stats.Measure) plots.Effect {
	e := plots.Effect{Name: name, Estimate: m.Value, Low: m.CI.Low, High: m.CI.High}
	if !math.IsNaN(e.Low) && !math.IsNaN(e.High) {
		e.Low, e.High = min(e.Low, e.Estimate), max(e.High, e.Estimate)
	}
	return e
}

// addPoint appends a point to a line, with a band of one spread if that is known.
func addPoint(c *plots.ValueCurve, x, y, spread float64) {
	c.X, c.Y = append(c.X, x), append(c.Y, y)
	if !math.IsNaN(spread) {
		c.Low, c.High = append(c.Low, y-spread), append(c.High, y+spread)
	}
}
