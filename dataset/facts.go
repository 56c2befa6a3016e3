package dataset

// facts is what one worker has learned of one column from every cell it saw.
// Facts of all workers together decide the column's kind.
type facts struct {
	cells       int64
	missing     int64
	infinite    int64 // cells like Infinity, which count as missing
	bad         int64 // cells that the planned kind cannot take
	numbers     int64 // in text columns: cells that are numbers
	onlyThis    int64 // dates that only the planned order of day and month takes
	onlyOther   int64 // dates that only the other order takes
	ones        bool  // a 1 is among the numbers
	beyondFlag  bool  // and something else than 0 and 1
	leadingZero bool
	overflow    bool // too many levels for codes
	listed      []badCell
}

type badCell struct {
	row      int // within the batch, then within the chunk
	text     string
	infinite bool
}

// present is the number of cells that hold something finite, good or bad.
func (f *facts) present() int64 { return f.cells - f.missing + f.bad }

// see takes in a number with its cell.
func (f *facts) see(x float64, cell []byte) {
	f.ones = f.ones || x == 1
	f.beyondFlag = f.beyondFlag || x != 0 && x != 1
	f.leadingZero = f.leadingZero || leadingZero(cell)
}

// seeBits takes in the bitwise or of whole numbers.
func (f *facts) seeBits(or uint32) {
	f.ones = f.ones || or == 1
	f.beyondFlag = f.beyondFlag || or > 1
}

// compareOrders notes a date that tells day from month.
func (f *facts) compareOrders(cell []byte, layout TimeLayout, ok bool) {
	_, other := ParseTime(cell, layout.otherOrder())
	switch {
	case ok && !other:
		f.onlyThis++
	case other && !ok:
		f.onlyOther++
	}
}

// notNumber counts a cell that ParseNumber refused.
func (f *facts) notNumber(cell []byte, row int, dl *dialect) {
	f.missing++
	infinite := false
	switch {
	case dl.missing(cell):
		return
	case IsInfinity(cell):
		f.infinite++
		infinite = true
	default:
		f.bad++
	}
	f.list(cell, row, infinite)
}

func (f *facts) list(cell []byte, row int, infinite bool) {
	if len(f.listed) < maxListed {
		f.listed = append(f.listed, badCell{row, shorten(cell), infinite})
	}
}

func (f *facts) merge(o *facts) {
	f.cells += o.cells
	f.missing += o.missing
	f.infinite += o.infinite
	f.bad += o.bad
	f.numbers += o.numbers
	f.onlyThis += o.onlyThis
	f.onlyOther += o.onlyOther
	f.ones = f.ones || o.ones
	f.beyondFlag = f.beyondFlag || o.beyondFlag
	f.leadingZero = f.leadingZero || o.leadingZero
	f.overflow = f.overflow || o.overflow
}

// flag reports whether every number was 0 or 1, with a 1 among them.
func (f *facts) flag() bool { return f.ones && !f.beyondFlag }
