package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

// drawing is a figure of fixed bytes, or one that fails.
type drawing struct {
	png, svg string
	err      error
}

func (d drawing) WritePNG(w io.Writer) error { return d.write(w, d.png) }
func (d drawing) WriteSVG(w io.Writer) error { return d.write(w, d.svg) }

func (d drawing) write(w io.Writer, content string) error {
	if d.err != nil {
		return d.err
	}
	_, err := io.WriteString(w, content)
	return err
}

var errDrawing = errors.New("the pen is broken")

func figure(name string) NamedFigure {
	return NamedFigure{Name: name, Title: "Title of " + name, Alt: "What " + name + " shows", Figure: drawing{png: "png of " + name, svg: "<svg>" + name + "</svg>"}}
}

func kddData() DataInfo {
	return DataInfo{Path: "KDDTrain+.txt.gz", SHA256: "7ea8", Rows: 125973, Columns: 43, Label: "attack", Normal: []string{"normal"}, Format: "csv, gzip", Schema: "nsl-kdd"}
}

// edaDocument has two sections with everything in them.
func edaDocument() Document {
	return Document{
		Version: "1.0.0", Command: "eda", Data: kddData(),
		Options: []Option{{"label", "attack"}, {"seed", uint64(1)}, {"feature", []string{"all"}}, {"where", nil}, {"alpha", 0.05}},
		Sections: []Section{
			{
				ID: "overview", Title: "Overview", Lead: "What the file holds.",
				Tables: []Table{{Name: "labels", Title: "Labels", Columns: Cols("label", "n", "share"),
					Rows: [][]any{{"normal", int64(67343), 67343.0 / 125973}, {"neptune", int64(41214), 41214.0 / 125973}}, Footnotes: []string{"23 labels in all"}}},
				Figures: []NamedFigure{figure("labels")},
				Findings: []Finding{
					{Notice, "num_outbound_cmds", "is constant.", "Leave it out."},
					{Problem, "last_flag", "predicts the label.", "netanom train --select -last_flag"},
					{Info, "", "Rows have no timestamps.", ""},
				},
				Commands: []string{"netanom describe KDDTrain+.txt.gz"},
				Warnings: []string{"The file has no header."},
			},
			{ID: "describe", Title: "Descriptive statistics", Tables: []Table{describeTable(20)},
				Findings: []Finding{{Warning, "src_bytes", "is heavy-tailed.", "Use ranks."}}},
		},
	}
}

func TestEnvelope(t *testing.T) {
	var b bytes.Buffer
	if err := edaDocument().WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Netanom  string
		Schema   int
		Command  string
		Data     map[string]any
		Options  map[string]any
		Tables   []map[string]any
		Findings []map[string]string
		Warnings []string
	}
	decoder := json.NewDecoder(bytes.NewReader(b.Bytes()))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&got); err != nil {
		t.Fatal(err)
	}
	if got.Netanom != "1.0.0" || got.Schema != 1 || got.Command != "eda" {
		t.Errorf("head: %q %d %q", got.Netanom, got.Schema, got.Command)
	}
	checkKeys(t, "data", got.Data, "path", "sha256", "rows", "columns", "label", "normal")
	checkKeys(t, "options", got.Options, "label", "seed", "feature", "where", "alpha")
	for _, table := range got.Tables {
		checkKeys(t, "table", table, "name", "title", "columns", "rows")
	}
	if len(got.Tables) != 2 || len(got.Findings) != 4 {
		t.Fatalf("%d tables, %d findings", len(got.Tables), len(got.Findings))
	}
	var levels []string
	for _, f := range got.Findings {
		levels = append(levels, f["level"])
	}
	if want := []string{"problem", "warning", "notice", "info"}; !slices.Equal(levels, want) {
		t.Errorf("findings in the order %q, want %q", levels, want)
	}
	if want := []string{"The file has no header.", "labels: 23 labels in all"}; !slices.Equal(got.Warnings, want) {
		t.Errorf("warnings %q, want %q", got.Warnings, want)
	}
}

func checkKeys(t *testing.T, what string, object map[string]any, want ...string) {
	t.Helper()
	if len(object) != len(want) {
		t.Errorf("%s has %d members, want %d: %v", what, len(object), len(want), object)
	}
	for _, key := range want {
		if _, ok := object[key]; !ok {
			t.Errorf("%s lacks %q", what, key)
		}
	}
}

// A command without data, options and findings has the same members.
func TestEnvelopeOfLittle(t *testing.T) {
	var b bytes.Buffer
	if err := (Document{Command: "version"}).WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	want := `{
  "netanom": "",
  "schema": 1,
  "command": "version",
  "data": {"path": null, "sha256": null, "rows": 0, "columns": 0, "label": null, "normal": []},
  "options": {},
  "tables": [],
  "findings": [],
  "warnings": []
}
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

func TestDocumentTextFitsEightyColumns(t *testing.T) {
	var b bytes.Buffer
	if err := edaDocument().WriteText(&b, TextOptions{}); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	for line := range strings.Lines(text) {
		if w := textWidth(strings.TrimRight(line, "\n")); w > 80 && !strings.HasPrefix(line, "$ ") {
			t.Errorf("%d cells: %s", w, line)
		}
	}
	for _, want := range []string{
		"netanom eda · KDDTrain+.txt.gz\n",
		"125,973 rows × 43 columns · label attack (normal: normal) · nsl-kdd · csv, gzip\n",
		"problem  last_flag: predicts the label.\n         → netanom train --select -last_flag\nwarning  src_bytes",
		"\nOverview\n════════\nWhat the file holds.\n",
		"! The file has no header.\n",
		"$ netanom describe KDDTrain+.txt.gz\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}

func TestDocumentCSV(t *testing.T) {
	doc := edaDocument()
	var several, single bytes.Buffer
	if err := doc.WriteCSV(&several); err != nil {
		t.Fatal(err)
	}
	if text := several.String(); !strings.HasPrefix(text, "# labels\nlabel,n,share\nnormal,67343,0.53") || !strings.Contains(text, "\n\n# describe\nfeature,kind") {
		t.Errorf("several tables:\n%s", text)
	}
	doc.Sections = doc.Sections[:1]
	if err := doc.WriteCSV(&single); err != nil {
		t.Fatal(err)
	}
	if text := single.String(); !strings.HasPrefix(text, "label,n,share\n") {
		t.Errorf("one table:\n%s", text)
	}
}

func TestDocumentFormats(t *testing.T) {
	doc := edaDocument()
	for _, format := range Formats() {
		var b bytes.Buffer
		if err := doc.Write(&b, format, TextOptions{}); err != nil || b.Len() == 0 {
			t.Errorf("%s: %d bytes, %v", format, b.Len(), err)
		}
	}
	err := doc.Write(io.Discard, "xml", TextOptions{})
	if err == nil || !strings.Contains(err.Error(), "table, markdown, csv, json, junit, sarif") {
		t.Errorf("error %v", err)
	}
}

func TestDocumentCheck(t *testing.T) {
	tests := []struct {
		doc  Document
		want string
	}{
		{Document{}, "names no command"},
		{Document{Command: "x", Sections: []Section{{}}}, "a section has no name"},
		{Document{Command: "x", Sections: []Section{{ID: "a"}, {ID: "a"}}}, `two sections have the name "a"`},
		{Document{Command: "x", Sections: []Section{{ID: "a", Tables: []Table{{Name: "t"}, {Name: "t"}}}}}, `two tables have the name "t"`},
		{Document{Command: "x", Sections: []Section{{ID: "a", Figures: []NamedFigure{{Name: "f"}, {Name: "f"}}}}}, `two figures have the name "f"`},
		{Document{Command: "x", Sections: []Section{{ID: "a", Tables: []Table{{Name: "t", Columns: Cols("n"), Rows: [][]any{{}}}}}}}, "row 1 has 0 cells"},
		{Document{Command: "x", Options: []Option{{"o", struct{}{}}}}, `option "o"`},
	}
	for _, tt := range tests {
		if err := tt.doc.WriteText(io.Discard, TextOptions{}); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("error %v, want %q", err, tt.want)
		}
	}
}

func TestLevels(t *testing.T) {
	for level := Info; level <= Problem; level++ {
		text, err := level.MarshalText()
		var back Level
		if err != nil || back.UnmarshalText(text) != nil || back != level {
			t.Errorf("%v is written %q and reads back as %v", level, text, back)
		}
	}
	var level Level
	if err := level.UnmarshalText([]byte("fatal")); err == nil {
		t.Error("an unknown level was read")
	}
}
