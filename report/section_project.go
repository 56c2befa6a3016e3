package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/netanom/netanom/model"
	"github.com/netanom/netanom/plots"
)

// Projected shows rows in a plane, a picture for each colouring, what the axes are, and how
// far the picture can be trusted.
func Projected(p *model.Projection, colorings []*model.Coloring) []Section {
	s := Section{ID: "project", Title: "Rows in the plane", Lead: projectLead(p), Findings: projectFindings(p)}
	if p.Components != nil {
		s.Tables = append(s.Tables, varianceTable(p.Components), hintTable(p.Components), loadingTable(p.Components))
	} else {
		s.Tables = append(s.Tables, mapTable(p))
	}
	s.Tables = append(s.Tables, correlateTable(p))
	if len(colorings) == 0 {
		projectionFigure(&s, p, nil)
	}
	for _, c := range colorings {
		projectionFigure(&s, p, c)
	}
	if p.Components != nil {
		screeFigure(&s, p.Components)
	}
	return []Section{s}
}

// projectLead says how much of the rows the plane shows.
func projectLead(p *model.Projection) string {
	if c := p.Components; c != nil {
		text := fmt.Sprintf("The first component has %s of the variance of %s", shareOf(c.Share[0]), countOf(len(c.Columns), "column"))
		if len(c.Share) > 1 {
			text += fmt.Sprintf(", the first two have %s", shareOf(c.Share[0]+c.Share[1]))
		}
		return text + ". " + p.Caption
	}
	text := fmt.Sprintf("%s lays %s of %s rows out so that rows that are like each other stand together.", p.Title, Format(Count, len(p.Rows)), Format(Count, p.Of))
	if !math.IsNaN(p.Trust) {
		text += fmt.Sprintf(" Its trustworthiness is %s: %s.", Format(Real, p.Trust), trustWord(p.Trust))
	}
	return text + " Distances between groups, and the sizes of groups, mean little. " + p.Caption
}

// trustWord says what a trustworthiness means.
func trustWord(trust float64) string {
	switch {
	case trust >= 0.95:
		return "neighbours in the picture are neighbours in the data"
	case trust >= 0.85:
		return "most neighbours in the picture are neighbours in the data"
	}
	return "many neighbours in the picture are none in the data"
}

// projectFindings says what a reader should know of the picture.
func projectFindings(p *model.Projection) []Finding {
	found := []Finding{}
	if c := p.Components; c != nil {
		if len(c.Share) > 2 && c.Share[0]+c.Share[1] < 0.5 {
			found = append(found, Finding{Notice, "", fmt.Sprintf("The plane shows %s of the variance: rows that stand together may differ in what it does not show.", shareOf(c.Share[0]+c.Share[1])), "--method umap or tsne keep neighbours together."})
		}
		if len(c.Left) > 0 {
			found = append(found, Finding{Info, "", fmt.Sprintf("Without a part, because they hold words or do not vary: %s.", joined(c.Left, 10)), "--steps with onehot or frequency makes numbers of words."})
		}
		return found
	}
	if p.Trust < 0.85 {
		found = append(found, Finding{Warning, "", fmt.Sprintf("The trustworthiness is %s: do not read groups out of this picture.", Format(Real, p.Trust)), "Try the other method, or more neighbours (--set perplexity=… or n_neighbors=…)."})
	}
	for _, note := range p.Map.Notes {
		found = append(found, Finding{Info, "", note, ""})
	}
	return found
}

// varianceTable lists the components.
func varianceTable(c *model.Components) Table {
	t := Table{Name: "variance", Title: "Variance of the components", Columns: Cols("component", "var", "variance_share", "variance_cum", "variance_random", "stick")}
	sum := 0.0
	const rounding = 1e-12
	for k, v := range c.Variance {
		sum += c.Share[k]
		if c.Share[k] < rounding {
			v = 0
		}
		row := []any{fmt.Sprint("PC", k+1), v, v / c.Total, sum, nil, nil}
		if sum > 1-rounding {
			row[3] = 1.0
		}
		if k < len(c.Hints.Random) {
			row[4] = c.Hints.Random[k]
		}
		if k < len(c.Hints.Stick) {
			row[5] = c.Hints.Stick[k]
		}
		t.Rows = append(t.Rows, row)
	}
	t.hideEmpty()
	return t
}

// hintTable says how many components are worth keeping.
func hintTable(c *model.Components) Table {
	t := Table{Name: "components", Title: "How many components are worth keeping", Columns: Cols("keep_rule", "components", "meaning")}
	if c.Hints.Parallel != nil {
		t.Rows = append(t.Rows, []any{"parallel analysis", *c.Hints.Parallel, "more variance than columns that have nothing to do with each other (Horn)"})
	}
	t.Rows = append(t.Rows, []any{"broken stick", c.Hints.BrokenStick, "more than the pieces of a stick broken at random"},
		[]any{"Kaiser", c.Hints.Kaiser, "more than the mean variance; keeps too many of many columns"})
	return t
}

// loadingTable lists what the components are made of, the heaviest column first.
func loadingTable(c *model.Components) Table {
	t := Table{Name: "loadings", Title: "Loadings, the heaviest column of each component first", Columns: Cols("component", "feature", "loading"),
		Note: "Loadings are the weights of standardised columns; their squares add up to 1."}
	for k, l := range c.Loadings {
		order := make([]int, len(l))
		for j := range order {
			order[j] = j
		}
		bySize(order, func(j int) float64 { return math.Abs(l[j]) })
		for _, j := range order {
			t.Rows = append(t.Rows, []any{fmt.Sprint("PC", k+1), c.Columns[j].Name, l[j]})
		}
	}
	return t
}

// mapTable lists how a map was made, and how good it is.
func mapTable(p *model.Projection) Table {
	m := p.Map
	t := Table{Name: "map", Title: "The map", Columns: Cols("metric", "value", "meaning")}
	add := func(name string, v float64, meaning string) {
		if !math.IsNaN(v) {
			t.Rows = append(t.Rows, []any{name, v, meaning})
		}
	}
	add("trustworthiness", p.Trust, fmt.Sprintf("1 if the %d nearest in the picture are the nearest in the data", p.TrustOf))
	if m.Perplexity > 0 {
		add("KL divergence", m.KL, "what the picture loses, in nats; compare it with that of other seeds")
		add("perplexity", m.Perplexity, "about how many neighbours a row has")
	}
	add("neighbours", float64(m.Neighbors), "rows that each row is held against")
	add("iterations", float64(m.Iterations), "steps that were made")
	add("rows", float64(len(m.Rows)), "rows in the picture")
	add("different rows", float64(m.Different), "rows that are the same stand at one place")
	t.Footnotes = []string{"Steps: " + p.Steps + "."}
	return t
}

// correlateTable lists what goes along with the axes.
func correlateTable(p *model.Projection) Table {
	t := Table{Name: "axes", Title: "What goes along with the axes", Columns: Cols("axis", "feature", "level", "rho")}
	for a, list := range p.Correlates {
		for _, c := range list {
			t.Rows = append(t.Rows, []any{axisName(p, a), c.Column, words(c.Level), c.Rho})
		}
	}
	t.hideEmpty()
	return t
}

// axisName names an axis in tables.
func axisName(p *model.Projection, a int) string {
	if p.Components != nil {
		return fmt.Sprint("PC", a+1)
	}
	return fmt.Sprintf("%s %d", p.Title, a+1)
}

// screeFigure draws the variance of the components, and what chance would give.
func screeFigure(s *Section, c *model.Components) {
	const most = 30
	own, chance := plots.ValueCurve{Name: "these rows"}, plots.ValueCurve{Name: "unrelated columns"}
	for k, v := range c.Variance[:min(len(c.Variance), most)] {
		addPoint(&own, float64(k+1), drawnScore(v), math.NaN())
		if k < len(c.Hints.Random) {
			addPoint(&chance, float64(k+1), c.Hints.Random[k], math.NaN())
		}
	}
	if len(own.X) < 2 {
		return
	}
	d := plots.LearningData{Title: fmt.Sprintf("The first component has %s of the variance", shareOf(c.Share[0])), Label: "variance", Rows: "component", X: plots.Linear, Curves: []plots.ValueCurve{own}}
	if len(chance.X) > 0 {
		d.Curves = append(d.Curves, chance)
	}
	fig, err := plots.LearningCurve(d)
	s.draw("variance", fig, err)
}

// projectionFigure draws the rows, coloured by c if there is one.
func projectionFigure(s *Section, p *model.Projection, c *model.Coloring) {
	d := plots.ProjectionData{Unitless: p.Map != nil, X: p.Title + " 1", Y: p.Title + " 2", Title: fmt.Sprintf("%s rows by %s", Format(Count, len(p.Shown)), p.Title), Caption: p.Caption}
	var x, y []float64
	for i, at := range p.Shown {
		px, py := p.Axes[0][at], 0.0
		if len(p.Axes) > 1 {
			py = p.Axes[1][at]
		}
		if p.Biplot != nil {
			px, py = p.Biplot.X[i], p.Biplot.Y[i]
		}
		x, y = append(x, px), append(y, py)
	}
	if k := p.Components; k != nil {
		d.X, d.Y = componentName(1, k.Share[0]), "component 2"
		if len(k.Share) > 1 {
			d.Y = componentName(2, k.Share[1])
		}
	}
	if p.Biplot != nil {
		for _, a := range p.Biplot.Arrows {
			d.Arrows = append(d.Arrows, plots.ProjectionArrow{Name: a.Column, X: a.X, Y: a.Y})
		}
		d.Caption = strings.TrimSpace("Arrows: the correlation of columns with the components. " + d.Caption)
	}
	name := "map"
	if c != nil {
		name = "by_" + strings.ReplaceAll(c.By, " ", "_")
		d.Title = fmt.Sprintf("%s rows by %s, coloured by %s", Format(Count, len(p.Shown)), p.Title, c.By)
		colour(&d, p, c, x, y)
	} else {
		d.Groups = []plots.PointGroup{{X: x, Y: y}}
	}
	if len(p.Shown) < p.Of {
		d.Caption = strings.TrimSpace(d.Caption + fmt.Sprintf(" The picture shows a sample of %s rows, in which rare labels have more than their share.", Format(Count, p.Of)))
	}
	fig, err := plots.Projection(d)
	s.draw(name, fig, err)
}

// colour gives the points groups or scores.
func colour(d *plots.ProjectionData, p *model.Projection, c *model.Coloring, x, y []float64) {
	if c.Groups == nil {
		d.Groups, d.ScoreLabel = []plots.PointGroup{{X: x, Y: y}}, c.By
		for _, at := range p.Shown {
			d.Scores = append(d.Scores, c.Numbers[p.Rows[at]])
		}
		if heavyTailed(d.Scores) {
			d.ScoreLabel = "log10(1 + " + c.By + ")"
			for i, v := range d.Scores {
				d.Scores[i] = math.Log1p(v) / math.Ln10
			}
		}
		for i, v := range d.Scores {
			if d.Scores[i] = drawnScore(v); math.IsInf(v, 0) {
				d.Scores[i] = math.NaN()
			}
		}
		return
	}
	var points []colouredPoint
	for i, at := range p.Shown {
		points = append(points, colouredPoint{x[i], y[i], c.Of[p.Rows[at]]})
	}
	d.Groups = pointGroups(points, c.Groups, c.Order)
}

// heavyTailed reports whether numbers, none of which is below 0, reach so far beyond half
// of those above 0 that a plain scale of colours would show one colour.
func heavyTailed(values []float64) bool {
	var positive []float64
	for _, v := range values {
		if v < 0 {
			return false
		}
		if v > 0 && !math.IsInf(v, 0) {
			positive = append(positive, v)
		}
	}
	if len(positive) == 0 {
		return false
	}
	slices.Sort(positive)
	return positive[len(positive)-1] > 100*positive[(len(positive)-1)/2]
}

// ProjectDigest is what of these sections fits a terminal: the first components, and their
// heaviest columns.
func ProjectDigest(sections []Section) []Section {
	const components, columns = 6, 6
	out := make([]Section, 0, len(sections))
	for _, s := range sections {
		s.Figures = nil
		tables := make([]Table, 0, len(s.Tables))
		for _, t := range s.Tables {
			if t.Name == "loadings" {
				t = firstLoadings(t, 2, columns)
			}
			if t.Name == "variance" && len(t.Rows) > components+2 {
				t.Footnotes = append(t.Footnotes, fmt.Sprintf("Shown are %d of %d components (--format csv has them all).", components, len(t.Rows)))
				t.Rows = t.Rows[:components]
			}
			tables = append(tables, t)
		}
		s.Tables = tables
		out = append(out, shortened(s, 20))
	}
	return out
}

// firstLoadings keeps the heaviest columns of the first components.
func firstLoadings(t Table, components, columns int) Table {
	seen := map[any]int{}
	rows := t.Rows
	t.Rows = nil
	for _, r := range rows {
		if seen[r[0]]++; seen[r[0]] <= columns && len(seen) <= components {
			t.Rows = append(t.Rows, r)
		}
	}
	if len(t.Rows) < len(rows) {
		t.Footnotes = append(t.Footnotes, fmt.Sprintf("Shown are %d of %d loadings (--format csv has them all).", len(t.Rows), len(rows)))
	}
	return t
}

// bySize sorts places by how large something is, the largest first.
func bySize(places []int, of func(int) float64) {
	slices.SortStableFunc(places, func(a, b int) int { return cmp.Compare(of(b), of(a)) })
}
