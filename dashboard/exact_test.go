package dashboard

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// An exactCase is a page with all rows of a table, and one with a sample of them.
type exactCase struct {
	Name  string    `json:"name"`
	Roles Roles     `json:"roles"`
	Time  *TimeAxis `json:"time"`
	All   [][]byte  `json:"all"`
	Part  [][]byte  `json:"part"`
	Cube  []byte    `json:"cube"`
	By    []string  `json:"by"` // columns that rows were drawn by
}

func exactCaseOf(t *testing.T, name, text string, most, cells int, change func(*Page)) exactCase {
	t.Helper()
	blocks := func(p *Page) [][]byte {
		roles := FindRoles(p.Data)
		p.Data.Early = roles.early(p.Data)
		parts, err := p.Data.Blocks()
		if err != nil {
			t.Fatal(err)
		}
		return parts
	}
	whole, tab := pageAndTable(t, text)
	if change != nil {
		change(whole)
	}
	out := exactCase{Name: name, Roles: FindRoles(whole.Data), Time: whole.axis(), All: blocks(whole)}
	p := &Page{Data: copied(whole.Data), Series: whole.Series}
	if err := p.reduce(t.Context(), tab, most, cells, 1); err != nil {
		t.Fatal(err)
	}
	out.Part = blocks(p)
	for _, j := range p.Data.Sample.By {
		out.By = append(out.By, p.Data.Columns[j].Name)
	}
	var err error
	if out.Cube, err = p.Data.Sample.block(p.Data); err != nil {
		t.Fatal(err)
	}
	return out
}

// engineCaseOf is a case whose part an engine has drawn and counted.
func engineCaseOf(t *testing.T, name, text string, most int64, cells int) exactCase {
	t.Helper()
	out := exactCaseOf(t, name, text, int(most), cells, nil)
	p := counted(t, table(t, text), most, cells, nil)
	roles := FindRoles(p.Data)
	p.Data.Early = roles.early(p.Data)
	var err error
	if out.Part, err = p.Data.Blocks(); err != nil {
		t.Fatal(err)
	}
	if out.Cube, err = p.Data.Sample.block(p.Data); err != nil {
		t.Fatal(err)
	}
	out.By = append([]string{}, p.Data.namesOf(p.Data.Sample.By)...)
	return out
}

// TestExactCountsAreOfAllRows lets Node compare the counts of a page with a sample with those
// of a page with all rows.
func TestExactCountsAreOfAllRows(t *testing.T) {
	node := nodeOf(t)
	text := simulated(t, 6000)
	judge := func(p *Page) { withVerdicts(p.Data, rand.New(rand.NewPCG(4, 4))) }
	untimed := func(p *Page) { p.Data.Clock, p.Series = nil, nil }
	text2, err := json.Marshal([]exactCase{
		exactCaseOf(t, "labels and times", text, 4000, mostCells, nil),
		exactCaseOf(t, "a few rows", text, 1500, mostCells, nil),
		exactCaseOf(t, "verdicts", text, 3000, mostCells, judge),
		exactCaseOf(t, "verdicts without labels or times", text, 3000, mostCells, func(p *Page) { judge(p); untimed(p); p.Data.Label = -1 }),
		exactCaseOf(t, "rows without times", text, 3000, mostCells, untimed),
		exactCaseOf(t, "two cubes", text, 3000, 600, judge),
		engineCaseOf(t, "an engine", text, 3000, mostCells),
		engineCaseOf(t, "two cubes of an engine", text, 3000, 3000),
	})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "expected")
	if err := os.WriteFile(path, text2, 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(node, "--test", filepath.Join("assets", "exact.test.mjs"))
	c.Env = append(os.Environ(), "EXPECTED="+path)
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
