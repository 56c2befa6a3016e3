package cluster

import (
	"math"
	"slices"

	"github.com/netanom/netanom/internal/parallel"
)

// A change is that of a row from one cluster to another.
type change struct{ row, from, to int32 }

// update moves centres to the means of their rows. Sums are kept from one round to the
// next, and follow the rows that changed, unless these are many.
func (l *lloyd) update() error {
	l.weigh()
	if slices.Contains(l.sizes, 0) {
		if err := l.fill(); err != nil {
			return err
		}
		l.weigh()
	}
	if l.anew {
		if err := l.sumAnew(); err != nil {
			return err
		}
		l.anew, l.exact = false, true
	} else {
		l.sumChanges()
		l.exact = false
	}
	clear(l.moves)
	for c, stale := range l.stale {
		if stale && l.sizes[c] > 0 {
			l.move(c)
		}
	}
	return nil
}

// weigh adds up the weights of clusters.
func (l *lloyd) weigh() {
	clear(l.sizes)
	for i, c := range l.labels {
		l.sizes[c] += l.rows.weight(i)
	}
}

// members lists the rows of each cluster, and where each begins.
func (l *lloyd) members() (rows, starts []int32) {
	rows, starts = make([]int32, len(l.labels)), make([]int32, len(l.sizes)+1)
	for _, c := range l.labels {
		starts[c+1]++
	}
	for c := range l.sizes {
		starts[c+1] += starts[c]
	}
	next := slices.Clone(starts)
	for i, c := range l.labels {
		rows[next[c]] = int32(i)
		next[c]++
	}
	return rows, starts
}

// sumAnew adds up the rows of all clusters.
func (l *lloyd) sumAnew() error {
	members, starts := l.members()
	copy(l.base, l.centers.vectors)
	const part = 4 * blockRows
	type task struct{ cluster, from, to int }
	var tasks []task
	for c := range l.sizes {
		for from := int(starts[c]); from < int(starts[c+1]); from += part {
			tasks = append(tasks, task{c, from, min(from+part, int(starts[c+1]))})
		}
	}
	d := l.space.dims()
	sums := make([][]float64, len(tasks))
	err := parallel.Do(l.ctx, len(tasks), l.run.Workers, func() func(int) {
		return func(t int) {
			sums[t] = make([]float64, d)
			for _, i := range members[tasks[t].from:tasks[t].to] {
				l.add(sums[t], tasks[t].cluster, int(i), l.rows.weight(int(i)))
			}
		}
	})
	if err != nil {
		return err
	}
	clear(l.sums)
	for t, sum := range sums {
		total := l.sums[tasks[t].cluster*d:]
		for j, v := range sum {
			total[j] += v
		}
	}
	return nil
}

// sumChanges takes the rows that changed out of one sum and adds them to another.
func (l *lloyd) sumChanges() {
	d := l.space.dims()
	for _, part := range l.changes {
		for _, c := range part {
			w := l.rows.weight(int(c.row))
			l.add(l.sums[int(c.from)*d:][:d], int(c.from), int(c.row), -w)
			l.add(l.sums[int(c.to)*d:][:d], int(c.to), int(c.row), w)
		}
	}
}

// add adds to a sum how far a row lies from the base of a cluster, so many times.
// Levels are counted.
func (l *lloyd) add(sum []float64, c, i int, w float64) {
	n := l.rows.Width
	base := l.base[c*l.space.dims():][:n]
	out := sum[:n]
	for j, v := range l.rows.Row(i) {
		out[j] += float64(w * (v - base[j]))
	}
	for _, slot := range l.rows.Coded(i) {
		sum[n+int(slot)] += w
	}
}

// move puts a centre to the mean of its rows.
func (l *lloyd) move(c int) {
	v, d := l.centers.vector(c), l.space.dims()
	was := slices.Clone(v)
	for j, sum := range l.sums[c*d : (c+1)*d] {
		if v[j] = sum / l.sizes[c]; j < l.rows.Width {
			v[j] += l.base[c*d+j]
		}
	}
	l.moves[c] = math.Sqrt(l.space.apart(was, v)) * (1 + 1e-12)
	l.centers.arrangeLane(c)
}
