package model

import (
	"fmt"
	"slices"
	"strings"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
)

// A Task says what of its label a model is to tell.
type Task uint8

// The tasks.
const (
	Binary   Task = iota // normal or attack
	Category             // normal, or the category of the attack: dos, probe, r2l, u2r
	Attack               // normal, or the attack type by name
)

var taskNames = [...]string{"binary", "category", "attack"}

// Tasks lists the names of the tasks.
func Tasks() []string { return slices.Clone(taskNames[:]) }

// String returns the task's name.
func (t Task) String() string { return taskNames[min(int(t), len(taskNames)-1)] }

// ParseTask returns the task of that name.
func ParseTask(name string) (Task, error) {
	if i := slices.Index(taskNames[:], name); i >= 0 {
		return Task(i), nil
	}
	return Binary, fmt.Errorf("there is no task %q; choose one of %s", name, strings.Join(taskNames[:], ", "))
}

// MarshalText writes the name of the task.
func (t Task) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads the name of a task.
func (t *Task) UnmarshalText(text []byte) (err error) {
	*t, err = ParseTask(string(text))
	return err
}

// classOf returns the class that the task makes of a level of the label.
func (t Task) classOf(classes eda.Classes, level string) string {
	switch {
	case classes.Of(level) == eda.NormalClass:
		return eda.NormalClass
	case t == Category:
		return classes.Category(level)
	case t == Attack:
		return strings.TrimSuffix(level, ".")
	}
	return eda.AttackClass
}

// classesOf returns the classes of the task that the levels make, normal first, and
// the class of each level.
func (t Task) classesOf(classes eda.Classes, levels []string) (names []string, of []int32) {
	names = []string{eda.NormalClass}
	var others []string
	for _, l := range levels {
		if c := t.classOf(classes, l); c != eda.NormalClass && !slices.Contains(others, c) {
			others = append(others, c)
		}
	}
	slices.SortFunc(others, byCategory)
	names = append(names, others...)
	of = make([]int32, len(levels))
	for i, l := range levels {
		of[i] = int32(slices.Index(names, t.classOf(classes, l)))
	}
	return names, of
}

// byCategory puts the four categories of attacks in their usual order, and other
// names behind them by their bytes.
func byCategory(a, b string) int {
	usual := []string{dataset.CategoryDoS, dataset.CategoryProbe, dataset.CategoryR2L, dataset.CategoryU2R}
	rank := func(s string) int {
		if i := slices.Index(usual, s); i >= 0 {
			return i
		}
		return len(usual)
	}
	if d := rank(a) - rank(b); d != 0 {
		return d
	}
	return strings.Compare(a, b)
}
