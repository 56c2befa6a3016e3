package report

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf8"
)

// A readJUnit is a JUnit report as a CI system reads it.
type readJUnit struct {
	XMLName                 xml.Name `xml:"testsuites"`
	Tests, Failures, Errors int      `xml:",attr"`
	Suites                  []struct {
		Name                    string `xml:"name,attr"`
		Tests, Failures, Errors int    `xml:",attr"`
		Cases                   []struct {
			Class   string `xml:"classname,attr"`
			Name    string `xml:"name,attr"`
			Failure *struct {
				Message string `xml:"message,attr"`
				Text    string `xml:",chardata"`
			} `xml:"failure"`
			Error *struct {
				Message string `xml:"message,attr"`
			} `xml:"error"`
			Out string `xml:"system-out"`
		} `xml:"testcase"`
		Out string `xml:"system-out"`
	} `xml:"testsuite"`
}

func parseJUnit(t testing.TB, d Document) readJUnit {
	t.Helper()
	var b bytes.Buffer
	if err := d.WriteJUnit(&b); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(b.String(), xml.Header) {
		t.Errorf("no XML declaration in %.60q", b.String())
	}
	// encoding/xml does not know attributes by lower-case names of fields.
	text := strings.NewReplacer(" tests=", " Tests=", " failures=", " Failures=", " errors=", " Errors=").Replace(b.String())
	var r readJUnit
	if err := xml.Unmarshal([]byte(text), &r); err != nil {
		t.Fatalf("%v in\n%s", err, b.String())
	}
	return r
}

func TestWriteJUnit(t *testing.T) {
	d := edaDocument()
	d.Sections = append(d.Sections, Section{ID: "plain", Title: "Plain"})
	d.Gates = TryGates(gatesOf(t, "n > 50000", "share > 2", "kappa < 1"), d.Sections)
	r := parseJUnit(t, d)
	if r.Tests != 8 || r.Failures != 2 || r.Errors != 1 || len(r.Suites) != 4 {
		t.Fatalf("%d tests, %d failures, %d errors in %d suites", r.Tests, r.Failures, r.Errors, len(r.Suites))
	}
	overview := r.Suites[0]
	if overview.Name != "Overview" || overview.Tests != 3 || overview.Failures != 1 || !strings.Contains(overview.Out, "The file has no header.") {
		t.Errorf("overview %+v", overview)
	}
	first := overview.Cases[0]
	if first.Class != "netanom.eda.overview" || first.Failure == nil || first.Failure.Message != "last_flag: predicts the label." ||
		first.Failure.Text != "predicts the label.\nnetanom train --select -last_flag" {
		t.Errorf("the problem is %+v", first)
	}
	if second := overview.Cases[1]; second.Failure != nil || second.Out != "notice: is constant.\nLeave it out." {
		t.Errorf("the notice is %+v", second)
	}
	if plain := r.Suites[2].Cases; len(plain) != 1 || plain[0].Failure != nil {
		t.Errorf("a section without findings has the cases %+v", plain)
	}
	gates := r.Suites[3].Cases
	if gates[0].Failure == nil || !strings.Contains(gates[0].Failure.Message, `for "normal"`) || gates[1].Failure != nil || gates[1].Error != nil || gates[2].Error == nil {
		t.Errorf("gates %+v", gates)
	}
}

// manyCrossings is a trial with more crossings than are listed.
func manyCrossings(t testing.TB) []Trial {
	table := Table{Name: "counts", Columns: Cols("feature", "n")}
	for i := range mostCrossings + 7 {
		table.Rows = append(table.Rows, []any{fmt.Sprint("f", i), int64(i + 1)})
	}
	return TryGates(gatesOf(t, "n > 0"), []Section{{ID: "s", Tables: []Table{table}}})
}

func TestJUnitManyCrossings(t *testing.T) {
	text := parseJUnit(t, Document{Command: "x", Gates: manyCrossings(t)}).Suites[0].Cases[0].Failure.Text
	if lines := strings.Split(text, "\n"); len(lines) != mostCrossings+1 || lines[mostCrossings] != "and 7 more rows" {
		t.Errorf("%d lines, the last %q", len(lines), lines[len(lines)-1])
	}
}

// FuzzMachineText puts hostile text everywhere in JUnit and SARIF.
func FuzzMachineText(f *testing.F) {
	for _, s := range []string{"a", "]]>", "\x00\x1b[2J\ufffe\uffff", "<&\"'>\n", "\xff", "a:b/../%zz", "/tmp/\\x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d := Document{Version: s, Command: "x" + s, Data: DataInfo{Path: s, SHA256: "00"},
			Sections: []Section{{ID: "s" + s, Title: s, Lead: s, Warnings: []string{s}, Findings: []Finding{{Problem, s, "x" + s, s}, {Info, s, "x" + s, s}}}}}
		r := parseJUnit(t, d)
		if got := r.Suites[0].Cases[0].Failure.Message; strings.ContainsFunc(got, hidden) || !utf8.ValidString(got) {
			t.Errorf("%q is shown as %q", s, got)
		}
		parseSARIF(t, d)
	})
}

func TestMachineFormatsCheck(t *testing.T) {
	for _, write := range []func(Document, io.Writer) error{Document.WriteJUnit, Document.WriteSARIF} {
		if err := write(Document{}, io.Discard); err == nil {
			t.Error("a document without a command was written")
		}
	}
}
