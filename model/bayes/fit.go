package bayes

import (
	"fmt"
	"math"
	"sync"

	"github.com/netanom/netanom/model/learn"
)

// A counter reports progress from several goroutines, one at a time.
type counter struct {
	mu   sync.Mutex
	done int
}

func (c *counter) add(r *learn.Run, total int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done++
	r.Report(c.done, total)
}

// A fitter makes the parts of a model. A part is made by one goroutine from row to
// row, so that its sums do not depend on how many there are.
type fitter struct {
	spec   NaiveBayes
	x      *learn.Matrix
	y      *learn.Target
	totals []float64 // weight by class
}

// priors are those of the settings, or the shares of the weight; 0 for classes
// without rows.
func (f *fitter) priors() learn.Floats {
	out := make(learn.Floats, len(f.totals))
	var sum float64
	for k, w := range f.totals {
		switch {
		case w == 0:
		case f.spec.Priors != nil:
			out[k] = f.spec.Priors[k]
		default:
			out[k] = w
		}
		sum += out[k]
	}
	for k := range out {
		out[k] /= sum
	}
	return out
}

// part learns from one column.
func (f *fitter) part(j int) (Part, error) {
	c := &f.x.Columns[j]
	switch {
	case c.Coded():
		return Part{Shares: f.logShares(f.x.Codes[j], len(c.Levels))}, nil
	case f.spec.Numbers == Binned:
		return f.binned(f.x.Numbers[j]), nil
	}
	p := f.gaussian(f.x.Numbers[j])
	if !p.Means.Finite() || !p.Variances.Finite() || p.overall-p.overall != 0 {
		return p, fmt.Errorf("naive Bayes: the numbers of column %q are too large to have a variance; take logarithms before it, or set numbers to %q", c.Name, Binned)
	}
	return p, nil
}

// logShares returns the logarithms of the smoothed shares of codes below n within
// each class, class by class. Codes below 0 do not count.
func (f *fitter) logShares(codes []int32, n int) learn.Floats {
	out := make(learn.Floats, len(f.totals)*n)
	for i, c := range codes {
		if c >= 0 {
			out[int(f.y.Y[i])*n+int(c)] += f.y.Weight(i)
		}
	}
	f.smooth(out, n)
	return out
}

// smooth makes logarithms of shares of counts of n codes, class by class.
func (f *fitter) smooth(counts learn.Floats, n int) {
	for k := range f.totals {
		row := counts[k*n : (k+1)*n]
		sum := 0.0
		for _, w := range row {
			sum += w
		}
		sum = math.Log(sum + f.spec.Alpha*float64(n))
		for l, w := range row {
			row[l] = math.Log(w+f.spec.Alpha) - sum
		}
	}
}

// gaussian returns the means and variances of a column within classes, and the
// variance of all.
func (f *fitter) gaussian(v []float64) Part {
	k := len(f.totals)
	weights, sums := make([]float64, k), make([]float64, k)
	whole := f.y.Weights == nil
	for i, a := range v {
		if a != a {
			continue
		}
		w := 1.0
		if !whole {
			w = f.y.Weights[i]
		}
		c := f.y.Y[i]
		weights[c] += w
		sums[c] += float64(a * w)
	}
	var weight, sum float64
	for c := range sums {
		weight += weights[c]
		sum += sums[c]
	}
	if weight == 0 {
		return Part{}
	}
	p := Part{Means: make(learn.Floats, k), Variances: make(learn.Floats, k)}
	mean := sum / weight
	for c := range sums {
		p.Means[c] = mean
		if weights[c] > 0 {
			p.Means[c] = sums[c] / weights[c]
		}
	}
	f.squares(v, &p, weights)
	// The variance of all is that within classes and that between them.
	for c, w := range weights {
		d := p.Means[c] - mean
		p.overall += float64(w / weight * (p.Variances[c] + float64(d*d)))
	}
	for c, w := range weights {
		if w == 0 {
			p.Variances[c] = p.overall
		}
	}
	return p
}

// squares sets the variances about the means, corrected for what rounding left in
// these [1].
//
// [1] T. F. Chan, G. H. Golub and R. J. LeVeque (1983), "Algorithms for computing the
// sample variance", The American Statistician 37(3), 242–247, formula 1.7.
func (f *fitter) squares(v []float64, p *Part, weights []float64) {
	rest := make([]float64, len(weights))
	means, variances := p.Means, p.Variances
	whole := f.y.Weights == nil
	for i, a := range v {
		if a != a {
			continue
		}
		c := f.y.Y[i]
		d := a - means[c]
		if whole {
			rest[c] += d
			variances[c] += float64(d * d)
			continue
		}
		w := f.y.Weights[i]
		rest[c] += float64(w * d)
		variances[c] += float64(w * d * d)
	}
	for c, w := range weights {
		if w > 0 {
			variances[c] = max(0, variances[c]-rest[c]*rest[c]/w) / w
		}
	}
}
