package model

import (
	"slices"
	"testing"

	"github.com/netanom/netanom/dataset"
)

// sound reports what is wrong with folds of rows: each row must be judged once and never
// by a model that it was trained on.
func sound(t *testing.T, rows []int, folds []Fold) {
	t.Helper()
	judged := map[int]int{}
	for _, f := range folds {
		for _, r := range f.Test {
			judged[r]++
			if slices.Contains(f.Train, r) {
				t.Fatalf("row %d is trained on and judged", r)
			}
		}
		if len(f.Train)+len(f.Test) > len(rows) {
			t.Errorf("a fold of %d and %d rows", len(f.Train), len(f.Test))
		}
	}
	for _, r := range rows {
		if judged[r] != 1 {
			t.Fatalf("row %d is judged %d times", r, judged[r])
		}
	}
}

func TestRandomFolds(t *testing.T) {
	d := loaded(t, simulated(t, 500, 5), DataOptions{})
	rows := labelled(t, d)
	folds, err := d.Folds(Random, rows, 5, 1)
	if err != nil {
		t.Fatal(err)
	}
	sound(t, rows, folds)
	for _, f := range folds {
		attacks := 0
		for _, r := range f.Test {
			if d.IsAttack(r) {
				attacks++
			}
		}
		if len(f.Test) < 60 || attacks == 0 || attacks == len(f.Test) {
			t.Errorf("a fold of %d rows, %d attacks", len(f.Test), attacks)
		}
	}
	again, _ := d.Folds(Random, rows, 5, 1)
	other, _ := d.Folds(Random, rows, 5, 2)
	if !slices.Equal(again[0].Test, folds[0].Test) || slices.Equal(other[0].Test, folds[0].Test) {
		t.Error("folds do not depend on the seed alone")
	}
}

func TestRowsAlikeStayTogether(t *testing.T) {
	text := "src_bytes,attack\n"
	for range 30 {
		text += "1,normal\n2,neptune\n3,normal\n,smurf\n"
	}
	d := loaded(t, []byte(text), DataOptions{})
	rows := labelled(t, d)
	folds, err := d.Folds(Random, rows, 2, 1)
	if err != nil {
		t.Fatal(err)
	}
	sound(t, rows, folds)
	for _, f := range folds {
		if len(f.Test)%30 != 0 {
			t.Errorf("rows that are alike are divided: %d rows in a fold", len(f.Test))
		}
	}
}

func TestTypeFolds(t *testing.T) {
	d := loaded(t, simulated(t, 2000, 5), DataOptions{})
	rows := labelled(t, d)
	folds, err := d.Folds(ByType, rows, 4, 1)
	if err != nil {
		t.Fatal(err)
	}
	sound(t, rows, folds)
	for _, f := range folds {
		if len(f.Held) == 0 {
			t.Error("a fold holds no attack type out")
		}
		for _, r := range f.Train {
			if slices.Contains(f.Held, d.Levels[d.Label[r]]) {
				t.Fatalf("%s is held out and trained on", d.Levels[d.Label[r]])
			}
		}
	}
	one := loaded(t, []byte("a,attack\n1,normal\n2,neptune\n3,normal\n4,neptune\n"), DataOptions{})
	if _, err := one.Folds(ByType, labelled(t, one), 2, 1); err == nil {
		t.Error("a single attack type can be held out")
	}
}

func TestTimeFolds(t *testing.T) {
	d := loaded(t, simulated(t, 400, 5), DataOptions{})
	rows := labelled(t, d)
	folds, err := d.Folds(ByTime, rows, 3, 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(folds) != 3 {
		t.Fatalf("%d folds", len(folds))
	}
	for _, f := range folds {
		last := slices.MaxFunc(f.Train, func(a, b int) int { return compareFloat(d.Time[a], d.Time[b]) })
		first := slices.MinFunc(f.Test, func(a, b int) int { return compareFloat(d.Time[a], d.Time[b]) })
		if d.Time[last] >= d.Time[first] {
			t.Errorf("a row of %v is trained on, and one of %v judged", d.Time[last], d.Time[first])
		}
	}
}

func compareFloat(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func TestGroupFolds(t *testing.T) {
	d := loaded(t, simulated(t, 400, 5), DataOptions{Group: "service"})
	rows := labelled(t, d)
	folds, err := d.Folds(ByGroup, rows, 3, 1)
	if err != nil {
		t.Fatal(err)
	}
	sound(t, rows, folds)
	for _, f := range folds {
		for _, r := range f.Test {
			for _, q := range f.Train {
				if d.Group[r] == d.Group[q] {
					t.Fatalf("a group is on both sides")
				}
			}
		}
	}
	if _, err := loaded(t, simulated(t, 50, 5), DataOptions{}).Folds(ByGroup, rows[:20], 3, 1); err == nil {
		t.Error("a split by group without groups")
	}
}

func TestHoldout(t *testing.T) {
	d := loaded(t, simulated(t, 1000, 5), DataOptions{})
	rows := labelled(t, d)
	train, test, err := d.Holdout(rows, 0.2, 1)
	if err != nil {
		t.Fatal(err)
	}
	sound(t, append(slices.Clone(train), test...), []Fold{{Test: train}, {Test: test}})
	if share := float64(len(test)) / float64(len(rows)); share < 0.15 || share > 0.25 {
		t.Errorf("%v of the rows are held out", share)
	}
	for _, share := range []float64{0, 1, -1, nan} {
		if _, _, err := d.Holdout(rows, share, 1); err == nil {
			t.Errorf("a share of %v is taken", share)
		}
	}
}

func TestClean(t *testing.T) {
	d := loaded(t, []byte("a,attack\n1,normal\n1,normal\n2,neptune\n2,normal\n3,smurf\n3,neptune\n10,normal\n11,normal\n,x\n,x\n"), DataOptions{})
	rows := labelled(t, d)
	kept, c := d.Clean(rows, Cleaning{})
	if len(kept) != 10 || c.Repeats != 2 || c.Contradictory != 2 || c.NearRepeats != 5 {
		t.Errorf("%d kept, %+v", len(kept), c)
	}
	kept, c = d.Clean(rows, Cleaning{Repeats: true, Contradictions: true})
	if len(kept) != 6 || c.Dropped != 4 {
		t.Errorf("%d kept, %+v", len(kept), c)
	}
}

func TestCleanBreaches(t *testing.T) {
	d := loaded(t, simulated(t, 300, 5), DataOptions{})
	rows := labelled(t, d)
	_, before := d.Clean(rows, Cleaning{})
	at := slices.IndexFunc(d.columns, func(c dataset.Column) bool { return c.Canon == "land" })
	d.x.Numbers[at][rows[3]], d.x.Numbers[at][rows[7]] = 2, nan
	kept, c := d.Clean(rows, Cleaning{Breaches: true})
	if c.Breaches != before.Breaches+1 || len(kept) != len(rows)-int(c.Breaches) {
		t.Errorf("%d kept, %+v, before %+v", len(kept), c, before)
	}
}
