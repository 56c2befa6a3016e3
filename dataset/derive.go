package dataset

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// Derive returns a source with the columns of a recipe behind its own, filled
// row by row while it is scanned. They have the role of a feature; numbers are
// Number, indicators Flag, bins and pairs Category.
//
// Columns are found by any spelling that Resolve takes. It is an error if the
// recipe does not pass Check, if the source lacks an input or has a column of a
// new one's name already, if an input is of a kind that the operation cannot use,
// and if one is the label, made from it, or an identifier. What depends on kinds
// that are only guessed is said by the first Scan. A window of time needs a Clock
// and fails where rows are not in its order; windows see the rows in the order of
// the source whatever the number of workers, and those that Where has left out
// beneath are not there for them.
func Derive(src Source, r Recipe) (Source, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	d := &derived{src: src, recipe: r}
	for i := range r.Derivations {
		made := &r.Derivations[i]
		d.columns = append(d.columns, Column{Name: made.Name, Canon: made.Name, Kind: made.Kind(), Role: Feature, Dict: made.dict()})
	}
	d.refresh()
	settled, ok := Origin(src).(interface{ Settled() bool })
	if _, err := d.plan(); err != nil && ok && settled.Settled() {
		return nil, err
	}
	return d, nil
}

// A derived is a source that Derive has made.
type derived struct {
	src     Source
	recipe  Recipe
	columns []Column // the new ones
	schema  Schema
}

// refresh takes over what has been learned of the columns beneath. It writes only
// where something is new, so that tables may go on being used by many goroutines.
func (d *derived) refresh() {
	inner := d.src.Schema()
	all := slices.Concat(inner.Columns, d.columns)
	if d.schema.Name != inner.Name || !slices.Equal(d.schema.Columns, all) {
		d.schema = Schema{Name: inner.Name, Columns: all}
	}
}

// Schema returns the columns of the source beneath, and the new ones.
func (d *derived) Schema() *Schema {
	d.refresh()
	return &d.schema
}

// Unwrap returns the source beneath.
func (d *derived) Unwrap() Source { return d.src }

// Rows returns how many rows the source is known to hold, 0 if that is unknown.
func (d *derived) Rows() int64 {
	if s, ok := d.src.(interface{ Rows() int64 }); ok {
		return s.Rows()
	}
	return 0
}

// Scan passes every row with its new columns to the analyses.
func (d *derived) Scan(ctx context.Context, analyses ...Analysis) error {
	_, fromFile := Origin(d.src).(*File)
	var p *derivePass
	for range 2 {
		p = &derivePass{d: d, analyses: analyses, verbatim: fromFile}
		err := d.src.Scan(ctx, p)
		d.refresh() // the analyses hold the schema
		if err != nil || p.refused == nil {
			return err
		}
		// The kinds that the recipe did not suit were guesses, and are none now.
		if _, err := d.plan(); err != nil {
			return err
		}
	}
	return p.refused
}

// A derivation's place in the schema: which columns it is made from.
type derivePlan struct {
	inputs []int
	by     int // -1: none
	clock  int
}

// uses lists the columns that the derivation looks at.
func (p *derivePlan) uses() []int {
	used := slices.Clone(p.inputs)
	for _, i := range []int{p.by, p.clock} {
		if i >= 0 {
			used = append(used, i)
		}
	}
	return used
}

// plan finds the inputs of every derivation.
func (d *derived) plan() ([]derivePlan, error) {
	inner := len(d.schema.Columns) - len(d.columns)
	plans := make([]derivePlan, len(d.columns))
	for k := range plans {
		made := &d.recipe.Derivations[k]
		// What comes before: the table's columns and those made by earlier derivations.
		before := Schema{Name: d.schema.Name, Columns: d.schema.Columns[:inner+k]}
		for i := range before.Columns {
			if before.Columns[i].Name == made.Name {
				return nil, fmt.Errorf("the table has a column %q already; rename it, or give the recipe's another name", made.Name)
			}
		}
		p, err := made.plan(&before)
		if err != nil {
			return nil, err
		}
		plans[k] = p
	}
	return plans, nil
}

// plan finds the inputs of one derivation among the columns.
func (d *Derivation) plan(s *Schema) (derivePlan, error) {
	p := derivePlan{by: -1, clock: -1}
	for _, name := range d.Inputs {
		i, err := d.input(s, name)
		if err != nil {
			return p, err
		}
		if err := d.suits(&s.Columns[i]); err != nil {
			return p, err
		}
		p.inputs = append(p.inputs, i)
	}
	if d.By != "" {
		i, err := d.input(s, d.By)
		if err != nil {
			return p, err
		}
		if s.Columns[i].Dict == nil {
			return p, fmt.Errorf("column %q counts rows by %q, which holds %s cells where levels are needed", d.Name, d.By, s.Columns[i].Kind)
		}
		p.by = i
	}
	if d.Seconds > 0 {
		if p.clock = s.Clock(); p.clock < 0 || s.Columns[p.clock].Kind != Time {
			return p, fmt.Errorf("column %q looks back %g seconds, and the table has no time column; only windows of rows are possible", d.Name, d.Seconds)
		}
	}
	return p, nil
}

// input finds an input that may be used.
func (d *Derivation) input(s *Schema, name string) (int, error) {
	i, err := s.Resolve(name)
	var missing *NameError
	switch {
	case errors.As(err, &missing) && !missing.Ambiguous:
		return -1, fmt.Errorf("column %q is made from %q, which the table does not have%s", d.Name, name, proposed(missing.Near))
	case err != nil:
		return -1, fmt.Errorf("column %q: %w", d.Name, err)
	}
	switch c := &s.Columns[i]; c.Role {
	case Label, Derivative, Identifier:
		return -1, fmt.Errorf("column %q cannot be made from %q, which is %s", d.Name, c.Name, WhyNoFeature(c))
	}
	return i, nil
}

func proposed(near []string) string {
	if len(near) == 0 {
		return ""
	}
	return "; did you mean " + quotedList(near, "or") + "?"
}

// WhyNoFeature says, for a sentence, why a column must not be used to tell attacks
// from normal traffic; empty for a feature.
func WhyNoFeature(c *Column) string {
	switch c.Role {
	case Label:
		return "the label itself"
	case Derivative:
		return "made from the label and so gives the answer away"
	case Identifier:
		return "a name of the row that no other row has"
	case Clock:
		return "when the record began, which no later record can repeat"
	}
	return ""
}

// suits returns an error if the operation cannot use the cells of a column.
func (d *Derivation) suits(c *Column) error {
	need, kind := "", Category
	switch d.Op {
	case OpIsMissing:
	case OpFrequency, OpPair, OpWindowDistinct:
		if c.Dict == nil {
			need = "levels"
		}
	default:
		if c.Kind != Number && c.Kind != Flag && c.Kind != Unknown {
			need, kind = "numbers", Number
		}
	}
	if need == "" {
		return nil
	}
	return fmt.Errorf("column %q needs %s, and %q holds %s cells; if they can be that, read it with --type %s=%s", d.Name, need, c.Name, c.Kind, c.Name, kind)
}
