package boost

import "container/heap"

// A queue is the leaves that can be split. Which is next matters if there may be only
// so many; otherwise the last one is, so that few nodes have to keep their sums.
type queue struct {
	nodes   []*node
	anyNext bool
}

func (q *queue) reset(anyNext bool) { q.nodes, q.anyNext = q.nodes[:0], anyNext }

// add adds a leaf, if it has a split that gains anything.
func (q *queue) add(n *node) {
	switch {
	case n.best.gain <= 0:
	case q.anyNext:
		q.nodes = append(q.nodes, n)
	default:
		heap.Push(q, n)
	}
}

// take removes and returns the leaf to be split next: the one that gains most, the
// first of equals. It is nil if there is none.
func (q *queue) take() *node {
	switch {
	case len(q.nodes) == 0:
		return nil
	case q.anyNext:
		return q.Pop().(*node)
	}
	return heap.Pop(q).(*node)
}

// Len, Less, Swap, Push and Pop are for container/heap.
func (q *queue) Len() int      { return len(q.nodes) }
func (q *queue) Swap(i, j int) { q.nodes[i], q.nodes[j] = q.nodes[j], q.nodes[i] }
func (q *queue) Push(n any)    { q.nodes = append(q.nodes, n.(*node)) }

func (q *queue) Less(i, j int) bool {
	a, b := q.nodes[i], q.nodes[j]
	return a.best.gain > b.best.gain || a.best.gain == b.best.gain && a.place < b.place
}

func (q *queue) Pop() any {
	n := q.nodes[len(q.nodes)-1]
	q.nodes = q.nodes[:len(q.nodes)-1]
	return n
}
