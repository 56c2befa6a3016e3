package dashboard

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/netanom/netanom/dataset"
)

// An engineCase is what Go counts of a table under filters.
type engineCase struct {
	Column string              `json:"column"`
	Where  map[string][]string `json:"where"`
	From   int                 `json:"from"`
	To     int                 `json:"to"`
	Counts map[string][2]int   `json:"counts"` // by level: normal and anomalous rows, the column's own filter left out
	Totals struct {
		All       int `json:"all"`
		Anomalous int `json:"anomalous"`
	} `json:"totals"`
}

// count fills the counts of a case from the cells of the table.
func (c *engineCase) count(t *dataset.Table, d *Data, places map[string]int) {
	c.Counts = map[string][2]int{}
	for i := c.From; i < c.To; i++ {
		row := d.Lines[i] - 2
		passes, passesOthers := true, true
		for name, levels := range c.Where {
			if !slices.Contains(levels, t.Cell(row, places[name])) {
				passes = false
				passesOthers = passesOthers && name == c.Column
			}
		}
		hot := 1
		if slices.Contains(d.Normal, t.Cell(row, places["attack"])) {
			hot = 0
		}
		if passesOthers {
			two := c.Counts[t.Cell(row, places[c.Column])]
			two[hot]++
			c.Counts[t.Cell(row, places[c.Column])] = two
		}
		if passes {
			c.Totals.All++
			c.Totals.Anomalous += hot
		}
	}
}

// TestEngineAgreesWithGo lets Node count by the page's engine what Go counts by itself.
func TestEngineAgreesWithGo(t *testing.T) {
	node := nodeOf(t)
	tab := table(t, simulated(t, 4000))
	d, err := Pack(context.Background(), tab, "traffic.csv", nil)
	if err != nil {
		t.Fatal(err)
	}
	places := map[string]int{}
	for j, c := range tab.Schema().Columns {
		places[c.Name] = j
	}
	var expected struct {
		Cells []map[string]any `json:"cells"`
		Cases []engineCase     `json:"cases"`
	}
	for i := 0; i < d.Rows; i += 97 {
		for _, name := range []string{"service", "flag", "attack"} {
			expected.Cells = append(expected.Cells, map[string]any{"row": i, "column": name, "text": tab.Cell(d.Lines[i]-2, places[name])})
		}
	}
	expected.Cases = []engineCase{
		{Column: "service", Where: map[string][]string{}, To: d.Rows},
		{Column: "service", Where: map[string][]string{"service": {"http"}}, To: d.Rows},
		{Column: "flag", Where: map[string][]string{"service": {"http", "private"}, "protocol_type": {"tcp"}}, To: d.Rows},
		{Column: "attack", Where: map[string][]string{"flag": {"SF", "S0"}}, From: 100, To: 1777},
		{Column: "flag", Where: map[string][]string{"flag": {"none of these"}}, From: 5, To: 3000},
	}
	for i := range expected.Cases {
		expected.Cases[i].count(tab, d, places)
	}
	dir := t.TempDir()
	block, err := d.Block()
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(expected)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"block": block, "expected": text} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := exec.Command(node, "--test", filepath.Join("assets", "engine.test.mjs"))
	c.Env = append(os.Environ(), "BLOCK="+filepath.Join(dir, "block"), "EXPECTED="+filepath.Join(dir, "expected"))
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
