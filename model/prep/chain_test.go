package prep_test

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/prep"
)

func TestParseChain(t *testing.T) {
	least, lower := 0.25, 0.0
	on := true
	cases := []struct {
		text string
		want prep.Chain
	}{
		{"", prep.Chain{}},
		{"none", prep.Chain{}},
		{"impute,log1p, standard", prep.Chain{&prep.Impute{}, &prep.Log1p{}, &prep.Standard{}}},
		{"quantile(normal),select(by=mi;top=20)", prep.Chain{&prep.Quantile{Distribution: "normal"}, &prep.Select{By: "mi", Top: 20}}},
		{"clip( lower = 0 ; columns=a, b)", prep.Chain{&prep.Clip{Lower: &lower, Columns: []string{"a", "b"}}}},
		{"impute(constant;value=-1.5;indicator=true)", prep.Chain{&prep.Impute{Strategy: "constant", Value: -1.5, Indicator: &on}}},
		{"pca(0.25),select(least=0.25)", prep.Chain{&prep.PCA{Variance: &least}, &prep.Select{Least: &least}}},
		{"minmax(clip=true),robust()", prep.Chain{&prep.MinMax{Clip: true}, &prep.Robust{}}},
	}
	for _, c := range cases {
		got, err := prep.ParseChain(c.text)
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("ParseChain(%q) = %v, %v", c.text, got, err)
			continue
		}
		again, err := prep.ParseChain(got.String())
		if err != nil || !reflect.DeepEqual(again, got) {
			t.Errorf("%q is spelt %q, which is read as %v, %v", c.text, got, again, err)
		}
		text, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		var back prep.Chain
		if err := json.Unmarshal(text, &back); err != nil || len(back) != len(got) || len(got) > 0 && !reflect.DeepEqual(back, got) {
			t.Errorf("%s is read as %v, %v", text, back, err)
		}
	}
}

func TestParseChainRefuses(t *testing.T) {
	cases := []struct{ text, want string }{
		{"inpute", `there is no step "inpute" (did you mean "impute"?); known are impute, drop_constant,`},
		{"impute,", `there is no step ""`},
		{"impute,,pca", `there is no step ""`},
		{"quantile(n_quantile=5)", `there is no setting "n_quantile" (did you mean "n_quantiles"?); known are columns, output_distribution and n_quantiles`},
		{"standard(3)", `"3" has no name; known settings are columns`},
		{"select(top=many)", "top cannot be a string; want a whole number"},
		{"select(top=1.5)", "top cannot be a number 1.5; want a whole number"},
		{"minmax(clip=1)", "clip cannot be a number; want true or false"},
		{"select(top=1;top=2)", "top is set twice"},
		{"select(by=mi", "a parenthesis is not closed"},
		{"select)", "parentheses do not match"},
		{"select((by))", "parentheses do not match"},
		{"select(by=mi)x", `"x" follows the parenthesis`},
	}
	for _, c := range cases {
		_, err := prep.ParseChain(c.text)
		if !errors.Is(err, learn.ErrSetting) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("ParseChain(%q): error %v, want %q", c.text, err, c.want)
		}
	}
}

func TestStrictJSON(t *testing.T) {
	cases := []struct{ text, want string }{
		{`{}`, "steps are a list of objects with a kind"},
		{`[{}]`, "it has no kind; known are impute"},
		{`[{"kind":"imput"}]`, `did you mean "impute"?`},
		{`[null]`, "it has no kind"},
		{`[{"kind":"select","Top":3}]`, `there is no setting "Top" (did you mean "top"?)`},
		{`[{"kind":"select","top":"3"}]`, "top cannot be a string; want a whole number"},
	}
	for _, c := range cases {
		var chain prep.Chain
		if err := json.Unmarshal([]byte(c.text), &chain); !errors.Is(err, learn.ErrSetting) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.text, err, c.want)
		}
	}
	var f prep.Fitted
	for _, text := range []string{`[{"kind":"nonesuch"}]`, `[{"kind":"pca","sd":[]}]`, `[{"kind":"standard","method":"robust"}]`, `[{"kind":"pca","inputs":3}]`} {
		if err := json.Unmarshal([]byte(text), &f); !errors.Is(err, learn.ErrBroken) {
			t.Errorf("%s: error %v, want one of a broken model", text, err)
		}
	}
}

func TestChain(t *testing.T) {
	x, y := data(300, 2, 1)
	chain, err := prep.ParseChain("impute,drop_constant,log1p,onehot(other),quantile(normal),select(top=12),pca")
	if err != nil {
		t.Fatal(err)
	}
	done := 0
	f, out, err := chain.Fit(ctx, x, y, learn.Run{Progress: func(n, total int) { done = n * 100 / total }})
	if err != nil {
		t.Fatal(err)
	}
	if done != 100 {
		t.Errorf("progress ended at %d %%", done)
	}
	got, err := f.Apply(x)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "chain", got, out)
	if !reflect.DeepEqual(f.Inputs(), x.Columns) || !reflect.DeepEqual(f.Outputs(), out.Columns) {
		t.Errorf("columns are %v and %v", f.Inputs(), f.Outputs())
	}
	back := roundTrip(t, f)
	got, err = back.Apply(x)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "stored chain", got, out)
	back[1], back[2] = back[2], back[1]
	if err := back.Check(); !errors.Is(err, learn.ErrBroken) {
		t.Errorf("steps in the wrong order: error %v", err)
	}
	if _, _, err := (prep.Chain{nil}).Fit(ctx, x, y, learn.Run{}); !errors.Is(err, learn.ErrSetting) {
		t.Errorf("no step: error %v", err)
	}
	if _, err := f.Apply(x.Slice(0, 0)); err != nil {
		t.Errorf("no rows: error %v", err)
	}
	var none prep.Fitted
	if got, err := none.Apply(x); err != nil || got != x || none.Inputs() != nil || none.Outputs() != nil || none.Check() != nil {
		t.Errorf("no steps: %v, %v", got, err)
	}
}

// What is stored may be anything: a transform that passes Check does not panic, and
// makes no infinities of finite numbers.
func FuzzFitted(f *testing.F) {
	x, y := data(60, 3, 6)
	full := x.Take(places(60))
	full.Numbers[2], full.Numbers[4] = full.Numbers[0], full.Numbers[1]
	for _, s := range append(settings(f), prep.PCA{}) {
		from := x
		if s.Kind() == "pca" {
			from = full
		}
		tr, _ := fit(f, s, from, y)
		text, err := json.Marshal(prep.Fitted{tr})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text, uint64(1))
		f.Add(text, uint64(2))
	}
	f.Fuzz(func(t *testing.T, text []byte, seed uint64) {
		readAndApply(t, text, full)
		rng := rand.New(rand.NewPCG(seed, 0))
		var objects []map[string]any
		if json.Unmarshal(text, &objects) != nil {
			return
		}
		for range 20 {
			for _, o := range objects {
				for k := range o {
					if rng.IntN(6) == 0 {
						o[k] = mutate(rng, o[k])
					}
				}
			}
			if mutated, err := json.Marshal(objects); err == nil {
				readAndApply(t, mutated, full)
			}
		}
	})
}

// mutate changes a JSON value somewhere.
func mutate(rng *rand.Rand, v any) any {
	switch v := v.(type) {
	case []any:
		if len(v) == 0 {
			return []any{1.0}
		}
		i := rng.IntN(len(v))
		switch rng.IntN(3) {
		case 0:
			return v[:i]
		case 1:
			return append(v, v[i])
		}
		v[i] = mutate(rng, v[i])
		return v
	case string:
		b := []byte(v)
		if len(b) == 0 {
			return "AAAAAAAA"
		}
		b[rng.IntN(len(b))] = "ABgw+/89"[rng.IntN(8)]
		return string(b[:len(b)-4*rng.IntN(1+len(b)/8)])
	case float64:
		return []any{-v, v + 1, 1e308, 0.0}[rng.IntN(4)]
	}
	return nil
}

func readAndApply(t *testing.T, text []byte, x *learn.Matrix) {
	var f prep.Fitted
	if json.Unmarshal(text, &f) != nil || f.Check() != nil {
		return
	}
	in := learn.NewMatrix(f.Inputs(), 3)
	for j := range in.Numbers {
		if in.Numbers[j] != nil {
			copy(in.Numbers[j], []float64{1e200, -3, 0.5})
		}
	}
	for _, m := range []*learn.Matrix{x, in} {
		out, err := f.Apply(m)
		if err != nil {
			continue
		}
		if err := out.Check(); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}
