package sql

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/netanom/netanom/dataset"
)

// declare returns the kind of a column as far as it follows from its type in the
// server and from what was said of it: by the user, or by the layout, whose word does
// not count against the type. It is Unknown where the data have to decide.
func declare(c *dataset.Column, info ColumnInfo, byUser bool) (dataset.Kind, error) {
	switch {
	case byUser && !readable(c.Kind, info.Form):
		return 0, fmt.Errorf("column %q is of type %s and cannot be read as %s; leave that out, or convert the column in a view of the table",
			c.Name, info.Type, c.Kind)
	case byUser || suits(c.Kind, info.Form):
		return c.Kind, nil
	}
	return byForm(c, info), nil
}

// readable reports whether cells of that form can be read as a kind.
func readable(k dataset.Kind, f Form) bool {
	switch {
	case k == dataset.Text:
		return true
	case k == dataset.Address:
		return f == Word || f == Host
	case k == dataset.Category:
		return f != Other
	}
	return f != Other && f != Host
}

// suits reports whether a kind is what cells of that form mostly are.
func suits(k dataset.Kind, f Form) bool {
	switch {
	case k == dataset.Time && f == Moment:
		return true
	case k.Numeric():
		return f.number()
	case k == dataset.Category:
		return f == Word || f.number()
	}
	return k != dataset.Unknown && readable(k, f)
}

// byForm returns the kind of a column of which nothing is said.
func byForm(c *dataset.Column, info ColumnInfo) dataset.Kind {
	switch {
	case info.Form == Other:
		return dataset.Text
	case c.Role == dataset.Label:
		return dataset.Category
	case info.Form == Host:
		return dataset.Address
	case info.Form == Moment:
		return dataset.Time
	case info.Form == Word && strings.HasPrefix(info.Type, "Enum"):
		return dataset.Category
	}
	return dataset.Unknown
}

// unseenKind is the kind of a column at whose data nobody looked.
func unseenKind(f Form) dataset.Kind {
	if f.number() {
		return dataset.Number
	}
	return dataset.Text
}

// numberKind settles the kind of a column of numbers by what was learned, and finds
// the unit of times that are numbers.
func (s *Source) numberKind(column int) (dataset.Kind, error) {
	c, f := &s.schema.Columns[column], &s.facts[column]
	if bad := float64(f.words); bad > usualBad*(bad+float64(f.n)) {
		return 0, fmt.Errorf("%s: %d of %d cells of column %q are no number to the server; read the column as it is with --type %s=category, "+
			"or make numbers of it in a view of the table", s.name(), f.words, f.words+f.n, c.Name, c.Name)
	}
	named := c.Role == dataset.Clock || dataset.NamedLikeTime(c.Name)
	if s.infos[column].Form != Moment && (c.Kind == dataset.Time || c.Kind == dataset.Unknown && named) && f.n > 0 {
		if unit, ok := timeUnit(f.min, f.max); ok {
			f.unit = unit
			f.min, f.max = f.min/unit, f.max/unit
			return dataset.Time, nil
		}
	}
	switch {
	case c.Kind != dataset.Unknown:
		return c.Kind, nil
	case f.n == 0 && f.infinite == 0:
		return dataset.Unknown, nil
	case f.n > 0 && f.beyond == 0 && f.max == 1:
		return dataset.Flag, nil
	}
	return dataset.Number, nil
}

// usualBad is the share of cells that may be no numbers in a column of text that is to
// be read as numbers.
const usualBad = 0.01

// timeUnit finds out whether numbers in a range are seconds since 1970, or thousandths
// or millionths of them, and returns how many make a second.
func timeUnit(from, to float64) (unit float64, ok bool) {
	cells := [][]byte{strconv.AppendFloat(nil, from, 'f', -1, 64), strconv.AppendFloat(nil, to, 'f', -1, 64)}
	switch layout, _ := dataset.DetectTimeLayout(cells, true); layout {
	case dataset.EpochSeconds:
		return 1, true
	case dataset.EpochMillis:
		return 1e3, true
	case dataset.EpochMicros:
		return 1e6, true
	}
	return 1, false
}

// wordKind settles the kind of a column of words by the first rows, and by all of its
// levels where these are not enough.
func (s *Source) wordKind(ctx context.Context, column int) (dataset.Kind, error) {
	head, err := s.headCells(ctx, column)
	if err != nil {
		return 0, err
	}
	kind := dataset.WordKind(head.cells)
	if kind == dataset.Text && strings.HasPrefix(s.infos[column].Type, "LowCardinality") {
		kind = dataset.Category
	}
	few := head.distinct <= headRows/10 || s.all.n <= headRows
	if kind == dataset.Text || kind != dataset.Unknown && few || s.all.n <= headRows {
		return kind, nil
	}
	asked := kind
	if kind == dataset.Unknown { // without a value at the head
		asked = dataset.Category
	}
	store := &levelStore{most: dataset.MaxLevels(asked)}
	switch found, err := store.get(ctx, s, column); {
	case err != nil:
		return 0, err
	case found.over:
		return dataset.Text, nil
	case kind == dataset.Unknown:
		kind = dataset.WordKind(found.cells())
	}
	if kind == dataset.Category || kind == dataset.Address {
		s.levels[column] = store
	}
	return kind, nil
}

// dropUnlikelyLabel takes the role from a column that was only named like a label when
// its cells are measurements.
func (s *Source) dropUnlikelyLabel(ctx context.Context, wanted []bool) error {
	const classes = 50
	i := s.schema.Label()
	if i < 0 || s.opt.Label != "" || s.schema.Name != "" || !wanted[i] || !s.infos[i].Form.number() {
		return nil
	}
	head, err := s.headCells(ctx, i)
	if err != nil {
		return err
	}
	fractional := false
	for _, cell := range head.cells {
		if x, ok := dataset.ParseNumber(cell); ok {
			fractional = fractional || x != float64(int64(x))
		}
	}
	if fractional || head.distinct > classes {
		s.schema.Columns[i].Role = dataset.Feature
	}
	return nil
}
