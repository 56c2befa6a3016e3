package model

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/traffic"
)

// simulated returns so many simulated connections as CSV.
func simulated(t testing.TB, connections int, seed uint64) []byte {
	t.Helper()
	o := traffic.DefaultOptions()
	o.Connections, o.Seed = connections, seed
	var b bytes.Buffer
	if err := traffic.WriteCSV(context.Background(), &b, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// opened opens CSV text.
func openedCSV(t testing.TB, text []byte) *dataset.File {
	t.Helper()
	f, err := dataset.OpenReader(context.Background(), "test.csv", bytes.NewReader(text), dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// loaded takes CSV text into the form that is learned from.
func loaded(t testing.TB, text []byte, o DataOptions) *Data {
	t.Helper()
	table, err := dataset.Load(context.Background(), openedCSV(t, text))
	if err != nil {
		t.Fatal(err)
	}
	d, err := Load(context.Background(), table, o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// labelled returns the rows whose label is known.
func labelled(t testing.TB, d *Data) []int {
	t.Helper()
	rows, err := d.Labelled()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// recipeOf returns the usual recipe of a learner, made quick by settings.
func recipeOf(t testing.TB, algo, settings string) Recipe {
	t.Helper()
	spec, err := NewSpec(algo)
	if err != nil {
		t.Fatal(err)
	}
	if settings != "" {
		if err := Set(spec, []byte(settings)); err != nil {
			t.Fatal(err)
		}
	}
	steps, err := UsualSteps(algo)
	if err != nil {
		t.Fatal(err)
	}
	return Recipe{Spec: spec, Steps: steps, Rule: UsualRule(algo), Seed: 1, Folds: 3}
}

// trained trains on simulated connections.
func trained(t testing.TB, algo, settings string, change func(*Recipe)) (*Pipeline, *Data) {
	t.Helper()
	d := loaded(t, simulated(t, 600, 3), DataOptions{Features: kddFeatures()})
	r := recipeOf(t, algo, settings)
	if change != nil {
		change(&r)
	}
	p, err := Train(context.Background(), d, labelled(t, d), r, nil, Work{})
	if err != nil {
		t.Fatal(err)
	}
	return p, d
}

// kddFeatures are the 41 columns of KDD records.
func kddFeatures() []string {
	record := strings.Split(strings.Split(messy, "\n")[1], ",")
	record[0], record[1], record[2], record[3], record[4], record[5] = "0", "tcp", "http", "SF", "1", "2"
	s, ok := dataset.RecogniseHeaderless([][]string{record, record})
	if !ok {
		panic("a KDD record is not recognised")
	}
	return s.Names()[:41]
}

// file returns a pipeline as a model file.
func file(t testing.TB, p *Pipeline) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestLoadRefusesWhatGivesTheLabelAway(t *testing.T) {
	text := []byte("duration,src_bytes,service,attack,last_flag\n1,2,http,normal,21\n2,3,smtp,neptune,20\n3,9,http,normal,19\n")
	d := loaded(t, text, DataOptions{})
	if got := strings.Join(d.Features(), " "); got != "duration src_bytes service" {
		t.Errorf("learned from %s", got)
	}
	if len(d.LeftOut) != 1 || d.LeftOut[0].Column != "last_flag" {
		t.Errorf("left out: %v", d.LeftOut)
	}
	table, err := dataset.Load(context.Background(), openedCSV(t, text))
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []DataOptions{{Features: []string{"last_flag"}}, {Features: []string{"attack"}}, {Insist: []string{"attack"}}} {
		if _, err := Load(context.Background(), table, o); err == nil || !strings.Contains(err.Error(), "column") {
			t.Errorf("%+v: error %v", o, err)
		}
	}
	d, err = Load(context.Background(), table, DataOptions{Insist: []string{"lastflag"}})
	if err != nil || len(d.Features()) != 4 {
		t.Errorf("insisting gives %v, %v", d.Features(), err)
	}
}

func TestTargets(t *testing.T) {
	text := []byte("src_bytes,attack\n1,normal.\n2,neptune.\n3,perl.\n4,\n5,neptune.\n6,strange.\n")
	d := loaded(t, text, DataOptions{})
	rows := labelled(t, d)
	if len(rows) != 5 {
		t.Fatalf("%d rows have a label", len(rows))
	}
	for _, c := range []struct {
		task    Task
		classes string
		y       []int32
	}{
		{Binary, "normal attack", []int32{0, 1, 1, 1, 1}},
		{Category, "normal dos u2r attack", []int32{0, 1, 2, 1, 3}},
		{Attack, "normal neptune perl strange", []int32{0, 1, 2, 1, 3}},
	} {
		y := d.Target(c.task, rows)
		if got := strings.Join(y.Classes, " "); got != c.classes {
			t.Errorf("%v: classes %s, want %s", c.task, got, c.classes)
		}
		for i := range c.y {
			if y.Y[i] != c.y[i] {
				t.Errorf("%v: row %d is %d, want %d", c.task, i, y.Y[i], c.y[i])
			}
		}
	}
}

func TestBalances(t *testing.T) {
	d := loaded(t, []byte("src_bytes,attack\n1,normal\n2,normal\n3,normal\n4,normal\n5,a\n6,a\n7,a\n8,b\n"), DataOptions{})
	rows := labelled(t, d)
	sums := func(b Balance) map[string]float64 {
		r := Recipe{Balance: b}
		y := d.Target(Binary, rows)
		w := r.weights(d, rows, &y)
		out := map[string]float64{}
		for i, row := range rows {
			out[d.Levels[d.Label[row]]] += w[i]
		}
		return out
	}
	if s := sums(ClassBalance); s["normal"] != 4 || s["a"]+s["b"] != 4 {
		t.Errorf("class balance: %v", s)
	}
	if s := sums(AttackBalance); s["normal"] != 4 || s["a"] != 2 || s["b"] != 2 {
		t.Errorf("attack balance: %v", s)
	}
}

func TestNothingToLearnFrom(t *testing.T) {
	for name, text := range map[string]string{
		"no label":  "a,b\n1,2\n2,3\n",
		"one class": "a,attack\n1,normal\n2,normal\n",
		"one row":   "a,attack\n1,normal\n",
		"constant":  "a,attack\n1,normal\n1,neptune\n1,normal\n",
		"unknown":   "a,class\n1,x\n2,y\n3,z\n",
	} {
		d := loaded(t, []byte(text), DataOptions{})
		rows, err := d.Labelled()
		if err == nil {
			_, err = Train(context.Background(), d, rows, recipeOf(t, "tree", ""), nil, Work{})
		}
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestSettings(t *testing.T) {
	spec, err := NewSpec("rf")
	if err != nil {
		t.Fatal(err)
	}
	object, err := ParseSettings([]string{"trees=7", "max_features=0.5"})
	if err != nil {
		t.Fatal(err)
	}
	if err := Set(spec, object); err != nil {
		t.Fatal(err)
	}
	if err := Set(spec, []byte(`{"treees": 3}`)); err == nil || !strings.Contains(err.Error(), "trees") {
		t.Errorf("a misspelt setting: %v", err)
	}
	for _, bad := range []string{"trees", "=3"} {
		if _, err := ParseSettings([]string{bad}); err == nil {
			t.Errorf("%q is taken for a setting", bad)
		}
	}
	if _, err := NewSpec("fr"); err == nil || !strings.Contains(err.Error(), "rf") {
		t.Errorf("a misspelt learner: %v", err)
	}
	for _, k := range Kinds() {
		if _, err := NewSpec(k); err != nil {
			t.Error(err)
		}
		if m, err := newModel(k); err != nil || m.Kind() != k {
			t.Errorf("model of %s: %v, %v", k, m, err)
		}
		if _, err := UsualSteps(k); err != nil {
			t.Error(err)
		}
	}
}

var _ learn.Spec = (*Vote)(nil)
