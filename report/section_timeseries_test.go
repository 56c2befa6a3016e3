package report

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/internal/check"
)

// rhythm is four days of hours with a daily rhythm, two floods and a gap.
func rhythm() string {
	var b strings.Builder
	b.WriteString("timestamp,src_bytes,dst_bytes,load,attack\n")
	for h := range 96 {
		n := int(20 + 15*math.Sin(2*math.Pi*float64(h)/24) + float64(h*7%5))
		label := "normal"
		if h == 30 || h == 70 {
			n, label = 400, "neptune"
		}
		if h == 50 {
			n = 0
		}
		for i := range n {
			fmt.Fprintf(&b, "%s,%d,%d,0.%d,%s\n", dataset.FormatTime(float64(1772409600+3600*h+i)), 100+i, 5000*(1+i%3), h%9, label)
		}
	}
	return b.String()
}

func overTimeOf(t *testing.T, o eda.TimeSeriesOptions) *eda.TimeSeries {
	t.Helper()
	ctx := context.Background()
	f, err := dataset.OpenReader(ctx, "rhythm.csv", strings.NewReader(rhythm()), dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s, err := eda.TimeSeriesOf(ctx, f, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTimeSeriesSection(t *testing.T) {
	check.Long(t)
	for name, o := range map[string]eda.TimeSeriesOptions{
		"time":      {Every: 3600, Features: []string{"load"}},
		"row order": {RowOrder: true, StepRows: 40, Features: []string{"load"}},
	} {
		t.Run(name, func(t *testing.T) {
			series := overTimeOf(t, o)
			full, err := TimeSeries(series)
			if err != nil {
				t.Fatal(err)
			}
			doc := Document{Command: "timeseries", Sections: []Section{full}}
			if err := doc.Check(); err != nil {
				t.Fatal(err)
			}
			rows := map[string]int{}
			for _, table := range full.Tables {
				rows[table.Name] = len(table.Rows)
				for _, c := range table.Columns {
					if _, known := Lookup(c.Key); !known && c.Key != "mean_load" {
						t.Errorf("table %s: the glossary has no %q", table.Name, c.Key)
					}
				}
			}
			if rows["series"] != series.Steps || rows["bands"] != series.Steps*len(series.Series) || rows["summary"] != len(series.Series) || rows["tests"] == 0 {
				t.Errorf("rows %v", rows)
			}
			if timed := !o.RowOrder; (rows["hours"] == 24*len(series.Series)) != timed || (rows["periods"] > 0) != timed {
				t.Errorf("hours or periods are wrong: %v", rows)
			}
			var figures []string
			for _, f := range full.Figures {
				figures = append(figures, f.Name)
				var png bytes.Buffer
				if err := f.Figure.WritePNG(&png); err != nil || f.Alt == "" {
					t.Errorf("%s: %v, %q", f.Name, err, f.Alt)
				}
			}
			for _, want := range []string{"bytes_out", "bytes_in", "attacks", "mean_load", "acf", "pacf"} {
				if !slices.Contains(figures, want) {
					t.Errorf("there is no picture %s; there are %s", want, figures)
				}
			}
		})
	}
}

func TestTimeDigestFits80Columns(t *testing.T) {
	for _, o := range []eda.TimeSeriesOptions{{Every: 3600, Features: []string{"load"}}, {RowOrder: true}} {
		series := overTimeOf(t, o)
		digest := TimeDigest(series)
		digest.Findings = TimeFindings(series)
		var out bytes.Buffer
		if err := (Document{Command: "timeseries", Sections: []Section{digest}}).WriteText(&out, TextOptions{}); err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(out.String(), "\n") {
			if textWidth(line) > 80 {
				t.Errorf("%d cells: %s", textWidth(line), line)
			}
		}
		for word, inTime := range map[string]bool{"row order, not time": false, "Hours of the day": true, "rhythm of one day": true} {
			if has := strings.Contains(out.String(), word); has != (inTime != o.RowOrder) {
				t.Errorf("%q, in row order %v, in the text %v:\n%s", word, o.RowOrder, has, out.String())
			}
		}
	}
}
