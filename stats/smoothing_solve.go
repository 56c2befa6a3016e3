package stats

import (
	"math"

	vectors "gonum.org/v1/gonum/floats"
)

// A smoothingSolver finds the initial state of a form that leaves the least squared
// errors of one series at given weights. It keeps its memory from one solution to the
// next.
//
// The errors are linear in the initial state: e = d − Xβ, with the errors d of an
// initial state of zeros and, in a column of X, what one unit of one initial state adds
// to the forecasts. A seasonal effect does nothing before its first step, so that its
// column is that of the effect before, one step later: one column makes them all.
type smoothingSolver struct {
	form    SmoothingForm
	y       []float64
	columns [4][]float64 // d, and what level, slope and the first seasonal effect add
	ring    []float64    // seasonal effects while errors are computed
	state   SmoothingState
	order   int       // of the equations
	gram    []float64 // X'X, row by row, then its factor
	right   []float64 // X'd, then the solution
	scale   []float64
	lags    []float64
}

// The columns.
const (
	ofZeros = iota
	ofLevel
	ofSlope
	ofSeason
)

func newSmoothingSolver(y []float64, form SmoothingForm) *smoothingSolver {
	s := &smoothingSolver{form: form, y: y, order: form.stateCount()}
	for i := range s.columns {
		s.columns[i] = make([]float64, len(y))
	}
	if m := form.seasons(); m > 0 {
		s.ring, s.state.Seasonal, s.lags = make([]float64, m), make([]float64, m), make([]float64, m)
	}
	s.gram, s.right, s.scale = make([]float64, s.order*s.order), make([]float64, s.order), make([]float64, s.order)
	return s
}

// solve returns the best initial state, which lasts until the next call, and its sum of
// squared errors.
func (s *smoothingSolver) solve(w SmoothingWeights) (SmoothingState, float64) {
	if s.form.seasons() > 0 {
		s.respondSeasonal(w)
	} else {
		s.respond(w)
	}
	s.equations()
	s.factor()
	s.substitute()
	s.state.Level, s.state.Slope = s.right[0], 0
	rest := s.right[1:]
	if s.form.Trend != NoTrend {
		s.state.Slope, rest = rest[0], rest[1:]
	}
	copy(s.state.Seasonal, rest) // the last effect stays 0
	return s.state, s.errors(w, s.state)
}

// errors returns the sum of squared errors from an initial state.
func (s *smoothingSolver) errors(w SmoothingWeights, initial SmoothingState) float64 {
	level, slope, sum := initial.Level, initial.Slope, 0.0
	if len(initial.Seasonal) == 0 {
		for _, v := range s.y {
			slope *= w.Phi
			level += slope
			e := v - level
			level += w.Alpha * e
			slope += w.Beta * e
			sum += e * e
		}
		return sum
	}
	ring, j := s.ring, 0
	copy(ring, initial.Seasonal)
	for _, v := range s.y {
		slope *= w.Phi
		level += slope
		e := v - level - ring[j]
		level += w.Alpha * e
		slope += w.Beta * e
		ring[j] += w.Gamma * e
		sum += e * e
		if j++; j == len(ring) {
			j = 0
		}
	}
	return sum
}

// respond computes the columns of a form without a season, side by side, which takes
// hardly longer than one.
func (s *smoothingSolver) respond(w SmoothingWeights) {
	d, x, z := s.columns[ofZeros], s.columns[ofLevel], s.columns[ofSlope]
	var dl, db, xb, zl float64
	xl, zb := 1.0, 1.0
	for i, v := range s.y {
		db, xb, zb = w.Phi*db, w.Phi*xb, w.Phi*zb
		dl, xl, zl = dl+db, xl+xb, zl+zb
		d[i], x[i], z[i] = v-dl, xl, zl
		dl, xl, zl = dl+w.Alpha*d[i], xl-w.Alpha*x[i], zl-w.Alpha*z[i]
		db, xb, zb = db+w.Beta*d[i], xb-w.Beta*x[i], zb-w.Beta*z[i]
	}
}

// respondSeasonal computes the columns of a form with a season. To raise the level is to
// raise all seasonal effects, so that its column is the sum of theirs.
func (s *smoothingSolver) respondSeasonal(w SmoothingWeights) {
	s.respondOne(w, s.y, s.columns[ofZeros], SmoothingState{}, 0)
	if s.form.Trend != NoTrend {
		s.respondOne(w, nil, s.columns[ofSlope], SmoothingState{Slope: 1}, 0)
	}
	level, season, m, sum := s.columns[ofLevel], s.columns[ofSeason], len(s.ring), 0.0
	s.respondOne(w, nil, season, SmoothingState{}, 1)
	for i, v := range season {
		sum += v
		if i >= m {
			sum -= season[i-m]
		}
		level[i] = sum
	}
}

// respondOne computes the errors of y from a state and a first seasonal effect or,
// without y, what those add to forecasts.
func (s *smoothingSolver) respondOne(w SmoothingWeights, y, out []float64, from SmoothingState, effect float64) {
	level, slope, ring, j := from.Level, from.Slope, s.ring, 0
	clear(ring)
	ring[0] = effect
	for i := range out {
		slope *= w.Phi
		level += slope
		e := -level - ring[j]
		if y != nil {
			e += y[i]
		}
		level += w.Alpha * e
		slope += w.Beta * e
		ring[j] += w.Gamma * e
		if out[i] = e; y == nil {
			out[i] = -e
		}
		if j++; j == len(ring) {
			j = 0
		}
	}
}

// equations fills in X'X and X'd. Of the seasonal effects all but the last take part;
// with it a constant could move between them and the level.
func (s *smoothingSolver) equations() {
	fixed := [][]float64{s.columns[ofLevel]}
	if s.form.Trend != NoTrend {
		fixed = append(fixed, s.columns[ofSlope])
	}
	n, d := len(s.y), s.columns[ofZeros]
	for i, a := range fixed {
		s.right[i] = vectors.Dot(a, d)
		for k := range i + 1 {
			s.gram[i*s.order+k] = vectors.Dot(a, fixed[k])
		}
	}
	season, f := s.columns[ofSeason], len(fixed)
	for j := range s.order - f {
		row := f + j
		s.right[row] = vectors.Dot(season[:n-j], d[j:])
		for k, a := range fixed {
			s.gram[row*s.order+k] = vectors.Dot(season[:n-j], a[j:])
		}
		s.lags[j] = vectors.Dot(season[:n-j], season[j:])
	}
	s.seasonalGram(f)
}

// seasonalGram fills in the products of the seasonal columns with each other. That of
// two columns is that of the two before less the product of what has been shifted out.
func (s *smoothingSolver) seasonalGram(f int) {
	n, season, m := len(s.y), s.columns[ofSeason], s.order-f
	for apart := range m {
		product := s.lags[apart] // of the columns 0 and apart
		for k := 0; k+apart < m; k++ {
			s.gram[(f+k+apart)*s.order+f+k] = product
			product -= season[n-1-k] * season[n-1-k-apart]
		}
	}
}

// factor computes Cholesky's factor of X'X with columns of length 1. A column that
// hardly differs from those before is left out: its coefficient becomes 0.
func (s *smoothingSolver) factor() {
	k := s.order
	for i := range k {
		s.scale[i] = 1
		if v := s.gram[i*k+i]; v > 0 {
			s.scale[i] = 1 / math.Sqrt(v)
		}
	}
	for i := range k {
		row := s.gram[i*k : i*k+i+1]
		for j := range i {
			other := s.gram[j*k : j*k+j+1]
			v := row[j]*s.scale[i]*s.scale[j] - vectors.Dot(row[:j], other[:j])
			if row[j] = 0; other[j] > 0 {
				row[j] = v / other[j]
			}
		}
		rest := row[i]*s.scale[i]*s.scale[i] - vectors.Dot(row[:i], row[:i])
		if row[i] = 0; rest > 1e-12 {
			row[i] = math.Sqrt(rest)
		}
	}
}

// substitute solves the factored equations in place.
func (s *smoothingSolver) substitute() {
	k, b := s.order, s.right
	for i := range k {
		row := s.gram[i*k : i*k+i+1]
		v := b[i]*s.scale[i] - vectors.Dot(row[:i], b[:i])
		if b[i] = 0; row[i] > 0 {
			b[i] = v / row[i]
		}
	}
	for i := k - 1; i >= 0; i-- {
		pivot := s.gram[i*k+i]
		if pivot > 0 {
			b[i] /= pivot
		}
		for j := range i {
			b[j] -= s.gram[i*k+j] * b[i]
		}
	}
	for i := range b {
		b[i] *= s.scale[i]
	}
}
