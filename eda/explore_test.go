package eda_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/stats"
)

func explored(t testing.TB, src dataset.Source, o eda.ExploreOptions) *eda.Exploration {
	t.Helper()
	e, err := eda.Explore(context.Background(), src, o)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// Explore says the same as the questions asked one by one.
func TestExplore(t *testing.T) {
	var constant []string
	for i := range 12 {
		constant = append(constant, fmt.Sprintf("%d,5,%d,,%d,w,%c", i, i*i, i%2, 'a'+i%3))
	}
	for _, text := range []string{flows, "x,one,square,empty,logged_in,word,letter\n" + strings.Join(constant, "\n") + "\n"} {
		sources(t, text, exploreOneByOne)
	}
}

func exploreOneByOne(t *testing.T, src dataset.Source) {
	{
		ctx := context.Background()
		var stages []string
		e := explored(t, src, eda.ExploreOptions{Stage: func(s string) { stages = append(stages, s) }})
		if len(stages) < 2 {
			t.Errorf("stages %q", stages)
		}
		same(t, "profile", e.Profile, described(t, src))
		same(t, "gaps", e.Gaps, missing(t, src))
		same(t, "classes", e.Classes, classes(t, src))
		same(t, "repeats", e.Repeats, repeats(t, src, e.Classes))
		o := outliers(t, src, eda.OutlierOptions{Rows: 5, Top: 10, Scores: true})
		same(t, "rules", e.Outliers.Rules, o.Rules)
		same(t, "rows", e.Outliers.Rows, o.Rows)
		same(t, "top", e.Outliers.Top, o.Top)
		same(t, "quality", e.Outliers.Quality, o.Quality)
		breaches, err := eda.Contract(ctx, src)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "breaches", e.Breaches, breaches)
		extremes, err := eda.Extremes(ctx, src, e.Profile, 3)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "extremes", e.Extremes, extremes)
		for _, method := range []stats.CorrelationMethod{stats.Pearson, stats.Spearman} {
			c, err := eda.Correlate(ctx, src, eda.CorrelateOptions{Method: method, Adjust: stats.BenjaminiHochberg})
			if err != nil {
				t.Fatal(err)
			}
			got := map[stats.CorrelationMethod]*eda.Correlations{stats.Pearson: e.Pearson, stats.Spearman: e.Spearman}[method]
			same(t, method.String(), got.Pairs, c.Pairs)
			same(t, "redundant", got.Redundant, c.Redundant)
			same(t, "order", got.Order, c.Order)
			same(t, "constant", got.Constant, c.Constant)
		}
		a, err := eda.Associate(ctx, src, eda.AssociateOptions{Adjust: stats.BenjaminiHochberg})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "associations", e.Associations, a)
		n, err := eda.Inform(ctx, src, eda.InformOptions{Adjust: stats.BenjaminiHochberg})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "information", e.Information, n)
	}
}

// Rows without a label are in neither class.
func TestExploreByClass(t *testing.T) {
	sources(t, flows, func(t *testing.T, src dataset.Source) {
		split := explored(t, src, eda.ExploreOptions{}).ByClass["src_bytes"]
		same(t, "normal", split.Normal, stats.Tally{
			Values: []float64{10, 20, 40, 60, 100, 140, 150, 160, 170, 180, 190, 200}, Counts: [][]int64{{1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}}})
		same(t, "attack", split.Attack, stats.Tally{
			Values: []float64{20, 44, 210, 220, 230, 240, 250, 260, 270, 280, 290, 10000}, Counts: [][]int64{{1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}}})
		other := explored(t, src, eda.ExploreOptions{Normal: []string{"neptune", "smurf"}}).ByClass["src_bytes"]
		same(t, "normal by the user's word", other.Normal, split.Attack)
	})
}

// Columns that were not asked for are not described, related or searched; gaps,
// repeats and breaches are of the whole table.
func TestExploreFeatures(t *testing.T) {
	src := tableOf(t, flows, dataset.Options{})
	all := explored(t, src, eda.ExploreOptions{})
	e := explored(t, src, eda.ExploreOptions{Features: []string{"src_bytes", "service"}})
	if len(e.Profile.Columns) != 2 || e.Pearson != nil || e.Associations != nil || len(e.ByClass) != 1 || len(e.Skipped) != 2 {
		t.Errorf("%d columns, correlations %v, associations %v, %d split, skipped %q", len(e.Profile.Columns), e.Pearson, e.Associations, len(e.ByClass), e.Skipped)
	}
	for _, r := range e.Outliers.Rules {
		if r.Column != "src_bytes" {
			t.Errorf("rule for %s", r.Column)
		}
	}
	same(t, "gaps", e.Gaps, all.Gaps)
	same(t, "repeats", e.Repeats, all.Repeats)
	same(t, "breaches", e.Breaches, all.Breaches)
	for name, o := range map[string]eda.ExploreOptions{"feature": {Features: []string{"nothing"}}, "normal": {Normal: []string{"none"}}} {
		if _, err := eda.Explore(context.Background(), src, o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestFindings(t *testing.T) {
	series := func(head string, n int, row func(i int) string) string {
		var b strings.Builder
		b.WriteString(head + "\n")
		for i := range n {
			b.WriteString(row(i) + "\n")
		}
		return b.String()
	}
	nameless := ",a,a,label\n"
	for i := range 400 {
		nameless += fmt.Sprintf("%d,%d,%d,%c\n", i, i*i, i%2, 'p'+i%2)
	}
	nameless += "1,2\n0,x,Infinity,p\n"
	for _, c := range []struct {
		name, text string
		opt        dataset.Options
		want       []eda.Finding // of them the text is exact, Next is not compared
		not        []string      // pieces that no text may hold
	}{
		{name: "flows", text: flows, want: []eda.Finding{
			{Severity: eda.Problem, About: "protocol_type", Text: "1 cell holds another value (gre) where the layout allows tcp, udp or icmp, first in line 21."},
			{Severity: eda.Problem, About: "su_attempted", Text: "2 cells hold other values (2) where the layout allows 0 or 1, first in line 17."},
			{Severity: eda.Warning, About: "table", Text: "1 set of equal features is both normal and an attack."},
			{Severity: eda.Warning, About: "table", Text: "2 sets of equal features carry more than one label (5 rows)."},
			{Severity: eda.Warning, About: "table", Text: "5 rows repeat another row in all features (16.7 %)."},
			{Severity: eda.Warning, About: "last_flag", Text: "This column was made from the label or from how hard a row was to classify, so it leaks the answer: alone it classes 62.1 % of the rows rightly, against 55.2 % for always the larger class."},
			{Severity: eda.Notice, About: "service", Text: "Levels that occur in one class only: 2 of 3 of service (private in 9 attacks, domain_u in 2 attacks)."},
			{Severity: eda.Info, About: "attack", Text: "44.8 % of the rows are attacks."},
			{Severity: eda.Notice, About: "src_bytes", Text: "10 % of the cells are missing."},
			{Severity: eda.Info, About: "table", Text: "There is no time column, so nothing can be said about traffic over time."},
		}, not: []string{"codes", "No column says", "gre in"}},
		{name: "what could not be read", text: nameless, want: []eda.Finding{
			{Severity: eda.Problem, About: "table", Text: "1 row could not be read and was left out."},
			{Severity: eda.Problem, About: "a", Text: "1 cell cannot be read as number and counts as missing."},
			{Severity: eda.Warning, About: "a_2", Text: "1 cell is infinite and counts as missing."},
			{Severity: eda.Warning, About: "column_1, a_2", Text: "Column names that were empty or taken were changed."},
			{Severity: eda.Notice, About: "label", Text: "Which values of the label mean normal cannot be told."},
		}},
		{name: "columns", text: series("empty,one,rare,code,key,bytes,twice,log_time", 2000, func(i int) string {
			rare, key := 0, fmt.Sprintf("k%04dz", i)
			if i == 1500 {
				rare = 9
			}
			return fmt.Sprintf(",5.5,%d,%d,%s,%d,%d,2024-05-0%d 10:00:00", rare, []int{1, 2, 7}[i%3], key, i*7%1000, 2*(i*7%1000), 1+i%9)
		}), want: []eda.Finding{
			{Severity: eda.Info, About: "table", Text: "No column says which rows are attacks."},
			{Severity: eda.Warning, About: "empty", Text: "Every cell is missing."},
			{Severity: eda.Notice, About: "one", Text: "All values are equal (5.5)."},
			{Severity: eda.Info, About: "code", Text: "The column holds only 3 different whole numbers, with gaps; they may be codes rather than quantities."},
			{Severity: eda.Notice, About: "key", Text: "Every value occurs once: the column names rows."},
			{Severity: eda.Info, About: "table", Text: "In 1 column at least 99.9 % of the values are equal; in brackets, how many are not: rare (1)."},
			{Severity: eda.Notice, About: "bytes, twice", Text: "These 2 columns say nearly the same: absolute Pearson correlations above 0.9 link them."},
		}, not: []string{"no time column"}},
		{name: "columns that say nothing", text: "a,b,c,d,label\n,,w,0.50,normal\n,,w,0.5,smurf\n", want: []eda.Finding{
			{Severity: eda.Warning, About: "a, b", Text: "Every cell of these 2 columns is missing."},
			{Severity: eda.Notice, About: "c, d", Text: "Each of these 2 columns has one value only: c (w), d (0.5)."},
		}},
		{name: "imbalance", text: series("x,label", 200, func(i int) string { return fmt.Sprintf("%d,%d", i, 1/(i+1)) }), want: []eda.Finding{
			{Severity: eda.Notice, About: "label", Text: "0.5 % of the rows are attacks."},
		}},
		{name: "only normal", text: "x,label\n1,normal\n2,normal\n", want: []eda.Finding{{Severity: eda.Notice, About: "label", Text: "No row is an attack."}}},
		{name: "another label", text: flows, opt: dataset.Options{Label: "service"}, want: []eda.Finding{
			{Severity: eda.Notice, About: "service", Text: "Which values of the label mean normal cannot be told."},
			{Severity: eda.Warning, About: "attack", Text: "This column was made from the label or from how hard a row was to classify, so it leaks the answer."},
		}},
		{name: "label of numbers", text: "x,label\n1,4\n2,5\n", opt: dataset.Options{Types: map[string]dataset.Kind{"label": dataset.Number}}, want: []eda.Finding{
			{Severity: eda.Notice, About: "label", Text: "The label holds no levels, so normal rows and attacks cannot be told apart."},
		}},
		{name: "shapes", text: series("level,bytes,label", 900, func(i int) string {
			bytes, service := 0, fmt.Sprintf("s%d", i%60)
			if i%3 == 0 {
				bytes = i * i * i
			}
			if i == 7 {
				service = "S_1"
			}
			return fmt.Sprintf("%s,%d,%s", service, bytes, []string{"normal", "smurf"}[i%2])
		}), want: []eda.Finding{
			{Severity: eda.Info, About: "level", Text: "The column has 61 levels; 1 of them occurs in fewer than 10 rows."},
			{Severity: eda.Notice, About: "level", Text: "Levels differ only in case, blanks or punctuation: S_1 and s1."},
			{Severity: eda.Info, About: "table", Text: "In 1 column at least half of the values are 0: bytes (66.8 %)."},
			{Severity: eda.Info, About: "table", Text: "1 column is strongly skewed; in brackets, the skewness where it is beyond ±2: bytes (2.76)."},
		}},
		{name: "told by one column", text: series("x,y,label", 300, func(i int) string {
			return fmt.Sprintf("%d,%d,%s", i%2*10+i%5, i%11, []string{"normal", "smurf"}[i%2])
		}), want: []eda.Finding{
			{Severity: eda.Warning, About: "x", Text: "Alone it tells normal from attack in 100 % of the rows (always the larger class: 50 %). It may have been made from the label."},
		}},
		{name: "day or month", text: "when,label\n01/02/2024 10:00,normal\n03/02/2024 11:00,smurf\n", want: []eda.Finding{
			{Severity: eda.Warning, About: "when", Text: "No date tells which number is the day and which the month; they were read day first."},
		}},
		{name: "day and month", text: "when,label\n01/02/2024 10:00,normal\n23/02/2024 11:00,smurf\n", not: []string{"day first"}},
		{name: "gaps in the same rows", text: series("a,b,c,label", 40, func(i int) string {
			if i%4 == 0 {
				return ",,1,normal"
			}
			return fmt.Sprintf("%d,x,%s,smurf", i, []string{"", "2"}[i%2])
		}), want: []eda.Finding{
			{Severity: eda.Notice, About: "a, b", Text: "These 2 columns are missing in the same rows, 25 % of all."},
			{Severity: eda.Notice, About: "c", Text: "25 % of the cells are missing."},
		}},
		{name: "gaps that tell", text: gappy(), want: []eda.Finding{
			{Severity: eda.Notice, About: "bytes", Text: "Whether it is missing goes with the class: in 10 % of the normal rows and 80 % of the attacks."},
		}},
		{name: "one row", text: "x,label\n1,normal\n", not: []string{"All values are equal", "repeat"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := explored(t, opened(t, written(t, c.text), c.opt), eda.ExploreOptions{})
			for _, w := range c.want {
				if !slices.ContainsFunc(e.Findings, func(f eda.Finding) bool { return f.Severity == w.Severity && f.About == w.About && f.Text == w.Text }) {
					t.Errorf("%q about %s of severity %d is not among the findings:\n%s", w.Text, w.About, w.Severity, listed(e.Findings))
				}
			}
			for _, f := range e.Findings {
				if f.Text == "" || f.Next == "" || !strings.HasSuffix(f.Text, ".") || !strings.HasSuffix(f.Next, ".") {
					t.Errorf("finding %+v is not sentences", f)
				}
				for _, piece := range c.not {
					if strings.Contains(f.Text, piece) {
						t.Errorf("finding %+v", f)
					}
				}
			}
		})
	}
}

// Levels of rows that a filter left out are known, but do not occur.
func TestFindingsOnlyAttacks(t *testing.T) {
	e := explored(t, where(t, tableOf(t, flows, dataset.Options{}), `attack != "normal"`), eda.ExploreOptions{})
	if list := listed(e.Findings); !strings.Contains(list, "1 attack: Every row is an attack.\n") {
		t.Errorf("findings:\n%s", list)
	}
}

func listed(findings []eda.Finding) string {
	var b strings.Builder
	for _, f := range findings {
		fmt.Fprintf(&b, "%d %s: %s\n", f.Severity, f.About, f.Text)
	}
	return b.String()
}

// An emptySource is a table without rows.
type emptySource struct{ schema dataset.Schema }

func (s *emptySource) Schema() *dataset.Schema { return &s.schema }

func (s *emptySource) Scan(_ context.Context, analyses ...dataset.Analysis) error {
	for _, a := range analyses {
		if err := a.Start(&s.schema, 2); err != nil {
			return err
		}
	}
	return nil
}

// Of a table without rows nothing is known, and nothing fails that need not.
func TestNoRows(t *testing.T) {
	ctx := context.Background()
	src := &emptySource{*tableOf(t, flows, dataset.Options{}).Schema()}
	p := described(t, src)
	if p.Rows != 0 || len(p.Columns) != 10 || p.Columns[2].Number != nil || p.Columns[8].Level != nil {
		t.Errorf("profile %+v", p)
	}
	if g := missing(t, src); g.Rows != 0 || g.Blocks != nil || g.Patterns != nil {
		t.Errorf("gaps %+v", g)
	}
	same(t, "repeats", repeats(t, src, eda.Classes{Column: -1}), &eda.Repeats{HasLabel: true, Checked: true})
	if o := outliers(t, src, eda.OutlierOptions{Rows: 3}); o.Rules != nil || o.Rows != nil {
		t.Errorf("outliers %+v", o)
	}
	if b, err := eda.Contract(ctx, src); b != nil || err != nil {
		t.Errorf("breaches %v, %v", b, err)
	}
	if _, err := eda.Correlate(ctx, src, eda.CorrelateOptions{}); err == nil {
		t.Error("correlations of nothing")
	}
	if _, err := eda.Associate(ctx, src, eda.AssociateOptions{}); err == nil {
		t.Error("associations of nothing")
	}
	if byGroup, err := eda.Describe(ctx, src, eda.DescribeOptions{By: "service"}); err != nil || len(byGroup.Columns) != 0 {
		t.Errorf("profile by group %+v, %v", byGroup, err)
	}
	e := explored(t, src, eda.ExploreOptions{})
	if len(e.Findings) != 1 || e.Findings[0].Text != "There are no rows." {
		t.Errorf("findings %+v", e.Findings)
	}
}

// A source that ends early is an error of every question, not half an answer.
func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	src := tableOf(t, flows, dataset.Options{})
	p := described(t, src)
	cancel()
	for name, ask := range map[string]func() error{
		"describe":  func() error { _, err := eda.Describe(ctx, src, eda.DescribeOptions{}); return err },
		"missing":   func() error { _, err := eda.Missing(ctx, src, eda.MissingOptions{}); return err },
		"repeats":   func() error { _, err := eda.Duplicates(ctx, src, eda.Classes{Column: -1}); return err },
		"correlate": func() error { _, err := eda.Correlate(ctx, src, eda.CorrelateOptions{}); return err },
		"relate":    func() error { _, err := eda.Relate(ctx, src, eda.RelateOptions{}); return err },
		"groups":    func() error { _, err := eda.RelateGroups(ctx, src, eda.GroupOptions{}); return err },
		"inform":    func() error { _, err := eda.Inform(ctx, src, eda.InformOptions{}); return err },
		"associate": func() error { _, err := eda.Associate(ctx, src, eda.AssociateOptions{}); return err },
		"outliers":  func() error { _, err := eda.FindOutliers(ctx, src, eda.OutlierOptions{Rows: 1}); return err },
		"extremes":  func() error { _, err := eda.Extremes(ctx, src, p, 1); return err },
		"contract":  func() error { _, err := eda.Contract(ctx, src); return err },
		"explore":   func() error { _, err := eda.Explore(ctx, src, eda.ExploreOptions{}); return err },
	} {
		if ask() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// What is known of NSL-KDD's training file and of KDD'99 from other programs.
func TestFactsOfKDD(t *testing.T) {
	e := explored(t, loaded(t, opened(t, check.Shared(t, "data", "nsl-kdd", "KDDTrain+.txt.gz"), dataset.Options{})), eda.ExploreOptions{})
	r := e.Repeats
	if r.Rows != 125973 || r.Features != 16 || r.BothClasses != 7 {
		t.Errorf("repeats %+v", r)
	}
	if len(e.Breaches) != 1 || e.Breaches[0].Column != "su_attempted" || e.Breaches[0].Cells != 59 || e.Breaches[0].Values[0] != "2" {
		t.Errorf("breaches %+v", e.Breaches)
	}
	columns := 0
	kept := ""
	for _, r := range e.Pearson.Redundant {
		columns += len(r.Columns)
		kept += " " + r.Kept()
	}
	// NumPy's corrcoef with 0 for normal and 1 for the rest is highest for these.
	if kept != " num_root dst_host_srv_serror_rate srv_rerror_rate" {
		t.Errorf("to be kept:%s", kept)
	}
	if len(e.Pearson.Redundant) != 3 || columns != 10 {
		t.Errorf("redundant %+v", e.Pearson.Redundant)
	}
	if normal, attack := e.ByClass["wrong_fragment"].Normal, e.ByClass["wrong_fragment"].Attack; normal.Len() != 1 || attack.Total()-attack.Counts[0][0] != 1090 {
		t.Errorf("wrong_fragment: %v and %v", normal, attack)
	}
	for _, p := range e.Associations.Pairs {
		if p.A == "protocol_type" && p.B == "attack" && p.Test.DF[0] != 44 {
			t.Errorf("protocol_type and attack: %v", p.Test.DF)
		}
	}
	old := repeats(t, opened(t, check.Shared(t, "data", "kdd99", "kddcup.data_10_percent.gz"), dataset.Options{}), eda.Classes{Column: -1})
	if old.Rows != 494021 || old.Exact != 348435 {
		t.Errorf("KDD'99: %d of %d rows are repeats", old.Exact, old.Rows)
	}
}

// A private exploration names no cells in its findings.
func TestFindingsPrivate(t *testing.T) {
	said := listed(explored(t, opened(t, written(t, flows), dataset.Options{}), eda.ExploreOptions{Private: true}).Findings)
	for _, cell := range []string{"(gre", "domain_u", "in 9 attacks", "(2)", "(1.5)"} {
		if strings.Contains(said, cell) {
			t.Errorf("%q is among the findings:\n%s", cell, said)
		}
	}
	if !strings.Contains(said, "2 of 3 of service.") {
		t.Errorf("the levels of one class are not counted:\n%s", said)
	}
}
