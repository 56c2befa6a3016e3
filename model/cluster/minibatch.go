package cluster

import (
	"math"
	"math/rand/v2"
	"slices"
)

// miniBatches goes from one start through random samples of rows: each draws the
// centre that is nearest to it, the less the more rows did so before [1]. Centres that
// no row is near to are put elsewhere. It ends when the smoothed mean squared distance
// of samples has not fallen for ten in a row, but not before as many rows were drawn as
// there are.
//
// [1] D. Sculley (2010), "Web-scale k-means clustering", WWW '10, 1177–1178.
func (m *means) miniBatches(start int) (*found, error) {
	rng := rand.New(rand.NewPCG(m.run.Seed, uint64(start)))
	k, n := m.settings.Clusters, m.rows.N
	size := min(m.settings.BatchSize, n)
	vectors, err := m.seed(m.startingRows(rng), k, rng)
	if err != nil {
		return nil, err
	}
	m.space.gather(vectors, k)
	b := &batches{means: m, rng: rng, centers: newPanels(m.space, vectors, k), counts: make([]float64, k), rows: make([]int32, size), labels: make([]int32, size), squared: make([]float64, size)}
	const patience = 10
	best, smooth, worse, done := math.Inf(1), 0.0, 0, 0
	weight := min(1, 2*float64(size)/float64(n+1))
	pass := (n + size - 1) / size
	for done < m.settings.MaxIter*pass && (worse < patience || done < pass) {
		cost, err := b.step(done)
		if err != nil {
			return nil, err
		}
		if done++; done <= 2 {
			smooth = cost
			continue
		}
		smooth = smooth*(1-weight) + cost*weight
		if worse++; smooth < best {
			best, worse = smooth, 0
		}
	}
	return m.assigned(b.centers, done)
}

// startingRows is a sample to choose starting centres from: with as many different
// rows as there are clusters, since all rows differ.
func (m *means) startingRows(rng *rand.Rand) *rows {
	size := max(3*m.settings.BatchSize, 50*m.settings.Clusters)
	if size >= m.rows.N {
		return m.rows
	}
	return m.rows.take(sample(rng, m.rows.N, size))
}

// sample draws places without putting any back, in rising order.
func sample(rng *rand.Rand, n, size int) []int32 {
	taken := make(map[int32]bool, size)
	out := make([]int32, 0, size)
	for i := n - size; i < n; i++ { // R. W. Floyd's way
		p := int32(rng.IntN(i + 1))
		if taken[p] {
			p = int32(i)
		}
		taken[p] = true
		out = append(out, p)
	}
	slices.Sort(out)
	return out
}

// batches are the samples of a start.
type batches struct {
	*means
	rng     *rand.Rand
	centers *panels
	counts  []float64 // by cluster: the weight of rows that drew its centre
	rows    []int32   // of the sample
	labels  []int32
	squared []float64
}

// step learns from one sample, and returns its weighted mean squared distance.
func (b *batches) step(number int) (float64, error) {
	for i := range b.rows {
		b.rows[i] = int32(b.rng.IntN(b.means.rows.N))
	}
	err := b.eachBlock(len(b.rows), func(_, from, to int) {
		for i := from; i < to; i++ {
			c, d := b.centers.nearest(b.means.rows, int(b.rows[i]))
			b.labels[i], b.squared[i] = int32(c), d
		}
	})
	if err != nil {
		return 0, err
	}
	sum, total := 0.0, 0.0
	for i, at := range b.rows {
		w := b.means.rows.weight(int(at))
		sum += float64(w * b.squared[i])
		total += w
		b.draw(int(b.labels[i]), int(at), w)
	}
	if number%10 == 9 {
		b.relocate()
	}
	b.centers.arrange()
	return sum / total, nil
}

// draw moves a centre towards a row.
func (b *batches) draw(c, row int, w float64) {
	b.counts[c] += w
	rate := w / b.counts[c]
	v, n := b.centers.vector(c), b.means.rows.Width
	for j, u := range b.means.rows.Row(row) {
		v[j] += rate * (u - v[j])
	}
	for j := n; j < len(v); j++ {
		v[j] -= rate * v[j]
	}
	for _, slot := range b.means.rows.Coded(row) {
		v[n+int(slot)] += rate
	}
}

// relocate puts centres that no row has drawn yet on rows of the sample, drawn by their
// squared distances.
func (b *batches) relocate() {
	total := 0.0
	for _, d := range b.squared {
		total += d
	}
	for c := range b.counts {
		if b.counts[c] > 0 || total == 0 {
			continue
		}
		left := b.rng.Float64() * total
		at := len(b.rows) - 1
		for i, d := range b.squared {
			if left < d {
				at = i
				break
			}
			left -= d
		}
		b.space.vector(b.centers.vector(c), b.means.rows, int(b.rows[at]))
	}
}

// assigned puts every row to its nearest centre.
func (m *means) assigned(centers *panels, iterations int) (*found, error) {
	f := &found{centers: centers, labels: make([]int32, m.rows.N), iterations: iterations}
	squared := make([]float64, m.rows.N)
	err := m.eachBlock(m.rows.N, func(_, from, to int) {
		for i := from; i < to; i++ {
			c, d := centers.nearest(m.rows, i)
			f.labels[i], squared[i] = int32(c), d
		}
	})
	f.inertia = weightedSum(squared, m.rows.weights)
	return f, err
}
