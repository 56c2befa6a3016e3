package eda_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/stats"
)

func ranked(t *testing.T, src dataset.Source, o eda.RankOptions) *eda.Ranking {
	t.Helper()
	r, err := eda.RankFeatures(context.Background(), src, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (f rankedByName) get(t *testing.T, name string) eda.RankedFeature {
	t.Helper()
	x, ok := f[name]
	if !ok {
		t.Fatalf("%s is not ranked", name)
	}
	return x
}

type rankedByName map[string]eda.RankedFeature

func byName(r *eda.Ranking) rankedByName {
	out := rankedByName{}
	for _, f := range r.Features {
		out[f.Column.Name] = f
	}
	return out
}

// mixed has 6 normal rows and 4 attacks of 2 kinds. size is above every normal
// value in 3 attacks and equal to the greatest in 1.
const mixed = `service,size,flat,label,last_flag
http,1,5,normal,1
http,2,5,normal,1
http,3,5,normal,1
dns,4,5,normal,1
dns,5,5,normal,1
dns,6,5,normal,2
http,6,5,smurf,2
irc,7,5,smurf,3
irc,8,5,satan,3
irc,9,5,satan,3
`

// All figures by hand. size: of 24 pairs the attack is greater in 23 and equal in
// 1, so that U = 23.5 and the effect is 2·23.5/24 − 1 = 23/24. service against the
// class: by the others of its service, each row but the attack on http is right; by
// the others of its size none is but at 6, where the classes are as many, so that
// the larger class, normal, is taken.
func TestRankFeaturesByHand(t *testing.T) {
	sources(t, mixed, func(t *testing.T, src dataset.Source) {
		r := ranked(t, src, eda.RankOptions{Adjust: stats.BenjaminiHochberg})
		if r.Normal != 6 || r.Attack != 4 {
			t.Errorf("%d normal rows and %d attacks", r.Normal, r.Attack)
		}
		check.Close(t, "base", r.Base(), 0.6, 0)
		size := byName(r).get(t, "size")
		check.Close(t, "effect of size", size.Effect.Value, 23.0/24, 1e-14)
		check.Close(t, "U of size", size.Statistic.Value, 23.5, 0)
		check.Close(t, "size alone", size.Alone, 0.5, 1e-15)
		service := byName(r).get(t, "service")
		check.Close(t, "service alone", service.Alone, 0.9, 1e-15)
		// The entropy of the class is 0.970951 bits, that given the service is
		// 4/10 · 0.811278 (http, 3 of 4), so that U is 1 − 0.324511/0.970951.
		check.Close(t, "U of service", service.Explained.Class, 1-0.4*0.8112781244591328/0.9709505944546686, 1e-14)
		if len(r.LeftOut) != 1 || r.LeftOut[0] != "flat is not ranked: all values are equal." {
			t.Errorf("left out %q", r.LeftOut)
		}
		if len(r.Refused) != 1 || r.Refused[0].Column.Name != "last_flag" || r.Refused[0].Alone != 0.8 {
			t.Errorf("refused %+v", r.Refused)
		}
		if len(r.OneClass) != 1 || r.OneClass[0].Of != 3 || len(r.OneClass[0].Levels) != 2 {
			t.Fatalf("levels of one class %+v", r.OneClass)
		}
		// irc: 4·3·2 of 10·9·8 ways; dns: 6·5·4.
		irc, dns := r.OneClass[0].Levels[1], r.OneClass[0].Levels[0]
		if irc.Level != "irc" {
			irc, dns = dns, irc
		}
		check.Close(t, "chance of irc", irc.Log10P, math.Log10(24.0/720), 1e-12)
		check.Close(t, "chance of dns", dns.Log10P, math.Log10(120.0/720), 1e-12)
		if len(r.Pure) != 0 {
			t.Errorf("ten rows are enough for %+v", r.Pure)
		}
	})
}

// An effect does not depend on the order of the rows, and is turned round when the
// classes change places.
func TestRankFeaturesTurned(t *testing.T) {
	a := byName(ranked(t, tableOf(t, mixed, dataset.Options{}), eda.RankOptions{}))
	b := byName(ranked(t, tableOf(t, mixed, dataset.Options{}), eda.RankOptions{Normal: []string{"smurf", "satan"}}))
	check.Close(t, "effect", b.get(t, "size").Effect.Value, -a.get(t, "size").Effect.Value, 1e-15)
	check.Close(t, "lower bound", b.get(t, "size").Effect.CI.Low, -a.get(t, "size").Effect.CI.High, 1e-13)
	check.Close(t, "V", b.get(t, "service").Effect.Value, a.get(t, "service").Effect.Value, 1e-15)
}

// A label with more levels than are counted apart is counted by class.
func TestRankFeaturesManyLabels(t *testing.T) {
	var b strings.Builder
	b.WriteString("x,name,label\n")
	for i := range 400 {
		label := "normal"
		if i%2 == 1 {
			label = fmt.Sprintf("attack%d", i%200)
		}
		fmt.Fprintf(&b, "%d,n%d,%s\n", i%2*100+i%7, i%3, label)
	}
	r := ranked(t, tableOf(t, b.String(), dataset.Options{}), eda.RankOptions{})
	x := byName(r).get(t, "x")
	if r.Normal != 200 || r.Attack != 200 || x.Effect.Value != 1 || !math.IsNaN(x.Explained.Label) || math.Abs(x.Explained.Class-1) > 1e-14 {
		t.Errorf("%d, %d, effect %v, explained %+v", r.Normal, r.Attack, x.Effect, x.Explained)
	}
	if len(r.Pure) != 2 || r.Pure[0].Rule() != "x > 6" && r.Pure[1].Rule() != "x > 6" {
		t.Errorf("ranges %+v", r.Pure)
	}
}

// A value that both classes have is in no range that one has to itself: of 100 attacks
// half lie on the greatest normal value.
func TestPureRangeTies(t *testing.T) {
	var b strings.Builder
	b.WriteString("x,label\n")
	for i := range 200 {
		x, label := i%5, "normal"
		if i >= 100 {
			x, label = 4+i%2*5, "smurf"
		}
		fmt.Fprintf(&b, "%d,%s\n", x, label)
	}
	r := ranked(t, tableOf(t, b.String(), dataset.Options{}), eda.RankOptions{})
	want := map[string]int64{"x > 4": 50, "x < 4": 80} // the normal rows below 4 are 80
	for _, p := range r.Pure {
		if want[p.Rule()] != p.N {
			t.Errorf("%s has %d rows of class %s, want %d", p.Rule(), p.N, p.Class, want[p.Rule()])
		}
		delete(want, p.Rule())
	}
	if len(want) > 0 {
		t.Errorf("not found: %v", want)
	}
}

func TestRankFeaturesRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		o    eda.RankOptions
		says string
	}{
		"no label":   {"x,y\n1,2\n3,4\n", eda.RankOptions{}, "--label"},
		"one class":  {"x,label\n1,normal\n2,normal\n", eda.RankOptions{}, "2 and 0"},
		"no column":  {mixed, eda.RankOptions{Features: []string{"siz"}}, `"size"`},
		"no level":   {mixed, eda.RankOptions{Normal: []string{"fine"}}, "no such level"},
		"no normal":  {"x,label\n1,p\n2,q\n", eda.RankOptions{}, "--normal"},
		"no classes": {"x,label\n1,\n2,\n", eda.RankOptions{}, "--label"},
	} {
		_, err := eda.RankFeatures(context.Background(), tableOf(t, c.text, dataset.Options{}), c.o)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Figures of NSL-KDD's training file that other programs gave: rank-biserial
// correlations and Mann and Whitney's z of SciPy, Cramér's V of R.
func TestRankingOfKDD(t *testing.T) {
	r := ranked(t, opened(t, check.Shared(t, "data", "nsl-kdd", "KDDTrain+.txt.gz"), dataset.Options{}), eda.RankOptions{})
	by := byName(r)
	for name, want := range map[string]float64{"src_bytes": -0.797, "dst_bytes": -0.799, "service": 0.860, "flag": 0.775, "protocol_type": 0.282} {
		if got := by.get(t, name).Effect.Value; math.Abs(got-want) > 0.0006 {
			t.Errorf("%s: effect %v, want %v", name, got, want)
		}
	}
	if len(r.Refused) != 1 || math.Abs(r.Refused[0].Alone-0.749) > 0.0005 || math.Abs(r.Base()-0.5346) > 0.0001 {
		t.Errorf("refused %+v, base %v", r.Refused, r.Base())
	}
	if p := r.Pure[0]; p.Rule() != "wrong_fragment > 0" || p.Class != eda.AttackClass || p.N != 1090 {
		t.Errorf("first range %+v", p)
	}
	for _, c := range r.OneClass {
		if c.Column == "service" && (len(c.Levels) != 48 || c.Of != 70) {
			t.Errorf("%d of %d services in one class", len(c.Levels), c.Of)
		}
	}
}
