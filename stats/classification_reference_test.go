package stats

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// Every value of ml_metrics.json for two classes.
func TestBinaryReference(t *testing.T) {
	tables := refTables{}
	for _, e := range refEntries(t, "ml_metrics.json", "mlbinary") {
		table := tables.table(t, e)
		scores := table.numbers(t, e.Params["score"].(string))
		var positive []bool
		for _, label := range table[e.Params["label"].(string)] {
			positive = append(positive, label == "1")
		}
		tally, err := ScoreTally(scores, positive)
		if err != nil {
			t.Fatal(err)
		}
		o, err := OperatingPointAt(tally, e.Params["threshold"].(float64))
		if err != nil {
			t.Fatal(err)
		}
		c, err := o.Confusion("0", "1")
		if err != nil {
			t.Fatal(err)
		}
		m, err := c.Measures(0.95)
		if err != nil {
			t.Fatal(err)
		}
		s, err := MeasureScores(tally, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		p, err := MeasureProbabilities(scores, positive, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		one := m.Classes[1]
		e.compare(t, map[string]float64{
			"/n": m.N, "/tp": float64(o.TP), "/fp": float64(o.FP), "/fn": float64(o.FN), "/tn": float64(o.TN),
			"/accuracy": m.Accuracy.Value, "/precision": one.Precision.Value, "/recall": one.Recall.Value, "/specificity": one.Specificity.Value,
			"/f1": one.F1.Value, "/balanced_accuracy": m.BalancedAccuracy.Value, "/mcc": m.MCC.Value, "/kappa": m.Kappa.Value,
			"/roc_auc": s.AUC.Value, "/roc_auc_delong_ci_low": s.AUC.CI.Low, "/roc_auc_delong_ci_high": s.AUC.CI.High,
			"/average_precision": s.AveragePrecision.Value, "/log_loss": p.LogLoss.Value, "/brier": p.Brier.Value,
			"/npv": one.NPV.Value, "/fpr": one.FPR.Value, "/ks_statistic": s.KS.Value,
		})
		check.Close(t, "recall of the point", o.Recall(), one.Recall.Value, 1e-15)
		check.Close(t, "rate of the point", o.FPR(), one.FPR.Value, 1e-15)
	}
}

// Every value of ml_metrics.json for several classes.
func TestMulticlassReference(t *testing.T) {
	tables := refTables{}
	for _, e := range refEntries(t, "ml_metrics.json", "mlmulti") {
		table := tables.table(t, e)
		var c Confusion
		for i, truth := range table[e.Params["truth"].(string)] {
			if err := c.Add(truth, table[e.Params["pred"].(string)][i], 1); err != nil {
				t.Fatal(err)
			}
		}
		m, err := c.Measures(0.95)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]float64{
			"/n": m.N, "/accuracy": m.Accuracy.Value, "/kappa": m.Kappa.Value, "/mcc": m.MCC.Value, "/balanced_accuracy": m.BalancedAccuracy.Value,
			"/macro_precision": m.Macro.Precision.Value, "/macro_recall": m.Macro.Recall.Value, "/macro_f1": m.Macro.F1.Value,
			"/weighted_precision": m.Weighted.Precision.Value, "/weighted_recall": m.Weighted.Recall.Value, "/weighted_f1": m.Weighted.F1.Value,
			"/micro_f1": m.Micro.F1.Value,
		}
		for i, name := range c.Classes {
			for j, other := range c.Classes {
				got["/confusion/"+name+"/"+other] = c.Counts[i][j]
			}
			one := m.Classes[i]
			precision := one.Precision.Value
			if name == "u2r" {
				// Never predicted: undefined here, 0 in the reference and in its averages.
				if !math.IsNaN(precision) {
					t.Errorf("the precision of a class that was never predicted is %v", precision)
				}
				precision = 0
			}
			got["/per_class/"+name+"/precision"] = precision
			got["/per_class/"+name+"/recall"] = one.Recall.Value
			got["/per_class/"+name+"/f1"] = one.F1.Value
			got["/per_class/"+name+"/support"] = one.Support
		}
		e.compare(t, got)
	}
}

// learned are the values of testdata/classification.json.
type learned struct {
	P, S                  []float64
	Y                     []int
	AUC, AP, LL, Brier    float64
	LLCI                  []float64 `json:"ll_ci"`
	BrierCI               []float64 `json:"brier_ci"`
	LLClip                float64   `json:"ll_clip"`
	Probs                 []float64
	Truth                 []int32
	MLL, MBrier           float64
	OVRMacro              float64 `json:"ovr_macro"`
	OVRWeighted           float64 `json:"ovr_weighted"`
	OVOMacro              float64 `json:"ovo_macro"`
	Platt                 []float64
	PlattW                []float64 `json:"platt_w"`
	PlattSklearn          []float64 `json:"platt_sklearn"`
	Grid                  []float64
	IsoX                  []float64   `json:"iso_x"`
	IsoY                  []float64   `json:"iso_y"`
	IsoAt                 []float64   `json:"iso_at"`
	IsoWX                 []float64   `json:"isow_x"`
	IsoWY                 []float64   `json:"isow_y"`
	IsoWAt                []float64   `json:"isow_at"`
	RelUniform            [][]float64 `json:"rel_uniform"`
	RelQuantile           [][]float64 `json:"rel_quantile"`
	Line                  []float64
	LineSE                []float64 `json:"line_se"`
	InLarge, Spieg, D, RT []float64
	Kappa                 float64
	KappaSE               float64 `json:"kappa_se"`
	MCCSE                 float64 `json:"mcc_se"`
	MF1SE                 float64 `json:"mf1_se"`
	WF1SE                 float64 `json:"wf1_se"`
	WPSE                  float64 `json:"wp_se"`
}

func (l *learned) positive() []bool {
	out := make([]bool, len(l.Y))
	for i, y := range l.Y {
		out[i] = y == 1
	}
	return out
}

// learnedValues reads them; they were made by the calls that the file names.
func learnedValues(t testing.TB) *learned {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "classification.json"))
	if err != nil {
		t.Fatal(err)
	}
	var l learned
	if err := json.Unmarshal(text, &l); err != nil {
		t.Fatal(err)
	}
	return &l
}

// learnedNear compares with one of them.
func learnedNear(t testing.TB, name string, got, want, rtol float64) {
	t.Helper()
	if !agreement.near(learnVectors, name, got, want, rtol, 1e-13) {
		t.Errorf("%s = %.17g, want %.17g", name, got, want)
	}
}

func learnedList(t testing.TB, name string, got, want []float64, rtol float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d numbers, want %d", name, len(got), len(want))
		return
	}
	for i := range got {
		learnedNear(t, name+"/"+string(rune('a'+i%26))+string(rune('a'+i/26)), got[i], want[i], rtol)
	}
}

func TestProbabilitiesReference(t *testing.T) {
	l := learnedValues(t)
	tally, err := ScoreTally(l.P, l.positive())
	if err != nil {
		t.Fatal(err)
	}
	s, err := MeasureScores(tally, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	learnedNear(t, "auc", s.AUC.Value, l.AUC, 1e-14)
	learnedNear(t, "ap", s.AveragePrecision.Value, l.AP, 1e-14)
	m, err := MeasureProbabilities(l.P, l.positive(), 0.95)
	if err != nil {
		t.Fatal(err)
	}
	learnedNear(t, "ll", m.LogLoss.Value, l.LL, 1e-13)
	learnedNear(t, "brier", m.Brier.Value, l.Brier, 1e-13)
	learnedList(t, "ll_ci", []float64{m.LogLoss.CI.Low, m.LogLoss.CI.High}, l.LLCI, 1e-9)
	learnedList(t, "brier_ci", []float64{m.Brier.CI.Low, m.Brier.CI.High}, l.BrierCI, 1e-9)
	m, err = MeasureProbabilities([]float64{0, 0, 1, 1, 0.3}, []bool{false, true, true, false, true}, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	learnedNear(t, "ll_clip", m.LogLoss.Value, l.LLClip, 1e-12)
	m, err = MeasureClassProbabilities(l.Probs, l.Truth, 4, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	learnedNear(t, "mll", m.LogLoss.Value, l.MLL, 1e-13)
	learnedNear(t, "mbrier", m.Brier.Value, l.MBrier, 1e-13)
	a, err := MeasureClassAreas(t.Context(), l.Probs, l.Truth, 4, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	learnedNear(t, "ovr_macro", a.Macro.Value, l.OVRMacro, 1e-13)
	learnedNear(t, "ovr_weighted", a.Weighted.Value, l.OVRWeighted, 1e-13)
	learnedNear(t, "ovo_macro", a.HandTill.Value, l.OVOMacro, 1e-13)
}

func TestCalibrationReference(t *testing.T) {
	l := learnedValues(t)
	weights := make([]float64, len(l.P))
	for i := range weights {
		weights[i] = float64(1 + i%3)
	}
	p, err := FitPlatt(l.S, l.positive(), nil)
	if err != nil {
		t.Fatal(err)
	}
	learnedList(t, "platt", []float64{p.A, p.B}, l.Platt, 1e-9)
	check.Close(t, "A as scikit-learn stops", p.A, l.PlattSklearn[0], 1e-6)
	check.Close(t, "B as scikit-learn stops", p.B, l.PlattSklearn[1], 1e-6)
	if p, err = FitPlatt(l.S, l.positive(), weights); err != nil {
		t.Fatal(err)
	}
	learnedList(t, "platt_w", []float64{p.A, p.B}, l.PlattW, 1e-9)
	f, err := FitIsotonicClasses(l.P, l.positive(), nil)
	if err != nil {
		t.Fatal(err)
	}
	compareIsotonic(t, "iso", f, l.IsoX, l.IsoY, l.Grid, l.IsoAt)
	if f, err = FitIsotonic(l.P, l.S, weights); err != nil {
		t.Fatal(err)
	}
	compareIsotonic(t, "isow", f, l.IsoWX, l.IsoWY, l.Grid, l.IsoWAt)
	for how, want := range map[Binning][][]float64{EqualWidth: l.RelUniform, EqualMass: l.RelQuantile} {
		bins, err := Reliability(l.P, l.positive(), 5, how, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		var observed, predicted []float64
		for _, b := range bins {
			observed, predicted = append(observed, b.Observed), append(predicted, b.Predicted)
		}
		name := []string{"rel_uniform", "rel_quantile"}[how]
		learnedList(t, name+"/observed", observed, want[0], 1e-13)
		learnedList(t, name+"/predicted", predicted, want[1], 1e-13)
	}
	line, err := FitCalibrationLine(t.Context(), l.P, l.positive(), 0.95)
	if err != nil {
		t.Fatal(err)
	}
	z := NormalQuantile(0.975)
	se := func(m Measure) float64 { return (m.CI.High - m.CI.Low) / 2 / z }
	learnedList(t, "line", []float64{line.Intercept.Value, line.Slope.Value}, l.Line, 1e-9)
	learnedList(t, "line_se", []float64{se(line.Intercept), se(line.Slope)}, l.LineSE, 1e-9)
	learnedList(t, "inlarge", []float64{line.InLarge.Value, se(line.InLarge)}, l.InLarge, 1e-9)
	r, err := SpiegelhalterTest(l.P, l.positive(), TwoSided)
	if err != nil {
		t.Fatal(err)
	}
	learnedList(t, "spieg", []float64{r.Statistic.Value, r.P}, l.Spieg, 1e-11)
}

func compareIsotonic(t *testing.T, name string, f Isotonic, x, y, grid, at []float64) {
	t.Helper()
	learnedList(t, name+"_x", f.X, x, 1e-15)
	learnedList(t, name+"_y", f.Y, y, 1e-12)
	var got []float64
	for _, g := range grid {
		got = append(got, f.At(g))
	}
	learnedList(t, name+"_at", got, at, 1e-11)
}

func TestResampledTReference(t *testing.T) {
	l := learnedValues(t)
	r, err := ResampledT(l.D, 900, 100, TwoSided, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	learnedList(t, "rt", []float64{r.Statistic.Value, r.P, r.CI.Low, r.CI.High}, l.RT, 1e-9)
}

// multiclassTable is the table of ml.multiclass, classes in byte order.
func multiclassTable(t testing.TB) Confusion {
	t.Helper()
	c, err := ConfusionFromCounts([]string{"dos", "normal", "probe", "r2l", "u2r"},
		[][]int64{{32, 4, 4, 0, 0}, {6, 72, 5, 9, 0}, {1, 3, 20, 1, 0}, {0, 0, 0, 15, 0}, {2, 4, 1, 1, 0}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Standard errors against those of numerical derivatives, and of kappa against its
// formula; and the gradients against numerical ones of a table with all cells filled.
func TestDeltaReference(t *testing.T) {
	l := learnedValues(t)
	c := multiclassTable(t)
	s := c.shares()
	for name, m := range map[string]struct {
		of   func(*tableShares) tableMeasure
		se   float64
		rtol float64
	}{
		"kappa_se": {(*tableShares).kappa, l.KappaSE, 1e-12}, "mcc_se": {(*tableShares).mcc, l.MCCSE, 1e-7}, "mf1_se": {(*tableShares).macroF1, l.MF1SE, 1e-7},
		"wf1_se": {(*tableShares).weightedF1, l.WF1SE, 1e-7}, "wp_se": {(*tableShares).weightedPrecision, l.WPSE, 1e-7},
	} {
		learnedNear(t, name, math.Sqrt(s.variance(m.of(s))/s.n), m.se, m.rtol)
	}
	m, err := c.Measures(0.95)
	if err != nil {
		t.Fatal(err)
	}
	// psych::cohen.kappa has kappa ± 1.96 standard errors, and so has netanom.
	check.Close(t, "lower bound of kappa", m.Kappa.CI.Low, l.Kappa-NormalQuantile(0.975)*l.KappaSE, 1e-12)
	check.Close(t, "upper bound of kappa", m.Kappa.CI.High, l.Kappa+NormalQuantile(0.975)*l.KappaSE, 1e-12)
	if slices.ContainsFunc(m.Classes, func(k ClassMeasures) bool { return k.Recall.CI.Low > k.Recall.Value }) {
		t.Error("an interval does not hold its estimate")
	}
}
