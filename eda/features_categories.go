package eda

import (
	"errors"
	"math"
	"slices"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// attackFamilies are the categories in the order in which tables show them.
var attackFamilies = []string{dataset.CategoryDoS, dataset.CategoryProbe, dataset.CategoryR2L, dataset.CategoryU2R, AttackClass}

// categorise notes the category of each attack, if there are several. Attacks that
// belong to no known one are AttackClass.
func (f *folds) categorise(label *sampledColumn, isAttack []bool) {
	family := make([]int, len(label.levels))
	seen := make([]bool, len(attackFamilies))
	for i, level := range label.levels {
		name, known := dataset.AttackCategory(level)
		if family[i] = slices.Index(attackFamilies, name); !known || family[i] < 0 {
			family[i] = slices.Index(attackFamilies, AttackClass)
		}
	}
	for _, code := range label.codes {
		if code != label.gap() && isAttack[code] {
			seen[family[code]] = true
		}
	}
	place := make([]uint8, len(attackFamilies))
	for k, name := range attackFamilies {
		if place[k] = uint8(len(f.categories)); seen[k] {
			f.categories = append(f.categories, name)
		}
	}
	if len(f.categories) < 2 {
		f.categories = nil
		return
	}
	f.category = make([]uint8, len(label.codes))
	for row, code := range label.codes {
		if code != label.gap() && isAttack[code] {
			f.category[row] = place[family[code]]
		}
	}
}

// byCategory measures a column on each category of attacks against all normal
// rows, with the ranks that were learned from all attacks.
func (f *folds) byCategory(s scorer, measured outOfFold, level float64) ([]float64, error) {
	if f.categories == nil {
		return nil, nil
	}
	normal := make([][]int64, f.n) // by fold and code
	attacks := make([][][]int64, len(f.categories))
	for k := range normal {
		normal[k] = make([]int64, s.size)
	}
	for c := range attacks {
		attacks[c] = make([][]int64, f.n)
		for k := range attacks[c] {
			attacks[c][k] = make([]int64, s.size)
		}
	}
	for row, code := range s.codes {
		switch k := f.of[row]; {
		case k < 0:
		case f.attack[row]:
			attacks[f.category[row]][k][code]++
		default:
			normal[k][code]++
		}
	}
	effects := make([]float64, len(f.categories))
	for c := range effects {
		strata := make([]stats.Tally, f.n)
		for k := range strata {
			strata[k] = tallyOfRanks(measured.ranks[k], [2][]int64{normal[k], attacks[c][k]})
		}
		r, err := stats.StratifiedMannWhitney(strata, stats.Greater, level)
		switch {
		case errors.Is(err, stats.ErrConstant):
			effects[c] = 0
		case errors.Is(err, stats.ErrTooFew):
			effects[c] = math.NaN()
		case err != nil:
			return nil, err
		default:
			effects[c] = r.Effect.Value
		}
	}
	return effects, nil
}
