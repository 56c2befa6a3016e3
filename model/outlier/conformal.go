package outlier

import (
	"math"
	"slices"

	"github.com/netanom/netanom/model/learn"
)

// A reference is scores of training rows that others are held against.
type reference struct {
	Scores learn.Floats `json:"scores"` // rising, those that differ; of many, the highest and some of the others
	Above  learn.Floats `json:"above"`  // by score: the weight of rows with as high a score or a higher one
	Total  float64      `json:"total"`  // the weight of all rows
	Unit   float64      `json:"unit"`   // the highest score less the median, or 1
}

// Of more scores than a reference keeps, it has all of the highest, and every so many
// of the others.
const (
	keptHighest = 4096
	keptOthers  = 4096
)

func referenceOf(scores, weights []float64) reference {
	d := distributionOf(clampAll(scores), onlyIfAny(weights))
	k := len(d.values)
	total := d.upTo[k-1]
	r := reference{Total: total, Unit: 1}
	step := max(1, (k-keptHighest)/keptOthers)
	before := 0.0
	for i, v := range d.values {
		if i >= k-keptHighest || i%step == 0 {
			r.Scores, r.Above = append(r.Scores, v), append(r.Above, total-before)
		}
		before = d.upTo[i]
	}
	at, _ := slices.BinarySearch(d.upTo, total/2)
	if unit := d.values[k-1] - d.values[min(at, k-1)]; unit > 0 && !math.IsInf(unit, 0) {
		r.Unit = unit
	}
	return r
}

func clampAll(v []float64) []float64 {
	out := make([]float64, len(v))
	for i, a := range v {
		out[i] = clamp(a)
	}
	return out
}

// onlyIfAny leaves out weights that are all the same.
func onlyIfAny(weights []float64) []float64 {
	for _, w := range weights {
		if w != 1 {
			return weights
		}
	}
	return nil
}

// surprise is −log of the conformal p-value of a score, and more beyond the highest.
func (r *reference) surprise(score float64) float64 {
	at, _ := slices.BinarySearch(r.Scores, score)
	above := 0.0
	if at < len(r.Scores) {
		above = r.Above[at]
	}
	s := math.Log((r.Total + 1) / (above + 1))
	if above > 0 {
		return s
	}
	far := (score - r.Scores[len(r.Scores)-1]) / r.Unit
	if !(far < 1e15) {
		return s + 1
	}
	return s + far/(1+far)
}

// share is 1 − p of a surprise.
func share(surprise float64) float64 { return -math.Expm1(-surprise) }

func (r *reference) check() error {
	k := len(r.Scores)
	if k == 0 || len(r.Above) != k || !r.Scores.Finite() || !r.Above.Finite() || !slices.IsSorted(r.Scores) || !(r.Total > 0 && r.Total <= 1e300) || !(r.Unit > 0 && r.Unit <= math.MaxFloat64) {
		return learn.Broken(kindEnsemble, "scores that a member's are held against")
	}
	for _, a := range r.Above {
		if !(a >= 0 && a <= 1e300) {
			return learn.Broken(kindEnsemble, "a weight of %v above a score", a)
		}
	}
	return nil
}
