// Package cmd is the command line: flags become options, a function of a lower
// floor is called, and its answer is written. It decides nothing else.
//
// Main (main.go) runs a command and turns its error into an exit code. A world
// (world.go, files.go) is everything outside the program: streams, environment,
// clock, files. Every command is one file with its flags and what it asks. The
// commands that answer a question about a table share one road (analysis.go)
// from the data they open (input.go) to the document that leaves (output.go).
package cmd
