// Package outlier tells rows that are unlike the others, without labels.
//
// Each detector is a learn.Spec whose model only scores: the higher, the more
// anomalous. Classes of the target are not looked at; whether to hand over all rows,
// or only those that are known to be normal, is for the caller to decide. Rows that
// weigh nothing are left out; what else weights do, each detector says.
//
// Numbers are compared as they come: bring columns to like scales before, but for
// IsolationForest, HBOS, ECOD and COPOD, which do not care. Coded columns are taken
// as they are. Detectors that compare neighbours or kernels take levels as columns of
// zeros and ones would be, without making them. The others put in the place of a
// level its rarity, −log of its share of the training rows, so that rare levels lie
// far out; a level that training never saw, or that is missing, is as rare as one
// row among all and itself.
//
// Read FitScores to score the very rows that were learned from, Ensemble to ask
// several detectors, and FitTail to find, again without labels, the score from which
// on an alarm is worth while.
package outlier
