package eda_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/dataset/sourcetest"
	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/stats"
)

// A question is asked of a table and of an engine that counts its rows.
type question struct {
	name string
	ask  func(ctx context.Context, src dataset.Source) (any, error)
}

// countedQuestions are those of analyses that only count.
func countedQuestions() []question {
	levels := []string{"protocol_type", "service", "logged_in", "su_attempted"}
	return []question{
		{"describe", func(ctx context.Context, src dataset.Source) (any, error) {
			return eda.Describe(ctx, src, eda.DescribeOptions{})
		}},
		{"describe by group", func(ctx context.Context, src dataset.Source) (any, error) {
			return eda.Describe(ctx, src, eda.DescribeOptions{By: "protocol_type"})
		}},
		{"missing", func(ctx context.Context, src dataset.Source) (any, error) {
			g, err := eda.Missing(ctx, src, eda.MissingOptions{})
			if err == nil {
				placeless(g)
			}
			return g, err
		}},
		{"contract", func(ctx context.Context, src dataset.Source) (any, error) {
			breaches, err := eda.Contract(ctx, src)
			for i := range breaches { // which of more values come first depends on the file
				breaches[i].Lines, breaches[i].Values = nil, nil
			}
			return breaches, err
		}},
		{"duplicates", func(ctx context.Context, src dataset.Source) (any, error) {
			classes, err := eda.FindClasses(src.Schema(), nil)
			if err != nil {
				return nil, err
			}
			r, err := eda.Duplicates(ctx, src, classes)
			if err == nil {
				r.Examples = nil
			}
			return r, err
		}},
		{"associations", func(ctx context.Context, src dataset.Source) (any, error) {
			return eda.Associate(ctx, src, eda.AssociateOptions{})
		}},
		{"mutual information", func(ctx context.Context, src dataset.Source) (any, error) {
			return eda.Inform(ctx, src, eda.InformOptions{})
		}},
		{"ranking", func(ctx context.Context, src dataset.Source) (any, error) {
			return eda.RankFeatures(ctx, src, eda.RankOptions{})
		}},
		{"independence", func(ctx context.Context, src dataset.Source) (any, error) {
			return eda.TestIndependence(ctx, src, eda.IndependenceOptions{})
		}},
		{"independence of numbers", func(ctx context.Context, src dataset.Source) (any, error) {
			return eda.TestIndependence(ctx, src, eda.IndependenceOptions{Features: append([]string{"num_root"}, levels[:2]...), By: eda.ByCategory})
		}},
		{"independence within strata", func(ctx context.Context, src dataset.Source) (any, error) {
			return eda.TestStrata(ctx, src, "protocol_type", eda.IndependenceOptions{Features: []string{"logged_in"}})
		}},
		{"independence of many numbers", func(ctx context.Context, src dataset.Source) (any, error) {
			return eda.TestIndependence(ctx, src, eda.IndependenceOptions{Features: []string{"serror_rate"}})
		}},
		{"pairs of levels", func(ctx context.Context, src dataset.Source) (any, error) {
			kept, err := dataset.Where(src, "su_attempted < 2")
			if err != nil {
				return nil, err
			}
			return eda.TestPaired(ctx, kept, "logged_in", "su_attempted", 0)
		}},
		{"goodness of fit", func(ctx context.Context, src dataset.Source) (any, error) {
			return eda.TestFit(ctx, src, eda.FitOptions{Features: append([]string{"num_root"}, levels...)})
		}},
		{"variance", func(ctx context.Context, src dataset.Source) (any, error) {
			return eda.AnalyzeVariance(ctx, src, eda.AnovaOptions{Features: []string{"num_root", "serror_rate"}})
		}},
		{"variance by two factors", func(ctx context.Context, src dataset.Source) (any, error) {
			return eda.AnalyzeTwoWay(ctx, src, eda.TwoWayOptions{Features: []string{"num_root", "serror_rate"}, And: "protocol_type"})
		}},
		{"means of classes", func(ctx context.Context, src dataset.Source) (any, error) {
			return eda.TTest(ctx, src, eda.TTestOptions{})
		}},
		{"means of levels", func(ctx context.Context, src dataset.Source) (any, error) {
			return eda.TTest(ctx, src, eda.TTestOptions{By: "protocol_type", Groups: []string{"udp", "tcp"}})
		}},
		{"mean of a column", func(ctx context.Context, src dataset.Source) (any, error) {
			return eda.TTest(ctx, src, eda.TTestOptions{Design: eda.OneSample, Mu: 3})
		}},
		{"means of pairs", func(ctx context.Context, src dataset.Source) (any, error) {
			return eda.TTest(ctx, src, eda.TTestOptions{Design: eda.PairedSample, Paired: [2]string{"num_root", "serror_rate"}})
		}},
	}
}

// placeless forgets where in the file gaps are, puts patterns of as many rows in order,
// and drops the last, of which the first in the file are listed.
func placeless(g *eda.Gaps) {
	g.Blocks, g.BlockRows = nil, 0
	for i := range g.Columns {
		g.Columns[i].FirstLine = 0
	}
	slices.SortFunc(g.Patterns, func(a, b eda.Pattern) int {
		if a.Rows != b.Rows {
			return int(b.Rows - a.Rows)
		}
		return slices.Compare(a.Columns, b.Columns)
	})
	if len(g.Patterns) == 20 {
		least := g.Patterns[19].Rows
		g.Patterns = slices.DeleteFunc(g.Patterns, func(p eda.Pattern) bool { return p.Rows == least })
	}
}

// An engine gives the same answers as the rows that it counts, to the last bit: it
// hands out the same counts. So it does of rows and columns that were chosen.
func TestEngineGivesTheSameAnswers(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 7))
	for round, rows := range []int{4000, 300, 60} {
		table := tableOf(t, randomTable(r, rows).text(), dataset.Options{})
		engine := sourcetest.Counted(table)
		for _, q := range countedQuestions() {
			t.Run(fmt.Sprintf("%d rows, %s", rows, q.name), func(t *testing.T) {
				sameAnswer(t, q, engine, table)
				if round == 0 {
					condition := `num_root != 3 or protocol_type == "udp"`
					sameAnswer(t, q, where(t, engine, condition), loaded(t, where(t, table, condition)))
				}
			})
		}
	}
}

func sameAnswer(t *testing.T, q question, engine, table dataset.Source) {
	t.Helper()
	ctx := context.Background()
	got, gotErr := q.ask(ctx, engine)
	want, wantErr := q.ask(ctx, table)
	if fmt.Sprint(gotErr) != fmt.Sprint(wantErr) {
		t.Fatalf("error %v, want %v", gotErr, wantErr)
	}
	if gotErr == nil {
		same(t, q.name, got, want)
	}
}

// Tables of other kinds of columns, and ones that hold summaries.
func TestEngineGivesTheSameAnswersOfOddTables(t *testing.T) {
	summaries := "feature,group,n,mean,sd\nbytes,after,52,287.1,140.8\nbytes,before,48,311.5,96.2\ntime,after,52,24.9,9.8\ntime,before,48,20.4,6.1\n"
	for _, c := range []struct {
		name, text string
		ask        func(ctx context.Context, src dataset.Source) (any, error)
	}{
		{"every kind", oddities(), func(ctx context.Context, src dataset.Source) (any, error) {
			return eda.Describe(ctx, src, eda.DescribeOptions{})
		}},
		{"every kind, gaps", oddities(), func(ctx context.Context, src dataset.Source) (any, error) {
			g, err := eda.Missing(ctx, src, eda.MissingOptions{})
			if err == nil {
				placeless(g)
			}
			return g, err
		}},
		{"every kind, repeats", oddities(), func(ctx context.Context, src dataset.Source) (any, error) {
			return eda.Duplicates(ctx, src, eda.Classes{Column: -1})
		}},
		{"every kind, information", oddities(), func(ctx context.Context, src dataset.Source) (any, error) {
			return eda.Inform(ctx, src, eda.InformOptions{})
		}},
		{"gaps by class", gappy(), func(ctx context.Context, src dataset.Source) (any, error) {
			g, err := eda.Missing(ctx, src, eda.MissingOptions{})
			if err == nil {
				placeless(g)
			}
			return g, err
		}},
		{"summaries", summaries, func(ctx context.Context, src dataset.Source) (any, error) {
			return eda.TTestFromSummaries(ctx, src, eda.TTestOptions{Groups: []string{"before", "after"}})
		}},
		{"groups in one row each", "group,n,mean,sd\na,10,1,2\nb,12,3,2.5\nc,9,2,1\n", func(ctx context.Context, src dataset.Source) (any, error) {
			return eda.AnalyzeSummaries(ctx, src, eda.AnovaOptions{})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			table := tableOf(t, c.text, dataset.Options{})
			sameAnswer(t, question{c.name, c.ask}, sourcetest.Counted(table), table)
		})
	}
}

// Two tables compare alike whichever of them is an engine; only their rows cannot be
// looked for in each other.
func TestEngineCompares(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 8))
	first := tableOf(t, randomTable(r, 3000).text(), dataset.Options{})
	second := tableOf(t, randomTable(r, 2000).text(), dataset.Options{})
	want := compared(t, first, second, eda.CompareOptions{})
	for name, pair := range map[string][2]dataset.Source{
		"the first":  {sourcetest.Counted(first), second},
		"the second": {first, sourcetest.Counted(second)},
		"both":       {sourcetest.Counted(first), sourcetest.Counted(second)},
	} {
		got := compared(t, pair[0], pair[1], eda.CompareOptions{})
		same(t, name+": columns", got.Columns, want.Columns)
		same(t, name+": labels", got.Labels, want.Labels)
		if left := strings.Join(got.LeftOut, " "); got.Overlap != nil || !strings.Contains(left, "Which rows both tables have is not known") {
			t.Errorf("%s: overlap %+v, left out: %s", name, got.Overlap, left)
		}
	}
}

// What breaks a rule is told without lines, by the least values.
func TestEngineFindsBreaches(t *testing.T) {
	text := "num_root,serror_rate,protocol_type,logged_in,su_attempted\n" +
		strings.Repeat("-3,0.5,tcp,1,0\n", 2) + "-1,7,gre,0,2\n2.5,0.1,ah,1,1\n4,,udp,0,0\n"
	table := tableOf(t, text, dataset.Options{})
	want := []eda.Breach{
		{Column: "num_root", Cells: 4, Values: []string{"-3", "-1", "2.5"}},
		{Column: "serror_rate", Cells: 1, Values: []string{"7"}},
		{Column: "protocol_type", Cells: 2, Values: []string{"ah", "gre"}},
		{Column: "su_attempted", Cells: 1, Values: []string{"2"}},
	}
	for budget, unsure := range map[int64]bool{0: false, 4: true} {
		got, err := eda.Contract(context.Background(), sourcetest.CountedWith(table, sourcetest.CountedOptions{Budget: budget}))
		if err != nil {
			t.Fatal(err)
		}
		for i := range got {
			got[i].Rule = ""
		}
		if unsure { // num_root has 4 values, serror_rate 4 with a gap
			same(t, "breaches of few groups", got[0].Column, "num_root")
			continue
		}
		same(t, "breaches", got, want)
	}
}

// Contradictions are listed from those of the most rows, without lines.
func TestEngineListsContradictions(t *testing.T) {
	text := "duration,src_bytes,attack\n" + strings.Repeat("1,1,smurf\n1,1,normal\n", 2) + strings.Repeat("2,2,satan\n", 5) + "2,2,neptune\n2,2,\n3,3,normal\n"
	table := tableOf(t, text, dataset.Options{})
	classes := eda.Classes{Column: 2, Normal: []string{"normal"}}
	r, err := eda.Duplicates(context.Background(), sourcetest.Counted(table), classes)
	if err != nil {
		t.Fatal(err)
	}
	want := &eda.Repeats{Rows: 12, Exact: 6, Features: 9, Contradictory: 2, ContradictoryRows: 10, BothClasses: 1, HasLabel: true, Checked: true,
		Examples: []eda.RepeatExample{{Labels: []string{"neptune", "satan"}}, {Labels: []string{"normal", "smurf"}}}}
	same(t, "repeats", r, want)
	few, err := eda.Duplicates(context.Background(), sourcetest.CountedWith(table, sourcetest.CountedOptions{Budget: 2}), classes)
	if err != nil || few.Checked || few.Rows != 12 || few.Exact != 0 {
		t.Errorf("more rows than are handed out: %+v, %v", few, err)
	}
}

// Summaries are few, and a table of more rows is something else.
func TestEngineWithTooManySummaries(t *testing.T) {
	text := "group,n,mean,sd\n" + strings.Repeat("a,2,1,1\n", 10_001)
	_, err := eda.TTestFromSummaries(context.Background(), sourcetest.Counted(tableOf(t, text, dataset.Options{})), eda.TTestOptions{})
	if err == nil || !strings.Contains(err.Error(), "more than 10,000 rows") {
		t.Errorf("error %v", err)
	}
}

// A question that is given up gives up the engine's work.
func TestEngineStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	engine := sourcetest.Counted(tableOf(t, outcomes(), dataset.Options{}))
	if _, err := eda.Associate(ctx, engine, eda.AssociateOptions{Adjust: stats.Holm}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
