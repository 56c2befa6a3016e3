package dataset

// A Column describes one column of a table: its name as the file spells it,
// its name as netanom knows it, and what its cells mean.
type Column struct {
	Name  string // as written in the file, made unique
	Canon string // the name in a known schema ("src_bytes"); equal to Name elsewhere
	Kind  Kind
	Role  Role
	Dict  *Dict // the levels of a coded column, filled while it is read; nil elsewhere
}

// A Role says what a column is for.
type Role uint8

// The roles. A column that is not a Feature is never offered to a model or
// ranked against the label.
const (
	Feature    Role = iota // may be used to tell attacks from normal traffic
	Label                  // says what the record is
	Derivative             // made from the label (difficulty, last_flag, attack category beside an attack name)
	Identifier             // names the record (uid, id, row number)
	Clock                  // when the record began
)

var roleNames = [...]string{"feature", "label", "derivative", "identifier", "clock"}

// String returns the role's name.
func (r Role) String() string { return roleNames[min(int(r), len(roleNames)-1)] }

// A Schema is the ordered columns of a table and what is known of them.
type Schema struct {
	Name    string // the known layout it was recognised as ("nsl-kdd", "zeek-conn"), or "" for any other table
	Columns []Column
}

// Label returns the index of the label column, or -1.
func (s *Schema) Label() int { return s.withRole(Label) }

// Clock returns the index of the time column, or -1.
func (s *Schema) Clock() int { return s.withRole(Clock) }

func (s *Schema) withRole(r Role) int {
	for i := range s.Columns {
		if s.Columns[i].Role == r {
			return i
		}
	}
	return -1
}

// Names returns the column names as the file spells them.
func (s *Schema) Names() []string {
	names := make([]string, len(s.Columns))
	for i := range s.Columns {
		names[i] = s.Columns[i].Name
	}
	return names
}
