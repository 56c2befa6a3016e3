//go:build bench

package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/netanom/netanom/model"
)

// attacks judges learners, by default all that learn from labels, with their usual settings by random folds, and with whole
// attack types held out. It prints a row of a Markdown table for each. Those that give no
// probabilities are cut for 5 % false alarms throughout.
func attacks(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("attacks wants a file")
	}
	names := args[1:]
	if len(names) == 0 {
		names = slices.DeleteFunc(model.Kinds(), model.IsDetector)
	}
	d, rows, err := data(ctx, args[0], nil)
	if err != nil {
		return err
	}
	fmt.Println("| learner | accuracy | ROC-AUC | ROC-AUC | recall at 5 % | recall at ½ | false alarms at ½ | recall, cut by `--fpr 0.05` | false alarms | s |")
	fmt.Println("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
	for _, name := range names {
		start := time.Now()
		c := contender{name: name, algo: name}
		if algo, settings, ok := strings.Cut(name, "{"); ok {
			c.algo, c.settings = algo, "{"+settings
		}
		r, err := c.recipe(model.Binary, 1)
		if err != nil {
			return err
		}
		r.Rule = model.UsualRule(c.algo)
		random, _, err := judged(ctx, d, rows, r, model.Random)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		r.Rule = model.Rule{By: model.FPR, Value: 0.05}
		held, v, err := judged(ctx, d, rows, r, model.ByType)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		half := "– | –"
		if v.Raw.Probabilities != nil {
			recall, alarms := atHalf(v)
			half = fmt.Sprintf("%.4f | %.4f", recall, alarms)
		}
		fmt.Printf("| %s | %.4f | %.5f | %.4f | %.4f | %s | %.4f | %.4f | %.0f |\n", name,
			random.Metric("accuracy").Value, random.Metric("roc_auc").Value, held.Metric("roc_auc").Value,
			held.Metric("recall_fpr_5").Value, half, held.Metric("attack_recall").Value, held.Metric("fpr").Value, time.Since(start).Seconds())
		os.Stdout.Sync()
	}
	return nil
}

func judged(ctx context.Context, d *model.Data, rows []int, r model.Recipe, s model.Split) (*model.Judgement, *model.Validation, error) {
	v, err := model.Validate(ctx, d, rows, r, s, model.Work{})
	if err != nil {
		return nil, nil, err
	}
	j, err := v.Judge(ctx, d, r.Task)
	return j, v, err
}

// atHalf returns the recall and the share of false alarms of a threshold of ½.
func atHalf(v *model.Validation) (recall, alarms float64) {
	var rows, called [2]float64
	for i, s := range v.Raw.Score {
		k := min(v.Y[i], 1)
		rows[k]++
		if s >= 0.5 {
			called[k]++
		}
	}
	return called[1] / rows[1], called[0] / rows[0]
}
