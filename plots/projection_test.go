package plots

import (
	"bytes"
	"image/png"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// clouds are n points in k groups, of which the later are smaller.
func clouds(n, k int) []PointGroup {
	rng := rand.New(rand.NewPCG(1, 1))
	groups := make([]PointGroup, k)
	for g := range groups {
		groups[g].Name = string(rune('a' + g))
	}
	for range n {
		g := int(float64(k) * math.Pow(rng.Float64(), 3))
		groups[g].X = append(groups[g].X, float64(5*(g%4))+rng.NormFloat64())
		groups[g].Y = append(groups[g].Y, float64(5*(g/4))+rng.NormFloat64())
	}
	return groups
}

func TestProjectionErrors(t *testing.T) {
	check.Long(t)
	one := []PointGroup{{Name: "g", X: []float64{1, 2}, Y: []float64{3, 4}}}
	for name, c := range map[string]struct {
		data ProjectionData
		want string // part of the sentence; "" if there is no error
	}{
		"fine":         {ProjectionData{Groups: one}, ""},
		"twelve":       {ProjectionData{Groups: clouds(500, 12)}, ""},
		"empty group":  {ProjectionData{Groups: append([]PointGroup{{Name: "none"}}, one...)}, ""},
		"one point":    {ProjectionData{Groups: []PointGroup{{X: []float64{5}, Y: []float64{5}}}, Unitless: true}, ""},
		"scores":       {ProjectionData{Groups: one, Scores: []float64{math.NaN(), 3}}, ""},
		"no scores":    {ProjectionData{Groups: one, Scores: []float64{math.NaN(), math.NaN()}}, ""},
		"flat arrows":  {ProjectionData{Groups: one, Arrows: []ProjectionArrow{{"a", 0, 0}, {"b", -1, 0}, {"c", 0, 1}}}, ""},
		"nothing":      {ProjectionData{}, "there are no points"},
		"empty":        {ProjectionData{Groups: make([]PointGroup, 2)}, "there are no points"},
		"many groups":  {ProjectionData{Groups: make([]PointGroup, 13)}, "13 groups are too many"},
		"many points":  {ProjectionData{Groups: []PointGroup{{X: make([]float64, 20_001), Y: make([]float64, 20_001)}}}, "take a sample"},
		"lengths":      {ProjectionData{Groups: []PointGroup{{X: []float64{1}}}}, "1 values of x and 0 of y"},
		"NaN":          {ProjectionData{Groups: []PointGroup{{X: []float64{math.NaN()}, Y: []float64{1}}}}, "is NaN"},
		"few scores":   {ProjectionData{Groups: one, Scores: []float64{1}}, "scores do not fit"},
		"wild score":   {ProjectionData{Groups: one, Scores: []float64{1, math.Inf(1)}}, "score 1 is infinite"},
		"wild arrow":   {ProjectionData{Groups: one, Arrows: []ProjectionArrow{{"a", math.NaN(), 1}}}, `arrow "a" is NaN`},
		"many arrows":  {ProjectionData{Groups: one, Arrows: make([]ProjectionArrow, 16)}, "16 arrows are too many"},
		"large values": {ProjectionData{Groups: []PointGroup{{X: []float64{-9e299, 9e299}, Y: []float64{1, 1}}}}, ""},
	} {
		f, err := Projection(c.data)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.want == "":
			for _, width := range []int{320, 640, 1600} {
				var buf bytes.Buffer
				if err := f.WritePNG(&buf, Size{Width: width, Scale: 1}); err != nil {
					t.Errorf("%s: %v", name, err)
				}
				if err := f.WriteSVG(&buf, Size{Width: width}); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
		case err == nil || !strings.Contains(err.Error(), c.want):
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}

func TestSignsDiffer(t *testing.T) {
	names := make([]string, maxSigns)
	for i := range names {
		names[i] = string(rune('a' + i))
	}
	names[0], names[1] = "normal", "attack"
	theme := DefaultTheme()
	seen := map[sign]bool{}
	for i, s := range theme.signs(names) {
		if seen[s] {
			t.Errorf("sign %d has been there", i)
		}
		seen[s] = true
	}
	if s := theme.signs(names); s[0].color != theme.Normal || s[1].color != theme.Attack {
		t.Error("normal traffic and attacks do not have their colours")
	}
}

// What is rare is drawn last, so that no other colour hides it.
func TestRareGroupsAreOnTop(t *testing.T) {
	groups := []PointGroup{{Name: "attack", X: []float64{0}, Y: []float64{0}}, {Name: "normal"}}
	for i := range 3000 {
		angle := float64(i)
		groups[1].X = append(groups[1].X, math.Cos(angle)*float64(i%50)/50)
		groups[1].Y = append(groups[1].Y, math.Sin(angle)*float64(i%50)/50)
	}
	f, err := Projection(ProjectionData{Groups: groups, Unitless: true})
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	if err := f.WritePNG(&buf, Size{Scale: 1}); err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(&buf)
	if err != nil {
		t.Fatal(err)
	}
	a := f.arrange(640)
	b := f.body.(projection)
	top := a.body.y + b.key(f.Theme).height(a.body.w) + b.above()
	r, g, bl, _ := img.At(int(a.body.x+a.body.w/2), int(top+projectionPlot/2)).RGBA()
	if want := f.Theme.Attack; uint8(r>>8) != want.R || uint8(g>>8) != want.G || uint8(bl>>8) != want.B {
		t.Errorf("the middle is #%02x%02x%02x, want that of attacks", r>>8, g>>8, bl>>8)
	}
}

func TestProjectionIsDescribed(t *testing.T) {
	groups := []PointGroup{{Name: "normal", X: []float64{1, 2, 3}, Y: []float64{4, 5, 6}}, {Name: "scan", X: []float64{9}, Y: []float64{8}}}
	f, err := Projection(ProjectionData{X: "PC1", Y: "PC2", Groups: groups, Arrows: []ProjectionArrow{{"short", 0.1, 0}, {"long", 1, 1}}})
	if err != nil {
		t.Fatal(err)
	}
	want := "4 records as points, PC2 against PC1; normal: 3, in the middle (2, 5); scan: 1, in the middle (9, 8); arrows of long, short."
	if f.Alt != want {
		t.Errorf("description %q, want %q", f.Alt, want)
	}
	f, err = Projection(ProjectionData{Groups: groups[:1], Scores: []float64{0.5, 0.25, 1}, Unitless: true, Counted: "flows"})
	if err != nil {
		t.Fatal(err)
	}
	if want := "3 flows as points; score from 0.25 to 1."; f.Alt != want {
		t.Errorf("description %q, want %q", f.Alt, want)
	}
}

func BenchmarkProjection(b *testing.B) {
	f, err := Projection(ProjectionData{Groups: clouds(5000, 12), Unitless: true})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		var buf bytes.Buffer
		if err := f.WritePNG(&buf, Size{}); err != nil {
			b.Fatal(err)
		}
	}
}
