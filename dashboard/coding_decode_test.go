package dashboard

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"io"
	"strconv"
	"testing"
)

// A decoded is a block as a browser sees it.
type decoded struct {
	blockHead
	codes   [][]uint16 // by column
	values  [][]float64
	since   []float64
	lines   []int64
	reasons [][3]int16
	ids     []string
}

// A bodyReader reads numbers in planes.
type bodyReader struct {
	t    *testing.T
	body []byte
}

func (r *bodyReader) take(n, width int) []uint32 {
	if n*width > len(r.body) {
		r.t.Fatalf("%d bytes are left of %d", len(r.body), n*width)
	}
	out := make([]uint32, n)
	for k := range width {
		for i := range out {
			out[i] |= uint32(r.body[k*n+i]) << (8 * k)
		}
	}
	r.body = r.body[n*width:]
	return out
}

// unpack returns the head of a part, as JSON, and its body.
func unpack(t *testing.T, part []byte) ([]byte, []byte) {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(part))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	n := int(binary.LittleEndian.Uint32(raw))
	return raw[4 : 4+n], raw[4+n:]
}

// decodeBlock reads a block, for what it says of itself.
func decodeBlock(t *testing.T, parts ...[]byte) *decoded {
	t.Helper()
	out := &decoded{}
	for p, part := range parts {
		head, body := unpack(t, part)
		if p == 0 {
			if err := json.Unmarshal(head, &out.blockHead); err != nil {
				t.Fatal(err)
			}
			out.codes, out.values = make([][]uint16, len(out.Columns)), make([][]float64, len(out.Columns))
		}
		r := &bodyReader{t, body}
		if p == 0 && out.Clock != nil && out.Clock.Column < 0 {
			now := 0.0
			for _, tick := range r.take(out.Rows, 4) {
				now += float64(tick)
				out.since = append(out.since, now*out.Clock.Unit)
			}
		}
		for _, j := range out.Parts[p] {
			out.column(r, j)
		}
		if p == 0 && out.Clock != nil && out.Clock.Column >= 0 {
			out.clock(out.Clock.Column)
		}
		if p == len(out.Parts)-1 {
			out.last(r)
		}
		if len(r.body) > 0 {
			t.Fatalf("%d bytes of part %d are of nothing", len(r.body), p)
		}
	}
	return out
}

// column reads a column.
func (d *decoded) column(r *bodyReader, j int) {
	c := &d.Columns[j]
	if c.Values != nil {
		sum := int64(0)
		for _, step := range c.Values.Steps {
			sum += step
			d.values[j] = append(d.values[j], float64(sum)/c.Values.Scale)
		}
		for _, text := range c.Values.List {
			v, err := strconv.ParseFloat(text, 64)
			if err != nil {
				r.t.Fatal(err)
			}
			d.values[j] = append(d.values[j], v)
		}
	}
	codes := make([]uint16, d.Rows)
	for i, v := range r.take(d.Rows, c.Width) {
		codes[i] = uint16(v)
		if c.Before && i > 0 {
			if codes[i] += codes[i-1]; c.Width == 1 {
				codes[i] &= 255
			}
		}
	}
	if len(c.Parents) > 0 {
		d.fromRanks(r, c, codes)
	}
	d.codes[j] = codes
}

// clock takes the times from a column.
func (d *decoded) clock(j int) {
	for _, k := range d.codes[j] {
		since := 0.0
		if int(k) < len(d.values[j]) {
			since = d.values[j][k] - d.Clock.Start
		}
		d.since = append(d.since, since)
	}
}

// fromRanks replaces ranks by codes.
func (d *decoded) fromRanks(r *bodyReader, c *blockCol, ranks []uint16) {
	counts, table := r.take(c.Counts[0], c.Counts[1]), r.take(c.Table[0], c.Table[1])
	starts := []int{0}
	for _, n := range counts {
		starts = append(starts, starts[len(starts)-1]+int(n)+1)
	}
	places := map[[2]uint16]int{}
	for i, rank := range ranks {
		var key [2]uint16
		for k, p := range c.Parents {
			key[k] = d.codes[p][i]
		}
		if _, seen := places[key]; !seen {
			places[key] = len(places)
		}
		ranks[i] = uint16(table[starts[places[key]]+int(rank)])
	}
}

// last reads what is at the end of the last part.
func (d *decoded) last(r *bodyReader) {
	if v := d.Verdicts; v != nil {
		flat := r.take(3*v.Rows, v.Width)
		for i := range v.Rows {
			d.reasons = append(d.reasons, [3]int16{int16(flat[i]) - 1, int16(flat[v.Rows+i]) - 1, int16(flat[2*v.Rows+i]) - 1})
		}
		if v.IDs > 0 {
			if err := json.Unmarshal(r.body[:v.IDs], &d.ids); err != nil {
				r.t.Fatal(err)
			}
			r.body = r.body[v.IDs:]
		}
	}
	if d.Lines == nil {
		return
	}
	steps := make([]uint32, d.Rows)
	for i := range steps[1:] {
		steps[i+1] = 1
	}
	if d.Lines.Listed {
		steps = r.take(d.Rows, 4)
	}
	line := d.Lines.First
	for _, s := range steps {
		line += s
		d.lines = append(d.lines, int64(line))
	}
}

// cell returns a cell as text, as the table has it.
func (d *decoded) cell(column, row int) string {
	c, k := &d.Columns[column], int(d.codes[column][row])
	switch {
	case k < len(c.Levels):
		return c.Levels[k]
	case k < len(d.values[column]):
		return strconv.FormatFloat(d.values[column][k], 'g', -1, 64)
	}
	return ""
}
