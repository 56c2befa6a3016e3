package eda

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// A Posthoc is a way to compare pairs of groups.
type Posthoc uint8

// The ways. The zero value chooses by the data.
const (
	PosthocAuto        Posthoc = iota // GamesHowell where the variances differ, else Tukey
	PosthocTukey                      // Tukey and Kramer, one variance for all groups
	PosthocGamesHowell                // Games and Howell, a variance for each group
	PosthocDunn                       // Dunn, mean ranks
	PosthocDunnett                    // Dunnett, every group against a control
	PosthocNone                       // none
)

// posthocNames holds the word of each Posthoc, in order.
var posthocNames = [...]string{"auto", "tukey", "games-howell", "dunn", "dunnett", "none"}

// String returns the word of p.
func (p Posthoc) String() string {
	if int(p) < len(posthocNames) {
		return posthocNames[p]
	}
	return fmt.Sprintf("Posthoc(%d)", uint8(p))
}

// Posthocs returns the words of all ways to compare pairs.
func Posthocs() []string { return slices.Clone(posthocNames[:]) }

// ParsePosthoc reads the word that String writes. The error lists the choices.
func ParsePosthoc(word string) (Posthoc, error) {
	if i := slices.Index(posthocNames[:], word); i >= 0 {
		return Posthoc(i), nil
	}
	return 0, fmt.Errorf("%q is no way to compare pairs; choose one of %s", word, listed(posthocNames[:], len(posthocNames)))
}

// A PosthocReport is how pairs of groups differ.
type PosthocReport struct {
	Method      Posthoc // never PosthocAuto
	Why         string  // it was chosen, in a sentence; "" if it was asked for
	Control     string  // of Dunnett
	Comparisons []stats.Comparison
	Letters     []string // of each group: those that share one are not told apart; nil for Dunnett
}

// comparePairs compares the groups of f as the options say.
func (t *anovaTest) comparePairs(f *AnovaFeature, joint stats.Tally, fits bool) (err error) {
	p := &PosthocReport{Method: t.options.Posthoc}
	if p.Method == PosthocAuto {
		p.choose(f, 1-t.level)
	}
	switch p.Method {
	case PosthocNone:
		return nil
	case PosthocTukey:
		p.Comparisons, err = f.OneWay.Tukey(t.level)
	case PosthocGamesHowell:
		p.Comparisons, err = f.OneWay.GamesHowell(t.level)
	case PosthocDunnett:
		err = p.dunnett(f, t.options.Control, t.level)
	default:
		if !fits {
			return fmt.Errorf("%s has too many different values to rank them in groups; compare with --posthoc games-howell", f.Name)
		}
		p.Comparisons, err = stats.Dunn(joint, stats.Holm, t.level)
	}
	if err != nil {
		return err
	}
	if p.Method != PosthocDunnett {
		p.Letters = stats.CompactLetters(len(f.Groups), p.Comparisons, 1-t.level, byFallingCentre(f, p.Method))
	}
	f.Posthoc = p
	return nil
}

// choose decides between Tukey and Games-Howell by Brown and Forsythe's test of the
// variances.
func (p *PosthocReport) choose(f *AnovaFeature, alpha float64) {
	at := slices.IndexFunc(f.Variances, func(r stats.Result) bool { return r.Method == "Brown-Forsythe" })
	switch {
	case at < 0:
		p.Method, p.Why = PosthocGamesHowell, "Games-Howell, because the variances could not be compared."
	case f.Variances[at].P < alpha:
		p.Method, p.Why = PosthocGamesHowell, "Games-Howell, because the variances differ (Brown-Forsythe test)."
	default:
		p.Method, p.Why = PosthocTukey, "Tukey-Kramer, because the variances are not told apart (Brown-Forsythe test)."
	}
}

// dunnett compares every group with the control.
func (p *PosthocReport) dunnett(f *AnovaFeature, control string, level float64) (err error) {
	p.Control = cmp.Or(control, dataset.CategoryNormal)
	at := slices.Index(f.Names, p.Control)
	if at < 0 {
		return fmt.Errorf("%s has no values in a group %q to compare the others with; name one with --control: %s", f.Name, p.Control, listed(f.Names, 8))
	}
	p.Comparisons, err = f.OneWay.Dunnett(at, level)
	return err
}

// byFallingCentre returns the groups by falling mean, or by falling median where ranks
// are compared.
func byFallingCentre(f *AnovaFeature, method Posthoc) []int {
	order := make([]int, len(f.Groups))
	for g := range order {
		order[g] = g
	}
	slices.SortStableFunc(order, func(a, b int) int {
		if method == PosthocDunn {
			return cmp.Or(cmp.Compare(f.Quartiles[b][1], f.Quartiles[a][1]), cmp.Compare(f.Groups[b].Mean, f.Groups[a].Mean))
		}
		return cmp.Compare(f.Groups[b].Mean, f.Groups[a].Mean)
	})
	return order
}
