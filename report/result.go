package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/netanom/netanom/stats"
)

// A Family says what several results have to do with each other: what each is
// about, and their p-values adjusted for being many.
type Family struct {
	By        string    // glossary key of the labels; "feature" if empty
	Labels    []string  // what each result is about, one per result, or none
	Adjust    string    // method of adjustment, "" if there is none
	Log10PAdj []float64 // logarithms of the adjusted p-values, one per result, or none
}

// Results returns a table with one row per result.
//
// For people, columns that are empty in every row are left out, and what is the
// same in every row stands once in the note; programs find all of them. Warnings
// become footnotes, each once.
func Results(name, title string, rs ...stats.Result) Table {
	return Family{}.results(name, title, rs)
}

// Table returns a table of the family's results, one row each, in the manner of
// Results. It returns an error unless there are as many labels and adjusted
// p-values as results, or none.
func (f Family) Table(name, title string, rs []stats.Result) (Table, error) {
	if n := len(f.Labels); n != 0 && n != len(rs) {
		return Table{}, fmt.Errorf("table %q: %d labels for %d results", name, n, len(rs))
	}
	if n := len(f.Log10PAdj); n != 0 && n != len(rs) {
		return Table{}, fmt.Errorf("table %q: %d adjusted p-values for %d results", name, n, len(rs))
	}
	return f.results(name, title, rs), nil
}

// resultKeys are the columns of a result in the order in which people want them:
// how large, how sure, and then by what means.
var resultKeys = []string{
	"effect_name", "effect", "effect_low", "effect_high", "magnitude", "magnitude_rule",
	"estimate_name", "estimate", "conf_low", "conf_high", "conf_level",
	"p", "log10_p", "p_adj", "log10_p_adj", "adjust",
	"test", "method", "alternative", "null_name", "null",
	"statistic_name", "statistic", "df", "df2", "n", "n_by_group", "missing",
}

// once are the columns that stand in the note if they are the same in every row.
var once = []string{
	"test", "method", "alternative", "null_name", "null", "statistic_name",
	"estimate_name", "conf_level", "effect_name", "magnitude_rule", "adjust",
}

func (f Family) results(name, title string, rs []stats.Result) Table {
	t := Table{Name: name, Title: title}
	if len(f.Labels) > 0 {
		by := f.By
		if by == "" {
			by = "feature"
		}
		label := Col(by)
		label.Kind = Label
		t.Columns = append(t.Columns, label)
	}
	t.Columns = append(t.Columns, Cols(resultKeys...)...)
	for i, r := range rs {
		var row []any
		if len(f.Labels) > 0 {
			row = append(row, f.Labels[i])
		}
		values := f.values(r, i)
		for _, key := range resultKeys {
			row = append(row, values[key])
		}
		t.Rows = append(t.Rows, row)
	}
	t.hideEmpty()
	t.stateOnce()
	t.Footnotes = f.warnings(rs)
	return t
}

// values returns the cells of one result by key; absent keys are missing.
func (f Family) values(r stats.Result, i int) map[string]any {
	v := map[string]any{
		"test": words(r.Test), "method": words(r.Method), "alternative": r.Alternative.String(),
		"null_name": words(r.Null.Name), "null": r.Null.Value,
		"statistic_name": words(r.Statistic.Name), "statistic": r.Statistic.Value,
		"p": P{P: r.P, Log10: r.Log10P}, "log10_p": r.Log10P,
		"estimate_name": words(r.Estimate.Name), "estimate": r.Estimate.Value,
		"conf_low": r.CI.Low, "conf_high": r.CI.High, "conf_level": r.CI.Level,
		"effect_name": words(r.Effect.Name), "effect": r.Effect.Value,
		"effect_low": r.Effect.CI.Low, "effect_high": r.Effect.CI.High,
		"magnitude": words(r.Effect.Magnitude), "magnitude_rule": words(r.Effect.Rule),
		"missing": r.Missing,
	}
	if len(r.DF) > 0 {
		v["df"] = r.DF[0]
	}
	if len(r.DF) > 1 {
		v["df2"] = r.DF[1]
	}
	if len(r.N) > 0 {
		var n int64
		each := make([]string, len(r.N))
		for k, count := range r.N {
			n += count
			each[k] = Format(Count, count)
		}
		v["n"] = n
		if len(each) > 1 {
			v["n_by_group"] = strings.Join(each, " + ")
		}
	}
	if len(f.Log10PAdj) > 0 {
		log10 := f.Log10PAdj[i]
		v["p_adj"], v["log10_p_adj"] = P{P: math.Pow(10, log10), Log10: log10}, log10
		v["adjust"] = words(f.Adjust)
	}
	return v
}

// words returns a cell that is missing if there are no words.
func words(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// hideEmpty makes details of the columns that hold nothing, and of logarithms of
// p-values that stand beside them.
func (t *Table) hideEmpty() {
	for j := range t.Columns {
		empty := !slices.ContainsFunc(t.Rows, func(row []any) bool { return !missing(row[j]) })
		p, isLog := strings.CutPrefix(t.Columns[j].Key, "log10_")
		t.Columns[j].Detail = empty || isLog && t.column(p) >= 0
	}
}

// stateOnce moves what is the same in several rows into the note.
func (t *Table) stateOnce() {
	if len(t.Rows) < 2 {
		return
	}
	var notes []string
	for _, key := range once {
		j := t.column(key)
		first := t.Rows[0][j]
		differs := slices.ContainsFunc(t.Rows, func(row []any) bool { return row[j] != first })
		if differs || missing(first) {
			continue
		}
		t.Columns[j].Detail = true
		notes = append(notes, t.Columns[j].Title+": "+Format(t.Columns[j].Kind, first))
	}
	t.Note = strings.Join(notes, "; ")
}

// warnings lists each warning once, with what it is about.
func (f Family) warnings(rs []stats.Result) []string {
	const named = 3
	about := map[string][]string{}
	var texts []string
	for i, r := range rs {
		for _, w := range r.Warnings {
			if w == nil {
				continue
			}
			text := w.Error()
			if _, seen := about[text]; !seen {
				texts = append(texts, text)
				about[text] = nil
			}
			if len(f.Labels) > 0 && !slices.Contains(about[text], f.Labels[i]) {
				about[text] = append(about[text], f.Labels[i])
			}
		}
	}
	for i, text := range texts {
		labels := about[text]
		switch more := len(labels) - named; {
		case more > 0:
			texts[i] = fmt.Sprintf("%s and %d more: %s", strings.Join(labels[:named], ", "), more, text)
		case len(labels) > 0:
			texts[i] = strings.Join(labels, ", ") + ": " + text
		}
	}
	return texts
}
