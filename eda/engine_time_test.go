package eda_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/dataset/sourcetest"
	"github.com/netanom/netanom/eda"
)

// strayTimes is a table of several days, seconds apart or less, with some rows of 1970
// and 2100 and some without a time.
func strayTimes(rows int) string {
	rng := rand.New(rand.NewPCG(2, 6))
	var b strings.Builder
	b.WriteString("ts,src_bytes,dst_bytes,load,attack\n")
	for i := range rows {
		at := fmt.Sprint(1.6e9 + float64(rng.IntN(5*86400)) + float64(rng.IntN(4))/4)
		switch {
		case i%700 == 3:
			at = fmt.Sprint(i)
		case i%900 == 5:
			at = fmt.Sprint(4.1e9 + float64(i))
		case i%50 == 7:
			at = ""
		}
		received, load := fmt.Sprint(rng.IntN(300)), fmt.Sprint(math.Exp(rng.NormFloat64()))
		if i%9 == 0 {
			received = ""
		}
		fmt.Fprintf(&b, "%s,%d,%s,%s,%s\n", at, rng.IntN(5000), received, load, []string{"normal", "smurf", "neptune", ""}[rng.IntN(4)])
	}
	return b.String()
}

func TestEngineResamples(t *testing.T) {
	opt := dataset.Options{Types: map[string]dataset.Kind{"ts": dataset.Time}}
	for _, rows := range []int{60, 6000} {
		table := tableOf(t, strayTimes(rows), opt)
		for _, o := range []eda.TimeSeriesOptions{{}, {Every: 3600, Features: []string{"load", "src_bytes"}}, {Every: 7 * 86400}} {
			want, wantErr := eda.TimeSeriesOf(context.Background(), table, o)
			got, err := eda.TimeSeriesOf(context.Background(), sourcetest.Counted(table), o)
			if fmt.Sprint(err) != fmt.Sprint(wantErr) {
				t.Fatalf("%d rows, %+v: error %v, want %v", rows, o, err, wantErr)
			}
			if err == nil {
				near(t, fmt.Sprintf("%d rows, every %v", rows, o.Every), got, want)
			}
		}
	}
}

// Attacks are counted even where there are too many groups to say which they are.
func TestEngineResamplesManyLabels(t *testing.T) {
	table := tableOf(t, strayTimes(3000), dataset.Options{Types: map[string]dataset.Kind{"ts": dataset.Time}})
	kept := where(t, table, "ts > 1.5e9 && ts < 2e9")
	engine := where(t, sourcetest.CountedWith(table, sourcetest.CountedOptions{Budget: 130}), "ts > 1.5e9 && ts < 2e9")
	o := eda.TimeSeriesOptions{Every: 3600}
	got, want := timeSeries(t, engine, o), timeSeries(t, kept, o)
	near(t, "series", got, want, "Attack", "AttackRows")
}

// An engine has no order of rows.
func TestEngineHasNoRowOrder(t *testing.T) {
	engine := sourcetest.Counted(tableOf(t, gappyNumbers(100), dataset.Options{}))
	for name, o := range map[string]eda.TimeSeriesOptions{"row order": {RowOrder: true}, "no time": {}} {
		_, err := eda.TimeSeriesOf(context.Background(), engine, o)
		if err == nil || !strings.Contains(err.Error(), "the rows of a database have no order") || strings.Contains(err.Error(), "--row-order") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A narrowed is an engine of which conditions leave a part that numbers levels anew.
type narrowed struct {
	dataset.Engine
	inside, outside dataset.Source
}

func (n *narrowed) Where(condition string) (dataset.Source, error) {
	if strings.Contains(condition, "||") {
		return n.outside, nil
	}
	return n.inside, nil
}

// Scan lets analyses ask this engine, and not the one inside.
func (n *narrowed) Scan(ctx context.Context, analyses ...dataset.Analysis) error {
	for _, a := range analyses {
		asking, ok := a.(dataset.Asking)
		if !ok {
			return n.Engine.Scan(ctx, analyses...)
		}
		if err := a.Start(n.Schema(), 1); err != nil {
			return err
		}
		if err := asking.Ask(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

func TestEngineResamplesOtherCodes(t *testing.T) {
	opt := dataset.Options{Types: map[string]dataset.Kind{"ts": dataset.Time}}
	header, rows, _ := strings.Cut(strayTimes(2000), "\n")
	part := func(holds func(stray bool) bool) *dataset.Table {
		text := header + "\n"
		for row := range strings.Lines(rows) {
			stray := !strings.HasPrefix(row, "1.6") && !strings.HasPrefix(row, ",")
			if stray {
				row = row[:strings.LastIndex(row, ",")] + ",aaa\n" // the first level of all
			}
			if holds(stray) {
				text += row
			}
		}
		return tableOf(t, text, opt)
	}
	all := part(func(bool) bool { return true })
	engine := &narrowed{sourcetest.Counted(all), sourcetest.Counted(part(func(stray bool) bool { return !stray })), sourcetest.Counted(part(func(stray bool) bool { return stray }))}
	o := eda.TimeSeriesOptions{Every: 3600}
	near(t, "series", timeSeries(t, engine, o), timeSeries(t, all, o))

	// A table that grows between two questions is told from one that does not.
	for name, row := range map[string]string{"inside": "1600000000,1,1,1,smurf\n", "outside": "77,1,1,1,aaa\n"} {
		grown := func(of func(stray bool) bool, end string) dataset.Source {
			text := header + "\n"
			for line := range strings.Lines(rows) {
				if of(!strings.HasPrefix(line, "1.6") && !strings.HasPrefix(line, ",")) {
					text += line
				}
			}
			return sourcetest.Counted(tableOf(t, text+end, opt))
		}
		late := *engine
		if name == "inside" {
			late.inside = grown(func(stray bool) bool { return !stray }, row)
		} else {
			late.outside = grown(func(stray bool) bool { return stray }, row)
		}
		if _, err := eda.TimeSeriesOf(context.Background(), &late, o); !errors.Is(err, dataset.ErrChanged) {
			t.Errorf("a row more %s: %v", name, err)
		}
	}
}
