package cmd

import (
	"regexp"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// What training and searching take differs from run to run: the last columns of their
// tables, and some keys of JSON.
var (
	took       = regexp.MustCompile(` *\b\d+(,\d{3})*(\.\d+)? (ns|µs|ms|s|min)\b`)
	tookHead   = regexp.MustCompile(`(?m) +(Fit|time|Duration)$`)
	tookKey    = regexp.MustCompile(`("(fit_seconds|score_seconds|row_seconds|peak_mib|seconds)": )[0-9.e+-]+`)
	rule       = regexp.MustCompile(`─+`)
	tookMiB    = regexp.MustCompile(`(\(time\) \| \(time\) \| )[0-9.e-]+`)
	tookSpaces = regexp.MustCompile(`(?m) +$`)
)

// timeless replaces times and sizes by a fixed text.
func timeless(text string) string {
	text = took.ReplaceAllString(text, " (time)")
	text = tookMiB.ReplaceAllString(text, "$1(MiB)")
	text = tookHead.ReplaceAllString(text, " $1")
	text = rule.ReplaceAllString(text, "───")
	return tookSpaces.ReplaceAllString(tookKey.ReplaceAllString(text, "${1}0"), "")
}

func TestTimeless(t *testing.T) {
	for from, to := range map[string]string{
		"AUC      Fit\n": "AUC Fit\n", "tree   0.5   883 µs\n": "tree   0.5 (time)\n", "0.5  1.04 s\n": "0.5 (time)\n",
		`"fit_seconds": 0.0032, "peak_mib": 1e-06}`: `"fit_seconds": 0, "peak_mib": 0}`, "10 steps": "10 steps", "| 1,234 µs |": "| (time) |", "| 1 min |": "| (time) |",
	} {
		if got := timeless(from); got != to {
			t.Errorf("timeless(%q) = %q, want %q", from, got, to)
		}
	}
}

// timelessGolden is golden for answers that say how long something took.
func timelessGolden(t *testing.T, name string, args ...string) {
	t.Helper()
	r := session{}.run(t, args...)
	if r.code != exitDone && r.code != exitGate {
		t.Fatalf("%v: exit code %d: %s", args, r.code, r.stderr)
	}
	compareGolden(t, name+".stdout", timeless(r.stdout))
	compareGolden(t, name+".stderr", r.stderr)
}

// withModels changes to a new directory with the small inputs and models that know the
// traffic: a tree, naive Bayes, a forest whose threshold is for a rate of alarms, a
// boosting of categories, and a linear machine without probabilities.
func withModels(t *testing.T) {
	t.Helper()
	inTestdata(t)
	for _, line := range []string{
		"train traffic.csv --algo tree --set max_depth=3 --out tree.netanom",
		"train traffic.csv --algo nb --validate random --out nb.netanom",
		"train traffic.csv --algo rf --set trees=7 --fpr 0.1 --validate none --out rf.netanom",
		"train traffic.csv --algo gbt --set trees=5 --task category --validate none --out gbt.netanom",
		"train traffic.csv --algo svm --validate none --out svm.netanom",
	} {
		run(t, oneCommand(t, line+" --no-report --quiet")...)
	}
}

// unlabelled writes some columns of the traffic without its label.
func unlabelled(t *testing.T) {
	t.Helper()
	run(t, oneCommand(t, "convert traffic.csv --select duration,protocol_type,service,flag,src_bytes,dst_bytes,count,srv_count,serror_rate,same_srv_rate --out unlabelled.csv")...)
}

func TestGoldenTraining(t *testing.T) {
	check.Long(t)
	inTestdata(t)
	unlabelled(t)
	for _, c := range []struct{ name, line string }{
		{"train", "train traffic.csv --algo tree --set max_depth=3 --out tree.netanom"},
		{"train-several", "train traffic.csv --algo nb,tree,logreg"},
		{"train-markdown", "train traffic.csv --algo nb --validate random --format markdown"},
		{"train-json", "train traffic.csv --algo tree --set max_depth=2 --validate random --folds 3 --feature src_bytes,flag,count --format json"},
		{"train-category", "train traffic.csv --algo tree --task category --fpr 0.05 --validate random"},
		{"train-attack", "train traffic.csv --algo gbt --set trees=5 --task attack --balance attack --validate random --folds 2"},
		{"train-not-judged", "train traffic.csv --algo rf --set trees=5 --validate none --calibrate platt"},
		{"train-baseline", "train traffic.csv --algo baseline"},
		{"train-group", "train traffic.csv --algo nb --validate group --group-by service"},
		{"train-time", "train traffic.csv --algo nb --validate time --folds 3"},
		{"train-test-file", "train traffic.csv --algo tree --set max_depth=3 --validate none --test later.csv"},
		{"train-headerless", "train kdd-headerless.txt --algo nb --feature src_bytes,count,flag"},
		{"train-zeek", "train conn.log --label conn_state --normal SF --algo tree --folds 2"},
		{"train-messy", "train messy.csv --max-bad 0.2 --algo nb --validate random --folds 2"},
		{"train-recipe", "train traffic.csv --algo tree --recipe recipe.json --drop repeats --drop contradictions --alerts-per-day 5"},
		{"train-cost", "train traffic.csv --algo nb --cost 1:20 --validate random"},
		{"train-insist", "train traffic.csv --algo nb --insist dst_port --steps drop_constant,clip --validate attacks"},
		{"train-learning-curve", "train traffic.csv --algo nb --learning-curve --validate random --folds 2"},
		{"train-hybrid", "train traffic.csv --algo hybrid --set 'members=[{\"algo\":\"tree\"},{\"algo\":\"pca\"},{\"algo\":\"ecod\"}]' --validate random"},
		{"train-detectors", "train traffic.csv --algo iforest,ecod --validate attacks"},
		{"train-unlabelled", "train unlabelled.csv --tail 0.005"},
		{"train-gate", "train traffic.csv --algo nb --fail-if 'recall < 0.99'"},
		{"tune", "tune traffic.csv --algo nb,tree --trials 6"},
		{"tune-plain-json", "tune traffic.csv --algo tree --trials 3 --plain --only-settings --split random --goal mcc --format json"},
		{"tune-defaults-markdown", "tune traffic.csv --algo nb --trials 1 --goal log_loss --format markdown"},
	} {
		t.Run(c.name, func(t *testing.T) { timelessGolden(t, c.name, oneCommand(t, c.line+" --no-report")...) })
	}
	run(t, oneCommand(t, "train traffic.csv --algo tree --set max_depth=3 --card card.md --no-report")...)
	compareGolden(t, "train-card.md", timeless(read(t, "card.md")))
}

func TestGoldenModel(t *testing.T) {
	check.Long(t)
	withModels(t)
	unlabelled(t)
	run(t, oneCommand(t, "train unlabelled.csv --tail 0.005 --out ensemble.netanom --no-report --quiet")...)
	run(t, oneCommand(t, "convert traffic.csv --where 'attack in (\"satan\", \"normal\")' --out known.csv")...)
	write(t, "before.json", run(t, oneCommand(t, "evaluate traffic.csv --model nb.netanom --format json --no-report")...))
	for _, c := range []struct{ name, line string }{
		{"evaluate", "evaluate later.csv --model tree.netanom"},
		{"evaluate-trained-on", "evaluate traffic.csv --model nb.netanom --slice flag"},
		{"evaluate-category", "evaluate later.csv --model gbt.netanom --slice protocol_type"},
		{"evaluate-no-probabilities", "evaluate later.csv --model svm.netanom --slice service"},
		{"evaluate-normal-only", "evaluate later.csv --model tree.netanom --where 'attack == \"normal\"'"},
		{"evaluate-unlabelled", "evaluate later.csv --model ensemble.netanom --slice flag"},
		{"evaluate-against", "evaluate later.csv --model nb.netanom --against tree.netanom"},
		{"evaluate-baseline", "evaluate later.csv --model nb.netanom --baseline before.json"},
		{"evaluate-markdown", "evaluate known.csv --model tree.netanom --format markdown"},
		{"evaluate-csv", "evaluate known.csv --model rf.netanom --format csv"},
		{"evaluate-json", "evaluate known.csv --model rf.netanom --slice flag --format json"},
		{"evaluate-gate", "evaluate later.csv --model tree.netanom --fail-if 'recall < 0.9' --fail-if 'type_recall < 0.9' --format junit"},
		{"evaluate-gate-figure", "evaluate later.csv --model tree.netanom --fail-if 'metric_key == \"fpr\" && value > 0.05' --format sarif"},
		{"predict", "predict later.csv --model tree.netanom"},
		{"predict-unlabelled", "predict later.csv --model ensemble.netanom"},
		{"predict-threshold", "predict later.csv --model svm.netanom --threshold 0.9"},
		{"predict-category-markdown", "predict later.csv --model gbt.netanom --format markdown"},
		{"predict-csv", "predict traffic.csv --model rf.netanom --format csv"},
		{"predict-json", "predict traffic.csv --model nb.netanom --format json"},
		{"predict-out", "predict later.csv --model rf.netanom --out - --where 'service == \"private\" || flag == \"REJ\"'"},
		{"explain", "explain later.csv --model tree.netanom"},
		{"explain-row", "explain later.csv --model tree.netanom --row 3 --row 110"},
		{"explain-row-sampled", "explain later.csv --model nb.netanom --row 7 --most 3"},
		{"explain-row-linear", "explain later.csv --model svm.netanom --row 7 --most 4"},
		{"explain-depend", "explain later.csv --model rf.netanom --repeats 2 --depend flag,src_bytes"},
		{"explain-markdown", "explain known.csv --model nb.netanom --repeats 2 --depend count --format markdown"},
		{"explain-csv", "explain known.csv --model rf.netanom --repeats 2 --depend count --format csv"},
		{"explain-json", "explain known.csv --model tree.netanom --repeats 2 --depend count --format json"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := session{}.golden(t, c.name, oneCommand(t, c.line+" --no-report")...)
			if strings.HasPrefix(r.stdout, "netanom ") {
				fits(t, c.line, r.stdout, 80)
			}
		})
	}
	run(t, oneCommand(t, "predict later.csv --model tree.netanom --where 'src_bytes > 100' --out alerts.csv --alerts-only --reasons 2 --no-report --quiet")...)
	compareGolden(t, "predict-alerts.csv", read(t, "alerts.csv"))
}

// TestTrainingFits checks the width of the answers whose goldens do not keep it.
func TestTrainingFits(t *testing.T) {
	inTestdata(t)
	for _, line := range []string{
		"train traffic.csv --algo nb,tree,rf", "train traffic.csv --algo nb,tree --validate random,attacks,time --test later.csv --learning-curve",
		"train traffic.csv --algo tree --task attack", "tune traffic.csv --algo nb,tree,gbt --trials 9",
	} {
		fits(t, line, run(t, oneCommand(t, line+" --no-report --quiet")...), 80)
	}
}
