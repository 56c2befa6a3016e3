package plots

import (
	"cmp"
	"errors"
	"fmt"
	"image/color"
	"math"
	"slices"

	"github.com/netanom/netanom/stats"
)

// maxLeaves is the most leaves of a dendrogram.
const maxLeaves = 100

// DendrogramData is what Dendrogram draws: how groups of records are joined into ever
// larger ones.
type DendrogramData struct {
	Title, Caption, Alt string // see Figure

	// Label names the heights: "Ward distance".
	Label string
	// Leaves are the groups at the foot, from top to bottom, in an order in which no two
	// branches cross.
	Leaves []DendrogramLeaf
	// Merges join them by rising height. Cluster i below the number of leaves is a leaf, and
	// the merge at place i makes cluster number of leaves plus i.
	Merges []stats.Merge

	// Groups name what the numbers of the leaves stand for, at most 8; branches within a
	// group have its colour. None: all branches are alike.
	Groups []string
	// Cut, if above 0, is where the tree is cut, and CutName what the line is called, "cut"
	// if empty.
	Cut     float64
	CutName string
}

// A DendrogramLeaf is a group at the foot of a tree.
type DendrogramLeaf struct {
	Name  string
	Group int // a place in DendrogramData.Groups, -1 for none of them
}

// Dendrogram draws a tree that lies on its side: leaves at the left, and each merge as an
// upright line where its height stands on the axis below.
//
// It returns an error if there are fewer than two leaves or more than 100, if the merges do
// not join all of them to one tree by heights that do not fall, if there are more than 8
// groups, or if a number is out of range.
func Dendrogram(d DendrogramData) (*Figure, error) {
	if err := d.check(); err != nil {
		return nil, fmt.Errorf("dendrogram by %q: %w", d.Label, err)
	}
	b := dendrogram{label: cmp.Or(clean(d.Label), "height"), merges: slices.Clone(d.Merges), groups: cleanAll(d.Groups), cut: d.Cut, cutName: cmp.Or(clean(d.CutName), "cut")}
	for _, l := range d.Leaves {
		b.names, b.group = append(b.names, clean(l.Name)), append(b.group, l.Group)
	}
	b.place()
	f := newFigure(d.Title, d.Caption, d.Alt, b.describe(), b)
	f.explain(b.groups, nil)
	return f, nil
}

// check returns an error unless the data can be drawn.
func (d DendrogramData) check() error {
	n := len(d.Leaves)
	switch {
	case n < 2:
		return fmt.Errorf("there is no tree of %s", pluralLeaves(n))
	case n > maxLeaves:
		return fmt.Errorf("%d leaves are too many to read, at most %d can be drawn", n, maxLeaves)
	case len(d.Merges) != n-1:
		return fmt.Errorf("%d merges do not join %d leaves", len(d.Merges), n)
	case len(d.Groups) > maxGroups:
		return fmt.Errorf("%d groups are too many to tell apart, at most %d can be drawn", len(d.Groups), maxGroups)
	}
	for i, l := range d.Leaves {
		if len(d.Groups) > 0 && (l.Group < -1 || l.Group >= len(d.Groups)) {
			return fmt.Errorf("leaf %d is of group %d of %d", i, l.Group, len(d.Groups))
		}
	}
	joined := make([]bool, n+len(d.Merges))
	before := 0.0
	for i, m := range d.Merges {
		for _, c := range []int{m.A, m.B} {
			if c < 0 || c >= n+i || joined[c] {
				return fmt.Errorf("merge %d joins cluster %d, which is not there or joined before", i, c)
			}
			joined[c] = true
		}
		if err := checkValue(m.Height); err != nil {
			return fmt.Errorf("the height of merge %d %w", i, err)
		}
		if m.Height < before {
			return fmt.Errorf("merge %d lies below the one before it, or below 0", i)
		}
		before = m.Height
	}
	if d.Cut != 0 {
		if err := checkValue(d.Cut); err != nil || d.Cut < 0 {
			return errors.New("the height of the cut is no number above 0")
		}
	}
	return nil
}

// dendrogram is the body of a figure of a tree.
type dendrogram struct {
	label, cutName string
	names, groups  []string
	group          []int         // by leaf
	merges         []stats.Merge // see DendrogramData
	cut            float64

	at    []float64 // by cluster: the row, in leaves from the top
	below []int     // by cluster: the group that all its leaves are of, -1 for several
}

// place finds where clusters stand between their leaves.
func (b *dendrogram) place() {
	n := len(b.names)
	b.at, b.below = make([]float64, n+len(b.merges)), make([]int, n+len(b.merges))
	for i := range n {
		b.at[i], b.below[i] = float64(i)+0.5, b.group[i]
	}
	for i, m := range b.merges {
		b.at[n+i] = (b.at[m.A] + b.at[m.B]) / 2
		if b.below[n+i] = b.below[m.A]; b.below[m.A] != b.below[m.B] {
			b.below[n+i] = -1
		}
	}
}

// height of a cluster.
func (b dendrogram) heightOf(cluster int) float64 {
	if n := len(b.names); cluster >= n {
		return b.merges[cluster-n].Height
	}
	return 0
}

// describe returns the alternative text.
func (b dendrogram) describe() string {
	s := fmt.Sprintf("Dendrogram of %s by %s, joined to one at %s", pluralLeaves(len(b.names)), b.label, short(b.merges[len(b.merges)-1].Height))
	for i, name := range b.groups {
		leaves := 0
		for _, g := range b.group {
			if g == i {
				leaves++
			}
		}
		s += fmt.Sprintf("; %s: %s", cmp.Or(name, "(empty)"), pluralLeaves(leaves))
	}
	if b.cut > 0 {
		s += fmt.Sprintf("; %s at %s", b.cutName, short(b.cut))
	}
	return s + "."
}

// pluralLeaves writes how many leaves there are.
func pluralLeaves(n int) string {
	if n == 1 {
		return "1 leaf"
	}
	return count(int64(n)) + " leaves"
}

const (
	leafPitch    = 14.0
	leafGap      = 8.0 // between names and branches
	branchWidth  = 1.5
	treeHeadroom = 6.0
)

func (b dendrogram) key() markKey {
	if b.cut <= 0 {
		return nil
	}
	return markKey{{b.cutName, narrowSign, func(p *painter, sign rect) {
		p.dashed(p.theme.Ink, sign.middle().x, sign.y-2, sign.bottom()+2)
	}}}
}

func (b dendrogram) height(width float64) float64 {
	return b.key().height(width) + leafPitch*float64(len(b.names)) + treeHeadroom + tickLabels + axisTitle
}

func (b dendrogram) draw(p *painter, area rect) {
	area = b.key().draw(p, area)
	labels := widest(smallText, b.names, 0.3*area.w)
	plot := rect{area.x + labels + leafGap, area.y, area.w - labels - leafGap - chartRight, leafPitch*float64(len(b.names)) + treeHeadroom}
	for i, name := range b.names {
		p.text(smallText, p.theme.Ink, plot.x-leafGap, b.row(plot, i), right, fit(smallText, name, labels))
	}
	top := b.merges[len(b.merges)-1].Height
	x := axis{scale: Linear, lo: 0, hi: 1.03 * max(top, b.cut), from: plot.x, to: plot.right()}
	if x.hi == 0 {
		x.hi = 1
	}
	for _, t := range x.fitted(12, tickText.width) {
		p.vertical(p.theme.Grid, x.at(t.value), plot.y, plot.bottom())
	}
	b.branches(p, x, plot)
	if b.cut > 0 {
		p.dashed(p.theme.Ink, x.at(b.cut), plot.y, plot.bottom())
	}
	p.bottomAxis(x, plot.bottom(), plot.x, false)
	p.text(labelText, p.theme.Muted, plot.x+plot.w/2, area.bottom()-axisTitle/2, center, fit(labelText, b.label, plot.w))
}

// row is the pixel of a cluster.
func (b dendrogram) row(plot rect, cluster int) float64 { return plot.y + leafPitch*b.at[cluster] }

// branches draws the lines to both clusters of each merge, and the one that joins them.
func (b dendrogram) branches(p *painter, x axis, plot rect) {
	colors := p.theme.groupColors(b.groups)
	colorOf := func(cluster int) color.NRGBA {
		if g := b.below[cluster]; g >= 0 && g < len(colors) {
			return colors[g]
		}
		return p.theme.Muted
	}
	for i, m := range b.merges {
		at := x.at(m.Height)
		for _, c := range []int{m.A, m.B} {
			from, y := x.at(b.heightOf(c)), b.row(plot, c)
			p.fill(colorOf(c), rect{from - branchWidth/2, y - branchWidth/2, at - from + branchWidth, branchWidth})
		}
		y0, y1 := b.row(plot, m.A), b.row(plot, m.B)
		p.fill(colorOf(len(b.names)+i), rect{at - branchWidth/2, min(y0, y1) - branchWidth/2, branchWidth, math.Abs(y1-y0) + branchWidth})
	}
}
