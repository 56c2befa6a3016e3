// Package bin sorts the values of each column of a learn.Matrix into at most 255
// bins, so that learners of trees can count instead of sort.
//
// A column of numbers with few distinct values gets a bin for each of them, with
// the limits halfway between neighbours; a column with many gets bins of about
// equally many rows. A level is a bin of its own; where there are more levels than
// bins, the rarest share one. Missing cells have the code behind that of the last
// bin, in every column.
//
// Bins and limits agree to the last bit: a number lies in a bin up to b just if it
// is at most Threshold(b), so that a tree that was grown on bins can look at
// numbers.
package bin
