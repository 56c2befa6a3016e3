// Package neighbor finds the rows of a matrix that are nearest to another, and
// learns from them: KNN lets the nearest rows vote.
//
// Index is the search by itself, exact, in a tree that rows of most data share
// unevenly enough to leave nearly all of it out. It serves whatever needs
// neighbours: those nearest, or all within a distance. Read Metric first, which says
// what near means, then Index, then KNN.
//
// Numbers are compared as they come: bring columns to like scales before.
package neighbor
