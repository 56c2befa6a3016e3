// Package dataset turns files of connection records into typed columns.
//
// It reads CSV, Zeek logs, JSON lines and ARFF, plain or compressed, finds out
// what the columns are, and hands out batches of typed cells or a compact
// in-memory Table. It never computes a statistic and never writes a report.
//
// The order to read it in:
//
//  1. Open finds the compression (input.go), the format (dialect.go) and the
//     header, recognises known layouts (schemas.go), and guesses a Kind for
//     every column from the head of the file (plan.go).
//  2. File.Scan (scan.go, run.go) cuts the text into chunks at record boundaries
//     (chunk.go). Every core takes chunks, finds the cells (worker.go, index.go;
//     normalise.go where they are quoted, ragged or no CSV) and decodes them one
//     column at a time (decode.go, decode_fast.go) into a Batch.
//  3. Analyses (batch.go) see the batches. What was guessed is checked on every
//     cell; when a guess turns out wrong, the scan starts again with what was
//     learned.
//  4. Counts (counts.go) is the analysis that describes a table. Load (table.go)
//     keeps the batches as a Table, which can be scanned in the same way.
//  5. Where, Select and Derive (where_scan.go, project.go, derive.go) make of a
//     source another one, with fewer rows, fewer columns, or more of them. What
//     Derive adds is a Recipe, which can be saved and applied to other files.
//
// Missing cells are NaN, MissingInt or MissingCode in a Vector, depending on
// its form. Cells that cannot be read and rows that do not fit are counted and
// listed in Problems; nothing is dropped in silence.
package dataset
