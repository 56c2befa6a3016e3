package cmd

import (
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// TestGoldenModelMistakes holds the sentences for what cannot be meant or done when
// models are trained and used.
func TestGoldenModelMistakes(t *testing.T) {
	check.Long(t)
	inTestdata(t)
	run(t, oneCommand(t, "train traffic.csv --algo tree --set max_depth=3 --out tree.netanom --no-report --quiet")...)
	model := read(t, "tree.netanom")
	write(t, "changed.netanom", strings.Replace(model, `"rows":300`, `"rows":301`, 1))
	write(t, "later.netanom", strings.Replace(model, `"version":1`, `"version":9`, 1))
	write(t, "cut.netanom", model[:len(model)/2])
	run(t, oneCommand(t, "tune traffic.csv --algo tree --trials 1 --log other.jsonl --no-report --quiet")...)
	write(t, "few.csv", "src_bytes,flag,attack\n1,SF,normal\n2,S0,neptune\n3,SF,normal\n")
	write(t, "leaky.csv", strings.Replace(read(t, "kdd-headerless.txt"), ".\n", ".,21\n", -1))
	const tree = "train traffic.csv --algo tree "
	for _, c := range []struct {
		name, line string
		code       int
		proposes   string // what standard error must offer
	}{
		{"train-algo", "train traffic.csv --algo fr", exitUsage, "did you mean rf?"},
		{"train-algo-none-near", "train traffic.csv --algo xyzzy", exitUsage, "choose one of"},
		{"train-set-name", tree + "--set depth=3", exitUsage, "max_depth"},
		{"train-set-kind", tree + "--set max_depth=deep", exitUsage, "max_depth"},
		{"train-set-form", tree + "--set max_depth", exitUsage, "name=value"},
		{"train-set-twice", tree + "--set max_depth=3 --set max_depth=4", exitUsage, "twice"},
		{"train-set-none", "train traffic.csv --algo baseline --set max_depth=3", exitUsage, "no settings"},
		{"train-set-several", "train traffic.csv --algo tree,nb --set max_depth=3", exitUsage, "one learner"},
		{"train-set-all", "train traffic.csv --algo all --set max_depth=3", exitUsage, "one learner"},
		{"train-two-thresholds", tree + "--fpr 0.01 --cost 1:20", exitUsage, "give one"},
		{"train-fpr", tree + "--fpr 1", exitUsage, "between 0 and 1"},
		{"train-cost", tree + "--cost 20", exitUsage, "as in 1:20"},
		{"train-cost-none", tree + "--cost 0:20", exitUsage, "as in 1:20"},
		{"train-threshold", tree + "--threshold f2", exitUsage, "f1 or mcc"},
		{"train-rows-per-day", tree + "--rows-per-day 1000", exitUsage, "--alerts-per-day"},
		{"train-alerts-no-times", "train kdd-headerless.txt --algo tree --alerts-per-day 10", exitUsage, "--rows-per-day"},
		{"train-alerts-many", tree + "--alerts-per-day 10 --rows-per-day 5", exitUsage, "more than"},
		{"train-validate", tree + "--validate randm", exitUsage, "did you mean random?"},
		{"train-validate-none", tree + "--validate none,random", exitUsage, "nothing else"},
		{"train-validate-two", tree + "--validate group,time --group-by service", exitUsage, "not both"},
		{"train-group", tree + "--validate group", exitUsage, "--group-by"},
		{"train-group-by", tree + "--group-by service", exitUsage, "--validate group"},
		{"train-group-column", tree + "--validate group --group-by servic", exitUsage, `did you mean "service"?`},
		{"train-time-none", "train kdd-headerless.txt --algo tree --validate time", exitError, "none"},
		{"train-folds", tree + "--folds 1", exitUsage, "from 2 to 100"},
		{"train-task", tree + "--task categories", exitUsage, "did you mean category?"},
		{"train-balance", tree + "--balance clas", exitUsage, "did you mean class?"},
		{"train-calibrate", tree + "--calibrate plat", exitUsage, "did you mean platt?"},
		{"train-drop", tree + "--drop repeat", exitUsage, "repeats"},
		{"train-steps", tree + "--steps impute,standrd", exitUsage, "standard"},
		{"train-recipe", tree + "--recipe nowhere.json", exitError, "cannot read nowhere.json"},
		{"train-recipe-other", tree + "--recipe conn.log", exitError, "no recipe"},
		{"train-test", tree + "--test nowhere.csv", exitError, "nowhere.csv"},
		{"train-test-lacks", tree + "--test conn.log --validate none", exitError, "lacks 37 of the 41 columns"},
		{"train-out", tree + "--out -", exitUsage, "need a file"},
		{"train-out-folder", tree + "--out .", exitUsage, "name a file in it"},
		{"train-out-nowhere", tree + "--out nowhere/tree.netanom", exitError, "no folder nowhere"},
		{"train-out-best", "train traffic.csv --algo tree,nb --validate none --out best.netanom", exitUsage, "one learner, or a way to judge"},
		{"train-feature", tree + "--feature srcbytez", exitUsage, `did you mean "src_bytes"?`},
		{"train-leak", "train leaky.csv --algo tree --feature last_flag", exitUsage, "--insist last_flag"},
		{"train-label-feature", tree + "--feature attack", exitUsage, "label"},
		{"train-label-insisted", tree + "--insist attack", exitUsage, "nothing to learn"},
		{"train-no-label", "train conn.log --algo tree", exitUsage, "--label"},
		{"train-no-normal", tree + "--label service", exitUsage, "--normal"},
		{"train-normal", tree + "--normal fine", exitUsage, "no such level"},
		{"train-one-class", tree + `--where 'attack == "normal"'`, exitUsage, "a detector learns from normal rows alone"},
		{"train-few", "train few.csv --algo tree --validate random", exitError, ""},

		{"evaluate-no-model", "evaluate later.csv", exitUsage, "--model"},
		{"evaluate-model", "evaluate later.csv --model nowhere.netanom", exitError, "cannot read nowhere.netanom"},
		{"evaluate-model-other", "evaluate later.csv --model conn.log", exitError, "no model file"},
		{"evaluate-model-changed", "evaluate later.csv --model changed.netanom", exitError, "checksum"},
		{"evaluate-model-cut", "evaluate later.csv --model cut.netanom", exitError, "checksum"},
		{"evaluate-model-later", "evaluate later.csv --model later.netanom", exitError, "later netanom"},
		{"evaluate-against", "evaluate later.csv --model tree.netanom --against nowhere.netanom", exitError, "cannot read nowhere.netanom"},
		{"evaluate-lacks", "evaluate traffic.csv --select duration,service,src_bytes,dst_bytes,attack --model tree.netanom", exitError, "lacks 37 of the 41 columns"},
		{"evaluate-log", "evaluate conn.log --model tree.netanom", exitUsage, "no label from which normal and attack"},
		{"evaluate-no-label", "evaluate later.csv --model tree.netanom --label flag", exitUsage, "is the label"},
		{"evaluate-normal", "evaluate later.csv --model tree.netanom --normal fine", exitUsage, "no such level"},
		{"evaluate-slice", "evaluate later.csv --model tree.netanom --slice servic", exitUsage, `did you mean "service"?`},
		{"evaluate-slice-numbers", "evaluate later.csv --model tree.netanom --slice src_bytes", exitError, "levels"},
		{"evaluate-baseline", "evaluate later.csv --model tree.netanom --baseline conn.log", exitUsage, "--format json"},
		{"evaluate-baseline-none", "evaluate later.csv --model tree.netanom --baseline nowhere.json", exitError, "cannot read nowhere.json"},

		{"predict-no-model", "predict later.csv", exitUsage, "--model"},
		{"predict-alerts-alone", "predict later.csv --model tree.netanom --alerts-only", exitUsage, "--out"},
		{"predict-reasons-alone", "predict later.csv --model tree.netanom --reasons 2", exitUsage, "--out"},
		{"predict-threshold", "predict later.csv --model tree.netanom --threshold high", exitUsage, "number"},
		{"predict-lacks", "predict later.csv --model tree.netanom --select src_bytes,flag", exitError, "lacks 39 of the 41 columns"},
		{"predict-out-folder", "predict later.csv --model tree.netanom --out .", exitUsage, "name a file in it"},

		{"explain-no-model", "explain later.csv", exitUsage, "--model"},
		{"explain-row", "explain later.csv --model tree.netanom --row first", exitUsage, "from 1"},
		{"explain-row-none", "explain later.csv --model tree.netanom --row 0", exitUsage, "from 1"},
		{"explain-row-beyond", "explain later.csv --model tree.netanom --row 201", exitUsage, "200 rows"},
		{"explain-depend", "explain later.csv --model tree.netanom --depend servic", exitUsage, "did you mean service?"},
		{"explain-repeats", "explain later.csv --model tree.netanom --repeats 1", exitUsage, "from 2 to 100"},
		{"explain-no-label", "explain later.csv --model tree.netanom --select duration,protocol_type", exitError, "lacks"},

		{"tune-algo", "tune traffic.csv --algo all", exitUsage, "choose one of"},
		{"tune-trials", "tune traffic.csv --algo tree,nb --trials 1", exitUsage, "2 learners"},
		{"tune-goal", "tune traffic.csv --algo tree --goal auc", exitUsage, "did you mean pr_auc or roc_auc?"},
		{"tune-split", "tune traffic.csv --algo tree --split group", exitUsage, "--group-by"},
		{"tune-log-other-search", "tune traffic.csv --algo nb --trials 1 --log other.jsonl", exitUsage, "another search"},
		{"tune-log-other-data", "tune later.csv --algo tree --trials 1 --log other.jsonl", exitUsage, "another search"},
		{"tune-log-other-file", "tune traffic.csv --algo tree --log traffic.csv", exitUsage, "no trial"},
		{"tune-log-folder", "tune traffic.csv --algo tree --log .", exitUsage, "name a file in it"},
		{"tune-log-nowhere", "tune traffic.csv --algo tree --log nowhere/t.jsonl", exitError, "no folder nowhere"},
		{"tune-out", "tune traffic.csv --algo tree --out -", exitUsage, "need"},
		{"tune-one-class", `tune traffic.csv --algo tree --trials 1 --where 'attack == "normal"'`, exitUsage, "a detector learns from normal rows alone"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := session{}.golden(t, "mistake-"+c.name, append(oneCommand(t, c.line), "--no-report")...)
			if r.code != c.code {
				t.Errorf("exit code %d, want %d", r.code, c.code)
			}
			if r.stdout != "" {
				t.Errorf("standard output is not empty: %q", r.stdout)
			}
			if !strings.Contains(r.stderr, c.proposes) {
				t.Errorf("standard error does not offer %q:\n%s", c.proposes, r.stderr)
			}
		})
	}
	if text := read(t, "other.jsonl"); strings.Count(text, "\n") == 0 || !strings.HasSuffix(text, "\n") {
		t.Error("a refused search has changed the log")
	}
}
