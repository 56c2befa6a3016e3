// Package learn is what learners and their users agree on: the Matrix that is
// learned from, the Target, and the contracts of settings and of what a fit makes
// of them.
//
// Settings and fitted models are different types. A Spec holds settings and
// nothing learned; Fit makes a Model of it, which never changes and may be used by
// many goroutines. There is no model that has not been fitted. Steps that prepare a
// matrix go the same way: a Step makes a Transform.
//
// A column of a Matrix holds numbers, NaN where one is missing, or codes of levels,
// NoLevel where a level is missing or was not seen in training. A learner takes
// levels as they are: nobody has to spread them over columns of zeros and ones.
//
// Class 0 is normal traffic. A higher score always means more anomalous. The same
// rows, settings and seed give the same model, whatever the number of workers.
//
// Everything fitted can be written as JSON and read back to the last bit, and runs
// no code when it is read; Check tells whether what was read is whole.
package learn
