package dashboard

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"github.com/netanom/netanom/eda"
)

// A Page is all that a file for the browser is made of.
type Page struct {
	Data    *Data
	Version string          // of netanom
	Series  *eda.TimeSeries // of the table: the steps of the time axis; nil where rows have no time
	Ahead   *eda.Forecast   // of the series; nil if it cannot be continued
	Why     string          // the reason for that, in a sentence
	Views   []NamedView     // that come with the file
	Notes   []string        // sentences on what the page does not hold, for its help
	Live    bool            // the page is given by a service, which also gives the data
}

// A TimeAxis is the steps in which netanom timeseries counts, so that both say the same.
type TimeAxis struct {
	Start float64 `json:"start"` // seconds since the Unix epoch
	Step  float64 `json:"step"`  // seconds
	Steps int     `json:"steps"`
	Name  string  `json:"name"` // of a step: "10 min"
}

// A NamedView is a state of the page under a name: what stands behind # in its address.
type NamedView struct {
	Name string `json:"name"`
	Hash string `json:"hash"`
}

// axis is the time axis of the page.
func (p *Page) axis() *TimeAxis {
	if s := p.Data.Sample; s != nil {
		return s.Axis
	}
	if a := axisOf(p.Series); a != nil {
		return a
	}
	return axisOver(p.Data.Clock)
}

// axisOf takes the steps of a time series for a page; nil for one of rows.
func axisOf(t *eda.TimeSeries) *TimeAxis {
	if t == nil || t.RowOrder() {
		return nil
	}
	return &TimeAxis{t.Start, t.Step, t.Steps, t.StepName()}
}

// pageConfig is what the script is told besides the data.
type pageConfig struct {
	Name    string      `json:"name"`
	Version string      `json:"version"`
	Roles   Roles       `json:"roles"`
	Time    *TimeAxis   `json:"time"`
	Views   []NamedView `json:"views"`
	Notes   []string    `json:"notes"`
	Live    bool        `json:"live"`
	Places  *pagePlaces `json:"places"`

	Forecast   *pageForecast `json:"forecast"`
	NoForecast string        `json:"no_forecast,omitempty"`
}

// pagePlaces are places as the script knows them, columns by name.
type pagePlaces struct {
	Source      string `json:"source"`
	Destination string `json:"destination"`
	From        string `json:"from"`
	Sites       []Site `json:"sites"`
}

// pagePlacesOf returns what the script is told of places, and whether a map can show any.
func pagePlacesOf(d *Data) (out *pagePlaces, mapped bool) {
	if d.Places == nil {
		return nil, false
	}
	out = &pagePlaces{From: d.Places.From, Sites: append([]Site{}, d.Places.Sites...)}
	for at, name := range map[int]*string{d.Places.Source: &out.Source, d.Places.Destination: &out.Destination} {
		if at >= 0 {
			*name = d.Columns[at].Name
			mapped = mapped || slices.ContainsFunc(d.Columns[at].Levels, isCountry)
		}
	}
	return out, mapped || len(out.Sites) > 0
}

// isCountry reports whether a level of a column of places is a country.
func isCountry(level string) bool {
	return len(level) == 2 && strings.ToUpper(level) == level && !strings.ContainsAny(level, " -")
}

// pageParts fill the template. Everything that comes from data is JSON or digits.
type pageParts struct {
	Policy template.HTMLAttr
	Title  string
	Style  template.CSS
	Config template.JS
	Script template.JS
	Blocks []pageBlock
	Cube   *pageBlock // what was counted of a table of which the page has a sample; nil otherwise
}

// A pageBlock is a part of the data as text.
type pageBlock struct {
	Text   template.HTML
	Length int // in bytes
}

// Write writes the page as one file that asks for nothing else. The same page gives the same
// bytes.
func (p *Page) Write(w io.Writer) error {
	roles := FindRoles(p.Data)
	p.Data.Early = roles.early(p.Data)
	parts := pageParts{Title: p.Data.Source}
	blocks, err := p.Data.Blocks()
	if err != nil {
		return err
	}
	for _, b := range blocks {
		parts.Blocks = append(parts.Blocks, pageBlock{template.HTML(encode85(b)), len(b)})
	}
	if s := p.Data.Sample; s != nil {
		b, err := s.block(p.Data)
		if err != nil {
			return err
		}
		parts.Cube = &pageBlock{template.HTML(encode85(b)), len(b)}
	}
	places, mapped := pagePlacesOf(p.Data)
	config, err := json.Marshal(pageConfig{p.Data.Source, p.Version, roles, p.axis(), append([]NamedView{}, p.Views...), append(p.notes(), p.Notes...), p.Live, places, forecastOf(p.Ahead, p.Series), p.Why})
	if err != nil {
		return fmt.Errorf("the page cannot be told of %s: %w", p.Data.Source, err)
	}
	parts.Config = template.JS(config) // encoding/json writes <, > and & as escapes
	return parts.write(w, features{places: places != nil, countries: mapped, verdicts: p.Data.Verdicts != nil, live: p.Live, sample: p.Data.Sample != nil})
}

// notes say what the page leaves out of the table.
func (p *Page) notes() []string {
	notes := []string{}
	if name := p.Data.Unknown; name != "" {
		notes = append(notes, fmt.Sprintf("Nothing says which level of %q means normal, so no row counts as an attack; name it with --normal.", name))
	}
	if len(p.Data.Mixed) > 0 {
		notes = append(notes, "Not in the page, because one file has numbers there and the other text: "+strings.Join(p.Data.Mixed, ", ")+".")
	}
	if n := len(p.Data.LeftOut); n > 0 {
		notes = append(notes, "Not in the page, because nearly every row has another text: "+strings.Join(p.Data.LeftOut, ", ")+".")
	}
	if s := p.Data.Sample; s != nil {
		notes = append(notes, s.Sentences(p.Data)...)
	}
	return notes
}

func (parts *pageParts) write(w io.Writer, f features) error {
	code, err := script("main.js", f)
	if err != nil {
		return err
	}
	sheet, err := assets.ReadFile("assets/page.css")
	if err != nil {
		return err
	}
	style := strings.TrimSpace(string(sheet))
	shell, err := assets.ReadFile("assets/page.html")
	if err != nil {
		return err
	}
	parts.Script, parts.Style = template.JS(code), template.CSS(style)
	parts.Policy = policy(code, style, f.live)
	t, err := template.New("page").Parse(string(shell))
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, parts); err != nil {
		return err
	}
	_, err = w.Write(b.Bytes())
	return err
}

// policy lets the page run its own script and style and nothing else.
func policy(script, style string, live bool) template.HTMLAttr {
	text := fmt.Sprintf("default-src 'none'; script-src 'sha256-%s'; style-src 'sha256-%s'; img-src data:; base-uri 'none'; form-action 'none'", hash(script), hash(style))
	if live {
		text += "; connect-src 'self'"
	}
	return template.HTMLAttr(`content="` + text + `"`)
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.StdEncoding.EncodeToString(sum[:])
}
