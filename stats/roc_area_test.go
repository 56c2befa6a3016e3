package stats

import (
	"errors"
	"maps"
	"math"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// Placements worked out by hand: of 3, 4, 5 against 1, 2, 3 they are 5/6, 1, 1 and
// 1, 1, 5/6, so that both variances are 1/108 and that of the area 1/162.
func TestROCAreaByHand(t *testing.T) {
	tally, err := TallyOfGroups([]float64{3, 4, 5, 1, 2, 3}, []int{0, 0, 0, 1, 1, 1}, []string{"a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	auc, ci, err := DeLong(tally, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "area", auc, 17.0/18, 1e-14)
	check.Close(t, "lower bound", ci.Low, 17.0/18-1.959963984540054*math.Sqrt(1.0/162), 1e-13)
	check.Close(t, "upper bound", ci.High, 1, 0)
}

func TestROCAreaReference(t *testing.T) {
	tables := refTables{}
	for _, e := range refEntries(t, "ml_metrics.json", "mlbinary") {
		tally := tables.table(t, e).groupedTally(t, e.Params["score"].(string), e.Params["label"].(string), []string{"1", "0"})
		auc, ci, err := DeLong(tally, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]float64{"/roc_auc": auc, "/roc_auc_delong_ci_low": ci.Low, "/roc_auc_delong_ci_high": ci.High}
		maps.DeleteFunc(e.Expected, func(key string, _ any) bool { _, ok := got["/"+key]; return !ok })
		e.compare(t, got)
	}
}

func TestROCAreaRefuses(t *testing.T) {
	one, _ := TallyOfGroups([]float64{1, 2, 3}, []int{0, 1, 1}, []string{"a", "b"})
	if _, _, err := DeLong(one, 0.95); !errors.Is(err, ErrTooFew) {
		t.Errorf("one value: %v", err)
	}
	three, _ := TallyOfGroups([]float64{1, 2, 3}, []int{0, 1, 2}, []string{"a", "b", "c"})
	if _, _, err := DeLong(three, 0.95); err == nil {
		t.Error("three groups are compared")
	}
	two, _ := TallyOfGroups([]float64{1, 2, 3, 4}, []int{0, 0, 1, 1}, []string{"a", "b"})
	if _, _, err := DeLong(two, 1); err == nil {
		t.Error("a level of 1 is taken")
	}
}
