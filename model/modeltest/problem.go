package modeltest

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/netanom/netanom/model/learn"
)

// A Problem is a made-up matrix and target, the same every time. Its columns are
// "rate" around 0.01, "bytes" around a million and skewed, "count" in whole numbers
// with many ties, "noise" that tells nothing, "service" and "flag" with levels.
// Level "rare" of service is rare, level "never" does not occur, and a few services
// are NoLevel.
type Problem struct {
	Rows        int
	Classes     int     // at most 5; 0 stands for 2
	Attacks     float64 // share of all classes but the first together; 0 stands for 0.35
	Distance    float64 // between classes, in standard deviations; 0 stands for 1.5: they overlap
	Seed        uint64
	Gaps        bool // a tenth of the cells of rate and count is missing
	Weights     bool // rows weigh 0.5 to 2.5
	NumbersOnly bool // without service and flag
	Scaled      bool // numbers have mean 0 and variance 1
	Unlabelled  bool // the target is empty
}

// separable is the distance at which classes hardly overlap.
const separable = 6

// services and flags are the levels of the coded columns.
var (
	services = []string{"dns", "http", "never", "rare", "smtp"}
	flags    = []string{"REJ", "S0", "SF"}
)

// codes of some levels.
const (
	codeDNS, codeHTTP, codeRare, codeSMTP = 0, 1, 3, 4
	codeREJ, codeS0, codeSF               = 0, 1, 2
)

// Make returns the matrix and the target.
func (p Problem) Make() (*learn.Matrix, learn.Target) {
	p = p.filled()
	columns := []learn.Column{{Name: "rate"}, {Name: "bytes"}, {Name: "count"}, {Name: "noise"}}
	if !p.NumbersOnly {
		columns = append(columns, learn.Column{Name: "service", Levels: slices.Clone(services)}, learn.Column{Name: "flag", Levels: slices.Clone(flags)})
	}
	x := learn.NewMatrix(columns, p.Rows)
	y := learn.Target{Classes: []string{"normal", "dos", "probe", "r2l", "u2r"}[:p.Classes], Y: make([]int32, p.Rows)}
	rng := rand.New(rand.NewPCG(p.Seed, 0x6d6f64656c))
	for i := range p.Rows {
		y.Y[i] = p.class(i, rng)
		p.fillRow(x, i, int(y.Y[i]), rng)
		if p.Weights {
			y.Weights = append(y.Weights, 0.5+2*rng.Float64())
		}
	}
	if p.Scaled {
		for _, v := range x.Numbers {
			standardize(v)
		}
	}
	if p.Gaps {
		for i := range p.Rows {
			for _, j := range []int{0, 2} {
				if rng.IntN(10) == 0 {
					x.Numbers[j][i] = math.NaN()
				}
			}
		}
	}
	if p.Unlabelled {
		y.Classes, y.Y = nil, nil
	}
	return x, y
}

func (p Problem) filled() Problem {
	if p.Classes == 0 {
		p.Classes = 2
	}
	if p.Attacks == 0 {
		p.Attacks = 0.35
	}
	if p.Distance == 0 {
		p.Distance = 1.5
	}
	return p
}

// class draws the class of a row. The first rows have one class each, so that none
// is left out.
func (p Problem) class(row int, rng *rand.Rand) int32 {
	if row < p.Classes {
		return int32(row)
	}
	if p.Classes == 1 || rng.Float64() >= p.Attacks {
		return 0
	}
	return int32(1 + rng.IntN(p.Classes-1))
}

// fillRow draws the cells of a row. Attacks lie above normal rows in rate and
// bytes, and each kind of attack has a count of its own.
func (p Problem) fillRow(x *learn.Matrix, i, class int, rng *rand.Rand) {
	shift := 0.0
	if class > 0 {
		shift = p.Distance
	}
	x.Numbers[0][i] = 0.01 + 0.002*(rng.NormFloat64()+shift)
	x.Numbers[1][i] = 1e6 * math.Exp(0.5*(rng.NormFloat64()+shift))
	x.Numbers[2][i] = math.Round(10 + 2*(rng.NormFloat64()+p.Distance*float64(class)))
	x.Numbers[3][i] = rng.NormFloat64()
	if p.NumbersOnly {
		return
	}
	service := int32(codeHTTP)
	switch u := rng.Float64(); {
	case u < 0.01:
		service = learn.NoLevel
	case u < 0.03:
		service = codeRare
	case u < 0.25:
		service = codeDNS
	case u < 0.45:
		service = codeSMTP
	}
	flag := int32(codeSF)
	switch u := rng.Float64(); {
	case u < 0.1:
		flag = codeREJ
	case class > 0 && u < 0.8 || u < 0.15:
		flag = codeS0
	}
	x.Codes[4][i], x.Codes[5][i] = service, flag
}

// standardize brings numbers to mean 0 and variance 1.
func standardize(v []float64) {
	mean, sd := moments(v)
	for i := range v {
		v[i] = (v[i] - mean) / sd
	}
}

// AUC is the share of pairs of an attack and a normal row in which the attack has
// the higher score, ties counting half: the area under the ROC curve. NaN without
// both.
func AUC(scores []float64, y []int32) float64 {
	order := make([]int, len(scores))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		switch {
		case scores[a] < scores[b]:
			return -1
		case scores[a] > scores[b]:
			return 1
		}
		return 0
	})
	var normal, attacks, area float64
	for from := 0; from < len(order); {
		to, n, a := from, 0.0, 0.0
		for to < len(order) && scores[order[to]] == scores[order[from]] {
			if y[order[to]] == 0 {
				n++
			} else {
				a++
			}
			to++
		}
		if to == from { // NaN
			return math.NaN()
		}
		area += a * (normal + n/2)
		normal, attacks, from = normal+n, attacks+a, to
	}
	return area / (normal * attacks)
}
