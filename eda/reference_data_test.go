package eda_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
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
	"github.com/netanom/netanom/internal/check"
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
		Method     string
		Deletion   string
		Col, Group string // of the operations on a number and a column that makes groups
		K          int
		Alpha      float64
		Lags       int
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

// flatten stores what is below v by its path, lists by places from 0; null is NaN.
func flatten(into map[string]any, path string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for key, x := range v {
			flatten(into, path+"/"+key, x)
		}
	case []any:
		for i, x := range v {
			flatten(into, fmt.Sprintf("%s/%d", path, i), x)
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

// grouped opens the data of an entry about a number and a column that makes groups,
// which is read as levels and as the label.
func (e *refEntry) grouped(t *testing.T) dataset.Source {
	t.Helper()
	src := e.source(t, dataset.Category, e.Params.Group)
	opt := dataset.Options{Label: e.Params.Group, Types: map[string]dataset.Kind{e.Params.Group: dataset.Category, e.Params.Col: dataset.Number}}
	return opened(t, src.(*dataset.File).Path(), opt)
}

// normal names the level that means normal where the entry compares two classes.
func (e *refEntry) normal() []string {
	if e.Operation == "pointbiserial" {
		return []string{"normal"}
	}
	return nil
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
