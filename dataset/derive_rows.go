package dataset

import (
	"math"
	"slices"
	"sort"
)

// A deriver fills one new column of a batch from columns that are there. It
// serves one goroutine at a time.
type deriver interface {
	fill(b *Batch, out *Vector) error
}

// newDeriver returns what fills the column of a derivation that looks at no other
// row. inputs are the columns of the schema it is made from.
func newDeriver(d *Derivation, s *Schema, inputs []int) deriver {
	switch d.Op {
	case OpIsZero:
		return &zeroDeriver{input: inputs[0]}
	case OpIsMissing:
		return &gapDeriver{input: inputs[0], kind: s.Columns[inputs[0]].Kind}
	case OpFrequency:
		return newFrequencyDeriver(d, s, inputs[0])
	case OpQuantileBin:
		return &binDeriver{input: inputs[0], edges: d.Edges}
	case OpPair:
		return newPairDeriver(d, s, inputs)
	}
	return &numberDeriver{inputs: inputs, op: numberOps[d.Op]}
}

// numberOps holds the operations on one or two numbers. NaN is missing, and so
// is an infinite result.
var numberOps = map[Op]func(a, b float64) float64{
	OpLog1p: func(a, _ float64) float64 {
		if a < 0 {
			return math.NaN()
		}
		return math.Log1p(a)
	},
	OpTotal:      func(a, b float64) float64 { return a + b },
	OpDifference: func(a, b float64) float64 { return a - b },
	OpProduct:    func(a, b float64) float64 { return a * b },
	OpRatio:      func(a, b float64) float64 { return a / b },
	OpShare: func(a, b float64) float64 {
		if a < 0 || b < 0 {
			return math.NaN()
		}
		if sum := a + b; !math.IsInf(sum, 0) {
			return a / sum
		}
		return a / 2 / (a/2 + b/2)
	},
}

// A numberDeriver computes a number from one or two.
type numberDeriver struct {
	inputs []int
	op     func(a, b float64) float64
	room   [2][]float64
	out    []float64
}

func (d *numberDeriver) fill(b *Batch, out *Vector) error {
	for k, i := range d.inputs {
		d.room[k] = appendNumbers(d.room[k][:0], &b.Columns[i], b.Rows)
	}
	first, second := d.room[0], d.room[len(d.inputs)-1]
	d.out = d.out[:0]
	for i, a := range first {
		d.out = append(d.out, d.op(a, second[i]))
	}
	setFloats(out, d.out)
	return nil
}

// appendNumbers appends the cells of a column of numbers, which are all missing
// if no cell of the file held a value.
func appendNumbers(dst []float64, v *Vector, rows int) []float64 {
	n := len(dst)
	dst = v.AppendFloats(dst)
	for len(dst) < n+rows {
		dst = append(dst, math.NaN())
	}
	return dst
}

// setFloats makes a vector of numbers, of which those that are not finite become
// missing, and a negative zero a plain one.
func setFloats(out *Vector, x []float64) {
	*out = Vector{Floats: x}
	for i, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			x[i] = math.NaN()
			out.Missing++
			continue
		}
		x[i] = v + 0
	}
}

// A zeroDeriver tells zeros from other numbers.
type zeroDeriver struct {
	input int
	room  []float64
	out   []uint32
}

func (d *zeroDeriver) fill(b *Batch, out *Vector) error {
	d.room, d.out = appendNumbers(d.room[:0], &b.Columns[d.input], b.Rows), d.out[:0]
	*out = Vector{Or: 1}
	for _, x := range d.room {
		switch {
		case math.IsNaN(x):
			d.out = append(d.out, MissingInt)
			out.Missing++
		case x == 0:
			d.out = append(d.out, 1)
		default:
			d.out = append(d.out, 0)
		}
	}
	out.Ints = d.out
	return nil
}

// A gapDeriver tells missing cells from others.
type gapDeriver struct {
	input int
	kind  Kind
	out   []uint32
}

func (d *gapDeriver) fill(b *Batch, out *Vector) error {
	d.out = d.out[:0]
	for row := range b.Rows {
		gap := uint32(0)
		if d.missing(b, row) {
			gap = 1
		}
		d.out = append(d.out, gap)
	}
	*out = Vector{Ints: d.out, Or: 1}
	return nil
}

func (d *gapDeriver) missing(b *Batch, row int) bool {
	switch v := &b.Columns[d.input]; {
	case v.Codes != nil:
		return v.Codes[row] == MissingCode
	case d.kind == Text:
		return b.TextMissing(d.input, row)
	default:
		return math.IsNaN(v.Float(row))
	}
}

// A frequencyDeriver replaces levels by their learned shares.
type frequencyDeriver struct {
	input  int
	dict   *Dict
	shares map[string]float64
	known  []float64 // share of each code met so far
	out    []float64
}

func newFrequencyDeriver(d *Derivation, s *Schema, input int) *frequencyDeriver {
	f := &frequencyDeriver{input: input, dict: s.Columns[input].Dict, shares: make(map[string]float64, len(d.Levels))}
	for i, level := range d.Levels {
		f.shares[level] = d.Shares[i]
	}
	return f
}

func (d *frequencyDeriver) fill(b *Batch, out *Vector) error {
	d.out = d.out[:0]
	for row := range b.Rows {
		share := math.NaN()
		if code := codeAt(&b.Columns[d.input], row); code != MissingCode {
			for at := len(d.known); at <= int(code); at++ {
				d.known = append(d.known, d.shares[d.dict.Level(uint32(at))])
			}
			share = d.known[code]
		}
		d.out = append(d.out, share)
	}
	setFloats(out, d.out)
	return nil
}

// A binDeriver finds the range in which a number lies.
type binDeriver struct {
	input int
	edges []float64
	room  []float64
	out   []uint32
}

func (d *binDeriver) fill(b *Batch, out *Vector) error {
	d.room, d.out = appendNumbers(d.room[:0], &b.Columns[d.input], b.Rows), d.out[:0]
	*out = Vector{}
	for _, x := range d.room {
		if math.IsNaN(x) {
			d.out = append(d.out, MissingCode)
			out.Missing++
			continue
		}
		d.out = append(d.out, uint32(sort.SearchFloat64s(d.edges, x)))
	}
	out.Codes = d.out
	return nil
}

// A pairDeriver finds the code of a pair of levels.
type pairDeriver struct {
	inputs [2]int
	dicts  [2]*Dict
	codes  map[[2]string]uint32
	known  map[uint64]uint32 // by the codes of both levels
	other  uint32
	out    []uint32
}

func newPairDeriver(d *Derivation, s *Schema, inputs []int) *pairDeriver {
	p := &pairDeriver{inputs: [2]int(inputs), codes: map[[2]string]uint32{}, known: map[uint64]uint32{}}
	dict := d.dict()
	for _, pair := range d.Pairs {
		p.codes[pair], _ = dict.Lookup(pairName(pair))
	}
	p.other, _ = dict.Lookup(OtherLevel)
	for k, i := range inputs {
		p.dicts[k] = s.Columns[i].Dict
	}
	return p
}

func (d *pairDeriver) fill(b *Batch, out *Vector) error {
	d.out = d.out[:0]
	*out = Vector{}
	for row := range b.Rows {
		first, second := codeAt(&b.Columns[d.inputs[0]], row), codeAt(&b.Columns[d.inputs[1]], row)
		if first == MissingCode || second == MissingCode {
			d.out = append(d.out, MissingCode)
			out.Missing++
			continue
		}
		d.out = append(d.out, d.code(first, second))
	}
	out.Codes = d.out
	return nil
}

// code returns the code of a pair by those of its levels.
func (d *pairDeriver) code(first, second uint32) uint32 {
	key := uint64(first)<<32 | uint64(second)
	code, ok := d.known[key]
	if !ok {
		if code, ok = d.codes[[2]string{d.dicts[0].Level(first), d.dicts[1].Level(second)}]; !ok {
			code = d.other
		}
		d.known[key] = code
	}
	return code
}

// codeAt returns the code of a cell; a column in which no cell was decoded holds
// none.
func codeAt(v *Vector, row int) uint32 {
	if v.Codes == nil {
		return MissingCode
	}
	return v.Codes[row]
}

// copyVector copies a vector that is only valid during a call.
func copyVector(v *Vector) Vector {
	c := *v
	c.Ints, c.Floats, c.Codes = slices.Clone(v.Ints), slices.Clone(v.Floats), slices.Clone(v.Codes)
	return c
}
