package cluster

import (
	"cmp"
	"slices"
)

// fill gives each empty cluster the row that is farthest from its centre, among
// rows of clusters that can spare one, and looks for the nearest centres anew.
func (l *lloyd) fill() error {
	d, err := l.distances()
	if err != nil {
		return err
	}
	order := make([]int32, l.rows.N)
	counts := make([]int, len(l.sizes))
	for i, c := range l.labels {
		order[i] = int32(i)
		counts[c]++
	}
	slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(d[b], d[a]) })
	for c := range l.sizes {
		if counts[c] > 0 {
			continue
		}
		at := slices.IndexFunc(order, func(i int32) bool { return counts[l.labels[i]] > 1 })
		if at < 0 {
			break
		}
		i := order[at]
		order = slices.Delete(order, at, at+1)
		counts[l.labels[i]]--
		counts[c]++
		l.labels[i] = int32(c)
		l.space.vector(l.centers.vector(c), l.rows, int(i))
		l.centers.arrangeLane(c)
	}
	return l.assignAll()
}

// distances are the squared ones of rows to their centres.
func (l *lloyd) distances() ([]float64, error) {
	out := make([]float64, l.rows.N)
	err := l.eachBlock(l.rows.N, func(_, from, to int) {
		var d [lanes]float64
		for i := from; i < to; i++ {
			c := int(l.labels[i])
			l.centers.squared(&d, c/lanes, l.rows, i)
			out[i] = d[c%lanes]
		}
	})
	return out, err
}

// end sums up the squared distances.
func (l *lloyd) end(iterations int) (*found, error) {
	d, err := l.distances()
	if err != nil {
		return nil, err
	}
	return &found{centers: l.centers, labels: l.labels, inertia: weightedSum(d, l.rows.weights), iterations: iterations}, nil
}

// weightedSum adds up numbers by blocks of rows.
func weightedSum(v, weights []float64) float64 {
	total := 0.0
	for from := 0; from < len(v); from += blockRows {
		sum := 0.0
		for i := from; i < min(from+blockRows, len(v)); i++ {
			sum += float64(weightOf(weights, i) * v[i])
		}
		total += sum
	}
	return total
}
