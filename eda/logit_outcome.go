package eda

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/netanom/netanom/dataset"
)

// A binaryOutcome divides rows into the class whose odds are modelled, and the other
// one.
type binaryOutcome struct {
	column    int
	name      string
	one, zero string    // names of the classes
	ofCode    []int8    // by code of a column of levels: 1, 0, or −1 for rows that are left out
	numbers   []float64 // of a column of numbers: that of the one class, and of the other unless that is all others
}

// of returns the class of a gathered cell.
func (o *binaryOutcome) of(x float64) int8 {
	switch {
	case x != x:
		return -1
	case o.ofCode != nil:
		return o.ofCode[int(x)]
	}
	return o.ofNumber(x)
}

// ofNumber returns the class of a number.
func (o *binaryOutcome) ofNumber(x float64) int8 {
	switch {
	case x == o.numbers[0]:
		return 1
	case len(o.numbers) == 1 || x == o.numbers[1]:
		return 0
	}
	return -1
}

// halves returns the classes as an engine tells them apart.
func (o *binaryOutcome) halves(s *dataset.Schema) dataset.Halves {
	out := dataset.Halves{Column: o.column}
	if o.ofCode == nil {
		out.Numbers[1], out.Numbers[0] = o.numbers[:1], o.numbers[1:]
		return out
	}
	for code, class := range o.ofCode {
		if class >= 0 {
			out.Levels[class] = append(out.Levels[class], s.Columns[o.column].Dict.Level(uint32(code)))
		}
	}
	if !slices.Contains(o.ofCode, -1) {
		out.Levels[0] = nil // all others
	}
	return out
}

// newOutcome finds the two classes: attack and normal of the label; or two levels of
// the column named by, of which the first is that whose odds are modelled. One level
// alone is compared with all others.
func newOutcome(s *dataset.Schema, normal []string, by string, levels []string) (*binaryOutcome, error) {
	if by == "" {
		if len(levels) > 0 {
			return nil, &GroupError{"--group names a level of the column that --by names; give --by"}
		}
		return classOutcome(s, normal)
	}
	column, err := s.Resolve(by)
	if err != nil {
		return nil, fmt.Errorf("--by: %w", err)
	}
	c := &s.Columns[column]
	if len(levels) > 2 {
		return nil, &GroupError{fmt.Sprintf("a logistic regression has two classes, and --group names %d", len(levels))}
	}
	o := &binaryOutcome{column: column, name: c.Name}
	if c.Dict == nil {
		return o, o.byNumbers(c, levels)
	}
	return o, o.byLevels(c, levels)
}

// classOutcome compares attacks with normal rows.
func classOutcome(s *dataset.Schema, normal []string) (*binaryOutcome, error) {
	classes, err := FindClasses(s, normal)
	if err != nil {
		return nil, &GroupError{err.Error()}
	}
	if classes.Column < 0 {
		return nil, &GroupError{"there is no label to explain; name the column with --label, or with --by"}
	}
	if !classes.Known() {
		return nil, &GroupError{fmt.Sprintf("which levels of %q mean normal cannot be told; name them with --normal, or two levels with --by %s --group A --group B", classes.Name, classes.Name)}
	}
	o := &binaryOutcome{column: classes.Column, name: classes.Name, one: AttackClass, zero: NormalClass}
	for _, level := range s.Columns[classes.Column].Dict.Levels() {
		class := int8(0)
		if classes.Of(level) == AttackClass {
			class = 1
		}
		o.ofCode = append(o.ofCode, class)
	}
	return o, nil
}

func (o *binaryOutcome) byLevels(c *dataset.Column, levels []string) error {
	all := c.Dict.Levels()
	slices.Sort(all)
	if len(levels) == 0 {
		if len(all) != 2 {
			return &GroupError{fmt.Sprintf("column %q has %s, not two; name two of them with --group, or one to compare with the rest", c.Name, plural(int64(len(all)), "level"))}
		}
		levels = []string{all[1], all[0]}
	}
	for _, level := range levels {
		if !slices.Contains(all, level) {
			return &GroupError{fmt.Sprintf("--group %s: column %q has no such level; it has %s", level, c.Name, listed(all, 8))}
		}
	}
	o.one, o.zero = levels[0], "other"
	if len(levels) == 2 {
		o.zero = levels[1]
	}
	for _, level := range c.Dict.Levels() {
		o.ofCode = append(o.ofCode, o.class(level, levels))
	}
	return nil
}

// class returns the class of a level.
func (o *binaryOutcome) class(level string, levels []string) int8 {
	switch {
	case level == levels[0]:
		return 1
	case len(levels) == 1 || level == levels[1]:
		return 0
	}
	return -1
}

func (o *binaryOutcome) byNumbers(c *dataset.Column, levels []string) error {
	if len(levels) == 0 {
		if c.Kind != dataset.Flag {
			return &GroupError{fmt.Sprintf("column %q holds %s cells, not two classes; name two values with --group", c.Name, c.Kind)}
		}
		levels = []string{"1", "0"}
	}
	o.numbers = make([]float64, len(levels))
	for k, level := range levels {
		var err error
		if o.numbers[k], err = strconv.ParseFloat(level, 64); err != nil {
			return &GroupError{fmt.Sprintf("--group %s: column %q holds numbers", level, c.Name)}
		}
	}
	o.one, o.zero = c.Name+" = "+levels[0], c.Name+" other"
	if len(levels) == 2 {
		o.zero = c.Name + " = " + levels[1]
	}
	return nil
}
