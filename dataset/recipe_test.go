package dataset

import (
	"reflect"
	"strings"
	"testing"
)

var everyOp = Recipe{Rows: 7, Derivations: []Derivation{
	{Name: "log", Op: OpLog1p, Inputs: []string{"a"}},
	{Name: "sum", Op: OpTotal, Inputs: []string{"a", "b"}},
	{Name: "part", Op: OpRatio, Inputs: []string{"a", "sum"}},
	{Name: "none", Op: OpIsZero, Inputs: []string{"a"}},
	{Name: "share", Op: OpFrequency, Inputs: []string{"s"}, Levels: []string{"x", "<&>"}, Shares: []float64{1.0 / 3, 0.1}},
	{Name: "bin", Op: OpQuantileBin, Inputs: []string{"b"}, Edges: []float64{-0.1, 5e-324, 1e300}},
	{Name: "pair", Op: OpPair, Inputs: []string{"s", "t"}, Pairs: [][2]string{{"x", "y"}}},
	{Name: "n", Op: OpWindowCount, Seconds: 0.5, By: "s"},
	{Name: "m", Op: OpWindowMean, Inputs: []string{"a"}, Rows: 10},
}}

func TestRecipeRoundTrip(t *testing.T) {
	var first strings.Builder
	if err := WriteRecipe(&first, everyOp); err != nil {
		t.Fatal(err)
	}
	back, err := ParseRecipe(strings.NewReader(first.String()))
	if err != nil {
		t.Fatal(err)
	}
	back.Derivations[7].Inputs = nil // an empty list
	if !reflect.DeepEqual(back, everyOp) {
		t.Errorf("the recipe came back as %+v", back)
	}
}

func TestParseRecipeRefuses(t *testing.T) {
	const head = `{"format":"netanom recipe","version":1,"learned_rows":1,"derivations":[`
	tests := []struct{ text, want string }{
		{"", "no recipe"},
		{"[]", "no recipe"},
		{`{"format":"other","version":1}`, "no recipe"},
		{`{"format":"netanom recipe","version":2,"magic":true}`, "version 2, and this netanom reads version 1"},
		{head + `]}`, "makes no column"},
		{head + `{"name":"x","op":"is_zero","inputs":["a"]}],"run":"rm"}`, `unknown field "run"`},
		{head + `{"name":"x","op":"exec","inputs":["a"]}]}`, `no operation "exec"`},
		{head + `{"name":"x","op":"is_zero","inputs":[]}]}`, "is made from one column, not from 0"},
		{head + `{"name":"","op":"is_zero","inputs":["a"]}]}`, "no name for a column"},
		{head + `{"name":"x\n","op":"is_zero","inputs":["a"]}]}`, "no name for a column"},
		{head + `{"name":"a","op":"is_zero","inputs":["a"]}]}`, "not that of the column itself"},
		{head + `{"name":"x","op":"is_zero","inputs":["a"],"rows":3}]}`, "has no window"},
		{head + `{"name":"x","op":"is_zero","inputs":["a"],"edges":[3]}]}`, "has no edges"},
		{head + `{"name":"x","op":"quantile_bin","inputs":["a"]}]}`, "has not learned its edges"},
		{head + `{"name":"x","op":"quantile_bin","inputs":["a"],"edges":[1,1]}]}`, "ascending"},
		{head + `{"name":"x","op":"frequency","inputs":["a"],"levels":["u"],"shares":[2]}]}`, "no share"},
		{head + `{"name":"x","op":"frequency","inputs":["a"],"levels":["u","v"],"shares":[1]}]}`, "2 levels but 1 shares"},
		{head + `{"name":"x","op":"window_count","inputs":[]}]}`, "either seconds or rows"},
		{head + `{"name":"x","op":"window_count","inputs":[],"seconds":-1}]}`, "looks back"},
		{head + `{"name":"x","op":"window_count","inputs":[],"rows":99999999}]}`, "99999999 rows cannot be"},
		{head + `{"name":"x","op":"is_zero","inputs":["a"]},{"name":"x","op":"is_zero","inputs":["b"]}]}`, "made twice"},
		{head + strings.Repeat(" ", maxRecipeBytes), "larger than 16 MiB"},
	}
	for _, tt := range tests {
		_, err := ParseRecipe(strings.NewReader(tt.text))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%.60q: error %v, want one with %q", tt.text, err, tt.want)
		}
	}
}

// What is read can be written and read again, and used on a table without harm.
func FuzzParseRecipe(f *testing.F) {
	var b strings.Builder
	if err := WriteRecipe(&b, everyOp); err != nil {
		f.Fatal(err)
	}
	f.Add(b.String())
	f.Add(`{"format":"netanom recipe","version":1,"learned_rows":0,"derivations":[{"name":"x","op":"ratio","inputs":["a","b"]}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		r, err := ParseRecipe(strings.NewReader(text))
		if err != nil {
			return
		}
		var again strings.Builder
		if err := WriteRecipe(&again, r); err != nil {
			t.Fatalf("%q can be read but not written: %v", text, err)
		}
		back, err := ParseRecipe(strings.NewReader(again.String()))
		if err != nil || len(back.Derivations) != len(r.Derivations) {
			t.Fatalf("%q came back with %v", text, err)
		}
		file, err := openMemory([]byte("a,b,s,t\n1,0,x,y\n,2,z,\n"), Options{Types: map[string]Kind{"s": Category, "t": Category}})
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		if src, err := Derive(file, r); err == nil {
			if _, err := Load(t.Context(), src); err != nil {
				t.Log(err) // a kind that does not suit
			}
		}
	})
}
