package stats

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// refEntry is one case of the reference values, which were computed by R, SciPy,
// statsmodels and 60-digit arithmetic (see the README beside them).
type refEntry struct {
	file      string // where the entry stands
	ID        string
	Operation string
	Data      struct {
		File   string
		Header bool
		Rows   string // "first 2000", or empty for all
	}
	Params    map[string]any
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
	for i := range kept {
		kept[i].file = file
	}
	return kept
}

// tolerance returns the tolerance of a key path; the last override that matches wins.
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
func (e *refEntry) compare(t *testing.T, got map[string]float64) int {
	t.Helper()
	want := make(map[string]float64)
	flattenRef(want, "", e.Expected)
	for path, w := range want {
		g, ok := got[path]
		if !ok {
			t.Errorf("%s: %s is not covered", e.ID, path)
			continue
		}
		if tol := e.tolerance(path); !agreement.near(e.file, e.ID+path, g, w, tol.Rtol, tol.Atol) {
			t.Errorf("%s: %s = %.17g, want %.17g within %+v", e.ID, path, g, w, tol)
		}
	}
	return len(want)
}

// flattenRef stores the numbers below v by their path; null is NaN.
func flattenRef(into map[string]float64, path string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for key, x := range v {
			flattenRef(into, path+"/"+key, x)
		}
	case []any:
		for i, x := range v {
			flattenRef(into, fmt.Sprintf("%s/%d", path, i), x)
		}
	case float64:
		into[path] = v
	case nil:
		into[path] = math.NaN()
	case string:
		into[path], _ = strconv.ParseFloat(v, 64)
	}
}

// names returns a parameter that lists column names.
func (e *refEntry) names(param string) []string {
	var names []string
	for _, v := range e.Params[param].([]any) {
		names = append(names, v.(string))
	}
	return names
}

// refTable is a data file as text, by columns.
type refTable map[string][]string

// kddColumns names the columns of the KDD files, which have no header.
var kddColumns = strings.Fields(`duration protocol_type service flag src_bytes dst_bytes land
	wrong_fragment urgent hot num_failed_logins logged_in num_compromised root_shell su_attempted
	num_root num_file_creations num_shells num_access_files num_outbound_cmds is_hot_login
	is_guest_login count srv_count serror_rate srv_serror_rate rerror_rate srv_rerror_rate
	same_srv_rate diff_srv_rate srv_diff_host_rate dst_host_count dst_host_srv_count
	dst_host_same_srv_rate dst_host_diff_srv_rate dst_host_same_src_port_rate
	dst_host_srv_diff_host_rate dst_host_serror_rate dst_host_srv_serror_rate
	dst_host_rerror_rate dst_host_srv_rerror_rate attack last_flag`)

// table reads the data of an entry; missing values are empty.
func (e *refEntry) table(t *testing.T) refTable {
	t.Helper()
	folder := []string{"oracles"}
	if !e.Data.Header {
		folder = []string{"data", "nsl-kdd"}
	}
	file, err := os.Open(check.Shared(t, append(folder, e.Data.File)...))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	header := kddColumns
	if e.Data.Header {
		header, records = records[0], records[1:]
	}
	if n, ok := strings.CutPrefix(e.Data.Rows, "first "); ok {
		rows, err := strconv.Atoi(n)
		if err != nil {
			t.Fatal(err)
		}
		records = records[:rows]
	}
	table := make(refTable)
	for _, record := range records {
		for c, text := range record {
			if slices.Contains([]string{"NA", "NaN", "?"}, text) {
				text = ""
			}
			table[header[c]] = append(table[header[c]], text)
		}
	}
	if !e.Data.Header {
		table.derive()
	}
	return table
}

// derive adds the columns that are defined by others.
func (t refTable) derive() {
	for _, attack := range t["attack"] {
		label := "attack"
		if attack == "normal" {
			label = attack
		}
		t["label"] = append(t["label"], label)
	}
	for name, from := range map[string]string{"urgent_pos": "urgent", "root_pos": "num_root", "hot_pos": "hot"} {
		for _, text := range t[from] {
			positive := "1"
			if text == "0" {
				positive = "0"
			}
			t[name] = append(t[name], positive)
		}
	}
}

// numbers returns a column as numbers, NaN for missing ones.
func (t refTable) numbers(tb testing.TB, name string) []float64 {
	tb.Helper()
	out := make([]float64, len(t[name]))
	for i, text := range t[name] {
		if text == "" {
			out[i] = math.NaN()
			continue
		}
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			tb.Fatalf("%s: %v", name, err)
		}
		out[i] = v
	}
	return out
}

// crosstab counts two columns as labels.
func (t refTable) crosstab(tb testing.TB, row, col string) *Crosstab {
	tb.Helper()
	var c Crosstab
	for i, r := range t[row] {
		if r == "" || t[col][i] == "" {
			c.Missing++
			continue
		}
		if err := c.Add(r, t[col][i], 1); err != nil {
			tb.Fatal(err)
		}
	}
	return &c
}

// groupMoments returns the moments of a column in each group.
func (t refTable) groupMoments(tb testing.TB, column, group string) map[string]Moments {
	tb.Helper()
	groups := make(map[string]Moments)
	for i, v := range t.numbers(tb, column) {
		if label := t[group][i]; label != "" && !math.IsNaN(v) {
			m := groups[label]
			m.Add(v)
			groups[label] = m
		}
	}
	return groups
}
