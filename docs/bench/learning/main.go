//go:build bench

// Learning is our side of the comparison of learners with those of scikit-learn and
// XGBoost, whose side is learning.py. It is no part of the module's packages: run it with
//
//	go run -tags bench ./docs/bench/learning COMMAND ...
//
// The commands are
//
//	quality [flags] FILE OUT [MODEL...]   scores of rows held out, fold by fold, as JSON
//	attacks FILE [LEARNER...]             random folds beside attack types held out, as Markdown
//	speed [flags] FILE MODEL              one fit and its scoring, as one line of JSON
//
// Without models, quality takes all that have a rival.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"strings"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/model"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "learning:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("want a command: quality, attacks or speed")
	}
	switch args[0] {
	case "quality":
		return quality(ctx, args[1:])
	case "attacks":
		return attacks(ctx, args[1:])
	case "speed":
		return speed(ctx, args[1:])
	}
	return fmt.Errorf("there is no command %q", args[0])
}

// A contender is a learner with its settings and steps, under the name by which
// learning.py knows its rival.
type contender struct{ name, algo, settings, steps string }

// contenders have the settings and steps of their rivals. Where a step of ours has no
// counterpart there, both sides have another one: "tree" has frequencies in the place
// of levels, and "knn" logarithms of all columns.
var contenders = []contender{
	{"logreg", "logreg", "", ""},
	{"nb-gaussian", "nb", `{"numbers": "gaussian"}`, "drop_constant,standard,onehot"},
	{"nb", "nb", "", ""},
	{"knn", "knn", "", "drop_constant,log1p(all),standard"},
	{"tree", "tree", "", "drop_constant,frequency"},
	{"tree-levels", "tree", "", ""},
	{"rf", "rf", "", ""},
	{"et", "et", "", ""},
	{"gbt", "gbt", `{"early_stopping": "off", "l2_regularization": 0}`, ""},
	{"gbt-l2", "gbt", `{"early_stopping": "off", "l2_regularization": 1}`, ""},
	{"gbt-usual", "gbt", `{"l2_regularization": 0}`, ""},
	{"ada", "ada", "", ""},
	{"bag", "bag", "", ""},
	{"svm", "svm", "", ""},
	{"rbfsvm", "rbfsvm", "", ""},
	{"mlp", "mlp", "", ""},
	{"vote", "vote", "", ""},
	{"stack", "stack", "", ""},
}

// recipe returns what the contender is trained by.
func (c contender) recipe(task model.Task, seed uint64) (model.Recipe, error) {
	r := model.Recipe{Task: task, Seed: seed}
	var err error
	if r.Spec, err = model.NewSpec(c.algo); err != nil {
		return r, err
	}
	if c.settings != "" {
		if err := model.Set(r.Spec, []byte(c.settings)); err != nil {
			return r, err
		}
	}
	if c.steps == "" {
		r.Steps, err = model.UsualSteps(c.algo)
	} else {
		r.Steps, err = model.ParseSteps(c.steps)
	}
	return r, err
}

// contendersNamed returns those of some names, all for none.
func contendersNamed(names []string) ([]contender, error) {
	if len(names) == 0 {
		return contenders, nil
	}
	var out []contender
	for _, name := range names {
		found := false
		for _, c := range contenders {
			if c.name == name {
				out, found = append(out, c), true
			}
		}
		if algo, settings, ok := strings.Cut(name, "{"); ok { // a learner with settings of its own: gbt{"trees":50}
			out, found = append(out, contender{name, algo, "{" + settings, ""}), true
		}
		if !found {
			return nil, fmt.Errorf("there is no model %q", name)
		}
	}
	return out, nil
}

// table reads a file into memory.
func table(ctx context.Context, path string) (*dataset.Table, error) {
	f, err := dataset.Open(ctx, path, dataset.Options{})
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return dataset.Load(ctx, f)
}

// data reads a file into the form that is learned from.
func data(ctx context.Context, path string, normal []string) (*model.Data, []int, error) {
	t, err := table(ctx, path)
	if err != nil {
		return nil, nil, err
	}
	d, err := model.Load(ctx, t, model.DataOptions{Normal: normal})
	if err != nil {
		return nil, nil, err
	}
	rows, err := d.Labelled()
	return d, rows, err
}

func writeJSON(path string, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o644)
}
