package neural

import "math"

// A loss compares what the last layer puts out for a row with what is wanted.
type loss interface {
	// units is the number of units that the last layer must have.
	units() int
	// derive returns the loss of a row, by its place among the training rows, and
	// turns z, the sums of the last layer, into the derivative of the loss by them.
	derive(z []float64, row int32) float64
}

// logLoss is the cross-entropy of two classes, of which the second has the
// probability 1/(1+e⁻ᶻ). Scikit-learn holds probabilities off 0 and 1 by 2.2e-16; the
// sums do not need it.
type logLoss struct {
	class []int32
}

func (l *logLoss) units() int { return 1 }

func (l *logLoss) derive(z []float64, row int32) float64 {
	v := z[0]
	value := math.Log1p(expNegative(-math.Abs(v)))
	z[0] = logistic(v)
	if l.class[row] == 1 {
		z[0] = -logistic(-v) // p − 1
		v = -v
	}
	if v > 0 {
		value += v
	}
	return value
}

// softmaxLoss is the cross-entropy of several classes, whose probabilities are the
// softmax of the sums.
type softmaxLoss struct {
	classes int
	class   []int32
}

func (l *softmaxLoss) units() int { return l.classes }

func (l *softmaxLoss) derive(z []float64, row int32) float64 {
	y := l.class[row]
	wanted := z[y]
	top, sum := softmax(z)
	z[y]--
	return math.Log(sum) - (wanted - top)
}

// softmax turns sums into probabilities. It returns the largest sum, and the sum of
// the exponentials of all, less the largest.
func softmax(z []float64) (top, sum float64) {
	top = z[0]
	for _, v := range z[1:] {
		top = max(top, v)
	}
	for i, v := range z {
		z[i] = expNegative(v - top)
		sum += z[i]
	}
	for i := range z {
		z[i] /= sum
	}
	return top, sum
}

// squaredLoss is half the sum of the squared differences from wanted values.
type squaredLoss struct {
	outputs int
	wanted  []float64 // row after row
}

func (l *squaredLoss) units() int { return l.outputs }

func (l *squaredLoss) derive(z []float64, row int32) float64 {
	var sum float64
	for i, w := range l.wanted[int(row)*l.outputs:][:l.outputs] {
		z[i] -= w
		sum += float64(z[i] * z[i])
	}
	return sum / 2
}
