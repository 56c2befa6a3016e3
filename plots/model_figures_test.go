package plots

import (
	"bytes"
	"encoding/xml"
	"image"
	"image/png"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/stats"
)

// scored are scores of two models on the same rows, a fifth of which are positive.
func scored(t testing.TB, seed uint64, apart float64) (p []float64, positive []bool, tally stats.Tally) {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 0))
	for range 4000 {
		y := random.Float64() < 0.2
		x := random.NormFloat64()
		if y {
			x += apart
		}
		p = append(p, 1/(1+math.Exp(-(apart*x-apart*apart/2-1.4))))
		positive = append(positive, y)
	}
	tally, err := stats.ScoreTally(p, positive)
	if err != nil {
		t.Fatal(err)
	}
	return p, positive, tally
}

// rateCurves are curves of two models, with a chosen point and, of the first, a band.
func rateCurves(t testing.TB, names [2]string, of func(c stats.CurvePoint) (x, y float64)) []RateCurve {
	t.Helper()
	var out []RateCurve
	for k, apart := range []float64{2.6, 1.6} {
		_, _, tally := scored(t, uint64(k), apart)
		points, err := stats.CurvePoints(tally, 300)
		if err != nil {
			t.Fatal(err)
		}
		c := RateCurve{Name: names[k]}
		for _, point := range points {
			x, y := of(point)
			if math.IsNaN(x + y) {
				continue
			}
			c.X, c.Y = append(c.X, x), append(c.Y, y)
			if k == 0 {
				c.Low, c.High = append(c.Low, max(0, y-0.03)), append(c.High, min(1, y+0.03))
			}
		}
		o, _, err := stats.RecallAtFPR(tally, 0.05, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		x, y := of(stats.CurvePoint{Recall: o.Recall(), FPR: o.FPR(), Precision: float64(o.TP) / float64(o.TP+o.FP)})
		c.Chosen = []RatePoint{{x, y}}
		out = append(out, c)
	}
	return out
}

// confusionOf makes counts in which some classes are taken for each other.
func confusionOf(names []string) ConfusionData {
	d := ConfusionData{Classes: names}
	for i := range names {
		row := make([]int64, len(names))
		size := int64(60000 / ((i + 1) * (i + 1)))
		row[i] = size
		for j := range names {
			if (i*7+j*3)%5 == 1 || i == j+1 {
				row[j] += size / int64(10+i+j)
			}
		}
		d.Counts = append(d.Counts, row)
	}
	return d
}

// modelFigures returns one figure or more of each kind that shows what models do,
// labelled with the given texts in turn.
func modelFigures(t testing.TB, texts []string) []named {
	t.Helper()
	set := newSet(t, texts)
	text, list, add := set.text, set.list, set.add
	title, caption := text(), text()
	for _, n := range []int{2, 5, 23, 60} {
		d := confusionOf(list(n))
		d.Title, d.Caption = title, caption
		d.Counts[n-1] = make([]int64, n)
		f, err := ConfusionMatrix(d)
		add("confusion", f, err)
	}
	both := [2]string{text(), text()}
	rates := RateData{Title: title, Caption: caption, Curves: rateCurves(t, both, func(c stats.CurvePoint) (x, y float64) { return c.FPR, c.Recall })}
	f, err := ROC(rates)
	add("roc", f, err)
	rates.X = Log
	f, err = ROC(rates)
	add("roc log", f, err)
	f, err = PrecisionRecall(RateData{Title: title, Caption: caption, Base: 0.2,
		Curves: rateCurves(t, both, func(c stats.CurvePoint) (x, y float64) { return c.Recall, c.Precision })})
	add("precision", f, err)
	f, err = DET(RateData{Title: title, Caption: caption, Curves: rateCurves(t, both, func(c stats.CurvePoint) (x, y float64) { return c.FPR, 1 - c.Recall })})
	add("det", f, err)
	add("reliability", reliabilityFigure(t, title, text(), false), nil)
	add("reliability without counts", reliabilityFigure(t, title, text(), true), nil)

	rows := []float64{1000, 2000, 5000, 10000, 20000, 50000, 100000}
	f, err = LearningCurve(LearningData{Title: title, Caption: caption, Label: text(), Curves: []ValueCurve{
		{Name: text(), X: rows, Y: []float64{0.999, 0.998, 0.997, 0.996, 0.995, 0.995, 0.995}},
		{Name: text(), X: rows, Y: []float64{0.91, 0.94, 0.96, 0.975, 0.985, 0.99, 0.992}, Low: []float64{0.88, 0.92, 0.945, 0.965, 0.98, 0.987, 0.99}, High: []float64{0.94, 0.96, 0.975, 0.985, 0.99, 0.993, 0.994}},
	}, X: Log})
	add("learning curve", f, err)
	add("thresholds", thresholdFigure(t, title, text()), nil)
	x := sequence(0, 1, 60)
	y := make([]float64, len(x))
	low, high := make([]float64, len(x)), make([]float64, len(x))
	for i, v := range x {
		y[i] = 1 / (1 + math.Exp(-(v-30)/5))
		low[i], high[i] = y[i]*0.7, min(1, y[i]*1.2)
	}
	f, err = PartialDependence(DependenceData{Title: title, Caption: caption, Label: text(), Predicted: text(),
		Curves: []ValueCurve{{Name: text(), X: x, Y: y, Low: low, High: high}}, Rug: []float64{1, 2, 3, 5, 8, 13, 20, 30, 45}})
	add("dependence", f, err)
	return set.figures
}

func reliabilityFigure(t testing.TB, title, name string, plain bool) *Figure {
	t.Helper()
	p, positive, _ := scored(t, 9, 2)
	d := ReliabilityData{Title: title}
	for k, power := range []float64{1, 0.5} {
		q := make([]float64, len(p))
		m := ReliabilityModel{Name: []string{name, name + " raw"}[k], Histogram: make([]int64, 20)}
		for i, v := range p {
			q[i] = math.Pow(v, power)
			m.Histogram[min(int(q[i]*20), 19)]++
		}
		var err error
		if m.Bins, err = stats.Reliability(q, positive, 10, stats.EqualWidth, 0.95); err != nil {
			t.Fatal(err)
		}
		if plain {
			m.Histogram = nil
		}
		d.Models = append(d.Models, m)
	}
	f, err := Reliability(d)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func thresholdFigure(t testing.TB, title, label string) *Figure {
	t.Helper()
	_, _, tally := scored(t, 3, 2)
	points, err := stats.CurvePoints(tally, 400)
	if err != nil {
		t.Fatal(err)
	}
	curves := []ValueCurve{{Name: "precision"}, {Name: "recall"}, {Name: "false positive rate"}}
	for i := len(points) - 1; i > 0; i-- {
		for k, y := range []float64{points[i].Precision, points[i].Recall, points[i].FPR} {
			curves[k].X, curves[k].Y = append(curves[k].X, points[i].Threshold), append(curves[k].Y, y)
		}
	}
	f, err := Thresholds(ThresholdData{Title: title, Label: label, Curves: curves, Chosen: []float64{0.35}, X: Linear})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Every figure is the same each time, keeps clear of the border at every width, is
// well-formed and says what it shows. With NETANOM_FIGURES set, they are written there.
func TestModelFigures(t *testing.T) {
	check.Long(t)
	folder := os.Getenv("NETANOM_FIGURES")
	for k, texts := range [][]string{plain, hostile} {
		if testing.Short() && k == 0 {
			continue
		}
		again := modelFigures(t, texts)
		for i, f := range modelFigures(t, texts) {
			if f.figure.Alt == "" || bytes.Contains([]byte(f.figure.Alt), []byte("NaN")) {
				t.Errorf("%s: the description is %q", f.name, f.figure.Alt)
			}
			for _, width := range [][]int{{320, 1000}, {320}}[k] {
				size := Size{Width: width, Scale: 1}
				data, svg := render(t, f.figure, size)
				if width == 320 {
					data2, svg2 := render(t, again[i].figure, size)
					if !bytes.Equal(data, data2) || !bytes.Equal(svg, svg2) {
						t.Errorf("%s: it differs from one time to the next", f.name)
					}
				}
				img, err := png.Decode(bytes.NewReader(data))
				if err != nil {
					t.Fatal(err)
				}
				checkBorder(t, f.name, img.(*image.Paletted))
				for decoder := xml.NewDecoder(bytes.NewReader(svg)); ; {
					if _, err := decoder.Token(); err == io.EOF {
						break
					} else if err != nil {
						t.Fatalf("%s: the SVG is not well formed: %v", f.name, err)
					}
				}
			}
			if folder != "" && k == 0 {
				data, _ := render(t, f.figure, Size{})
				if err := os.WriteFile(filepath.Join(folder, f.name+string(rune('a'+i))+".png"), data, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}
