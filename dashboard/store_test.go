package dashboard

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// A storeCase is data as Go has them, and as blocks.
type storeCase struct {
	Name     string        `json:"name"`
	Rows     int           `json:"rows"`
	Columns  []storeColumn `json:"columns"`
	Since    []float64     `json:"since"`
	Off      float64       `json:"off"` // how far a time may be off, in seconds
	Lines    []int64       `json:"lines"`
	Verdicts *Verdicts     `json:"verdicts"`
	First    []int         `json:"first"` // columns of the first part
	Block    []byte        `json:"block"`
	Parts    [][]byte      `json:"parts"`
}

type storeColumn struct {
	Name   string    `json:"name"`
	Codes  []uint16  `json:"codes"`
	Levels []string  `json:"levels"`
	Values []float64 `json:"values"`
}

func storeCaseOf(t *testing.T, name string, d *Data) storeCase {
	t.Helper()
	block, err := d.Block()
	if err != nil {
		t.Fatal(err)
	}
	parts, err := d.Blocks()
	if err != nil {
		t.Fatal(err)
	}
	out := storeCase{Name: name, Rows: d.Rows, Lines: d.Lines, Verdicts: d.Verdicts, First: []int{}, Block: block, Parts: parts}
	if d.Label >= 0 {
		out.First = append(out.First, d.Label)
	}
	if d.Verdicts != nil {
		out.First = append(out.First, d.Verdicts.Score)
	}
	if d.Clock != nil {
		out.Since = d.Clock.Since
		unit, _ := d.Clock.ticks()
		out.Off = unit * 0.51
		if j := slices.IndexFunc(d.Columns, d.Clock.toldBy); j >= 0 {
			out.First, out.Off = append(out.First, j), 0
		}
	}
	for _, c := range d.Columns {
		out.Columns = append(out.Columns, storeColumn{c.Name, c.Codes, c.Levels, c.Values})
	}
	return out
}

// TestStoreAgreesWithGo lets Node read blocks, and compares all codes.
func TestStoreAgreesWithGo(t *testing.T) {
	node := nodeOf(t)
	rng := rand.New(rand.NewPCG(5, 5))
	traffic := packedOf(t, simulated(t, 4000))
	traffic.Early = []int{2, 5}
	ticking := packedOf(t, simulated(t, 1000))
	ticking.Columns, ticking.Label = ticking.Columns[1:], -1
	cases := []storeCase{storeCaseOf(t, "traffic", traffic), storeCaseOf(t, "a clock without its column", ticking)}
	for _, rows := range []int{1, 400, 9000} {
		d := randomData(rng, rows, 9)
		withVerdicts(d, rng)
		slices.Reverse(d.Lines)
		d.Early = []int{3, 8}
		cases = append(cases, storeCaseOf(t, "random", d))
	}
	text, err := json.Marshal(cases)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "expected")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(node, "--test", filepath.Join("assets", "store.test.mjs"))
	c.Env = append(os.Environ(), "EXPECTED="+path)
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
