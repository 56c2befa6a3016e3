package dashboard

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
)

// cellOf returns a cell of the page as text, "" where it is missing.
func cellOf(d *Data, name string, row int) string {
	for j := range d.Columns {
		c := &d.Columns[j]
		k := int(c.Codes[row])
		switch {
		case c.Name != name:
		case k < len(c.Levels):
			return c.Levels[k]
		case k < len(c.Values):
			return strconv.FormatFloat(c.Values[k], 'g', -1, 64)
		}
	}
	return ""
}

func TestJoinedRowsAreThoseOfBothFiles(t *testing.T) {
	a := packedOf(t, "service,src_bytes,note,attack\nhttp,5,x,normal\nsmtp,,y,neptune\nhttp,7,x,normal\n")
	b := packedOf(t, "attack,src_bytes,service,extra\nsmurf,7,ecr_i,3\nnormal,1.5,http,4\n")
	a.Source, b.Source = "a.csv", "b.csv"
	d := Join(a, b)
	want := map[string][]string{
		"service": {"http", "smtp", "http", "ecr_i", "http"}, "src_bytes": {"5", "", "7", "7", "1.5"}, "note": {"x", "y", "x", "", ""},
		"attack": {"normal", "neptune", "normal", "smurf", "normal"}, "extra": {"", "", "", "3", "4"}, "file": {"a.csv", "a.csv", "a.csv", "b.csv", "b.csv"},
	}
	if len(d.Columns) != len(want) || d.Rows != 5 {
		t.Fatalf("%d columns, %d rows", len(d.Columns), d.Rows)
	}
	for name, cells := range want {
		for i, cell := range cells {
			if got := cellOf(d, name, i); got != cell {
				t.Errorf("row %d, %s: %q, want %q", i, name, got, cell)
			}
		}
	}
	if d.Columns[d.Label].Name != "attack" || !slices.Equal(d.Normal, []string{"normal"}) || !slices.Equal(d.Lines, []int64{2, 3, 4, 2, 3}) {
		t.Errorf("label %d, normal %v, lines %v", d.Label, d.Normal, d.Lines)
	}
	if _, err := d.Blocks(); err != nil {
		t.Error(err)
	}
}

func TestJoinKeepsTheOrderOfTime(t *testing.T) {
	file := func(service string, times ...int) *Data {
		var b strings.Builder
		b.WriteString("timestamp,service,attack\n")
		for _, s := range times {
			fmt.Fprintf(&b, "2024-01-01T00:%02d:00Z,%s,normal\n", s, service)
		}
		return packedOf(t, b.String())
	}
	d := Join(file("a", 1, 3, 5, 7), file("b", 2, 3, 40))
	var got string
	for i := range d.Rows {
		got += cellOf(d, "service", i)
	}
	if want := "ababaab"; got != want { // the row of the first file before that of the second of the same minute
		t.Errorf("services %s, want %s", got, want)
	}
	if last := d.Clock.Since[len(d.Clock.Since)-1]; last != 39*60 || !slices.IsSorted(d.Clock.Since) {
		t.Errorf("times %v", d.Clock.Since)
	}
	if a := axisOver(d.Clock); a == nil || a.Steps > mostSteps || a.Start+float64(a.Steps)*a.Step <= d.Clock.Start+39*60 || a.Name != "5 s" {
		t.Errorf("%+v", a)
	}
}

func TestJoinOfNumbersAndText(t *testing.T) {
	d := Join(packedOf(t, "amount,attack\n80,normal\n443,normal\n"), packedOf(t, "amount,attack\nhttp,normal\nhttps,normal\n"))
	if !slices.Equal(d.Mixed, []string{"amount"}) || len(d.Columns) != 2 {
		t.Errorf("mixed %v, %d columns", d.Mixed, len(d.Columns))
	}
}

func TestJoinKeepsReasonsWithTheirRows(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	part := func(n int, order ...string) *Data {
		d := &Data{Source: "x", Rows: n, Label: -1, Lines: make([]int64, n), Verdicts: &Verdicts{Threshold: 0.5, Floor: 0.5}}
		for _, name := range order {
			c := Column{Name: name, Canon: name, Kind: dataset.Number}
			values, rows := make([]float64, n), make([]int, n)
			for i := range values {
				values[i], rows[i] = math.Round(100*rng.Float64())/100, i
			}
			c.packNumbers(values, rows)
			d.Columns = append(d.Columns, c)
		}
		d.Verdicts.Score = slices.Index(order, "score")
		c := &d.Columns[d.Verdicts.Score]
		for i, k := range c.Codes {
			if c.Values[k] >= 0.5 {
				d.Verdicts.Reasons = append(d.Verdicts.Reasons, [3]int16{int16(slices.Index(order, []string{"p", "q"}[i%2])), -1, -1})
				d.Verdicts.IDs = append(d.Verdicts.IDs, fmt.Sprint(n, "/", i))
			}
		}
		return d
	}
	a, b := part(40, "p", "score", "q"), part(30, "score", "q", "p")
	d := Join(a, b)
	at := 0
	for i := range d.Rows {
		score, err := strconv.ParseFloat(cellOf(d, "score", i), 64)
		if err != nil || score < 0.5 {
			continue
		}
		n, row := 40, i
		if i >= 40 {
			n, row = 30, i-40
		}
		if name := d.Columns[d.Verdicts.Reasons[at][0]].Name; name != []string{"p", "q"}[row%2] || d.Verdicts.IDs[at] != fmt.Sprint(n, "/", row) {
			t.Errorf("row %d: %s, %s", i, name, d.Verdicts.IDs[at])
		}
		at++
	}
	if at == 0 || at != len(d.Verdicts.Reasons) {
		t.Errorf("%d rows with reasons, %d", at, len(d.Verdicts.Reasons))
	}
	if _, err := d.Block(); err != nil {
		t.Error(err)
	}
}

// TestJoinKeepsScoresApart joins a file that has a column of its own called score.
func TestJoinKeepsScoresApart(t *testing.T) {
	judged := func(text string) *Data {
		d := packedOf(t, text)
		c := Column{Name: "score", Canon: "score", Kind: dataset.Number}
		c.packNumbers([]float64{0.25, 0.75}, []int{0, 1}, 0.5)
		if slices.ContainsFunc(d.Columns, func(c Column) bool { return c.Name == "score" }) {
			c.Name = "netanom score"
		}
		d.Columns = append(d.Columns, c)
		d.Verdicts = &Verdicts{Threshold: 0.5, Floor: 0.5, Score: len(d.Columns) - 1, Reasons: [][3]int16{{int16(slices.IndexFunc(d.Columns, func(c Column) bool { return c.Name == "service" })), -1, -1}}}
		return d
	}
	for _, own := range []string{"high", "7"} {
		d := Join(judged("service,attack\nhttp,normal\nsmtp,neptune\n"), judged("score,service,attack\n"+own+",http,normal\n"+own+",smtp,neptune\n"))
		if got := []string{cellOf(d, "score", 0), cellOf(d, "score", 1), cellOf(d, "score", 2), cellOf(d, "score", 3)}; !slices.Equal(got, []string{"0.25", "0.75", "0.25", "0.75"}) {
			t.Errorf("scores %v", got)
		}
		if d.Verdicts == nil || len(d.Verdicts.Reasons) != 2 || d.Columns[d.Verdicts.Reasons[1][0]].Name != "service" {
			t.Errorf("%+v", d.Verdicts)
		}
		if _, err := d.Blocks(); err != nil {
			t.Error(err)
		}
	}
}

// TestRowsWithoutLabelAreNoAttacks joins a labelled file with one that has no label.
func TestRowsWithoutLabelAreNoAttacks(t *testing.T) {
	d := Join(packedOf(t, "service,attack\nhttp,normal\nsmtp,neptune\n"), packedOf(t, "service\nhttp\nsmtp\n"))
	if got := d.anomalous(); !slices.Equal(got, []uint16{0, 1, 0, 0}) {
		t.Errorf("anomalous %v", got)
	}
}

func TestLabelOfUnknownMeaning(t *testing.T) {
	d := packedOf(t, "service,attack\nhttp,alpha\nsmtp,beta\n")
	if d.Label != -1 || d.Unknown != "attack" || len(d.Columns) != 2 {
		t.Errorf("label %d, unknown %q", d.Label, d.Unknown)
	}
}

func TestClockThatOverflows(t *testing.T) {
	if d := packedOf(t, "timestamp,service,attack\n1e308,http,normal\n-1e308,smtp,neptune\n"); d.Clock != nil && (math.IsInf(d.Clock.Since[1], 0) || math.IsNaN(d.Clock.Since[1])) {
		t.Errorf("%+v", d.Clock)
	}
}

func TestWideTablesArePackedInTime(t *testing.T) {
	d := &Data{Source: "wide", Rows: 300, Label: -1, Lines: make([]int64, 300)}
	for j := range 2000 {
		c := Column{Name: fmt.Sprint("c", j), Values: []float64{0, 1, 2, 3, 4, 5, 6}, Codes: make([]uint16, 300)}
		for i := range c.Codes {
			c.Codes[i] = uint16((i*j + i) % 7)
		}
		d.Columns = append(d.Columns, c)
	}
	if _, err := d.Block(); err != nil {
		t.Error(err)
	}
}
