package cluster

import (
	"fmt"
	"math"

	"github.com/netanom/netanom/model/learn"
)

// densities are normal distributions. Instead of a covariance matrix each has a factor
// of its inverse: the upper triangular matrix P, row after row, of which P·Pᵀ is the
// inverse; or the roots of the inverse variances.
type densities struct {
	covariance string
	k, d       int
	width      int   // of the d dimensions, those of numbers
	places     []int // by slot: its dimension; −1 for NoLevel
	starts     []int // by row of a triangle: where it begins
	weights    []float64
	means      []float64 // by component
	precisions []float64 // by component, or one for all
	bias       []float64 // by component: what a row has before its own part, see prepare
	constants  []float64 // by component: the logarithm of the density at the mean, times the weight
}

func newDensities(s *space, covariance string, k int) *densities {
	d := &densities{covariance: covariance, k: k, d: s.counted(), width: len(s.numbers), places: make([]int, s.slots())}
	at := d.width
	for c := range s.coded {
		for slot := s.first[c]; slot < s.missing(c); slot++ {
			d.places[slot] = at
			at++
		}
		d.places[s.missing(c)] = -1
	}
	d.starts = make([]int, d.d)
	for j := 1; j < d.d; j++ {
		d.starts[j] = d.starts[j-1] + d.d - j + 1
	}
	d.weights, d.means, d.constants = make([]float64, k), make([]float64, k*d.d), make([]float64, k)
	d.precisions = make([]float64, d.matrices()*d.size())
	return d
}

// triangular reports whether there are covariances beside variances.
func (d *densities) triangular() bool { return d.covariance == Full || d.covariance == Tied }

// size is how many numbers a covariance takes.
func (d *densities) size() int {
	switch {
	case d.triangular():
		return d.d * (d.d + 1) / 2
	case d.covariance == Diagonal:
		return d.d
	}
	return 1
}

// matrices is how many covariances there are.
func (d *densities) matrices() int {
	if d.covariance == Tied {
		return 1
	}
	return d.k
}

func (d *densities) mean(c int) []float64 { return d.means[c*d.d : (c+1)*d.d] }

func (d *densities) precision(c int) []float64 {
	if d.covariance == Tied {
		c = 0
	}
	return d.precisions[c*d.size() : (c+1)*d.size()]
}

// invert sets the precision of a covariance, to whose diagonal reg is added.
func (d *densities) invert(c int, covariance []float64, reg float64) error {
	failure := fmt.Errorf("component %d has no spread in some direction: %w; set reg_covar higher or n_components lower", c+1, learn.ErrConstant)
	p := d.precision(c)
	if !d.triangular() {
		for j, v := range covariance {
			if !(v+reg > 0) {
				return failure
			}
			p[j] = 1 / math.Sqrt(v+reg)
		}
		return nil
	}
	// The factor L of the covariance, L·Lᵀ, transposed: its columns as rows.
	l := covariance
	for j := range d.d {
		row := l[d.starts[j]:][:d.d-j]
		row[0] += reg
		for a := range j {
			above := l[d.starts[a]+j-a:][:d.d-j]
			f := above[0]
			for i, v := range above {
				row[i] -= float64(f * v)
			}
		}
		if !(row[0] > 0) || math.IsInf(row[0], 1) {
			return failure
		}
		root := math.Sqrt(row[0])
		for i := range row {
			row[i] /= root
		}
	}
	// P is the inverse of Lᵀ, which is upper triangular with rows l: column by column
	// from the diagonal up.
	for j := range d.d {
		p[d.starts[j]] = 1 / l[d.starts[j]]
		for i := j - 1; i >= 0; i-- {
			sum := 0.0
			for a := i + 1; a <= j; a++ {
				sum += float64(l[d.starts[i]+a-i] * p[d.starts[a]+j-a])
			}
			p[d.starts[i]+j-i] = -sum / l[d.starts[i]]
		}
	}
	return nil
}

// prepare finds what does not depend on rows. A row is compared with a mean number by
// number; of levels, the part that all would have if they were 0 is made before.
func (d *densities) prepare() {
	d.bias = make([]float64, d.k*d.d)
	for c := range d.k {
		p, mean := d.precision(c), d.mean(c)
		bias := d.bias[c*d.d : (c+1)*d.d]
		logs := 0.0
		for j := range d.d {
			q := d.root(p, j)
			logs += math.Log(q)
			switch {
			case j < d.width:
			case d.triangular():
				for l, v := range p[d.starts[j]:][:d.d-j] {
					bias[j+l] -= float64(mean[j] * v)
				}
			default:
				bias[0] += square(mean[j] * q)
			}
		}
		d.constants[c] = math.Log(d.weights[c]) + logs - float64(d.d)*math.Log(2*math.Pi)/2
	}
}

// root is place j of the diagonal of a precision.
func (d *densities) root(p []float64, j int) float64 {
	switch {
	case d.triangular():
		return p[d.starts[j]]
	case d.covariance == Diagonal:
		return p[j]
	}
	return p[0]
}

// log returns the logarithm of the density of component c at row i, times the weight.
func (d *densities) log(c int, r *rows, i int, spare []float64) float64 {
	mean, p, bias := d.mean(c), d.precision(c), d.bias[c*d.d:(c+1)*d.d]
	if !d.triangular() {
		sum := bias[0]
		for j, v := range r.Row(i) {
			sum += square((v - mean[j]) * d.root(p, j))
		}
		for _, slot := range r.Coded(i) {
			if at := d.places[slot]; at >= 0 {
				sum += square(d.root(p, at)) * (1 - 2*mean[at])
			}
		}
		return d.constants[c] - max(0, sum)/2
	}
	copy(spare, bias)
	for j, v := range r.Row(i) {
		addScaled(spare[j:], p[d.starts[j]:], v-mean[j])
	}
	for _, slot := range r.Coded(i) {
		if at := d.places[slot]; at >= 0 {
			addScaled(spare[at:], p[d.starts[at]:], 1)
		}
	}
	sum := 0.0
	for _, v := range spare {
		sum += float64(v * v)
	}
	return d.constants[c] - sum/2
}

// addScaled adds f times the numbers of a row to dst.
func addScaled(dst, row []float64, f float64) {
	row = row[:len(dst)]
	for len(dst) >= 4 && len(row) >= 4 {
		a, b := dst[:4], row[:4]
		a[0] += float64(f * b[0])
		a[1] += float64(f * b[1])
		a[2] += float64(f * b[2])
		a[3] += float64(f * b[3])
		dst, row = dst[4:], row[4:]
	}
	for j := range dst {
		dst[j] += float64(f * row[j])
	}
}

// shares writes the probability of each component for row i, and returns the logarithm
// of its density.
func (d *densities) shares(dst []float64, r *rows, i int, spare []float64) float64 {
	for c := range dst {
		dst[c] = d.log(c, r, i, spare)
	}
	all := logSumExp(dst)
	if !(all > math.Inf(-1)) { // too far from all of them to tell
		for c := range dst {
			dst[c] = d.weights[c]
		}
		return math.Inf(-1)
	}
	for c := range dst {
		dst[c] = math.Exp(dst[c] - all)
	}
	return all
}
