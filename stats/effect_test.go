package stats

import (
	"math"
	"testing"
)

func TestMagnitudes(t *testing.T) {
	v := func(df int) func(float64) (string, string) {
		return func(x float64) (string, string) { return CramersVMagnitude(x, df) }
	}
	// Cohen (1988), pages 24–27 (d), 79–81 (r), 222–227 (w = V√df), 283–288 (η² of f).
	for _, c := range []struct {
		name                 string
		word                 func(float64) (string, string)
		small, medium, large float64
		rule                 string
	}{
		{"r", CorrelationMagnitude, 0.1, 0.3, 0.5, "Cohen 1988"},
		{"d", CohensDMagnitude, 0.2, 0.5, 0.8, "Cohen 1988"},
		{"eta squared", EtaSquaredMagnitude, 0.01, 0.06, 0.14, "Cohen 1988"},
		{"V, df* 1", v(1), 0.1, 0.3, 0.5, "Cohen 1988, df* = 1"},
		{"V, df* 4", v(4), 0.05, 0.15, 0.25, "Cohen 1988, df* = 4"},
	} {
		for value, want := range map[float64]string{
			0: "negligible", c.small * 0.999: "negligible",
			c.small: "small", c.medium * 0.999: "small",
			c.medium: "medium", c.large * 0.999: "medium",
			c.large: "large", 0.99: "large",
		} {
			for _, sign := range []float64{1, -1} {
				if word, rule := c.word(sign * value); word != want || rule != c.rule {
					t.Errorf("%s of %v: %q by %q, want %q by %q", c.name, sign*value, word, rule, want, c.rule)
				}
			}
		}
		if word, _ := c.word(math.NaN()); word != "" {
			t.Errorf("%s of NaN: %q", c.name, word)
		}
	}
	if word, _ := CramersVMagnitude(0.5, 0); word != "" {
		t.Errorf("V without degrees of freedom: %q", word)
	}
}
