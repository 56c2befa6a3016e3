package stats

import (
	"errors"
	"slices"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// insectSprays is the data set InsectSprays of R: Beall (1942), counts of insects under
// six sprays.
func insectSprays(t *testing.T) Tally {
	t.Helper()
	sprays := [][]float64{
		{10, 7, 20, 14, 14, 12, 10, 23, 17, 20, 14, 13}, {11, 17, 21, 11, 16, 14, 17, 17, 19, 21, 7, 13},
		{0, 1, 7, 2, 3, 1, 2, 1, 3, 0, 1, 4}, {3, 5, 12, 6, 4, 3, 5, 5, 5, 5, 2, 4},
		{3, 5, 3, 5, 3, 6, 1, 1, 3, 2, 6, 4}, {11, 9, 15, 22, 15, 16, 13, 10, 26, 26, 24, 13},
	}
	var group []int
	for g, x := range sprays {
		group = append(group, slices.Repeat([]int{g}, len(x))...)
	}
	tally, err := TallyOfGroups(slices.Concat(sprays...), group, []string{"A", "B", "C", "D", "E", "F"})
	if err != nil {
		t.Fatal(err)
	}
	return tally
}

// The numbers are those of bartlett.test, fligner.test and car's leveneTest in R.
func TestEqualVariances(t *testing.T) {
	tally := insectSprays(t)
	var moments []Moments
	for g := range tally.NumGroups() {
		moments = append(moments, tally.Moments(g))
	}
	bartlett, err1 := Bartlett(moments)
	fligner, err2 := FlignerKilleen(tally)
	levene, err3 := BrownForsythe(tally)
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	check.Close(t, "Bartlett", bartlett.Statistic.Value, 25.96, 1e-4)
	check.Close(t, "Bartlett's p", bartlett.P, 9.085e-05, 1e-4)
	check.Close(t, "Fligner-Killeen", fligner.Statistic.Value, 14.483, 1e-4)
	check.Close(t, "Fligner-Killeen's p", fligner.P, 0.01282, 1e-3)
	check.Close(t, "Brown-Forsythe", levene.Statistic.Value, 3.8214, 1e-4)
	check.Close(t, "Brown-Forsythe's p", levene.P, 0.004223, 1e-3)
}

func TestEqualVariancesErrors(t *testing.T) {
	flat := groupsOf(t, []float64{1, 1, 1}, []float64{2, 2})
	single := groupsOf(t, []float64{1, 2}, nil)
	for name, test := range map[string]func(Tally) (Result, error){
		"Levene": Levene, "Brown-Forsythe": BrownForsythe, "Fligner-Killeen": FlignerKilleen,
		"Bartlett": func(t Tally) (Result, error) { return Bartlett([]Moments{t.Moments(0), t.Moments(1)}) },
		"F":        func(t Tally) (Result, error) { return VarianceRatioTest(t.Moments(0), t.Moments(1), TwoSided, 0.95) },
	} {
		if _, err := test(flat); !errors.Is(err, ErrConstant) {
			t.Errorf("%s of constant groups: error %v", name, err)
		}
		if _, err := test(single); !errors.Is(err, ErrTooFew) {
			t.Errorf("%s of one group: error %v", name, err)
		}
	}
}
