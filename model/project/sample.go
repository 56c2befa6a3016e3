package project

import (
	"cmp"
	"math/rand/v2"
	"slices"
)

// leastOfStratum is how many rows a stratum keeps at least in a sample, if it has so
// many and there is room: what is rare is often what a picture is looked at for.
const leastOfStratum = 20

// Sample chooses at most so many of the rows at random, without repetition, and returns
// their places in rising order: all, if there are no more. strata says for each row of
// which stratum it is; each of these keeps its share, and at least 20 rows, as far as it
// has them and there is room. nil: there is one stratum.
func Sample(strata []int32, rows, most int, seed uint64) []int {
	if rows <= most {
		all := make([]int, max(rows, 0))
		for i := range all {
			all[i] = i
		}
		return all
	}
	members := map[int32][]int{}
	var names []int32
	for i := range rows {
		var s int32
		if i < len(strata) {
			s = strata[i]
		}
		if members[s] == nil {
			names = append(names, s)
		}
		members[s] = append(members[s], i)
	}
	slices.Sort(names)
	sizes := make([]int, len(names))
	for k, s := range names {
		sizes[k] = len(members[s])
	}
	var out []int
	for k, n := range quotas(sizes, rows, max(most, 0)) {
		r := rand.New(rand.NewPCG(seed, uint64(uint32(names[k]))<<8|1))
		m := members[names[k]]
		for i := range n { // the beginning of a shuffle
			j := i + r.IntN(len(m)-i)
			m[i], m[j] = m[j], m[i]
		}
		out = append(out, m[:n]...)
	}
	slices.Sort(out)
	return out
}

// quotas returns how many rows each stratum keeps, most in all: first the least number,
// then in proportion to what it has left, by largest remainders.
func quotas(sizes []int, rows, most int) []int {
	least := min(leastOfStratum, most/max(2*len(sizes), 1))
	n, room, left := make([]int, len(sizes)), most, rows
	for k, size := range sizes {
		n[k] = min(size, least)
		room -= n[k]
		left -= n[k]
	}
	if room <= 0 || left <= 0 {
		return n
	}
	order, rests := make([]int, len(sizes)), make([]int, len(sizes))
	given := 0
	for k, size := range sizes {
		share := (size - n[k]) * room
		order[k], rests[k] = k, share%left
		n[k] += share / left
		given += share / left
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rests[b], rests[a]) })
	for _, k := range order[:room-given] {
		n[k]++
	}
	return n
}
