package model

import (
	"math"

	"github.com/netanom/netanom/model/learn"
)

// firstAlike returns, for each of some rows of a matrix, the place of the first that has
// the same cells in all columns.
func firstAlike(x *learn.Matrix, rows []int) []int {
	hashes := rowHashes(x, rows)
	first := make([]int, len(rows))
	seen := make(map[uint64][]int, len(rows))
	for i := range rows {
		first[i] = i
		for _, j := range seen[hashes[i]] {
			if alike(x, rows[i], rows[j]) {
				first[i] = j
				break
			}
		}
		if first[i] == i {
			seen[hashes[i]] = append(seen[hashes[i]], i)
		}
	}
	return first
}

// alike reports whether two rows have the same cells; missing equals missing.
func alike(x *learn.Matrix, a, b int) bool {
	for j := range x.Columns {
		if c := x.Codes[j]; c != nil {
			if c[a] != c[b] {
				return false
			}
			continue
		}
		if v, w := x.Numbers[j][a], x.Numbers[j][b]; v != w && (v == v || w == w) {
			return false
		}
	}
	return true
}

// rowHashes returns a number for each row, the same for rows that are alike.
func rowHashes(x *learn.Matrix, rows []int) []uint64 {
	h := make([]uint64, len(rows))
	for j := range x.Columns {
		for i, r := range rows {
			var cell uint64
			if c := x.Codes[j]; c != nil {
				cell = uint64(c[r]) + 1
			} else if v := x.Numbers[j][r]; v == v {
				cell = math.Float64bits(v + 0) // −0 equals 0
			} else {
				cell = math.Float64bits(nan)
			}
			h[i] = mixed(h[i] ^ cell)
		}
	}
	return h
}

// mixed spreads a number over all bits: the finaliser of D. Stafford's variant 13 of
// MurmurHash3, as in SplitMix64 (Steele, Lea and Flood, 2014).
func mixed(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
