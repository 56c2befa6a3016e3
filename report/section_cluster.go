package report

import (
	"fmt"
	"math"

	"github.com/netanom/netanom/model"
)

// Clustered shows clusters, how good they are, how their number was chosen, what sets each
// apart, and how they fit the label.
func Clustered(c *model.Clusters) []Section {
	s := Section{ID: "cluster", Title: "Clusters", Lead: clusterLead(c), Findings: clusterFindings(c)}
	s.Tables = append(s.Tables, clusterTable(c), clusterMeasures(c))
	if c.Choice != nil {
		s.Tables = append(s.Tables, choiceTable(c.Choice))
	}
	clusterFigures(&s, c)
	out := []Section{s, clusterProfiles(c)}
	if c.Label != nil {
		out = append(out, clusterLabels(c))
	}
	return out
}

// clusterLead says how many there are, and how clear.
func clusterLead(c *model.Clusters) string {
	rows := Format(Count, len(c.Rows)) + " rows"
	text := fmt.Sprintf("There are %s among %s by %s", countOf(len(c.Groups), "cluster"), rows, c.Title)
	if c.Noise.Rows > 0 {
		text += fmt.Sprintf("; %s (%s) belong to none", Format(Count, c.Noise.Rows), shareOf(c.Noise.Share))
	}
	text += "."
	if c.Choice != nil {
		text += fmt.Sprintf(" Their number was chosen from %d to %d (%s).", c.Choice.Trials[0].K, c.Choice.Trials[len(c.Choice.Trials)-1].K, c.Choice.Rule)
	}
	if !math.IsNaN(c.Silhouette) {
		text += fmt.Sprintf(" The mean silhouette is %s: %s.", Format(Real, c.Silhouette), structureWord(c.Silhouette))
	}
	return text
}

// structureWord says what a mean silhouette means, after Kaufman and Rousseeuw (1990),
// Finding groups in data, table 4.
func structureWord(silhouette float64) string {
	switch {
	case silhouette > 0.7:
		return "a strong structure"
	case silhouette > 0.5:
		return "a reasonable structure"
	case silhouette > 0.25:
		return "a weak structure, which may be artificial"
	}
	return "no substantial structure"
}

// clusterTable lists the clusters, and the noise behind them.
func clusterTable(c *model.Clusters) Table {
	t := Table{Name: "clusters", Title: "Clusters, the largest first",
		Columns: detail(Cols("cluster", "rows", "share", "cluster_attacks", "top_label", "top_label_share", "silhouette", "comes_back", "cluster_distance"), "cluster_distance")}
	for k := range c.Groups {
		t.Rows = append(t.Rows, clusterRow(c, int32(k), &c.Groups[k]))
	}
	if c.Noise.Rows > 0 {
		t.Rows = append(t.Rows, clusterRow(c, model.NoCluster, &c.Noise))
	}
	t.hideEmpty()
	t.Columns[t.column("cluster_distance")].Detail = true
	if c.Label != nil {
		t.Note = "The label had no part in making the clusters."
	}
	return t
}

func clusterRow(c *model.Clusters, label int32, g *model.ClusterGroup) []any {
	row := []any{model.ClusterName(label), int64(g.Rows), g.Share, nil, nil, nil, g.Silhouette, g.Stability, g.Spread}
	if g.Labelled > 0 {
		if c.Class != nil {
			row[3] = ratio(int64(g.Attacks), int64(g.Labelled))
		}
		row[4], row[5] = g.Levels[0].Level, ratio(int64(g.Levels[0].Rows), int64(g.Labelled))
	}
	return row
}

// clusterMeasures lists what tells good clusters, without labels.
func clusterMeasures(c *model.Clusters) Table {
	t := Table{Name: "cluster_measures", Title: "How good they are, without labels", Columns: Cols("metric", "value", "meaning")}
	add := func(name string, v float64, meaning string) {
		if !math.IsNaN(v) {
			t.Rows = append(t.Rows, []any{name, v, meaning})
		}
	}
	add("silhouette", c.Silhouette, "−1 to 1; how much nearer rows are to their own cluster than to the next")
	add("Davies–Bouldin", c.DaviesBouldin, "0 or more; lower is better")
	add("Caliński–Harabasz", c.CalinskiHarabasz, "variance between over that within; higher is better")
	add("BIC", c.BIC, "of the mixture; lower is better")
	add("stability", c.Stability, "mean adjusted Rand index with clusters of rows drawn anew; 1 is perfect")
	if c.Sampled && !math.IsNaN(c.Silhouette) {
		t.Footnotes = append(t.Footnotes, "Silhouettes are of a sample of the rows.")
	}
	if !math.IsNaN(c.Stability) && c.StabilityRows < len(c.Rows) {
		t.Footnotes = append(t.Footnotes, fmt.Sprintf("Stability is that of a sample of %s rows.", Format(Count, c.StabilityRows)))
	}
	if c.Noise.Rows > 0 {
		t.Footnotes = append(t.Footnotes, "Rows that belong to no cluster are left out.")
	}
	t.Footnotes = append(t.Footnotes, fmt.Sprintf("Steps: %s. Settings: %s.", c.Steps, c.Settings))
	return t
}

// choiceTable lists the numbers of clusters that were tried.
func choiceTable(c *model.ClusterChoice) Table {
	t := Table{Name: "cluster_choice", Title: "Numbers of clusters that were tried",
		Columns: Cols("clusters", "silhouette", "davies_bouldin", "calinski_harabasz", "gap", "gap_error", "bic", "inertia", "chosen"),
		Note:    "Chosen: " + c.Rule + "."}
	for _, r := range c.Trials {
		row := []any{r.K, r.Silhouette, r.DaviesBouldin, r.CalinskiHarabasz, r.Gap, r.GapError, r.BIC, r.Inertia, r.K == c.K}
		if c.By != "gap" {
			row[4], row[5] = nil, nil
		}
		t.Rows = append(t.Rows, row)
	}
	t.hideEmpty()
	if c.Sampled {
		t.Footnotes = []string{"Silhouettes are of a sample of the rows."}
	}
	return t
}

// clusterProfiles says what sets each cluster apart.
func clusterProfiles(c *model.Clusters) Section {
	s := Section{ID: "cluster_profiles", Title: "What sets each cluster apart",
		Lead: "The rows of a cluster are compared with all others, column by column; the strongest differences come first."}
	words := Table{Name: "cluster_words", Title: "In words", Columns: Cols("cluster", "description")}
	t := Table{Name: "cluster_profiles", Title: "Columns, the strongest difference of each cluster first",
		Columns: detail(Cols("cluster", "feature", "difference", "inside", "elsewhere", "apart", "level", "rank_biserial", "cohens_d", "mean_inside", "mean_elsewhere", "lift"),
			"level", "rank_biserial", "cohens_d", "mean_inside", "mean_elsewhere", "lift")}
	for k := range c.Groups {
		name := model.ClusterName(int32(k))
		words.Rows = append(words.Rows, []any{name, clusterWords(&c.Groups[k], 3)})
		for i := range c.Groups[k].Apart {
			t.Rows = append(t.Rows, append([]any{name}, differenceRow(&c.Groups[k].Apart[i])...))
		}
	}
	s.Tables = []Table{words}
	if len(t.Rows) > 0 {
		s.Tables = append(s.Tables, t)
	}
	heatFigure(&s, c)
	return s
}

// differenceRow is the row of a column behind the cluster.
func differenceRow(d *model.ClusterDifference) []any {
	if d.Coded {
		level := levelOf(d)
		return []any{d.Column, "share of " + level, d.Inside, d.Outside, d.Strength, level, nil, nil, nil, nil, d.Lift}
	}
	what, in, out := comparedNumbers(d)
	return []any{d.Column, what, in, out, d.Strength, nil, d.RankBiserial, d.D, d.Inside, d.Outside, nil}
}

// comparedNumbers says what of numbers shows their difference: the median, or the mean
// where the medians are the same.
func comparedNumbers(d *model.ClusterDifference) (what string, inside, elsewhere float64) {
	if d.InsideMedian != d.OutsideMedian {
		return "median", d.InsideMedian, d.OutsideMedian
	}
	return "mean", d.Inside, d.Outside
}

// levelOf is the level of a difference for people.
func levelOf(d *model.ClusterDifference) string {
	switch {
	case d.Missing:
		return "(missing)"
	case d.Level == "":
		return "(empty)"
	}
	return d.Level
}

// clusterLabels holds the clusters against the label.
func clusterLabels(c *model.Clusters) Section {
	s := Section{ID: "cluster_labels", Title: "Clusters and the label", Lead: labelsLead(c)}
	a := Table{Name: "cluster_agreement", Title: "Agreement", Columns: Cols("metric", "by_label", "by_class", "meaning")}
	add := func(name string, of func(a *model.Agreement) float64, meaning string) {
		row := []any{name, of(c.Label), nil, meaning}
		if c.Class != nil {
			row[2] = of(c.Class)
		}
		a.Rows = append(a.Rows, row)
	}
	add("purity", func(a *model.Agreement) float64 { return a.Purity }, "rows of the commonest label of their cluster; grows with the number of clusters")
	add("adjusted Rand", func(a *model.Agreement) float64 { return a.AdjustedRand }, "agreement on pairs of rows; 0 by chance, 1 perfect")
	add("NMI", func(a *model.Agreement) float64 { return a.NMI }, "information that both share, 0 to 1")
	add("homogeneity", func(a *model.Agreement) float64 { return a.Homogeneity }, "clusters hold one label")
	add("completeness", func(a *model.Agreement) float64 { return a.Completeness }, "labels lie in one cluster")
	a.hideEmpty()
	t := Table{Name: "cluster_labels", Title: "Labels in each cluster", Columns: Cols("cluster", "label", "rows", "share", "label_share")}
	totals := map[string]int{}
	each := func(visit func(name string, g *model.ClusterGroup)) {
		for k := range c.Groups {
			visit(model.ClusterName(int32(k)), &c.Groups[k])
		}
		visit(model.ClusterName(model.NoCluster), &c.Noise)
	}
	each(func(_ string, g *model.ClusterGroup) {
		for _, l := range g.Levels {
			totals[l.Level] += l.Rows
		}
	})
	each(func(name string, g *model.ClusterGroup) {
		for _, l := range g.Levels {
			t.Rows = append(t.Rows, []any{name, l.Level, int64(l.Rows), ratio(int64(l.Rows), int64(g.Labelled)), ratio(int64(l.Rows), int64(totals[l.Level]))})
		}
	})
	s.Tables = []Table{a, t}
	return s
}

// labelsLead says how well the clusters fit the label.
func labelsLead(c *model.Clusters) string {
	text := fmt.Sprintf("The label had no part in making the clusters. Where every row is given the commonest label of its cluster, %s are right (purity).", shareOf(c.Label.Purity))
	if c.Class != nil {
		text += fmt.Sprintf(" Of normal and attack alone, %s are.", shareOf(c.Class.Purity))
	}
	return text
}

// ClusterDigest is what of these sections fits a terminal: of what sets clusters apart,
// what no finding says.
func ClusterDigest(sections []Section) []Section {
	out := make([]Section, 0, len(sections))
	for _, s := range sections {
		s.Figures = nil
		switch s.ID {
		case "cluster_profiles": // findings say it of the largest
			t := s.Tables[0]
			if len(t.Rows) <= describedClusters {
				continue
			}
			t.Rows = t.Rows[describedClusters:]
			s.Tables = []Table{t}
		case "cluster_labels":
			s.Tables = s.Tables[:1]
		}
		out = append(out, shortened(s, 20))
	}
	return out
}
