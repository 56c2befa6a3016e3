package model

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/model/learn"
)

// planted returns ordinary records with one whose bytes are out of all proportion, in row
// 250, and one with a level of its own, in row 100.
func planted() []byte {
	rng := rand.New(rand.NewPCG(9, 9))
	var b strings.Builder
	b.WriteString("bytes,packets,proto,attack\n")
	for i := range 400 {
		bytes, proto, attack := 500*rng.ExpFloat64(), "tcp", "normal"
		switch {
		case i == 250:
			bytes, attack = 5e7, "warez"
		case i == 100:
			proto, attack = "esp", "probe"
		case rng.IntN(4) == 0:
			proto = "udp"
		}
		fmt.Fprintf(&b, "%.3f,%.3f,%s,%s\n", bytes, 3+rng.NormFloat64(), proto, attack)
	}
	return []byte(b.String())
}

func detected(t testing.TB, d *Data, algo, settings string, change func(o *DetectOptions)) *Detection {
	t.Helper()
	r := recipeOf(t, algo, settings)
	o := DetectOptions{Spec: r.Spec, Top: 5, Reasons: 2, Seed: 1}
	if change != nil {
		change(&o)
	}
	found, err := Detect(context.Background(), d, o)
	if err != nil {
		t.Fatalf("%s: %v", algo, err)
	}
	return found
}

func TestDetectFindsWhatIsPlanted(t *testing.T) {
	d := loaded(t, planted(), DataOptions{})
	for _, algo := range Detectors() {
		settings := ""
		if algo == "autoencoder" {
			settings = `{"max_iter":20}`
		}
		found := detected(t, d, algo, settings, func(o *DetectOptions) { o.Tail = 0.01 })
		if len(found.Strange) != 5 || found.Strange[0].Score != slices.Max(found.Scores) {
			t.Fatalf("%s: %+v", algo, found.Strange)
		}
		if algo == "kmeans" { // a row so far out becomes a centre, to which it is near
			continue
		}
		at := slices.IndexFunc(found.Strange, func(s StrangeRow) bool { return s.Row == 250 })
		if at < 0 {
			t.Errorf("%s: the planted row is not among the first: %+v", algo, found.Strange)
			continue
		}
		s := found.Strange[at]
		if s.Line != 252 || s.Label != "warez" || s.Alike != 1 {
			t.Errorf("%s: %+v", algo, s)
		}
		if len(s.Reasons) == 0 || s.Reasons[0].Column != "bytes" || s.Reasons[0].Value != "5e+07" {
			t.Errorf("%s: its reasons are %v", algo, s.Reasons)
		}
		for i := 1; i < len(found.Strange); i++ {
			if found.Strange[i].Score > found.Strange[i-1].Score || found.Strange[i].Probability < found.Strange[i-1].Probability {
				t.Errorf("%s: the rows are out of order", algo)
			}
		}
		if found.Against == nil || found.Against.Attacks != 2 || found.Against.TopRows != 5 {
			t.Errorf("%s: held against the label: %+v", algo, found.Against)
		}
	}
}

// TestDetectedModel reads a saved model back, which says the same of the rows unless it
// sees each among its own neighbours.
func TestDetectedModel(t *testing.T) {
	text := simulated(t, 500, 3)
	d := loaded(t, text, DataOptions{})
	for _, algo := range []string{"ecod", "iforest", "ensemble", "mahalanobis"} {
		found := detected(t, d, algo, "", func(o *DetectOptions) { o.Reasons = 0 })
		p, err := Read(bytes.NewReader(file(t, found.Pipeline)))
		if err != nil {
			t.Fatalf("%s: %v", algo, err)
		}
		if p.Cut.Threshold != found.Threshold || p.Recipe.Rule.By != Tail || !p.Recipe.AllRows || p.Training.Rows != 500 || len(p.Training.Attacks) == 0 {
			t.Errorf("%s: %+v", algo, p.Recipe)
		}
		s, err := p.ScoreData(context.Background(), d, d.All(), 2)
		if err != nil {
			t.Fatal(err)
		}
		if algo == "ensemble" { // one of its members measures distances to neighbours
			continue
		}
		for i, v := range s.Score {
			check.Close(t, algo+": score", v, found.Scores[i], 1e-12)
		}
	}
}

func TestDetectWithFewRows(t *testing.T) {
	d := loaded(t, planted()[:1500], DataOptions{})
	found := detected(t, d, "ecod", "", nil)
	if found.Tail != nil || found.NoTail == "" || found.Beyond > 1 || found.Threshold < slices.Max(found.Scores)/2 {
		t.Errorf("tail %v (%q), threshold %v, %d beyond", found.Tail, found.NoTail, found.Threshold, found.Beyond)
	}
	check.Close(t, "probability of the strangest", found.Strange[0].Probability, 1/float64(d.Rows), 1e-12)
}

func TestDetectIsTheSameOnAnyNumberOfCores(t *testing.T) {
	d := loaded(t, simulated(t, 400, 7), DataOptions{})
	var first string
	for workers := 1; workers <= 3; workers++ {
		found := detected(t, d, "ensemble", "", func(o *DetectOptions) { o.Work.Workers = workers })
		against, measures := *found.Against, *found.Against.Scores
		against.Scores = nil // a pointer is printed as an address
		text := fmt.Sprint(found.Scores, found.Threshold, found.Tail, found.Strange, against, measures)
		if first == "" {
			first = text
		}
		if text != first {
			t.Errorf("something else is strange with %d workers", workers)
		}
	}
}

func TestDetectWithoutLabel(t *testing.T) {
	d := loaded(t, []byte(strings.Replace(string(planted()), "attack\n", "remark\n", 1)), DataOptions{Features: []string{"bytes", "packets", "proto"}})
	found := detected(t, d, "iforest", "", nil)
	tally, err := found.Tally()
	if err != nil || tally.NumGroups() != 1 || found.Against != nil || found.Strange[0].Label != "" {
		t.Errorf("without a label: %d groups, against %v, %v", tally.NumGroups(), found.Against, err)
	}
	half := strings.Replace(string(planted()), ",normal\n", ",\n", 100)
	some := loaded(t, []byte(half), DataOptions{})
	found = detected(t, some, "ecod", "", nil)
	if tally, err = found.Tally(); err != nil || tally.NumGroups() != 3 || tally.N(2) != 100 {
		t.Errorf("with some labels missing: %v, %v", tally.NumGroups(), err)
	}
	if found.Against.Attacks+found.Against.Normal != 300 {
		t.Errorf("held against %+v", found.Against)
	}
}

func TestDetectRefuses(t *testing.T) {
	d := loaded(t, planted(), DataOptions{})
	for name, o := range map[string]DetectOptions{
		"no detector": {Spec: recipeOf(t, "rf", "").Spec}, "nothing": {}, "tail": {Spec: recipeOf(t, "ecod", "").Spec, Tail: 1.5},
		"setting": {Spec: recipeOf(t, "iforest", `{"trees":-1}`).Spec},
	} {
		if _, err := Detect(context.Background(), d, o); !errors.Is(err, learn.ErrSetting) {
			t.Errorf("%s: %v", name, err)
		}
	}
	constant := loaded(t, []byte("a,b\n"+strings.Repeat("1,2\n", 200)), DataOptions{})
	for _, algo := range Detectors() {
		if _, err := Detect(context.Background(), constant, DetectOptions{Spec: recipeOf(t, algo, "").Spec}); err == nil {
			t.Errorf("%s finds rows that are all the same strange", algo)
		}
	}
}

func TestWriteStrangeRows(t *testing.T) {
	text := planted()
	d := loaded(t, text, DataOptions{})
	found := detected(t, d, "ecod", "", func(o *DetectOptions) { o.Tail, o.Top, o.Beyond = 0.02, 1, true })
	var b bytes.Buffer
	n, err := found.WriteRows(context.Background(), openedCSV(t, text), &b, dataset.CSVOptions{})
	if err != nil || n != int64(found.Beyond) || n < 2 {
		t.Fatalf("%d rows written, %d beyond, %v", n, found.Beyond, err)
	}
	records, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(records[0], ","); got != "row,line,score,tail_probability,reasons,bytes,packets,proto,attack" {
		t.Errorf("the header is %s", got)
	}
	for _, r := range records[1:] {
		if r[4] == "" {
			t.Errorf("row %s has no reasons", r[0])
		}
	}
}
