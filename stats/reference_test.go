package stats

import (
	"math"
	"testing"
)

// refTables keeps the data files of reference entries, by file and rows, so that
// each is read once in a test.
type refTables map[string]refTable

// table returns the data of an entry.
func (tables refTables) table(t *testing.T, e refEntry) refTable {
	t.Helper()
	key := e.Data.File + "/" + e.Data.Rows
	if tables[key] == nil {
		tables[key] = e.table(t)
	}
	return tables[key]
}

// sample returns the column that an entry is about without its missing values,
// and how many those are.
func (tables refTables) sample(t *testing.T, e refEntry) (x []float64, missing int64) {
	t.Helper()
	for _, v := range tables.table(t, e).numbers(t, e.Params["col"].(string)) {
		if math.IsNaN(v) {
			missing++
			continue
		}
		x = append(x, v)
	}
	return x, missing
}

// tallyOf is TallyOf for values that are finite.
func tallyOf(t testing.TB, x []float64) Tally {
	t.Helper()
	tally, err := TallyOf(x)
	if err != nil {
		t.Fatal(err)
	}
	return tally
}
