package stats

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// A coverageCount counts by name how many intervals held the true value.
type coverageCount map[string]*[2]int

func (c coverageCount) add(name string, m Measure, truth float64) {
	if c[name] == nil {
		c[name] = new([2]int)
	}
	c[name][1]++
	if m.CI.Low <= truth && truth <= m.CI.High {
		c[name][0]++
	}
}

// check fails the test unless every share is near 95 %: at most 2 points away, and the
// sampling error of the simulation.
func (c coverageCount) check(t *testing.T, design string, slack float64) {
	t.Helper()
	for name, n := range c {
		share := float64(n[0]) / float64(n[1])
		t.Logf("%s, %s: %.4f of %d", design, name, share, n[1])
		if math.Abs(share-0.95) > 0.02+slack {
			t.Errorf("%s: intervals of %s hold the truth in %.4f of %d samples", design, name, share, n[1])
		}
	}
}

// addTable adds the measures of a table against those of the population.
func (c coverageCount) addTable(m, truth *ConfusionMeasures) {
	c.add("accuracy", m.Accuracy, truth.Accuracy.Value)
	c.add("balanced accuracy", m.BalancedAccuracy, truth.BalancedAccuracy.Value)
	c.add("MCC", m.MCC, truth.MCC.Value)
	c.add("kappa", m.Kappa, truth.Kappa.Value)
	c.add("macro precision", m.Macro.Precision, truth.Macro.Precision.Value)
	c.add("macro recall", m.Macro.Recall, truth.Macro.Recall.Value)
	c.add("macro F1", m.Macro.F1, truth.Macro.F1.Value)
	c.add("weighted precision", m.Weighted.Precision, truth.Weighted.Precision.Value)
	c.add("weighted F1", m.Weighted.F1, truth.Weighted.F1.Value)
	k := len(m.Classes) - 1
	one, want := &m.Classes[k], &truth.Classes[k]
	c.add("F1", one.F1, want.F1.Value)
	c.add("precision", one.Precision, want.Precision.Value)
	c.add("recall", one.Recall, want.Recall.Value)
	c.add("FPR", one.FPR, want.FPR.Value)
	c.add("NPV", one.NPV, want.NPV.Value)
}

// draw draws a table of so many rows from a population of counts.
func (c *Confusion) draw(random *rand.Rand, n int) Confusion {
	out, _ := newConfusion(c.Classes)
	total := c.Total()
	for range n {
		u := random.Float64() * total
		i, j := 0, 0
		for u -= c.Counts[0][0]; u >= 0; u -= c.Counts[i][j] {
			if j++; j == len(c.Classes) {
				i, j = i+1, 0
			}
		}
		out.Counts[i][j]++
		out.Squares++
	}
	return out
}

func TestTableCoverage(t *testing.T) {
	check.Long(t)
	const times = 3000
	for _, d := range []struct {
		name   string
		counts [][]int64
		rows   int
	}{
		{"two classes, 400 rows", [][]int64{{620, 80}, {90, 210}}, 400},
		{"two classes, 5000 rows, 1.5 % errors", [][]int64{{890, 10}, {5, 95}}, 5000},
		{"four classes, 600 rows", [][]int64{{400, 30, 20, 10}, {20, 180, 30, 10}, {10, 20, 120, 10}, {10, 10, 20, 100}}, 600},
	} {
		classes := []string{"a", "b", "c", "d"}[:len(d.counts)]
		population, err := ConfusionFromCounts(classes, d.counts)
		if err != nil {
			t.Fatal(err)
		}
		truth, err := population.Measures(0.95)
		if err != nil {
			t.Fatal(err)
		}
		random := rand.New(rand.NewPCG(1, uint64(d.rows)))
		count := coverageCount{}
		for range times {
			sample := population.draw(random, d.rows)
			m, err := sample.Measures(0.95)
			if err != nil {
				t.Fatal(err)
			}
			count.addTable(&m, &truth)
		}
		count.check(t, d.name, 0.002)
	}
}

// Scores of positives are normal around 1.5, of negatives around 0, and a fifth of the
// rows are positive; the true values are integrals of the densities.
func TestScoreCoverage(t *testing.T) {
	check.Long(t)
	const times, rows, share, apart = 3000, 500, 0.2, 1.5
	posterior := func(x float64) float64 {
		return expit(logit(share) + apart*x - apart*apart/2)
	}
	var precision, loss, square float64
	const step = 1e-3
	for x := -9.0; x < 11; x += step {
		p, q := math.Exp(-(x-apart)*(x-apart)/2)/math.Sqrt(2*math.Pi), math.Exp(-x*x/2)/math.Sqrt(2*math.Pi)
		tail1, tail0 := share*math.Exp(LogNormalSF(x-apart)), (1-share)*math.Exp(LogNormalSF(x))
		precision += p * tail1 / (tail1 + tail0) * step
		y := posterior(x)
		loss -= (share*p*math.Log(y) + (1-share)*q*math.Log(1-y)) * step
		square += (share*p*(1-y)*(1-y) + (1-share)*q*y*y) * step
	}
	random := rand.New(rand.NewPCG(2, 0))
	count := coverageCount{}
	for range times {
		x, p, positive := make([]float64, rows), make([]float64, rows), make([]bool, rows)
		for i := range x {
			positive[i] = random.Float64() < share
			x[i] = random.NormFloat64() + apart*float64(class(positive[i]))
			p[i] = posterior(x[i])
		}
		tally, err := ScoreTally(x, positive)
		if err != nil {
			t.Fatal(err)
		}
		s, err := MeasureScores(tally, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		m, err := MeasureProbabilities(p, positive, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		line, err := FitCalibrationLine(t.Context(), p, positive, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		count.add("AUC", s.AUC, math.Exp(LogNormalCDF(apart/math.Sqrt2)))
		count.add("average precision", s.AveragePrecision, precision)
		count.add("KS", s.KS, 2*math.Exp(LogNormalCDF(apart/2))-1)
		count.add("log loss", m.LogLoss, loss)
		count.add("Brier", m.Brier, square)
		count.add("slope", line.Slope, 1)
		count.add("in large", line.InLarge, 0)
	}
	count.check(t, "normal scores", 0.002)
}

// The score of a row's own class is normal around a number of that class, the others
// around 0, so that every area of class k is Φ(μ/√2).
func TestClassAreaCoverage(t *testing.T) {
	check.Long(t)
	const times, rows = 2000, 300
	apart, shares := []float64{2, 1, 0.7}, []float64{0.6, 0.25, 0.15}
	var areas []float64
	var macro, weighted float64
	for k, mu := range apart {
		areas = append(areas, math.Exp(LogNormalCDF(mu/math.Sqrt2)))
		macro += areas[k] / 3
		weighted += areas[k] * shares[k]
	}
	random := rand.New(rand.NewPCG(3, 0))
	count := coverageCount{}
	for range times {
		scores, truth := make([]float64, 3*rows), make([]int32, rows)
		for i := range truth {
			u := random.Float64()
			for truth[i] = 0; truth[i] < 2 && u > shares[truth[i]]; truth[i]++ {
				u -= shares[truth[i]]
			}
			for k := range 3 {
				scores[3*i+k] = random.NormFloat64()
			}
			scores[3*i+int(truth[i])] += apart[truth[i]]
		}
		a, err := MeasureClassAreas(t.Context(), scores, truth, 3, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		for k, m := range a.OneVsRest {
			count.add("class "+string(rune('0'+k)), m, areas[k])
		}
		count.add("macro", a.Macro, macro)
		count.add("weighted", a.Weighted, weighted)
		count.add("Hand and Till", a.HandTill, macro)
	}
	count.check(t, "three classes", 0.003)
}

// The rate among other negatives at the threshold that was chosen for a target.
func TestThresholdCoverage(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 0))
	held, times := 0, 2000
	for range times {
		x := make([]float64, 400)
		for i := range x {
			x[i] = random.Float64()
		}
		r, err := ThresholdForFPR(tallyOf(t, x), 0.05, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		if rate := 1 - r.Threshold; r.Rate.CI.Low <= rate && rate <= r.Rate.CI.High {
			held++
		}
	}
	// Exact intervals hold it at least that often, but for chance.
	if share := float64(held) / float64(times); share < 0.94 || share > 0.985 {
		t.Errorf("the rate lies within the interval in %.4f of the samples", share)
	}
}
