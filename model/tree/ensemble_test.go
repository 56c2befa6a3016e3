package tree

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/model/learn"
)

// someColumns are two of numbers and three of levels, one of them of more than a
// word and one of just a word of levels.
func someColumns() []learn.Column {
	levels := func(n int) []string {
		names := make([]string, n)
		for i := range names {
			names[i] = fmt.Sprint("l", i)
		}
		return names
	}
	return []learn.Column{{Name: "a"}, {Name: "few", Levels: levels(3)}, {Name: "b"}, {Name: "many", Levels: levels(70)}, {Name: "word", Levels: levels(64)}}
}

// someRows returns rows of which some cells are missing.
func someRows(rng *rand.Rand, columns []learn.Column, rows int) *learn.Matrix {
	x := learn.NewMatrix(columns, rows)
	for j := range columns {
		for i := range rows {
			gone := rng.IntN(6) == 0
			switch {
			case columns[j].Coded() && !gone:
				x.Codes[j][i] = rng.Int32N(int32(len(columns[j].Levels)))
			case !columns[j].Coded() && gone:
				x.Numbers[j][i] = math.NaN()
			case !columns[j].Coded():
				x.Numbers[j][i] = rng.NormFloat64()
			}
		}
	}
	return x
}

// someTrees returns random trees, in which paths look at columns more than once and
// some nodes had no training rows.
func someTrees(rng *rand.Rand, columns []learn.Column, trees, width int) *Ensemble {
	e := &Ensemble{Columns: columns, Width: width, Nodes: []Node{}, Gain: []float64{}}
	for range trees {
		e.Roots = append(e.Roots, int32(len(e.Nodes)))
		e.put(rng, []float64{float64(50 + rng.IntN(50))}, 0)
	}
	return e
}

// put appends nodes of the given covers, and grows their children.
func (e *Ensemble) put(rng *rand.Rand, covers []float64, depth int) {
	first := len(e.Nodes)
	for _, c := range covers {
		e.Nodes = append(e.Nodes, Node{Column: Leaf, Low: int32(len(e.Values)), Set: -1})
		e.Cover = append(e.Cover, c)
		e.Gain = append(e.Gain, 0)
		for range e.Width {
			e.Values = append(e.Values, rng.NormFloat64())
		}
	}
	for i, cover := range covers {
		if depth > 0 && rng.IntN(4) == 0 || depth == 9 {
			continue
		}
		column := rng.IntN(len(e.Columns))
		n := Node{Column: int32(column), Low: int32(len(e.Nodes)), Set: -1, MissingLow: rng.IntN(2) == 0}
		if levels := len(e.Columns[column].Levels); levels == 0 {
			n.Value = rng.NormFloat64()
		} else {
			n.Set = int32(len(e.Sets))
			for range words(levels) {
				e.Sets = append(e.Sets, rng.Uint64())
			}
		}
		e.Nodes[first+i], e.Gain[first+i] = n, rng.Float64()
		low := math.Floor(cover * rng.Float64())
		e.put(rng, []float64{low, cover - low}, depth+1)
	}
}

// walk is the sum over the trees as the fields of Node have it.
func (e *Ensemble) walk(x *learn.Matrix, row int) []float64 {
	sum := make([]float64, e.Size())
	for t, root := range e.Roots {
		n := &e.Nodes[root]
		for n.Column != Leaf {
			side := int32(1)
			if e.low(n, x, row) {
				side = 0
			}
			n = &e.Nodes[n.Low+side]
		}
		for k := range e.Width {
			out := k
			if e.Outputs != nil {
				out = int(e.Outputs[t])
			}
			sum[out] += e.Values[int(n.Low)+k]
		}
	}
	return sum
}

func TestRaw(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	x := someRows(rng, someColumns(), 3000)
	for _, c := range []struct {
		trees, width int
		outputs      []int32
	}{{1, 1, nil}, {33, 1, nil}, {5, 3, nil}, {6, 1, []int32{0, 1, 2, 0, 1, 2}}, {0, 2, nil}} {
		e := someTrees(rng, x.Columns, c.trees, c.width)
		e.Outputs = c.outputs
		if err := e.Check(); err != nil {
			t.Fatal(err)
		}
		k := e.Size()
		raw := make([]float64, x.Rows*k)
		if err := e.Raw(raw, x); err != nil {
			t.Fatal(err)
		}
		one := make([]float64, k)
		for i := range x.Rows {
			want := e.walk(x, i)
			if !slices.Equal(raw[i*k:(i+1)*k], want) {
				t.Fatalf("%+v, row %d: %v, want %v", c, i, raw[i*k:(i+1)*k], want)
			}
			if err := e.Raw(one, x.Slice(i, i+1)); err != nil || !slices.Equal(one, want) {
				t.Fatalf("%+v, row %d alone: %v (%v), want %v", c, i, one, err, want)
			}
		}
		if err := e.Raw(raw[1:], x); err == nil {
			t.Error("no error for a list that is too short")
		}
	}
}

// A tree that is a single leaf looks at no column.
func TestLoneLeaf(t *testing.T) {
	e := &Ensemble{Width: 1, Roots: []int32{0}, Nodes: []Node{{Column: Leaf, Set: -1}}, Values: []float64{2}, Cover: []float64{1}}
	if err := e.Check(); err != nil {
		t.Fatal(err)
	}
	for _, rows := range []int{0, 1, 5} {
		raw := make([]float64, rows)
		if err := e.Raw(raw, &learn.Matrix{Rows: rows}); err != nil || rows > 0 && slices.Max(raw) != 2 {
			t.Errorf("%v (%v), want 2s", raw, err)
		}
	}
	if r := e.Rules(0); len(r) != 1 || r[0].String() != "all rows" {
		t.Errorf("rules %v", r)
	}
}

func TestStoredEnsemble(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	for _, outputs := range [][]int32{nil, {0, 1, 0}} {
		e := someTrees(rng, someColumns(), 3, 1)
		e.Outputs = outputs
		for _, cover := range []float64{0, 0.25} { // whole numbers and others
			e.Cover[0] += cover
			text, err := json.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			var back Ensemble
			if err := json.Unmarshal(text, &back); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(&back, e) {
				t.Errorf("stored and read back:\n%+v\nwant\n%+v", &back, e)
			}
		}
	}
	for _, text := range []string{`{}`, `{"width":1,"column":"AAAA"}`, `{"width":1,"more":2}`, `[]`, `{"column":"AAAAAA==","low":"AAAAAA==","missing_low":"AAAAAA=="}`} {
		var e Ensemble
		if err := json.Unmarshal([]byte(text), &e); err == nil {
			err = e.Check()
			if !errors.Is(err, learn.ErrBroken) {
				t.Errorf("%s: %v", text, err)
			}
		}
	}
}

func TestBrokenEnsemble(t *testing.T) {
	split := func(e *Ensemble) *Node {
		i := slices.IndexFunc(e.Nodes, func(n Node) bool { return n.Column != Leaf && n.Set < 0 })
		return &e.Nodes[i]
	}
	leaf := func(e *Ensemble) *Node { return &e.Nodes[len(e.Nodes)-1] }
	for name, harm := range map[string]func(e *Ensemble){
		"itself as a child":    func(e *Ensemble) { e.Nodes[0].Low = 0 },
		"children of another":  func(e *Ensemble) { e.Nodes[0].Low = 3 },
		"beyond the tree":      func(e *Ensemble) { split(e).Low = e.Roots[1] },
		"beyond the nodes":     func(e *Ensemble) { split(e).Low = math.MaxInt32 },
		"no such column":       func(e *Ensemble) { split(e).Column = 5 },
		"levels as numbers":    func(e *Ensemble) { split(e).Column = 1 },
		"NaN":                  func(e *Ensemble) { split(e).Value = math.NaN() },
		"infinite leaf":        func(e *Ensemble) { e.Values[0] = math.Inf(1) },
		"leaf beyond":          func(e *Ensemble) { leaf(e).Low = int32(len(e.Values)) },
		"leaf before":          func(e *Ensemble) { leaf(e).Low = -1 },
		"no width":             func(e *Ensemble) { e.Width = 0 },
		"wide":                 func(e *Ensemble) { e.Width = math.MaxInt },
		"roots":                func(e *Ensemble) { e.Roots[1] = -1 },
		"roots backwards":      func(e *Ensemble) { e.Roots[0], e.Roots[1] = e.Roots[1], e.Roots[0] },
		"no roots":             func(e *Ensemble) { e.Roots = nil },
		"cover":                func(e *Ensemble) { e.Cover = e.Cover[1:] },
		"negative cover":       func(e *Ensemble) { e.Cover[1] = -1 },
		"gain":                 func(e *Ensemble) { e.Gain = e.Gain[1:] },
		"outputs":              func(e *Ensemble) { e.Outputs = []int32{0} },
		"output of no tree":    func(e *Ensemble) { e.Outputs = []int32{0, 1 << 30} },
		"sets":                 func(e *Ensemble) { e.Sets = nil },
		"columns of one name":  func(e *Ensemble) { e.Columns[1].Name = "a" },
		"a column that is not": func(e *Ensemble) { e.Columns = nil },
	} {
		e := someTrees(rand.New(rand.NewPCG(3, 3)), someColumns(), 2, 1)
		if err := e.Check(); err != nil {
			t.Fatal(err)
		}
		harm(e)
		if err := e.Check(); !errors.Is(err, learn.ErrBroken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Shapley values by their definition: over all sets of columns that are known, a row
// goes both ways at splits on the others.
func TestShapByDefinition(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	x := someRows(rng, someColumns(), 40)
	e := someTrees(rng, x.Columns, 7, 2)
	mix := []float64{0.5, -2}
	ex, err := e.Shap(x, mix)
	if err != nil {
		t.Fatal(err)
	}
	m := len(x.Columns)
	for i := range x.Rows {
		worth := make([]float64, 1<<m)
		for known := range worth {
			for _, root := range e.Roots {
				worth[known] += e.expected(x, i, root, known, mix)
			}
		}
		sum := ex.Base
		check.Close(t, "base", ex.Base, worth[0], 1e-12)
		check.Close(t, "total", ex.Total[i], worth[len(worth)-1], 1e-12)
		for j := range m {
			var want float64
			for known := range worth {
				if known>>j&1 == 0 {
					want += (worth[known|1<<j] - worth[known]) / (float64(m) * binomial(m-1, bits.OnesCount(uint(known))))
				}
			}
			if !check.Near(ex.Parts[j][i], want, 1e-12, 1e-12) {
				t.Errorf("row %d, column %d: %v, want %v", i, j, ex.Parts[j][i], want)
			}
			sum += ex.Parts[j][i]
		}
		if !check.Near(sum, ex.Total[i], 1e-12, 1e-12) {
			t.Errorf("row %d: base and parts add up to %v, the total is %v", i, sum, ex.Total[i])
		}
	}
	if _, err := e.Shap(x, []float64{1}); err == nil {
		t.Error("no error for a mix of another number of outputs")
	}
}

func binomial(n, k int) float64 {
	c := 1.0
	for i := range k {
		c *= float64(n-i) / float64(i+1)
	}
	return c
}

// expected is what a tree says of a row of which some columns are known (Lundberg et
// al. 2020, Algorithm 1).
func (e *Ensemble) expected(x *learn.Matrix, row int, node int32, known int, mix []float64) float64 {
	n := &e.Nodes[node]
	if n.Column == Leaf {
		var sum float64
		for k, m := range mix {
			sum += m * e.Values[int(n.Low)+k]
		}
		return sum
	}
	if known>>n.Column&1 == 1 {
		if e.low(n, x, row) {
			return e.expected(x, row, n.Low, known, mix)
		}
		return e.expected(x, row, n.Low+1, known, mix)
	}
	low, high := e.Cover[n.Low], e.Cover[n.Low+1]
	if low+high == 0 {
		low, high = 1, 1
	}
	return (low*e.expected(x, row, n.Low, known, mix) + high*e.expected(x, row, n.Low+1, known, mix)) / (low + high)
}

// Points and weights for −1 to 1 are those of Abramowitz and Stegun, table 25.4.
func TestLegendre(t *testing.T) {
	got := legendre(5)
	for i, want := range []point{{-0.906179845938664, 0.236926885056189}, {-0.538469310105683, 0.478628670499366}, {0, 0.568888888888889}} {
		check.Close(t, "point", 2*got[i].at-1, want.at, 1e-14)
		check.Close(t, "weight", 2*got[i].weight, want.weight, 1e-14)
	}
	for _, n := range []int{1, 2, 30, 100} {
		var sum float64 // of x^(2n−1)
		for _, p := range legendre(n) {
			sum += p.weight * math.Pow(p.at, float64(2*n-1))
		}
		check.Close(t, fmt.Sprint("integral with ", n), sum, 1/float64(2*n), 1e-12)
	}
}

func TestRules(t *testing.T) {
	e := &Ensemble{
		Columns: []learn.Column{{Name: "src_bytes"}, {Name: "flag", Levels: []string{"REJ", "S0", "SF", "SH"}}},
		Width:   1, Roots: []int32{0}, Values: []float64{1, 2, 3, 4}, Sets: []uint64{0b0011, 0b1101},
		Nodes: []Node{
			{Column: 0, Low: 1, Value: 28.5, Set: -1, MissingLow: true},
			{Column: 1, Low: 3, Set: 0},
			{Column: 0, Low: 5, Value: 1e6, Set: -1},
			{Column: Leaf, Low: 0, Set: -1},
			{Column: Leaf, Low: 1, Set: -1},
			{Column: 1, Low: 7, Set: 1, MissingLow: true},
			{Column: Leaf, Low: 2, Set: -1},
			{Column: Leaf, Low: 3, Set: -1},
			{Column: Leaf, Low: 3, Set: -1},
		},
		Cover: []float64{100, 60, 40, 50, 10, 33, 7, 30, 3},
	}
	if err := e.Check(); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"src_bytes <= 28.5 and flag in {REJ, S0}",
		"28.5 < src_bytes <= 1000000 and flag not in {S0}",
		"src_bytes <= 28.5 and flag in {SF, SH}",
		"src_bytes > 1000000",
		"28.5 < src_bytes <= 1000000 and flag in {S0}",
	}
	rules := e.Rules(0)
	var cover float64
	for i, r := range rules {
		if i >= len(want) || r.String() != want[i] {
			t.Errorf("rule %d is %q", i, r)
		}
		cover += r.Cover
	}
	if cover != 100 || len(rules) != len(want) {
		t.Errorf("%d rules for %v rows", len(rules), cover)
	}
	if c := rules[0].Conditions; !c[0].Missing || c[1].Missing {
		t.Errorf("missing cells of the first rule: %+v", c)
	}
	if _, err := json.Marshal(rules); err != nil {
		t.Error(err)
	}
}
