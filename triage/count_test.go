package triage

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestDistinct(t *testing.T) {
	for _, n := range []int{0, 1, 1023, 1024, 1025, 5000, 65_536} {
		room := newAllowance(1024)
		var d distinct
		for range 2 { // a second time changes nothing
			for i := range n {
				d.add(hashAddr(host(byte(i>>16), i)), &room)
			}
		}
		c := d.count()
		if n <= 1024 && (c.About || c.N != int64(n)) {
			t.Errorf("%d counted as %+v", n, c)
		}
		// Four standard errors, of 1/√(1024-2) each.
		if n > 1024 && (!c.About || math.Abs(float64(c.N)/float64(n)-1) > 4/math.Sqrt(1022)) {
			t.Errorf("%d counted as %+v", n, c)
		}
		if d.free(&room); room.left != maxAllowance {
			t.Errorf("%d hashes not given back", maxAllowance-room.left)
		}
	}
}

// What two sets hold together is the least of what both have seen.
func TestDistinctMerge(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		room := newAllowance(64 + r.IntN(100))
		room.left = r.IntN(200)
		start := room.left
		var a, b, c distinct
		var all []uint64
		for _, d := range []*distinct{&a, &b, &c} {
			for range r.IntN(400) {
				h := mix(uint64(r.IntN(600)))
				d.add(h, &room)
				all = append(all, h)
			}
		}
		a.merge(&b, &room)
		a.merge(&c, &room)
		slices.Sort(all)
		all = slices.Compact(all)
		if !slices.Equal(a.least, all[:len(a.least)]) || a.over != (len(a.least) < len(all)) || a.over && len(a.least) < minExact {
			t.Fatalf("%d of %d hashes, over %v", len(a.least), len(all), a.over)
		}
		for _, d := range []*distinct{&a, &b, &c} {
			d.free(&room)
		}
		if room.left != start {
			t.Fatalf("room for %d, before %d", room.left, start)
		}
	}
}

func TestTopBounds(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 100 {
		var all top[int]
		counts := map[int]int64{}
		n := 1 + r.IntN(2000)
		for range n {
			v := int(r.ExpFloat64() * float64(1+r.IntN(20)))
			counts[v]++
			all.add(v, 1, 0)
		}
		sum := int64(0)
		for _, c := range all.Items {
			sum += c.Count
			if counts[c.Key] > c.Count || counts[c.Key] < c.Count-c.Over {
				t.Fatalf("%d stands %d times, counted %+v", c.Key, counts[c.Key], c)
			}
		}
		if sum != int64(n) || len(all.Items) != min(maxTop, len(counts)) {
			t.Fatalf("%d counted of %d", sum, n)
		}
		for v, k := range counts { // Theorem of the paper: what is frequent is held
			if k > int64(n)/maxTop && !slices.ContainsFunc(all.Items, func(c counted[int]) bool { return c.Key == v }) {
				t.Fatalf("%d stands %d times of %d, and is not held", v, k, n)
			}
		}
	}
}
