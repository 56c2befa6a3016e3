package plots

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
)

// mostPoints is how many points a scatter plot draws one by one.
const mostPoints = 2000

// DensityData is what Density draws: two columns against each other.
type DensityData struct {
	Title, Caption, Alt string // see Figure

	// XLabel and YLabel name the columns with their unit: "src_bytes (bytes)".
	XLabel, YLabel string
	// Counted names what is counted, "records" if empty.
	Counted string

	// Groups hold the points; one group that stands for all needs no name.
	Groups []PointGroup

	// X and Y force the scales of the columns; see Density.
	X, Y Scale
}

// A PointGroup is a set of records that is drawn in its own colour, or panel,
// with both values of each record.
type PointGroup struct {
	Name string
	X, Y []float64
}

// Density draws two columns against each other: up to 2,000 points one by one
// in the colours of their groups, and more as counts in rectangular bins, darker
// for more on a logarithmic scale, with a panel for each group.
//
// Scales and bins of both columns are those that Histogram chooses for a very
// large sample of the same values, with zeros apart beside a logarithmic axis.
//
// It returns an error if there are no points, if a group has more of one column
// than of the other, or if a number is not finite.
func Density(d DensityData) (*Figure, error) {
	fail := func(err error) (*Figure, error) {
		return nil, fmt.Errorf("density of %q by %q: %w", d.YLabel, d.XLabel, err)
	}
	if err := d.check(); err != nil {
		return fail(err)
	}
	body := density{
		xLabel: cmp.Or(clean(d.XLabel), "x"), yLabel: cmp.Or(clean(d.YLabel), "y"),
		counted: cmp.Or(clean(d.Counted), "records"),
	}
	for _, g := range d.Groups {
		body.groups = append(body.groups, clean(g.Name))
		body.sizes = append(body.sizes, int64(len(g.X)))
		body.total += len(g.X)
	}
	var err error
	if body.x, err = columnBins(d.X, d.Groups, PointGroup.columnX); err != nil {
		return fail(fmt.Errorf("x: %w", err))
	}
	if body.y, err = columnBins(d.Y, d.Groups, PointGroup.columnY); err != nil {
		return fail(fmt.Errorf("y: %w", err))
	}
	if body.total <= mostPoints {
		body.points = clonePoints(d.Groups)
	} else {
		body.count(d.Groups)
	}
	f := newFigure(d.Title, d.Caption, d.Alt, body.describe(), body)
	if body.points != nil {
		f.explain(body.groups, body.sizes)
	}
	return f, nil
}

func (g PointGroup) columnX() []float64 { return g.X }
func (g PointGroup) columnY() []float64 { return g.Y }

// clonePoints returns a copy of the groups' points.
func clonePoints(groups []PointGroup) []PointGroup {
	var cloned []PointGroup
	for _, g := range groups {
		cloned = append(cloned, PointGroup{X: slices.Clone(g.X), Y: slices.Clone(g.Y)})
	}
	return cloned
}

// check returns an error unless the data can be drawn.
func (d DensityData) check() error {
	if len(d.Groups) > maxGroups {
		return fmt.Errorf("%d groups are too many to tell apart, at most %d can be drawn", len(d.Groups), maxGroups)
	}
	total := 0
	for _, g := range d.Groups {
		if len(g.X) != len(g.Y) {
			return fmt.Errorf("group %q has %d values of x and %d of y", g.Name, len(g.X), len(g.Y))
		}
		for i := range g.X {
			if err := checkValue(g.X[i]); err != nil {
				return fmt.Errorf("group %q: x of point %d %w", g.Name, i, err)
			}
			if err := checkValue(g.Y[i]); err != nil {
				return fmt.Errorf("group %q: y of point %d %w", g.Name, i, err)
			}
		}
		total += len(g.X)
	}
	if total == 0 {
		return errors.New("there are no points")
	}
	return nil
}

// repeated is how often each point counts where bins are chosen: often enough to
// make them as narrow as those of a histogram get, for which a panel has room.
const repeated = 1 << 20

// columnBins returns the bins of a column of the groups.
func columnBins(wish Scale, groups []PointGroup, column func(PointGroup) []float64) (Bins, error) {
	var all []float64
	for _, g := range groups {
		all = append(all, column(g)...)
	}
	slices.Sort(all)
	var d HistogramData
	var counts []int64
	for i, v := range all {
		if i == 0 || v != all[i-1] {
			d.Values, counts = append(d.Values, v), append(counts, 0)
		}
		counts[len(counts)-1] += repeated
	}
	d.X, d.Groups = wish, []Group{{Counts: counts}}
	return makeBins(d)
}

// density is the body of a figure of two columns.
type density struct {
	xLabel, yLabel, counted string
	groups                  []string
	sizes                   []int64
	total                   int
	x, y                    Bins
	points                  []PointGroup // nil if the points are counted
	cells                   []cellCounts // by group, nil if the points are drawn
	fullest                 int64        // the largest count of any cell
}

// A cell is the numbers of its bins along both axes; -1 is that of the zeros.
type cell struct{ x, y int }

// cellCounts holds the counts of cells that are not empty in the order of their
// numbers.
type cellCounts struct {
	cells  []cell
	counts []int64
}

// count counts the points into cells.
func (d *density) count(groups []PointGroup) {
	for _, g := range groups {
		counts := make(map[cell]int64)
		for i := range g.X {
			counts[cell{d.x.bin(g.X[i]), d.y.bin(g.Y[i])}]++
		}
		var c cellCounts
		for at := range counts {
			c.cells = append(c.cells, at)
		}
		slices.SortFunc(c.cells, func(a, b cell) int {
			return cmp.Or(cmp.Compare(a.x, b.x), cmp.Compare(a.y, b.y))
		})
		for _, at := range c.cells {
			c.counts = append(c.counts, counts[at])
			d.fullest = max(d.fullest, counts[at])
		}
		d.cells = append(d.cells, c)
	}
}

// bin returns the number of the bin that holds the value, and -1 for a zero
// that is apart.
func (b *Bins) bin(v float64) int {
	if b.Zeros != nil && v == 0 {
		return -1
	}
	above := sort.Search(len(b.Edges), func(k int) bool { return b.Edges[k] > v })
	return min(max(above-1, 0), len(b.Edges)-2)
}

// describe returns the alternative text.
func (d density) describe() string {
	s := fmt.Sprintf("Scatter plot of %s by %s: %s %s", d.yLabel, d.xLabel, count(int64(d.total)), d.counted)
	if d.points == nil {
		s += fmt.Sprintf(" counted in bins, at most %s in one", count(d.fullest))
	}
	if len(d.groups) > 1 {
		var sizes []string
		for i, name := range d.groups {
			sizes = append(sizes, cmp.Or(name, "(empty)")+" "+count(d.sizes[i]))
		}
		s += "; " + strings.Join(sizes, ", ")
	}
	return s + axesInWords(d.x.X, d.y.X) + "."
}

// axesInWords says which axes are logarithmic.
func axesInWords(x, y Scale) string {
	switch {
	case x == Log && y == Log:
		return "; both axes logarithmic"
	case x == Log:
		return "; x axis logarithmic"
	case y == Log:
		return "; y axis logarithmic"
	}
	return ""
}
