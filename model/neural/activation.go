package neural

// An activation is what the units of hidden layers make of their sums.
type activation string

// Activations, by the names that scikit-learn gives them.
const (
	rectifiedUnits activation = "relu"     // max(0, z)
	tangentUnits   activation = "tanh"     // the hyperbolic tangent
	logisticUnits  activation = "logistic" // 1/(1+e⁻ᶻ)
)

func (a activation) known() bool {
	return a == rectifiedUnits || a == tangentUnits || a == logisticUnits
}

// apply replaces rows of sums of a layer by the values of its units.
func (a activation) apply(sums []float64, l *layer) {
	switch a {
	case rectifiedUnits:
		rectify(sums)
	case tangentUnits:
		tangentAll(sums)
	case logisticUnits:
		logisticAll(sums)
		for r := 0; r < len(sums); r += l.stride {
			clear(sums[r+l.out : r+l.stride]) // units that are none
		}
	}
}

// slope multiplies d by the derivative, which all three can tell from their value.
func (a activation) slope(d, value []float64) {
	value = value[:len(d)]
	switch a {
	case rectifiedUnits:
		gate(d, value)
	case tangentUnits:
		for i, v := range value {
			d[i] *= 1 - float64(v*v)
		}
	case logisticUnits:
		for i, v := range value {
			d[i] *= v * (1 - v)
		}
	}
}
