package report

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The keys that are promised for good, and those that every command may use.
var promised = strings.Fields(`
	feature group term level n missing distinct zeros mean sd var min q01 q05 q25 q50 q75 q95 q99 max iqr mad skewness kurtosis
	test method alternative statistic df df2 p log10_p p_adj adjust estimate conf_low conf_high conf_level
	effect_name effect effect_low effect_high magnitude
	observed expected residual adj_residual contribution coef std_error odds_ratio or_low or_high
	model accuracy balanced_accuracy precision recall f1 mcc kappa roc_auc pr_auc log_loss brier
	fpr threshold tp fp tn fn fit_seconds peak_mib
	kind missing_share negatives infinite q999 trimmed_mean entropy top top_n top_share
	first_line pattern rows feature2 cramers_v lower upper n_low n_high n_out share
	rule n_broken first_lines label category duplicates contradictory`)

func TestGlossaryHasThePromisedKeys(t *testing.T) {
	for _, key := range promised {
		if _, ok := Lookup(key); !ok {
			t.Errorf("the glossary lacks %q", key)
		}
	}
}

func TestGlossaryIsSound(t *testing.T) {
	keys, titles := map[string]bool{}, map[string]string{}
	snake := regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
	for _, c := range Glossary() {
		if !snake.MatchString(c.Key) {
			t.Errorf("%q is not in snake_case", c.Key)
		}
		if keys[c.Key] {
			t.Errorf("%q stands twice", c.Key)
		}
		keys[c.Key] = true
		title := strings.ToLower(c.Title)
		if other := titles[title]; other != "" || title == "" {
			t.Errorf("%q and %q have the title %q", c.Key, other, c.Title)
		}
		titles[title] = c.Key
		if c.Help == "" || strings.HasSuffix(c.Help, ".") {
			t.Errorf("%q has the help %q", c.Key, c.Help)
		}
		if len(c.Title) > 22 {
			t.Errorf("the title of %q is too long for a column: %q", c.Key, c.Title)
		}
	}
}

func TestGlossaryOfResults(t *testing.T) {
	for _, key := range append(slices.Clone(resultKeys), once...) {
		if _, ok := Lookup(key); !ok {
			t.Errorf("the glossary lacks %q, which results have", key)
		}
	}
}

func TestColOfAnUnknownKey(t *testing.T) {
	if got, want := Col("tcp"), (Column{Key: "tcp", Title: "tcp", Kind: Real}); got != want {
		t.Errorf("Col(tcp) = %+v", got)
	}
	if got := Cols("p", "n"); got[0].Kind != PValue || got[1].Kind != Count {
		t.Errorf("Cols(p, n) = %+v", got)
	}
}

// A caller cannot change the glossary through what it was given.
func TestGlossaryIsACopy(t *testing.T) {
	Glossary()[0].Title = "changed"
	if Col("feature").Title == "changed" {
		t.Error("the glossary was changed")
	}
}
