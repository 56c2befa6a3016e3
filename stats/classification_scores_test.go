package stats

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

func scoresOf(t testing.TB, scores []float64, positive []bool) Tally {
	t.Helper()
	tally, err := ScoreTally(scores, positive)
	if err != nil {
		t.Fatal(err)
	}
	return tally
}

// noisy are scores with ties, of rows a third of which are positive.
func noisy(seed uint64, n int) (scores []float64, positive []bool) {
	random := rand.New(rand.NewPCG(seed, 0))
	for range n {
		y := random.IntN(3) == 0
		x := random.NormFloat64()
		if y {
			x += 1.5
		}
		scores, positive = append(scores, math.Round(20*x)/20), append(positive, y)
	}
	return scores, positive
}

func TestScoreErrors(t *testing.T) {
	nan := math.NaN()
	if _, err := ScoreTally([]float64{1}, nil); !errors.Is(err, ErrLengths) {
		t.Errorf("lengths: %v", err)
	}
	if _, err := ScoreTally([]float64{nan}, []bool{true}); !errors.Is(err, ErrNotFinite) {
		t.Errorf("NaN: %v", err)
	}
	one := scoresOf(t, []float64{1, 2, 3}, []bool{true, true, true})
	empty := scoresOf(t, nil, nil)
	for name, tally := range map[string]Tally{"one class": one, "empty": empty} {
		errs := map[string]error{}
		_, errs["measures"] = MeasureScores(tally, 0.95)
		_, errs["points"] = CurvePoints(tally, 100)
		_, errs["gains"] = Gains(tally, 10, 0.95)
		_, _, errs["best"] = BestThreshold(tally, MaxF1)
		_, _, errs["cost"] = ThresholdByCost(tally, 1, 1)
		_, _, errs["recall"] = RecallAtFPR(tally, 0.1, 0.95)
		for what, err := range errs {
			if !errors.Is(err, ErrTooFew) {
				t.Errorf("%s, %s: %v, want %v", name, what, err, ErrTooFew)
			}
		}
	}
	two := scoresOf(t, []float64{1, 2, 3, 4}, []bool{true, false, true, false})
	errs := map[string]error{}
	_, errs["level"] = MeasureScores(two, 0)
	_, errs["points"] = CurvePoints(two, 9)
	_, errs["bins"] = Gains(two, 1, 0.95)
	_, errs["gain level"] = Gains(two, 10, 2)
	_, _, errs["criterion"] = BestThreshold(two, 9)
	_, _, errs["cost"] = ThresholdByCost(two, -1, 1)
	_, _, errs["infinite cost"] = ThresholdByCost(two, 1, math.Inf(1))
	_, errs["target"] = ThresholdForFPR(two, 1, 0.95)
	_, errs["NaN target"] = ThresholdForFPR(two, nan, 0.95)
	_, errs["no scores"] = ThresholdForFPR(Tally{}, 0.1, 0.95)
	_, errs["alerts"] = ThresholdForAlerts(two, 0, 100, 0.95)
	_, errs["all rows"] = ThresholdForAlerts(two, 100, 100, 0.95)
	_, errs["groups"] = OperatingPointAt(two.Group(0), 1)
	_, errs["NaN threshold"] = OperatingPointAt(two, nan)
	broken := Tally{Values: []float64{2, 1}, Counts: [][]int64{{1, 1}, {1, 1}}}
	_, errs["order of points"] = CurvePoints(broken, 100)
	_, errs["order of gains"] = Gains(broken, 10, 0.95)
	_, _, errs["order of the best"] = BestThreshold(broken, MaxF1)
	for name, err := range errs {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// Scores that are all equal say nothing; perfect ones everything, with intervals that
// admit less.
func TestScoresAtTheEdge(t *testing.T) {
	same, err := MeasureScores(scoresOf(t, []float64{1, 1, 1, 1, 1}, []bool{true, true, false, false, false}), 0.95)
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "area of equal scores", same.AUC.Value, 0.5, 0)
	check.Close(t, "average precision of equal scores", same.AveragePrecision.Value, 0.4, 1e-15)
	check.Close(t, "KS of equal scores", same.KS.Value, 0, 0)
	best, err := MeasureScores(scoresOf(t, []float64{5, 4, 3, 2, 1}, []bool{true, true, false, false, false}), 0.95)
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "average precision of perfect scores", best.AveragePrecision.Value, 1, 0)
	check.Close(t, "its lower bound", best.AveragePrecision.CI.Low, WilsonInterval(2, 2, 0.95).Low, 1e-14)
	check.Close(t, "KS of perfect scores", best.KS.Value, 1, 0)
	if !(best.KS.CI.Low < 0.7 && best.KS.CI.High == 1) {
		t.Errorf("the interval of KS is %+v", best.KS.CI)
	}
}

// The variance of the average precision against that of a bootstrap.
func TestAveragePrecisionVariance(t *testing.T) {
	scores, positive := noisy(6, 600)
	cuts, err := Cuts(scoresOf(t, scores, positive))
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(7, 0))
	var m Moments
	x, y := make([]float64, len(scores)), make([]bool, len(scores))
	for range 1500 {
		for i := range x {
			k := random.IntN(len(scores))
			x[i], y[i] = scores[k], positive[k]
		}
		drawn, err := Cuts(scoresOf(t, x, y))
		if err != nil {
			t.Fatal(err)
		}
		m.Add(AveragePrecision(drawn))
	}
	check.Close(t, "standard error", math.Sqrt(averagePrecisionVariance(cuts, AveragePrecision(cuts))/float64(len(scores))), m.SD(), 0.06)
}

// Thinned curves keep both ends, every point of the hull, and the first few alarms.
func TestCurvePoints(t *testing.T) {
	scores, positive := noisy(8, 30000)
	for i := range scores {
		scores[i] += 1e-6 * float64(i%1000) // fewer ties
	}
	tally := scoresOf(t, scores, positive)
	all, err := CurvePoints(tally, math.MaxInt)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != tally.Len()+1 {
		t.Errorf("%d points of %d scores", len(all), tally.Len())
	}
	const most = 400
	points, err := CurvePoints(tally, most)
	if err != nil {
		t.Fatal(err)
	}
	if len(points) > most || len(points) < most/2 {
		t.Errorf("%d points, want at most %d and not much fewer", len(points), most)
	}
	first, last := points[0], points[len(points)-1]
	if first.TP != 0 || first.FP != 0 || !math.IsNaN(first.Precision) || last.Recall != 1 || last.FPR != 1 {
		t.Errorf("the curve goes from %+v to %+v", first, last)
	}
	area := func(points []CurvePoint) (sum float64) {
		for i := 1; i < len(points); i++ {
			sum += (points[i].FPR - points[i-1].FPR) * (points[i].Recall + points[i-1].Recall) / 2
		}
		return sum
	}
	auc, _, err := DeLong(tally, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "area below all points", area(all), auc, 1e-12)
	check.Close(t, "area below the thinned ones", area(points), auc, 3e-4)
	few := 0
	for i, p := range points {
		if i > 0 && (p.Threshold >= points[i-1].Threshold || p.FPR < points[i-1].FPR || p.Recall < points[i-1].Recall) {
			t.Fatalf("point %d (%+v) follows %+v", i, p, points[i-1])
		}
		if p.FPR > 0 && p.FPR < 0.001 {
			few++
		}
		o, err := OperatingPointAt(tally, p.Threshold)
		if err != nil || o.TP != p.TP || o.FP != p.FP {
			t.Fatalf("at the threshold %v there are %+v, not %+v", p.Threshold, o, p)
		}
	}
	if few < 5 {
		t.Errorf("%d points have a rate between 0 and 0.001", few)
	}
	for _, most := range []int{10, 11, 50} {
		if points, err := CurvePoints(tally, most); err != nil || len(points) > most {
			t.Errorf("%d points where %d are asked for: %v", len(points), most, err)
		}
	}
}

// No smaller threshold meets the target, and this one does.
func TestThresholdForFPR(t *testing.T) {
	for _, test := range []struct {
		scores    []float64
		target    float64
		flagged   int64
		threshold float64 // just above it
	}{
		{[]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 0, 0, 10},
		{[]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 0.1, 1, 9},
		{[]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 0.3, 3, 7},
		{[]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 0.39, 3, 7},
		{[]float64{1, 1, 1, 1, 1, 1, 1, 1, 9, 9}, 0.1, 0, 9},
		{[]float64{1, 1, 1, 1, 1, 1, 1, 1, 9, 9}, 0.2, 2, 1},
		{[]float64{3, 3, 3}, 0.99, 0, 3},
		{[]float64{5}, 0.5, 0, 5},
		{[]float64{-1, math.MaxFloat64}, 0.1, 0, math.MaxFloat64},
	} {
		r, err := ThresholdForFPR(tallyOf(t, test.scores), test.target, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		if r.Flagged != test.flagged || r.Threshold != justAbove(test.threshold) {
			t.Errorf("%v at %v: threshold %v flags %d, want just above %v and %d", test.scores, test.target, r.Threshold, r.Flagged, test.threshold, test.flagged)
		}
		check.Close(t, "rate", r.Rate.Value, float64(test.flagged)/float64(len(test.scores)), 1e-15)
	}
	scores, positive := noisy(9, 5000)
	tally := scoresOf(t, scores, positive)
	r, err := ThresholdForAlerts(tally, 200, 10000, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	if share := r.Rate.Value; share > 0.02 || share < 0.015 {
		t.Errorf("200 alerts of 10,000 rows: a share of %v", share)
	}
	o, recall, err := RecallAtFPR(tally, 0.05, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	if o.FPR() > 0.05 || o.Recall() != recall.Value || recall.CI.Low > recall.Value {
		t.Errorf("recall at a rate of 0.05: %+v, %+v", o, recall)
	}
}

// The best thresholds are those that trying all finds.
func TestBestThreshold(t *testing.T) {
	for seed := range uint64(20) {
		scores, positive := noisy(seed, 60)
		tally := scoresOf(t, scores, positive)
		for _, by := range []Criterion{MaxF1, MaxMCC, MaxYouden} {
			got, value, err := BestThreshold(tally, by)
			if err != nil {
				t.Fatal(err)
			}
			at, err := OperatingPointAt(tally, got.Threshold)
			if err != nil || at != got {
				t.Errorf("%v: at %v there are %+v, not %+v", by, got.Threshold, at, got)
			}
			c, _ := got.Confusion("n", "p")
			m, err := c.Measures(0.95)
			if err != nil {
				t.Fatal(err)
			}
			own := map[Criterion]float64{MaxF1: m.Classes[1].F1.Value, MaxMCC: m.MCC.Value, MaxYouden: m.Classes[1].Recall.Value - m.Classes[1].FPR.Value}[by]
			check.Close(t, by.String(), value, own, 1e-12)
			for _, v := range tally.Values {
				o, _ := OperatingPointAt(tally, v)
				if other := by.value(o); other > value || other == value && v > got.Threshold {
					t.Errorf("%v: %v at %v, but %v at %v", by, value, got.Threshold, other, v)
				}
			}
		}
		dear, cost, err := ThresholdByCost(tally, 1, 10)
		if err != nil {
			t.Fatal(err)
		}
		cheap, _, _ := ThresholdByCost(tally, 10, 1)
		check.Close(t, "cost", cost, (float64(dear.FP)+10*float64(dear.FN))/60, 1e-14)
		if dear.Threshold > cheap.Threshold {
			t.Errorf("dear misses want the threshold %v, dear alarms %v", dear.Threshold, cheap.Threshold)
		}
	}
	tally := scoresOf(t, []float64{1, 2, 3}, []bool{true, false, false})
	if o, cost, err := ThresholdByCost(tally, 5, 1); err != nil || o.TP+o.FP != 0 || cost != 1.0/3 {
		t.Errorf("where alarms cost more than they save, %+v are flagged at %v: %v", o, cost, err)
	}
}

func TestGains(t *testing.T) {
	scores, positive := noisy(10, 1000)
	tally := scoresOf(t, scores, positive)
	bins, err := Gains(tally, 10, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	var rows, found int64
	for i, b := range bins {
		rows, found = rows+b.N, found+b.Positives
		check.Close(t, "gain", b.Gain, float64(found)/float64(tally.N(0)), 1e-14)
		check.Close(t, "lift", b.Lift, float64(b.Positives)/float64(b.N)*1000/float64(tally.N(0)), 1e-13)
		check.Close(t, "total lift", b.TotalLift, b.Gain*1000/float64(rows), 1e-13)
		if b.Low > b.High || i > 0 && b.High >= bins[i-1].Low || b.N < 60 || b.N > 140 {
			t.Errorf("bin %d is %+v", i, b)
		}
	}
	if rows != 1000 || found != tally.N(0) || len(bins) != 10 {
		t.Errorf("%d bins hold %d rows and %d positives", len(bins), rows, found)
	}
	one, err := Gains(scoresOf(t, []float64{1, 1, 1}, []bool{true, false, false}), 10, 0.95)
	if err != nil || len(one) != 1 || one[0].N != 3 || one[0].Lift != 1 {
		t.Errorf("equal scores: %+v, %v", one, err)
	}
}

func TestClassAreas(t *testing.T) {
	// Of two classes, all means are the one area, with DeLong's interval.
	scores, positive := noisy(11, 200)
	two, truth := make([]float64, 400), make([]int32, 200)
	for i, s := range scores {
		two[2*i], two[2*i+1], truth[i] = -s, s, int32(class(positive[i]))
	}
	a, err := MeasureClassAreas(t.Context(), two, truth, 2, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	auc, ci, err := DeLong(scoresOf(t, scores, positive), 0.95)
	if err != nil {
		t.Fatal(err)
	}
	for name, m := range map[string]Measure{"first": a.OneVsRest[0], "second": a.OneVsRest[1], "macro": a.Macro, "weighted": a.Weighted, "Hand and Till": a.HandTill} {
		check.Close(t, name, m.Value, auc, 1e-13)
		check.Close(t, name+", low", m.CI.Low, ci.Low, 1e-12)
		check.Close(t, name+", high", m.CI.High, ci.High, 1e-12)
	}
	// A class without rows is left out of the means, one with a single row is not.
	sparse, err := MeasureClassAreas(t.Context(), []float64{
		3, 0, 0, 0, 2, 1, 0, 0, 0, 3, 0, 0, 1, 2, 0, 0, 0, 0, 0, 9,
	}, []int32{0, 0, 1, 1, 3}, 4, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	if !math.IsNaN(sparse.OneVsRest[2].Value) || sparse.Macro.Value != 1 || sparse.HandTill.Value != 1 {
		t.Errorf("classes without rows: %+v", sparse)
	}
	for name, test := range map[string]struct {
		scores []float64
		truth  []int32
		want   error
	}{
		"lengths": {[]float64{1}, []int32{0}, ErrLengths}, "NaN": {[]float64{1, math.NaN()}, []int32{0}, ErrNotFinite},
		"one class": {[]float64{1, 2, 3, 4}, []int32{0, 0}, ErrTooFew}, "class": {[]float64{1, 2}, []int32{2}, nil}, "none": {nil, nil, ErrTooFew},
	} {
		if _, err := MeasureClassAreas(t.Context(), test.scores, test.truth, 2, 0.95); err == nil || test.want != nil && !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	ended, cancel := context.WithCancelCause(t.Context())
	cancel(errStopped)
	if _, err := MeasureClassAreas(ended, two, truth, 2, 0.95); !errors.Is(err, errStopped) {
		t.Errorf("after the end: %v", err)
	}
}

var errStopped = errors.New("stopped")

func TestProbabilityErrors(t *testing.T) {
	for name, test := range map[string]struct {
		p        []float64
		positive []bool
		want     error
	}{
		"lengths": {[]float64{0.5}, nil, ErrLengths}, "NaN": {[]float64{math.NaN(), 0}, []bool{true, false}, ErrNotFinite},
		"above 1": {[]float64{1.5, 0}, []bool{true, false}, nil}, "one row": {[]float64{0.5}, []bool{true}, ErrTooFew},
	} {
		if _, err := MeasureProbabilities(test.p, test.positive, 0.95); err == nil || test.want != nil && !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	for name, test := range map[string]struct {
		p       []float64
		truth   []int32
		classes int
		want    error
	}{
		"lengths": {[]float64{0.5}, []int32{0}, 2, ErrLengths}, "sum": {[]float64{0.5, 0.4}, []int32{0}, 2, nil},
		"class": {[]float64{0.5, 0.5}, []int32{2}, 2, nil}, "classes": {[]float64{1}, []int32{0}, 1, nil}, "NaN": {[]float64{math.NaN(), 1}, []int32{0}, 2, ErrNotFinite},
	} {
		if _, err := MeasureClassProbabilities(test.p, test.truth, test.classes, 0.95); err == nil || test.want != nil && !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	// Certain and right in every row: nothing lost, no width; two classes either way.
	m, err := MeasureProbabilities([]float64{0, 1, 1}, []bool{false, true, true}, 0.95)
	if err != nil || m.Brier.Value != 0 || m.LogLoss.Value > 1e-14 {
		t.Errorf("%+v, %v", m, err)
	}
	scores, positive := noisy(12, 50)
	p, both, truth := make([]float64, 50), make([]float64, 100), make([]int32, 50)
	for i, s := range scores {
		p[i] = expit(s)
		both[2*i], both[2*i+1], truth[i] = 1-p[i], p[i], int32(class(positive[i]))
	}
	one, err := MeasureProbabilities(p, positive, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	two, err := MeasureClassProbabilities(both, truth, 2, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "log loss of two classes", two.LogLoss.Value, one.LogLoss.Value, 1e-12)
	check.Close(t, "Brier score of two classes", two.Brier.Value, 2*one.Brier.Value, 1e-12)
}
