package eda

import (
	"slices"

	"github.com/netanom/netanom/dataset"
)

// A rowClass is what the label says of a row.
type rowClass uint8

const (
	unlabelledRow rowClass = iota
	normalRow
	attackRow
)

// classOf returns the decoder of known classes.
func classOf(s *dataset.Schema, classes Classes) *dataset.Decoder[rowClass] {
	return &dataset.Decoder[rowClass]{Dict: s.Columns[classes.Column].Dict, Meaning: func(level string) rowClass {
		if classes.Of(level) == NormalClass {
			return normalRow
		}
		return attackRow
	}}
}

// noGroup is the place of a row in no group.
const noGroup = -1

// groupOf returns the decoder of a column's levels to their places among groups.
func groupOf(s *dataset.Schema, column int, groups []string) *dataset.Decoder[int] {
	return &dataset.Decoder[int]{Dict: s.Columns[column].Dict, Missing: noGroup, Meaning: func(level string) int {
		return slices.Index(groups, level)
	}}
}
