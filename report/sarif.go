package report

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"strings"
)

// The facts of the format: SARIF 2.1.0, an OASIS standard with errata 01.
const (
	sarifSchema  = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	sarifVersion = "2.1.0"
	projectURI   = "https://github.com/netanom/netanom"
)

// gateRule is the rule of crossed gates; those of findings have the names of levels.
const gateRule = "gate"

// sarifRules are the rules that results belong to, the most pressing first. Their
// places are the ruleIndex of results.
var sarifRules = []sarifRule{
	newRule(gateRule, "error", "A limit of --fail-if is crossed."),
	newRule(Problem.String(), "error", "Results are wrong until it is mended."),
	newRule(Warning.String(), "warning", "Results may mislead."),
	newRule(Notice.String(), "note", "Worth a look."),
	newRule(Info.String(), "note", "Good to know."),
}

// The objects of a SARIF log, those that netanom writes.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}

	sarifRun struct {
		Tool struct {
			Driver sarifDriver `json:"driver"`
		} `json:"tool"`
		Automation struct {
			ID string `json:"id"`
		} `json:"automationDetails"`
		Invocations []sarifInvocation `json:"invocations"`
		Artifacts   []sarifArtifact   `json:"artifacts,omitempty"`
		Results     []sarifResult     `json:"results"`
		ColumnKind  string            `json:"columnKind"`
	}

	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version,omitempty"`
		URI     string      `json:"informationUri"`
		Rules   []sarifRule `json:"rules"`
	}

	sarifRule struct {
		ID          string       `json:"id"`
		Description sarifMessage `json:"shortDescription"`
		Default     struct {
			Level string `json:"level"`
		} `json:"defaultConfiguration"`
	}

	sarifMessage struct {
		Text string `json:"text"`
	}

	sarifInvocation struct {
		Successful    bool                `json:"executionSuccessful"`
		Configuration []sarifNotification `json:"toolConfigurationNotifications,omitempty"`
		Execution     []sarifNotification `json:"toolExecutionNotifications,omitempty"`
	}

	sarifNotification struct {
		Level   string       `json:"level"`
		Message sarifMessage `json:"message"`
	}

	sarifArtifact struct {
		Location sarifURI          `json:"location"`
		Roles    []string          `json:"roles"`
		Hashes   map[string]string `json:"hashes,omitempty"`
	}

	sarifURI struct {
		URI string `json:"uri"`
	}

	sarifResult struct {
		Rule      string          `json:"ruleId"`
		Index     int             `json:"ruleIndex"`
		Level     string          `json:"level"`
		Message   sarifMessage    `json:"message"`
		Locations []sarifLocation `json:"locations,omitempty"`
	}

	sarifLocation struct {
		Physical *sarifPhysical `json:"physicalLocation,omitempty"`
		Logical  []sarifLogical `json:"logicalLocations,omitempty"`
	}

	sarifPhysical struct {
		Artifact sarifURI     `json:"artifactLocation"`
		Region   *sarifRegion `json:"region,omitempty"`
	}

	sarifRegion struct {
		StartLine int64 `json:"startLine"`
	}

	sarifLogical struct {
		Name string `json:"name"`
	}
)

// WriteSARIF writes the document as a SARIF 2.1.0 log, which code hosts show
// beside the files of a change. Results are the rows that cross gates and the
// findings, the most pressing first: a problem and a crossed gate are errors, a
// warning is a warning, and a notice and an info are notes. A result lies in the
// data file, unless the data come from no file, and in the line of a row whose
// table knows it; its logical location is what a finding is about. Warnings and
// gates that could not be tried are notifications. Tables are not in it.
func (d Document) WriteSARIF(w io.Writer) error {
	if err := d.Check(); err != nil {
		return err
	}
	run := sarifRun{Invocations: []sarifInvocation{d.sarifInvocation()}, Artifacts: d.sarifArtifacts(), Results: []sarifResult{}, ColumnKind: "unicodeCodePoints"}
	run.Tool.Driver = sarifDriver{Name: "netanom", Version: d.Version, URI: projectURI, Rules: sarifRules}
	run.Automation.ID = "netanom/" + strings.ReplaceAll(d.Command, " ", "/") + "/"
	for _, t := range d.Gates {
		run.Results = append(run.Results, d.crossingResults(t)...)
	}
	for _, f := range d.findings() {
		text := f.sentence()
		if f.Next != "" {
			text += " Next: " + printable(f.Next)
		}
		run.Results = append(run.Results, d.sarifResult(f.Level.String(), text, f.About, 0))
	}
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	if err := out.Encode(sarifLog{sarifSchema, sarifVersion, []sarifRun{run}}); err != nil {
		return fmt.Errorf("SARIF: %w", err)
	}
	return nil
}

func newRule(id, level, description string) sarifRule {
	r := sarifRule{ID: id, Description: sarifMessage{description}}
	r.Default.Level = level
	return r
}

// crossingResults are the rows that cross a gate, the first of many.
func (d Document) crossingResults(t Trial) []sarifResult {
	var out []sarifResult
	for i, c := range t.Crossings {
		if i == mostCrossings {
			more := things(int64(len(t.Crossings)-i), "more row")
			return append(out, d.sarifResult(gateRule, fmt.Sprintf("--fail-if: %s holds for %s.", printable(t.Gate.String()), more), "", 0))
		}
		out = append(out, d.sarifResult(gateRule, "--fail-if: "+printable(t.sentence(c))+".", strings.Join(c.Labels, ", "), c.Line))
	}
	return out
}

// sarifResult is a result about a part of the data, which begins in a line of
// the file; an empty part is all of it, and line 0 is unknown.
func (d Document) sarifResult(rule, text, about string, line int64) sarifResult {
	r := sarifResult{Rule: rule, Message: sarifMessage{text}}
	for i, known := range sarifRules {
		if known.ID == rule {
			r.Index, r.Level = i, known.Default.Level
		}
	}
	var place sarifLocation
	if uri := d.Data.uri(); uri != "" {
		place.Physical = &sarifPhysical{Artifact: sarifURI{uri}}
		if line > 0 {
			place.Physical.Region = &sarifRegion{line}
		}
	}
	if about != "" {
		place.Logical = []sarifLogical{{printable(about)}}
	}
	if place.Physical != nil || place.Logical != nil {
		r.Locations = []sarifLocation{place}
	}
	return r
}

// sarifInvocation holds what went with the run: gates that could not be tried,
// and warnings.
func (d Document) sarifInvocation() sarifInvocation {
	in := sarifInvocation{Successful: true}
	for _, t := range d.Gates {
		if t.Err != nil {
			in.Successful = false
			in.Configuration = append(in.Configuration, sarifNotification{"error", sarifMessage{"--fail-if: " + printable(t.String())}})
		}
	}
	for _, s := range d.Sections {
		for _, text := range s.Warnings {
			in.Execution = append(in.Execution, sarifNotification{"note", sarifMessage{s.heading() + ": " + printable(text)}})
		}
	}
	return in
}

// sarifArtifacts is the data file, if there is one.
func (d Document) sarifArtifacts() []sarifArtifact {
	uri := d.Data.uri()
	if uri == "" {
		return nil
	}
	return []sarifArtifact{{sarifURI{uri}, []string{"analysisTarget"}, map[string]string{"sha-256": d.Data.SHA256}}}
}

// uri is the reference to the data file, relative if its path is; empty if the
// data were not read from a file.
func (i DataInfo) uri() string {
	if i.SHA256 == "" || i.Path == "" || i.Path == "-" {
		return ""
	}
	path := filepath.ToSlash(i.Path)
	if !filepath.IsAbs(i.Path) {
		return (&url.URL{Path: path}).String()
	}
	if !strings.HasPrefix(path, "/") { // a drive letter
		path = "/" + path
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}
