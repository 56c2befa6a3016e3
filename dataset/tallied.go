package dataset

import (
	"context"
	"fmt"

	"github.com/netanom/netanom/stats"
)

// A Tallied analysis only counts rows: neither their order nor where they stand
// matters to it, so rows with the same cells may come to it together. A source that
// counts by itself, as a database does, hands it groups of rows instead of rows: after
// Start with one worker it asks for Sets, answers each with Groups or Overflow, and
// calls EndChunk once, with a chunk of all rows.
type Tallied interface {
	Analysis
	// Sets returns the sets of columns whose cells the analysis looks at together;
	// none if the number of rows is all it needs.
	Sets(s *Schema) []Set
	// Groups takes in the groups of a set. It may be called several times for a set, each
	// time with further groups.
	Groups(set int, g *Groups) error
	// Overflow is called after Groups of a set that has more groups than Most.
	// What it was told of the set is a part, and must be forgotten.
	Overflow(set int) error
}

// An Estimating analysis can do something with the number of groups of a set that has
// more than Most.
type Estimating interface {
	Tallied
	// Estimate is called after Overflow by sources that know: how many different cells the
	// key of a set of one key has, missing ones left out, and whether that was counted.
	Estimate(set int, n int64, exact bool) error
}

// A Set is what a Tallied analysis wants to know of some columns: how many rows have
// each combination of their cells, and sums over these rows.
type Set struct {
	Keys []Key // none: all rows are one group
	Sums []int // columns of numbers that are added up over the rows of each group
	Most int64 // groups of use to the analysis; 0: as many as the source will count
}

// A Key is what of a row makes it one of a group. At most one of Bounds, Step, Gap and
// Hash is set; without any of them, it is the cell of the column.
type Key struct {
	Column int
	Bounds []float64 // of numbers: the cell of the batch is, as a number, how many of these ascending bounds lie below the cell
	Start  float64   // of numbers, with a Step above 0:
	Step   float64   // the cell of the batch is floor((cell − Start) / Step)
	Gap    bool      // the cell of the batch is 1 where the cell is missing, and else 0
	Hash   []int     // instead of Column: the cell of the batch is a number below 2^53 that is the same where the cells of all these columns are
}

// Groups are groups of rows.
type Groups struct {
	// Cells has a row for each group. Key k of a set stands in Columns[k], not at the
	// place of its column in the schema: a Vector with Codes where the column has levels
	// and the key is its cell, with Floats otherwise, and with neither where the column is text (see
	// Batch.Text).
	Cells Batch
	N     []int64     // rows of each group
	Sums  [][]float64 // by Set.Sums and group: sums of the cells that are there
	Known [][]int64   // by Set.Sums and group: how many are
}

// Total returns the rows of all groups.
func (g *Groups) Total() (n int64) {
	for _, rows := range g.N {
		n += rows
	}
	return n
}

// An Asking analysis needs rows, but knows how to ask an engine for what stands in for
// them. Ask is called in place of a scan, after Start with one worker; neither Batch nor
// EndChunk is.
type Asking interface {
	Analysis
	Ask(ctx context.Context, e Engine) error
}

// An Engine is a source that counts and adds by itself and hands out no rows but those
// that a limit names: a table of a database. Its Scan serves analyses that are Tallied
// or Asking, and refuses others with a *RowsError. What it returns holds for the rows
// that Where has left and the columns that Select has left; columns are numbered as in
// Schema.
type Engine interface {
	Source
	// Rows returns the number of rows, −1 if that has not been counted yet.
	Rows() int64
	// Budget returns how many groups of one column the engine is willing to hand out.
	Budget() int64

	// Where and Select return what is left of the engine's rows and columns, as Where and
	// Select of this package do, which call them.
	Where(expr string) (Source, error)
	Select(columns []int) (Source, error)

	// Wide describes columns of numbers of which too many differ to be handed out. For p of
	// nil it may leave out what takes more than N, Mean, M2, Min, Max and Missing do.
	Wide(ctx context.Context, columns []int, p []float64) ([]WideSummary, error)
	// Comoments returns, for every two of some columns of numbers, the means and
	// cross-products over the rows that have both: for i < j at j·(j−1)/2 + i.
	Comoments(ctx context.Context, columns []Measured) ([]stats.Comoments, error)
	// Head returns the first rows in an order, fewer if there are not as many.
	Head(ctx context.Context, rows int64, order ...Order) (*Table, error)
	// Sample returns some rows, chosen by a seed.
	Sample(ctx context.Context, o SampleOptions) (*Sample, error)
}

// A WideSummary is a WideColumn with counts that an engine makes on the way.
type WideSummary struct {
	WideColumn
	Zeros, Negatives int64
	Distinct         int64
	Exact            bool // whether Distinct was counted, not estimated
}

// A Measured is a column of numbers, or what a table makes of its values, such as ranks.
type Measured struct {
	Column   int
	From, To []float64 // ascending values that the column may have, and what counts in their place; nil: the values themselves
}

// An Order sorts rows by a column; rows without a value come last.
type Order struct {
	Column  int
	Falling bool
}

// SampleOptions say which rows to take.
type SampleOptions struct {
	Rows int64  // at most; all rows if there are no more
	Seed uint64 // rows are the same for the same seed while the table is
	By   int    // a column with levels, of each of which the sample has its share; −1: none
	Only []int  // columns whose cells are wanted; those of others may be missing; nil: all
}

// A Sample is some rows of an engine.
type Sample struct {
	*Table
	Of     int64         // rows there were
	By     string        // name of the column whose levels have their shares; ""
	Strata []SampleLevel // by level, in the order of their bytes; rows without a level last, with Level ""
}

// A SampleLevel is how many rows of a level were taken, of how many.
type SampleLevel struct {
	Level    string
	Rows, Of int64
}

// Whole reports whether all rows were taken.
func (s *Sample) Whole() bool { return s.Rows() == s.Of }

// A RowsError says that an engine was asked for all of its rows.
type RowsError struct{ Table string }

// Error reads as a sentence.
func (e *RowsError) Error() string {
	return fmt.Sprintf("%s is read by its summaries, and this needs the rows themselves", e.Table)
}

// EngineOf returns the engine that a source is.
func EngineOf(src Source) (Engine, bool) {
	e, ok := src.(Engine)
	return e, ok
}

// NewBatch returns a batch of rows that were not read from a file. text gives cells of
// columns of text, of which empty ones are missing.
func NewBatch(rows int, columns []Vector, text func(column, row int) []byte) Batch {
	return Batch{Rows: rows, Columns: columns, text: text, absent: func(cell []byte) bool { return len(cell) == 0 }}
}
