package stats

import (
	"errors"
	"math"
	"reflect"
	"testing"
)

// fillNonZero sets every exported field below v to something that is not zero.
func fillNonZero(t *testing.T, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fillNonZero(t, v.Field(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fillNonZero(t, v.Index(i))
		}
	case reflect.String:
		v.SetString("x")
	case reflect.Float64:
		v.SetFloat(0.25)
	case reflect.Int64:
		v.SetInt(7)
	case reflect.Uint8:
		v.SetUint(uint64(Greater))
	case reflect.Interface:
		v.Set(reflect.ValueOf(errors.New("a warning")))
	default:
		t.Fatalf("a field of kind %v is new: teach this test about it", v.Kind())
	}
}

func TestNewResultForgetsNoField(t *testing.T) {
	var draft Result
	fillNonZero(t, reflect.ValueOf(&draft).Elem())
	got := NewResult(draft, math.Log(0.125))

	if math.Abs(got.P-0.125) > 1e-16 {
		t.Errorf("P = %v, want 0.125", got.P)
	}
	if want := math.Log10(0.125); math.Abs(got.Log10P-want) > 1e-15 {
		t.Errorf("Log10P = %v, want %v", got.Log10P, want)
	}
	got.P, got.Log10P = draft.P, draft.Log10P
	if !reflect.DeepEqual(got, draft) {
		t.Errorf("NewResult changed the draft:\n got %+v\nwant %+v", got, draft)
	}

	draft.DF[0], draft.N[0], draft.Terms[0].Values[0].Value, draft.Warnings[0] = -1, -1, -1, nil
	if got.DF[0] == -1 || got.N[0] == -1 || got.Terms[0].Values[0].Value == -1 || got.Warnings[0] == nil {
		t.Error("NewResult shares a slice with its draft")
	}
}

// nonNaN lists the paths of the float64 fields below v that are not NaN.
func nonNaN(path string, v reflect.Value) []string {
	switch v.Kind() {
	case reflect.Struct:
		var paths []string
		for i := range v.NumField() {
			paths = append(paths, nonNaN(path+"."+v.Type().Field(i).Name, v.Field(i))...)
		}
		return paths
	case reflect.Float64:
		if !math.IsNaN(v.Float()) {
			return []string{path}
		}
	}
	return nil
}

func TestNewResultOfNothingIsNaN(t *testing.T) {
	r := NewResult(Result{}, math.NaN())
	if paths := nonNaN("Result", reflect.ValueOf(r)); len(paths) > 0 {
		t.Errorf("unset numbers that are not NaN: %v", paths)
	}
	r = NewResult(Result{Effect: Effect{Name: "d", Value: math.NaN(), Magnitude: "large"}}, 0)
	if r.Effect.Magnitude != "" {
		t.Errorf("an undefined effect is called %q", r.Effect.Magnitude)
	}
}

func TestNewResultPValue(t *testing.T) {
	for _, c := range []struct{ logP, p, log10P float64 }{
		{0, 1, 0},
		{1e-17, 1, 0},
		{math.Inf(-1), 0, math.Inf(-1)},
		{-1000 * math.Ln10, 0, -1000},
	} {
		r := NewResult(Result{}, c.logP)
		if r.P != c.p || (r.Log10P != c.log10P && math.Abs(r.Log10P/c.log10P-1) > 1e-15) {
			t.Errorf("log p %v: P %v, log10 p %v; want %v, %v", c.logP, r.P, r.Log10P, c.p, c.log10P)
		}
	}
}

func TestAlternativeRoundTrip(t *testing.T) {
	for _, a := range []Alternative{TwoSided, Less, Greater} {
		if got, err := ParseAlternative(a.String()); err != nil || got != a {
			t.Errorf("ParseAlternative(%q) = %v, %v", a, got, err)
		}
	}
	for _, s := range []string{"", "both", "Less"} {
		if _, err := ParseAlternative(s); err == nil {
			t.Errorf("ParseAlternative(%q) returned no error", s)
		}
	}
	if got := Alternative(9).String(); got != "Alternative(9)" {
		t.Errorf("String of an unknown alternative = %q", got)
	}
}
