package cmd

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"
	"regexp"
	"runtime"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/netanom/netanom/internal/check"
)

// TestModelSession trains, judges, scores, explains and searches in one folder, as a
// user does.
func TestModelSession(t *testing.T) {
	inTestdata(t)
	done(t, "train traffic.csv --algo rf --set trees=15 --fpr 0.05 --out rf.netanom")
	done(t, "train traffic.csv --algo tree --out tree.netanom")
	judged := parse(t, done(t, "evaluate later.csv --model rf.netanom --format json").stdout)
	whole := judged.row(t, "evaluate_scores", "model", "rf.netanom")

	// The same rows scored one by one give the same verdicts and ranks.
	done(t, "predict later.csv --model rf.netanom --out scored.csv")
	labels := column(t, "scored.csv", "attack")
	verdicts, scores := column(t, "scored.csv", "verdict"), numbers(t, column(t, "scored.csv", "score"))
	counts := map[string]float64{}
	var attacks, normals []float64
	for i, label := range labels {
		if label == "normal" {
			normals = append(normals, scores[i])
		} else {
			attacks, label = append(attacks, scores[i]), "attack"
		}
		counts[label+verdicts[i]]++
	}
	for key, cell := range map[string]string{"tp": "attackattack", "fn": "attacknormal", "fp": "normalattack", "tn": "normalnormal"} {
		if whole[key] != counts[cell] {
			t.Errorf("evaluate counts %s = %v, and predict %v", key, whole[key], counts[cell])
		}
	}
	check.Close(t, "AUC of the scores that predict writes", aucOf(attacks, normals), whole["roc_auc"].(float64), 1e-12)

	// What explain says of a row is of the same score.
	e := parse(t, done(t, "explain later.csv --model rf.netanom --row 11 --row 5 --format json").stdout)
	for _, row := range []int{5, 11} {
		r := e.row(t, "explained", "row", float64(row))
		if r["score"] != scores[row-1] {
			t.Errorf("row %d: explain says a score of %v, and predict %v", row, r["score"], scores[row-1])
		}
	}

	// Figures of an earlier run are its own, and so nothing has become worse.
	write(t, "run.json", done(t, "evaluate later.csv --model rf.netanom --format json").stdout)
	again := parse(t, done(t, "evaluate later.csv --model rf.netanom --baseline run.json --format json").stdout)
	if r := again.row(t, "evaluate_before", "metric_key", "roc_auc"); r["earlier"] != r["value"] || r["worse"] != false {
		t.Errorf("against itself the figures are %v", r)
	}
	two := parse(t, done(t, "evaluate later.csv --model rf.netanom --against tree.netanom --format json").stdout)
	second := parse(t, done(t, "evaluate later.csv --model tree.netanom --format json").stdout).row(t, "evaluate", "metric_key", "roc_auc")
	if r := two.row(t, "evaluate_second", "metric_key", "roc_auc"); r["first_value"] != whole["roc_auc"] || r["second_value"] != second["value"] {
		t.Errorf("beside each other the AUC are %v and %v, alone %v and %v", r["first_value"], r["second_value"], whole["roc_auc"], second["value"])
	}

	r := done(t, "tune traffic.csv --algo tree --trials 3 --out best.netanom")
	if !strings.Contains(r.stderr, "the model is in best.netanom") {
		t.Errorf("standard error says %q", r.stderr)
	}
	done(t, "evaluate later.csv --model best.netanom")
}

// aucOf is the part of all pairs in which the attack's score is higher; ties count half.
func aucOf(attacks, normals []float64) float64 {
	var wins float64
	for _, a := range attacks {
		for _, n := range normals {
			switch {
			case a > n:
				wins++
			case a == n:
				wins += 0.5
			}
		}
	}
	return wins / float64(len(attacks)*len(normals))
}

// A gate that is crossed names the row, and what its rows are.
func TestModelGates(t *testing.T) {
	withModels(t)
	for _, c := range []struct {
		line  string
		code  int
		names string
	}{
		{"evaluate later.csv --model tree.netanom --fail-if 'recall < 0.9'", exitDone, ""}, // land is found in no row
		{"evaluate later.csv --model tree.netanom --fail-if 'recall < 0.95'", exitGate, `"tree.netanom" in the table evaluate_scores`},
		{"evaluate later.csv --model tree.netanom --fail-if 'fpr > 0.05'", exitGate, `"tree.netanom" in the table evaluate_scores`},
		{"evaluate later.csv --model tree.netanom --fail-if 'type_recall < 0.5'", exitGate, `"land, dos"`},
		{"evaluate later.csv --model tree.netanom --fail-if 'class_recall < 0.8'", exitGate, `"normal"`},
		{"evaluate later.csv --model tree.netanom --fail-if 'attack_recall < 0.9'", exitDone, ""},
		{"evaluate later.csv --model tree.netanom --fail-if 'attack_recall < 0.95'", exitGate, `"tree.netanom"`},
		{"evaluate later.csv --model tree.netanom --fail-if 'metric_key == \"fpr\" && value > 0.05'", exitGate, `"False alarm rate"`},
		{"evaluate later.csv --model tree.netanom --fail-if 'unseen && type_recall < 0.5'", exitGate, `"land, dos"`},
		{"evaluate later.csv --model tree.netanom --fail-if 'psi > 1.5'", exitGate, `"service"`},
		{"evaluate later.csv --model tree.netanom --fail-if 'finding == \"problem\"'", exitDone, ""},
		{"train traffic.csv --algo nb --fail-if 'model == \"nb\" && held_roc_auc < 0.95'", exitGate, `"nb"`},
		{"train traffic.csv --algo nb --fail-if 'recall < 0.3'", exitDone, ""}, // the baseline has a recall of 0
		{"train traffic.csv --algo nb --fail-if 'recall < 0.99'", exitGate, `"nb" in the table models`},
		{"train traffic.csv --algo nb --validate none --fail-if 'recall < 0.3'", exitUsage, "no table has the columns recall"},
		{"predict later.csv --model tree.netanom --fail-if 'class == \"attack\" && share > 0.5'", exitGate, `"attack"`},
		{"explain later.csv --model tree.netanom --fail-if 'feature == \"service\" && auc_drop > 0.05'", exitGate, `"service"`},
		{"tune traffic.csv --algo tree --trials 2 --fail-if 'goal < 0.99'", exitGate, "trials"},
	} {
		r := session{}.run(t, oneCommand(t, c.line+" --no-report --quiet")...)
		if r.code != c.code || !strings.Contains(r.stderr, c.names) {
			t.Errorf("%s: exit code %d: %s", c.line, r.code, r.stderr)
		}
	}
}

// A stream from standard input is scored as a file is, and nothing but its rows is on
// standard output.
func TestPredictStream(t *testing.T) {
	withModels(t)
	done(t, "predict later.csv --model rf.netanom --out scored.csv")
	whole := read(t, "scored.csv")
	s := session{stdin: strings.NewReader(read(t, "later.csv"))}
	r := s.run(t, oneCommand(t, "predict - --model rf.netanom --out - --quiet --no-report")...)
	if r.code != exitDone || r.stdout != whole || r.stderr != "" {
		t.Errorf("exit code %d, %d bytes of %d, standard error %q", r.code, len(r.stdout), len(whole), r.stderr)
	}
	done(t, "predict later.csv --model rf.netanom --out scored.csv.gz")
	z, err := gzip.NewReader(strings.NewReader(read(t, "scored.csv.gz")))
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(z); err != nil || string(text) != whole {
		t.Errorf("the packed file does not hold the rows: %v", err)
	}
	done(t, "predict later.csv --model rf.netanom --out alerts.csv --alerts-only --reasons 2")
	alerts := records(t, "alerts.csv")
	for _, row := range alerts[1:] {
		if row[1] != "attack" || strings.Count(row[2], "=") != 2 {
			t.Fatalf("an alert is %q", row[:3])
		}
	}
	if want := strings.Count(whole, ",attack,2026"); len(alerts)-1 != want || want == 0 {
		t.Errorf("%d alerts, want %d", len(alerts)-1, want)
	}
	// No label is needed.
	run(t, "convert", "later.csv", "--select", strings.Join(records(t, "later.csv")[0][:46], ","), "--out", "unlabelled.csv")
	done(t, "predict unlabelled.csv --model rf.netanom --out again.csv")
	if got, want := column(t, "again.csv", "score"), column(t, "scored.csv", "score"); !slices.Equal(got, want) {
		t.Error("without a label the scores differ")
	}
}

// Training gives the same file whatever the number of cores, and whether or not the
// learner is trained beside others.
func TestTrainingIsReproducible(t *testing.T) {
	inTestdata(t)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, algo := range []string{"rf --set trees=9", "gbt --set trees=9", "logreg", "tree --calibrate isotonic", "et --set trees=9 --task category"} {
		line := "train traffic.csv --algo " + algo + " --fpr 0.1 --out "
		runtime.GOMAXPROCS(1)
		done(t, line+"one.netanom")
		runtime.GOMAXPROCS(2)
		done(t, line+"two.netanom --jobs 2")
		done(t, line+"three.netanom --jobs 3")
		if one := read(t, "one.netanom"); one != read(t, "two.netanom") || one != read(t, "three.netanom") {
			t.Errorf("%s: model files differ", algo)
		}
		if read(t, "one.netanom") == "" {
			t.Errorf("%s: the model file is empty", algo)
		}
	}
	done(t, "train traffic.csv --algo nb --out alone.netanom")
	done(t, "train traffic.csv --algo nb,baseline --out beside.netanom")
	if read(t, "alone.netanom") != read(t, "beside.netanom") {
		t.Error("a learner trained beside others makes another model")
	}
	done(t, "train traffic.csv --algo rf --set trees=9 --fpr 0.1 --seed 2 --out other.netanom")
	done(t, "train traffic.csv --algo rf --set trees=9 --fpr 0.1 --out first.netanom")
	if read(t, "other.netanom") == read(t, "first.netanom") {
		t.Error("the seed changes nothing")
	}
}

// The report of everything that is done with models is the same twice, on one core and
// on two.
func TestModelReportFolder(t *testing.T) {
	check.Long(t)
	inTestdata(t)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for i, dir := range []string{"first", "second"} {
		runtime.GOMAXPROCS(i + 1)
		for _, line := range []string{
			"train traffic.csv --algo nb,tree --learning-curve --out nb.netanom", "evaluate later.csv --model nb.netanom", "predict later.csv --model nb.netanom",
			"explain later.csv --model nb.netanom --repeats 2", "tune traffic.csv --algo tree --trials 4",
		} {
			run(t, oneCommand(t, line+" --quiet --report "+dir)...)
		}
	}
	sameFiles(t, "first", "second")
}

var seconds = regexp.MustCompile(`"seconds":[0-9.e-]+`)

// tables returns what follows the options of a JSON answer, without times.
func tables(text string) string {
	_, rest, _ := strings.Cut(timeless(text), `"tables"`)
	return rest
}

// logged returns the lines of a log without their times, sorted: the order of trials
// depends on the number of cores.
func logged(t *testing.T, path string) []string {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(seconds.ReplaceAllString(read(t, path), ""), "\n"), "\n")
	sort.Strings(lines)
	return lines
}

// A search that was interrupted, or whose log was cut off in the middle of a line, goes
// on where it was, and ends as one that was not.
func TestTuneGoesOn(t *testing.T) {
	inTestdata(t)
	const search = "tune traffic.csv --algo tree,nb --trials 40 --plain --format json --no-report --quiet --log "
	whole := run(t, oneCommand(t, search+"whole.jsonl")...)

	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go func() {
		for ctx.Err() == nil {
			if text, err := os.ReadFile("part.jsonl"); err == nil && strings.Count(string(text), "\n") >= 2 {
				stop()
			}
			time.Sleep(time.Millisecond)
		}
	}()
	r := session{ctx: ctx}.run(t, oneCommand(t, search+"part.jsonl --out part.netanom")...)
	if r.code != exitDone || !strings.Contains(r.stdout, "nterrupted") {
		t.Errorf("an interrupted search ends with exit code %d: %s", r.code, r.stderr)
	}
	if n := len(logged(t, "part.jsonl")); n < 2 || n >= 40 {
		t.Fatalf("the log of an interrupted search has %d trials", n)
	}
	if read(t, "part.netanom") == "" {
		t.Error("an interrupted search has written no model")
	}
	resumed := run(t, oneCommand(t, search+"part.jsonl")...)
	if tables(resumed) != tables(whole) {
		t.Error("a search that went on ends otherwise than one that was not interrupted")
	}
	want := logged(t, "whole.jsonl")
	if !slices.Equal(logged(t, "part.jsonl"), want) {
		t.Error("the log of a search that went on has other trials")
	}

	text := read(t, "whole.jsonl")
	for _, cut := range []int{len(text) - 1, len(text) - 20, len(text) / 2, 5, 0} {
		name := "cut" + strconv.Itoa(cut) + ".jsonl"
		write(t, name, text[:cut])
		if again := run(t, oneCommand(t, search+name)...); tables(again) != tables(whole) {
			t.Errorf("a log of %d bytes: the search ends otherwise", cut)
		}
		if !slices.Equal(logged(t, name), want) {
			t.Errorf("a log of %d bytes is not gone on with", cut)
		}
	}
	write(t, "mine.txt", "my notes, without an end of line")
	if r := (session{}).run(t, oneCommand(t, search+"mine.txt")...); r.code != exitUsage || read(t, "mine.txt") != "my notes, without an end of line" {
		t.Errorf("a file that is no log: exit code %d, and it holds %q", r.code, read(t, "mine.txt"))
	}
}

// Training that is interrupted before anything was trained leaves nothing.
func TestTrainInterrupted(t *testing.T) {
	inTestdata(t)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	for _, line := range []string{"train traffic.csv --out rf.netanom", "tune traffic.csv --algo tree --out rf.netanom"} {
		r := session{ctx: ctx}.run(t, oneCommand(t, line)...)
		if r.code != exitError || !strings.Contains(r.stderr, "interrupted") {
			t.Errorf("%s: exit code %d: %s", line, r.code, r.stderr)
		}
	}
	if left := listing(t, "."); strings.Contains(left, "netanom") || strings.Contains(left, "report") {
		t.Errorf("there is %s", left)
	}
}

// A model file that was changed by hand is refused by every command that reads one.
func TestChangedModelIsRefused(t *testing.T) {
	withModels(t)
	text := read(t, "tree.netanom")
	for i := 0; i < len(text); i += len(text)/13 + 1 {
		changed := []byte(text)
		changed[i] ^= 1
		write(t, "changed.netanom", string(changed))
		for _, command := range []string{"evaluate", "predict", "explain"} {
			if r := (session{}).run(t, command, "later.csv", "--model", "changed.netanom", "--no-report"); r.code != exitError || !strings.HasPrefix(r.stderr, "netanom: changed.netanom: ") {
				t.Errorf("%s with byte %d changed: exit code %d: %s", command, i, r.code, r.stderr)
			}
		}
	}
}

// TestModelFlagsWork tries flags on their own: with each, something must change.
func TestModelFlagsWork(t *testing.T) {
	check.Long(t)
	withModels(t)
	rows := strings.SplitAfter(read(t, "traffic.csv"), "\n")
	write(t, "twice.csv", strings.Join(rows, "")+rows[7]+strings.Replace(rows[9], ",smurf\n", ",normal\n", 1))
	without := map[string]string{}
	for _, c := range []struct{ line, flag string }{
		{"train traffic.csv --algo nb", "--folds 3"}, {"train traffic.csv --algo nb", "--rounds 2"}, {"train traffic.csv --algo nb", "--seed 9"},
		{"train traffic.csv --algo nb", "--balance class"}, {"train traffic.csv --algo nb", "--calibrate platt"}, {"train twice.csv --algo nb", "--drop contradictions"},
		{"train twice.csv --algo nb", "--drop repeats"}, {"train traffic.csv --algo nb", "--insist src_port"}, {"train traffic.csv --algo nb", "--normal smurf"},
		{"train traffic.csv --algo nb", "--steps impute,log1p"}, {"train traffic.csv --algo nb", "--threshold 0.9"}, {"train traffic.csv --algo nb", "--threshold mcc"},
		{"train traffic.csv --algo nb", "--set alpha=20"}, {"train traffic.csv --algo nb", "--task attack"}, {"train traffic.csv --algo nb", "--where 'duration == 0'"},
		{"evaluate later.csv --model nb.netanom", "--slice service"}, {"evaluate later.csv --model nb.netanom", "--normal satan"},
		{"predict later.csv --model nb.netanom", "--threshold 0.1"},
		{"explain later.csv --model nb.netanom --depend count", "--seed 4"}, {"explain later.csv --model nb.netanom --depend count", "--repeats 2"},
		{"explain later.csv --model nb.netanom --depend count", "--sample 50"}, {"explain later.csv --model nb.netanom --row 3", "--most 2"},
		{"tune traffic.csv --algo nb --trials 3", "--seed 9"}, {"tune traffic.csv --algo nb --trials 3", "--plain"}, {"tune traffic.csv --algo nb --trials 3", "--only-settings"},
		{"tune traffic.csv --algo nb --trials 3", "--split random"}, {"tune traffic.csv --algo nb --trials 3", "--goal mcc"},
	} {
		answer := func(line string) string { return tables(done(t, line+" --format json").stdout) }
		if _, known := without[c.line]; !known {
			without[c.line] = answer(c.line)
		}
		if answer(fmt.Sprintf("%s %s", c.line, c.flag)) == without[c.line] {
			t.Errorf("%s %s does the same as without the flag", c.line, c.flag)
		}
	}
}

// TestModelProgress checks that long work shows how far it has come, and leaves no bar.
func TestModelProgress(t *testing.T) {
	withModels(t)
	const erased = "\r\x1b[2K"
	for line, shown := range map[string]string{
		"train traffic.csv --algo rf --set trees=20": "rf", "tune traffic.csv --algo tree --trials 3": "candidates on",
		"evaluate later.csv --model rf.netanom": "judging", "predict later.csv --model rf.netanom": "scoring", "explain later.csv --model rf.netanom": "shuffling columns",
	} {
		r := session{seen: true}.run(t, oneCommand(t, line+" --no-report")...)
		if !strings.Contains(r.stderr, shown) {
			t.Errorf("%s does not show %q: %q", line, shown, r.stderr)
		}
		if rest := r.stderr[strings.LastIndex(r.stderr, erased)+len(erased):]; strings.Contains(rest, "%") {
			t.Errorf("%s leaves a bar: %q", line, rest)
		}
		if r := (session{}).run(t, oneCommand(t, line+" --no-report")...); strings.Contains(r.stderr, "\r") {
			t.Errorf("%s shows progress on a pipe", line)
		}
	}
}
