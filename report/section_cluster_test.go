package report

import (
	"context"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/model"
)

// soundSections fails unless the sections can be written in every form.
func soundSections(t *testing.T, sections []Section) {
	t.Helper()
	doc := Document{Command: "test", Sections: sections}
	if err := doc.Check(); err != nil {
		t.Fatal(err)
	}
	for _, format := range Formats() {
		if err := doc.Write(io.Discard, format, TextOptions{Width: 80}); err != nil {
			t.Errorf("%s: %v", format, err)
		}
	}
	for _, s := range sections {
		for _, w := range s.Warnings {
			if strings.Contains(w, "no picture") {
				t.Errorf("%s: %s", s.ID, w)
			}
		}
	}
}

func TestClustered(t *testing.T) {
	labelled := connections(210, 0, "neptune", "satan")
	bare := strings.Replace(labelled, ",attack\n", ",remark\n", 1)
	for _, text := range []string{labelled, bare} {
		d, err := modelDataOf(t, text, "src_bytes", "count", "flag")
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range []model.ClusterOptions{
			{Method: "kmeans", Max: 4, Samples: 2}, {Method: "gmm", Clusters: 2}, {Method: "dbscan"}, {Method: "hdbscan"}, {Method: "hierarchical", Clusters: 9}, {Method: "kmeans", Clusters: 1},
			{Method: "hdbscan", Settings: []byte(`{"min_cluster_size":150}`)}, {Method: "kmeans", By: "gap", Max: 3},
		} {
			c, err := model.Cluster(context.Background(), d, d.All(), o)
			if err != nil {
				t.Fatalf("%+v: %v", o, err)
			}
			sections := Clustered(c)
			soundSections(t, sections)
			soundSections(t, ClusterDigest(sections))
			if hasLabels := slices.ContainsFunc(sections, func(s Section) bool { return s.ID == "cluster_labels" }); hasLabels != (d.Label != nil) {
				t.Errorf("%+v: the label is there: %v, and shown: %v", o, d.Label != nil, hasLabels)
			}
			total := int64(0)
			for _, r := range sections[0].Tables[0].Rows {
				total += r[1].(int64)
			}
			if total != int64(d.Rows) {
				t.Errorf("%+v: the clusters have %d of %d rows", o, total, d.Rows)
			}
		}
	}
}

func TestClusterWords(t *testing.T) {
	for want, d := range map[string]model.ClusterDifference{
		"flag is S0 in 98 % (elsewhere 2 %)":                 {Column: "flag", Coded: true, Level: "S0", Inside: 0.98, Outside: 0.02},
		"flag is S0 in only 2 % (elsewhere 98 %)":            {Column: "flag", Coded: true, Level: "S0", Inside: 0.02, Outside: 0.98},
		"flag is never (missing) (elsewhere in 50 %)":        {Column: "flag", Coded: true, Missing: true, Outside: 0.5},
		"median count 120 (elsewhere 3)":                     {Column: "count", Inside: 100, Outside: 10, InsideMedian: 120, OutsideMedian: 3},
		"mean duration 0.5 (elsewhere 7)":                    {Column: "duration", Inside: 0.5, Outside: 7},
		"service is (empty) in 100 % (elsewhere < 0.0001 %)": {Column: "service", Coded: true, Inside: 1, Outside: 1e-7},
	} {
		if got := differenceWords(&d); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	c := &model.Clusters{Class: &model.Agreement{}}
	for want, g := range map[string]model.ClusterGroup{
		"25 % of the rows, 97 % neptune: ":                         {Share: 0.25, Labelled: 100, Attacks: 98, Levels: []model.LevelCount{{Level: "neptune", Rows: 97}, {Level: "normal", Rows: 2}}},
		"25 % of the rows, 95 % attacks of 2 types: ":              {Share: 0.25, Labelled: 100, Attacks: 95, Levels: []model.LevelCount{{Level: "neptune", Rows: 60}, {Level: "satan", Rows: 35}, {Level: "normal", Rows: 5}}},
		"25 % of the rows, mixed: 60 % normal, 40 % satan: ":       {Share: 0.25, Labelled: 100, Attacks: 40, Levels: []model.LevelCount{{Level: "normal", Rows: 60}, {Level: "satan", Rows: 40}}},
		"25 % of the rows: nothing: no column differs from the ot": {Share: 0.25},
	} {
		if got := clusterSentence(c, &g); !strings.HasPrefix(got, want) {
			t.Errorf("%q, want %q…", got, want)
		}
	}
}

// TestPointGroups keeps the largest groups and puts the others together.
func TestPointGroups(t *testing.T) {
	var names []string
	var points []colouredPoint
	for g := range 12 {
		names = append(names, string(rune('a'+g)))
		for i := range g + 1 {
			points = append(points, colouredPoint{float64(g), float64(i), int32(g)})
		}
	}
	points = append(points, colouredPoint{0, 0, -1})
	got := pointGroups(points, names, true)
	if len(got) != mostColours+1 || got[0].Name != "l" || got[mostColours-1].Name != othersName || got[mostColours].Name != "(unknown)" || len(got[mostColours].X) != 1 {
		t.Errorf("groups %+v", got)
	}
	n := 0
	for _, g := range got {
		n += len(g.X)
	}
	if n != len(points) {
		t.Errorf("%d of %d points are left", n, len(points))
	}
	if few := pointGroups(points[:6], names, true); few[0].Name != "a" || len(few) != 3 {
		t.Errorf("few groups %+v", few)
	}
}

func TestProjected(t *testing.T) {
	d, rows := modelData(t, connections(150, 0, "neptune", "satan"))
	class, err := d.ColorByLabel(true)
	if err != nil {
		t.Fatal(err)
	}
	tailed := &model.Coloring{By: "bytes over time", Numbers: make([]float64, d.Rows)}
	for i := range tailed.Numbers {
		tailed.Numbers[i] = math.Pow(10, float64(i%7))
	}
	tailed.Numbers[3] = math.NaN()
	for _, method := range model.ProjectMethods() {
		p, err := model.Project(context.Background(), d, rows, model.ProjectOptions{Method: method, Rows: 100})
		if err != nil {
			t.Fatal(err)
		}
		for _, colors := range [][]*model.Coloring{nil, {class, tailed}} {
			sections := Projected(p, colors)
			soundSections(t, sections)
			soundSections(t, ProjectDigest(sections))
			if want := max(1, len(colors)); len(sections[0].Figures) < want {
				t.Errorf("%s: %d pictures, want %d", method, len(sections[0].Figures), want)
			}
			if method == "pca" {
				last := sections[0].Tables[0].Rows
				if got := last[len(last)-1][3]; got != 1.0 {
					t.Errorf("all components together have %v of the variance", got)
				}
			}
		}
	}
	if heavyTailed([]float64{-1, 1e9, 1}) || heavyTailed([]float64{0, 0}) || !heavyTailed([]float64{0, 1, 2, 1e4}) {
		t.Error("heavy tails are told wrongly")
	}
}

func TestDetected(t *testing.T) {
	labelled := connections(210, 0, "neptune", "satan")
	for name, text := range map[string]string{"labels": labelled, "none": strings.Replace(labelled, ",attack\n", ",remark\n", 1), "few rows": connections(30, 0, "neptune"), "one class": strings.ReplaceAll(strings.ReplaceAll(labelled, "satan", "normal"), "neptune", "normal")} {
		d, err := modelDataOf(t, text, "src_bytes", "count", "flag")
		if err != nil {
			t.Fatal(err)
		}
		for _, algo := range []string{"ecod", "iforest", "ensemble"} {
			spec, err := model.NewSpec(algo)
			if err != nil {
				t.Fatal(err)
			}
			found, err := model.Detect(context.Background(), d, model.DetectOptions{Spec: spec, Top: 4, Reasons: 2})
			if err != nil {
				t.Fatalf("%s, %s: %v", name, algo, err)
			}
			sections := Detected(found, false)
			soundSections(t, sections)
			soundSections(t, DetectDigest(sections))
			if rows := sections[0].Tables[0].Rows; len(rows) != 4 || sections[0].Tables[0].Name != "strange" {
				t.Errorf("%s, %s: %d rows are listed", name, algo, len(rows))
			}
			private := Detected(found, true)
			soundSections(t, private)
			for _, s := range private {
				for _, table := range s.Tables {
					if table.column("row") >= 0 || table.column("cell") >= 0 {
						t.Errorf("%s, %s: the table %s shows rows", name, algo, table.Name)
					}
				}
			}
		}
	}
}
