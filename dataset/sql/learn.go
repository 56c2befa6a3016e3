package sql

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/netanom/netanom/dataset"
)

// Open lists the columns of a table, and finds out what they are: by their names and
// types, by one statement about all columns of numbers, and by the first rows where a column
// has words. The kinds are those that a file with the same cells would have.
//
// Errors name the table and say what to do. A table without rows is none until it is scanned.
func Open(ctx context.Context, c Conn, a Address, o Options) (*Source, error) {
	infos, err := c.Columns(ctx, a.Table)
	if err != nil {
		return nil, err
	}
	all := &rowCount{n: -1}
	t := &table{conn: c, d: c.Dialect(), address: a, opt: o, infos: infos, all: all, ctx: ctx, prefix: aliasPrefix(infos)}
	if len(infos) == 0 {
		return nil, fmt.Errorf("%s has no columns", t.name())
	}
	t.facts = make([]columnFacts, len(infos))
	s := &Source{table: t, counted: all, levels: make([]*levelStore, len(infos))}
	names := make([]string, len(infos))
	for i, info := range infos {
		names[i], s.columns = info.Name, append(s.columns, i)
	}
	s.schema = dataset.Recognise(names)
	declared, err := s.applyOptions()
	if err != nil {
		return nil, err
	}
	wanted, err := s.wanted()
	if err != nil {
		return nil, err
	}
	if err := s.decide(ctx, declared, wanted); err != nil {
		return nil, err
	}
	s.renewLevels()
	return s, nil
}

// applyOptions lets the user's word on the label and on kinds win, and returns the
// columns whose kinds are the user's.
func (s *Source) applyOptions() (declared []bool, err error) {
	declared = make([]bool, len(s.schema.Columns))
	if name := s.opt.Label; name != "" {
		i, err := s.schema.Resolve(name)
		if err != nil {
			return nil, fmt.Errorf("--label: %w", err)
		}
		if old := s.schema.Label(); old >= 0 && old != i {
			s.schema.Columns[old].Role = dataset.Derivative
		}
		s.schema.Columns[i].Role, s.schema.Columns[i].Kind = dataset.Label, dataset.Category
		declared[i] = true
	}
	for _, name := range slices.Sorted(maps.Keys(s.opt.Types)) {
		i, err := s.schema.Resolve(name)
		if err != nil {
			return nil, fmt.Errorf("--type %s=%s: %w", name, s.opt.Types[name], err)
		}
		s.schema.Columns[i].Kind, declared[i] = s.opt.Types[name], true
	}
	return declared, nil
}

// wanted returns the columns of which the data are looked at.
func (s *Source) wanted() ([]bool, error) {
	out := make([]bool, len(s.schema.Columns))
	for i := range out {
		out[i] = s.opt.Columns == nil
	}
	for _, name := range s.opt.Columns {
		i, err := s.schema.Resolve(name)
		if err != nil {
			return nil, err
		}
		out[i] = true
	}
	return out, nil
}

// decide settles the kinds of the columns.
func (s *Source) decide(ctx context.Context, declared, wanted []bool) error {
	if err := s.dropUnlikelyLabel(ctx, wanted); err != nil {
		return err
	}
	var numbers []int
	for i := range s.schema.Columns {
		c := &s.schema.Columns[i]
		kind, err := declare(c, s.infos[i], declared[i])
		if err != nil {
			return fmt.Errorf("%s: %w", s.name(), err)
		}
		if c.Kind = kind; wanted[i] && isNumeric(kind, s.infos[i].Form) {
			numbers = append(numbers, i)
		}
	}
	if err := s.learn(ctx, numbers); err != nil {
		return err
	}
	for i := range s.schema.Columns {
		c := &s.schema.Columns[i]
		var err error
		switch {
		case s.facts[i].learned:
			c.Kind, err = s.numberKind(i)
		case c.Kind != dataset.Unknown:
		case !wanted[i]:
			c.Kind = unseenKind(s.infos[i].Form)
		default:
			c.Kind, err = s.wordKind(ctx, i)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// isNumeric reports whether the cells of a column are taken for numbers.
func isNumeric(k dataset.Kind, f Form) bool {
	return k.Numeric() || k == dataset.Unknown && f.number()
}

// number reports whether the cells of that form are numbers.
func (f Form) number() bool { return f == Integer || f == Float || f == Decimal }

// factsPerStatement is how many columns of numbers one statement is about: PostgreSQL answers
// with 1664 cells at most, of which a column takes up to five.
const factsPerStatement = 300

// learn asks for the number of rows and the facts about some columns of numbers, in one
// statement if they are not very many.
func (s *Source) learn(ctx context.Context, columns []int) error {
	for first := true; first || len(columns) > 0; first = false {
		some := columns[:min(len(columns), factsPerStatement)]
		if err := s.learnSome(ctx, some); err != nil {
			return err
		}
		columns = columns[len(some):]
	}
	return nil
}

// learnSome does so in one statement.
func (s *Source) learnSome(ctx context.Context, columns []int) error {
	l := &factList{cells: []string{s.d.Int(s.d.Count())}, types: []Type{Int}}
	for _, c := range columns {
		l.add(s, c)
	}
	rows, n := 0, int64(0)
	err := s.query(ctx, "SELECT "+strings.Join(l.cells, ", ")+" FROM "+s.from(), l.types, func(b *Block) error {
		for row := range b.Rows {
			l.at, rows = 0, rows+1
			n = l.int(b, row)
			for _, c := range columns {
				s.facts[c] = l.facts(b, row, s.infos[c])
			}
		}
		return nil
	})
	if err == nil && rows != 1 {
		return fmt.Errorf("%s: the server answered one question with %d rows; is there something between it and netanom that changes answers?", s.name(), rows)
	}
	if err == nil {
		err = s.agree(n) // with what was counted before
	}
	if err == nil {
		s.all.n = n
	}
	return err
}

// whole reports whether all cells of a column that are there are whole numbers, of which
// the server knows the least and the largest.
func (c ColumnInfo) whole() bool {
	return c.Form == Integer && !strings.HasPrefix(strings.ToLower(c.Type), "bool")
}

// A factList is the list of expressions that make the facts, and a place in it.
type factList struct {
	cells []string
	types []Type
	at    int
}

// add appends what is asked about a column.
func (l *factList) add(s *Source, column int) {
	d, info := s.d, s.infos[column]
	if info.whole() { // the ends say all, and are cheapest found before anything is made of the cells
		e, n := d.Quote(info.Name), d.Count()
		if info.Null {
			n = d.CountIf(e + " IS NOT NULL")
		}
		l.cells, l.types = append(l.cells, d.Int(n)), append(l.types, Int)
		for _, end := range []string{"min(" + e + ")", "max(" + e + ")"} {
			l.cells, l.types = append(l.cells, d.CastReal(d.Number(end, info))), append(l.types, Real)
		}
		return
	}
	e := "(" + d.Number(d.Quote(info.Name), info) + ")"
	for _, count := range []string{e + " IS NOT NULL", e + " <> 0 AND " + e + " <> 1"} {
		l.cells, l.types = append(l.cells, d.Int(d.CountIf(count))), append(l.types, Int)
	}
	for _, end := range []string{"min(" + e + ")", "max(" + e + ")"} {
		l.cells, l.types = append(l.cells, d.CastReal(end)), append(l.types, Real)
	}
	switch info.Form {
	case Float:
		l.cells, l.types = append(l.cells, d.Int(d.CountIf(d.Infinite(info)))), append(l.types, Int)
	case Word:
		l.cells, l.types = append(l.cells, d.Int(d.CountIf(e+" IS NULL AND "+s.present(column)))), append(l.types, Int)
	}
}

func (l *factList) int(b *Block, row int) int64 {
	l.at++
	return b.Columns[l.at-1].Ints[row]
}

func (l *factList) real(b *Block, row int) float64 {
	l.at++
	return b.Columns[l.at-1].Reals[row]
}

// facts reads what add has asked for.
func (l *factList) facts(b *Block, row int, info ColumnInfo) columnFacts {
	if info.whole() {
		f := columnFacts{learned: true, unit: 1, n: l.int(b, row), min: l.real(b, row), max: l.real(b, row)}
		if f.n > 0 && (f.min < 0 || f.max > 1) {
			f.beyond = 1 // or more
		}
		return f
	}
	f := columnFacts{learned: true, unit: 1, n: l.int(b, row), beyond: l.int(b, row), min: l.real(b, row), max: l.real(b, row)}
	switch info.Form {
	case Float:
		f.infinite = l.int(b, row)
	case Word:
		f.words = l.int(b, row)
	}
	return f
}
