// Package sourcetest is the contract of sources as a test that every one of them
// must pass: Check. It holds a source to the rows that it should have.
//
// Awkward makes rows that are easy to get wrong, and Counted turns rows into an
// engine that finds every answer by going through them.
package sourcetest
