// Package project lays rows of many columns out in two or three dimensions, so that
// they can be looked at.
//
// PCA turns the cloud of rows so that its widest sides are seen, which is a linear
// map: axes have a meaning, distances are never too large, and new rows can be
// projected. TSNE and UMAP are maps of neighbourhoods: rows that are close stay close,
// so that groups show, while the distances between groups, their sizes and the axes
// mean little. Read PCA first, then Map, which says what the others return, then TSNE
// and UMAP.
//
// How far a picture can be trusted is measured, by Map.Trustworthiness; what its axes
// go along with is told by Map.Correlates.
//
// Numbers are compared as they come: bring columns to like scales before. Levels count
// as columns of zeros and ones would, one a level, with learn.NoLevel zero in all of
// these. Missing numbers are refused. The same rows, settings and seed give the same
// picture, whatever the number of workers.
package project
