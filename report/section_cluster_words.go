package report

import (
	"fmt"
	"strings"

	"github.com/netanom/netanom/model"
)

// clusterWords says in at most so many parts what sets a cluster apart.
func clusterWords(g *model.ClusterGroup, most int) string {
	var parts []string
	for i := range g.Apart[:min(len(g.Apart), most)] {
		parts = append(parts, differenceWords(&g.Apart[i]))
	}
	if len(parts) == 0 {
		return "nothing: no column differs from the other rows"
	}
	return strings.Join(parts, "; ")
}

// differenceWords writes a difference: flag is S0 in 98 % (elsewhere 2 %).
func differenceWords(d *model.ClusterDifference) string {
	if d.Coded {
		if d.Inside == 0 {
			return fmt.Sprintf("%s is never %s (elsewhere in %s)", d.Column, levelOf(d), shareOf(d.Outside))
		}
		if d.Inside < d.Outside {
			return fmt.Sprintf("%s is %s in only %s (elsewhere %s)", d.Column, levelOf(d), shareOf(d.Inside), shareOf(d.Outside))
		}
		return fmt.Sprintf("%s is %s in %s (elsewhere %s)", d.Column, levelOf(d), shareOf(d.Inside), shareOf(d.Outside))
	}
	what, in, out := comparedNumbers(d)
	return fmt.Sprintf("%s %s %s (elsewhere %s)", what, d.Column, Format(Real, in), Format(Real, out))
}

// Limits of findings about clusters.
const (
	describedClusters = 6
	pureCluster       = 0.9
	unstableCluster   = 0.6 // Hennig (2007), see model/cluster
	manyNoise         = 0.3
	manyClusters      = 50
	faintStructure    = 0.25
)

// clusterFindings says what a reader should know of the clusters.
func clusterFindings(c *model.Clusters) []Finding {
	found := []Finding{}
	switch n := len(c.Groups); {
	case n == 0:
		return append(found, Finding{Warning, "", "No cluster was found: no rows lie close enough to each other.", "Ask for smaller ones, as in --set min_cluster_size=5, or give --method kmeans."})
	case n == 1:
		found = append(found, Finding{Notice, "", "All rows that belong to a cluster are in one, so that there is nothing to compare.", "Give a number with --clusters, or another --method."})
	case c.Silhouette <= faintStructure:
		found = append(found, Finding{Notice, "", fmt.Sprintf("With a mean silhouette of %s the clusters run into each other: rows form no clear groups in these columns.", Format(Real, c.Silhouette)),
			"Try another --method, or fewer columns (--feature)."})
	}
	found = append(found, choiceFindings(c)...)
	if c.Noise.Share > manyNoise {
		found = append(found, Finding{Notice, "", fmt.Sprintf("%s of the rows belong to no cluster.", shareOf(c.Noise.Share)), "Larger distances (--set eps=…) or fewer neighbours (--set min_samples=…) leave less."})
	}
	if len(c.Groups) > manyClusters {
		found = append(found, Finding{Notice, "", fmt.Sprintf("%d clusters are more than anybody looks at.", len(c.Groups)), "Larger ones: --set eps=… or min_samples=… for dbscan, min_cluster_size=… for hdbscan."})
	}
	if c.Used < len(c.Rows) {
		found = append(found, Finding{Info, "", fmt.Sprintf("The clusters were made from a sample of %s rows; the others were given to them.", Format(Count, c.Used)), ""})
	}
	var shaky []string
	for k := range c.Groups {
		if s := c.Groups[k].Stability; s < unstableCluster {
			shaky = append(shaky, model.ClusterName(int32(k)))
		}
	}
	if len(shaky) > 0 {
		found = append(found, Finding{Warning, "", fmt.Sprintf("%s %s not come back when rows are drawn anew (similarity below %v).", clustersNamed(shaky), oneOr(len(shaky), "does", "do"), unstableCluster), "Do not build on them; fewer clusters may be stable."})
	}
	for k := range c.Groups[:min(len(c.Groups), describedClusters)] {
		if len(c.Groups) > 1 {
			found = append(found, Finding{Info, "cluster " + model.ClusterName(int32(k)), clusterSentence(c, &c.Groups[k]), ""})
		}
	}
	return found
}

// clustersNamed writes cluster 3, or clusters 3, 5 and 7.
func clustersNamed(names []string) string {
	if len(names) == 1 {
		return "Cluster " + names[0]
	}
	return "Clusters " + joined(names, 10)
}

// choiceFindings warns where the best number of clusters lies at the end of those tried.
func choiceFindings(c *model.Clusters) []Finding {
	if c.Choice == nil || len(c.Choice.Trials) < 3 {
		return nil
	}
	if last := c.Choice.Trials[len(c.Choice.Trials)-1].K; c.Choice.K == last {
		return []Finding{{Notice, "", fmt.Sprintf("The best number of clusters is the largest that was tried, %d.", last), fmt.Sprintf("Try more: --max %d.", 2*last)}}
	}
	return nil
}

// clusterSentence says what a cluster is: its size, its label, and what sets it apart.
func clusterSentence(c *model.Clusters, g *model.ClusterGroup) string {
	text := shareOf(g.Share) + " of the rows"
	if g.Labelled > 0 {
		top := g.Levels[0]
		part := ratio(int64(top.Rows), int64(g.Labelled))
		switch attacks := ratio(int64(g.Attacks), int64(g.Labelled)); {
		case part >= pureCluster:
			text += fmt.Sprintf(", %s %s", shareOf(part), top.Level)
		case c.Class != nil && attacks >= pureCluster:
			text += fmt.Sprintf(", %s attacks of %s", shareOf(attacks), countOf(attackTypes(c, g), "type"))
		default:
			text += fmt.Sprintf(", mixed: %s %s", shareOf(part), top.Level)
			if len(g.Levels) > 1 {
				text += fmt.Sprintf(", %s %s", shareOf(ratio(int64(g.Levels[1].Rows), int64(g.Labelled))), g.Levels[1].Level)
			}
		}
	}
	return text + ": " + clusterWords(g, 3) + "."
}

// attackTypes counts the labels of a cluster but the commonest normal ones: as many as
// there are attacks of.
func attackTypes(c *model.Clusters, g *model.ClusterGroup) int {
	n := len(g.Levels)
	if g.Attacks < g.Labelled { // one of them is normal
		n--
	}
	return max(n, 1)
}
