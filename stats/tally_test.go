package stats

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

func TestTallyOf(t *testing.T) {
	got := tallyOf(t, []float64{3, math.Copysign(0, -1), 3, 0, -1.5, 3})
	want := Tally{Values: []float64{-1.5, 0, 3}, Counts: [][]int64{{1, 2, 3}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if empty := tallyOf(t, nil); !reflect.DeepEqual(empty, Tally{}) || empty.Total() != 0 {
		t.Errorf("empty tally %v", empty)
	}
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if _, err := TallyOf([]float64{1, bad}); !errors.Is(err, ErrNotFinite) {
			t.Errorf("%v: error %v, want %v", bad, err, ErrNotFinite)
		}
	}
}

func TestTallyOfLeavesItsInput(t *testing.T) {
	x := []float64{3, 1, 2}
	tallyOf(t, x)
	if !slices.Equal(x, []float64{3, 1, 2}) {
		t.Errorf("input became %v", x)
	}
}

func TestTallyFromCounts(t *testing.T) {
	got, err := TallyFromCounts([]float64{3, -1.5, 0, 3, 9}, []int64{1, 1, 2, 2, 0})
	if err != nil {
		t.Fatal(err)
	}
	want := Tally{Values: []float64{-1.5, 0, 3}, Counts: [][]int64{{1, 2, 3}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if none, err := TallyFromCounts([]float64{1}, []int64{0}); err != nil || !reflect.DeepEqual(none, Tally{}) {
		t.Errorf("no counts: %v, %v", none, err)
	}
	_, lengths := TallyFromCounts([]float64{1}, nil)
	_, notFinite := TallyFromCounts([]float64{math.NaN()}, []int64{1})
	_, negative := TallyFromCounts([]float64{1}, []int64{-1})
	if !errors.Is(lengths, ErrLengths) || !errors.Is(notFinite, ErrNotFinite) || negative == nil {
		t.Errorf("errors %v, %v, %v", lengths, notFinite, negative)
	}
}

func TestTallyOfGroups(t *testing.T) {
	got, err := TallyOfGroups([]float64{5, 1, 5, 2, 7}, []int{0, 2, 0, 2, -1}, []string{"tcp", "icmp", "udp"})
	if err != nil {
		t.Fatal(err)
	}
	want := Tally{
		Values: []float64{1, 2, 5},
		Counts: [][]int64{{0, 0, 2}, {0, 0, 0}, {1, 1, 0}},
		Groups: []string{"tcp", "icmp", "udp"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if n := []int64{got.N(0), got.N(1), got.N(2), got.N(3), got.N(-1), got.Total()}; !slices.Equal(n, []int64{2, 0, 2, 0, 0, 4}) {
		t.Errorf("counts of the groups are %v", n)
	}
	if got.Len() != 3 || got.NumGroups() != 3 || got.GroupName(1) != "icmp" || got.GroupName(3) != "" {
		t.Errorf("%d values in %d groups, the second %q", got.Len(), got.NumGroups(), got.GroupName(1))
	}
	if none := got.Group(9); !reflect.DeepEqual(none, Tally{}) {
		t.Errorf("no group is %v", none)
	}
	if alone := got.Group(2); !reflect.DeepEqual(alone, Tally{Values: []float64{1, 2}, Counts: [][]int64{{1, 1}}}) {
		t.Errorf("group 2 alone is %v", alone)
	}
	if all := got.Pooled(); !reflect.DeepEqual(all, Tally{Values: []float64{1, 2, 5}, Counts: [][]int64{{1, 1, 2}}}) {
		t.Errorf("pooled is %v", all)
	}
	_, lengths := TallyOfGroups([]float64{1}, nil, nil)
	_, unnamed := TallyOfGroups([]float64{1}, []int{1}, []string{"a"})
	_, notFinite := TallyOfGroups([]float64{math.NaN()}, []int{0}, []string{"a"})
	if !errors.Is(lengths, ErrLengths) || unnamed == nil || !errors.Is(notFinite, ErrNotFinite) {
		t.Errorf("errors %v, %v, %v", lengths, unnamed, notFinite)
	}
}

func TestTallyAdd(t *testing.T) {
	var got Tally
	for _, row := range []struct {
		group string
		x     float64
		n     int64
	}{{"", 2, 1}, {"", 1, 2}, {"attack", 2, 4}, {"", 2, 1}, {"attack", 9, 0}} {
		if err := got.Add(row.group, row.x, row.n); err != nil {
			t.Fatal(err)
		}
	}
	want := Tally{Values: []float64{1, 2}, Counts: [][]int64{{2, 2}, {0, 4}}, Groups: []string{"", "attack"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if err := got.Add("", math.NaN(), 1); !errors.Is(err, ErrNotFinite) {
		t.Errorf("NaN: error %v", err)
	}
	if err := got.Add("", 1, -1); err == nil || !reflect.DeepEqual(got, want) {
		t.Errorf("a negative count: error %v, tally %v", err, got)
	}
}

// randomTally draws a small tally with some of four groups.
func randomTally(t *testing.T, rng *rand.Rand) Tally {
	t.Helper()
	x, group := make([]float64, rng.IntN(20)), []int{}
	for i := range x {
		x[i] = float64(rng.IntN(9))
		group = append(group, rng.IntN(2))
	}
	names := [][]string{{"a", "b"}, {"b", "c"}, {"", "d"}}[rng.IntN(3)]
	tally, err := TallyOfGroups(x, group, names)
	if err != nil {
		t.Fatal(err)
	}
	return tally
}

func TestTallyMergeIsAssociative(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 300 {
		a, b, c := randomTally(t, rng), randomTally(t, rng), randomTally(t, rng)
		left, right := a.Merge(b).Merge(c), a.Merge(b.Merge(c))
		if !reflect.DeepEqual(left, right) {
			t.Fatalf("(a+b)+c = %v, a+(b+c) = %v", left, right)
		}
		if left.Total() != a.Total()+b.Total()+c.Total() {
			t.Fatalf("%d values of %d, %d and %d", left.Total(), a.Total(), b.Total(), c.Total())
		}
		if err := left.check(); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(a.Merge(Tally{}), a) || !reflect.DeepEqual(Tally{}.Merge(a), a) {
			t.Fatalf("merging %v with nothing changes it", a)
		}
	}
}

func TestTallyMergeEqualsWhole(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	x := make([]float64, 3000)
	for i := range x {
		x[i] = math.Floor(math.Exp(2 * rng.NormFloat64()))
	}
	parts := tallyOf(t, x[:700]).Merge(tallyOf(t, x[700:701])).Merge(tallyOf(t, x[701:]))
	if whole := tallyOf(t, x); !reflect.DeepEqual(parts, whole) {
		t.Error("the parts do not make the whole")
	}
}

func TestTallyQuantileAndMoments(t *testing.T) {
	x := []float64{2, 4, 4, 4, 5, 5, 7, 9}
	tally := tallyOf(t, x)
	sorted := slices.Sorted(slices.Values(x))
	for p := 0.0; p <= 1; p += 1.0 / 64 {
		check.Close(t, fmt.Sprintf("quantile %v", p), tally.Quantile(0, p), Quantiles(sorted, p)[0], 0)
	}
	quartiles := tally.Quantiles(0, 0.25, 0.5, 0.75)
	if want := Quantiles(sorted, 0.25, 0.5, 0.75); !slices.Equal(quartiles, want) {
		t.Errorf("quartiles %v, want %v", quartiles, want)
	}
	for name, want := range momentsNumbers(added(x...)) {
		check.Close(t, name, momentsNumbers(tally.Moments(0))[name], want, 1e-14)
	}
	check.Close(t, "quantile of no group", tally.Quantile(1, 0.5), math.NaN(), 0)
	if m := tally.Moments(7); m != (Moments{}) {
		t.Errorf("moments of no group are %+v", m)
	}
}

// A tally that was not made by a constructor may be wrong, but nothing panics.
func TestMalformedTally(t *testing.T) {
	for name, tally := range map[string]Tally{
		"short counts":   {Values: []float64{1, 2}, Counts: [][]int64{{1}}},
		"long counts":    {Values: []float64{1}, Counts: [][]int64{{1, 2}, {3, 4}}},
		"negative count": {Values: []float64{1, 2}, Counts: [][]int64{{-1, 2}}},
		"unsorted":       {Values: []float64{2, 1}, Counts: [][]int64{{1, 2}}},
		"NaN":            {Values: []float64{math.NaN()}, Counts: [][]int64{{1}}},
		"names":          {Values: []float64{1}, Counts: [][]int64{{1}}, Groups: []string{"a", "b"}},
	} {
		if tally.check() == nil {
			t.Errorf("%s: not noticed", name)
		}
		Summarize(tally)
		SummarizeGroup(tally, 0)
		tally.Merge(tally)
		tally.Quantile(0, 0.5)
		tally.Moments(0)
		Extremes(tally, 3)
		if _, err := Lilliefors(tally); err == nil {
			t.Errorf("%s: a test accepted it", name)
		}
	}
}

func ExampleTally() {
	morning, err := TallyOf([]float64{181, 239, 181})
	if err != nil {
		fmt.Println(err)
		return
	}
	evening, err := TallyFromCounts([]float64{239, 1032}, []int64{5, 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	day := morning.Merge(evening)
	fmt.Println(day.Values, day.Counts[0])
	fmt.Println("median", day.Quantile(0, 0.5))
	// Output:
	// [181 239 1032] [2 6 2]
	// median 239
}

func BenchmarkTallyOf(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	x := make([]float64, 125_973)
	for _, kind := range []struct {
		name string
		draw func() float64
	}{
		{"counts", func() float64 { return float64(rng.IntN(500)) }},
		{"lognormal", func() float64 { return math.Exp(rng.NormFloat64()) }},
	} {
		for i := range x {
			x[i] = kind.draw()
		}
		b.Run(kind.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := TallyOf(x); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(x)), "ns/value")
		})
	}
}
