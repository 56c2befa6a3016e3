package model

import (
	"context"

	"github.com/netanom/netanom/stats"
)

// A CurvePoint is how models do that were trained on so many rows: on these rows
// themselves, and on rows held out.
type CurvePoint struct {
	Rows        int
	Train, Test stats.Moments // of the goal, over the repeats
}

// curveShares are the parts of the training rows at which a learning curve is measured.
var curveShares = []float64{0.01, 0.03, 0.1, 0.3, 1}

const curveRepeats = 3

// LearningCurve trains by the recipe on growing parts of the rows, and judges each
// model by those and by a fifth of the rows that none of them sees, three times over
// with other parts. Parts in which a class is missing are left out. The distance of the
// two lines tells overfitting, and the slope at the end whether more rows would help.
func LearningCurve(ctx context.Context, d *Data, rows []int, r Recipe, goal Goal, w Work) ([]CurvePoint, error) {
	points := make([]CurvePoint, len(curveShares))
	for repeat := range curveRepeats {
		seed := r.Seed + uint64(repeat)
		train, test, err := d.Holdout(rows, 0.2, seed)
		if err != nil {
			return nil, err
		}
		for k, share := range curveShares {
			part := train
			if share < 1 {
				if _, part, err = d.Holdout(train, share, seed); err != nil {
					continue
				}
			}
			w.stage("learning curve, %d of %d: %d rows", repeat*len(curveShares)+k+1, curveRepeats*len(curveShares), len(part))
			if err := points[k].add(ctx, d, r, part, test, goal, w); err != nil {
				return nil, err
			}
		}
	}
	var out []CurvePoint
	for _, p := range points {
		if p.Test.N > 0 {
			out = append(out, p)
		}
	}
	return out, nil
}

// add trains on a part and judges by it and by the rows held out. A part that cannot be
// learned from adds nothing.
func (c *CurvePoint) add(ctx context.Context, d *Data, r Recipe, part, test []int, goal Goal, w Work) error {
	p, err := fit(ctx, d, part, r, w)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		return nil // too few rows, or one class: the curve begins later
	}
	p.Cut = Rule{}.given(len(p.Classes))
	c.Rows = len(part)
	for _, one := range []struct {
		rows []int
		to   *stats.Moments
	}{{part, &c.Train}, {test, &c.Test}} {
		s, err := p.ScoreData(ctx, d, one.rows, w.Workers)
		if err != nil {
			return err
		}
		j, err := Judge(ctx, d, one.rows, r.Task, p.Classes, s, nil)
		if err != nil {
			return err
		}
		if v := goal.of(j); v == v {
			one.to.Add(v)
		}
	}
	return nil
}
