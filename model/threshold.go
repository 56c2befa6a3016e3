package model

import (
	"fmt"
	"math"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/stats"
)

// level is that of the intervals of figures.
const level = 0.95

// settle learns calibration and threshold from some of the judged rows.
func (v *Validation) settle(r Recipe, rows []int) (*Calibrator, Cut, error) {
	raw := learn.Take(v.Raw.Score, rows)
	attack := make([]bool, len(rows))
	for i, j := range rows {
		attack[i] = v.Y[j] != 0
	}
	calibrator, err := fitCalibrator(r.Calibrate, raw, attack)
	if err != nil {
		return nil, Cut{}, err
	}
	calibrator.apply(raw, nil)
	if !r.Rule.learned() {
		return calibrator, r.Rule.given(len(v.Classes)), nil
	}
	threshold, err := r.Rule.find(raw, attack)
	return calibrator, Cut{Threshold: threshold}, err
}

// find returns the threshold by which the rule divides scores of rows that no model was
// trained on.
func (r Rule) find(scores []float64, attack []bool) (float64, error) {
	t, err := stats.ScoreTally(scores, attack)
	if err != nil {
		return nan, err
	}
	if t.N(1) == 0 {
		return nan, fmt.Errorf("a threshold by %s needs normal rows", r.By)
	}
	switch r.By {
	case FPR:
		found, err := stats.ThresholdForFPR(t.Group(1), r.Value, level)
		return clipped(found.Threshold), err
	case Alerts:
		found, err := stats.ThresholdForAlerts(t, r.Value, r.Rows, level)
		return clipped(found.Threshold), err
	case Costs:
		p, _, err := stats.ThresholdByCost(t, r.Value, r.Miss)
		return clipped(p.Threshold), err
	case BestF1:
		p, _, err := stats.BestThreshold(t, stats.MaxF1)
		return clipped(p.Threshold), err
	case BestMCC:
		p, _, err := stats.BestThreshold(t, stats.MaxMCC)
		return clipped(p.Threshold), err
	}
	return nan, fmt.Errorf("there is no rule %q for a threshold", r.By)
}

// clipped is a threshold that can be stored: an infinite one, with which no row is an
// attack, becomes the largest number.
func clipped(threshold float64) float64 {
	return min(max(threshold, -math.MaxFloat64), math.MaxFloat64)
}

// A Calibrator makes probabilities of the scores of a binary model. One of its fields
// is set.
type Calibrator struct {
	Platt    *stats.Platt    `json:"platt,omitempty"`
	Isotonic *stats.Isotonic `json:"isotonic,omitempty"`
}

// fitCalibrator learns a calibration; nil for none.
func fitCalibrator(how Calibration, scores []float64, attack []bool) (*Calibrator, error) {
	switch how {
	case PlattCalibration:
		fitted, err := stats.FitPlatt(scores, attack, nil)
		return &Calibrator{Platt: &fitted}, err
	case IsotonicCalibration:
		fitted, err := stats.FitIsotonicClasses(scores, attack, nil)
		return &Calibrator{Isotonic: &fitted}, err
	}
	return nil, nil
}

// apply replaces scores by probabilities of an attack, and the probabilities of two
// classes by those.
func (c *Calibrator) apply(score, probabilities []float64) {
	if c == nil {
		return
	}
	for i, s := range score {
		if c.Platt != nil {
			s = c.Platt.At(s)
		} else {
			s = c.Isotonic.At(s)
		}
		if score[i] = s; probabilities != nil {
			probabilities[2*i], probabilities[2*i+1] = 1-s, s
		}
	}
}

// check returns an error unless the calibrator is whole.
func (c *Calibrator) check() error {
	switch {
	case c == nil:
		return nil
	case (c.Platt == nil) == (c.Isotonic == nil):
		return learn.Broken("calibrator", "it is of no kind")
	case c.Platt != nil:
		return c.Platt.Check()
	}
	return c.Isotonic.Check()
}
