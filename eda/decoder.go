package eda

import (
	"slices"

	"github.com/netanom/netanom/dataset"
)

// A decoder tells what the codes of a column mean to a question. It asks once for
// every level; while a file is read there may come more. It serves one goroutine.
type decoder[T any] struct {
	dict    *dataset.Dict
	meaning func(level string) T
	missing T   // the meaning of a cell without a value
	known   []T // of the codes seen so far
}

// of returns the meaning of a code.
func (d *decoder[T]) of(code uint32) T {
	if code == dataset.MissingCode {
		return d.missing
	}
	for at := len(d.known); at <= int(code); at++ {
		d.known = append(d.known, d.meaning(d.dict.Level(uint32(at))))
	}
	return d.known[code]
}

// A rowClass is what the label says of a row.
type rowClass uint8

const (
	unlabelledRow rowClass = iota
	normalRow
	attackRow
)

// classOf returns the decoder of known classes.
func classOf(s *dataset.Schema, classes Classes) *decoder[rowClass] {
	return &decoder[rowClass]{dict: s.Columns[classes.Column].Dict, meaning: func(level string) rowClass {
		if classes.Of(level) == NormalClass {
			return normalRow
		}
		return attackRow
	}}
}

// noGroup is the place of a row in no group.
const noGroup = -1

// groupOf returns the decoder of a column's levels to their places among groups.
func groupOf(s *dataset.Schema, column int, groups []string) *decoder[int] {
	return &decoder[int]{dict: s.Columns[column].Dict, missing: noGroup, meaning: func(level string) int {
		return slices.Index(groups, level)
	}}
}
