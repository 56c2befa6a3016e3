package clickhouse

// Lasting reports whether the same would fail again until somebody does something about it:
// it is about the user's rights, about what there is of databases, tables and columns, or
// about a statement that the server does not understand.
func (e *exception) Lasting() bool {
	switch e.code {
	case 192, 193, 194, 195, 516, // the user
		291, 497, 164, 452, // what the user may do
		60, 81, // tables and databases
		8, 10, 16, 47, // columns
		6, 38, 41, 43, 53, 62, 70, 72: // what cells are, and statements
		return true
	}
	return false
}
