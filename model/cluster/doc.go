// Package cluster finds groups among rows that have no labels, and tells how good
// they are: KMeans, Mixture, DBSCAN, HDBSCAN and Hierarchical, the measures by which
// clusterings are compared, and what sets each cluster apart.
//
// Each of them is a Spec, whose Cluster returns a Clustering: a label for each row,
// Noise for none, and a fitted Model, which labels new rows. The score of a row is
// how little it belongs anywhere, so that each serves as a detector of anomalies too.
// Read Spec first, then KMeans, then Choose and Profiles.
//
// Distances are Euclidean. Numbers are compared as they come: bring columns to like
// scales before. Levels count as columns of zeros and ones would, one a level, with
// learn.NoLevel zero in all of these: two levels are a squared distance of 2 apart, a
// level and NoLevel 1. Missing numbers are refused.
package cluster
