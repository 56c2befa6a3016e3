package traffic

import (
	"encoding/json"
	"io"
	"slices"
)

// A Record is a connection with its window features: one row of the data.
type Record struct {
	Connection
	Features
}

var columns = [...]string{
	"timestamp", "src_ip", "src_port", "dst_ip", "dst_port",
	"duration", "protocol_type", "service", "flag", "src_bytes", "dst_bytes", "land", "wrong_fragment", "urgent",
	"hot", "num_failed_logins", "logged_in", "num_compromised", "root_shell", "su_attempted", "num_root",
	"num_file_creations", "num_shells", "num_access_files", "num_outbound_cmds", "is_hot_login", "is_guest_login",
	"count", "srv_count", "serror_rate", "srv_serror_rate", "rerror_rate", "srv_rerror_rate",
	"same_srv_rate", "diff_srv_rate", "srv_diff_host_rate",
	"dst_host_count", "dst_host_srv_count", "dst_host_same_srv_rate", "dst_host_diff_srv_rate",
	"dst_host_same_src_port_rate", "dst_host_srv_diff_host_rate", "dst_host_serror_rate", "dst_host_srv_serror_rate",
	"dst_host_rerror_rate", "dst_host_srv_rerror_rate",
	"attack",
}

// Columns returns the names of the columns that the Writer of NewWriter writes, in
// order: when and between whom, the 41 KDD features, the label.
func Columns() []string { return slices.Clone(columns[:]) }

// WriterOptions say which columns a Writer writes beside when, between whom and the 41
// features, and how.
type WriterOptions struct {
	// Setting is that of the records. Services are named by its map. Of what is not as
	// in the KDD data there is a column, netanom_windows or netanom_service_map, which
	// says in every line what the features mean.
	Setting Setting

	UID         bool // the column uid: the name of the connection in its log
	CommunityID bool // the column community_id: see Connection.CommunityID
	Label       bool // the column attack

	CommunitySeed uint16 // of the community_id

	Zeros          bool // write 0 for a feature that the source cannot tell, rather than nothing
	EscapeFormulas bool // put an apostrophe before text that a spreadsheet would take for a formula
}

// A Writer writes records as CSV (RFC 4180): a header, then one line each; or as JSON,
// one object in each line. Times are UTC in RFC 3339 with microseconds. Addresses are
// written without their zone, which means nothing elsewhere (RFC 4007, section 11.2).
// What Lacks says is lacking is an empty cell, or null; logged_in, which is then
// inferred, never is.
type Writer struct {
	out    io.Writer
	format *Formatter
	keys   []key  // of the columns, once JSON is written
	held   []byte // lines that are not yet written
	err    error  // of the first write that failed
}

// NewWriter returns a Writer to w of the columns of Columns. The caller must Flush it
// at the end.
func NewWriter(w io.Writer) *Writer { return NewWriterWith(w, WriterOptions{Label: true}) }

// NewWriterWith returns a Writer to w. The caller must Flush it at the end.
func NewWriterWith(w io.Writer, o WriterOptions) *Writer {
	return &Writer{out: w, format: NewFormatter(o)}
}

// Columns returns the names of the columns, in order.
func (w *Writer) Columns() []string { return w.format.Columns() }

// WriteHeader writes the line of column names.
func (w *Writer) WriteHeader() error {
	for i, name := range w.format.columns {
		if i > 0 {
			w.held = append(w.held, ',')
		}
		w.held = append(w.held, name...)
	}
	return w.endLine()
}

// Write writes one record as a line of CSV.
func (w *Writer) Write(r *Record) error {
	w.held = w.format.appendLine(w.held, r)
	return w.endLine()
}

// A key is the name of a column in JSON, and whether its values are text.
type key struct {
	before string // {"timestamp": or ,"name":
	text   bool
}

// WriteJSON writes one record as a JSON object in a line of its own. The keys are the
// columns; the values say what the cells of CSV say, null where these are empty.
func (w *Writer) WriteJSON(r *Record) error {
	if w.keys == nil {
		w.keys = newKeys(w.format.columns)
	}
	b := w.held
	for i, cell := range w.format.Cells(r) {
		b = append(b, w.keys[i].before...)
		switch {
		case len(cell) == 0:
			b = append(b, "null"...)
		case w.keys[i].text:
			b = appendQuoted(b, cell)
		default:
			b = append(b, cell...)
		}
	}
	w.held = append(b, '}')
	return w.endLine()
}

func newKeys(columns []string) []key {
	keys := make([]key, len(columns))
	for i, name := range columns {
		keys[i] = key{before: `,"` + name + `":`}
		switch name {
		case "timestamp", "uid", "src_ip", "dst_ip", "protocol_type", "service", "flag",
			"community_id", "attack", windowsColumn, servicesColumn:
			keys[i].text = true
		}
	}
	keys[0].before = "{" + keys[0].before[1:]
	return keys
}

// appendQuoted appends text as a JSON string. Most of it is plain.
func appendQuoted(b, text []byte) []byte {
	for _, c := range text {
		if c < ' ' || c > '~' || c == '"' || c == '\\' {
			quoted, _ := json.Marshal(string(text)) // a string always can be marshalled
			return append(b, quoted...)
		}
	}
	b = append(append(b, '"'), text...)
	return append(b, '"')
}

// Flush writes what is still held back to the underlying writer.
func (w *Writer) Flush() error {
	if w.err == nil && len(w.held) > 0 {
		var n int
		if n, w.err = w.out.Write(w.held); w.err == nil && n < len(w.held) {
			w.err = io.ErrShortWrite
		}
	}
	w.held = w.held[:0]
	return w.err
}

// maxHeld is from how many bytes on lines are written.
const maxHeld = 1 << 16

func (w *Writer) endLine() error {
	w.held = append(w.held, '\n')
	if len(w.held) < maxHeld && w.err == nil {
		return nil
	}
	return w.Flush()
}
