// Package report renders values. It computes nothing: every number it shows was
// found by a package below, and it only decides how a number is written.
//
// The order to read it in:
//
//  1. A Table (table.go) is columns and rows of raw values. The Kind of a column
//     (kind.go) says what its values mean, and Format (format.go) is the one
//     function that turns a value into text.
//  2. WriteText, WriteMarkdown, WriteCSV, WriteJSON and WriteHTML are five short
//     writers over the same Table. The first, second and last show the same
//     strings; CSV and JSON carry the values at full precision.
//  3. Col (glossary.go) gives the column of a key. A key never changes its
//     meaning, so a script that reads one command's JSON can read another's.
//  4. Results and Terms (result.go) put hypothesis tests into tables.
//  5. A Document (document.go) is what one command has to say: sections of
//     tables, figures and findings. It writes itself in every format.
//  6. WriteDir (directory.go) adds a document to a report directory and rebuilds
//     its index pages from everything the directory holds.
//  7. A Gate (gate.go) is a limit on the values of any table, and a Trial
//     (gate_trial.go) what became of it. WriteJUnit and WriteSARIF hand gates and
//     findings to CI systems.
//
// Missing is NaN or nil in a row, "–" where people read, an empty cell in CSV
// and null in JSON. All text that comes from data is treated as hostile: it
// cannot move a terminal's cursor, leave its table cell in Markdown, start a
// formula in a spreadsheet or run in the page.
//
// The same document gives the same bytes. The only clock is in manifest.json,
// and the caller reads it.
package report
