package model

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/traffic"
)

// Causes that callers may want to tell apart, found with errors.Is.
var (
	ErrNoLabel = errors.New("the table has no label from which normal and attack can be told")
	ErrColumn  = errors.New("the column must not be learned from")
	ErrSetting = learn.ErrSetting // a learner or step cannot be set so
)

// A refusal is an ErrColumn with a sentence of its own.
type refusal struct{ text string }

func (r refusal) Error() string        { return r.text }
func (r refusal) Is(target error) bool { return target == ErrColumn }

// Data is a loaded table in the form that is learned from.
type Data struct {
	Rows    int
	Layout  string          // the known layout, see dataset.Schema
	Setting traffic.Setting // how the features were made
	LeftOut []LeftOut

	LabelName string
	Levels    []string // of the label, in the order of their bytes; none without a label
	Label     []int32  // by row: an index into Levels, learn.NoLevel where it is missing
	Classes   eda.Classes

	Time  []float64 // by row: seconds since the Unix epoch, NaN where missing; nil without a clock
	Group []int32   // by row: the level of DataOptions.Group, learn.NoLevel where missing; nil if none was asked for

	columns []dataset.Column // of x
	rules   []dataset.Rule   // of x: what a column may contain according to the makers of its layout
	x       *learn.Matrix    // the columns that may be learned from, with all their levels
	line    func(row int64) int64
}

// A LeftOut is a column that is not learned from, and why.
type LeftOut struct{ Column, Why string }

// DataOptions say what of a table to take. The zero value takes every column that
// may be learned from.
type DataOptions struct {
	Features []string // columns, by any spelling; none: all that may be learned from
	Insist   []string // columns that give the label away or name the row, to be learned from all the same
	Normal   []string // levels of the label that mean normal; none: found by name
	Group    string   // the column whose rows of one level belong together; "": none
}

// Load takes what can be learned from out of a table. Columns that must not be
// features are left out and listed with the reason: the label and what is made from
// it (NSL-KDD's difficulty, last_flag), identifiers and clocks, and columns
// of addresses and free text, which name things rather than describe them. It is
// an error to ask for one of them without insisting, and for a label that does
// not tell normal from attack; a table without a label has no Levels.
func Load(ctx context.Context, t *dataset.Table, o DataOptions) (*Data, error) {
	s := t.Schema()
	d := &Data{Rows: int(t.Rows()), Layout: s.Name, line: t.Line}
	var err error
	if d.Setting, err = settingOf(t); err != nil {
		return nil, err
	}
	if err := d.readLabel(t, o.Normal); err != nil {
		return nil, err
	}
	chosen, err := d.choose(s, o)
	if err != nil {
		return nil, err
	}
	d.x = &learn.Matrix{Rows: d.Rows}
	for _, j := range chosen {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		if err := d.addColumn(t, j); err != nil {
			return nil, err
		}
	}
	if c := s.Clock(); c >= 0 && s.Columns[c].Kind.Numeric() {
		if d.Time, err = t.Floats(c); err != nil {
			return nil, err
		}
	}
	if o.Group != "" {
		d.Group, err = groupsOf(t, o.Group)
	}
	return d, err
}

// readLabel takes the label of a table.
func (d *Data) readLabel(t *dataset.Table, normal []string) error {
	s := t.Schema()
	classes, err := eda.FindClasses(s, normal)
	if err != nil {
		return err
	}
	d.Classes, d.LabelName = classes, classes.Name
	if classes.Column < 0 {
		return nil
	}
	d.Levels = s.Columns[classes.Column].Dict.Levels()
	d.Label, err = codesOf(t, classes.Column)
	return err
}

// codesOf returns the codes of a column of levels.
func codesOf(t *dataset.Table, column int) ([]int32, error) {
	codes, err := t.Codes(column)
	if err != nil {
		return nil, err
	}
	out := make([]int32, len(codes))
	for i, c := range codes {
		if out[i] = int32(c); c == dataset.MissingCode {
			out[i] = learn.NoLevel
		}
	}
	return out, nil
}

// choose returns the columns to learn from.
func (d *Data) choose(s *dataset.Schema, o DataOptions) ([]int, error) {
	insisted, err := resolveAll(s, o.Insist)
	if err != nil {
		return nil, err
	}
	asked, err := resolveAll(s, o.Features)
	if err != nil {
		return nil, err
	}
	var chosen []int
	for j := range s.Columns {
		c := &s.Columns[j]
		why := whyNot(c, s.Name)
		if c.Role == dataset.Label && slices.Contains(insisted, j) {
			return nil, refusal{fmt.Sprintf("column %q is the label; a model that sees it has nothing to learn", c.Name)}
		}
		switch {
		case len(asked) > 0 && !slices.Contains(asked, j) && !slices.Contains(insisted, j):
			if why == "" {
				why = "was not asked for"
			}
		case slices.Contains(insisted, j) && learnable(c):
			why = ""
		case c.Role == dataset.Label && slices.Contains(asked, j):
			return nil, refusal{fmt.Sprintf("column %q is the label; a model that sees it has nothing to learn", c.Name)}
		case why != "" && slices.Contains(asked, j):
			return nil, refusal{fmt.Sprintf("column %q %s; --insist %s learns from it all the same", c.Name, why, c.Name)}
		}
		if why == "" {
			chosen = append(chosen, j)
		} else if c.Role != dataset.Label {
			d.LeftOut = append(d.LeftOut, LeftOut{c.Name, why})
		}
	}
	if len(chosen) == 0 {
		return nil, errors.New("no column is left to learn from")
	}
	return chosen, nil
}

func resolveAll(s *dataset.Schema, names []string) ([]int, error) {
	var out []int
	for _, name := range names {
		if name == "all" && len(names) == 1 {
			return nil, nil
		}
		j, err := s.Resolve(name)
		if err != nil {
			return nil, err
		}
		out = append(out, j)
	}
	return out, nil
}

// learnable reports whether the column holds numbers or levels.
func learnable(c *dataset.Column) bool { return c.Kind.Numeric() || c.Dict != nil }

// sourcePorts are the names of the clients' ports in the known layouts.
var sourcePorts = []string{"src_port", "Src Port", "sport", "id.orig_p", "source_port", "srcport"}

// whyNot says why a column must not be learned from, for a sentence after its name;
// empty if it may.
func whyNot(c *dataset.Column, layout string) string {
	if why := dataset.WhyNoFeature(c); why != "" {
		return "is " + why
	}
	if slices.Contains(sourcePorts, c.Canon) {
		return "holds source ports, which clients draw at random"
	}
	if layout == dataset.LayoutNetanom && c.Canon == "dst_port" {
		return "is what service names, in words that other files have too"
	}
	switch c.Kind {
	case dataset.Unknown:
		return "holds no value"
	case dataset.Time:
		return "holds instants, which never come again"
	case dataset.Address:
		return "holds addresses, which name hosts and do not describe traffic"
	case dataset.Text:
		return "holds text, which names rather than describes"
	}
	return ""
}

// addColumn takes a column of numbers or levels.
func (d *Data) addColumn(t *dataset.Table, j int) error {
	c := t.Schema().Columns[j]
	column := learn.Column{Name: c.Name}
	var numbers []float64
	var codes []int32
	var err error
	if c.Dict != nil {
		column.Levels = append([]string{}, c.Dict.Levels()...)
		codes, err = codesOf(t, j)
	} else {
		numbers, err = t.Floats(j)
	}
	if err != nil {
		return err
	}
	d.columns, d.rules = append(d.columns, c), append(d.rules, dataset.Rules(t.Schema())[j])
	d.x.Columns = append(d.x.Columns, column)
	d.x.Numbers, d.x.Codes = append(d.x.Numbers, numbers), append(d.x.Codes, codes)
	return nil
}

// groupsOf returns the groups of rows that belong together.
func groupsOf(t *dataset.Table, name string) ([]int32, error) {
	j, err := t.Schema().Resolve(name)
	if err != nil {
		return nil, err
	}
	c := &t.Schema().Columns[j]
	if c.Dict != nil {
		return codesOf(t, j)
	}
	numbers, err := t.Floats(j)
	if err != nil {
		return nil, fmt.Errorf("rows cannot be grouped: %w", err)
	}
	seen := map[float64]int32{}
	out := make([]int32, len(numbers))
	for i, v := range numbers {
		if v != v {
			out[i] = learn.NoLevel
			continue
		}
		if _, ok := seen[v]; !ok {
			seen[v] = int32(len(seen))
		}
		out[i] = seen[v]
	}
	return out, nil
}

// All returns all rows.
func (d *Data) All() []int { return allOf(d.Rows) }

// Labelled returns the rows whose label is known, in order. It is an error if the
// label does not tell normal from attack.
func (d *Data) Labelled() ([]int, error) {
	if d.Levels == nil {
		return nil, fmt.Errorf("%w; name its column with --label", ErrNoLabel)
	}
	if !d.Classes.Known() {
		return nil, fmt.Errorf("%w: none of the levels of column %q (%s) says normal; name it with --normal", ErrNoLabel, d.LabelName, strings.Join(firstOf(d.Levels, 8), ", "))
	}
	rows := make([]int, 0, d.Rows)
	for i, l := range d.Label {
		if l != learn.NoLevel {
			rows = append(rows, i)
		}
	}
	return rows, nil
}

func firstOf(list []string, most int) []string {
	if len(list) > most {
		return append(slices.Clone(list[:most]), "…")
	}
	return list
}

// Target returns what the task makes of the labels of some rows, which must be
// known. Class 0 is normal, and the others are those that occur among the rows.
func (d *Data) Target(t Task, rows []int) learn.Target {
	names, of := t.classesOf(d.Classes, d.Levels)
	present := make([]bool, len(names))
	present[0] = true
	for _, r := range rows {
		present[of[d.Label[r]]] = true
	}
	number := make([]int32, len(names))
	var kept []string
	for k, name := range names {
		if present[k] {
			number[k] = int32(len(kept))
			kept = append(kept, name)
		}
	}
	y := make([]int32, len(rows))
	for i, r := range rows {
		y[i] = number[of[d.Label[r]]]
	}
	return learn.Target{Classes: kept, Y: y}
}

// Line returns the line of the file on which a row begins, 0 if unknown.
func (d *Data) Line(row int) int64 { return d.line(int64(row)) }

// normalRows returns those of some rows, whose labels must be known, that are normal.
func (d *Data) normalRows(rows []int) []int {
	var out []int
	for _, r := range rows {
		if !d.IsAttack(r) {
			out = append(out, r)
		}
	}
	return out
}

// IsAttack reports whether the label of a row says attack. The label must be known.
func (d *Data) IsAttack(row int) bool {
	return d.Classes.Of(d.Levels[d.Label[row]]) == eda.AttackClass
}

// AnyAttack reports whether the label of one of the rows says attack. Rows without a label say nothing.
func (d *Data) AnyAttack(rows []int) bool {
	return d.Classes.Known() && slices.ContainsFunc(rows, func(r int) bool { return d.Label[r] != learn.NoLevel && d.IsAttack(r) })
}

// RowsPerDay estimates how many rows come in a day, by the times of the first and the
// last; 0 without times, or where all are the same.
func (d *Data) RowsPerDay() float64 {
	const day = 86400
	low, high, n := math.Inf(1), math.Inf(-1), 0.0
	for _, t := range d.Time {
		if t == t {
			low, high, n = min(low, t), max(high, t), n+1
		}
	}
	if !(high > low) {
		return 0
	}
	return n / (high - low) * day
}

// Features lists the columns that are learned from, by their names in the known layout.
func (d *Data) Features() []string {
	names := make([]string, len(d.columns))
	for j := range d.columns {
		names[j] = d.columns[j].Canon
	}
	return names
}
