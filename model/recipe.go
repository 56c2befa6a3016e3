package model

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/prep"
)

// A Recipe is everything that is chosen before anything is learned. Only Spec must
// be set; the other zero fields stand for the usual way.
type Recipe struct {
	Task      Task
	Spec      learn.Spec
	Steps     prep.Chain     // between the table and the learner; UsualSteps are those that suit it
	AllRows   bool           // detectors learn from attacks as well as from normal rows
	Balance   Balance        // what rows weigh
	Rule      Rule           // how the threshold is found
	Calibrate Calibration    // what is made of scores before the threshold
	Folds     int            // of the cross-validation that threshold and calibration come from; 0: 5
	Derived   dataset.Recipe // columns that a table has been given before it was loaded, and that rows to score need too
	Seed      uint64         // chooses folds, and whatever the learner leaves to chance
}

// A Balance says what rows weigh in training.
type Balance uint8

// The balances. Class and attack weights are those of scikit-learn's "balanced": n
// over the number of groups times the rows of the group.
const (
	NoBalance     Balance = iota // every row counts once
	ClassBalance                 // every class counts the same
	AttackBalance                // normal traffic and attacks count the same, and so does each attack type among the attacks
)

var balanceNames = []string{"none", "class", "attack"}

// A Calibration says what is made of the scores of a binary task so that they are
// probabilities.
type Calibration uint8

// The calibrations.
const (
	NoCalibration Calibration = iota
	PlattCalibration
	IsotonicCalibration
)

var calibrationNames = []string{"none", "platt", "isotonic"}

// Balances lists the names of the balances.
func Balances() []string { return slices.Clone(balanceNames) }

// Calibrations lists the names of the calibrations.
func Calibrations() []string { return slices.Clone(calibrationNames) }

// String returns the name of the balance.
func (b Balance) String() string { return nameOf(balanceNames, int(b)) }

// String returns the name of the calibration.
func (c Calibration) String() string { return nameOf(calibrationNames, int(c)) }

// MarshalText writes the name of the balance.
func (b Balance) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// MarshalText writes the name of the calibration.
func (c Calibration) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads the name of a balance.
func (b *Balance) UnmarshalText(text []byte) error {
	i, err := placeOf(balanceNames, "balance", string(text))
	*b = Balance(i)
	return err
}

// UnmarshalText reads the name of a calibration.
func (c *Calibration) UnmarshalText(text []byte) error {
	i, err := placeOf(calibrationNames, "calibration", string(text))
	*c = Calibration(i)
	return err
}

func nameOf(names []string, i int) string { return names[min(i, len(names)-1)] }

// placeOf returns the place of a name; the error lists the choices.
func placeOf(names []string, what, name string) (int, error) {
	if i := slices.Index(names, name); i >= 0 {
		return i, nil
	}
	return 0, fmt.Errorf("there is no %s %q; choose one of %s", what, name, strings.Join(names, ", "))
}

// unlabelled reports whether the learner is a detector, which has no use for labels.
func (r *Recipe) unlabelled() bool { return IsDetector(r.Spec.Kind()) }

const usualFolds = 5

// folds returns the number of folds.
func (r *Recipe) folds() int {
	if r.Folds == 0 {
		return usualFolds
	}
	return r.Folds
}

// Check returns an error, as a sentence, unless the recipe can be followed.
func (r *Recipe) Check() error {
	switch {
	case r.Spec == nil:
		return fmt.Errorf("a recipe needs a learner; choose one of %s", strings.Join(Kinds(), ", "))
	case r.Folds != 0 && (r.Folds < 2 || r.Folds > 100):
		return fmt.Errorf("%d folds: want 2 to 100", r.Folds)
	case r.Rule.By == Tail && !r.unlabelled():
		return fmt.Errorf("a threshold by the tail of scores is for detectors, and %s is none", r.Spec.Kind())
	case r.Rule.By == Probable && scoresOnly(r.Spec.Kind()):
		return fmt.Errorf("%s gives scores and no probabilities, so that no class is the most probable; give a rate of false alarms", r.Spec.Kind())
	case r.Calibrate != NoCalibration && r.Task != Binary:
		return fmt.Errorf("calibration %v is for the binary task; probabilities of several classes stay as they are", r.Calibrate)
	}
	return r.Rule.Check()
}

// recipeJSON is a recipe in a model file.
type recipeJSON struct {
	Task      Task            `json:"task"`
	Algo      string          `json:"algo"`
	Settings  json.RawMessage `json:"settings"`
	Steps     prep.Chain      `json:"steps"`
	AllRows   bool            `json:"all_rows,omitempty"`
	Balance   Balance         `json:"balance"`
	Rule      Rule            `json:"rule"`
	Calibrate Calibration     `json:"calibrate"`
	Folds     int             `json:"folds"`
	Seed      uint64          `json:"seed"`
}

// MarshalJSON writes the recipe but Derived, which a model file has elsewhere.
func (r Recipe) MarshalJSON() ([]byte, error) {
	settings, err := json.Marshal(r.Spec)
	if err != nil {
		return nil, err
	}
	return json.Marshal(recipeJSON{r.Task, r.Spec.Kind(), settings, r.Steps, r.AllRows, r.Balance, r.Rule, r.Calibrate, r.folds(), r.Seed})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (r *Recipe) UnmarshalJSON(text []byte) error {
	var f recipeJSON
	if err := strictly(text, &f); err != nil {
		return err
	}
	spec, err := NewSpec(f.Algo)
	if err != nil {
		return err
	}
	if err := Set(spec, f.Settings); err != nil {
		return err
	}
	*r = Recipe{Task: f.Task, Spec: spec, Steps: f.Steps, AllRows: f.AllRows, Balance: f.Balance, Rule: f.Rule, Calibrate: f.Calibrate, Folds: f.Folds, Seed: f.Seed}
	return nil
}

// weights returns what the rows weigh, nil if each counts once.
func (r *Recipe) weights(d *Data, rows []int, y *learn.Target) []float64 {
	switch r.Balance {
	case ClassBalance:
		return balanced(y.Y, len(y.Classes))
	case AttackBalance:
		types := d.Target(Attack, rows)
		w := balanced(types.Y, len(types.Classes))
		// Normal traffic is one type of many: all attacks together shall weigh the same.
		for i, t := range types.Y {
			if k := float64(len(types.Classes)); t == 0 {
				w[i] *= k / 2
			} else {
				w[i] *= k / (2 * (k - 1))
			}
		}
		return w
	}
	return nil
}

// balanced returns weights with which every class that occurs counts the same, and
// all rows together as many as they are.
func balanced(y []int32, classes int) []float64 {
	counts := make([]float64, classes)
	for _, k := range y {
		counts[k]++
	}
	present := 0.0
	for _, n := range counts {
		if n > 0 {
			present++
		}
	}
	w := make([]float64, len(y))
	for i, k := range y {
		w[i] = float64(len(y)) / (present * counts[k])
	}
	return w
}
