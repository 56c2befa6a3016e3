// Package dashboard makes one page of a table: a file that an analyst opens by double
// click, and that asks nothing of any network.
//
// Pack (pack.go) turns the columns of a table into codes and dictionaries, losslessly
// where a column has no more than 65,535 different values, and Block (block.go) writes
// them as bytes that a browser reads as typed arrays. The page (page.go) is plain modules
// of JavaScript, linked by Go into one script whose hash the page's policy names.
package dashboard
