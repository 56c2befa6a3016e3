package dashboard

import (
	"cmp"
	"math"
	"slices"

	"github.com/netanom/netanom/dataset"
)

// fileColumn is the column of joined data that says which file a row is from.
const fileColumn = "file"

// Join returns the rows of two tables as one, with a column that says which file each is from,
// so that every filter and comparison of the page works between them. Columns are matched by
// their names in the known layout, and else by their names; cells that a file does not have
// are missing, and columns that are numbers in one and text in the other are left out. Rows
// are in the order of time if all have one. Where both have verdicts, these are of the same
// detector.
func Join(a, b *Data) *Data {
	j := &joiner{parts: [2]*Data{a, b}, out: &Data{Source: a.Source + " and " + b.Source, Rows: a.Rows + b.Rows, Label: -1}}
	if a.Layout == b.Layout {
		j.out.Layout = a.Layout
	}
	j.inTime()
	j.columns()
	j.whatTheyAre()
	j.verdicts()
	j.placesOfBoth()
	return j.out
}

// A joiner puts two tables behind each other. Rows of both are numbered through, those of the
// second behind those of the first, before they are put into order.
type joiner struct {
	parts [2]*Data
	out   *Data
	order []int
	from  [2][]int // for each column of a part: of the joined ones, -1 if it was left out
}

// inTime finds the order of rows.
func (j *joiner) inTime() {
	a, b := j.parts[0], j.parts[1]
	j.order = make([]int, j.out.Rows)
	for i := range j.order {
		j.order[i] = i
	}
	if a.Clock == nil || b.Clock == nil {
		j.lines()
		return
	}
	times := make([]float64, 0, j.out.Rows)
	for _, p := range j.parts {
		for _, since := range p.Clock.Since {
			times = append(times, p.Clock.Start+since)
		}
	}
	slices.SortStableFunc(j.order, func(x, y int) int { return cmp.Compare(times[x], times[y]) })
	if len(times) > 0 {
		clock := &Clock{Name: a.Clock.Name, Start: times[j.order[0]], Since: make([]float64, len(times))}
		for i, r := range j.order {
			clock.Since[i] = times[r] - clock.Start
		}
		j.out.Clock = clock
	}
	j.lines()
}

func (j *joiner) lines() {
	all := slices.Concat(j.parts[0].Lines, j.parts[1].Lines)
	j.out.Lines = make([]int64, len(all))
	for i, r := range j.order {
		j.out.Lines[i] = all[r]
	}
}

// columns joins those that match, and takes the others as they are.
func (j *joiner) columns() {
	a, b := j.parts[0], j.parts[1]
	j.from = [2][]int{filled(len(a.Columns), -1), filled(len(b.Columns), -1)}
	for x := range a.Columns {
		j.add(x, j.partner(x))
	}
	for y := range b.Columns {
		if y == b.scores() && a.scores() >= 0 {
			continue // joined with those of the first
		}
		if !slices.ContainsFunc(a.Columns, func(c Column) bool { return c.Canon == b.Columns[y].Canon || c.Name == b.Columns[y].Name }) {
			j.add(-1, y)
		}
	}
	for _, p := range j.parts {
		j.out.Unknown = cmp.Or(j.out.Unknown, p.Unknown)
		for _, name := range p.LeftOut {
			if !slices.Contains(j.out.LeftOut, name) {
				j.out.LeftOut = append(j.out.LeftOut, name)
			}
		}
	}
	j.out.Columns = append(j.out.Columns, j.file())
}

// scores is the column of a detector's scores, -1 without one.
func (d *Data) scores() int {
	if d.Verdicts == nil {
		return -1
	}
	return d.Verdicts.Score
}

// partner returns the column of the second part that belongs to one of the first, -1 for
// none. Scores of the detector belong together, whatever columns of that name the files have.
func (j *joiner) partner(x int) int {
	a, b := j.parts[0], j.parts[1]
	if x == a.scores() && b.scores() >= 0 {
		return b.scores()
	}
	one := &a.Columns[x]
	for _, same := range []func(*Column) bool{
		func(c *Column) bool { return c.Canon == one.Canon },
		func(c *Column) bool { return c.Name == one.Name },
	} {
		for y := range b.Columns {
			if y != b.scores() && same(&b.Columns[y]) {
				return y
			}
		}
	}
	return -1
}

func filled(n, value int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = value
	}
	return out
}

// add joins a column of the first part with one of the second, either of which may be -1.
func (j *joiner) add(x, y int) {
	var ends [2]*Column
	var model *Column
	for p, at := range [2]int{x, y} {
		if at >= 0 {
			ends[p] = &j.parts[p].Columns[at]
			model = cmp.Or(model, ends[p])
		}
	}
	if ends[0] != nil && ends[1] != nil && (ends[0].Values == nil) != (ends[1].Values == nil) {
		j.out.Mixed = append(j.out.Mixed, model.Name)
		return
	}
	for p, at := range [2]int{x, y} {
		if at >= 0 {
			j.from[p][at] = len(j.out.Columns)
		}
	}
	c := Column{Name: model.Name, Canon: model.Canon, Role: model.Role, Kind: model.Kind}
	if model.Values != nil {
		c.packNumbers(j.numbers(ends), j.order, j.cuts(x)...)
	} else {
		names, codes := j.texts(ends)
		c.packLevels(names, codes, j.order)
	}
	for _, end := range ends {
		if end != nil {
			c.Rounded = c.Rounded || end.Rounded
			c.Others = max(c.Others, end.Others)
		}
	}
	j.out.Columns = append(j.out.Columns, c)
}

// cuts are the scores that no code may lie across.
func (j *joiner) cuts(x int) []float64 {
	a, b := j.parts[0].Verdicts, j.parts[1].Verdicts
	if a == nil || b == nil || x != a.Score {
		return nil
	}
	return []float64{a.Threshold, max(a.Floor, b.Floor)}
}

// numbers returns the numbers of both parts, NaN where one has none.
func (j *joiner) numbers(ends [2]*Column) []float64 {
	out := make([]float64, 0, j.out.Rows)
	for p, c := range ends {
		for i := range j.parts[p].Rows {
			v := math.NaN()
			if c != nil && int(c.Codes[i]) < len(c.Values) {
				v = c.Values[c.Codes[i]]
			}
			out = append(out, v)
		}
	}
	return out
}

// texts returns the levels of both parts, and the level of each row.
func (j *joiner) texts(ends [2]*Column) (names []string, codes []uint32) {
	index := map[string]uint32{}
	codes = make([]uint32, 0, j.out.Rows)
	for p, c := range ends {
		var number []uint32
		if c != nil {
			for _, l := range c.Levels {
				if _, ok := index[l]; !ok {
					index[l] = uint32(len(names))
					names = append(names, l)
				}
				number = append(number, index[l])
			}
		}
		for i := range j.parts[p].Rows {
			k := uint32(dataset.MissingCode)
			if c != nil && int(c.Codes[i]) < len(number) {
				k = number[c.Codes[i]]
			}
			codes = append(codes, k)
		}
	}
	return names, codes
}

// file is the column of the files' names.
func (j *joiner) file() Column {
	c := Column{Name: fileColumn, Role: dataset.Derivative, Kind: dataset.Category, Levels: []string{j.parts[0].Source, j.parts[1].Source}, Codes: make([]uint16, j.out.Rows)}
	for slices.ContainsFunc(j.out.Columns, func(o Column) bool { return o.Name == c.Name || o.Canon == c.Name }) {
		c.Name = "netanom " + c.Name
	}
	c.Canon = c.Name
	if c.Levels[0] == c.Levels[1] {
		c.Levels[0], c.Levels[1] = c.Levels[0]+" (first)", c.Levels[1]+" (second)"
	}
	for i, r := range j.order {
		if r >= j.parts[0].Rows {
			c.Codes[i] = 1
		}
	}
	return c
}

// whatTheyAre joins what is known of the labels.
func (j *joiner) whatTheyAre() {
	a, b := j.parts[0], j.parts[1]
	switch {
	case a.Label >= 0:
		j.out.Label = j.from[0][a.Label]
	case b.Label >= 0:
		j.out.Label = j.from[1][b.Label]
	}
	for _, level := range slices.Concat(a.Normal, b.Normal) {
		if !slices.Contains(j.out.Normal, level) {
			j.out.Normal = append(j.out.Normal, level)
		}
	}
}

// verdicts joins those of one detector.
func (j *joiner) verdicts() {
	a, b := j.parts[0].Verdicts, j.parts[1].Verdicts
	if a == nil || b == nil || j.from[0][a.Score] < 0 {
		return
	}
	v := *a
	v.Score, v.Floor, v.Reasons, v.IDs = j.from[0][a.Score], max(a.Floor, b.Floor), [][3]int16{}, nil
	reasons, ids := map[int][3]int16{}, map[int]string{}
	for p, from := range []*Verdicts{a, b} {
		j.reasonsOf(p, from, reasons, ids)
	}
	c := &j.out.Columns[v.Score]
	for i, r := range j.order {
		if k := int(c.Codes[i]); k < len(c.Values) && c.Values[k] >= v.Floor {
			v.Reasons = append(v.Reasons, reasons[r])
			v.IDs = append(v.IDs, ids[r])
		}
	}
	if a.IDs == nil && b.IDs == nil {
		v.IDs = nil
	}
	j.out.Verdicts = &v
}

// reasonsOf collects the reasons and IDs of a part by the numbers of rows of both.
func (j *joiner) reasonsOf(p int, v *Verdicts, reasons map[int][3]int16, ids map[int]string) {
	d := j.parts[p]
	c, first, at := &d.Columns[v.Score], p*j.parts[0].Rows, 0
	for i, k := range c.Codes {
		if int(k) >= len(c.Values) || c.Values[k] < v.Floor {
			continue
		}
		three := v.Reasons[at]
		for n, column := range three {
			if column >= 0 {
				three[n] = int16(j.from[p][column])
			}
		}
		reasons[first+i] = three
		if v.IDs != nil {
			ids[first+i] = v.IDs[at]
		}
		at++
	}
}

// placesOfBoth joins which columns are places.
func (j *joiner) placesOfBoth() {
	for p, d := range j.parts {
		if d.Places == nil {
			continue
		}
		if j.out.Places == nil {
			j.out.Places = &Places{Source: -1, Destination: -1, From: d.Places.From}
		}
		to := j.out.Places
		for _, end := range [][2]*int{{&to.Source, &d.Places.Source}, {&to.Destination, &d.Places.Destination}} {
			if *end[0] < 0 && *end[1] >= 0 {
				*end[0] = j.from[p][*end[1]]
			}
		}
		for _, site := range d.Places.Sites {
			if !slices.Contains(to.Sites, site) {
				to.Sites = append(to.Sites, site)
			}
		}
	}
}
