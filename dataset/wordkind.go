package dataset

// WordKind guesses the kind of a column of words from some of its cells, as it is guessed
// for a file: Address, Category, or Text if the cells name things rather than class them.
// Cells without a value do not count; without any other it is Unknown.
func WordKind(cells [][]byte) Kind {
	var values [][]byte
	for _, cell := range cells {
		if !IsMissing(cell) && !IsInfinity(cell) {
			values = append(values, cell)
		}
	}
	switch {
	case len(values) == 0:
		return Unknown
	case mostly(values, usualBad, IsAddress):
		return Address
	}
	return wordKind(values)
}

// MaxLevels returns how many levels a column of that kind may have: one with more is Text.
func MaxLevels(k Kind) int { return plan{kind: k}.maxLevels() }
