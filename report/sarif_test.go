package report

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// A readSARIF is what the SARIF 2.1.0 schema requires of a log, and what code
// hosts look at.
type readSARIF struct {
	Schema  string `json:"$schema"`
	Version string
	Runs    []struct {
		Tool struct {
			Driver struct {
				Name, Version string
				Rules         []struct {
					ID                   string
					ShortDescription     struct{ Text string }
					DefaultConfiguration struct{ Level string }
				}
			}
		}
		Invocations []struct {
			ExecutionSuccessful            *bool
			ToolConfigurationNotifications []struct{ Message struct{ Text string } }
			ToolExecutionNotifications     []struct{ Message struct{ Text string } }
		}
		Artifacts []struct {
			Location struct{ URI string }
			Hashes   map[string]string
		}
		Results []readResult
	}
}

type readResult struct {
	RuleID    string
	RuleIndex int
	Level     string
	Message   struct{ Text string }
	Locations []struct {
		PhysicalLocation *struct {
			ArtifactLocation struct{ URI string }
			Region           *struct{ StartLine int }
		}
		LogicalLocations []struct{ Name string }
	}
}

// parseSARIF writes a document and checks what the standard asks of every log.
func parseSARIF(t testing.TB, d Document) readSARIF {
	t.Helper()
	var b bytes.Buffer
	if err := d.WriteSARIF(&b); err != nil {
		t.Fatal(err)
	}
	var log readSARIF
	if err := json.Unmarshal(b.Bytes(), &log); err != nil {
		t.Fatalf("%v in\n%s", err, b.String())
	}
	if !strings.HasSuffix(log.Schema, "/sarif-schema-2.1.0.json") || log.Version != "2.1.0" || len(log.Runs) != 1 {
		t.Fatalf("schema %q, version %q, %d runs", log.Schema, log.Version, len(log.Runs))
	}
	run := log.Runs[0]
	levels := []string{"none", "note", "warning", "error"} // section 3.27.10 of the standard
	if run.Tool.Driver.Name != "netanom" || run.Results == nil || len(run.Invocations) != 1 || run.Invocations[0].ExecutionSuccessful == nil {
		t.Errorf("a required property is not there:\n%s", b.String())
	}
	for _, r := range run.Tool.Driver.Rules {
		if r.ID == "" || r.ShortDescription.Text == "" || !slices.Contains(levels, r.DefaultConfiguration.Level) {
			t.Errorf("rule %+v", r)
		}
	}
	for _, r := range run.Results {
		if run.Tool.Driver.Rules[r.RuleIndex].ID != r.RuleID || !slices.Contains(levels, r.Level) || r.Message.Text == "" {
			t.Errorf("result %+v", r)
		}
		for _, place := range r.Locations {
			if p := place.PhysicalLocation; p != nil {
				if _, err := url.Parse(p.ArtifactLocation.URI); err != nil {
					t.Error(err)
				}
				if p.Region != nil && p.Region.StartLine < 1 {
					t.Errorf("line %d", p.Region.StartLine)
				}
			}
		}
	}
	return log
}

func TestWriteSARIF(t *testing.T) {
	d := edaDocument()
	d.Sections = append(d.Sections, Section{ID: "missing", Tables: []Table{{Name: "missing", Columns: Cols("feature", "missing", "first_line"),
		Rows: [][]any{{"src_bytes", int64(3), int64(17)}}}}})
	d.Gates = TryGates(gatesOf(t, "missing > 0 && first_line > 0", "kappa < 1"), d.Sections)
	run := parseSARIF(t, d).Runs[0]
	var got []string
	for _, r := range run.Results {
		got = append(got, r.RuleID+" "+r.Level+" "+r.Message.Text)
	}
	want := []string{
		`gate error --fail-if: missing > 0 && first_line > 0 holds for "src_bytes" in the table missing (missing = 3, first_line = 17).`,
		"problem error last_flag: predicts the label. Next: netanom train --select -last_flag",
		"warning warning src_bytes: is heavy-tailed. Next: Use ranks.",
		"notice note num_outbound_cmds: is constant. Next: Leave it out.",
		"info note Rows have no timestamps.",
	}
	if !slices.Equal(got, want) {
		t.Errorf("results\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	place := run.Results[0].Locations[0]
	if p := place.PhysicalLocation; p.ArtifactLocation.URI != "KDDTrain+.txt.gz" || p.Region == nil || p.Region.StartLine != 17 || place.LogicalLocations[0].Name != "src_bytes" {
		t.Errorf("the gate is crossed at %+v", place)
	}
	if p := run.Results[1].Locations[0].PhysicalLocation; p.Region != nil {
		t.Errorf("a finding of no known line begins in line %d", p.Region.StartLine)
	}
	in := run.Invocations[0]
	if *in.ExecutionSuccessful || len(in.ToolConfigurationNotifications) != 1 || len(in.ToolExecutionNotifications) != 1 {
		t.Errorf("invocation %+v", in)
	}
	if a := run.Artifacts; len(a) != 1 || a[0].Hashes["sha-256"] != "7ea8" {
		t.Errorf("artifacts %+v", a)
	}
}

func TestSARIFManyCrossings(t *testing.T) {
	results := parseSARIF(t, Document{Command: "x", Gates: manyCrossings(t)}).Runs[0].Results
	if len(results) != mostCrossings+1 || !strings.HasSuffix(results[mostCrossings].Message.Text, "for 7 more rows.") {
		t.Errorf("%d results, the last %+v", len(results), results[len(results)-1])
	}
	if len(results[mostCrossings].Locations) != 0 {
		t.Error("data of no file have a place")
	}
}

func TestDataURI(t *testing.T) {
	for _, c := range []struct{ path, sha256, want string }{
		{"data/flows.csv", "00", "data/flows.csv"},
		{"a b%.csv", "00", "a%20b%25.csv"},
		{"a:b.csv", "00", "./a:b.csv"},
		{"/srv/flows.csv", "00", "file:///srv/flows.csv"},
		{"-", "00", ""},
		{"sample (simulated)", "", ""},
	} {
		if got := (DataInfo{Path: c.path, SHA256: c.sha256}).uri(); got != c.want {
			t.Errorf("%q is %q, want %q", c.path, got, c.want)
		}
	}
}
