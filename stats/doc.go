// Package stats turns numbers into results: descriptive statistics, hypothesis
// tests, effect sizes and rules for outliers.
//
// Most of it takes summaries rather than raw values. Moments (count, mean,
// central sums), Comoments (cross products), Tally (sorted distinct values with
// a count per group) and Crosstab (counts by two labels) each have an empty zero
// value, grow with Add, combine with an associative Merge, and can be built from
// numbers that something else aggregated. The same test therefore runs on a
// slice, on chunks read by several goroutines and on the answer of a database.
//
// Classifiers are judged here too: Confusion for decisions, a Tally of scores for rankings
// and thresholds, and calibrators for probabilities.
//
// Read Moments and Tally first, then Summary for describing one variable, then
// Result, which every hypothesis test returns, and last the tests themselves.
// The probabilities behind them are in tail.go, on the logarithmic scale.
//
// Missing values are removed and counted before they come here. A function that
// returns an error answers NaN or an infinity in its input with ErrNotFinite;
// descriptive functions of a sample that is empty, or too small or too uniform
// for them, return NaN. Nothing returns 0 to mean "none". No function panics on
// its data, changes the slices it is given unless its comment says so, depends
// on the clock or the order of a map, or prints.
//
// The package never reads files, formats text or draws, never adds up raw powers
// of its input, and never takes an upper tail as one minus the lower.
package stats
