// Package tree grows and scores trees: a single classification tree (Tree), random
// forests (Forest), extremely randomised trees (ExtraTrees), bagged trees (Bagging)
// and boosted stumps (AdaBoost).
//
// What all of them make, gradient boosting included, is an Ensemble: flat lists of
// nodes that score rows, are stored, checked, explained exactly (Shap) and told as
// rules (Rules).
//
// Trees take levels as they are and let missing values go the way that suits the
// training rows; nothing has to be filled, scaled or spread over columns before.
// Each tree has a random stream of its own, so that the number of goroutines changes
// nothing.
package tree
