// Package plots draws values that are already computed as PNG and SVG figures.
//
// It counts values into bins and adds counts up; every other number, quartiles
// and correlations included, is given by the caller, so that a figure and the
// table beside it cannot disagree. It never reads a file and knows no command.
//
// The order to read it in:
//
//  1. Histogram, Bars, Heatmap, MissingMatrix, Boxes, Series, Correlogram, QQ,
//     Density and Ranking check their data and
//     return a Figure, or an error that says in a sentence what is wrong.
//  2. A Figure (figure.go) puts title, legend, body and caption one below the
//     other and writes itself with WritePNG and WriteSVG.
//  3. A body draws on a painter (painter.go) with an axis for each direction
//     (axis.go), in the colours of a Theme (theme.go).
//
// gonum/plot supplies canvases, fonts and text widths. Its Plot type is not
// used: a title on several lines, labels that give way to each other and a
// place for zero beside a logarithmic axis are beyond what it can be told.
//
// The same data give the same bytes, whatever the number of processors. No
// figure holds a date or an identifier.
package plots
