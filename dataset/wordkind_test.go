package dataset

import (
	"fmt"
	"testing"
)

func TestWordKind(t *testing.T) {
	words := func(n, different int, form string) (out [][]byte) {
		for i := range n {
			out = append(out, fmt.Appendf(nil, form, i%different))
		}
		return out
	}
	for name, c := range map[string]struct {
		cells [][]byte
		want  Kind
	}{
		"no cells":                 {nil, Unknown},
		"no values":                {asBytes([]string{"", "NA", "NaN", "?", "inf"}), Unknown},
		"levels":                   {words(100, 3, "w%d"), Category},
		"few that all differ":      {words(50, 50, "w%d"), Category},
		"names":                    {words(100, 51, "w%d"), Text},
		"addresses":                {words(100, 100, "10.0.0.%d"), Address},
		"addresses and missing":    {append(words(100, 100, "10.0.0.%d"), nil, []byte("?")), Address},
		"addresses and many words": {append(words(100, 100, "10.0.0.%d"), words(2, 1, "w%d")...), Text},
	} {
		if got := WordKind(c.cells); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
	if MaxLevels(Category) != maxLevels || MaxLevels(Address) != maxAddresses {
		t.Error("the most levels of a kind are wrong")
	}
}
