package model

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/model/learn"
)

// intakeSchema is a pipeline of three columns: numbers 0 to 10, levels, and numbers with
// gaps.
func intakePipeline() *Pipeline {
	p := &Pipeline{Schema: Schema{Layout: "nsl-kdd", Inputs: []Input{
		{Name: "src_bytes", Counts: []int64{5, 5, 0}, Uppers: []float64{4, 10}, Range: [2]float64{0, 10}, Median: 4, Whole: true},
		{Name: "flag", Levels: []string{"1", "S0", "SF", "T"}, Counts: []int64{1, 2, 7, 1}},
		{Name: "logged_in", Counts: []int64{10, 0}, Uppers: []float64{1}, Range: [2]float64{0, 1}, Whole: true, Missing: 3},
	}}, Policy: UsualPolicy()}
	p.Schema.settle()
	return p
}

func cells(list ...any) (out []Cell) {
	for _, v := range list {
		switch v := v.(type) {
		case nil:
			out = append(out, Cell{})
		case bool:
			out = append(out, Cell{Kind: map[bool]CellKind{true: TrueCell, false: FalseCell}[v]})
		case int:
			out = append(out, Cell{Kind: NumberCell, Text: []byte{byte('0' + v)}})
		case string:
			out = append(out, Cell{Kind: TextCell, Text: []byte(v)})
		}
	}
	return out
}

// TestIntakeUnderstands offers cells of all kinds to all kinds of columns.
func TestIntakeUnderstands(t *testing.T) {
	p := intakePipeline()
	in := p.NewIntake(Policy{})
	b := p.Schema.Bind([]string{"Flag", "other", "SRC BYTES", "logged-in"})
	if b.Bound() != 3 || b.Input(1) != -1 || b.Input(2) != 0 {
		t.Fatalf("%d bound", b.Bound())
	}
	for _, c := range []struct {
		cells  []Cell
		bytes  float64 // NaN: missing
		flag   int32
		logged float64
		faults string
	}{
		{cells("SF", "x", 3, 1), 3, 2, 1, "extra"},
		{cells("S0", "x", "7.5", true), 7.5, 1, 1, "extra"},
		{cells("SF", nil, " 1e1 ", false), 10, 2, 0, "extra"},
		{cells(true, nil, 3, nil), 3, 3, nan, "extra"},
		{cells(1, nil, 3, ""), 3, 0, nan, "extra"},
		{cells("NEW", nil, "12O0", "2"), nan, learn.NoLevel, 2, "level extra type range"},
		{cells(nil, nil, nil, nil), nan, learn.NoLevel, nan, "null extra null"},
		{cells("?", nil, "NaN", "NA"), nan, learn.NoLevel, nan, "null extra null"},
		{cells("SF", nil, "inf", 0), nan, 2, 0, "extra type"},
		{cells("SF", nil, "1e999", 0), nan, 2, 0, "extra type"},
		{cells("SF", nil, true, 0), nan, 2, 0, "extra type"},
		{cells("SF", nil, "-1", 0), -1, 2, 0, "extra range"},
		{cells("SF"), nan, 2, nan, "extra null"},
	} {
		in.Reset()
		in.policy = Policy{Warn, Warn, Warn, Warn, Warn, Warn}
		if !in.Offer(b, c.cells) {
			t.Fatal("a row is rejected that shall be warned of")
		}
		x := in.Matrix()
		var faults []string
		for _, f := range in.Faults {
			faults = append(faults, f.Trouble.String())
		}
		same := func(a, b float64) bool { return a == b || a != a && b != b }
		if !same(x.Numbers[0][0], c.bytes) || x.Codes[1][0] != c.flag || !same(x.Numbers[2][0], c.logged) {
			t.Errorf("%q: %v %v %v", c.cells, x.Numbers[0], x.Codes[1], x.Numbers[2])
		}
		if got := strings.Join(faults, " "); got != c.faults {
			t.Errorf("%q: faults %s, want %s", c.cells, got, c.faults)
		}
	}
}

// TestIntakeRejects checks that a rejected row leaves nothing behind in the matrix, and
// that everything is counted.
func TestIntakeRejects(t *testing.T) {
	p := intakePipeline()
	in := p.NewIntake(p.Policy)
	b := p.Schema.Bind([]string{"src_bytes", "flag"})
	bare := p.Schema.Bind([]string{"flag"})
	for i, want := range []bool{true, false, true, false} {
		c := cells(1+i, "SF")
		if i == 1 {
			c = cells("many", "NEW")
		}
		if i == 3 {
			if in.Offer(bare, cells("SF")) {
				t.Error("a row without src_bytes is taken")
			}
		} else if in.Offer(b, c) != want {
			t.Errorf("row %d: taken %v", i, !want)
		}
	}
	in.Refuse()
	x := in.Matrix()
	if x.Rows != 2 || !slices.Equal(in.Taken, []int{0, 2}) || in.Refused != 3 || in.Offered != 5 || !slices.Equal(x.Numbers[0], []float64{1, 3}) || len(x.Codes[1]) != 2 {
		t.Errorf("%+v, %v", in, x)
	}
	if in.Counts[WrongType] != 1 || in.Counts[UnseenLevel] != 1 || in.Counts[MissingField] != 1 || in.Unseen[1] != 1 {
		t.Errorf("counts %v, unseen %v", in.Counts, in.Unseen)
	}
	for range 3 * MaxFaults {
		in.Offer(b, cells("many", "SF"))
	}
	if len(in.Faults) != MaxFaults || in.Counts[WrongType] != 1+3*MaxFaults {
		t.Errorf("%d faults listed, %d counted", len(in.Faults), in.Counts[WrongType])
	}
}

// TestCounterTellsDrift counts the same rows by an intake and from a table.
func TestCounterTellsDrift(t *testing.T) {
	p, d := trained(t, "tree", `{"max_depth":2}`, nil)
	rows := labelled(t, d)
	want, err := p.Schema.Drift(d, rows)
	if err != nil {
		t.Fatal(err)
	}
	x, err := p.Schema.bind(d, rows)
	if err != nil {
		t.Fatal(err)
	}
	c := p.Schema.NewCounter()
	in := p.NewIntake(p.Policy)
	for range 2 {
		c.Reset()
		in.x = x
		c.Add(in)
	}
	for j, got := range c.Drift() {
		if got.Stability.PSI != want[j].Stability.PSI || got.Verdict != want[j].Verdict || got.Missing != want[j].Missing || got.Outside != want[j].Outside {
			t.Errorf("%s: %+v, want %+v", got.Column, got, want[j])
		}
	}
}

func TestPolicyPairs(t *testing.T) {
	p, err := ParsePolicy(UsualPolicy(), []string{"level=reject", "missing=warn"})
	if err != nil || p[UnseenLevel] != Reject || p[MissingField] != Warn || p[WrongType] != Reject {
		t.Errorf("%v, %v", p, err)
	}
	again, err := ParsePolicy(Policy{}, p.Pairs())
	if err != nil || again != p {
		t.Errorf("%v, %v", again, err)
	}
	for _, pair := range []string{"", "level", "level=", "level=maybe", "levels=warn", "=warn"} {
		if _, err := ParsePolicy(p, []string{pair}); err == nil {
			t.Errorf("%q is taken for a policy", pair)
		}
	}
}

// TestPolicyIsStored checks that a model keeps its policy, and that one with the usual
// policy can still be read by a netanom that knew none.
func TestPolicyIsStored(t *testing.T) {
	p, _ := trained(t, "tree", `{"max_depth":2}`, nil)
	if text := file(t, p); !bytes.Contains(text[:60], []byte(`"version":1`)) || bytes.Contains(text, []byte(`"policy"`)) {
		t.Errorf("%s", text[:60])
	}
	p.Policy[UnseenLevel] = Reject
	text := file(t, p)
	again, err := Read(bytes.NewReader(text))
	if err != nil || again.Policy != p.Policy || !bytes.Contains(text[:60], []byte(`"version":2`)) {
		t.Errorf("%v, %v", err, again)
	}
}
