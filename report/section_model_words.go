package report

import (
	"fmt"
	"math"
	"strings"

	"github.com/netanom/netanom/model"
	"github.com/netanom/netanom/stats"
)

// noLabel reports whether a model comes from a table that does not tell normal from attack.
func noLabel(p *model.Pipeline) bool { return p != nil && len(p.Training.Normal) == 0 }

// learnedUsual reports whether a model knows what is usual, and no attack.
func learnedUsual(p *model.Pipeline) bool { return p.Model != nil && model.IsDetector(p.Kind()) }

// isHybrid reports whether a model asks learners and detectors together.
func isHybrid(p *model.Pipeline) bool { return p.Model != nil && p.Kind() == "hybrid" }

// purpose says what a model does with a row, behind "it".
func purpose(p *model.Pipeline) string {
	switch {
	case learnedUsual(p):
		return "says how unusual a row is"
	case isHybrid(p) && len(p.Classes) == 2:
		return "says how much a row is like an attack and unlike normal traffic"
	}
	return "tells " + listed(p.Classes, 6) + " apart"
}

// scoreMeaning says what scores are, and whether they may be read as probabilities.
func scoreMeaning(p *model.Pipeline) string {
	switch {
	case p.Calibrator != nil:
		return "probabilities of an attack, made so on rows held out of training (" + p.Recipe.Calibrate.String() + "), for rows with about as many attacks"
	case isHybrid(p):
		return "places among normal rows held back from training: 0.95 is above 95 % of them. They are no probabilities of an attack"
	case learnedUsual(p):
		return "for ranking: the higher, the more unusual. They have no unit, and are no probabilities"
	}
	return "for ranking; they are no probabilities until they are calibrated (--calibrate)"
}

// unmeantProbabilities are the learners whose scores from 0 to 1 follow no probability:
// they are too sure, or made of a distance afterwards.
var unmeantProbabilities = []string{"nb", "ada", "svm", "rbfsvm"}

// listed writes words as "a, b and c"; of more than most, how many there are besides.
func listed(words []string, most int) string {
	if n := len(words); n > 1 && n <= most {
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
	return joined(words, most)
}

// bareLabel is a level of the label as the task names it: KDD Cup 1999 ends each in a dot.
func bareLabel(level string) string { return strings.TrimSuffix(level, ".") }

// bareLabels are levels of the label without the dot.
func bareLabels(levels []string) []string {
	out := make([]string, len(levels))
	for i, l := range levels {
		out[i] = bareLabel(l)
	}
	return out
}

// whole makes a whole number of a sum of weights that misses one by rounding alone.
func whole(x float64) float64 {
	if r := math.Round(x); math.Abs(x-r) < 1e-9*max(1, math.Abs(x)) {
		return r
	}
	return x
}

// interval returns the cells of a figure and its bounds. A figure of 0 whose bounds are
// but the rounding of a square root has bounds of 0.
func interval(m stats.Measure) []any {
	const noise = 1e-8
	if math.Abs(m.Value) < noise && math.Abs(m.CI.Low) < noise && math.Abs(m.CI.High) < noise {
		return []any{0.0, 0.0, 0.0}
	}
	return []any{m.Value, m.CI.Low, m.CI.High}
}

// thingsHave counts things as the subject of a sentence.
func thingsHave(n int64, thing string) string {
	if n == 1 {
		return "One " + thing + " has"
	}
	return fmt.Sprintf("%s %ss have", Format(Count, n), thing)
}

// itOrThem stands for so many things.
func itOrThem(n int64) string {
	if n == 1 {
		return "it"
	}
	return "them"
}

// isOrAre is the verb of a part of so many things.
func isOrAre(n int64) string {
	if n == 1 {
		return "is"
	}
	return "are"
}
