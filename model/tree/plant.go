package tree

import "github.com/netanom/netanom/model/learn"

// A plant is a tree that was grown.
type plant struct {
	nodes   []Node
	gain    []float64
	sums    []float64 // of each node, the weight of each class
	sets    []uint64
	classes int
}

// weight returns that of the training rows of a node.
func (p *plant) weight(node int) float64 {
	return total(p.sums[node*p.classes : (node+1)*p.classes])
}

// prune makes leaves of the splits that are not worth alpha for each leaf they add:
// what is left is the smallest of the subtrees whose impurity, as a share of the
// root's weight, plus alpha times the number of leaves is least (Breiman et al.
// 1984, chapter 3).
func (p *plant) prune(alpha float64) {
	weight := p.weight(0)
	worth := make([]float64, len(p.nodes))
	for i := len(p.nodes) - 1; i >= 0; i-- {
		n := &p.nodes[i]
		if n.Column == Leaf {
			continue
		}
		worth[i] = p.gain[i]/weight + worth[n.Low] + worth[n.Low+1] - alpha
		if worth[i] <= 0 {
			worth[i], p.gain[i] = 0, 0
			*n = Node{Column: Leaf, Set: -1}
		}
	}
}

// A joiner puts trees together to an ensemble. Leaves with rows of one class only
// share their numbers.
type joiner struct{ e *Ensemble }

func newJoiner(columns []learn.Column, classes int) *joiner {
	e := &Ensemble{Columns: columns, Width: classes, Values: make([]float64, classes*classes), Gain: []float64{}}
	for c := range classes {
		e.Values[c*classes+c] = 1
	}
	return &joiner{e}
}

// add adds a tree. Only nodes that can be reached are taken.
func (j *joiner) add(p *plant) {
	e := j.e
	root := int32(len(e.Nodes))
	e.Roots = append(e.Roots, root)
	order := []int32{0}
	for at := 0; at < len(order); at++ {
		old := order[at]
		n := p.nodes[old]
		if n.Column == Leaf {
			n.Low = j.leaf(p.sums[int(old)*p.classes : int(old+1)*p.classes])
		} else {
			order = append(order, n.Low, n.Low+1)
			n.Low = root + int32(len(order)-2)
			if n.Set >= 0 {
				w := words(len(e.Columns[n.Column].Levels))
				set := p.sets[n.Set : int(n.Set)+w]
				n.Set = int32(len(e.Sets))
				e.Sets = append(e.Sets, set...)
			}
		}
		e.Nodes = append(e.Nodes, n)
		e.Cover = append(e.Cover, p.weight(int(old)))
		e.Gain = append(e.Gain, max(0, p.gain[old]))
	}
}

// leaf returns the place of the shares of the classes.
func (j *joiner) leaf(sums []float64) int32 {
	weight, k := total(sums), len(sums)
	for c, w := range sums {
		if w == weight {
			return int32(c * k)
		}
	}
	at := int32(len(j.e.Values))
	for _, w := range sums {
		j.e.Values = append(j.e.Values, w/weight)
	}
	return at
}

// importance returns the mean over the trees of the shares of their gain, in shares
// of 1, as scikit-learn has it. Trees without a split do not count.
func (e *Ensemble) meanImportance() []float64 {
	sum := make([]float64, len(e.Columns))
	for t := range e.Roots {
		own := make([]float64, len(e.Columns))
		from, to := e.span(t)
		for i := from; i < to; i++ {
			if c := e.Nodes[i].Column; c != Leaf {
				own[c] += e.Gain[i]
			}
		}
		for c, v := range normalised(own) {
			sum[c] += v
		}
	}
	return normalised(sum)
}
