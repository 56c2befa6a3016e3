package cmd

import (
	"bufio"
	"compress/gzip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// trainedOn trains quickly on a file of the reference data, and returns the answer.
func trainedOn(t *testing.T, path, flags string) envelope {
	t.Helper()
	return parse(t, done(t, "train "+path+" "+flags+" --format json").stdout)
}

// leftOut returns the columns that training left out, with why.
func (e envelope) leftOut() map[string]string {
	out := map[string]string{}
	for _, table := range e.Tables {
		for _, r := range table.Rows {
			if table.Name == "left_out" {
				out[r["feature"].(string)], _ = r["note"].(string)
			}
		}
	}
	return out
}

// levels returns the first cells of a table.
func (e envelope) levels(table, key string) (out []string) {
	for _, tab := range e.Tables {
		for _, r := range tab.Rows {
			if tab.Name == table {
				out = append(out, r[key].(string))
			}
		}
	}
	return out
}

// TestTrainNSL trains on a fifth of NSL-KDD, whose column last_flag says how many of
// twenty-one learners of its makers were right (Tavallaee et al. 2009), and judges and
// scores the head of the same file in another spelling of its columns.
func TestTrainNSL(t *testing.T) {
	path := check.Shared(t, "data", "nsl-kdd", "KDDTrain+_20Percent.txt")
	head := check.Shared(t, "data", "nsl-kdd", "Network_anomaly_data_head.csv")
	t.Chdir(t.TempDir())
	e := trainedOn(t, path, "--algo rf --set trees=10 --validate attacks --out rf.netanom")
	if why := e.leftOut()["last_flag"]; !strings.Contains(why, "made from the label") || len(e.leftOut()) != 1 {
		t.Errorf("left out are %v", e.leftOut())
	}
	if e.Data.Rows != 25192 || len(e.levels("train_columns", "feature")) != 41 {
		t.Errorf("learned from %d columns of %d rows", len(e.levels("train_columns", "feature")), e.Data.Rows)
	}
	r := e.row(t, "models", "model", "rf")
	if auc := r["held_roc_auc"].(float64); auc < 0.9 {
		t.Errorf("with attack types held out, the AUC is %v", auc)
	}
	if b := e.row(t, "models", "model", "baseline"); b["held_roc_auc"].(float64) != 0.5 {
		t.Errorf("the baseline has an AUC of %v", b["held_roc_auc"])
	}

	done(t, "predict "+head+" --model rf.netanom --out scored.csv")
	if got := len(column(t, "scored.csv", "score")); int64(got) != countedIn(t, head, recordsBelowHeader) {
		t.Errorf("%d rows are scored", got)
	}
	judged := parse(t, done(t, "evaluate "+head+" --model rf.netanom --format json").stdout)
	if auc := judged.row(t, "evaluate", "metric_key", "roc_auc")["value"].(float64); auc < 0.99 {
		t.Errorf("on rows that are nearly all among those of training, the AUC is %v", auc)
	}
	insisted := session{}.run(t, oneCommand(t, "train "+path+" --algo tree --validate random --folds 2 --feature last_flag --no-report")...)
	if insisted.code != exitUsage || !strings.Contains(insisted.stderr, "--insist last_flag") {
		t.Errorf("asked for last_flag: exit code %d: %s", insisted.code, insisted.stderr)
	}
}

// TestTrainKDD99 trains on the first rows of KDD Cup 1999, whose labels end in a dot:
// attacks and their categories are known by their names without it.
func TestTrainKDD99(t *testing.T) {
	path := check.Shared(t, "data", "kdd99", "kddcup.data_10_percent.gz")
	t.Chdir(t.TempDir())
	firstLines(t, path, "first.csv", 12000)
	e := trainedOn(t, "first.csv", "--algo tree --out tree.netanom")
	types := e.levels("attacks", "label")
	if slices.ContainsFunc(types, func(l string) bool { return strings.HasSuffix(l, ".") }) || !slices.Contains(types, "smurf") {
		t.Errorf("the attack types are %v", types)
	}
	if r := e.row(t, "attacks", "label", "smurf"); r["category"] != "dos" {
		t.Errorf("smurf is of category %v", r["category"])
	}
	// A model that learned labels with a dot knows those without.
	judged := parse(t, done(t, "evaluate first.csv --model tree.netanom --format json").stdout)
	if r := judged.row(t, "evaluate_attacks", "label", "smurf"); r["unseen"] != false {
		t.Error("smurf is unseen")
	}
}

// firstLines writes the first lines of a packed file.
func firstLines(t *testing.T, path, to string, n int) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for s := bufio.NewScanner(z); n > 0 && s.Scan(); n-- {
		b.WriteString(s.Text() + "\n")
	}
	write(t, to, b.String())
}

// TestTrainRealTables trains on the other layouts, and checks what is not learned from.
func TestTrainRealTables(t *testing.T) {
	flows := filepath.Dir(check.Shared(t, "data", "flows", "unsw-nb15_training_10K.csv"))
	t.Chdir(t.TempDir())
	benign, ssh := read(t, filepath.Join(flows, "cicids2017_BENIGN_5000.csv")), read(t, filepath.Join(flows, "cicids2017_SSH-Patator_2961.csv"))
	_, rows, _ := strings.Cut(ssh, "\n")
	write(t, "cic.csv", strings.TrimSuffix(benign, "\n")+"\n"+rows)
	head := check.Shared(t, "data", "nsl-kdd", "Network_anomaly_data_head.csv")
	for _, c := range []struct {
		path    string
		label   string
		leftOut []string
	}{
		{filepath.Join(flows, "unsw-nb15_training_10K.csv"), "label", nil},
		{filepath.Join(flows, "CTU-Malware-Capture-34-1-labeled.csv"), "label", []string{"ts", "uid", "id.orig_h", "id.orig_p", "id.resp_h", "detailed-label"}},
		{"cic.csv", "Label", []string{"id", "Flow ID", "Src IP", "Src Port", "Dst IP", "Timestamp", "Attempted Category"}},
		{head, "attack", []string{"lastflag"}},
	} {
		e := trainedOn(t, c.path, "--algo gbt --set trees=10 --validate random --folds 3 --out gbt.netanom")
		if e.Data.Label != c.label {
			t.Errorf("%s: the label is %q, want %q", filepath.Base(c.path), e.Data.Label, c.label)
		}
		left, learned := e.leftOut(), e.levels("train_columns", "feature")
		for _, name := range c.leftOut {
			if left[name] == "" || slices.Contains(learned, name) {
				t.Errorf("%s: %s is learned from", filepath.Base(c.path), name)
			}
		}
		if slices.Contains(learned, c.label) {
			t.Errorf("%s: the label is learned from", filepath.Base(c.path))
		}
		if auc := e.row(t, "models", "model", "gbt")["cv_roc_auc"].(float64); auc < 0.9 {
			t.Errorf("%s: by random folds, the AUC is %v", filepath.Base(c.path), auc)
		}
		done(t, "predict "+c.path+" --model gbt.netanom")
	}
	// UNSW-NB15 as it is published has two columns of labels.
	write(t, "unsw.csv", "dur,proto,sbytes,attack_cat,label\n"+strings.Repeat("0.1,tcp,200,Normal,0\n0.2,udp,900,Fuzzers,1\n0.3,tcp,210,Normal,0\n0.1,udp,870,Exploits,1\n", 20))
	e := trainedOn(t, "unsw.csv", "--algo tree --validate random --folds 2")
	if learned := e.levels("train_columns", "feature"); e.Data.Label != "label" || e.leftOut()["attack_cat"] == "" || len(learned) != 3 {
		t.Errorf("of a table with label and attack_cat, %v are learned from; the label is %s", learned, e.Data.Label)
	}
	if e = trainedOn(t, "unsw.csv", "--algo tree --label attack_cat --folds 2"); e.leftOut()["label"] == "" || len(e.levels("attacks", "label")) != 2 {
		t.Errorf("with the label attack_cat, left out are %v", e.leftOut())
	}
}
