package serve

import (
	"maps"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/netanom/netanom/model"
)

// An ask is what a request wants to know of its records.
type ask struct {
	model, version string
	threshold      float64 // NaN: the model's
	reasons        int     // at most so many a row
	allReasons     bool    // of normal rows too
	classes        bool    // the probability of each class
	byRow          bool    // a row that is rejected is an error in its place, and not of the request
	formulas       bool    // CSV: cells that a spreadsheet would run are made harmless
	id             string  // of the client, to be echoed
	outputs        []string
}

// maxReasons is how many reasons a row may have.
const maxReasons = 100

// parameters are what may stand in a query or in the envelope of records, and how it is
// understood.
var parameters = map[string]func(a *ask, text string) bool{
	"model": func(a *ask, text string) bool {
		a.model, a.version = parseName(text)
		return modelName.MatchString(a.model)
	},
	"version": func(a *ask, text string) bool { a.version = text; return modelName.MatchString(text) },
	"threshold": func(a *ask, text string) bool {
		v, err := strconv.ParseFloat(text, 64)
		a.threshold = v
		return err == nil && !math.IsNaN(v) && !math.IsInf(v, 0)
	},
	"reasons": func(a *ask, text string) bool {
		n, err := strconv.Atoi(text)
		a.reasons = n
		return err == nil && n >= 0 && n <= maxReasons
	},
	"reasons_for":     func(a *ask, text string) bool { a.allReasons = text == "all"; return text == "all" || text == "alerts" },
	"probabilities":   func(a *ask, text string) bool { return flagged(&a.classes, text) },
	"escape_formulas": func(a *ask, text string) bool { return flagged(&a.formulas, text) },
	"on_error":        func(a *ask, text string) bool { a.byRow = text == "row"; return text == "row" || text == "reject" },
}

// parameterHelp says what each parameter takes.
var parameterHelp = map[string]string{
	"model": "the name of a model, or name@version", "version": "the version of the model", "threshold": "a finite number", "reasons": "a number from 0 to 100",
	"reasons_for": "alerts or all", "probabilities": "true or false", "escape_formulas": "true or false", "on_error": "reject or row",
}

func flagged(to *bool, text string) bool {
	v, err := strconv.ParseBool(text)
	*to = v
	return err == nil
}

// newAsk reads the query of a request.
func newAsk(r *http.Request) (*ask, *problem) {
	a := &ask{threshold: math.NaN()}
	if r.URL.RawQuery == "" {
		return a, nil
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, newProblem(http.StatusBadRequest, "parameter", "the query cannot be read")
	}
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if len(query[name]) > 1 {
			return nil, newProblem(http.StatusBadRequest, "parameter", "a parameter is there twice")
		}
		if p := a.set(name, query[name][0]); p != nil {
			return nil, p
		}
	}
	return a, nil
}

// set sets a parameter.
func (a *ask) set(name, text string) *problem {
	set, known := parameters[name]
	switch {
	case !known:
		return newProblem(http.StatusBadRequest, "parameter", "there is no parameter of that name; there are %s", strings.Join(slices.Sorted(maps.Keys(parameters)), ", "))
	case !set(a, text):
		return newProblem(http.StatusBadRequest, "parameter", "%s is to be %s", name, parameterHelp[name])
	}
	return nil
}

// setCells sets parameters that stood beside the records in the body.
func (a *ask) setCells(b *batch) *problem {
	for i, field := range b.names {
		text := string(b.text(b.cells[i]))
		switch b.cells[i].kind {
		case model.NullCell:
			continue
		case model.TrueCell:
			text = "true"
		case model.FalseCell:
			text = "false"
		}
		if p := a.set(string(b.text(field)), text); p != nil {
			return p
		}
	}
	b.names, b.cells = b.names[:0], b.cells[:0]
	return nil
}

// pipeline returns the model's pipeline with the threshold that was asked for.
func (a *ask) pipeline(m *loaded) *model.Pipeline {
	if math.IsNaN(a.threshold) {
		return m.pipeline
	}
	return m.pipeline.WithThreshold(a.threshold)
}
