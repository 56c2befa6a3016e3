package eda_test

import (
	"context"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
)

// FuzzExplore asks all questions of whatever can be read as a table: nothing
// panics, and a file gives the same answers as a table in memory.
func FuzzExplore(f *testing.F) {
	f.Add(flows)
	f.Add(oddities())
	f.Add(lines)
	f.Add(crossed())
	f.Add("a,label\n1,normal\n-0,1e308\n-1e308,smurf\nInfinity,\n")
	f.Add(`{"a": 1, "b": null}` + "\n" + `{"a": 2.5, "c": "x"}` + "\n")
	f.Add("#separator \\x09\n#fields\tts\tuid\tproto\n#types\ttime\tstring\tenum\n1.5\tC1\ttcp\n-\tC2\t-\n")
	f.Fuzz(func(t *testing.T, text string) {
		ctx := context.Background()
		file, err := dataset.OpenReader(ctx, "fuzz", strings.NewReader(text), dataset.Options{Jobs: 2, MaxBad: 1})
		if err != nil {
			return
		}
		defer file.Close()
		table, err := dataset.Load(ctx, file)
		if err != nil {
			return
		}
		var answers []string
		for _, src := range []dataset.Source{file, table} {
			e, err := eda.Explore(ctx, src, eda.ExploreOptions{})
			if err != nil {
				t.Fatal(err)
			}
			r, err := eda.Relate(ctx, src, eda.RelateOptions{Scatters: 2})
			if err != nil {
				t.Fatal(err)
			}
			answers = append(answers, dump(e)+dump(r))
		}
		same(t, "table", answers[1], answers[0])
	})
}

// FuzzTimeSeries follows whatever can be read as a table, by its times and in row
// order: nothing panics, every row is counted, and a file gives the same series as a
// table in memory.
func FuzzTimeSeries(f *testing.F) {
	f.Add(hours, uint16(2))
	f.Add(flows, uint16(1))
	f.Add("ts,x\n0,1\n1e9,2\n2e9,-1e308\n2e9,1e308\n", uint16(1))
	f.Fuzz(func(t *testing.T, text string, rows uint16) {
		ctx := context.Background()
		file, err := dataset.OpenReader(ctx, "fuzz", strings.NewReader(text), dataset.Options{Jobs: 2, MaxBad: 1})
		if err != nil {
			return
		}
		defer file.Close()
		table, err := dataset.Load(ctx, file)
		if err != nil {
			return
		}
		for _, o := range []eda.TimeSeriesOptions{{}, {RowOrder: true, StepRows: int64(rows)}} {
			s, err := eda.TimeSeriesOf(ctx, table, o)
			if err != nil {
				continue
			}
			counted := s.Untimed + s.Outside.Rows + s.Leftover
			for _, n := range s.Counts {
				counted += n
			}
			if counted != s.Rows {
				t.Errorf("%d of %d rows are counted", counted, s.Rows)
			}
			same(t, "file", timeSeries(t, file, o), s)
		}
	})
}

// FuzzCompare holds whatever can be read as a table against itself and against
// other records: nothing panics, a table does not drift from itself, and a file gives
// the same answers as a table in memory.
func FuzzCompare(f *testing.F) {
	f.Add(flows)
	f.Add(oddities())
	f.Add(seen)
	f.Add("src_bytes,attack\n1e308,normal\n-1e308,smurf.\nInfinity,SMURF\n")
	f.Fuzz(func(t *testing.T, text string) {
		ctx := context.Background()
		file, err := dataset.OpenReader(ctx, "fuzz", strings.NewReader(text), dataset.Options{Jobs: 2, MaxBad: 1})
		if err != nil {
			return
		}
		defer file.Close()
		table, err := dataset.Load(ctx, file)
		if err != nil {
			return
		}
		own, err := eda.Compare(ctx, file, table, eda.CompareOptions{})
		if table.Rows() == 0 && err != nil {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range own.Columns {
			if d.PSI != 0 || d.Verdict != eda.Stable {
				t.Errorf("%s drifts from itself by %v", d.First.Name, d.PSI)
			}
		}
		var answers []string
		for _, src := range []dataset.Source{file, table} {
			c, err := eda.Compare(ctx, tableOf(t, trained, dataset.Options{}), src, eda.CompareOptions{})
			if err != nil {
				return // nothing in common
			}
			answers = append(answers, dump(c))
		}
		same(t, "table", answers[1], answers[0])
	})
}
