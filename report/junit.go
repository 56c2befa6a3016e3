package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// mostCrossings bounds the rows that are listed for one gate, in JUnit and SARIF.
const mostCrossings = 100

// gateSuite is the test suite of the gates.
const gateSuite = "--fail-if"

// The elements of a JUnit report, as in Jenkins' junit-10.xsd. There is no time
// in them: the same document gives the same bytes.
type (
	junitReport struct {
		XMLName xml.Name `xml:"testsuites"`
		Name    string   `xml:"name,attr"`
		junitCounts
		Suites []*junitSuite `xml:"testsuite"`
	}

	junitSuite struct {
		Name string `xml:"name,attr"`
		junitCounts
		Properties []junitProperty `xml:"properties>property"`
		Cases      []junitCase     `xml:"testcase"`
		Out        *junitText      `xml:"system-out"`
	}

	junitCounts struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Errors   int `xml:"errors,attr"`
	}

	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}

	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Failure *junitVerdict `xml:"failure"`
		Error   *junitVerdict `xml:"error"`
		Out     *junitText    `xml:"system-out"`
	}

	junitVerdict struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",cdata"`
	}

	junitText struct {
		Text string `xml:",cdata"`
	}
)

// WriteJUnit writes the document as a JUnit report, which CI systems show as test
// results. A section is a test suite, and each of its findings a test case: a
// problem fails, any other passes and says its level and words in the case's
// output. A section without findings has one case, which passes. Gates are the
// cases of a suite of their own: a crossed one fails and names its rows, and
// one that could not be tried is an error. Tables are not in it.
func (d Document) WriteJUnit(w io.Writer) error {
	if err := d.Check(); err != nil {
		return err
	}
	r := junitReport{Name: xmlText("netanom " + d.Command)}
	for _, s := range d.Sections {
		r.add(d.junitSuite(s))
	}
	if len(d.Gates) > 0 {
		r.add(d.junitGates())
	}
	text, err := xml.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("JUnit: %w", err)
	}
	_, err = io.WriteString(w, xml.Header+string(text)+"\n")
	return err
}

// add counts the cases of a suite and appends it.
func (r *junitReport) add(s *junitSuite) {
	for _, c := range s.Cases {
		s.Tests++
		if c.Failure != nil {
			s.Failures++
		}
		if c.Error != nil {
			s.Errors++
		}
	}
	r.Tests += s.Tests
	r.Failures += s.Failures
	r.Errors += s.Errors
	r.Suites = append(r.Suites, s)
}

// newSuite returns a suite that says what made it and of which data.
func (d Document) newSuite(name string) *junitSuite {
	s := &junitSuite{Name: xmlText(name)}
	for _, p := range []junitProperty{{"netanom", d.Version}, {"data", d.Data.Path}, {"sha256", d.Data.SHA256}} {
		if p.Value != "" {
			s.Properties = append(s.Properties, junitProperty{p.Name, xmlText(p.Value)})
		}
	}
	return s
}

// class is the dotted name under which CI systems file the cases of a suite.
func (d Document) class(suite string) string {
	return xmlText("netanom." + strings.ReplaceAll(d.Command, " ", ".") + "." + suite)
}

// junitSuite turns a section's findings into cases.
func (d Document) junitSuite(s Section) *junitSuite {
	suite := d.newSuite(s.heading())
	for _, f := range sorted(s.Findings) {
		c := junitCase{Class: d.class(s.ID), Name: xmlText(f.sentence())}
		if f.Level == Problem {
			c.Failure = &junitVerdict{Message: xmlText(f.sentence()), Type: f.Level.String(), Text: xmlLines(f.Text, f.Next)}
		} else {
			c.Out = &junitText{xmlLines(f.Level.String()+": "+f.Text, f.Next)}
		}
		suite.Cases = append(suite.Cases, c)
	}
	if len(suite.Cases) == 0 {
		suite.Cases = []junitCase{{Class: d.class(s.ID), Name: xmlText(s.heading() + ": no findings")}}
	}
	if out := xmlLines(append([]string{s.Lead}, s.Warnings...)...); out != "" {
		suite.Out = &junitText{out}
	}
	return suite
}

// junitGates turns the gates that were tried into cases.
func (d Document) junitGates() *junitSuite {
	suite := d.newSuite(gateSuite)
	for _, t := range d.Gates {
		c := junitCase{Class: d.class(gateSuite), Name: xmlText(t.Gate.String())}
		switch {
		case t.Err != nil:
			c.Error = &junitVerdict{Message: xmlText(t.String()), Type: "gate"}
		case t.Crossed():
			c.Failure = &junitVerdict{Message: xmlText(t.String()), Type: "gate", Text: xmlLines(t.lines()...)}
		}
		suite.Cases = append(suite.Cases, c)
	}
	return suite
}

// lines lists the rows that cross the gate, the first of many.
func (t Trial) lines() []string {
	var out []string
	for i, c := range t.Crossings {
		if i == mostCrossings {
			out = append(out, "and "+things(int64(len(t.Crossings)-i), "more row"))
			break
		}
		out = append(out, c.String())
	}
	return out
}

// xmlText is printable text without the two noncharacters that XML 1.0 forbids.
func xmlText(s string) string {
	return strings.NewReplacer("\ufffe", `\ufffe`, "\uffff", `\uffff`).Replace(printable(s))
}

// xmlLines writes texts that are not empty below each other.
func xmlLines(texts ...string) string {
	var lines []string
	for _, s := range texts {
		if s != "" {
			lines = append(lines, xmlText(s))
		}
	}
	return strings.Join(lines, "\n")
}
