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
