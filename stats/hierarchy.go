package stats

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Linkage says how far two groups are apart. The zero value is the mean distance.
type Linkage uint8

// The linkages.
const (
	// AverageLinkage is the mean distance of a member of one group to one of the
	// other (UPGMA).
	AverageLinkage Linkage = iota
	// CompleteLinkage is the largest distance.
	CompleteLinkage
	// SingleLinkage is the smallest distance.
	SingleLinkage
	// WardLinkage is the growth of the sum of squares that merging brings, as a
	// distance: for Euclidean distances, which are not to be squared first.
	WardLinkage
)

// linkageNames holds the word of each Linkage, in order.
var linkageNames = [...]string{AverageLinkage: "average", CompleteLinkage: "complete", SingleLinkage: "single", WardLinkage: "ward"}

// String returns "average", "complete", "single" or "ward".
func (l Linkage) String() string {
	if int(l) < len(linkageNames) {
		return linkageNames[l]
	}
	return fmt.Sprintf("Linkage(%d)", uint8(l))
}

// A Merge joins two clusters. Clusters 0 to n−1 are the items; the merge at place
// i of a dendrogram makes cluster n+i.
type Merge struct {
	A, B   int // A < B
	Height float64
	Size   int // items of the new cluster
}

// A Dendrogram is the tree of a hierarchical clustering: n−1 merges of n items by
// rising height.
type Dendrogram struct {
	Items  int
	Merges []Merge
}

// Cluster joins items into ever larger groups, always the two nearest. distances
// is a symmetric matrix of which the part below the diagonal counts. Time grows
// with the square of the number of items, by following chains of nearest
// neighbours [1]; of equal distances the one to the first item counts, so that the
// answer depends on the order of the items and on nothing else.
//
// The error wraps ErrTooFew for no items, ErrLengths if the matrix is not square,
// and ErrNotFinite; a negative distance is refused too.
//
// [1] F. Murtagh (1983), "A survey of recent advances in hierarchical clustering
// algorithms", The Computer Journal 26, 354–359.
func Cluster(distances [][]float64, linkage Linkage) (Dendrogram, error) {
	if int(linkage) >= len(linkageNames) {
		return Dendrogram{}, fmt.Errorf("clustering: unknown linkage %v", linkage)
	}
	h, err := newHierarchy(distances, linkage)
	if err != nil {
		return Dendrogram{}, fmt.Errorf("clustering: %w", err)
	}
	for len(h.merges) < h.n-1 {
		h.mergeNearest()
	}
	return h.dendrogram(), nil
}

// A hierarchy is a clustering under way. A group is known by one of its items.
type hierarchy struct {
	n       int
	linkage Linkage
	d       [][]float64 // between the groups that are left; below the diagonal
	sizes   []int       // 0: the item is not that by which its group is known
	chain   []int       // groups, each the nearest neighbour of the one before
	merges  []Merge     // A and B are items of the groups, in no order
}

func newHierarchy(distances [][]float64, linkage Linkage) (*hierarchy, error) {
	h := &hierarchy{n: len(distances), linkage: linkage, d: make([][]float64, len(distances)), sizes: make([]int, len(distances))}
	if h.n == 0 {
		return nil, ErrTooFew
	}
	for i, row := range distances {
		if len(row) != h.n {
			return nil, fmt.Errorf("row %d of %d distances has %d: %w", i, h.n, len(row), ErrLengths)
		}
		h.sizes[i] = 1
		h.d[i] = slices.Clone(row[:i])
		for j, d := range h.d[i] {
			switch {
			case math.IsNaN(d) || math.IsInf(d, 0):
				return nil, fmt.Errorf("distance of items %d and %d: %w", i, j, ErrNotFinite)
			case d < 0:
				return nil, fmt.Errorf("distance of items %d and %d is %v, below 0", i, j, d)
			}
		}
	}
	return h, nil
}

// at returns the place of the distance of two groups.
func (h *hierarchy) at(i, j int) *float64 { return &h.d[max(i, j)][min(i, j)] }

// mergeNearest follows the chain until two groups are each other's nearest, and
// merges them.
func (h *hierarchy) mergeNearest() {
	if len(h.chain) == 0 {
		h.chain = append(h.chain, slices.IndexFunc(h.sizes, func(size int) bool { return size > 0 }))
	}
	for {
		tip := h.chain[len(h.chain)-1]
		near, before := -1, -1
		if len(h.chain) > 1 {
			before = h.chain[len(h.chain)-2]
			near = before // of equally near ones, lest the chain go in circles
		}
		for k, size := range h.sizes {
			if size > 0 && k != tip && (near < 0 || *h.at(tip, k) < *h.at(tip, near)) {
				near = k
			}
		}
		if near == before {
			h.chain = h.chain[:len(h.chain)-2]
			h.merge(min(tip, near), max(tip, near))
			return
		}
		h.chain = append(h.chain, near)
	}
}

// merge joins group b to group a by the formula of G. N. Lance and W. T. Williams
// (1967), The Computer Journal 9, 373–380.
func (h *hierarchy) merge(a, b int) {
	height := *h.at(a, b)
	na, nb := float64(h.sizes[a]), float64(h.sizes[b])
	for k, size := range h.sizes {
		if size == 0 || k == a || k == b {
			continue
		}
		da, db := *h.at(k, a), *h.at(k, b)
		to := h.at(k, a)
		switch h.linkage {
		case SingleLinkage:
			*to = min(da, db)
		case CompleteLinkage:
			*to = max(da, db)
		case WardLinkage:
			nk := float64(size)
			*to = math.Sqrt(max(0, ((na+nk)*da*da+(nb+nk)*db*db-nk*height*height)/(na+nb+nk)))
		default:
			*to = (na*da + nb*db) / (na + nb)
		}
	}
	h.sizes[a], h.sizes[b] = h.sizes[a]+h.sizes[b], 0
	h.merges = append(h.merges, Merge{A: a, B: b, Height: height, Size: h.sizes[a]})
}

// dendrogram sorts the merges by height and numbers the clusters. Equal heights
// stay in the order in which they were found, in which no cluster is used before
// it is made.
func (h *hierarchy) dendrogram() Dendrogram {
	slices.SortStableFunc(h.merges, func(x, y Merge) int { return cmp.Compare(x.Height, y.Height) })
	cluster := make([]int, h.n) // by the item that leads to it, see top
	lead := make([]int, h.n)
	for i := range lead {
		cluster[i], lead[i] = i, i
	}
	top := func(i int) int {
		for lead[i] != i {
			lead[i] = lead[lead[i]]
			i = lead[i]
		}
		return i
	}
	d := Dendrogram{Items: h.n}
	size := slices.Repeat([]int{1}, h.n)
	for i, m := range h.merges {
		a, b := top(m.A), top(m.B)
		size[a] += size[b]
		d.Merges = append(d.Merges, Merge{A: min(cluster[a], cluster[b]), B: max(cluster[a], cluster[b]), Height: m.Height, Size: size[a]})
		lead[b], cluster[a] = a, h.n+i
	}
	return d
}

// Cut returns the group of each item when the merges up to the height are made.
// Groups are numbered from 0 in the order of their first items.
func (d Dendrogram) Cut(height float64) []int {
	made := 0
	for made < len(d.Merges) && d.Merges[made].Height <= height {
		made++
	}
	return d.groups(made)
}

// CutInto returns the group of each item when the items are in n groups: fewer
// than 1 means 1, more than there are items means all apart. Groups are numbered
// from 0 in the order of their first items.
func (d Dendrogram) CutInto(n int) []int {
	return d.groups(len(d.Merges) - min(max(n-1, 0), len(d.Merges)))
}

// groups numbers the groups that the first merges make.
func (d Dendrogram) groups(made int) []int {
	within := make([]int, d.Items+made) // the cluster that a cluster is part of
	for i := range within {
		within[i] = i
	}
	for i := made - 1; i >= 0; i-- {
		m := d.Merges[i]
		within[m.A], within[m.B] = within[d.Items+i], within[d.Items+i]
	}
	number := make(map[int]int)
	groups := make([]int, d.Items)
	for i := range groups {
		if _, known := number[within[i]]; !known {
			number[within[i]] = len(number)
		}
		groups[i] = number[within[i]]
	}
	return groups
}

// Order returns the items in an order in which each cluster stands together and
// neighbours are near: at each merge, from the lowest, the two rows of items are
// turned so that the ends that meet are as near as they can be. Of equally good
// turns the one that leaves the items most as they are counts. distances are those
// of Cluster; the error wraps ErrLengths if they are not.
//
// N. Gruvaeus and H. Wainer (1972), "Two additions to hierarchical cluster
// analysis", British Journal of Mathematical and Statistical Psychology 25,
// 200–206.
func (d Dendrogram) Order(distances [][]float64) ([]int, error) {
	if len(distances) != d.Items {
		return nil, fmt.Errorf("order of %d items by the distances of %d: %w", d.Items, len(distances), ErrLengths)
	}
	for i, row := range distances {
		if len(row) < i {
			return nil, fmt.Errorf("row %d of %d distances has %d: %w", i, d.Items, len(row), ErrLengths)
		}
	}
	rows := make([][]int, 0, d.Items+len(d.Merges))
	for i := range d.Items {
		rows = append(rows, []int{i})
	}
	for _, m := range d.Merges {
		rows = append(rows, joinEnds(rows[m.A], rows[m.B], distances))
	}
	return rows[len(rows)-1], nil
}

// joinEnds returns two rows of items one behind the other, each turned or not.
func joinEnds(a, b []int, distances [][]float64) []int {
	if slices.Min(b) < slices.Min(a) {
		a, b = b, a
	}
	backwards := func(x []int) []int {
		x = slices.Clone(x)
		slices.Reverse(x)
		return x
	}
	turnedA, turnedB := backwards(a), backwards(b)
	best, nearest := []int(nil), math.Inf(1)
	for _, turn := range [][2][]int{{a, b}, {a, turnedB}, {turnedA, b}, {turnedA, turnedB}} {
		left, right := turn[0][len(a)-1], turn[1][0]
		if d := distances[max(left, right)][min(left, right)]; best == nil || d < nearest {
			best, nearest = slices.Concat(turn[0], turn[1]), d
		}
	}
	return best
}
