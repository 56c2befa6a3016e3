package eda_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/stats"
)

// A refEntry is one case of the reference values, which were computed by R,
// SciPy, statsmodels and 60-digit arithmetic (see the README beside them).
type refEntry struct {
	ID        string
	Operation string
	Data      struct {
		File   string
		Header bool
		Rows   string // "first 2000", or empty for all
	}
	Columns []string
	Params  struct {
		Method   string
		Deletion string
	}
	Expected  map[string]any
	Tolerance struct {
		refTolerance
		Overrides []struct {
			refTolerance
			Match string
		}
	}
}

type refTolerance struct{ Rtol, Atol float64 }

// refEntries returns the entries of one operation.
func refEntries(t *testing.T, file, operation string) []refEntry {
	t.Helper()
	text, err := os.ReadFile(check.Shared(t, "oracles", file))
	if err != nil {
		t.Fatal(err)
	}
	var all []refEntry
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	kept := slices.DeleteFunc(all, func(e refEntry) bool { return e.Operation != operation })
	if len(kept) == 0 {
		t.Fatalf("%s has no entry of operation %s", file, operation)
	}
	return kept
}

// tolerance returns the tolerance of a key path; the last override that matches
// wins.
func (e *refEntry) tolerance(path string) refTolerance {
	tol := e.Tolerance.refTolerance
	for _, o := range e.Tolerance.Overrides {
		if regexp.MustCompile(o.Match).MatchString(path) {
			tol = o.refTolerance
		}
	}
	return tol
}

// compare checks every expected value, and returns how many there were. A key
// that got does not have is an error.
func (e *refEntry) compare(t *testing.T, got map[string]any) int {
	t.Helper()
	want := map[string]any{}
	flatten(want, "", e.Expected)
	for path, w := range want {
		g, ok := got[path]
		tol := e.tolerance(path)
		switch w := w.(type) {
		case string:
			if g != w {
				t.Errorf("%s: %s = %v, want %q", e.ID, path, g, w)
			}
		case float64:
			if x, isNumber := g.(float64); !ok || !isNumber {
				t.Errorf("%s: %s is not covered", e.ID, path)
			} else if !check.Near(x, w, tol.Rtol, tol.Atol) {
				t.Errorf("%s: %s = %.17g, want %.17g within %+v", e.ID, path, x, w, tol)
			}
		}
	}
	return len(want)
}

// flatten stores what is below v by its path; null is NaN.
func flatten(into map[string]any, path string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for key, x := range v {
			flatten(into, path+"/"+key, x)
		}
	case nil:
		into[path] = math.NaN()
	case string:
		into[path] = v
		if v == "Infinity" {
			into[path] = math.Inf(1)
		}
	default:
		into[path] = v
	}
}

// source opens the entry's data with some columns read as a kind. What the file
// does not hold as it is, fewer rows or a derived column, is written anew.
func (e *refEntry) source(t *testing.T, kind dataset.Kind, forced ...string) dataset.Source {
	t.Helper()
	folder := []string{"oracles"}
	if !e.Data.Header {
		folder = []string{"data", "nsl-kdd"}
	}
	path := check.Shared(t, append(folder, e.Data.File)...)
	if !e.Data.Header && (e.Data.Rows != "" || slices.Contains(e.Columns, "label")) {
		path = e.rewritten(t, path)
	}
	opt := dataset.Options{Types: map[string]dataset.Kind{}}
	for _, c := range forced {
		opt.Types[c] = kind
	}
	return opened(t, path, opt)
}

// refTables are files of reference data in memory, each loaded once.
type refTables map[string]dataset.Source

// numbers returns the entry's data with its columns read as numbers, which those
// of KDD are anyway.
func (r refTables) numbers(t *testing.T, e *refEntry) dataset.Source {
	t.Helper()
	if e.Data.Header {
		return e.source(t, dataset.Number, e.Columns...)
	}
	if r[e.Data.File] == nil {
		table, err := dataset.Load(context.Background(), e.source(t, dataset.Unknown))
		if err != nil {
			t.Fatal(err)
		}
		r[e.Data.File] = table
	}
	return r[e.Data.File]
}

// kddColumns are the columns of the KDD files, which have no header.
var kddColumns = strings.Fields(`duration protocol_type service flag src_bytes dst_bytes land
	wrong_fragment urgent hot num_failed_logins logged_in num_compromised root_shell su_attempted
	num_root num_file_creations num_shells num_access_files num_outbound_cmds is_hot_login
	is_guest_login count srv_count serror_rate srv_serror_rate rerror_rate srv_rerror_rate
	same_srv_rate diff_srv_rate srv_diff_host_rate dst_host_count dst_host_srv_count
	dst_host_same_srv_rate dst_host_diff_srv_rate dst_host_same_src_port_rate
	dst_host_srv_diff_host_rate dst_host_serror_rate dst_host_srv_serror_rate
	dst_host_rerror_rate dst_host_srv_rerror_rate attack last_flag`)

// rewritten writes the columns of the entry to a file of their own, with the
// label "normal" or "attack" made from the attack.
func (e *refEntry) rewritten(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if e.Data.Rows != "" {
		n, err := strconv.Atoi(strings.TrimPrefix(e.Data.Rows, "first "))
		if err != nil {
			t.Fatal(err)
		}
		rows = rows[:n]
	}
	out := [][]string{e.Columns}
	for _, row := range rows {
		var cells []string
		for _, c := range e.Columns {
			switch i := slices.Index(kddColumns, c); {
			case i >= 0:
				cells = append(cells, row[i])
			case row[slices.Index(kddColumns, "attack")] == "normal":
				cells = append(cells, "normal")
			default:
				cells = append(cells, "attack")
			}
		}
		out = append(out, cells)
	}
	var b strings.Builder
	if err := csv.NewWriter(&b).WriteAll(out); err != nil {
		t.Fatal(err)
	}
	return written(t, b.String())
}

// written writes a table to a file.
func written(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "table.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func opened(t testing.TB, path string, opt dataset.Options) *dataset.File {
	t.Helper()
	f, err := dataset.Open(context.Background(), path, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func described(t testing.TB, src dataset.Source, features ...string) *eda.Profile {
	t.Helper()
	p, err := eda.Describe(context.Background(), src, eda.DescribeOptions{Features: features})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestDescribeReference(t *testing.T) {
	compared, tables := 0, refTables{}
	for _, e := range refEntries(t, "describe.json", "describe") {
		p := described(t, tables.numbers(t, &e), e.Columns...)
		compared += e.compare(t, numbersOf(&p.Columns[0]))
	}
	t.Logf("%d values compared", compared)
}

// numbersOf returns the figures of a numeric column by the names of the
// reference values.
func numbersOf(c *eda.ColumnProfile) map[string]any {
	s := c.Number
	if s == nil { // no value: nothing is known but that
		nothing := stats.Summarize(stats.Tally{})
		s = &nothing
	}
	m := s.Moments
	return map[string]any{
		"/n": float64(c.Rows - c.Missing), "/missing": float64(c.Missing), "/distinct": float64(c.Distinct), "/zeros": float64(s.Zeros),
		"/sum": s.Sum, "/mean": s.Mean, "/var": s.Var, "/sd": s.SD, "/se": s.SE, "/cv": s.CV,
		"/min": s.Min, "/max": s.Max, "/range": s.Range, "/iqr": s.IQR, "/mad": s.MAD, "/mad_scaled": s.MADScaled,
		"/q01": s.Q01, "/q05": s.Q05, "/q25": s.Q25, "/q50": s.Q50, "/q75": s.Q75, "/q95": s.Q95, "/q99": s.Q99,
		"/skew_g1": m.MomentSkewness(), "/skew_G1": s.Skewness, "/skew_b1": m.MinitabSkewness(),
		"/kurt_g2": m.MomentKurtosis(), "/kurt_G2": s.Kurtosis, "/kurt_b2": m.MinitabKurtosis(),
	}
}

func TestDescribeLevelsReference(t *testing.T) {
	compared := 0
	for _, e := range refEntries(t, "describe.json", "describe_cat") {
		p := described(t, e.source(t, dataset.Category, e.Columns...), e.Columns...)
		c := &p.Columns[0]
		got := map[string]any{
			"/n": float64(c.Level.N), "/missing": float64(c.Missing), "/distinct": float64(c.Distinct),
			"/top": c.Level.Top, "/top_freq": float64(c.Level.TopFreq), "/entropy_nats": c.Level.EntropyNats,
			"/entropy_bits": c.Level.EntropyBits, "/gini_impurity": c.Level.GiniImpurity,
		}
		for _, l := range c.Levels {
			got["/counts/"+l.Level] = float64(l.N)
		}
		if want := len(e.Expected["counts"].(map[string]any)); len(c.Levels) != want {
			t.Errorf("%s: %d levels, want %d", e.ID, len(c.Levels), want)
		}
		compared += e.compare(t, got)
	}
	t.Logf("%d values compared", compared)
}

// shape returns the counts of a whole table.
func shape(t *testing.T, src dataset.Source) map[string]any {
	t.Helper()
	gaps, err := eda.Missing(context.Background(), src)
	if err != nil {
		t.Fatal(err)
	}
	repeats, err := eda.Duplicates(context.Background(), src, eda.Classes{Column: -1})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]any{
		"/rows": float64(gaps.Rows), "/cols": float64(len(gaps.Columns)),
		"/complete_rows": float64(gaps.Complete), "/duplicate_rows": float64(repeats.Exact),
	}
	for _, c := range gaps.Columns {
		got["/missing/"+c.Column.Canon] = float64(c.Missing)
		got["/missing/"+c.Column.Name] = float64(c.Missing)
	}
	return got
}

func TestShapeReference(t *testing.T) {
	compared := 0
	for _, e := range refEntries(t, "describe.json", "shape") {
		compared += e.compare(t, shape(t, e.source(t, dataset.Unknown)))
	}
	for _, e := range refEntries(t, "parsing.json", "parse") {
		got := shape(t, e.source(t, dataset.Unknown))
		// How records and cells are cut from the text is the matter of package dataset.
		delete(e.Expected, "cells")
		delete(e.Expected, "physical_lines")
		if same, ok := e.Expected["same_results_as"].(string); ok {
			delete(e.Expected, "same_results_as")
			other := e
			other.Data.File = same
			for path, x := range shape(t, other.source(t, dataset.Unknown)) {
				if got[path] != x {
					t.Errorf("%s: %s = %v, but %v of %s", e.ID, path, got[path], x, same)
				}
				compared++
			}
		}
		compared += e.compare(t, got)
	}
	t.Logf("%d values compared", compared)
}

func TestCorrelateReference(t *testing.T) {
	compared := 0
	for _, e := range refEntries(t, "correlation.json", "corr") {
		method, err := stats.ParseCorrelationMethod(e.Params.Method)
		if err != nil {
			t.Fatal(err)
		}
		src := e.source(t, dataset.Number, e.Columns...)
		if e.Params.Deletion == "listwise" {
			var missing []string
			for _, c := range e.Columns {
				missing = append(missing, "isnull("+c+")")
			}
			if src, err = dataset.Where(src, "not ("+strings.Join(missing, " or ")+")"); err != nil {
				t.Fatal(err)
			}
		}
		c, err := eda.Correlate(context.Background(), src, eda.CorrelateOptions{Features: e.Columns, Method: method})
		if strings.HasSuffix(e.ID, ".constant") {
			// A column without variance is left out, which leaves too few.
			if err == nil || !strings.Contains(err.Error(), "there is 1") {
				t.Errorf("%s: error %v", e.ID, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", e.ID, err)
		}
		got := map[string]any{}
		for _, p := range c.Pairs {
			path := "/" + p.A + "|" + p.B
			for name, x := range map[string]float64{
				"r": p.Estimate.Value, "n": float64(p.N[0]), "p": p.P, "log10p": p.Log10P,
				"ci_low": p.CI.Low, "ci_high": p.CI.High, p.Statistic.Name: p.Statistic.Value,
				"cov": c.Matrix.Covariance(slices.Index(e.Columns, p.A), slices.Index(e.Columns, p.B)),
			} {
				got[path+"/"+name] = x
			}
			if len(p.DF) > 0 {
				got[path+"/df"] = p.DF[0]
			}
		}
		compared += e.compare(t, got)
	}
	t.Logf("%d values compared", compared)
}

func TestAssociateReference(t *testing.T) {
	compared := 0
	for _, e := range refEntries(t, "correlation.json", "cramers") {
		src := e.source(t, dataset.Category, e.Columns...)
		a, err := eda.Associate(context.Background(), src, eda.AssociateOptions{Features: e.Columns})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]any{}
		for _, p := range a.Pairs {
			for name, x := range map[string]float64{
				"n": float64(p.Measures.N), "chi2": p.Test.Statistic.Value, "df": p.Test.DF[0], "p": p.Test.P, "log10p": p.Test.Log10P,
				"V": p.V.Value, "V_bias_corrected": p.Corrected.Value, "V_bias_corrected_formula": p.Measures.CramersVCorrected,
				"mutual_information_nats":    p.Measures.MutualInformation,
				"theil_u_first_given_second": p.Measures.UncertaintyRow, "theil_u_second_given_first": p.Measures.UncertaintyCol,
			} {
				got[fmt.Sprintf("/%s|%s/%s", p.A, p.B, name)] = x
			}
		}
		compared += e.compare(t, got)
	}
	t.Logf("%d values compared", compared)
}

func TestOutliersReference(t *testing.T) {
	compared, tables := 0, refTables{}
	for _, e := range refEntries(t, "outliers.json", "outliers") {
		src := tables.numbers(t, &e)
		got := map[string]any{}
		for name, k := range map[string]float64{"tukey15": 1.5, "tukey30": 3} {
			o, err := eda.FindOutliers(context.Background(), src, eda.OutlierOptions{Features: e.Columns, TukeyK: k, Rows: 3})
			if err != nil {
				t.Fatal(err)
			}
			for path, x := range rulesOf(t, o, name) {
				got[path] = x
			}
		}
		p := described(t, src, e.Columns...)
		got["/modz35/median"], got["/modz35/mad"] = p.Columns[0].Number.Q50, p.Columns[0].Number.MAD
		for path, x := range otherRules(t, p.Columns[0].Tally) {
			got[path] = x
		}
		compared += e.compare(t, got)
	}
	t.Logf("%d values compared", compared)
}

// rulesOf returns what the rules found, and checks the rows listed against it.
func rulesOf(t *testing.T, o *eda.Outliers, tukey string) map[string]any {
	t.Helper()
	got := map[string]any{}
	for _, r := range o.Rules {
		n := float64(r.Total())
		if r.Method == "modified_z" {
			if r.Why != "" {
				n = math.NaN()
			}
			got["/modz35/n"] = n
			continue
		}
		got["/"+tukey+"/n"], got["/"+tukey+"/n_low"], got["/"+tukey+"/n_high"] = n, float64(r.Below), float64(r.Above)
		got["/"+tukey+"/lower"], got["/"+tukey+"/upper"] = r.Lower, r.Upper
		if want := min(3, int(r.Total())); len(o.Rows) != want {
			t.Errorf("%s: %d rows listed of %d", r.Column, len(o.Rows), r.Total())
		}
		for _, row := range o.Rows {
			if row.Value >= r.Lower && row.Value <= r.Upper {
				t.Errorf("%s: row %d with %v lies inside the fences", r.Column, row.Row, row.Value)
			}
		}
	}
	return got
}

// otherRules applies to a profile's tally the rules that FindOutliers does not
// offer.
func otherRules(t *testing.T, tally stats.Tally) map[string]any {
	t.Helper()
	n := float64(tally.Total())
	got := map[string]any{}
	for path, limit := range map[string]float64{"/z3/n": 3, "/z3/n_pop_sd": 3 * math.Sqrt((n-1)/n)} {
		z, err := stats.ZScoreOutliers(tally, limit)
		got[path] = float64(z.Total())
		if errors.Is(err, stats.ErrConstant) {
			got[path] = math.NaN()
		} else if err != nil {
			t.Fatal(err)
		}
	}
	hinges, err := stats.HingeOutliers(tally, stats.TukeyInner)
	if err != nil {
		t.Fatal(err)
	}
	got["/hinge15/n"] = float64(hinges.Total())
	return got
}
