package linear

import (
	"errors"
	"fmt"
	"math"

	"github.com/netanom/netanom/model/learn"
)

// Planes are fitted weights: one decision value for two classes, one a class for
// more. A column of numbers has one weight, a coded one as many as levels.
type Planes struct {
	Columns    []learn.Column `json:"columns"`
	Labels     []string       `json:"classes"`    // of the target
	Present    learn.Ints     `json:"present"`    // the classes that had rows; others have probability 0
	Weights    learn.Floats   `json:"weights"`    // plane after plane, column after column
	Intercepts learn.Floats   `json:"intercepts"` // by plane
	Means      learn.Floats   `json:"means"`      // of training: of numbers, and for a level the share of rows
	Spreads    learn.Floats   `json:"spreads"`    // their standard deviations
}

// Inputs are the columns it was fitted to.
func (p *Planes) Inputs() []learn.Column { return p.Columns }

// Classes are those of the target it was fitted to.
func (p *Planes) Classes() []string { return p.Labels }

// planes is how many decision values a row has.
func (p *Planes) planes() int { return len(p.Intercepts) }

// newPlanes returns planes without weights.
func newPlanes(x *learn.Matrix, y *learn.Target, present []int32) Planes {
	p := Planes{Columns: x.Columns, Labels: y.Classes, Present: present}
	first := offsets(x.Columns)
	n := first[len(x.Columns)]
	p.Means, p.Spreads = make(learn.Floats, n), make(learn.Floats, n)
	w := weights(x.Rows, y)
	total := sum(w)
	for j := range x.Columns {
		if !x.Columns[j].Coded() {
			p.Means[first[j]], p.Spreads[first[j]] = center(x.Numbers[j], w)
			continue
		}
		shares := p.Means[first[j]:first[j+1]]
		for i, code := range x.Codes[j] {
			if code >= 0 {
				shares[code] += w[i]
			}
		}
		for l := range shares {
			shares[l] = min(shares[l]/total, 1)
			p.Spreads[first[j]+l] = math.Sqrt(shares[l] * (1 - shares[l]))
		}
	}
	return p
}

// center returns the weighted mean and standard deviation, without overflow.
func center(v, weight []float64) (m, sd float64) {
	m = mean(v, weight)
	reach := 0.0
	for _, a := range v {
		reach = max(reach, math.Abs(a/4-m/4))
	}
	if reach < narrowest {
		return m, 0
	}
	total, square := sum(weight), 0.0
	for i, a := range v {
		c := (a/4 - m/4) / reach
		square += weight[i] / total * c * c
	}
	return m, min(math.Sqrt(square)*reach*4, math.MaxFloat64)
}

// add appends a plane.
func (p *Planes) add(weights []float64, intercept float64) {
	p.Weights = append(p.Weights, weights...)
	p.Intercepts = append(p.Intercepts, intercept)
}

// tame makes weights finite, which those of columns with a range near the smallest
// number might not be.
func (p *Planes) tame() {
	for _, list := range []learn.Floats{p.Weights, p.Intercepts} {
		for i, v := range list {
			if v-v != 0 {
				list[i] = 0
			}
		}
	}
}

// scoredRows is how many rows are scored at a time, which keeps them in cache.
const scoredRows = 512

// bind finds columns of a matrix and refuses what cannot be scored.
func bind(x *learn.Matrix, columns []learn.Column, room, each int) (*learn.Matrix, error) {
	if room < x.Rows*each {
		return nil, errRoom(room, x.Rows*each)
	}
	bound, err := x.Bind(columns)
	if err != nil {
		return nil, err
	}
	return bound, learn.RefuseMissing(bound)
}

// score writes the probability of all classes but the first.
func score(m learn.Classifier, dst []float64, x *learn.Matrix) error {
	if len(dst) < x.Rows {
		return errRoom(len(dst), x.Rows)
	}
	return learn.ScoreByClasses(m, dst, x)
}

func errRoom(room, wanted int) error {
	return fmt.Errorf("there is room for %d numbers, and %d are wanted", room, wanted)
}

// probabilities writes those of the classes, row after row: what a function makes of
// the decision values of each.
func (p *Planes) probabilities(dst []float64, x *learn.Matrix, of func(z []float64, present []int32, row []float64)) error {
	k, planes := len(p.Labels), p.planes()
	x, err := bind(x, p.Columns, len(dst), k)
	if err != nil {
		return err
	}
	z := make([]float64, min(scoredRows, x.Rows)*planes)
	for from := 0; from < x.Rows; from += scoredRows {
		to := min(from+scoredRows, x.Rows)
		p.margins(x, from, to, z)
		for i := range to - from {
			of(z[i*planes:(i+1)*planes], p.Present, dst[(from+i)*k:(from+i+1)*k])
		}
	}
	return nil
}

// margins sets the decision values of some rows: dst[i·planes+k].
func (p *Planes) margins(x *learn.Matrix, from, to int, dst []float64) {
	planes, n := p.planes(), len(p.Means)
	for k := range planes {
		weights := p.Weights[k*n : (k+1)*n]
		for i := from; i < to; i++ {
			dst[(i-from)*planes+k] = p.Intercepts[k]
		}
		f := 0
		for j := range p.Columns {
			f += addTo(dst[k:], planes, x, j, from, to, weights[f:])
		}
		for i := from; i < to; i++ {
			if v := &dst[(i-from)*planes+k]; *v-*v != 0 {
				*v = p.huge(x, i, weights, p.Intercepts[k])
			}
		}
	}
}

// addTo adds the part of a column to every so many places of dst, and returns how
// many weights the column has.
func addTo(dst []float64, every int, x *learn.Matrix, j, from, to int, weights []float64) int {
	if codes := x.Codes[j]; codes != nil {
		levels := weights[:len(x.Columns[j].Levels)]
		for i, code := range codes[from:to] {
			if uint(code) < uint(len(levels)) {
				dst[i*every] += levels[code]
			}
		}
		return len(levels)
	}
	w := weights[0]
	for i, v := range x.Numbers[j][from:to] {
		dst[i*every] += w * v
	}
	return 1
}

// huge returns the decision value of a row in which a product overflows: parts are
// held within bounds so that they still add up.
func (p *Planes) huge(x *learn.Matrix, row int, weights []float64, total float64) float64 {
	const bound = 1e300
	f := 0
	for j := range p.Columns {
		var part [1]float64
		f += addTo(part[:], 1, x, j, row, row+1, weights[f:])
		total += max(-bound, min(bound, part[0]))
	}
	return total
}

// explain splits the decision value of two classes, of which the first is normal.
// What a column adds is its weight times the value less the mean of training; of
// levels, the weight of the level less the mean weight. There is no such split of a
// score that puts more than two classes together: the error then wraps
// errors.ErrUnsupported.
func (p *Planes) explain(x *learn.Matrix, scale string) (*learn.Explanation, error) {
	if p.planes() != 1 || p.Present[0] != 0 {
		return nil, fmt.Errorf("a score of %d classes is no sum over the columns: %w", len(p.Present), errors.ErrUnsupported)
	}
	x, err := bind(x, p.Columns, x.Rows, 1)
	if err != nil {
		return nil, err
	}
	e := &learn.Explanation{Scale: scale, Base: p.Intercepts[0], Total: make([]float64, x.Rows), Parts: make([][]float64, len(p.Columns))}
	p.margins(x, 0, x.Rows, e.Total)
	f := 0
	for j := range p.Columns {
		part := make([]float64, x.Rows)
		used := addTo(part, 1, x, j, 0, x.Rows, p.Weights[f:])
		middle := dot(p.Weights[f:f+used], p.Means[f:f+used])
		for i := range part {
			part[i] -= middle
		}
		e.Base += middle
		e.Parts[j] = part
		f += used
	}
	return e, nil
}

// Importance returns the shares of |weight| × standard deviation, those of the
// levels of a column and of all classes added up.
func (p *Planes) Importance() (measure string, shares []float64) {
	shares = make([]float64, len(p.Columns))
	first, n := offsets(p.Columns), len(p.Means)
	for k := range p.planes() {
		for j := range shares {
			for f := first[j]; f < first[j+1]; f++ {
				shares[j] += math.Min(math.Abs(p.Weights[k*n+f])*p.Spreads[f], 1e300)
			}
		}
	}
	if total := sum(shares); total > 0 {
		for j := range shares {
			shares[j] /= total
		}
	}
	return "|standardised coefficient|", shares
}

// check returns an error that wraps learn.ErrBroken unless the lists fit each other.
func (p *Planes) check(kind string) error {
	if err := learn.CheckColumns(p.Columns); err != nil {
		return learn.Broken(kind, "%v", err)
	}
	if err := checkClasses(kind, p.Present, p.Labels); err != nil {
		return err
	}
	n, planes := offsets(p.Columns)[len(p.Columns)], planesOf(p.Present)
	if len(p.Intercepts) != planes || len(p.Weights) != planes*n || len(p.Means) != n || len(p.Spreads) != n {
		return learn.Broken(kind, "%d weights, %d intercepts, %d means and %d deviations of %d features for %d classes",
			len(p.Weights), len(p.Intercepts), len(p.Means), len(p.Spreads), n, len(p.Present))
	}
	for _, list := range []learn.Floats{p.Weights, p.Intercepts, p.Means, p.Spreads} {
		if !list.Finite() {
			return learn.Broken(kind, "a number is not finite")
		}
	}
	return nil
}

// planesOf returns how many decision values so many classes have.
func planesOf(present []int32) int {
	if len(present) == 2 {
		return 1
	}
	return len(present)
}

// checkClasses does so for the classes.
func checkClasses(kind string, present []int32, labels []string) error {
	if len(present) < 2 {
		return learn.Broken(kind, "%d classes with rows", len(present))
	}
	last := int32(-1)
	for _, k := range present {
		if k <= last || int(k) >= len(labels) {
			return learn.Broken(kind, "class %d of %d, after %d", k, len(labels), last)
		}
		last = k
	}
	return nil
}
