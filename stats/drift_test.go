package stats

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// By the definition and the delta method, term by term in Python 3.11; the chance
// limit with chi2.ppf of scipy 1.10.1.
func TestPSI(t *testing.T) {
	for _, c := range []struct {
		name              string
		reference, other  []int64
		psi, se           float64
		chance            float64
		bins              int
		intervalFromBelow bool
	}{
		{name: "four bins", reference: []int64{10, 20, 30, 40}, other: []int64{25, 25, 25, 25},
			psi: 0.22821740957339184, se: 0.13663551996442536, chance: 0.1562945580650236, bins: 4, intervalFromBelow: true},
		{name: "a bin empty in both", reference: []int64{10, 0, 20, 30, 40}, other: []int64{25, 0, 25, 25, 25},
			psi: 0.22821740957339184, se: 0.13663551996442536, chance: 0.1562945580650236, bins: 4, intervalFromBelow: true},
		{name: "larger", reference: []int64{100, 200, 300, 400}, other: []int64{150, 250, 250, 350},
			psi: 0.04722308044204256, se: 0.019463612620457142, chance: 0.01562945580650236, bins: 4},
		{name: "half an observation added", reference: []int64{5, 0, 7, 1}, other: []int64{0, 3, 70, 9},
			psi: 1.6655833258814563, se: 0.9924097916006278, chance: 7.814727903251178 * (1./13 + 1./82), bins: 4, intervalFromBelow: true},
	} {
		s, err := PSI(c.reference, c.other, 0.95)
		if err != nil {
			t.Fatal(c.name, err)
		}
		const z = 1.959963984540054
		check.Close(t, c.name+": index", s.PSI, c.psi, 1e-13)
		check.Close(t, c.name+": upper bound", s.CI.High, c.psi+z*c.se, 1e-12)
		check.Close(t, c.name+": lower bound", s.CI.Low, max(0, c.psi-z*c.se), 1e-11)
		check.Close(t, c.name+": chance", s.Chance, c.chance, 1e-10)
		if s.Bins != c.bins || s.CI.Level != 0.95 || c.intervalFromBelow != (s.CI.Low == 0) {
			t.Errorf("%s: %+v", c.name, s)
		}
	}
}

// The index of two samples from one distribution stays below Chance about as often
// as it says, and the interval holds the index of the populations.
func TestPSIChanceAndCoverage(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	draw := func(n int, cut []float64) []int64 {
		counts := make([]int64, len(cut)+1)
		for range n {
			x, i := r.Float64(), 0
			for i < len(cut) && x > cut[i] {
				i++
			}
			counts[i]++
		}
		return counts
	}
	equal, other := []float64{0.25, 0.5, 0.75}, []float64{0.1, 0.3, 0.6}
	population, err := PSI([]int64{25, 25, 25, 25}, []int64{10, 20, 30, 40}, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	const rounds = 2000
	below, held := 0, 0
	for range rounds {
		null, err := PSI(draw(400, equal), draw(900, equal), 0.95)
		if err != nil {
			t.Fatal(err)
		}
		if null.PSI <= null.Chance {
			below++
		}
		apart, err := PSI(draw(400, equal), draw(900, other), 0.95)
		if err != nil {
			t.Fatal(err)
		}
		if apart.CI.Low <= population.PSI && population.PSI <= apart.CI.High {
			held++
		}
	}
	for name, n := range map[string]int{"below the chance limit": below, "interval holds": held} {
		if share := float64(n) / rounds; share < 0.93 || share > 0.97 {
			t.Errorf("%s: %.3f of the rounds, want about 0.95", name, share)
		}
	}
}

// Distances of scipy 1.10.1: scipy.spatial.distance.jensenshannon(p, q, 2).
func TestJensenShannon(t *testing.T) {
	for _, c := range []struct {
		p, q []int64
		want float64
	}{
		{[]int64{2, 0}, []int64{1, 1}, 0.5579230452841438},
		{[]int64{10, 20, 30, 40}, []int64{25, 25, 25, 25}, 0.2005033225314282},
		{[]int64{5, 0, 7, 1}, []int64{0, 3, 70, 9}, 0.48852654127232964},
		{[]int64{1, 0, 0}, []int64{0, 1, 0}, 1},
	} {
		got, err := JensenShannon(c.p, c.q)
		if err != nil {
			t.Fatal(err)
		}
		check.Close(t, fmt.Sprint(c.p, c.q), got, c.want, 1e-13)
	}
}

// Distances of scipy 1.10.1: scipy.stats.wasserstein_distance with weights.
func TestWasserstein(t *testing.T) {
	for _, c := range []struct {
		x, y []float64
		n, m []int64
		want float64
	}{
		{[]float64{0, 1, 3}, []float64{5, 6, 8}, []int64{1, 1, 1}, []int64{1, 1, 1}, 5},
		{[]float64{0, 1}, []float64{0, 1}, []int64{3, 1}, []int64{2, 2}, 0.25},
		{[]float64{3.4, 3.9, 7.5, 7.8}, []float64{4.5, 1.4}, []int64{2, 1, 3, 7}, []int64{3, 4}, 4.025274725274725},
		{[]float64{1, 1, 2, 5, 9.5}, []float64{0.25, 2, 2, 7}, []int64{1, 1, 1, 1, 1}, []int64{1, 1, 1, 1}, 1.3875},
	} {
		got, err := Wasserstein(twoTallies(t, c.x, c.n, c.y, c.m))
		if err != nil {
			t.Fatal(err)
		}
		check.Close(t, fmt.Sprint(c.x, c.y), got, c.want, 1e-13)
	}
}

// twoTallies returns two weighted samples as two groups.
func twoTallies(t testing.TB, x []float64, n []int64, y []float64, m []int64) Tally {
	t.Helper()
	a, err := TallyFromCounts(x, n)
	if err != nil {
		t.Fatal(err)
	}
	b, err := TallyFromCounts(y, m)
	if err != nil {
		t.Fatal(err)
	}
	a.Groups, b.Groups = []string{"first"}, []string{"second"}
	return a.Merge(b)
}

// Equal samples are at distance 0, order does not matter, the Jensen–Shannon
// distance lies between 0 and 1, and both metrics keep the triangle inequality.
func TestDriftProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	values := []float64{-3, 0, 0.5, 2, 10, 1e6}
	counts := func() []int64 {
		out := make([]int64, len(values))
		for i := range out {
			out[i] = max(0, r.Int64N(30)-8)
		}
		out[r.IntN(len(out))]++
		return out
	}
	for range 500 {
		a, b, c := counts(), counts(), counts()
		for name, distance := range map[string]func(x, y []int64) (float64, error){
			"psi":            func(x, y []int64) (float64, error) { s, err := PSI(x, y, 0.9); return s.PSI, err },
			"jensen-shannon": JensenShannon,
			"wasserstein":    func(x, y []int64) (float64, error) { return Wasserstein(twoTallies(t, values, x, values, y)) },
		} {
			at := func(x, y []int64) float64 {
				d, err := distance(x, y)
				if err != nil {
					t.Fatal(name, x, y, err)
				}
				return d
			}
			ab, ba := at(a, b), at(b, a)
			if at(a, a) != 0 || ab < 0 || !check.Near(ab, ba, 1e-12, 1e-12) {
				t.Errorf("%s of %v and %v: %v and %v, of equal samples %v", name, a, b, ab, ba, at(a, a))
			}
			if name != "psi" && ab > at(a, c)+at(c, b)+1e-9*(1+ab) {
				t.Errorf("%s: the way from %v to %v is shorter by %v", name, a, b, c)
			}
			if name == "jensen-shannon" && ab > 1 {
				t.Errorf("%s of %v and %v is %v", name, a, b, ab)
			}
		}
		s, _ := PSI(a, b, 0.9)
		parts, err := PSIParts(a, b)
		sum := 0.0
		for _, p := range parts {
			if sum += p; p < 0 {
				t.Errorf("part %v of %v and %v", p, a, b)
			}
		}
		if err != nil || !check.Near(sum, s.PSI, 1e-12, 1e-15) {
			t.Errorf("parts of %v and %v: %v, index %v, error %v", a, b, parts, s.PSI, err)
		}
	}
}

func TestDriftErrors(t *testing.T) {
	for _, c := range []struct {
		first, second []int64
		want          error
	}{
		{[]int64{1, 2}, []int64{1}, ErrLengths},
		{[]int64{0, 0}, []int64{1, 2}, ErrTooFew},
		{nil, nil, ErrTooFew},
		{[]int64{1, -1}, []int64{1, 2}, nil},
	} {
		_, err1 := PSI(c.first, c.second, 0.95)
		_, err2 := JensenShannon(c.first, c.second)
		_, err3 := PSIParts(c.first, c.second)
		for _, err := range []error{err1, err2, err3} {
			if err == nil || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("%v and %v: error %v, want %v", c.first, c.second, err, c.want)
			}
		}
	}
	if _, err := PSI([]int64{1}, []int64{1}, 1); err == nil {
		t.Error("a level of 1 is no error")
	}
	if _, err := Wasserstein(Tally{}); err == nil {
		t.Error("no group is no error")
	}
	if _, err := Wasserstein(Tally{Values: []float64{1}, Counts: [][]int64{{1}, {0}}}); !errors.Is(err, ErrTooFew) {
		t.Errorf("an empty group: %v", err)
	}
	one, err := PSI([]int64{5}, []int64{7}, 0.95)
	if err != nil || one.PSI != 0 || !math.IsNaN(one.Chance) {
		t.Errorf("a single bin: %+v, %v", one, err)
	}
}

func ExamplePSI() {
	// Connections by protocol: tcp, udp, icmp.
	s, err := PSI([]int64{800, 150, 50}, []int64{700, 150, 150}, 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("PSI %.3f, interval %.3f to %.3f; by chance up to %.3f\n", s.PSI, s.CI.Low, s.CI.High, s.Chance)
	// Output: PSI 0.123, interval 0.060 to 0.187; by chance up to 0.012
}
