package model

import (
	"math"

	"github.com/netanom/netanom/model/learn"
)

// Cleaning says which rows are left out before anything is learned. The zero value
// keeps all.
type Cleaning struct {
	Repeats        bool // rows equal to an earlier one in every column that is learned from, and in the label
	Breaches       bool // rows with a cell that the makers of the layout do not allow, such as a flag of 2
	Contradictions bool // rows equal in every such column that are normal in one place and an attack in another
}

// Cleaned is what was found, and left out, of some rows.
type Cleaned struct {
	Rows          int64
	Unlabelled    int64 // rows of the table without a label, which cannot be learned from
	Repeats       int64 // rows equal to an earlier one, label included
	Contradictory int64 // rows of which an equal one has the other class
	Breaches      int64 // rows with a cell that the makers of the layout do not allow
	NearRepeats   int64 // rows equal to an earlier one if numbers are rounded to one digit
	Dropped       int64
}

// NearShare is the share of rows that an earlier one nearly equals.
func (c *Cleaned) NearShare() float64 { return float64(c.NearRepeats) / float64(max(1, c.Rows)) }

// Clean counts rows of d that repeat or contradict others, and returns those that are
// kept. Labels must be known.
func (d *Data) Clean(rows []int, o Cleaning) (kept []int, c Cleaned) {
	c.Rows, c.Unlabelled = int64(len(rows)), int64(d.Rows-len(rows))
	first := firstAlike(d.x, rows)
	const normal, attack = 1, 2
	classes := make([]uint8, len(rows)) // by first row: which classes its equals have
	for i, r := range rows {
		if d.IsAttack(r) {
			classes[first[i]] |= attack
		} else {
			classes[first[i]] |= normal
		}
	}
	type labelled struct {
		first int
		label int32
	}
	seen := map[labelled]bool{}
	breaks := d.breaches()
	for i, r := range rows {
		key := labelled{first[i], d.Label[r]}
		repeat, contradicts := seen[key], classes[first[i]] == normal|attack
		seen[key] = true
		if repeat {
			c.Repeats++
		}
		if contradicts {
			c.Contradictory++
		}
		if breaks[r] {
			c.Breaches++
		}
		if repeat && o.Repeats || contradicts && o.Contradictions || breaks[r] && o.Breaches {
			c.Dropped++
			continue
		}
		kept = append(kept, r)
	}
	c.NearRepeats = d.nearRepeats(rows)
	return kept, c
}

// breaches says which rows have a cell that the makers of the layout do not allow.
func (d *Data) breaches() []bool {
	out := make([]bool, d.Rows)
	for j := range d.columns {
		rule := d.rules[j]
		if rule.Text == "" {
			continue
		}
		if codes := d.x.Codes[j]; codes != nil {
			allowed := make([]bool, len(d.x.Columns[j].Levels))
			for k, l := range d.x.Columns[j].Levels {
				allowed[k] = rule.AllowsLevel(l)
			}
			for i, c := range codes {
				out[i] = out[i] || c != learn.NoLevel && !allowed[c]
			}
			continue
		}
		for i, v := range d.x.Numbers[j] {
			out[i] = out[i] || !rule.Allows(v)
		}
	}
	return out
}

// nearRepeats counts the rows that equal an earlier one if numbers are rounded to one
// digit, by their hashes.
func (d *Data) nearRepeats(rows []int) (n int64) {
	coarse := &learn.Matrix{Columns: d.x.Columns, Rows: d.x.Rows, Codes: d.x.Codes, Numbers: make([][]float64, len(d.x.Numbers))}
	for j, numbers := range d.x.Numbers {
		if numbers == nil {
			continue
		}
		coarse.Numbers[j] = make([]float64, len(numbers))
		for _, r := range rows {
			coarse.Numbers[j][r] = oneDigit(numbers[r])
		}
	}
	seen := make(map[uint64]bool, len(rows))
	for _, h := range rowHashes(coarse, rows) {
		if seen[h] {
			n++
		}
		seen[h] = true
	}
	return n
}

// oneDigit rounds a number to one significant digit.
func oneDigit(v float64) float64 {
	if v == 0 || v-v != 0 {
		return v
	}
	scale := math.Pow(10, math.Floor(math.Log10(math.Abs(v))))
	if scale == 0 {
		return 0
	}
	return math.Round(v/scale) * scale
}
