package eda

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// A TermError says why a model cannot have a term that was asked for.
type TermError struct{ Term, Why string }

// Error reads as a sentence.
func (e *TermError) Error() string { return fmt.Sprintf("term %q: %s", e.Term, e.Why) }

// A modelFactor is a column, perhaps transformed, as a term of a model has it.
type modelFactor struct {
	column    int
	transform string // log1p, std, positive, or ""
}

// A modelTerm is the product of its factors.
type modelTerm struct {
	name    string
	factors []modelFactor
}

// transforms are the functions of a term, by name.
var transforms = []string{"log1p", "std", "positive"}

// parseTerms reads terms such as flag, log1p(src_bytes) and flag:logged_in. A
// product brings its factors with it, so that its coefficients say what the product
// adds.
func parseTerms(s *dataset.Schema, texts []string) ([]modelTerm, error) {
	var out []modelTerm
	add := func(t modelTerm) {
		if !slices.ContainsFunc(out, func(o modelTerm) bool { return o.name == t.name }) {
			out = append(out, t)
		}
	}
	for _, text := range texts {
		t, err := parseTerm(s, strings.TrimSpace(text))
		if err != nil {
			return nil, err
		}
		if len(t.factors) > 1 {
			for _, f := range t.factors {
				add(modelTerm{f.name(s), []modelFactor{f}})
			}
		}
		add(t)
	}
	return out, nil
}

// parseTerm reads one term. A column whose name looks like one is a column.
func parseTerm(s *dataset.Schema, text string) (modelTerm, error) {
	if i, err := s.Resolve(text); err == nil {
		f := modelFactor{column: i}
		return modelTerm{f.name(s), []modelFactor{f}}, nil
	}
	var t modelTerm
	var names []string
	for _, part := range strings.Split(text, ":") {
		f, err := parseFactor(s, strings.TrimSpace(part))
		if err != nil {
			return t, err
		}
		if slices.Contains(t.factors, f) {
			return t, &TermError{text, "it has a factor twice"}
		}
		t.factors, names = append(t.factors, f), append(names, f.name(s))
	}
	t.name = strings.Join(names, ":")
	return t, nil
}

func parseFactor(s *dataset.Schema, text string) (modelFactor, error) {
	f, inner := modelFactor{}, text
	if function, rest, ok := strings.Cut(text, "("); ok && strings.HasSuffix(rest, ")") {
		if !slices.Contains(transforms, function) {
			return f, &TermError{text, fmt.Sprintf("there is no function %q; there are %s", function, strings.Join(transforms, ", "))}
		}
		f.transform, inner = function, strings.TrimSuffix(rest, ")")
	}
	var err error
	if f.column, err = s.Resolve(strings.TrimSpace(inner)); err != nil {
		return f, fmt.Errorf("--feature: %w", err)
	}
	c := &s.Columns[f.column]
	if f.transform != "" && !c.Kind.Numeric() {
		return f, &TermError{text, fmt.Sprintf("column %q holds %s cells, which are no numbers", c.Name, c.Kind)}
	}
	return f, nil
}

func (f modelFactor) name(s *dataset.Schema) string {
	if f.transform == "" {
		return s.Columns[f.column].Name
	}
	return f.transform + "(" + s.Columns[f.column].Name + ")"
}

// SplitFormula returns the terms of a formula such as flag + log1p(src_bytes) +
// flag*logged_in, in which a*b stands for a + b + a:b. The error, for a formula with
// a left side or with an empty term, is a sentence.
func SplitFormula(formula string) ([]string, error) {
	if strings.Contains(formula, "~") {
		return nil, &TermError{formula, "write only what stands right of ~; the class is that of the label, or of --by"}
	}
	var out []string
	for _, term := range strings.Split(formula, "+") {
		factors := strings.Split(term, "*")
		for i := range factors {
			if factors[i] = strings.TrimSpace(factors[i]); factors[i] == "" {
				return nil, &TermError{formula, "a term is empty"}
			}
		}
		out = append(out, factors...)
		if len(factors) > 1 {
			out = append(out, strings.Join(factors, ":"))
		}
	}
	return out, nil
}

// checkModelled returns an error for a column that a model cannot use, or must not
// because it gives the answer away.
func checkModelled(s *dataset.Schema, t modelTerm, outcome int) error {
	for _, f := range t.factors {
		c := &s.Columns[f.column]
		switch {
		case f.column == outcome:
			return &TermError{t.name, "it is what the model is to explain"}
		case c.Role != dataset.Feature:
			return &TermError{t.name, fmt.Sprintf("column %q is %s", c.Name, dataset.WhyNoFeature(c))}
		case c.Kind == dataset.Text:
			return &TermError{t.name, fmt.Sprintf("column %q holds text; if it is a category, read it with %s", c.Name, typeFlag(c.Name, dataset.Category))}
		}
	}
	return nil
}

// errNoLog1p says why a column has no logarithm.
var errNoLog1p = errors.New("it has values of -1 and less, which have no log1p")

// cells returns the values of a factor in some rows, NaN where one is missing.
func (f modelFactor) cells(gathered []float64) ([]float64, error) {
	if f.transform == "" || f.transform == "std" {
		return gathered, nil
	}
	out := make([]float64, len(gathered))
	for i, x := range gathered {
		switch {
		case math.IsNaN(x):
			out[i] = x
		case f.transform == "positive":
			if x > 0 {
				out[i] = 1
			}
		case x <= -1:
			return nil, errNoLog1p
		default:
			out[i] = math.Log1p(x)
		}
	}
	return out, nil
}

// A termBuilder makes the terms of a regression of the rows that are used.
type termBuilder struct {
	schema     *dataset.Schema
	used       []bool
	times      func(row int) int64 // rows that each gathered one stands for
	references map[int]string      // by column
}

// build makes one term of the cells of its factors.
func (b *termBuilder) build(t modelTerm, cells [][]float64) (stats.LogitTerm, error) {
	out := stats.LogitTerm{Name: t.name}
	for k, f := range t.factors {
		c := &b.schema.Columns[f.column]
		if c.Dict == nil {
			values := b.quantity(cells[k], f.transform == "std")
			if out.Values == nil {
				out.Values = values
				continue
			}
			product := make([]float64, len(values))
			for i, x := range values {
				product[i] = out.Values[i] * x
			}
			out.Values = product
			continue
		}
		category, err := b.category(t.name, f.column, cells[k])
		if err != nil {
			return out, err
		}
		if out.Codes == nil {
			out.Codes, out.Levels, out.Ref = category.Codes, category.Levels, category.Ref
			continue
		}
		out.Codes, out.Levels, out.Ref = crossed(&out, &category, b.used)
	}
	return out, nil
}

// quantity returns the values of the rows that are used, 0 for the others.
func (b *termBuilder) quantity(cells []float64, standardised bool) []float64 {
	out := make([]float64, len(cells))
	var m stats.Moments
	for i, x := range cells {
		if b.used[i] {
			out[i] = x
			m.AddN(x, b.times(i))
		}
	}
	if sd := m.SD(); standardised && sd > 0 {
		for i := range out {
			if b.used[i] {
				out[i] = (out[i] - m.Mean) / sd
			}
		}
	}
	return out
}

// category returns the levels that occur in the rows that are used, in the order of
// their bytes. The reference is the commonest, unless another one was chosen.
func (b *termBuilder) category(term string, column int, cells []float64) (stats.LogitTerm, error) {
	var out stats.LogitTerm
	dict := b.schema.Columns[column].Dict
	counts := make([]int64, dict.Len())
	for i, x := range cells {
		if b.used[i] {
			counts[int(x)] += b.times(i)
		}
	}
	place := make([]uint32, len(counts))
	most := int64(0)
	for _, code := range dict.Sorted() {
		if counts[code] == 0 {
			continue
		}
		if counts[code] > most {
			most, out.Ref = counts[code], len(out.Levels)
		}
		place[code] = uint32(len(out.Levels))
		out.Levels = append(out.Levels, dict.Level(code))
	}
	if wish, ok := b.references[column]; ok {
		if out.Ref = slices.Index(out.Levels, wish); out.Ref < 0 {
			return out, &TermError{term, fmt.Sprintf("the rows have no level %q for a reference; they have %s", wish, listed(out.Levels, 8))}
		}
	}
	out.Codes = make([]uint32, len(cells))
	for i, x := range cells {
		if b.used[i] {
			out.Codes[i] = place[int(x)]
		}
	}
	return out, nil
}

// crossed returns the pairs of levels of two categories that occur, neither being a
// reference; all others are the reference.
func crossed(a, b *stats.LogitTerm, used []bool) (codes []uint32, levels []string, ref int) {
	width := len(b.Levels)
	seen := make([]bool, len(a.Levels)*width)
	at := func(i int) int { return int(a.Codes[i])*width + int(b.Codes[i]) }
	for i := range used {
		if used[i] && int(a.Codes[i]) != a.Ref && int(b.Codes[i]) != b.Ref {
			seen[at(i)] = true
		}
	}
	place := make([]uint32, len(seen))
	levels = []string{"(reference)"}
	for k, s := range seen {
		if s {
			place[k] = uint32(len(levels))
			levels = append(levels, a.Levels[k/width]+":"+b.Levels[k%width])
		}
	}
	codes = make([]uint32, len(used))
	for i := range used {
		codes[i] = place[at(i)]
	}
	return codes, levels, 0
}
