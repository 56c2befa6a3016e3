package stats

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

var allAdjustments = []Adjustment{
	NoAdjustment, Bonferroni, Sidak, Holm, Hochberg, Hommel, BenjaminiHochberg, BenjaminiYekutieli,
}

func TestAdjustP(t *testing.T) {
	// The family of Benjamini and Hochberg (1995), section 3.2, in another order.
	// Adjusted by R 4.2.2 p.adjust; sidak by statsmodels 0.13.5 multipletests.
	p := []float64{0.0344, 0.0001, 1, 0.0004, 0.0019, 0.5719, 0.0095, 0.0201, 0.0278, 0.0298, 0.0459, 0.324, 0.4262, 0.6528, 0.759}
	for method, want := range map[Adjustment][]float64{
		NoAdjustment:      {0.0344, 0.0001, 1, 0.0004, 0.0019, 0.5719, 0.0095},
		Bonferroni:        {0.516, 0.0015, 1, 0.006, 0.0285, 1, 0.1425},
		Holm:              {0.278, 0.0015, 1, 0.0056, 0.0247, 1, 0.114},
		Hochberg:          {0.2752, 0.0015, 1, 0.0056, 0.0247, 1, 0.114},
		Hommel:            {0.2408, 0.0015, 1, 0.0056, 0.0247, 1, 0.095},
		BenjaminiHochberg: {0.0645, 0.0015, 1, 0.003, 0.0095, 0.714875, 0.035625},
		BenjaminiYekutieli: {0.2140257700632701, 0.004977343489843491, 1, 0.009954686979686982,
			0.03152317543567544, 1, 0.11821190788378289},
		Sidak: {0.4084944058141091, 0.00149895045486353, 1, 0.00598322908508673,
			0.028124053130305863, 0.9999970271128931, 0.13340296634648233},
	} {
		got, err := AdjustP(p, method)
		if err != nil {
			t.Fatal(err)
		}
		for i, w := range want {
			check.Close(t, fmt.Sprintf("%v of p = %v", method, p[i]), got[i], w, 1e-14)
		}
	}
}

func TestAdjustLog10PBelowTheRangeOfFloats(t *testing.T) {
	// All of these underflow as p-values; the adjustments are plain arithmetic:
	// log10(4·10^-5000), log10(4/2·10^-4000), …
	log10p := []float64{-5000, -400, -4000, math.Log10(0.5)}
	two, three, four := math.Log10(2), math.Log10(3), math.Log10(4)
	for method, want := range map[Adjustment][]float64{
		Bonferroni:        {four - 5000, four - 400, four - 4000, 0},
		Holm:              {four - 5000, two - 400, three - 4000, math.Log10(0.5)},
		BenjaminiHochberg: {four - 5000, math.Log10(4.0/3) - 400, two - 4000, math.Log10(0.5)},
		Sidak:             {four - 5000, four - 400, four - 4000, math.Log10(0.9375)},
	} {
		got, err := AdjustLog10P(log10p, method)
		if err != nil {
			t.Fatal(err)
		}
		for i, w := range want {
			check.Close(t, fmt.Sprintf("%v of log10 p = %v", method, log10p[i]), got[i], w, 1e-14)
		}
	}
}

func TestAdjustLog10PAgreesWithAdjustP(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 18))
	p, log10p := make([]float64, 60), make([]float64, 60)
	for i := range p {
		p[i] = math.Pow(10, -30*r.Float64()*r.Float64())
		log10p[i] = math.Log10(p[i])
	}
	p[7], log10p[7] = 0, math.Inf(-1)
	p[9], log10p[9] = 1, 0
	p[11], log10p[11] = math.NaN(), math.NaN()
	for _, method := range allAdjustments {
		plain, err := AdjustP(p, method)
		if err != nil {
			t.Fatal(err)
		}
		logs, err := AdjustLog10P(log10p, method)
		if err != nil {
			t.Fatal(err)
		}
		for i := range plain {
			check.Close(t, fmt.Sprintf("%v of p = %v", method, p[i]), math.Pow(10, logs[i]), plain[i], 1e-12)
		}
	}
}

func TestAdjustProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(19, 20))
	for range 50 {
		p := make([]float64, 1+r.IntN(40))
		for i := range p {
			p[i] = math.Round(1000*math.Pow(r.Float64(), 3)) / 1000 // with ties, 0 and 1
		}
		before := slices.Clone(p)
		order := r.Perm(len(p))
		shuffled := make([]float64, len(p))
		for i, from := range order {
			shuffled[i] = p[from]
		}
		adjusted := make(map[Adjustment][]float64)
		for _, method := range allAdjustments {
			q, err := AdjustP(p, method)
			if err != nil {
				t.Fatal(err)
			}
			adjusted[method] = q
			other, err := AdjustP(shuffled, method)
			if err != nil {
				t.Fatal(err)
			}
			for i := range p {
				if q[i] < p[i] || q[i] > 1 {
					t.Fatalf("%v: p = %v became %v", method, p[i], q[i])
				}
				if other[i] != q[order[i]] {
					t.Fatalf("%v depends on the order of the tests", method)
				}
				for j := range p {
					if p[i] < p[j] && q[i] > q[j] {
						t.Fatalf("%v turns %v < %v into %v > %v", method, p[i], p[j], q[i], q[j])
					}
				}
			}
		}
		if !slices.Equal(p, before) {
			t.Fatal("AdjustP changed its input")
		}
		for i := range p { // each method is at least as sharp as the one before it
			chain := []Adjustment{Bonferroni, Holm, Hochberg, Hommel, BenjaminiHochberg, NoAdjustment}
			for k := 1; k < len(chain); k++ {
				if a, b := adjusted[chain[k-1]][i], adjusted[chain[k]][i]; a < b-1e-15 {
					t.Fatalf("%v gives %v, %v gives %v", chain[k-1], a, chain[k], b)
				}
			}
		}
	}
}

func TestAdjustMissingAndErrors(t *testing.T) {
	nan := math.NaN()
	got, err := AdjustP([]float64{0.01, nan, 0.02}, Bonferroni)
	if err != nil || got[0] != 0.02 || !math.IsNaN(got[1]) || got[2] != 0.04 {
		t.Errorf("NaN in the family: %v, %v", got, err)
	}
	for _, method := range allAdjustments {
		for _, p := range [][]float64{{}, {nan}, {0.03}} {
			got, err := AdjustP(p, method)
			if err != nil || len(got) != len(p) || len(p) == 1 && p[0] == 0.03 && math.Abs(got[0]-0.03) > 1e-16 {
				t.Errorf("%v of %v = %v, %v", method, p, got, err)
			}
		}
	}
	for _, p := range []float64{-0.1, 1.1, math.Inf(1)} {
		if _, err := AdjustP([]float64{p}, Holm); err == nil {
			t.Errorf("p = %v was accepted", p)
		}
	}
	if _, err := AdjustLog10P([]float64{0.1}, Holm); err == nil {
		t.Error("log10 p = 0.1 was accepted")
	}
	if _, err := AdjustP([]float64{0.1}, Adjustment(99)); err == nil {
		t.Error("an unknown adjustment was accepted")
	}
}

func TestAdjustmentRoundTrip(t *testing.T) {
	for _, a := range allAdjustments {
		if got, err := ParseAdjustment(a.String()); err != nil || got != a {
			t.Errorf("ParseAdjustment(%q) = %v, %v", a, got, err)
		}
	}
	if len(allAdjustments) != len(adjustmentNames) {
		t.Errorf("%d adjustments, %d names", len(allAdjustments), len(adjustmentNames))
	}
	if _, err := ParseAdjustment("fdr"); err == nil {
		t.Error("an unknown name was accepted")
	}
}
