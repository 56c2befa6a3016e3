package stats

import "math"

// Patterns merges rows that agree in every term and in their cluster, and returns
// them in the order of their first appearance with the place of each row's pattern.
// Rows are those of the receiver that count: of both counts 0 is none, and its place
// is −1. Terms of the result share the levels of the receiver's.
func (d *LogitData) Patterns() (*LogitData, []int) {
	out := &LogitData{Terms: make([]LogitTerm, len(d.Terms))}
	place, rows := make([]int, len(d.Ones)), []int(nil) // the first row of each pattern
	seen := make(map[uint64][]int32, len(d.Ones)/8+1)
	for i := range d.Ones {
		if place[i] = -1; d.Ones[i] == 0 && d.Zeros[i] == 0 {
			continue
		}
		hash := d.hash(i)
		for _, at := range seen[hash] {
			if d.agree(i, rows[at]) {
				place[i] = int(at)
				break
			}
		}
		if place[i] < 0 {
			place[i] = len(rows)
			seen[hash] = append(seen[hash], int32(len(rows)))
			rows = append(rows, i)
			out.Ones, out.Zeros = append(out.Ones, 0), append(out.Zeros, 0)
		}
		out.Ones[place[i]] += d.Ones[i]
		out.Zeros[place[i]] += d.Zeros[i]
	}
	for t := range d.Terms {
		from := &d.Terms[t]
		to := LogitTerm{Name: from.Name, Levels: from.Levels, Ref: from.Ref}
		for _, i := range rows {
			if from.Values != nil {
				to.Values = append(to.Values, from.Values[i])
			}
			if from.Codes != nil {
				to.Codes = append(to.Codes, from.Codes[i])
			}
		}
		out.Terms[t] = to
	}
	if d.Cluster != nil {
		for _, i := range rows {
			out.Cluster = append(out.Cluster, d.Cluster[i])
		}
	}
	return out, place
}

// hash mixes the values of a row.
func (d *LogitData) hash(i int) uint64 {
	h := uint64(0)
	mix := func(x uint64) {
		h = (h ^ x) * 0x9E3779B97F4A7C15
		h ^= h >> 29
	}
	for t := range d.Terms {
		if v := d.Terms[t].Values; v != nil {
			mix(math.Float64bits(positiveZero(v[i])))
		}
		if c := d.Terms[t].Codes; c != nil {
			mix(uint64(c[i]))
		}
	}
	if d.Cluster != nil {
		mix(uint64(d.Cluster[i]))
	}
	return h
}

// agree reports whether two rows are of one pattern.
func (d *LogitData) agree(i, j int) bool {
	for t := range d.Terms {
		if v := d.Terms[t].Values; v != nil && v[i] != v[j] {
			return false
		}
		if c := d.Terms[t].Codes; c != nil && c[i] != c[j] {
			return false
		}
	}
	return d.Cluster == nil || d.Cluster[i] == d.Cluster[j]
}
