package dashboard

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// A cubeCase are limits on rows.
type cubeCase struct {
	steps [2]int
	codes map[int]map[uint16]bool // by column: those that pass
}

func randomCase(rng *rand.Rand, d *Data, columns []int, steps int) cubeCase {
	a := rng.IntN(steps)
	c := cubeCase{[2]int{a, a + 1 + rng.IntN(steps-a)}, map[int]map[uint16]bool{}}
	for _, j := range columns {
		if rng.IntN(2) == 0 {
			continue
		}
		c.codes[j] = map[uint16]bool{}
		for k := range d.Columns[j].size() {
			if rng.IntN(2) == 0 {
				c.codes[j][uint16(k)] = true
			}
		}
	}
	return c
}

// inCells counts by the cube.
func (c cubeCase) inCells(cube *Cube) (rows, alerts int, out float64) {
	from, to := 0, len(cube.Counts)
	if cube.Timed {
		if from = cube.First; c.steps[0] > 0 {
			from = cube.Ends[c.steps[0]-1]
		}
		to = cube.Ends[c.steps[1]-1]
	}
	for i := from; i < to; i++ {
		if !passes(c.codes, func(j int) uint16 { return cube.Codes[slices.Index(cube.Columns, j)][i] }) {
			continue
		}
		rows += int(cube.Counts[i])
		out += cube.Sums[0][i]
		if cube.Judged {
			alerts += int(cube.Counts[i]) * int(cube.Alerts[i])
		}
	}
	return rows, alerts, out
}

func passes(wanted map[int]map[uint16]bool, code func(j int) uint16) bool {
	for j, some := range wanted {
		if !some[code(j)] {
			return false
		}
	}
	return true
}

// inRows counts by going over the rows of the table, with times as they are.
func (c cubeCase) inRows(d *Data, axis *TimeAxis, timed bool) (rows, alerts int, out float64) {
	bytes := &d.Columns[slices.IndexFunc(d.Columns, func(c Column) bool { return c.Name == "src_bytes" })]
	for i := range d.Rows {
		at := d.Clock.Start + d.Clock.Since[i]
		if timed && (at < axis.Start+float64(c.steps[0])*axis.Step || at >= axis.Start+float64(c.steps[1])*axis.Step) {
			continue
		}
		if !passes(c.codes, func(j int) uint16 { return d.Columns[j].Codes[i] }) {
			continue
		}
		rows++
		out += bytes.Values[bytes.Codes[i]]
		if d.Verdicts != nil && d.Columns[d.Verdicts.Score].Codes[i] >= 3 { // the threshold of withVerdicts
			alerts++
		}
	}
	return rows, alerts, out
}

// TestCubesCountAsRowsDo compares cubes with counts of all rows under many filters.
func TestCubesCountAsRowsDo(t *testing.T) {
	text := simulated(t, 3000)
	for _, judged := range []bool{false, true} {
		for _, cells := range []int{mostCells, 600, 20, 2} {
			rng := rand.New(rand.NewPCG(7, 7))
			var d *Data
			p := reduced(t, text, 1000, cells, func(p *Page) {
				if judged {
					withVerdicts(p.Data, rng)
				}
				d = copied(p.Data)
			})
			s := p.Data.Sample
			if want := map[bool]int{true: 1, false: 2}[cells == mostCells]; len(s.Cubes) != want {
				t.Fatalf("%d cubes, want %d", len(s.Cubes), want)
			}
			for k := range s.Cubes {
				cube := &s.Cubes[k]
				if len(cube.Columns) > 0 && len(cube.Counts) > cells {
					t.Errorf("%d cells, want at most %d", len(cube.Counts), cells)
				}
				for range 40 {
					c := randomCase(rng, d, cube.Columns, s.Axis.Steps)
					rows, alerts, out := c.inCells(cube)
					wantRows, wantAlerts, wantOut := c.inRows(d, s.Axis, cube.Timed)
					if rows != wantRows || alerts != wantAlerts || out != wantOut { // bytes are whole numbers
						t.Fatalf("judged %v, cube %d: %d rows, %d alerts, %v bytes, want %d, %d, %v", judged, k, rows, alerts, out, wantRows, wantAlerts, wantOut)
					}
				}
			}
		}
	}
}

// TestGroupings compares groups with what makes them, in an array and in a map.
func TestGroupings(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 9))
	rows := 5000
	a, b := make([]uint16, rows), make([]uint16, rows)
	for i := range a {
		a[i], b[i] = uint16(rng.IntN(3000)), uint16(rng.IntN(5))
	}
	for _, size := range []int{5, 1 << 16} { // the second does not fit into an array
		g := newGrouping(rows)
		g.refine(a, 3000)
		g.refine(b, size)
		known := map[[2]uint16]uint32{}
		for i := range rows {
			key := [2]uint16{a[i], b[i]}
			k, ok := known[key]
			if !ok {
				k = uint32(len(known))
				known[key] = k
				if g.first[k] != i {
					t.Fatalf("group %d begins at row %d, want %d", k, g.first[k], i)
				}
			}
			if g.of[i] != k {
				t.Fatalf("row %d is in group %d, want %d", i, g.of[i], k)
			}
		}
		if len(g.first) != len(known) {
			t.Errorf("%d groups, want %d", len(g.first), len(known))
		}
	}
}
