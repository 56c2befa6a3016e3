package dashboard

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/netanom/netanom/dataset"
)

// The block of a sample is packed as the parts of the data are (block.go). Its body has the
// rows of the data before the time axis and before the end of each step; then each cube: by
// step the same of its cells if it is timed, the codes of its columns, whether cells are
// alerts, how many rows they have, and their bytes out and in as far as there are such columns.

// samplePart is what its head says instead of the number of a part.
const samplePart = -1

type sampleHead struct {
	blockPart
	Table     int        `json:"table"` // rows of the table
	Anomalous int        `json:"anomalous"`
	Kept      int        `json:"kept"`
	By        []int      `json:"by"`
	Steps     int        `json:"steps"`
	Cubes     []cubeHead `json:"cubes"`
}

type cubeHead struct {
	Cells   int   `json:"cells"`
	Columns []int `json:"columns"`
	Judged  bool  `json:"judged"`
	Timed   bool  `json:"timed"`
	Sums    []int `json:"sums"` // the columns of bytes
}

// block returns what the page is told of the table that the data are a sample of. The same
// sample gives the same bytes.
func (s *Sample) block(d *Data) ([]byte, error) {
	r := FindRoles(d)
	head := sampleHead{blockPart: blockPart{blockVersion, samplePart, d.Rows}, Table: s.Rows, Anomalous: s.Anomalous, Kept: s.Kept, By: append([]int{}, s.By...), Steps: len(s.Ends)}
	body := appendPlanes(nil, ends32(s.First, s.Ends), 4)
	for k := range s.Cubes {
		c := &s.Cubes[k]
		h := cubeHead{Cells: len(c.Counts), Columns: append([]int{}, c.Columns...), Judged: c.Judged, Timed: c.Timed, Sums: []int{}}
		if c.Timed {
			body = appendPlanes(body, ends32(c.First, c.Ends), 4)
		}
		for i, j := range c.Columns {
			body = appendPlanes(body, c.Codes[i], widthOfSize(d.Columns[j].size()))
		}
		if c.Judged {
			body = appendPlanes(body, c.Alerts, 1)
		}
		body = appendPlanes(body, c.Counts, 4)
		for side, name := range []string{r.Out, r.In} {
			if c.Sums[side] != nil {
				h.Sums = append(h.Sums, slices.IndexFunc(d.Columns, func(c Column) bool { return c.Name == name }))
				body = appendDoubles(body, c.Sums[side])
			}
		}
		head.Cubes = append(head.Cubes, h)
	}
	text, err := json.Marshal(head)
	if err != nil {
		return nil, fmt.Errorf("the page cannot hold what was counted of %s: %w", d.Source, err)
	}
	return packed(binary.LittleEndian.AppendUint32(nil, uint32(len(text))), text, body)
}

func ends32(first int, ends []int) []uint32 {
	out := []uint32{uint32(first)}
	for _, e := range ends {
		out = append(out, uint32(e))
	}
	return out
}

// appendDoubles appends numbers in planes of their bytes.
func appendDoubles(to []byte, numbers []float64) []byte {
	to = slices.Grow(to, 8*len(numbers))
	for k := range 8 {
		for _, v := range numbers {
			to = append(to, byte(math.Float64bits(v)>>(8*k)))
		}
	}
	return to
}

// Sentences tell what the page holds of the table and which of its counts are exact.
func (s *Sample) Sentences(d *Data) []string {
	kind := "rows with a label that is not normal"
	if d.Verdicts != nil {
		kind = "alerts at the model's threshold"
	}
	kept := fmt.Sprintf("all %s %s", grouped(s.Anomalous), kind)
	if s.Kept < s.Anomalous {
		kept = fmt.Sprintf("%s of the %s %s", grouped(s.Kept), grouped(s.Anomalous), kind)
	}
	if s.Anomalous == 0 {
		kept = "no anomalous rows, because there are none"
	}
	of := ""
	if len(s.By) > 0 {
		of = " of each group of rows with the same " + listed(d.namesOf(s.By)) + ", small groups whole"
	}
	rows := []string{fmt.Sprintf("The table has %s rows, more than the page holds. It has %s of them: %s, and a random sample of the others%s.", grouped(s.Rows), grouped(d.Rows), kept, of)}
	if s.Draw != nil {
		rows = s.drawn(d)
	}
	return append(rows,
		"Counts are exact, of all rows of the table, "+s.exactly(d)+".",
		"All other counts are estimated from the sample, where each row stands for as many as its group has in the table; panels with such counts say ≈. Lists, points, comparisons and correlations are of the rows of the sample alone, and say so; files of rows hold these rows.",
	)
}

// drawn tells of rows that an engine has drawn.
func (s *Sample) drawn(d *Data) []string {
	how := "a random sample"
	if s.Draw.By != "" {
		how += ", in which each level of " + printable(s.Draw.By) + " has its share: " + sharesOf(s.Draw.Levels)
	}
	out := []string{fmt.Sprintf("The table has %s rows, and the page %s of them: %s.", grouped(s.Rows), grouped(d.Rows), how)}
	if s.Anomalous > 0 {
		out = append(out, fmt.Sprintf("Of the %s rows with a label that is not normal, the page has %s.", grouped(s.Anomalous), grouped(s.Kept)))
	}
	if d.Verdicts != nil {
		out = append(out, "Only the rows of the page are scored: how many alerts the whole table has is not known, and every count that tells alerts apart is estimated from the sample.")
	}
	if d.Clock == nil {
		out = append(out, "The rows of the page are in an order of chance, because a database has none and no column tells times.")
	}
	return out
}

// mostShares is how many levels are listed.
const mostShares = 6

// sharesOf says how many rows of the most frequent levels were drawn.
func sharesOf(levels []dataset.SampleLevel) string {
	sorted := slices.Clone(levels)
	slices.SortStableFunc(sorted, func(a, b dataset.SampleLevel) int { return cmp.Compare(b.Of, a.Of) })
	rest := max(0, len(sorted)-mostShares)
	if rest == 1 {
		rest = 0
	}
	var words []string
	for _, l := range sorted[:len(sorted)-rest] {
		name := "without one"
		if l.Level != "" {
			name = printable(shown(l.Level))
		}
		words = append(words, fmt.Sprintf("%s of %s %s", grouped(int(l.Rows)), grouped(int(l.Of)), name))
	}
	if rest > 0 {
		var rows, of int64
		for _, l := range sorted[len(sorted)-rest:] {
			rows, of = rows+l.Rows, of+l.Of
		}
		words = append(words, fmt.Sprintf("%s of %s in %d more levels", grouped(int(rows)), grouped(int(of)), rest))
	}
	return listed(words)
}

// grouped writes a count with commas between thousands.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// exactly says by which filters counts stay exact.
func (s *Sample) exactly(d *Data) string {
	var alerts, steps []string
	if s.Cubes[0].Judged {
		alerts = []string{"alerts at the model's own threshold"}
	}
	if s.Cubes[0].Timed {
		steps = []string{"the time in steps"}
	}
	out := "as long as they need only " + listed(slices.Concat(steps, d.namesOf(s.Cubes[0].Columns), alerts))
	if len(s.Cubes) > 1 {
		out += ", or only " + listed(slices.Concat([]string{"the time in steps"}, d.namesOf(s.Cubes[1].Columns), alerts))
	}
	return out
}

func (d *Data) namesOf(columns []int) []string {
	var out []string
	for _, j := range columns {
		out = append(out, printable(d.Columns[j].Name))
	}
	return out
}

// listed writes "a, b and c"; "no filter" for nothing.
func listed(words []string) string {
	switch n := len(words); n {
	case 0:
		return "no filter"
	case 1:
		return words[0]
	default:
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
}
