package project

import (
	"math"
	"slices"
)

// A quadNode is a square of the plane that holds points. Nodes stand in the order in
// which a walk meets them, so that no node needs to know its children.
type quadNode struct {
	x, y     float64 // mean of its points
	mass     float64 // how many they are
	limit    float64 // squared distance beyond which they are as good as one point
	low, top [2]float64
	next     int32 // the node after its descendants
	from, to int32 // its points, in the order of the tree
	leaf     bool
	group    bool // repulsion is looked up for its points together
}

const (
	leafPoints  = 6  // at most, unless they share a square of the finest level
	groupPoints = 16 // at most; a group is a node, and its parent is none
	quadLevels  = 16 // squares of the finest level are 2^-16 of the picture wide
)

// A quadTree sorts points of the plane into squares, each cut into four. Arrays are used
// again when it is grown on points that have moved.
type quadTree struct {
	theta  float64
	nodes  []quadNode
	groups []int32   // places of the group nodes
	x, y   []float64 // points in the order of the tree
	order  []int32   // which they are
	codes  []uint32
	sorted [2][]uint64 // code and point
}

// grow sorts the points, x and y by turns.
func (t *quadTree) grow(points []float64) {
	n := len(points) / 2
	if len(t.order) != n {
		t.x, t.y, t.order, t.codes = make([]float64, n), make([]float64, n), make([]int32, n), make([]uint32, n)
		t.sorted = [2][]uint64{make([]uint64, n), make([]uint64, n)}
	}
	lowX, topX, lowY, topY := points[0], points[0], points[1], points[1]
	for i := 0; i < len(points); i += 2 {
		lowX, topX = min(lowX, points[i]), max(topX, points[i])
		lowY, topY = min(lowY, points[i+1]), max(topY, points[i+1])
	}
	const cells = 1<<quadLevels - 1
	scale := cells / max(topX-lowX, topY-lowY, math.SmallestNonzeroFloat32)
	keys := t.sorted[0]
	for i := range n {
		a, b := uint32((points[2*i]-lowX)*scale), uint32((points[2*i+1]-lowY)*scale)
		keys[i] = uint64(apartBits(min(a, cells))|apartBits(min(b, cells))<<1)<<32 | uint64(i)
	}
	sortKeys(keys, t.sorted[1])
	for at, key := range keys {
		i := int32(uint32(key))
		t.order[at], t.codes[at] = i, uint32(key>>32)
		t.x[at], t.y[at] = points[2*i], points[2*i+1]
	}
	t.nodes, t.groups = t.nodes[:0], t.groups[:0]
	t.add(0, int32(n), quadLevels-1, false)
}

// apartBits puts a zero before each of the lower 16 bits.
func apartBits(v uint32) uint32 {
	v = (v | v<<8) & 0x00FF00FF
	v = (v | v<<4) & 0x0F0F0F0F
	v = (v | v<<2) & 0x33333333
	return (v | v<<1) & 0x55555555
}

// sortKeys sorts keys by their upper halves, which keeps the order of the lower ones.
func sortKeys(keys, scratch []uint64) {
	const bits = 11
	a, b := keys, scratch
	for shift := 32; shift < 64; shift += bits {
		var places [1 << bits]int32
		for _, k := range a {
			places[k>>shift&(1<<bits-1)]++
		}
		at := int32(0)
		for d, n := range places {
			places[d] = at
			at += n
		}
		for _, k := range a {
			d := k >> shift & (1<<bits - 1)
			b[places[d]] = k
			places[d]++
		}
		a, b = b, a
	}
	if &a[0] != &keys[0] {
		copy(keys, a)
	}
}

// add adds the node of the points from..to, which share a square of a level, and its
// descendants. grouped says that an ancestor is a group.
func (t *quadTree) add(from, to int32, level int, grouped bool) {
	cuts := [5]int32{from, to, to, to, to}
	leaf := to-from <= leafPoints
	for ; !leaf; level-- { // past levels at which all share one square
		if level < 0 {
			leaf = true
			break
		}
		for q := uint32(1); q < 4; q++ {
			cuts[q] = cuts[q-1] + t.below(cuts[q-1], to, level, q)
		}
		if cuts[1]-from < to-from && cuts[2]-cuts[1] < to-from && cuts[3]-cuts[2] < to-from && to-cuts[3] < to-from {
			break
		}
	}
	at := len(t.nodes)
	group := !grouped && (leaf || to-from <= groupPoints)
	if group {
		t.groups = append(t.groups, int32(at))
	}
	t.nodes = append(t.nodes, quadNode{from: from, to: to, leaf: leaf, group: group, mass: float64(to - from)})
	node := quadNode{low: [2]float64{math.Inf(1), math.Inf(1)}, top: [2]float64{math.Inf(-1), math.Inf(-1)}}
	if leaf {
		for i := from; i < to; i++ {
			node.cover(t.x[i], t.y[i], 1, [2]float64{t.x[i], t.y[i]}, [2]float64{t.x[i], t.y[i]})
		}
	} else {
		for q := range 4 {
			if cuts[q] < cuts[q+1] {
				child := len(t.nodes)
				t.add(cuts[q], cuts[q+1], level-1, grouped || group)
				c := &t.nodes[child]
				node.cover(c.x, c.y, c.mass, c.low, c.top)
			}
		}
	}
	d := &t.nodes[at]
	d.x, d.y, d.low, d.top, d.next = node.x/d.mass, node.y/d.mass, node.low, node.top, int32(len(t.nodes))
	side := max(d.top[0]-d.low[0], d.top[1]-d.low[1])
	d.limit = side * side / (t.theta * t.theta)
}

// cover adds points to a node that is being summed up.
func (d *quadNode) cover(x, y, mass float64, low, top [2]float64) {
	d.x += mass * x
	d.y += mass * y
	for a := range 2 {
		d.low[a], d.top[a] = min(d.low[a], low[a]), max(d.top[a], top[a])
	}
}

// below counts the codes of from..to that lie in a quadrant before q at a level.
func (t *quadTree) below(from, to int32, level int, q uint32) int32 {
	n, _ := slices.BinarySearchFunc(t.codes[from:to], q, func(code, q uint32) int {
		if code>>(2*level)&3 < q {
			return -1
		}
		return 1
	})
	return int32(n)
}
