package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/model"
	"github.com/netanom/netanom/plots"
)

// mostColours is how many groups of points are told apart in a picture, the last one being
// all others.
const mostColours = 8

// othersName is what the groups are called together that have no colour of their own.
const othersName = "others"

// A colouredPoint is a point of a picture with its group, −1 if it is not known.
type colouredPoint struct {
	x, y  float64
	group int32
}

// pointGroups sorts points into the groups of a picture: the largest have their own colour,
// the others share one. keep leaves the groups in the order of their names.
func pointGroups(points []colouredPoint, names []string, keep bool) []plots.PointGroup {
	sizes := make([]int, len(names))
	unknown := 0
	for _, p := range points {
		if p.group < 0 {
			unknown++
		} else {
			sizes[p.group]++
		}
	}
	var order []int
	for g, n := range sizes {
		if n > 0 {
			order = append(order, g)
		}
	}
	if !keep || len(order) > mostColours {
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(sizes[b], sizes[a]) })
	}
	place := make([]int, len(names))
	var out []plots.PointGroup
	for at, g := range order {
		if place[g] = at; at >= mostColours-1 && len(order) > mostColours {
			if place[g] = mostColours - 1; len(out) < mostColours {
				out = append(out, plots.PointGroup{Name: othersName})
			}
			continue
		}
		out = append(out, plots.PointGroup{Name: cmp.Or(names[g], "(empty)")})
	}
	if unknown > 0 {
		out = append(out, plots.PointGroup{Name: "(unknown)"})
	}
	for _, p := range points {
		at := len(out) - 1
		if p.group >= 0 {
			at = place[p.group]
		}
		out[at].X, out[at].Y = append(out[at].X, p.x), append(out[at].Y, p.y)
	}
	return out
}

// clusterFigures draws the clusters in the plane, how their number was chosen, and the
// tree.
func clusterFigures(s *Section, c *model.Clusters) {
	planeFigure(s, c)
	choiceFigure(s, c.Choice)
	treeFigure(s, c)
}

// planeFigure draws rows in the plane of two components.
func planeFigure(s *Section, c *model.Clusters) {
	if c.Plane == nil {
		return
	}
	names := make([]string, len(c.Groups)+1)
	for k := range c.Groups {
		names[k] = "cluster " + model.ClusterName(int32(k))
	}
	names[len(c.Groups)] = model.ClusterName(model.NoCluster)
	var points []colouredPoint
	for i, row := range c.Plane.Rows {
		g := c.Labels[row]
		if g == model.NoCluster {
			g = int32(len(c.Groups))
		}
		points = append(points, colouredPoint{c.Plane.X[i], c.Plane.Y[i], g})
	}
	d := plots.ProjectionData{Groups: pointGroups(points, names, true), X: componentName(1, c.Plane.XShare), Y: componentName(2, c.Plane.YShare),
		Title: fmt.Sprintf("%s in the plane in which rows differ most", countOf(len(c.Groups), "cluster"))}
	if len(points) < len(c.Rows) {
		d.Caption = fmt.Sprintf("A sample of %s of %s rows; every cluster keeps some.", Format(Count, len(points)), Format(Count, len(c.Rows)))
	}
	fig, err := plots.Projection(d)
	s.draw("plane", fig, err)
}

// componentName names an axis.
func componentName(k int, share float64) string {
	return fmt.Sprintf("component %d (%s of the variance)", k, shareOf(share))
}

// choiceFigure draws the criterion by the number of clusters.
func choiceFigure(s *Section, c *model.ClusterChoice) {
	if c == nil || len(c.Trials) < 2 {
		return
	}
	of := map[string]func(t *model.ClusterTrial) float64{
		"silhouette":        func(t *model.ClusterTrial) float64 { return t.Silhouette },
		"davies_bouldin":    func(t *model.ClusterTrial) float64 { return t.DaviesBouldin },
		"calinski_harabasz": func(t *model.ClusterTrial) float64 { return t.CalinskiHarabasz },
		"gap":               func(t *model.ClusterTrial) float64 { return t.Gap },
		"bic":               func(t *model.ClusterTrial) float64 { return t.BIC },
	}[c.By]
	curve := plots.ValueCurve{}
	for i := range c.Trials {
		t := &c.Trials[i]
		if v := of(t); !math.IsNaN(v) {
			spread := math.NaN()
			if c.By == "gap" {
				spread = t.GapError
			}
			addPoint(&curve, float64(t.K), v, spread)
		}
	}
	if len(curve.X) < 2 {
		return
	}
	d := plots.LearningData{Title: fmt.Sprintf("%d clusters: %s", c.K, c.Rule), Label: Col(c.By).Title, Rows: "clusters", Band: "± 1 standard error", X: plots.Linear, Curves: []plots.ValueCurve{curve}}
	fig, err := plots.LearningCurve(d)
	s.draw("choice", fig, err)
}

// treeFigure draws the upper part of a hierarchical tree.
func treeFigure(s *Section, c *model.Clusters) {
	if len(c.Tree) < 2 {
		return
	}
	d := plots.DendrogramData{Merges: c.Merges, Label: "height", Cut: c.TreeCut, CutName: "where the tree is cut",
		Title: fmt.Sprintf("The tree, cut into %s", countOf(len(c.Groups), "cluster"))}
	const most = 8 // colours of lines; clusters are numbered by size
	for k := range min(len(c.Groups), most) {
		d.Groups = append(d.Groups, "cluster "+model.ClusterName(int32(k)))
	}
	for _, l := range c.Tree {
		leaf := plots.DendrogramLeaf{Name: areOf(l.Size, "row"), Group: int(l.Cluster)}
		if leaf.Group >= most {
			leaf.Group = -1
		}
		d.Leaves = append(d.Leaves, leaf)
	}
	d.Caption = "The leaves are groups of rows that were joined at lower heights."
	if len(c.Groups) > most {
		d.Caption += " Branches of smaller clusters, and those above the cut, are grey."
	}
	fig, err := plots.Dendrogram(d)
	s.draw("tree", fig, err)
}

// heatFigure draws how the columns that set clusters apart lie in each of them.
func heatFigure(s *Section, c *model.Clusters) {
	h := &c.Heat
	if len(h.Columns) == 0 || len(h.Clusters) < 2 {
		return
	}
	d := plots.HeatmapData{Rows: h.Columns, Label: "rank-biserial r", Correlation: true,
		Title:   fmt.Sprintf("What sets clusters 1 to %d apart", len(h.Clusters)),
		Caption: "Of numbers, the rank-biserial correlation: 1 where every row of the cluster has more than every other row. Of levels, the share in the cluster less the share elsewhere."}
	for _, k := range h.Clusters {
		d.Columns = append(d.Columns, model.ClusterName(int32(k)))
	}
	d.Values = make([][]float64, len(h.Columns))
	for j := range h.Columns {
		for at := range h.Clusters {
			d.Values[j] = append(d.Values[j], min(max(h.Values[at][j], -1), 1))
		}
	}
	fig, err := plots.Heatmap(d)
	s.draw("profiles", fig, err)
}

// areOf counts things, with commas between thousands.
func areOf(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return Format(Count, n) + " " + noun + "s"
}
