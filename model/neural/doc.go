// Package neural learns with networks of dense layers, trained by Adam.
//
// MLP is the settings of a classifier, and Model what a fit makes of them. Below
// are parts that know nothing of classes: a network takes rows forwards, a loss
// compares what comes out with what is wanted, and a batch takes the derivatives
// backwards and moves the weights. Another loss and another output make another
// learner, such as one that reproduces its inputs.
//
// Numbers are float64. Every sum has an order of its own that depends neither on the
// number of workers nor on the processor: the vector kernels and their portable
// versions fuse the same multiplications and additions.
package neural
