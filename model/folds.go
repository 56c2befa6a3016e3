package model

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/netanom/netanom/model/learn"
)

// A Split is a way to hold rows out.
type Split string

// The splits.
const (
	Random  Split = "random"  // stratified by the label; rows with the same features stay together
	ByGroup Split = "group"   // rows of one group stay together
	ByTime  Split = "time"    // trained on the past, judged on what came next
	ByType  Split = "attacks" // whole attack types are held out, as new attacks are in real life
)

// A Fold is rows to learn from and rows to be judged on.
type Fold struct {
	Train, Test []int
	Held        []string // ByType: the attack types that training never sees
	Round       int      // of folds that were dealt out several times, from 0
}

// Folds divides rows of d into k folds. Every row is judged once, but for ByTime,
// where the first part of the rows is only trained on. It is an error if the rows
// do not allow the split.
func (d *Data) Folds(s Split, rows []int, k int, seed uint64) ([]Fold, error) {
	if k < 2 || k > len(rows) {
		return nil, fmt.Errorf("%d folds of %d rows: want at least 2, and a row for each", k, len(rows))
	}
	switch s {
	case Random:
		return fromParts(rows, d.stratified(rows, k, seed), k), nil
	case ByGroup:
		return d.groupFolds(rows, k, seed)
	case ByTime:
		return d.timeFolds(rows, k)
	case ByType:
		return d.typeFolds(rows, k, seed)
	}
	return nil, fmt.Errorf("there is no split %q; choose one of %s, %s, %s, %s", s, Random, ByGroup, ByTime, ByType)
}

// fromParts makes folds of the part that each row is in.
func fromParts(rows, part []int, k int) []Fold {
	folds := make([]Fold, k)
	for i, r := range rows {
		for f := range folds {
			if f == part[i] {
				folds[f].Test = append(folds[f].Test, r)
			} else {
				folds[f].Train = append(folds[f].Train, r)
			}
		}
	}
	return folds
}

// stratified deals the rows of each level of the label out to k parts, in random
// order. Rows that have the same features go to the part of the first of them, so that
// no part is judged by rows that training has seen.
func (d *Data) stratified(rows []int, k int, seed uint64) []int {
	first := firstAlike(d.x, rows)
	part := make([]int, len(rows))
	next := 0 // goes on from level to level, so that rare levels do not all begin with part 0
	for _, members := range d.shuffledLevels(rows, first, seed) {
		for _, i := range members {
			part[i] = next
			next = (next + 1) % k
		}
	}
	for i := range rows {
		part[i] = part[first[i]]
	}
	return part
}

// shuffledLevels returns, for each level of the label, the places of its rows that are
// the first of those alike, in random order.
func (d *Data) shuffledLevels(rows, first []int, seed uint64) [][]int {
	rng := rand.New(rand.NewPCG(seed, 0x5f01d5))
	byLevel := make([][]int, len(d.Levels))
	for i, r := range rows {
		if first[i] == i {
			byLevel[d.Label[r]] = append(byLevel[d.Label[r]], i)
		}
	}
	for _, members := range byLevel {
		rng.Shuffle(len(members), func(a, b int) { members[a], members[b] = members[b], members[a] })
	}
	return byLevel
}

// groupFolds deals groups out to k parts, the largest first, each to the part with the
// fewest rows.
func (d *Data) groupFolds(rows []int, k int, seed uint64) ([]Fold, error) {
	if d.Group == nil {
		return nil, errors.New("a split by group needs the column that names the groups (--group-by)")
	}
	members := map[int32][]int{}
	var groups []int32
	for i, r := range rows {
		g := d.Group[r]
		if members[g] == nil {
			groups = append(groups, g)
		}
		members[g] = append(members[g], i)
	}
	if len(groups) < k {
		return nil, fmt.Errorf("%d groups cannot be divided into %d folds", len(groups), k)
	}
	rng := rand.New(rand.NewPCG(seed, 0x6f01d5))
	rng.Shuffle(len(groups), func(a, b int) { groups[a], groups[b] = groups[b], groups[a] })
	slices.SortStableFunc(groups, func(a, b int32) int { return cmp.Compare(len(members[b]), len(members[a])) })
	part := make([]int, len(rows))
	sizes := make([]int, k)
	for _, g := range groups {
		p := leastOf(sizes)
		for _, i := range members[g] {
			part[i] = p
		}
		sizes[p] += len(members[g])
	}
	return fromParts(rows, part, k), nil
}

// leastOf returns the place of the least number, the first of several.
func leastOf(x []int) int {
	least := 0
	for i, v := range x {
		if v < x[least] {
			least = i
		}
	}
	return least
}

// timeFolds cuts the rows, in the order of their time, into k+1 runs of about equal
// length; each but the first is judged by what all before it have taught. Rows of one
// instant stay together.
func (d *Data) timeFolds(rows []int, k int) ([]Fold, error) {
	if d.Time == nil {
		return nil, errors.New("a split by time needs a column that says when a record began; this table has none")
	}
	sorted := slices.DeleteFunc(slices.Clone(rows), func(r int) bool { return d.Time[r] != d.Time[r] })
	slices.SortStableFunc(sorted, func(a, b int) int { return cmp.Compare(d.Time[a], d.Time[b]) })
	if len(sorted) <= k {
		return nil, fmt.Errorf("%d rows with a time cannot be cut into %d runs", len(sorted), k+1)
	}
	var folds []Fold
	from := 0
	for f := range k + 1 {
		to := (f + 1) * len(sorted) / (k + 1)
		for to < len(sorted) && to > 0 && d.Time[sorted[to]] == d.Time[sorted[to-1]] {
			to++
		}
		if f > 0 && to > from && from > 0 {
			folds = append(folds, Fold{Train: slices.Clone(sorted[:from]), Test: slices.Clone(sorted[from:to])})
		}
		from = max(from, to)
	}
	if len(folds) == 0 {
		return nil, errors.New("all rows have the same time, so that none came after the others")
	}
	return folds, nil
}

// typeFolds deals the attack types out to at most k parts, the most frequent first, each
// to the part with the fewest rows, and normal rows as stratified does.
func (d *Data) typeFolds(rows []int, k int, seed uint64) ([]Fold, error) {
	types := d.Target(Attack, rows)
	sizes := make([]int, len(types.Classes))
	for _, t := range types.Y {
		sizes[t]++
	}
	order := make([]int, 0, len(sizes))
	for t := 1; t < len(sizes); t++ {
		order = append(order, t)
	}
	if len(order) < 2 {
		return nil, fmt.Errorf("%w; the label names fewer", ErrFewTypes)
	}
	if sizes[0] < k {
		return nil, fmt.Errorf("%d normal rows cannot be dealt out to %d folds", sizes[0], k)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(sizes[b], sizes[a]) })
	k = min(k, len(order))
	load := make([]int, k)
	partOf := make([]int, len(sizes))
	held := make([][]string, k)
	for _, t := range order {
		p := leastOf(load)
		partOf[t] = p
		load[p] += sizes[t]
		held[p] = append(held[p], types.Classes[t])
	}
	part := d.stratified(rows, k, seed)
	for i := range rows {
		if t := types.Y[i]; t > 0 {
			part[i] = partOf[t]
		}
	}
	folds := fromParts(rows, part, k)
	for f := range folds {
		folds[f].Held = held[f]
	}
	return folds, nil
}

// Holdout sets a share of the rows aside, the same of every level of the label, at
// random; rows with the same features go with the first of them. It returns the rows to
// learn from and those set aside, both in order.
func (d *Data) Holdout(rows []int, share float64, seed uint64) (train, test []int, err error) {
	if !(share > 0 && share < 1) {
		return nil, nil, fmt.Errorf("a share of %v rows to hold out: want a number between 0 and 1", share)
	}
	aside := make([]bool, len(rows))
	first := firstAlike(d.x, rows)
	taken := rand.New(rand.NewPCG(seed, 0x401d)).Float64() // how much of the next row is owed
	for _, members := range d.shuffledLevels(rows, first, seed) {
		for _, i := range members {
			if taken += share; taken >= 1 {
				aside[i], taken = true, taken-1
			}
		}
	}
	for i, r := range rows {
		if aside[first[i]] {
			test = append(test, r)
		} else {
			train = append(train, r)
		}
	}
	if len(train) < 2 || len(test) < 2 {
		return nil, nil, fmt.Errorf("%d rows are too few to hold %.3g %% of them out: %w", len(rows), 100*share, learn.ErrTooFew)
	}
	return train, test, nil
}
