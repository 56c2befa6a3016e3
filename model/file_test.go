package model

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/model/learn"
)

var update = flag.Bool("update", false, "write model files of kinds that have none yet")

// quickSettings make learners quick to train and small to keep.
var quickSettings = map[string]string{
	"rf": `{"trees":5}`, "et": `{"trees":5}`, "ada": `{"trees":5}`, "bag": `{"trees":3}`, "gbt": `{"trees":8,"max_leaf_nodes":8}`,
	"mlp": `{"hidden_layers":[8],"max_iter":5}`, "rbfsvm": `{"n_components":20}`,
	"vote":   `{"members":[{"algo":"tree"},{"algo":"logreg"}]}`,
	"stack":  `{"members":[{"algo":"tree"},{"algo":"nb"}],"folds":2}`,
	"hybrid": `{"members":[{"algo":"tree"},{"algo":"kmeans"},{"algo":"pca"}]}`, "iforest": `{"trees":5,"max_samples":64}`, "eif": `{"trees":5,"max_samples":64}`,
	"ocsvm": `{"max_samples":200}`, "autoencoder": `{"hidden_layers":[4],"max_iter":5}`, "gmm": `{"n_components":2}`,
	"ensemble": `{"members":[{"algo":"hbos"},{"algo":"pca"}]}`,
}

// messy is rows as people really have them: other spellings and orders of columns, gaps,
// levels that training never saw, numbers in several forms.
const messy = "\ufeffFlag, Service ,srcbytes,dst_bytes,duration,protocol_type,land,wrong_fragment,urgent,hot,num_failed_logins,logged_in,num_compromised,root_shell,su_attempted,num_root,num_file_creations,num_shells,num_access_files,num_outbound_cmds,is_host_login,is_guest_login,count,srv_count,serror_rate,srv_serror_rate,rerror_rate,srv_rerror_rate,same_srv_rate,diff_srv_rate,srv_diff_host_rate,dst_host_count,dst_host_srv_count,dst_host_same_srv_rate,dst_host_diff_srv_rate,dst_host_same_src_port_rate,dst_host_srv_diff_host_rate,dst_host_serror_rate,dst_host_srv_serror_rate,dst_host_rerror_rate,dst_host_srv_rerror_rate\n" +
	"SF,http,1e2,2.5e3,0,tcp,0,0,0,0,0,1,0,0,0,0,0,0,0,0,0,0,5,5,0,0,0,0,1,0,0,255,255,1,0,0,0,0,0,0,0\n" +
	"S0,private,0,0,,tcp,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,200,10,1.0,1.00,0,0,.05,0.06,0,255,10,0.04,0.06,0,0,1,1,0,0\n" +
	"NEVER,nothing_like_it,Infinity,-5,NaN,sctp,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,?,1,NA,0,0,0,1,0,0,1,1,1,0,1,0,0,0,0,0\n" +
	"SF,ecr_i,1032,0,0,icmp,0,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,511,511,0,0,0,0,1,0,0,255,255,1,0,1,0,0,0,0,0\n"

// TestRoadsAgree sends the same rows down every road to a score: a file read in a
// stream, a table in memory, single records of text, and the same after the model was
// stored and read again.
func TestRoadsAgree(t *testing.T) {
	ctx := context.Background()
	for _, algo := range Kinds() {
		p, _ := trained(t, algo, quickSettings[algo], func(r *Recipe) { r.Rule = Rule{By: FPR, Value: 0.1} })
		again, err := Read(bytes.NewReader(file(t, p)))
		if err != nil {
			t.Errorf("%s: %v", algo, err)
			continue
		}
		if !bytes.Equal(file(t, p), file(t, again)) {
			t.Errorf("%s: a file that is read and written again differs", algo)
		}
		var want []string
		for name, q := range map[string]*Pipeline{"": p, " stored": again} {
			var out bytes.Buffer
			if _, err := q.Predict(ctx, openedCSV(t, []byte(messy)), &out, PredictOptions{}); err != nil {
				t.Fatalf("%s: %v", algo, err)
			}
			streamed := scoresIn(t, out.String())
			d := loaded(t, []byte(messy), DataOptions{})
			s, err := q.ScoreData(ctx, d, []int{0, 1, 2, 3}, 2)
			if err != nil {
				t.Fatalf("%s: %v", algo, err)
			}
			if want == nil {
				want = streamed
			}
			for i := range want {
				single := scoreRecordAt(t, q, i)
				table := strconv.FormatFloat(s.Score[i], 'g', -1, 64)
				if streamed[i] != want[i] || table != want[i] || single != want[i] {
					t.Errorf("%s%s, row %d: streamed %s, in memory %s, single %s, want %s", algo, name, i+1, streamed[i], table, single, want[i])
				}
			}
		}
	}
}

// scoresIn returns the scores of a CSV that Predict has written.
func scoresIn(t *testing.T, text string) []string {
	t.Helper()
	records, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range records[1:] {
		out = append(out, r[0])
	}
	return out
}

// scoreRecordAt scores a row of messy as a single record, found by any of its names.
func scoreRecordAt(t *testing.T, p *Pipeline, row int) string {
	t.Helper()
	lines := strings.Split(strings.TrimPrefix(messy, "\ufeff"), "\n")
	s := dataset.Recognise(strings.Split(lines[0], ","))
	cells := strings.Split(lines[row+1], ",")
	found, err := p.ScoreRow(func(name string) (string, bool) {
		j, err := s.Resolve(name)
		if err != nil {
			return "", false
		}
		return cells[j], true
	})
	if err != nil {
		t.Fatal(err)
	}
	return strconv.FormatFloat(found.Score[0], 'g', -1, 64)
}

func TestChangedByteIsRefused(t *testing.T) {
	check.Long(t)
	p, _ := trained(t, "tree", `{"max_depth":2}`, nil)
	text := file(t, p)
	for i := range text {
		changed := bytes.Clone(text)
		changed[i] ^= 1
		if _, err := Read(bytes.NewReader(changed)); !errors.Is(err, ErrChanged) && !errors.Is(err, ErrNoModelFile) && !errors.Is(err, ErrNewer) {
			t.Fatalf("byte %d of %d changed: %v", i, len(text), err)
		}
	}
	for _, cut := range []int{0, 1, 50, len(text) / 2, len(text) - 1} {
		if _, err := Read(bytes.NewReader(text[:cut])); err == nil {
			t.Errorf("a file of %d of %d bytes is read", cut, len(text))
		}
	}
	if _, err := Read(bytes.NewReader(append(bytes.Clone(text), ' '))); err == nil {
		t.Error("a file with a byte more is read")
	}
}

func TestLaterVersionIsRefused(t *testing.T) {
	p, _ := trained(t, "tree", `{"max_depth":2}`, nil)
	text := bytes.Replace(file(t, p), []byte(`"version":1`), fmt.Appendf(nil, `"version":%d`, fileVersion+1), 1)
	if _, err := Read(bytes.NewReader(text)); !errors.Is(err, ErrNewer) || !strings.Contains(err.Error(), "later netanom") {
		t.Errorf("error %v", err)
	}
	for _, other := range []string{"", "{}", "hello", `{"format":"netanom recipe","version":1}`, "\x00\x01"} {
		if _, err := Read(strings.NewReader(other)); !errors.Is(err, ErrNoModelFile) {
			t.Errorf("%q: %v", other, err)
		}
	}
}

// resigned returns a model file whose body was changed, with a checksum that fits.
func resigned(t testing.TB, text []byte, change func(body map[string]json.RawMessage)) []byte {
	t.Helper()
	content, _, err := opened(text)
	if err != nil {
		t.Fatal(err)
	}
	var b map[string]json.RawMessage
	if err := json.Unmarshal(content, &b); err != nil {
		t.Fatal(err)
	}
	change(b)
	if content, err = json.Marshal(b); err != nil {
		t.Fatal(err)
	}
	return signed(1, content)
}

func TestForgedModelsAreRefused(t *testing.T) {
	p, _ := trained(t, "logreg", "", nil)
	text := file(t, p)
	for name, change := range map[string]func(map[string]json.RawMessage){
		"another score":  func(b map[string]json.RawMessage) { b["self_tests"] = json.RawMessage(`[{"record":{},"score":0.123}]`) },
		"no model":       func(b map[string]json.RawMessage) { b["model"] = json.RawMessage(`{"kind":"logreg","model":{}}`) },
		"unknown kind":   func(b map[string]json.RawMessage) { b["model"] = json.RawMessage(`{"kind":"oracle","model":{}}`) },
		"unknown field":  func(b map[string]json.RawMessage) { b["run"] = json.RawMessage(`"rm -rf"`) },
		"other classes":  func(b map[string]json.RawMessage) { b["classes"] = json.RawMessage(`["attack","normal"]`) },
		"no columns":     func(b map[string]json.RawMessage) { b["schema"] = json.RawMessage(`{"inputs":[]}`) },
		"a wild cut":     func(b map[string]json.RawMessage) { b["cut"] = json.RawMessage(`{"threshold":"x"}`) },
		"no steps":       func(b map[string]json.RawMessage) { b["steps"] = json.RawMessage(`[]`) },
		"unknown recipe": func(b map[string]json.RawMessage) { b["recipe"] = json.RawMessage(`{"algo":"x"}`) },
	} {
		if _, err := Read(bytes.NewReader(resigned(t, text, change))); err == nil {
			t.Errorf("%s: read", name)
		}
	}
}

// TestStoredModels reads a model file of every kind that an earlier netanom has written,
// and scores rows with it: to the same digits, for ever. A kind that has no file yet gets
// one with -update; files that are there are never written again.
func TestStoredModels(t *testing.T) {
	dir := filepath.Join("..", "testdata", "models", "v1")
	for _, algo := range Kinds() {
		path := filepath.Join(dir, algo+".netanom")
		if _, err := os.Stat(path); err != nil && *update {
			p, _ := trained(t, algo, quickSettings[algo], nil)
			if err := os.WriteFile(path, file(t, p), 0o644); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, algo+".scores"), []byte(scoreLines(t, p)), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Errorf("%s has no stored model: %v", algo, err)
			continue
		}
		p, err := Read(bytes.NewReader(text))
		if err != nil {
			t.Errorf("%s: %v", algo, err)
			continue
		}
		want, err := os.ReadFile(filepath.Join(dir, algo+".scores"))
		if err != nil {
			t.Fatal(err)
		}
		if got := scoreLines(t, p); !sameScores(t, got, string(want)) {
			t.Errorf("%s scores\n%swant\n%s", algo, got, want)
		}
	}
}

func scoreLines(t *testing.T, p *Pipeline) string {
	t.Helper()
	var out bytes.Buffer
	if _, err := p.Predict(context.Background(), openedCSV(t, []byte(messy)), &out, PredictOptions{}); err != nil {
		t.Fatal(err)
	}
	return strings.Join(scoresIn(t, out.String()), "\n") + "\n"
}

// sameScores compares lines of scores, with the tolerance of self tests.
func sameScores(t *testing.T, got, want string) bool {
	t.Helper()
	a, b := strings.Fields(got), strings.Fields(want)
	if len(a) != len(b) || len(a) == 0 {
		return false
	}
	for i := range a {
		x, err1 := strconv.ParseFloat(a[i], 64)
		y, err2 := strconv.ParseFloat(b[i], 64)
		if err1 != nil || err2 != nil || math.Abs(x-y) > sameScore*max(1, math.Abs(y)) {
			return false
		}
	}
	return true
}

// FuzzRead changes stored models and gives them a checksum that fits: whatever is read
// must score without a panic.
func FuzzRead(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("..", "testdata", "models", "v1", "*.netanom"))
	if err != nil || len(files) == 0 {
		f.Skip("there are no stored models")
	}
	for _, path := range files {
		if info, err := os.Stat(path); err != nil || info.Size() > 64<<10 {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		content, _, err := opened(text)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		p, err := Read(bytes.NewReader(signed(1, content)))
		if err != nil {
			return
		}
		x := learn.NewMatrix(p.Schema.columns, 3)
		for j := range x.Numbers {
			if x.Numbers[j] != nil {
				copy(x.Numbers[j], []float64{1e300, -1e300, 0.5})
			}
		}
		if _, err := p.Score(x); err != nil {
			return
		}
		_, _ = p.Explain(x)
	})
}

func ExampleRead() {
	_, err := Read(strings.NewReader("#!/bin/sh\n"))
	fmt.Println(err)
	// Output: it is no model file; netanom train --out writes one
}
