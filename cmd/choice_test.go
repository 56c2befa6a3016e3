package cmd

import (
	"math"
	"strings"
	"testing"
)

func TestNumber(t *testing.T) {
	for _, c := range []struct {
		n        number
		good     string
		bad      string
		rule     string
		original string // as help shows the default
	}{
		{number{value: 0.01, high: 1}, "0 1 0.5 1e-3", "-0.1 1.1 NaN Inf x", "number from 0 to 1", "0.01"},
		{number{value: 0.05, high: 1, kind: open}, "0.5 1e-300", "0 1 -1 NaN", "number between 0 and 1", "0.05"},
		{number{value: 1.5, high: math.MaxFloat64, kind: open}, "1e300 0.1", "0 -1 Infinity NaN", "number above 0", "1.5"},
		{number{high: 4096, kind: whole}, "0 4096 1e3", "0.5 4097 -1", "whole number from 0 to 4096", "0"},
	} {
		if got := c.n.String(); got != c.original {
			t.Errorf("String() = %s, want %s", got, c.original)
		}
		for text := range strings.FieldsSeq(c.good) {
			if err := c.n.Set(text); err != nil {
				t.Errorf("%s: %v", text, err)
			}
		}
		for text := range strings.FieldsSeq(c.bad) {
			if err := c.n.Set(text); err == nil || !strings.Contains(err.Error(), c.rule) {
				t.Errorf("%s: %v, want %q", text, err, c.rule)
			}
		}
	}
}

func TestDelimiter(t *testing.T) {
	for text, want := range map[string]string{";": ";", "tab": "tab", `\t`: "tab", "\t": "tab", "Pipe": "|", "space": "space", " ": "space", "comma": ","} {
		var d delimiter
		if err := d.Set(text); err != nil || d.String() != want {
			t.Errorf("%q: %q (%v), want %q", text, d.String(), err, want)
		}
		var again delimiter
		if err := again.Set(d.String()); err != nil || again != d {
			t.Errorf("%q does not mean what it was written for: %v", d.String(), err)
		}
	}
	for _, text := range []string{"", "||", `"`, "\n", "\r", "é"} {
		if err := new(delimiter).Set(text); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}

func TestShellQuoted(t *testing.T) {
	for text, want := range map[string]string{
		"": "''", "src_bytes": "src_bytes", "/a/b-c.log": "/a/b-c.log", "two words": "'two words'",
		"it's": `'it'\''s'`, "$HOME": "'$HOME'", "a;b": "'a;b'", "~": "'~'", "é": "'é'",
	} {
		if got := shellQuoted(text); got != want {
			t.Errorf("shellQuoted(%q) = %s, want %s", text, got, want)
		}
	}
}
