package dashboard

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// A figure is a number that JSON can carry: what is not finite goes as text.
type figure float64

func (f figure) MarshalJSON() ([]byte, error) {
	switch x := float64(f); {
	case math.IsNaN(x):
		return []byte(`"NaN"`), nil
	case math.IsInf(x, 0):
		return []byte(strings.ReplaceAll(strconv.Quote(strconv.FormatFloat(x, 'g', -1, 64)), "Inf", "Infinity")), nil
	default:
		return strconv.AppendFloat(nil, x, 'g', -1, 64), nil
	}
}

func figures(x []float64) []figure {
	out := make([]figure, len(x))
	for i, v := range x {
		out[i] = figure(v)
	}
	return out
}

// runNode lets Node hold one test of the page's modules to what Go expects.
func runNode(t *testing.T, name string, expected any) {
	t.Helper()
	node := nodeOf(t)
	text, err := json.Marshal(expected)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "expected")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(node, "--test", filepath.Join("assets", name))
	c.Env = append(os.Environ(), "EXPECTED="+path)
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// A tailPoint is a tail of a distribution at a place.
type tailPoint struct {
	Of   string   `json:"of"`
	At   []figure `json:"at"`
	Want figure   `json:"want"`
}

// TestTailsAgreeWithGo compares the page's tails with Go's on a grid.
func TestTailsAgreeWithGo(t *testing.T) {
	nodeOf(t)
	var points []tailPoint
	add := func(of string, want float64, at ...float64) {
		points = append(points, tailPoint{of, figures(at), figure(want)})
	}
	nan, inf := math.NaN(), math.Inf(1)
	for _, z := range append(steps(-40, 40, 0.173), nan, inf, -inf, 0, 1e-12, 200, 1e4, 1e160, -1e160, 7.999999, 8, 8.000001) {
		add("normal", stats.LogNormalSF(z), z)
	}
	dfs := []float64{nan, -1, 0, 1e-3, 0.5, 1, 1.5, 2, 3, 4.75, 10, 30, 99.5, 1000, 12345.6, 1e6, 1e8, inf}
	for _, df := range dfs {
		for _, t := range append(steps(-9, 9, 0.37), nan, inf, -inf, 0, 1e-9, 30, 1e3, -1e3, 1e9, 1e150) {
			add("t", stats.LogTSF(t, df), t, df)
		}
		for _, e := range steps(-6, 6, 0.13) {
			x := math.Pow(10, e)
			add("chi-square", stats.LogChiSquaredSF(x, df), x, df)
		}
		for _, x := range []float64{nan, inf, -1, 0, 20000, df, df * 0.99, df * 1.01, df + 1} {
			add("chi-square", stats.LogChiSquaredSF(x, df), x, df)
		}
	}
	if len(points) < 3000 {
		t.Fatalf("%d points, want 3000", len(points))
	}
	runNode(t, "tails.test.mjs", fields{"points": points, "written": writtenP()})
}

// writtenP writes p-values at random with three significant digits.
func writtenP() (out []fields) {
	rng := rand.New(rand.NewPCG(9, 9))
	for range 2000 {
		logp := -math.Exp(13*rng.Float64() - 6.5)
		p := math.Exp(logp)
		text := strconv.FormatFloat(p, 'e', 2, 64)
		_, exponent, _ := strings.Cut(text, "e")
		if power, err := strconv.Atoi(exponent); p >= 0.001 && err == nil {
			text = strconv.FormatFloat(p, 'f', 2-power, 64)
		}
		if p >= 1e-300 {
			out = append(out, fields{"logp": logp, "text": text})
		}
	}
	return out
}

func steps(from, to, by float64) (out []float64) {
	for x := from; x <= to; x += by {
		out = append(out, x)
	}
	return out
}

// A pageColumn is a column as the page holds it.
type pageColumn struct {
	Name    string    `json:"name"`
	Role    string    `json:"role"`
	Kind    string    `json:"kind"`
	Levels  []string  `json:"levels"`
	Values  []float64 `json:"values"`
	Missing bool      `json:"missing"`
	Codes   []uint16  `json:"codes"`
}

// A selectable is simulated traffic with gaps, as Go and as the page holds it.
type selectable struct {
	table   *dataset.Table
	data    *Data
	columns []pageColumn
	rows    map[string][]bool // rows of the page that a selection has
}

// newSelectable simulates traffic of which some cells are empty, and chooses rows.
func newSelectable(t *testing.T) *selectable {
	t.Helper()
	nodeOf(t)
	s := &selectable{rows: map[string][]bool{}}
	s.table = table(t, withGaps(t, simulated(t, 4000), "src_bytes", "count", "flag", "service"))
	var err error
	if s.data, err = Pack(context.Background(), s.table, "traffic.csv", nil); err != nil {
		t.Fatal(err)
	}
	for _, c := range s.data.Columns {
		s.columns = append(s.columns, pageColumn{c.Name, c.Role.String(), c.Kind.String(), c.Levels, c.Values, c.Missing, c.Codes})
	}
	service, flag := s.texts("service"), s.texts("flag")
	for name, has := range map[string]func(i int) bool{
		"service http": func(i int) bool { return service[i] == "http" },
		"flag S0":      func(i int) bool { return flag[i] == "S0" },
		"rows":         func(i int) bool { return i >= 100 && i < 1777 },
		"few rows":     func(i int) bool { return i >= 5 && i < 20 },
		"one row":      func(i int) bool { return i == 77 },
		"nothing":      func(int) bool { return false },
		"everything":   func(int) bool { return true },
	} {
		s.rows[name] = make([]bool, s.data.Rows)
		for i := range s.rows[name] {
			s.rows[name][i] = has(i)
		}
	}
	return s
}

// withGaps empties every so manieth cell of some columns.
func withGaps(t *testing.T, text string, columns ...string) string {
	t.Helper()
	records, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for k, name := range columns {
		at := slices.Index(records[0], name)
		if at < 0 {
			t.Fatalf("no column %s in %v", name, records[0])
		}
		for i := 1 + k; i < len(records); i += 31 + 6*k {
			records[i][at] = ""
		}
	}
	var b bytes.Buffer
	if err := csv.NewWriter(&b).WriteAll(records); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func (s *selectable) place(name string) int {
	return slices.IndexFunc(s.table.Schema().Columns, func(c dataset.Column) bool { return c.Name == name })
}

// texts returns the cells of a column by row of the page.
func (s *selectable) texts(name string) []string {
	out, at := make([]string, s.data.Rows), s.place(name)
	for i := range out {
		out[i] = s.table.Cell(s.data.Lines[i]-2, at)
	}
	return out
}

// numbers returns the cells of a column of numbers by row of the page, NaN where there is none.
func (s *selectable) numbers(t *testing.T, name string) []float64 {
	t.Helper()
	all, err := s.table.Floats(s.place(name))
	if err != nil {
		t.Fatal(err)
	}
	out := make([]float64, s.data.Rows)
	for i := range out {
		out[i] = all[s.data.Lines[i]-2]
	}
	return out
}

// ints returns the rows that are chosen.
func ints(chosen []bool) []int {
	out := []int{}
	for i, c := range chosen {
		if c {
			out = append(out, i)
		}
	}
	return out
}

// groupOf names the group of a row so that the selection comes first.
func groupOf(chosen bool) string {
	if chosen {
		return "inside"
	}
	return "outside"
}

type fields map[string]any
