// Package floorplan holds the architecture: which package may import which, and
// through which one door each outside module enters.
package floorplan

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/netanom/netanom"

// allowed lists what each package may import of ours, tests included. The floor
// of a package is one above the highest of its imports.
var allowed = map[string][]string{
	"stats":                  {"internal/parallel", "internal/check"},
	"dataset":                {"stats", "internal/check"},
	"dataset/sourcetest":     {"dataset", "stats", "internal/check"},
	"dataset/sql":            {"dataset", "stats", "internal/check"},
	"dataset/sql/clickhouse": {"dataset/sql", "dataset", "internal/check"},
	"dataset/sql/postgres":   {"dataset/sql", "dataset", "internal/check"},
	"eda":                    {"dataset", "stats", "internal/parallel", "internal/check"},
	"traffic":                {"dataset", "stats", "internal/check"},
	"traffic/packet":         {"internal/check"},
	"traffic/content":        {"traffic", "traffic/packet", "internal/check"},
	"traffic/flow":           {"traffic", "traffic/packet", "traffic/content", "internal/check"},
	"traffic/connlog":        {"traffic", "traffic/packet", "internal/check"},
	"traffic/extract":        {"traffic", "traffic/packet", "traffic/flow", "traffic/connlog", "traffic/replay", "internal/check"},
	"traffic/replay":         {"traffic", "traffic/packet", "traffic/flow", "internal/check"},
	"triage":                 {"internal/check"},
	"watch":                  {"serve/alert", "triage", "model", "dataset", "traffic", "traffic/packet", "traffic/flow", "traffic/connlog", "internal/check"},
	"model":                  slices.Concat(learners, []string{"model/prep", "model/modeltest", "model/learn", "model/bin", "eda", "traffic", "dataset", "stats", "internal/parallel", "internal/check"}),
	"model/learn":            {"stats", "internal/parallel", "internal/check"},
	"model/modeltest":        {"model/learn", "internal/check"},
	"model/prep":             append([]string{"model/linear"}, learning...),
	"model/bayes":            learning,
	"model/bin":              learning,
	"model/boost":            append([]string{"model/bin", "model/tree"}, learning...),
	"model/cluster":          append([]string{"model/neighbor"}, learning...),
	"model/linear":           learning,
	"model/neighbor":         learning,
	"model/neural":           learning,
	"model/outlier":          append([]string{"model/cluster", "model/neighbor", "model/neural"}, learning...),
	"model/project":          append([]string{"model/neighbor"}, learning...),
	"model/tree":             append([]string{"model/bin"}, learning...),
	"plots":                  {"stats", "internal/check"},
	"report":                 {"triage", "traffic", "traffic/extract", "model", "model/learn", "eda", "plots", "dataset", "stats", "internal/check"},
	"serve":                  {"dashboard", "serve/alert", "model", "traffic", "dataset", "internal/check"},
	"serve/alert":            {"internal/check"},
	"dashboard":              {"model", "model/learn", "eda", "traffic", "dataset", "stats", "internal/parallel", "internal/check"},
	"cmd":                    {"traffic/replay", "watch", "triage", "traffic/packet", "traffic/flow", "traffic/connlog", "traffic/extract", "dashboard", "serve", "serve/alert", "report", "model", "eda", "traffic", "dataset", "dataset/sql", "dataset/sql/clickhouse", "dataset/sql/postgres", "stats", "internal/check"},
	"cmd/netanom":            {"cmd"},
	"internal/check":         {},
	"internal/floorplan":     {},
	"internal/parallel":      {},
}

// learners are the families of models, and learning what each of them stands on.
var (
	learners = []string{"model/bayes", "model/boost", "model/cluster", "model/linear", "model/neighbor", "model/neural", "model/outlier", "model/project", "model/tree"}
	learning = []string{"model/learn", "model/modeltest", "stats", "internal/parallel", "internal/check"}
)

// alsoInTests lists what the tests of a package may import besides: servers to ask, and the suite
// that sources are held to.
var alsoInTests = map[string][]string{
	"dataset/sql": {"dataset/sourcetest", "dataset/sql/clickhouse", "dataset/sql/postgres"},
	"eda":         {"dataset/sourcetest", "dataset/sql", "dataset/sql/clickhouse", "dataset/sql/postgres"},
	"dashboard":   {"dataset/sourcetest"},
}

// doors lists, for each outside module, the only packages it may enter through.
var doors = map[string][]string{
	"github.com/go-gota/gota":               {"dataset"},
	"github.com/klauspost/compress":         {"dataset"},
	"github.com/expr-lang/expr":             {"dataset", "report"},
	"gonum.org/v1/plot":                     {"plots"},
	"gonum.org/v1/gonum":                    {"stats", "model/cluster", "model/linear", "model/neural", "model/outlier", "model/prep", "model/project"},
	"github.com/olekukonko/tablewriter":     {"report"},
	"github.com/spf13/cobra":                {"cmd"},
	"github.com/spf13/pflag":                {"cmd"},
	"github.com/schollz/progressbar":        {"cmd"},
	"go.yaml.in/yaml":                       {"cmd"},
	"golang.org/x/term":                     {"cmd"},
	"golang.org/x/sys":                      {"stats", "dataset", "report", "model/neural", "model/neighbor", "model/cluster", "model/tree"},
	"golang.org/x/image":                    {"plots"},
	"golang.org/x/time":                     {"serve"},
	"github.com/go-json-experiment/json":    {"serve", "model/learn"},
	"github.com/prometheus/client_golang":   {"serve"},
	"go.opentelemetry.io/otel":              {"serve"},
	"github.com/santhosh-tekuri/jsonschema": {"serve"}, // in tests alone
	"github.com/mattn/go-runewidth":         {"report"},
	"github.com/clipperhouse/displaywidth":  {"report"},
	"github.com/tdewolff/minify":            {"dashboard"},
	"github.com/oschwald/maxminddb-golang":  {"dashboard"},
	"github.com/gopacket/gopacket":          {"traffic/packet"},
	"github.com/jackc/pgx":                  {"dataset/sql/postgres"},
}

type listed struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

// breaches returns what the packages import against the plan.
func breaches(packages []listed) []string {
	var out []string
	for _, p := range packages {
		name := strings.TrimPrefix(p.ImportPath, module+"/")
		may, known := allowed[name]
		if !known {
			out = append(out, name+" is not in the floor plan")
			continue
		}
		for _, path := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			ours, isOurs := strings.CutPrefix(path, module+"/")
			switch {
			case isOurs:
				tested := !slices.Contains(p.Imports, path) && slices.Contains(alsoInTests[name], ours)
				if ours != name && !slices.Contains(may, ours) && !tested {
					out = append(out, name+" must not import "+ours)
				}
			case strings.Contains(strings.SplitN(path, "/", 2)[0], "."):
				if !slices.Contains(doorsOf(path), name) {
					out = append(out, name+" is no door for "+path)
				}
			}
		}
	}
	return out
}

func doorsOf(path string) []string {
	for prefix, names := range doors {
		if path == prefix || strings.HasPrefix(path, prefix+"/") {
			return names
		}
	}
	return nil
}

func TestFloorPlan(t *testing.T) {
	c := exec.Command("go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", module+"/...")
	out, err := c.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var packages []listed
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
	if len(packages) < len(allowed)-1 {
		t.Errorf("go list knows %d packages, the plan %d", len(packages), len(allowed))
	}
	for _, b := range breaches(packages) {
		t.Error(b)
	}
}

func TestFloorPlanFindsBreaches(t *testing.T) {
	planted := []listed{
		{ImportPath: module + "/plots", Imports: []string{module + "/report"}},
		{ImportPath: module + "/stats", TestImports: []string{"github.com/spf13/cobra"}},
		{ImportPath: module + "/helpers"},
	}
	want := []string{"plots must not import report", "stats is no door for github.com/spf13/cobra", "helpers is not in the floor plan"}
	if got := breaches(planted); !slices.Equal(got, want) {
		t.Errorf("breaches = %q, want %q", got, want)
	}
}
