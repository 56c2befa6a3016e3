package cluster

import (
	"cmp"
	"math"
	"slices"
	"sort"
)

// A moment is the mean and the sum of squares of numbers about it.
type moment struct{ n, mean, squares float64 }

func (m *moment) add(v float64) {
	m.n++
	d := v - m.mean
	m.mean += d / m.n
	m.squares += d * (v - m.mean)
}

// without is the moment of what is left when part is taken out.
func (m moment) without(part moment) moment {
	n := m.n - part.n
	if n == 0 {
		return moment{}
	}
	mean := m.mean + (m.mean-part.mean)*(part.n/n)
	d := part.mean - mean
	return moment{n, mean, max(0, m.squares-part.squares-d*d*(part.n*n/m.n))}
}

// numberDifferences compares the numbers of each cluster with all others.
func numberDifferences(name string, v []float64, labels []int32, k int) []Difference {
	order := make([]int32, 0, len(v))
	for i, a := range v {
		if a == a {
			order = append(order, int32(i))
		}
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Or(cmp.Compare(v[a], v[b]), cmp.Compare(a, b)) })
	var all moment
	parts, ranks, places := make([]moment, k), make([]float64, k), make([][]int32, k)
	for from := 0; from < len(order); {
		to := from + 1
		for to < len(order) && v[order[to]] == v[order[from]] {
			to++
		}
		for at, i := range order[from:to] {
			all.add(v[i])
			if l := labels[i]; l != Noise {
				places[l] = append(places[l], int32(from+at))
				parts[l].add(v[i])
				ranks[l] += float64(from+to+1) / 2
			}
		}
		from = to
	}
	out := make([]Difference, k)
	for c, in := range parts {
		rest := all.without(in)
		if in.n == 0 || rest.n == 0 {
			continue
		}
		u := ranks[c] - in.n*(in.n+1)/2
		d := Difference{Column: name, Inside: in.mean, Outside: rest.mean, RankBiserial: 2*u/in.n/rest.n - 1}
		d.Strength = math.Abs(d.RankBiserial)
		if sd := math.Sqrt((in.squares + rest.squares) / (in.n + rest.n - 2)); sd > 1e-12*math.Abs(all.mean) {
			d.D = (in.mean - rest.mean) / sd
		}
		if d.Strength > 0 {
			d.InsideMedian, d.OutsideMedian = medians(v, order, places[c])
		}
		out[c] = d
	}
	return out
}

// medians returns that of the numbers at the given places of an order, which rise, and
// that of all others.
func medians(v []float64, order, places []int32) (inside, outside float64) {
	within := func(t int) float64 { return v[order[places[t]]] }
	other := func(t int) float64 {
		before := sort.Search(len(places), func(m int) bool { return int(places[m])-m > t })
		return v[order[t+before]]
	}
	middle := func(n int, at func(int) float64) float64 { return at((n-1)/2)/2 + at(n/2)/2 }
	return middle(len(places), within), middle(len(order)-len(places), other)
}
