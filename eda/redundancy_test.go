package eda_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
)

// a, b and c say the same, b and c nearly; the label goes more with c. d has a gap.
func redundantTable() string {
	var b strings.Builder
	b.WriteString("a,b,c,d,e,last_flag,attack\n")
	for i := range 40 {
		attack := []string{"normal", "smurf"}[i/20]
		d := strconv.Itoa(2 * i)
		if i == 7 {
			d = ""
		}
		fmt.Fprintf(&b, "%d,%d,%d,%s,%d,%d,%s\n", i, i+i%2, i+i/20, d, i*i*7%41, i, attack)
	}
	return b.String()
}

func TestRedundancy(t *testing.T) {
	sources(t, redundantTable(), func(t *testing.T, src dataset.Source) {
		correlated := func(o eda.CorrelateOptions) *eda.Correlations {
			c, err := eda.Correlate(context.Background(), src, o)
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		c := correlated(eda.CorrelateOptions{Features: []string{"a", "b", "c", "d", "e"}})
		if len(c.Redundant) != 1 || c.Threshold != 0.9 {
			t.Fatalf("%+v", c.Redundant)
		}
		r := c.Redundant[0]
		if got := r.Proposal(); got != "Keep c: it has the fewest gaps; of those it goes most with the label. Drop a, b, d." {
			t.Error(got)
		}
		if d := r.Columns[3]; d.Name != "d" || d.Missing != 1 || d.Keep || !(d.Mean > 0.99) || !(d.Label > 0.8 && d.Label < 0.9) {
			t.Errorf("%+v", d)
		}
		if c := correlated(eda.CorrelateOptions{Features: []string{"a", "d", "e"}, Redundant: 0.99999}); len(c.Redundant) != 1 || c.Redundant[0].Kept() != "a" {
			t.Errorf("two: %+v", c.Redundant)
		}
		if c := correlated(eda.CorrelateOptions{Features: []string{"a", "e"}}); c.Redundant != nil {
			t.Errorf("none: %+v", c.Redundant)
		}
	})
}

func TestScatters(t *testing.T) {
	src := tableOf(t, redundantTable(), dataset.Options{})
	c, err := eda.Correlate(context.Background(), src, eda.CorrelateOptions{Features: []string{"a", "b", "c", "d", "e"}, Scatters: 5})
	if err != nil {
		t.Fatal(err)
	}
	// a and d are identical but for the scale; of the others each column is in one
	// picture.
	if len(c.Scatters) != 2 {
		t.Fatalf("%d pictures: %+v", len(c.Scatters), c.Scatters)
	}
	seen := map[string]bool{}
	for _, s := range c.Scatters {
		if seen[s.A] || seen[s.B] || s.A+s.B == "ad" {
			t.Errorf("%s and %s", s.A, s.B)
		}
		seen[s.A], seen[s.B] = true, true
		points := int64(0)
		for _, g := range s.Groups {
			points += int64(len(g.X))
		}
		if points != s.Rows || len(s.Groups) != 2 || s.Groups[0].Name != eda.NormalClass {
			t.Errorf("%d points of %d rows in %d groups", points, s.Rows, len(s.Groups))
		}
	}
}

// Of many rows evenly spaced ones are kept.
func TestScattersOfManyRows(t *testing.T) {
	var b strings.Builder
	b.WriteString("x,y\n")
	const rows = 50_001
	for i := range rows {
		fmt.Fprintf(&b, "%d,%d\n", i, i+i*i%1009*40)
	}
	c, err := eda.Correlate(context.Background(), tableOf(t, b.String(), dataset.Options{}), eda.CorrelateOptions{Scatters: 1})
	if err != nil {
		t.Fatal(err)
	}
	s := c.Scatters[0]
	if s.Rows != rows || len(s.Groups) != 1 || len(s.Groups[0].X) != (rows+2)/3 {
		t.Fatalf("%d rows, %d groups", s.Rows, len(s.Groups))
	}
	for k, x := range s.Groups[0].X {
		if x != float64(3*k) {
			t.Fatalf("point %d is that of row %v", k, x)
		}
	}
}

// Columns that go together stand together, however the file has them.
func TestOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	var b strings.Builder
	b.WriteString("a1,b1,a2,b2,c,a3\n")
	for range 300 {
		a, other := r.NormFloat64(), r.NormFloat64()
		fmt.Fprintf(&b, "%f,%f,%f,%f,%f,%f\n", a, other, a+0.1*r.NormFloat64(), -other+0.1*r.NormFloat64(), r.NormFloat64(), 0.2*r.NormFloat64()-a)
	}
	c, err := eda.Correlate(context.Background(), tableOf(t, b.String(), dataset.Options{}), eda.CorrelateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var order string
	for _, i := range c.Order {
		order += c.Matrix.Names[i][:1]
	}
	if !strings.Contains(order, "aaa") || !strings.Contains(order, "bb") {
		t.Errorf("order %s", order)
	}
	if math.Abs(c.Matrix.At(c.Order[0], c.Order[0])-1) > 1e-15 {
		t.Error("the order is no order of the matrix")
	}
}
