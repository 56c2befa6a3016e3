// Package boost learns gradient boosted trees from binned columns: Newton steps on
// the log loss, trees that grow at the leaf that gains most, native splits on
// levels, learned directions for missing cells, and monotone constraints.
//
// A fit goes through these files: spec.go checks the settings; table.go lays the
// bins out by row; rounds.go runs the rounds, in which loss.go turns predictions
// into gradients, grow.go grows a tree, sums.go adds up gradients by bin, and
// split.go chooses among splits; model.go is what comes out. crew.go keeps the
// goroutines that share the rows of every node.
//
// Gradients are added up as whole numbers, so that neither the order of rows nor the
// number of goroutines has a part in the result.
package boost
