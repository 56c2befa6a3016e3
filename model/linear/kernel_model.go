package linear

import (
	"math"

	"github.com/netanom/netanom/model/learn"
)

// A KernelSVMModel is a fitted KernelSVM: decision values are sums of weights times
// the kernels of a row with the rows that were chosen.
type KernelSVMModel struct {
	Columns    []learn.Column `json:"columns"`
	Labels     []string       `json:"classes"`
	Present    learn.Ints     `json:"present"` // the classes that had rows; others have probability 0
	Gamma      float64        `json:"gamma"`
	Landmarks  int            `json:"landmarks"`  // rows chosen
	Numbers    learn.Floats   `json:"numbers"`    // theirs, row after row
	Codes      learn.Ints     `json:"codes"`      // theirs, row after row
	Weights    learn.Floats   `json:"weights"`    // by plane, by chosen row
	Intercepts learn.Floats   `json:"intercepts"` // by plane
	scaling
	Iterations int  `json:"iterations"` // most of any plane
	Converged  bool `json:"converged"`
}

// Kind is "rbfsvm".
func (*KernelSVMModel) Kind() string { return KernelSVMKind }

// Inputs are the columns it was fitted to.
func (m *KernelSVMModel) Inputs() []learn.Column { return m.Columns }

// Classes are those of the target it was fitted to.
func (m *KernelSVMModel) Classes() []string { return m.Labels }

// counts returns how many columns hold numbers and how many hold levels.
func (m *KernelSVMModel) counts() (numbers, codes int) {
	for j := range m.Columns {
		if m.Columns[j].Coded() {
			codes++
		} else {
			numbers++
		}
	}
	return numbers, codes
}

// A kernelRow is the cells of a row.
type kernelRow struct {
	numbers []float64
	codes   []int32
}

func (m *KernelSVMModel) newRow() *kernelRow {
	numbers, codes := m.counts()
	return &kernelRow{numbers: make([]float64, numbers), codes: make([]int32, codes)}
}

// read fills the cells from a matrix.
func (r *kernelRow) read(m *KernelSVMModel, x *learn.Matrix, i int) {
	numbers, codes := 0, 0
	for j := range m.Columns {
		if x.Codes[j] != nil {
			r.codes[codes] = x.Codes[j][i]
			codes++
		} else {
			r.numbers[numbers] = x.Numbers[j][i]
			numbers++
		}
	}
}

// landmark returns a chosen row.
func (m *KernelSVMModel) landmark(i int) *kernelRow {
	numbers, codes := m.counts()
	return &kernelRow{numbers: m.Numbers[i*numbers : (i+1)*numbers], codes: m.Codes[i*codes : (i+1)*codes]}
}

// kernels sets the kernels of a row with all chosen ones.
func (m *KernelSVMModel) kernels(r *kernelRow, out []float64) {
	numbers, codes := len(r.numbers), len(r.codes)
	for k := range out {
		square := distance(r.numbers, m.Numbers[k*numbers:(k+1)*numbers])
		for j, other := range m.Codes[k*codes : (k+1)*codes] {
			switch code := r.codes[j]; {
			case code == other:
			case code < 0 || other < 0:
				square++
			default:
				square += 2
			}
		}
		out[k] = math.Exp(-m.Gamma * square)
	}
}

// distance returns the squared distance of two rows of one length.
func distance(a, b []float64) float64 {
	var s0, s1 float64
	b = b[:len(a)]
	i := 0
	for ; i+2 <= len(a); i += 2 {
		d0, d1 := a[i]-b[i], a[i+1]-b[i+1]
		s0 += d0 * d0
		s1 += d1 * d1
	}
	if i < len(a) {
		d := a[i] - b[i]
		s0 += d * d
	}
	return s0 + s1
}

// Check returns an error that wraps learn.ErrBroken unless the model is whole.
func (m *KernelSVMModel) Check() error {
	if err := learn.CheckColumns(m.Columns); err != nil {
		return learn.Broken(KernelSVMKind, "%v", err)
	}
	if err := checkClasses(KernelSVMKind, m.Present, m.Labels); err != nil {
		return err
	}
	numbers, codes := m.counts()
	planes := planesOf(m.Present)
	if m.Landmarks < 1 || m.Landmarks >= maxFeatures || len(m.Numbers) != m.Landmarks*numbers || len(m.Codes) != m.Landmarks*codes ||
		len(m.Weights) != planes*m.Landmarks || len(m.Intercepts) != planes {
		return learn.Broken(KernelSVMKind, "%d numbers, %d codes and %d weights of %d chosen rows", len(m.Numbers), len(m.Codes), len(m.Weights), m.Landmarks)
	}
	if !(m.Gamma > 0) || m.Gamma-m.Gamma != 0 || !m.Numbers.Finite() || !m.Weights.Finite() || !m.Intercepts.Finite() {
		return learn.Broken(KernelSVMKind, "a number is not finite, or gamma is %v", m.Gamma)
	}
	return m.scaling.check(KernelSVMKind, planes)
}

// Score writes the probability of all classes but the first.
func (m *KernelSVMModel) Score(dst []float64, x *learn.Matrix) error { return score(m, dst, x) }

// Probabilities writes those of the classes.
func (m *KernelSVMModel) Probabilities(dst []float64, x *learn.Matrix) error {
	classes := len(m.Labels)
	x, err := bind(x, m.Columns, len(dst), classes)
	if err != nil {
		return err
	}
	row, kernels, z := m.newRow(), make([]float64, m.Landmarks), make([]float64, len(m.Intercepts))
	for i := range x.Rows {
		row.read(m, x, i)
		m.kernels(row, kernels)
		for k, intercept := range m.Intercepts {
			z[k] = intercept + dot(m.Weights[k*m.Landmarks:(k+1)*m.Landmarks], kernels)
		}
		m.scaling.row(z, m.Present, dst[i*classes:(i+1)*classes])
	}
	return nil
}
