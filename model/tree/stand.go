package tree

// A stand is a few trees that take the same rule, as many as the first cache has room
// for. Its forks are the splits of all, in an order in which each stands before those
// below, and neighbours seldom wait for each other. Subtrees of which all leaves hold
// the same are leaves.
type stand struct {
	forks  []fork
	roots  int       // the first forks
	inner  int       // the first forks that lead to others
	sets   []int32   // the forks that are splits on levels
	leaves []float64 // what leaves hold, each value once
	rule   *rule
	ratios []float64 // group after group of points
}

// A fork is a split. Places are in numbers: those of spots and ratios, of which each is
// several, and of sums.
type fork struct {
	value  float64 // as in step
	share  [2]float64
	child  [2]int32 // the places of the spots of its children
	slot   int32    // where the cell is
	column int32    // the place of its sum
	ratio  int32    // the place of its ratio in a group
	above  int32    // of the last fork above on the same column twice the number, from 1, and the side on which this one lies; 0: none
}

// A spot is a fork, or a value of leaves, at a group of points: first the weight of the
// path, and then the mean over the leaves below, where each column is known with
// probability t. Spots of forks come first, in their order, then those of leaves.
const spotSize = 2 * points

// A ratio is how the weight of a path changes at a fork. The splits above on its column
// have the factor f = (1−t)·z + t, if they let the row through, where z is the share of
// the training rows that they do. The side that does not let the row through, but a
// part c of the training rows, has (1−t)·z·c instead. So c·(1−t)·z/f of the weight
// goes there: that is c times the first half of a ratio. What the column contributes
// is z·c/f² times the weight and the difference between the sides: z/f² is the second
// half. If the splits above do not let the row through, both sides get their shares.
const ratioSize = 2 * points

// The first ratios of a group.
const (
	ratioLost  = iota // splits above on the column do not let the row through
	ratioFirst        // there is no such split
	ratioOwn          // those of forks that repeat a column
)

// group returns the ratios at a group of points.
func (s *stand) group(g int) []float64 {
	n := len(s.ratios) / len(s.rule.weights)
	return s.ratios[g*n : (g+1)*n]
}

// leafMeans gives the values of leaves to their spots.
func (s *stand) leafMeans(spots []float64) {
	at := len(s.forks)*spotSize + points
	for _, v := range s.leaves {
		*(*lanes)(spots[at:]) = lanes{v, v, v, v}
		at += spotSize
	}
}

// rootWeights gives the roots their weights at a group of points.
func (s *stand) rootWeights(spots []float64, g int) {
	for k := range s.roots {
		*(*lanes)(spots[k*spotSize:]) = s.rule.weights[g]
	}
}
