package boost

// A split is how a node may be divided, the best found so far.
type split struct {
	gain       float64    // by how much it lowers the loss, times 2 and in units of 1/scale; 0 for none
	column     int        // of the table
	bin        int        // the last that goes low, of a split on numbers
	set        *[4]uint64 // bins that go low, of a split on levels; nil for numbers
	missingLow bool
	low        cell // sums of the rows that go low
}

// rules are what a split must comply with, in the units of cells.
type rules struct {
	minRows    int64
	minHessian float64
	l2         float64
	minGain    float64
	scale      float64 // units of a cell in 1
}

const (
	// minHessian is the least sum of Hessians of a leaf, as in scikit-learn and
	// LightGBM: below it a leaf's value would be a quotient of rounding errors.
	minHessian = 1e-3

	// roundingGain times what a node gains as a leaf is more than the rounding error of
	// the gain of a split: a node whose rows all have the same gradient is not split.
	roundingGain = 1e-13

	// levelSupport is how many rows' worth of Hessian a level must have to be told
	// apart from the others, and what is added to its Hessian when levels are put in
	// order, as in scikit-learn and LightGBM (cat_smooth).
	levelSupport = 10
)

// A finder looks for the best split of a node.
type finder struct {
	rules
	total        cell
	g, h         float64
	lower, upper float64 // bounds of the children's values
	parent       float64 // gain of leaving the node as it is
	bounded      bool    // there are monotone constraints
	least        float64 // what a split must gain more than
	best         split
	order        []level
}

// A level is a bin of a column of levels, when they are put in order.
type level struct {
	bin   int
	value float64
}

// reset starts on a node.
func (f *finder) reset(n *node, r rules, bounded bool) {
	f.rules, f.bounded = r, bounded
	f.total, f.lower, f.upper = n.total, n.lower, n.upper
	f.g, f.h = float64(n.total.g), float64(n.total.h)
	f.parent = -n.value * f.g
	f.best = split{}
	f.least = max(f.minGain, roundingGain*f.parent)
}

// value returns that of a leaf: one Newton step, within the bounds.
func (f *finder) value(g, h float64) float64 {
	return min(max(-g/(h+f.l2), f.lower), f.upper)
}

// find looks at the splits on column j, of which cells are the sums, and reports
// whether there is one that leaves enough rows on either side. If not, there is none
// in any part of the node either.
func (f *finder) find(c *column, j int, cells []cell) bool {
	if c.levels {
		return f.findLevels(c, j, cells)
	}
	found := f.findUpwards(c, j, cells)
	if c.missing {
		found = f.findDownwards(c, j, cells) || found
	}
	return found
}

// findUpwards tries every limit of a column of numbers, missing values going high.
func (f *finder) findUpwards(c *column, j int, cells []cell) bool {
	found := false
	var low cell
	for b := range cells[:c.size-1] {
		if cells[b].n == 0 {
			continue
		}
		low.add(cells[b])
		if low.n < f.minRows || float64(low.h) < f.minHessian {
			continue
		}
		if f.total.n-low.n < f.minRows || float64(f.total.h-low.h) < f.minHessian {
			break
		}
		found = true
		if f.gains(low, c.sign) {
			f.best.column, f.best.bin, f.best.set, f.best.missingLow = j, b, nil, false
		}
	}
	return found
}

// findDownwards does, missing values going low.
func (f *finder) findDownwards(c *column, j int, cells []cell) bool {
	found := false
	low := f.total
	for b := c.values - 1; b > 0; b-- {
		if cells[b].n == 0 {
			continue
		}
		low.sub(cells[b])
		if f.total.n-low.n < f.minRows || float64(f.total.h-low.h) < f.minHessian {
			continue
		}
		if low.n < f.minRows || float64(low.h) < f.minHessian {
			break
		}
		found = true
		if f.gains(low, c.sign) {
			f.best.column, f.best.bin, f.best.set, f.best.missingLow = j, b-1, nil, true
		}
	}
	return found
}

// gains reports whether a split with these sums is the best so far, and notes its
// gain and sums if so. sign is that of a monotone constraint.
func (f *finder) gains(low cell, sign int) bool {
	g, h := float64(low.g), float64(low.h)
	restG, restH := f.g-g, f.h-h
	if !f.bounded {
		gain := g*g/(h+f.l2) + restG*restG/(restH+f.l2) - f.parent
		if gain <= f.best.gain || gain <= f.least {
			return false
		}
		f.best.gain, f.best.low = gain, low
		return true
	}
	below, above := f.value(g, h), f.value(restG, restH)
	if sign > 0 && below > above || sign < 0 && below < above {
		return false
	}
	gain := -below*g - above*restG - f.parent
	if gain <= f.best.gain || gain <= f.least {
		return false
	}
	f.best.gain, f.best.low = gain, low
	return true
}

// findLevels puts the levels that occur often enough in the order of their gradient
// for their Hessian, and tries to divide them there [1], from below up to the middle
// and from above down to it, so that each is tried, as scikit-learn does. Missing cells are a level like others. Rarer levels go high.
//
// [1] W. D. Fisher (1958), "On grouping for maximum homogeneity", Journal of the
// American Statistical Association 53(284), 789–798: the best of all divisions into
// two is one of these.
func (f *finder) findLevels(c *column, j int, cells []cell) bool {
	f.order = f.order[:0]
	rowsPerHessian := float64(f.total.n) / f.h
	for b := range cells {
		if h := float64(cells[b].h); h*rowsPerHessian >= levelSupport*(1-1e-9) {
			f.order = append(f.order, level{b, float64(cells[b].g) / (h + levelSupport*f.scale)})
		}
	}
	if len(f.order) < 2 {
		return f.mayDivide(cells)
	}
	sortLevels(f.order)
	found := false
	for _, up := range [...]bool{true, false} {
		var low cell
		tries := (len(f.order) + 1) / 2
		if !up {
			tries = (len(f.order) - 1) / 2
		}
		for i := range tries {
			at := i
			if !up {
				at = len(f.order) - 1 - i
			}
			low.add(cells[f.order[at].bin])
			if low.n < f.minRows || float64(low.h) < f.minHessian {
				continue
			}
			if f.total.n-low.n < f.minRows || float64(f.total.h-low.h) < f.minHessian {
				break
			}
			found = true
			if f.gains(low, 0) {
				f.best.column, f.best.bin = j, 0
				f.best.setLevels(c, f.order, at, up)
			}
		}
	}
	return found || f.mayDivide(cells)
}

// mayDivide reports whether rows of a part of the node could still be divided by
// level: there, other levels may be common enough.
func (f *finder) mayDivide(cells []cell) bool {
	occur := 0
	for i := range cells {
		if cells[i].n > 0 {
			occur++
		}
	}
	return occur > 1
}

// setLevels notes the levels that go low: those up to, or from, a place in the order.
func (s *split) setLevels(c *column, order []level, at int, up bool) {
	s.set = new([4]uint64)
	part := order[at:]
	if up {
		part = order[:at+1]
	}
	s.missingLow = false
	for _, l := range part {
		if l.bin == c.values {
			s.missingLow = true
		} else {
			s.set[l.bin/64] |= 1 << (l.bin % 64)
		}
	}
}

// sortLevels sorts by value, and by bin among equals.
func sortLevels(order []level) {
	// Insertion sort: there are few, and levels of records are often few dozen.
	for i := 1; i < len(order); i++ {
		l := order[i]
		k := i
		for ; k > 0 && (order[k-1].value > l.value || order[k-1].value == l.value && order[k-1].bin > l.bin); k-- {
			order[k] = order[k-1]
		}
		order[k] = l
	}
}

// lows writes 1 for each code of the column that goes low, 0 for others.
func (s *split) lows(c *column, to *[256]uint8) {
	clear(to[:])
	for b := range c.values {
		if s.set == nil && b <= s.bin || s.set != nil && s.set[b/64]>>(b%64)&1 == 1 {
			to[b] = 1
		}
	}
	if s.missingLow {
		to[c.values] = 1
	}
}
