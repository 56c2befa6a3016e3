package plots

import (
	"math"
	"strings"
	"testing"
)

// Signed values are coloured about zero, whatever their largest size.
func TestSignedHeatmap(t *testing.T) {
	values := [][]float64{{-200, 0}, {50, math.NaN()}}
	h := heatmap{signed: true, values: values}
	if err := h.spread(Linear); err != nil {
		t.Fatal(err)
	}
	for v, want := range map[float64]float64{-200: 0, 0: 0.5, 200: 1} {
		if got := h.shade(v); got != want {
			t.Errorf("the shade of %v is %v, want %v", v, got, want)
		}
	}
	if got := h.number(-59.96); got != "−60.0" {
		t.Errorf("-59.96 is written %s", got)
	}
	d := HeatmapData{Rows: []string{"a", "b"}, Columns: []string{"x", "y"}, Values: values, Label: "adjusted residual", Signed: true}
	f, err := Heatmap(d)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(f.Alt, "from −200.0 to 50.0") {
		t.Errorf("in words: %s", f.Alt)
	}
	d.Values = [][]float64{{0, 0}, {0, 0}}
	if _, err := Heatmap(d); err != nil {
		t.Errorf("zeros: %v", err)
	}
	d.Values[0][0] = math.Inf(-1)
	if _, err := Heatmap(d); err == nil {
		t.Error("an infinite residual is drawn")
	}
}

// Bars of shares are equally long, and keep their counts in the columns beside them.
func TestBarsOfShares(t *testing.T) {
	d := BarsData{Names: []string{"a", "b"}, Shares: true, Groups: []Group{{Name: "attack", Counts: []int64{10, 0}}, {Name: "normal", Counts: []int64{90, 1}}}}
	f, err := Bars(d)
	if err != nil {
		t.Fatal(err)
	}
	d.Shares = false
	plain, err := Bars(d)
	if err != nil {
		t.Fatal(err)
	}
	if f.Alt != plain.Alt {
		t.Errorf("in words %q, want %q", f.Alt, plain.Alt)
	}
}
