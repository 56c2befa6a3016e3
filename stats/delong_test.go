package stats

import (
	"encoding/csv"
	"errors"
	"math"
	"os"
	"strconv"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// small is nine rows with ties in and between the classes.
var small = PairedScores{
	Positive: []bool{true, true, true, true, false, false, false, false, false},
	A:        []uint32{5, 4, 4, 1, 3, 2, 2, 1, 0},
	B:        []uint32{3, 1, 5, 2, 1, 4, 0, 0, 2},
}

// The numbers are those of the definition, with every pair of rows compared, in
// Python 3 with the module statistics.
func TestDeLong(t *testing.T) {
	r, err := DeLongTest([]PairedScores{small}, TwoSided, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "AUC of A", r.Terms[0].Values[0].Value, 0.825, 1e-14)
	check.Close(t, "AUC of B", r.Terms[0].Values[1].Value, 0.75, 1e-14)
	check.Close(t, "difference", r.Estimate.Value, 0.075, 1e-13)
	check.Close(t, "z", r.Statistic.Value, 0.3102526139970113, 1e-12)
	check.Close(t, "p", r.P, 0.7563688628810697, 1e-12)
}

// Two strata with the same rows halve the variance and leave the areas.
func TestDeLongStrata(t *testing.T) {
	one, err := DeLongTest([]PairedScores{small}, Greater, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	noPositive := PairedScores{Positive: []bool{false, false}, A: []uint32{0, 1}, B: []uint32{1, 0}}
	two, err := DeLongTest([]PairedScores{small, noPositive, small}, Greater, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "difference", two.Estimate.Value, one.Estimate.Value, 1e-14)
	check.Close(t, "z", two.Statistic.Value, one.Statistic.Value*math.Sqrt2, 1e-13)
}

func TestDeLongErrors(t *testing.T) {
	same := small
	same.B = same.A
	short := small
	short.B = short.B[1:]
	for want, s := range map[error]PairedScores{ErrConstant: same, ErrLengths: short, ErrTooFew: {}} {
		if _, err := DeLongTest([]PairedScores{s}, TwoSided, 0.95); !errors.Is(err, want) {
			t.Errorf("error %v, want %v", err, want)
		}
	}
	if _, err := DeLongTest([]PairedScores{small}, TwoSided, 1); err == nil {
		t.Error("a confidence level of 1 is accepted")
	}
}

// Against a score that says nothing, whose area is ½ for certain, the interval is
// DeLong's of one area; that of the reference comes from pROC.
func TestDeLongReference(t *testing.T) {
	f, err := os.Open(check.Shared(t, "oracles", "ml_scores.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var s PairedScores
	for _, row := range rows[1:] {
		score, err := strconv.ParseFloat(row[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		s.Positive = append(s.Positive, row[0] == "1")
		s.A, s.B = append(s.A, uint32(math.Round(score*1e6))), append(s.B, 0)
	}
	r, err := DeLongTest([]PairedScores{s}, TwoSided, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "AUC", r.Terms[0].Values[0].Value, 0.857685009487666, 1e-12)
	check.Close(t, "low", r.CI.Low+0.5, 0.8077465194208281, 1e-10)
	check.Close(t, "high", r.CI.High+0.5, 0.9076234995545039, 1e-10)
}
