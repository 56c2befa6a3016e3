package dashboard

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
)

// A block is the bytes that a page decodes: four of the length of a head, the head as JSON,
// and then the columns, each beginning at a multiple of eight. All of it is packed by gzip,
// because browsers unpack nothing else.

// blockHead says what the columns of a block are.
type blockHead struct {
	Version int         `json:"version"`
	Source  string      `json:"source"`
	Layout  string      `json:"layout,omitempty"`
	Rows    int         `json:"rows"`
	Label   int         `json:"label"` // a column, -1 if there is none
	Normal  []string    `json:"normal"`
	Clock   *blockClock `json:"clock,omitempty"`
	LeftOut []string    `json:"left_out,omitempty"`
	Columns []blockCol  `json:"columns"`
}

type blockClock struct {
	Name   string  `json:"name"`
	Start  float64 `json:"start"` // seconds since the Unix epoch
	Unit   float64 `json:"unit"`  // seconds
	Offset int     `json:"offset"`
}

type blockCol struct {
	Name    string    `json:"name"`
	Canon   string    `json:"canon"`
	Role    string    `json:"role"`
	Kind    string    `json:"kind"`
	Width   int       `json:"width"` // bytes of a code
	Offset  int       `json:"offset"`
	Levels  []string  `json:"levels,omitempty"`
	Values  []float64 `json:"values,omitempty"`
	Missing bool      `json:"missing,omitempty"`
	Rounded bool      `json:"rounded,omitempty"`
	Others  int       `json:"others,omitempty"`
}

const blockVersion = 1

// width is how many bytes the codes of the column take.
func (c *Column) width() int {
	if n := len(c.Levels) + len(c.Values); n < 256 || n == 256 && !c.Missing {
		return 1
	}
	return 2
}

// Block returns the data as the bytes of a block. The same data give the same bytes.
func (d *Data) Block() ([]byte, error) {
	head := blockHead{Version: blockVersion, Source: d.Source, Layout: d.Layout, Rows: d.Rows, Label: d.Label, Normal: append([]string{}, d.Normal...), LeftOut: d.LeftOut, Columns: []blockCol{}}
	var body []byte
	align := func() int {
		for len(body)%8 != 0 {
			body = append(body, 0)
		}
		return len(body)
	}
	if d.Clock != nil {
		unit, ticks := d.Clock.ticks()
		head.Clock = &blockClock{d.Clock.Name, d.Clock.Start, unit, align()}
		for _, t := range ticks {
			body = binary.LittleEndian.AppendUint32(body, t)
		}
	}
	for j := range d.Columns {
		c := &d.Columns[j]
		one := blockCol{c.Name, c.Canon, c.Role.String(), c.Kind.String(), c.width(), align(), c.Levels, c.Values, c.Missing, c.Rounded, c.Others}
		for _, k := range c.Codes {
			if body = append(body, byte(k)); one.Width == 2 {
				body = append(body, byte(k>>8))
			}
		}
		head.Columns = append(head.Columns, one)
	}
	text, err := json.Marshal(head)
	if err != nil {
		return nil, fmt.Errorf("the page cannot hold %s: %w", d.Source, err)
	}
	for (4+len(text))%8 != 0 {
		text = append(text, ' ')
	}
	return packed(binary.LittleEndian.AppendUint32(nil, uint32(len(text))), text, body)
}

// ticks returns the time between each row and the row before, in the finest unit in which
// every one fits: packed they take little room.
func (c *Clock) ticks() (unit float64, out []uint32) {
	largest := 0.0
	for i := 1; i < len(c.Since); i++ {
		largest = max(largest, c.Since[i]-c.Since[i-1])
	}
	for _, unit = range []float64{1e-6, 1e-3, 1} {
		if largest/unit < math.MaxUint32 {
			break
		}
	}
	out = make([]uint32, len(c.Since))
	last := 0.0
	for i, t := range c.Since {
		now := math.Round(t / unit)
		out[i] = uint32(min(max(0, now-last), math.MaxUint32))
		last = now
	}
	return unit, out
}

// packed packs parts by gzip.
func packed(parts ...[]byte) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, 6)
	if err != nil {
		return nil, err
	}
	for _, p := range parts {
		if _, err := z.Write(p); err != nil {
			return nil, err
		}
	}
	err = z.Close()
	return b.Bytes(), err
}
