package report

import (
	"embed"
	"html/template"
	"io"
	"strconv"
	"sync"
	"unicode/utf8"
)

const (
	recordColumns = 8  // columns up to which a single row is written across
	longText      = 40 // runes up to which a text stays in one line
)

//go:embed page
var pageFiles embed.FS

// pageTemplates reads the embedded templates once.
var pageTemplates = sync.OnceValues(func() (*template.Template, error) {
	return template.ParseFS(pageFiles, "page/*.html")
})

// WriteHTML writes the table as an HTML fragment: title, note, table and
// footnotes. A cell of a numeric column holds the text that people read and, in
// data-value, the exact number; a missing one has an empty data-value. Nothing
// in a table can become markup.
func (t Table) WriteHTML(w io.Writer) error {
	if err := t.Check(); err != nil {
		return err
	}
	templates, err := pageTemplates()
	if err != nil {
		return err
	}
	return templates.ExecuteTemplate(w, "table", viewTable(t))
}

// A tableView is a table as its template sees it.
type tableView struct {
	Title, Note string
	Columns     []columnView
	Rows        [][]cellView
	Record      []cellView // the only row of a wide table, to be written downwards
	Footnotes   []string

	// In a report page only.
	ID    string // of the switch that shows all rows
	Fold  bool   // whether only the first rows show until the switch is set
	Total string // "43 rows × 12 columns"
	Shown string // "43 rows"
	Cut   string // "the first 200 of 12,345 rows", if not all are in the page
	File  string // the path of the whole table
}

type columnView struct {
	Title, Help string
	Numeric     bool
}

// A cellView is one cell: as text, and if numeric as a number for programs.
type cellView struct {
	Text    string
	Value   string
	Sort    string // by which the page puts rows in order, if not by Value
	Numeric bool
	Heading bool // the cell names its row
	Long    bool // the text may be broken into lines
}

func viewTable(t Table) tableView {
	t = t.shown()
	v := tableView{Title: t.heading(), Note: printable(t.Note), Footnotes: allPrintable(t.Footnotes), Total: sizeText(len(t.Rows), len(t.Columns))}
	for _, c := range t.Columns {
		v.Columns = append(v.Columns, columnView{Title: c.heading(), Help: printable(c.Help), Numeric: c.Kind.Numeric()})
	}
	keys := 0
	if len(t.Columns) > 0 && !t.Columns[0].Kind.Numeric() {
		keys = 1
	}
	for i, texts := range t.texts() {
		row := make([]cellView, len(texts))
		for j, text := range texts {
			row[j] = viewCell(t.Columns[j].Kind, t.Rows[i][j], text)
			row[j].Heading = j < keys
		}
		v.Rows = append(v.Rows, row)
	}
	if len(v.Rows) == 1 && len(v.Columns) > recordColumns {
		v.Record = v.Rows[0]
	}
	return v
}

func viewCell(kind Kind, value any, text string) cellView {
	c := cellView{Text: text, Numeric: kind.Numeric(), Long: utf8.RuneCountInString(text) > longText}
	if !c.Numeric {
		return c
	}
	if _, ok := number(value); !ok {
		return c
	}
	c.Value = exact(value)
	if kind == PValue && c.Value != "" {
		c.Sort = exactReal(asP(value).log10())
	}
	return c
}

// rowsText is a number of rows in words.
func rowsText(n int) string {
	if n == 1 {
		return "1 row"
	}
	return Format(Count, n) + " rows"
}

// sizeText is the size of a table in words.
func sizeText(rows, columns int) string {
	return rowsText(rows) + " × " + strconv.Itoa(columns) + " columns"
}
