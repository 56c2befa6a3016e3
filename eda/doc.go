// Package eda asks a table the questions with which every analysis begins: what
// is in it, what is missing, what goes together, what lies outside, and what is
// wrong.
//
// Each question is a function that takes a dataset.Source and options, scans the
// source once or twice, and returns values: Describe, Missing, Correlate,
// Associate, RelateGroups, Inform, RankFeatures, FindOutliers, Extremes,
// TimeSeriesOf, Duplicates and Contract. Explore asks nearly all in as few scans, and
// turns the answers into findings with a next step; Relate asks all that are about
// how columns go together. ProposeFeatures asks which columns could be derived, and
// what they would add. TTest, AnalyzeVariance, AnalyzeTwoWay and AnalyzeSummaries
// compare means between groups, TestIndependence, TestFit, TestPaired and TestStrata
// counts, and FitLogit explains a class by columns. Compare holds one table against
// another.
// Nothing here formats a number or draws; package report does.
//
// Behind each question is a dataset.Analysis of its own file, which gathers what
// the question needs: read missing.go and then missing_scan.go to see how the two
// go together.
//
// Every answer is the same for a file and for a table in memory, to the last bit,
// and whatever the number of workers. Rows that dataset.Where leaves out are as if
// they were not there, but for the lines, which are those of the file. Memory is
// bounded on a table of any size; what had to be left out for that is said.
//
// Missing cells are counted and never taken for values. Figures that do not
// exist, such as the spread of one value, are NaN. Errors are those of reading
// the source, of names that no column has, and of questions that the columns
// asked for by name cannot answer; they are sentences for the user of the
// command line.
package eda
