package plots

import (
	"math"
	"strings"
	"testing"

	"github.com/netanom/netanom/stats"
)

func TestModelFigureErrors(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	two := []float64{0, 1}
	confusion := func(classes []string, counts ...[]int64) error {
		_, err := ConfusionMatrix(ConfusionData{Classes: classes, Counts: counts})
		return err
	}
	roc := func(change func(*RateData)) error {
		d := RateData{Curves: []RateCurve{{Name: "c", X: two, Y: two}}}
		change(&d)
		_, err := ROC(d)
		return err
	}
	precision := func(base float64) error {
		_, err := PrecisionRecall(RateData{Base: base, Curves: []RateCurve{{X: two, Y: two}}})
		return err
	}
	det := func(curves ...RateCurve) error {
		_, err := DET(RateData{Curves: curves})
		return err
	}
	learning := func(curves ...ValueCurve) error {
		_, err := LearningCurve(LearningData{Label: "MCC", Curves: curves})
		return err
	}
	thresholds := func(y []float64, chosen ...float64) error {
		_, err := Thresholds(ThresholdData{Label: "s", Curves: []ValueCurve{{Name: "c", X: two, Y: y}}, Chosen: chosen})
		return err
	}
	dependence := func(rug []float64, scale Scale) error {
		_, err := PartialDependence(DependenceData{Label: "v", Curves: []ValueCurve{{X: []float64{-1, 1}, Y: two}}, Rug: rug, X: scale})
		return err
	}
	bin := stats.CalibrationBin{Predicted: 0.5, Observed: 0.5, CI: stats.Interval{Low: 0.4, High: 0.6, Level: 0.95}}
	reliability := func(models ...ReliabilityModel) error {
		_, err := Reliability(ReliabilityData{Models: models})
		return err
	}
	earlier, odd := bin, bin
	earlier.Predicted, odd.Observed = 0.4, 1.5
	tests := []struct {
		name string
		err  error
		want string // part of the sentence; "" if there is no error
	}{
		{"confusion", confusion([]string{"a", "b"}, []int64{1, 0}, []int64{0, 0}), ""},
		{"one class", confusion([]string{"a"}, []int64{1}), "want at least 2"},
		{"many classes", confusion(make([]string, 61)), "61 classes are too many"},
		{"no rows", confusion([]string{"a", "b"}), "0 rows of counts for 2 classes"},
		{"short row", confusion([]string{"a", "b"}, []int64{1}, []int64{1, 2}), `class "a" has 1 counts`},
		{"negative", confusion([]string{"a", "b"}, []int64{1, -1}, []int64{1, 2}), "the count -1 is negative"},
		{"all zero", confusion([]string{"a", "b"}, []int64{0, 0}, []int64{0, 0}), "all counts are zero"},
		{"too large", confusion([]string{"a", "b"}, []int64{math.MaxInt64, 1}, []int64{0, 0}), "more than an integer can hold"},
		{"roc", roc(func(*RateData) {}), ""},
		{"no curve", roc(func(d *RateData) { d.Curves = nil }), "ROC curve: there is no curve"},
		{"nine curves", roc(func(d *RateData) { d.Curves = make([]RateCurve, 9) }), "too many to tell apart"},
		{"no share", roc(func(d *RateData) { d.Curves[0].Y = []float64{0, 1.1} }), "not a share"},
		{"NaN", roc(func(d *RateData) { d.Curves[0].X = []float64{nan, 1} }), "not a share"},
		{"order", roc(func(d *RateData) { d.Curves[0].X = []float64{1, 0} }), "left to right"},
		{"half a band", roc(func(d *RateData) { d.Curves[0].Low = two }), "differ in length"},
		{"upside down", roc(func(d *RateData) { d.Curves[0].Low, d.Curves[0].High = []float64{1, 1}, two }), "upside down"},
		{"chosen", roc(func(d *RateData) { d.Curves[0].Chosen = []RatePoint{{nan, 0}} }), "a chosen point is not between 0 and 1"},
		{"scale", roc(func(d *RateData) { d.X = 9 }), "unknown scale (9)"},
		{"log without rates", roc(func(d *RateData) { d.X, d.Curves[0].X = Log, []float64{0, 0} }), ""},
		{"base", precision(0.1), ""},
		{"no base", precision(0), ""},
		{"NaN base", precision(nan), "the share of positives is NaN"},
		{"det", det(RateCurve{X: two, Y: []float64{1, 0}}), ""},
		{"det without errors", det(RateCurve{X: []float64{0, 0}, Y: []float64{0, 0}}), ""},
		{"det of one point", det(RateCurve{X: []float64{0.9}, Y: []float64{0.9}}), ""},
		{"det without curves", det(), "DET curve: there is no curve"},
		{"det lengths", det(RateCurve{X: two, Y: []float64{1}}), "differ in length"},
		{"learning curve", learning(ValueCurve{X: two, Y: two}), ""},
		{"one point", learning(ValueCurve{X: []float64{5}, Y: []float64{5}}), ""},
		{"no learning", learning(), `learning curve of "MCC": there is no curve`},
		{"nine", learning(make([]ValueCurve, 9)...), "too many to tell apart"},
		{"no points", learning(ValueCurve{Name: "a"}), `"a": it has no points`},
		{"many points", learning(ValueCurve{X: make([]float64, 4001), Y: make([]float64, 4001)}), "4001 points are too many"},
		{"lengths", learning(ValueCurve{X: two, Y: two, High: two}), "differ in length"},
		{"infinite", learning(ValueCurve{X: two, Y: []float64{0, inf}}), "is infinite"},
		{"backwards", learning(ValueCurve{X: []float64{1, 0}, Y: two}), "left to right"},
		{"band", learning(ValueCurve{X: two, Y: two, Low: []float64{2, 2}, High: two}), "upside down"},
		{"thresholds", thresholds(two, 0.5), ""},
		{"no rate", thresholds([]float64{0, 2}), "2 is not a rate"},
		{"infinite threshold", thresholds(two, inf), "chosen value 0 is infinite"},
		{"dependence", dependence(two, Auto), ""},
		{"rug", dependence([]float64{nan}, Auto), "value 0 of the rug is NaN"},
		{"long rug", dependence(make([]float64, 1001), Auto), "1001 values of a rug"},
		{"log of negative", dependence(nil, Log), "cannot show the negative value"},
		{"reliability", reliability(ReliabilityModel{Bins: []stats.CalibrationBin{bin}, Histogram: []int64{0, 1}}), ""},
		{"no model", reliability(), "there are 0 models"},
		{"no bins", reliability(ReliabilityModel{}), "there are 0 bins"},
		{"bin", reliability(ReliabilityModel{Bins: []stats.CalibrationBin{odd}}), "1.5, not a share"},
		{"bins", reliability(ReliabilityModel{Bins: []stats.CalibrationBin{bin, earlier}}), "bin 1 is not in order"},
		{"long histogram", reliability(ReliabilityModel{Bins: []stats.CalibrationBin{bin}, Histogram: make([]int64, 201)}), "201 intervals"},
		{"negative histogram", reliability(ReliabilityModel{Bins: []stats.CalibrationBin{bin}, Histogram: []int64{-1}}), "the count -1"},
		{"empty histogram", reliability(ReliabilityModel{Bins: []stats.CalibrationBin{bin}, Histogram: []int64{0}}), "no rows"},
	}
	for _, test := range tests {
		switch {
		case test.want == "" && test.err != nil:
			t.Errorf("%s: %v, want no error", test.name, test.err)
		case test.want != "" && (test.err == nil || !strings.Contains(test.err.Error(), test.want)):
			t.Errorf("%s: %v, want %q", test.name, test.err, test.want)
		}
	}
}

// Figures at the limits of what is allowed are drawn all the same.
func TestModelFigureLimits(t *testing.T) {
	flat := RateData{X: Log, Curves: []RateCurve{{X: []float64{0, 1}, Y: []float64{0, 1}, Chosen: []RatePoint{{0, 0}, {1, 1}}}}}
	for _, make := range []func(RateData) (*Figure, error){ROC, PrecisionRecall, DET} {
		f, err := make(flat)
		if err != nil {
			t.Fatal(err)
		}
		render(t, f, Size{Width: 320, Scale: 1})
	}
	f, err := LearningCurve(LearningData{Curves: []ValueCurve{{X: []float64{1, 1e290}, Y: []float64{-1e290, 1e290}}}})
	if err != nil {
		t.Fatal(err)
	}
	render(t, f, Size{Scale: 1})
	one, err := ConfusionMatrix(ConfusionData{Classes: []string{"", "b"}, Counts: [][]int64{{999, 1}, {0, 300}}})
	if err != nil {
		t.Fatal(err)
	}
	_, svg := render(t, one, Size{Scale: 1})
	for _, want := range []string{">99%<", ">&lt;1%<", ">100%<", ">(empty)<"} {
		if !strings.Contains(string(svg), want) {
			t.Errorf("the matrix lacks %s", want)
		}
	}
}

// A share of the normal distribution stands where its quantile does.
func TestDeviateAxis(t *testing.T) {
	a := chartAxis{axis: axis{scale: Linear, lo: -2, hi: 2, from: 0, to: 400}, deviate: true}
	for share, want := range map[float64]float64{0.5: 200, 0.8413447460685429: 300, 0.15865525393145707: 100, 0: 0, 1: 400} {
		if got := a.place(share); math.Abs(got-want) > 1e-9 {
			t.Errorf("the share %v stands at %v, want %v", share, got, want)
		}
	}
}
