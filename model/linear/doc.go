// Package linear learns weights: logistic regression, linear support vector
// machines, and the latter with a radial kernel.
//
// A column of levels has one weight a level, as if it were spread over columns of
// zeros and ones, which never happens. A level that is missing or was not seen in
// training adds nothing, as do the all-zero columns of a one-hot encoding that
// ignores unknown levels. Numbers come as they are: penalties are fair only among
// columns of like scale, which the steps before the learner see to.
//
// All solvers are second-order methods that stand on the same product, XᵀHX with a
// diagonal H, and none draws random numbers. Rows are cut into blocks of which the
// number depends on the size of the data alone, and sums are merged in the order of
// blocks, so that results do not depend on the number of goroutines.
//
// Read Logistic first, then design (how rows are laid out), problem (what is
// minimised) and newton.
package linear
