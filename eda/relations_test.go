package eda_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/stats"
)

func groupsOf(t testing.TB, src dataset.Source, o eda.GroupOptions) *eda.Grouped {
	t.Helper()
	g, err := eda.RelateGroups(context.Background(), src, o)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func informed(t testing.TB, src dataset.Source, o eda.InformOptions) *eda.Informed {
	t.Helper()
	n, err := eda.Inform(context.Background(), src, o)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func names(pairs []eda.GroupedPair) []string {
	var out []string
	for _, p := range pairs {
		out = append(out, p.Number+" in "+p.Group)
	}
	slices.Sort(out)
	return out
}

func TestRelateGroups(t *testing.T) {
	sources(t, flows, func(t *testing.T, src dataset.Source) {
		g := groupsOf(t, src, eda.GroupOptions{Features: []string{"src_bytes", "num_root", "wrong_fragment", "service", "attack"}, Method: eda.CorrelationRatio, Adjust: stats.Holm})
		same(t, "groups", g.Groups, []string{"service", "attack", "attack (class)"})
		same(t, "numbers", g.Numbers, []string{"src_bytes", "num_root", "wrong_fragment"})
		if g.Rows != 30 || len(g.Pairs) != 9 || len(g.Warnings) != 0 {
			t.Errorf("%d rows, %d pairs, warnings %q", g.Rows, len(g.Pairs), g.Warnings)
		}
		for _, p := range g.Pairs {
			n := p.Missing
			for _, size := range p.N {
				n += size
			}
			if n != 30 || p.PAdjusted < p.P || p.Estimate.Value < p.CI.Low && p.CI.Low > 0 && p.P > 0.5 {
				t.Errorf("%s in %s: %d rows, %+v", p.Number, p.Group, n, p.Result)
			}
		}
		matrix := g.Matrix()
		if matrix[0][1] != g.Pairs[slices.IndexFunc(g.Pairs, func(p eda.GroupedPair) bool { return p.Number == "src_bytes" && p.Group == "attack" })].Estimate.Value {
			t.Errorf("matrix %v", matrix)
		}

		g = groupsOf(t, src, eda.GroupOptions{})
		same(t, "flags", g.Groups, []string{"logged_in", "attack (class)"})
		same(t, "constant", g.Constant, []string{"su_attempted"}) // 0 but for the rows with 2
		same(t, "warnings", g.Warnings, []string{"su_attempted is neither 0 nor 1 in 2 rows, which are left out of its pairs."})
	})
}

// Where features of one side only are named, the other side is all of its columns.
func TestRelateGroupsSides(t *testing.T) {
	src := tableOf(t, flows, dataset.Options{})
	for _, c := range []struct {
		method   eda.GroupMethod
		features []string
		want     []string
	}{
		{eda.CorrelationRatio, []string{"src_bytes"}, []string{"src_bytes in attack", "src_bytes in attack (class)", "src_bytes in protocol_type", "src_bytes in service"}},
		{eda.CorrelationRatio, []string{"num_root", "service"}, []string{"num_root in service"}},
		{eda.PointBiserial, []string{"attack"}, []string{"last_flag in attack (class)", "num_root in attack (class)", "serror_rate in attack (class)",
			"src_bytes in attack (class)", "wrong_fragment in attack (class)"}},
		{eda.PointBiserial, []string{"logged_in", "src_bytes"}, []string{"src_bytes in logged_in"}},
	} {
		same(t, fmt.Sprint(c.features), names(groupsOf(t, src, eda.GroupOptions{Method: c.method, Features: c.features}).Pairs), c.want)
	}
}

func TestRelateGroupsErrors(t *testing.T) {
	src := tableOf(t, flows, dataset.Options{})
	for want, o := range map[string]eda.GroupOptions{
		"flags (0 or 1)":   {Features: []string{"service"}},
		"categories":       {Features: []string{"logged_in"}, Method: eda.CorrelationRatio},
		"no such level":    {Normal: []string{"fine"}},
		"nothing":          {Features: []string{"nothing"}},
		"confidence level": {Level: 2},
	} {
		if _, err := eda.RelateGroups(context.Background(), src, o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: error %v, want one with %q", o, err, want)
		}
	}
	numbers := tableOf(t, lines, dataset.Options{Types: map[string]dataset.Kind{"word": dataset.Text}})
	for want, method := range map[string]eda.GroupMethod{"a flag that varies": eda.PointBiserial, "a category that varies": eda.CorrelationRatio} {
		if _, err := eda.RelateGroups(context.Background(), numbers, eda.GroupOptions{Method: method}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", method, err, want)
		}
	}
}

// Values whose squares are no numbers are left out, and this is said.
func TestRelateGroupsOfHugeNumbers(t *testing.T) {
	src := tableOf(t, "a,b,word,logged_in\n1e300,1,x,0\n-1e300,2,y,1\n3e300,3,x,0\n2e300,4,y,1\n",
		dataset.Options{Types: map[string]dataset.Kind{"word": dataset.Category, "logged_in": dataset.Flag}})
	for method, name := range map[eda.GroupMethod]string{eda.CorrelationRatio: "word", eda.PointBiserial: "logged_in"} {
		g := groupsOf(t, src, eda.GroupOptions{Method: method, Features: []string{"a", "b", name}})
		if len(g.Pairs) != 1 || g.Pairs[0].Number != "b" || len(g.Warnings) != 1 || !strings.Contains(g.Warnings[0], "squares of a") {
			t.Errorf("%s: pairs %v, warnings %q", method, names(g.Pairs), g.Warnings)
		}
	}
}

// Both measures are those of the cells, and mutual information is that of the
// bins, on tables of several chunks too, and on rows left by a filter.
func TestRelationsAgainstPlainComputations(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for round := range 12 {
		rows := 30 + r.IntN(200)
		if round == 0 {
			rows = 60000
		}
		c := randomTable(r, rows)
		src := opened(t, written(t, c.text()), dataset.Options{Jobs: 1 + round%3})
		checkGroups(t, c, src)
		checkInformation(t, c, src)
		kept := c.kept(func(row []string) bool { return row[2] == "tcp" || row[4] == "1" })
		checkInformation(t, kept, where(t, src, `protocol_type == "tcp" or logged_in == 1`))
		if t.Failed() {
			t.Fatalf("in round %d, of %d rows", round, rows)
		}
	}
}

func checkGroups(t *testing.T, c cellTable, src dataset.Source) {
	t.Helper()
	for method, group := range map[eda.GroupMethod]string{eda.CorrelationRatio: "service", eda.PointBiserial: "attack (class)"} {
		column := slices.Index(c.names, strings.TrimSuffix(group, " (class)"))
		byLevel := map[string]*stats.Moments{}
		var order []string
		for _, row := range c.rows {
			x, err := strconv.ParseFloat(row[1], 64)
			level := row[column]
			if method == eda.PointBiserial && level != "" && level != "normal" {
				level = "attack"
			}
			if err != nil || level == "" {
				continue
			}
			if byLevel[level] == nil {
				byLevel[level] = &stats.Moments{}
				order = append(order, level)
			}
			byLevel[level].Add(x)
		}
		var moments []stats.Moments
		slices.Sort(order)
		slices.Reverse(order) // "normal" before "attack"
		for _, level := range order {
			moments = append(moments, *byLevel[level])
		}
		want := 0.0
		if method == eda.CorrelationRatio {
			want = stats.CorrelationRatio(moments)
		} else if p, err := stats.PointBiserialTest(moments[0], moments[1], stats.TwoSided, 0.95); err == nil {
			want = p.Estimate.Value
		}
		found := false
		for _, p := range groupsOf(t, src, eda.GroupOptions{Method: method}).Pairs {
			if p.Number == "serror_rate" && p.Group == group {
				found = true
				check.Close(t, group, p.Estimate.Value, want, 1e-9)
			}
		}
		if !found {
			t.Errorf("%s: no pair", group)
		}
	}
}

func checkInformation(t *testing.T, c cellTable, src dataset.Source) {
	t.Helper()
	n := informed(t, src, eda.InformOptions{})
	var values []float64
	for _, row := range c.rows {
		if x, err := strconv.ParseFloat(row[1], 64); err == nil {
			values = append(values, x)
		}
	}
	tally, err := stats.TallyOf(values)
	if err != nil {
		t.Fatal(err)
	}
	uppers := stats.QuantileBins(tally, n.Bins)
	var table stats.Crosstab
	for _, row := range c.rows {
		x, err := strconv.ParseFloat(row[1], 64)
		if err != nil || row[3] == "" {
			table.Missing++
			continue
		}
		bin := slices.IndexFunc(uppers, func(upper float64) bool { return x <= upper })
		if err := table.Add(fmt.Sprint(bin), row[3], 1); err != nil {
			t.Fatal(err)
		}
	}
	want, err := stats.MutualInformation(&table, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(n.Pairs, func(p eda.InformedPair) bool { return p.A == "serror_rate" && p.B == "service" })
	if at < 0 {
		t.Fatal("no pair of serror_rate and service")
	}
	got := n.Pairs[at]
	check.Close(t, "bits", got.Bits, want.Bits, 1e-9)
	check.Close(t, "estimate", got.Test.Estimate.Value, want.Test.Estimate.Value, 1e-9)
	check.Close(t, "lower bound", got.Test.CI.Low, want.Test.CI.Low, 1e-7)
	if got.Test.N[0] != want.Test.N[0] || got.Test.Missing != want.Test.Missing || got.Test.DF[0] != want.Test.DF[0] {
		t.Errorf("%+v, want %+v", got.Test, want.Test)
	}
}

func TestInform(t *testing.T) {
	sources(t, crossed(), func(t *testing.T, src dataset.Source) {
		n := informed(t, src, eda.InformOptions{Adjust: stats.Bonferroni})
		if n.Rows != 32 || n.Normalised[0][0] != 1 || len(n.Order) != len(n.Names) {
			t.Errorf("%+v", n)
		}
		// q and flag say the same in all rows that have both.
		if p := n.Pairs[0]; p.A != "q" || p.B != "flag" || p.Test.Effect.Value != 1 || p.UncertaintyRow != 1 || p.Test.N[0] != 31 {
			t.Errorf("strongest pair %+v", p)
		}
	})
	src := tableOf(t, flows, dataset.Options{})
	n := informed(t, src, eda.InformOptions{Features: []string{"service", "src_bytes"}})
	same(t, "names", n.Names, []string{"service", "src_bytes"})
	for want, o := range map[string]eda.InformOptions{"nothing": {Features: []string{"nothing"}}, "there is 1": {Features: []string{"service"}}, "confidence level": {Level: 3}} {
		if _, err := eda.Inform(context.Background(), src, o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: error %v, want one with %q", o, err, want)
		}
	}
}

// Columns of too many numbers to keep are divided at the quantiles that are known.
func TestInformWide(t *testing.T) {
	var b strings.Builder
	b.WriteString("x,square,word\n")
	for i := range 3000 {
		fmt.Fprintf(&b, "%d,%d,%c\n", i*37%3001, (i*37%3001)*(i*37%3001), 'a'+i%3)
	}
	n := informed(t, tableOf(t, b.String(), dataset.Options{}), eda.InformOptions{Budget: 100})
	if p := n.Pairs[0]; p.A != "x" || p.B != "square" || p.Test.Effect.Value < 0.99 || p.Test.DF[0] != 49 {
		t.Errorf("strongest pair %+v", p)
	}
	if p := n.Pairs[len(n.Pairs)-1]; p.Test.Effect.Value > 0.01 {
		t.Errorf("weakest pair %+v", p)
	}
}

// Relate says the same as the questions asked one by one.
func TestRelate(t *testing.T) {
	sources(t, flows, func(t *testing.T, src dataset.Source) {
		ctx := context.Background()
		r, err := eda.Relate(ctx, src, eda.RelateOptions{Adjust: stats.Holm, Scatters: 1})
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Correlations) != 3 || len(r.Grouped) != 2 || r.Skipped != nil {
			t.Fatalf("%d correlations, %d groups, skipped %q", len(r.Correlations), len(r.Grouped), r.Skipped)
		}
		for i, method := range []stats.CorrelationMethod{stats.Pearson, stats.Spearman, stats.Kendall} {
			c, err := eda.Correlate(ctx, src, eda.CorrelateOptions{Method: method, Adjust: stats.Holm, Scatters: max(0, 1-i)})
			if err != nil {
				t.Fatal(err)
			}
			same(t, method.String(), r.Correlations[i], c)
		}
		a, err := eda.Associate(ctx, src, eda.AssociateOptions{Adjust: stats.Holm})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "associations", r.Associations, a)
		for i, method := range []eda.GroupMethod{eda.PointBiserial, eda.CorrelationRatio} {
			same(t, method.String(), r.Grouped[i], groupsOf(t, src, eda.GroupOptions{Method: method, Adjust: stats.Holm}))
		}
		same(t, "information", r.Information, informed(t, src, eda.InformOptions{Adjust: stats.Holm}))
	})
	few, err := eda.Relate(context.Background(), tableOf(t, flows, dataset.Options{}), eda.RelateOptions{Features: []string{"src_bytes", "num_root"}})
	if err != nil || len(few.Correlations) != 3 || few.Associations != nil || len(few.Grouped) != 0 || few.Information == nil || len(few.Skipped) != 3 {
		t.Errorf("of two numbers: %+v, %v", few, err)
	}
}
