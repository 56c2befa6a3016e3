package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html/template"
	"slices"
	"strings"
)

const (
	pageBytes     = 2_000_000 // size that the page stays below as long as its tables do
	pageCells     = 500       // cells of one table that are put into the page
	pageRows      = 50        // rows of one table that are put into the page in any case
	foldedRows    = 12        // rows from which a table shows only its first ones
	foldedFigures = 8         // figures from which a section shows only its first ones
	topFindings   = 12        // findings named at the top
)

// A pageView is the index page as its template sees it.
type pageView struct {
	Title        string
	Policy       string
	Style        template.CSS
	Script       template.JS
	Facts        []string
	Pressing     []findingView
	MorePressing int
	Parts        []partView
	Terms        []columnView
	Version      string
}

// A partView is the document of one command.
type partView struct {
	ID, Command string
	Facts       []string // of the data, if they are not those of the whole page
	Options     []optionView
	SHA256      string
	Results     string
	Sections    []sectionView
}

type optionView struct{ Name, Value string }

type sectionView struct {
	ID, Title, Lead string
	Pressing        int // findings that press
	Findings        []findingView
	Tables          []tableView
	Figures         []figureView
	Fold            string // the id of the switch that shows all figures; "" if all show
	Warnings        []string
	Commands        []string
}

type findingView struct {
	Level, About, Text, Next string
	Section, SectionTitle    string // where it stands, at the top of the page
}

// A figureView is a picture inside the page, or a link to its file where the
// page would grow too large.
type figureView struct {
	Title, Alt, File string
	Source           template.URL
}

// renderPage writes the index page of several documents. picture returns the
// bytes of a figure's files, or nothing if they are not there.
func renderPage(docs []Document, picture func(name string) []byte) ([]byte, error) {
	templates, err := pageTemplates()
	if err != nil {
		return nil, err
	}
	view, err := viewPage(docs)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, "page", view); err != nil {
		return nil, err
	}
	// The page without pictures tells how much room there is for them.
	view.embed(pageBytes-b.Len(), picture)
	b.Reset()
	if err := templates.ExecuteTemplate(&b, "page", view); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func viewPage(docs []Document) (*pageView, error) {
	style, err := pageFiles.ReadFile("page/style.css")
	if err != nil {
		return nil, err
	}
	script, err := pageFiles.ReadFile("page/script.js")
	if err != nil {
		return nil, err
	}
	v := &pageView{
		Title:  "Report",
		Policy: policy(style, script),
		Style:  template.CSS(style),
		Script: template.JS(script),
		Terms:  explained(docs),
	}
	oneData := !slices.ContainsFunc(docs, func(d Document) bool { return !sameData(d.Data, docs[0].Data) })
	for _, d := range docs {
		v.Version = printable(d.Version)
		if oneData {
			v.Facts = d.Data.facts()
			if d.Data.Path != "" {
				v.Title = printable(d.Data.Path)
			}
		}
		v.Parts = append(v.Parts, viewPart(d, !oneData))
		for _, s := range d.Sections {
			v.Pressing = append(v.Pressing, pressing(s)...)
		}
	}
	slices.SortStableFunc(v.Pressing, func(a, b findingView) int {
		return strings.Compare(a.Level, b.Level) // "problem" comes before "warning"
	})
	if len(v.Pressing) > topFindings {
		v.MorePressing = len(v.Pressing) - topFindings
		v.Pressing = v.Pressing[:topFindings]
	}
	return v, nil
}

// policy is the content security policy of the page: nothing from outside, and
// no style or script but its own.
func policy(style, script []byte) string {
	hash := func(content []byte) string {
		sum := sha256.Sum256(content)
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	return fmt.Sprintf("default-src 'none'; script-src %s; style-src %s; img-src data:; base-uri 'none'; form-action 'none'",
		hash(script), hash(style))
}

func sameData(a, b DataInfo) bool {
	return a.Path == b.Path && a.SHA256 == b.SHA256 && slices.Equal(a.facts(), b.facts())
}

func viewPart(d Document, ownData bool) partView {
	p := partView{
		ID:      "command-" + commandName(d.Command),
		Command: printable(d.Command),
		SHA256:  printable(d.Data.SHA256),
		Results: resultsPath(d.Command),
	}
	if ownData {
		p.Facts = d.Data.facts()
		if d.Data.Path != "" {
			p.Facts = append([]string{printable(d.Data.Path)}, p.Facts...)
		}
	}
	for _, o := range d.Options {
		p.Options = append(p.Options, optionView{Name: printable(o.Name), Value: o.text()})
	}
	for _, s := range d.Sections {
		p.Sections = append(p.Sections, viewSection(s))
	}
	return p
}

// text writes the value of the option.
func (o Option) text() string {
	if list, ok := o.Value.([]string); ok {
		return printable(strings.Join(list, ", "))
	}
	return Format(Text, o.Value)
}

func viewSection(s Section) sectionView {
	v := sectionView{
		ID:       sectionAnchor(s.ID),
		Title:    s.heading(),
		Lead:     printable(s.Lead),
		Warnings: allPrintable(s.Warnings),
		Commands: allPrintable(s.Commands),
		Pressing: len(pressing(s)),
	}
	for _, f := range sorted(s.Findings) {
		v.Findings = append(v.Findings, viewFinding(f))
	}
	for _, t := range s.Tables {
		v.Tables = append(v.Tables, viewPageTable(s.ID, t))
	}
	for _, f := range s.Figures {
		v.Figures = append(v.Figures, figureView{
			Title: printable(f.Title),
			Alt:   f.words(),
			File:  figurePath(s.ID, f.Name, "svg"),
		})
	}
	if len(v.Figures) > foldedFigures {
		v.Fold = "figures-" + sectionName(s.ID)
	}
	return v
}

func sectionAnchor(id string) string { return "section-" + sectionName(id) }

func viewFinding(f Finding) findingView {
	return findingView{
		Level: f.Level.String(),
		About: printable(f.About),
		Text:  printable(f.Text),
		Next:  printable(f.Next),
	}
}

// pressing returns a section's warnings and problems.
func pressing(s Section) []findingView {
	var out []findingView
	for _, f := range s.Findings {
		if f.Level >= Warning {
			v := viewFinding(f)
			v.Next = "" // stands in the section, to which there is a link
			v.Section, v.SectionTitle = sectionAnchor(s.ID), s.heading()
			out = append(out, v)
		}
	}
	return out
}

// viewPageTable is the view of a table whose rows may be folded or cut.
func viewPageTable(section string, t Table) tableView {
	total, limit := len(t.Rows), rowLimit(t)
	cut := t
	if total > limit {
		cut.Rows = t.Rows[:limit]
	}
	v := viewTable(cut)
	v.Total = sizeText(total, len(v.Columns))
	v.Shown = rowsText(len(cut.Rows))
	v.ID = "rows-" + sectionName(section) + "-" + fileName(t.Name)
	v.Fold = len(cut.Rows) > foldedRows
	v.File = tablePath(section, t.Name)
	if total > limit {
		v.Cut = "the first " + Format(Count, limit) + " of " + rowsText(total)
	}
	return v
}

// rowLimit is the number of rows of a table that are put into a page.
func rowLimit(t Table) int {
	return max(pageRows, pageCells/max(1, len(t.Columns)))
}

// embed puts pictures into the page, in order, as long as there is room: the
// PNG, which looks the same with any fonts, or the SVG where only that fits.
func (v *pageView) embed(room int, picture func(name string) []byte) {
	for _, p := range v.Parts {
		for _, s := range p.Sections {
			for i := range s.Figures {
				f := &s.Figures[i]
				f.Source = dataURL("png", picture(strings.TrimSuffix(f.File, "svg")+"png"), room)
				if f.Source == "" {
					f.Source = dataURL("svg+xml", picture(f.File), room)
				}
				room -= attributeSize(string(f.Source))
			}
		}
	}
}

// dataURL returns a picture as a URL that takes at most that room, or nothing.
func dataURL(kind string, content []byte, room int) template.URL {
	if len(content) == 0 || len(content) > room {
		return ""
	}
	url := "data:image/" + kind + ";base64," + base64.StdEncoding.EncodeToString(content)
	if attributeSize(url) > room {
		return ""
	}
	return template.URL(url)
}

// attributeSize is the number of bytes that a URL takes in the page, where
// html/template writes "+" as "&#43;".
func attributeSize(url string) int {
	return len(url) + len("&#43;")*strings.Count(url, "+")
}

// explained returns the columns in use that have a help text, each once, in the
// order of the glossary.
func explained(docs []Document) []columnView {
	used := map[Column]bool{}
	for _, d := range docs {
		for _, t := range d.tables() {
			for _, c := range t.shown().Columns {
				used[c] = true
			}
		}
	}
	var out []columnView
	for _, c := range Glossary() {
		if used[c] {
			out = append(out, columnView{Title: c.heading(), Help: c.Help})
		}
	}
	return out
}
