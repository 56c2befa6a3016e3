package modeltest_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/netanom/netanom/model/learn"
)

// toy tells classes apart by the distance to their means in standardised columns,
// levels counting as far apart as their log-odds. It keeps the contract, unless one
// of its faults is planted.
type toy struct {
	Smoothing float64 `json:"smoothing,omitempty"` // 0 stands for 1

	fault   string
	learned *toyModel
}

// toyModel is public for encoding/json.
type toyModel struct {
	Columns []learn.Column `json:"columns"`
	Names   []string       `json:"classes"`
	Priors  learn.Floats   `json:"priors"`
	Means   []learn.Floats `json:"means"`  // by column, by class; of a coded column, log shares by class and level
	Scales  learn.Floats   `json:"scales"` // by column
	Salt    uint64         `json:"salt"`
	fault   string
	scored  int
}

func (s *toy) Kind() string { return "toy" }

func (s *toy) Space() []learn.Dimension {
	if s.fault == "range" {
		return []learn.Dimension{{Name: "smoothing", Low: -2, High: 3}}
	}
	return []learn.Dimension{{Name: "smoothing", Low: 0.1, High: 3, Log: true}}
}

func (s *toy) Cheaper(float64) learn.Spec {
	if s.fault == "cheaper" {
		s.Smoothing = 2
	}
	return s
}

func (s *toy) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Model, error) {
	if s.Smoothing < 0 {
		return nil, fmt.Errorf("smoothing %v: %w", s.Smoothing, learn.ErrSetting)
	}
	if err := s.checkFit(x, &y); err != nil {
		return nil, err
	}
	if s.fault != "deaf" && ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	smoothing := s.Smoothing
	if smoothing == 0 {
		smoothing = 1
	}
	m := &toyModel{Columns: x.Columns, Names: y.Classes, Priors: y.Totals(), Scales: make(learn.Floats, len(x.Columns)), fault: s.fault}
	if s.fault == "unweighted" {
		y.Weights = nil
	}
	for k := range m.Priors {
		m.Priors[k] = math.Log(m.Priors[k] + smoothing)
	}
	for j := range x.Columns {
		if x.Columns[j].Coded() {
			m.Means, m.Scales[j] = append(m.Means, shares(x.Codes[j], len(x.Columns[j].Levels), &y, smoothing)), 1
		} else {
			means, scale := classMeans(x.Numbers[j], &y)
			m.Means, m.Scales[j] = append(m.Means, means), scale
		}
		r.Report(j+1, len(x.Columns))
	}
	s.plant(m, x, y, r)
	return m, nil
}

func (s *toy) checkFit(x *learn.Matrix, y *learn.Target) error {
	switch {
	case s.fault == "lenient" && x.Rows > 1:
		return nil
	case s.fault == "weights" && y.Weights != nil:
		z := *y
		z.Weights = nil
		return learn.CheckFit(x, &z, true)
	case s.fault == "bare" && x.Rows < 2:
		return fmt.Errorf("that will not do")
	}
	return learn.CheckFit(x, y, true)
}

// plant spoils the fit with the fault, if it is one of fitting.
func (s *toy) plant(m *toyModel, x *learn.Matrix, y learn.Target, r learn.Run) {
	switch s.fault {
	case "random":
		m.Salt = rand.Uint64()
	case "workers":
		m.Salt = uint64(r.Workers)
	case "writes":
		x.Numbers[0][0] += 1
	case "writes classes":
		y.Y[0] = 1 - y.Y[0]
	case "sorts":
		slices.Sort(x.Numbers[3])
	case "remembers":
		if s.learned != nil {
			m.Priors[0] += s.learned.Priors[0] / 1e6
		}
		s.learned = m
	case "settings":
		s.Smoothing = 0.5
	case "progress":
		r.Report(len(x.Columns)+1, len(x.Columns))
	case "unwhole":
		m.Scales[0] = 0
	case "upside down":
		for j := range m.Means {
			if !x.Columns[j].Coded() {
				slices.Reverse(m.Means[j])
			} else {
				n := len(m.Means[j]) / len(m.Names)
				a, b := slices.Clone(m.Means[j][:n]), m.Means[j][n:2*n]
				copy(m.Means[j], b)
				copy(m.Means[j][n:], a)
			}
		}
	case "wrong inputs":
		m.Columns = slices.Clone(m.Columns[:len(m.Columns)-1])
		m.Means, m.Scales = m.Means[:len(m.Columns)], m.Scales[:len(m.Columns)]
	}
}

// classMeans returns the means of classes, of what is known, and the standard
// deviation about them.
func classMeans(v []float64, y *learn.Target) (learn.Floats, float64) {
	means, weights := make(learn.Floats, len(y.Classes)), make([]float64, len(y.Classes))
	var all, allWeight float64
	for i, a := range v {
		if a == a {
			a /= 1e10
			means[y.Y[i]] += a * y.Weight(i)
			weights[y.Y[i]] += y.Weight(i)
			all += a * y.Weight(i)
			allWeight += y.Weight(i)
		}
	}
	for k := range means {
		if weights[k] > 0 {
			means[k] *= 1e10 / weights[k]
		} else if allWeight > 0 {
			means[k] = all * 1e10 / allWeight
		}
	}
	var square float64
	for i, a := range v {
		if a == a && allWeight > 0 {
			d := a - means[y.Y[i]]
			square += d * (d / allWeight) * y.Weight(i)
		}
	}
	if !(square > 0) || math.IsInf(square, 1) {
		return means, 1
	}
	return means, math.Sqrt(square)
}

// shares returns the logarithms of the shares of levels, by class.
func shares(codes []int32, levels int, y *learn.Target, smoothing float64) learn.Floats {
	out := make(learn.Floats, len(y.Classes)*levels)
	for i, c := range codes {
		if c >= 0 {
			out[int(y.Y[i])*levels+int(c)] += y.Weight(i)
		}
	}
	for k := range y.Classes {
		row := out[k*levels : (k+1)*levels]
		var sum float64
		for _, n := range row {
			sum += n + smoothing
		}
		for l := range row {
			row[l] = math.Log((row[l] + smoothing) / sum)
		}
	}
	return out
}

func (m *toyModel) Kind() string           { return "toy" }
func (m *toyModel) Inputs() []learn.Column { return m.Columns }
func (m *toyModel) Classes() []string      { return m.Names }

func (m *toyModel) Importance() (string, []float64) {
	out := slices.Repeat([]float64{1 / float64(len(m.Columns))}, len(m.Columns))
	if m.fault == "shares" {
		out[0] += 0.1
	}
	return "nothing", out
}

func (m *toyModel) Check() error {
	if m.fault == "unchecked" {
		return nil
	}
	k := len(m.Names)
	if k < 2 || len(m.Columns) == 0 || len(m.Means) != len(m.Columns) || len(m.Scales) != len(m.Columns) || len(m.Priors) != k || !m.Priors.Finite() {
		return learn.Broken("toy", "lists do not fit together")
	}
	if err := learn.CheckColumns(m.Columns); err != nil {
		return learn.Broken("toy", "%v", err)
	}
	for j := range m.Columns {
		want := k
		if m.Columns[j].Coded() {
			want *= len(m.Columns[j].Levels)
		}
		if len(m.Means[j]) != want || !m.Means[j].Finite() || !(m.Scales[j] > 0) || math.IsInf(m.Scales[j], 1) {
			return learn.Broken("toy", "column %d is not whole", j)
		}
	}
	return nil
}
