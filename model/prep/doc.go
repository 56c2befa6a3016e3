// Package prep prepares matrices for learners: it fills gaps, scales and reshapes
// numbers, turns levels into numbers, and leaves out or combines columns.
//
// Each step has settings, such as Impute, of which Fit makes a transform from
// training rows only. Steps follow one another in a Chain, which Fit makes Fitted;
// ParseChain reads a short spelling of it, "impute,log1p,standard". Both can be
// written as JSON, [{"kind": "impute", "strategy": "median"}, …], and are read
// strictly: unknown kinds and fields are errors. Kinds lists the steps.
//
// A step changes all columns of the kind that it is for, numbers or levels, or those
// that its settings name, and passes the others on as they are. A missing number
// stays missing, but for Impute, which fills it, and PCA, which refuses it.
//
// No output is infinite: what a scaled value would be beyond ±1e100 is cut there, so
// that squares of it are finite too.
//
// Rows count by their weights, a row of weight 2 like two rows, except for Select,
// where each row that weighs anything counts once. Weights that add up to less than
// their number are first scaled up to add up to it.
//
// Transforms never change, give the same bits for a row alone as among others, and
// whatever the number of goroutines.
package prep
