package sql_test

import (
	"context"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/dataset/sql"
	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/stats"
)

func TestWideOnServers(t *testing.T) {
	check.Long(t)
	p := []float64{0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1}
	onServers(t, 120_000, func(t *testing.T, l loaded) {
		columns := []int{0, 1, 2, 3, 5, 6}
		for name, sources := range l.filtered(t, "bytes >= 10") {
			got, err := sources[0].(dataset.Engine).Wide(context.Background(), columns, p)
			if err != nil {
				t.Fatal(err)
			}
			want, err := dataset.ScanWide(context.Background(), sources[1], columns, p)
			if err != nil {
				t.Fatal(err)
			}
			file, err := dataset.Load(context.Background(), sources[1])
			if err != nil {
				t.Fatal(err)
			}
			for i, column := range columns {
				where := name + ", " + testColumns[column] + ": "
				x, _ := file.Floats(column)
				// The moments of a scan lose a little where they are merged.
				if want[i].Moments, err = stats.MomentsOf(slices.DeleteFunc(slices.Clone(x), math.IsNaN)); err != nil {
					t.Fatal(err)
				}
				wideAgrees(t, where, got[i], want[i], p)
				zeros, negatives, distinct := countsOf(x)
				if got[i].Zeros != zeros || got[i].Negatives != negatives {
					t.Errorf("%szeros, negatives = %d, %d, want %d, %d", where, got[i].Zeros, got[i].Negatives, zeros, negatives)
				}
				tolerance := 0.05
				if got[i].Exact {
					tolerance = 0
				}
				check.Close(t, where+"distinct", float64(got[i].Distinct), float64(distinct), tolerance)
			}
		}
	})
}

// extremes are columns of floats that servers refuse to multiply.
func extremes(n int) map[string][]float64 {
	r := rand.New(rand.NewPCG(13, 14))
	sign := func(x float64) float64 { return math.Copysign(x, r.Float64()-0.5) }
	out := map[string][]float64{}
	for range n {
		for name, x := range map[string]float64{
			"magnitudes": sign(math.Pow(10, 600*r.Float64()-300)),
			"limits":     []float64{-math.MaxFloat64, math.MaxFloat64, 0, 1, -1, 5e-324}[r.IntN(6)],
			"tiny":       5e-324 * float64(r.IntN(50)),
			"small":      sign(1e-150 * r.Float64()),
			"constant":   0.1,
			"offset":     1e15 + float64(r.IntN(5)),
			"heavy":      math.Exp(20 * r.NormFloat64()),
			"missing":    math.NaN(),
		} {
			out[name] = append(out[name], x)
		}
	}
	out["outliers"] = slices.Clone(out["small"])
	out["outliers"][7], out["outliers"][8] = 1e300, -1e300
	return out
}

func TestExtremesOnServers(t *testing.T) {
	ctx := context.Background()
	p := []float64{0, 0.01, 0.1, 0.5, 0.9, 0.99, 1}
	columns := extremes(3000)
	names := slices.Sorted(maps.Keys(columns))
	onServers(t, 1, func(t *testing.T, l loaded) {
		src := l.floats(t, names, columns)
		var all []int
		var measured []dataset.Measured
		for i := range names {
			all, measured = append(all, i), append(measured, dataset.Measured{Column: i})
		}
		got, err := src.Wide(ctx, all, p)
		if err != nil {
			t.Fatal(err)
		}
		for i, name := range names {
			x := slices.DeleteFunc(slices.Clone(columns[name]), math.IsNaN)
			want := dataset.WideColumn{Missing: int64(3000 - len(x))}
			if want.Moments, err = stats.MomentsOf(x); err != nil {
				t.Fatal(err)
			}
			if slices.Sort(x); len(x) > 0 {
				want.Moments.Min, want.Moments.Max = x[0], x[len(x)-1]
			}
			want.Quantiles = stats.Quantiles(x, p...)
			wideAgrees(t, name+": ", got[i], want, p)
		}
		comoments, err := src.Comoments(ctx, measured)
		if err != nil {
			t.Fatal(err)
		}
		for j := range names {
			for i := range j {
				square := got[i].Moments.M2 + got[j].Moments.M2
				if square < math.MaxFloat64 && got[i].Moments.N*got[j].Moments.N > 0 && names[j] != "tiny" { // whose squares are 0
					agreeComoments(t, names[i]+", "+names[j], comoments[j*(j-1)/2+i], columns[names[i]], columns[names[j]])
				}
			}
		}
	})
}

// floats puts columns of floats in the place of the table.
func (l loaded) floats(t *testing.T, names []string, columns map[string][]float64) *sql.Source {
	t.Helper()
	ctx := context.Background()
	server, d := testServers[l.conn.Dialect().Name()], l.conn.Dialect()
	b := &sql.Block{Rows: len(columns[names[0]])}
	var list []string
	for _, name := range names {
		b.Columns = append(b.Columns, sql.Cells{Reals: columns[name]})
		list = append(list, d.Quote(name)+" "+server.types[1])
	}
	for _, statement := range []string{"DROP TABLE " + d.From(l.at.Table), fmt.Sprintf(server.create, d.From(l.at.Table), strings.Join(list, ", "))} {
		if err := l.conn.Exec(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.conn.Insert(ctx, l.at.Table, names, b); err != nil {
		t.Fatal(err)
	}
	src, err := sql.Open(ctx, l.conn, l.at, sql.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// filtered returns the engine and the file, all of their rows and some.
func (l loaded) filtered(t *testing.T, expr string) map[string][2]dataset.Source {
	t.Helper()
	out := map[string][2]dataset.Source{"all": {l.src, l.file}}
	var some [2]dataset.Source
	for i, src := range out["all"] {
		var err error
		if some[i], err = dataset.Where(src, expr); err != nil {
			t.Fatal(err)
		}
	}
	out["where "+expr] = some
	return out
}

func countsOf(x []float64) (zeros, negatives, distinct int64) {
	seen := map[float64]bool{}
	for _, v := range x {
		if v == 0 {
			zeros++
		}
		if v < 0 {
			negatives++
		}
		if v == v && !seen[v] {
			seen[v] = true
			distinct++
		}
	}
	return zeros, negatives, distinct
}

func wideAgrees(t *testing.T, where string, got dataset.WideSummary, want dataset.WideColumn, p []float64) {
	t.Helper()
	m, w := got.Moments, want.Moments
	if m.N != w.N || got.Missing != want.Missing || m.Min != w.Min || m.Max != w.Max {
		t.Errorf("%sn, missing, min, max = %d, %d, %v, %v, want %d, %d, %v, %v", where, m.N, got.Missing, m.Min, m.Max, w.N, want.Missing, w.Min, w.Max)
	}
	check.Close(t, where+"mean", m.Mean, w.Mean, 1e-12)
	check.Close(t, where+"M2", m.M2, w.M2, 1e-12)
	check.Close(t, where+"M4", m.M4, w.M4, 1e-12)
	if !check.Near(m.M3, w.M3, 1e-12, 1e-12*w.M2*w.SD()) {
		t.Errorf("%sM3 = %v, want %v", where, m.M3, w.M3)
	}
	for k := range p {
		check.Close(t, fmt.Sprintf("%squantile %v", where, p[k]), got.Quantiles[k], want.Quantiles[k], 0)
	}
}

func TestComomentsOnServers(t *testing.T) {
	onServers(t, 20_000, func(t *testing.T, l loaded) {
		columns := []dataset.Measured{{Column: 0}, {Column: 1}, {Column: 2}, {Column: 3}, {Column: 5}, {Column: 6}}
		cost, _ := l.file.Floats(3)
		ranks, err := stats.TallyOf(slices.DeleteFunc(slices.Clone(cost), math.IsNaN))
		if err != nil {
			t.Fatal(err)
		}
		rank := dataset.Measured{Column: 3, From: ranks.Values}
		below := 0.0
		for _, n := range ranks.Counts[0] {
			rank.To = append(rank.To, below+float64(n+1)/2)
			below += float64(n)
		}
		for name, measured := range map[string][]dataset.Measured{"all": columns, "without gaps": {{Column: 0}, {Column: 1}, {Column: 5}}, "ranks": {rank, {Column: 2}}} {
			got, err := l.src.Comoments(context.Background(), measured)
			if err != nil {
				t.Fatal(err)
			}
			for j := range measured {
				for i := range j {
					agreeComoments(t, fmt.Sprintf("%s %d, %d", name, i, j), got[j*(j-1)/2+i], l.values(measured[i]), l.values(measured[j]))
				}
			}
		}
	})
}

// values returns a column of the file as it is measured.
func (l loaded) values(m dataset.Measured) []float64 {
	x, _ := l.file.Floats(m.Column)
	if m.From != nil {
		for i, v := range x {
			if k, ok := slices.BinarySearch(m.From, v); ok {
				x[i] = m.To[k]
			}
		}
	}
	return x
}

func agreeComoments(t *testing.T, name string, got stats.Comoments, x, y []float64) {
	t.Helper()
	var both [2][]float64
	for i := range x {
		if x[i] == x[i] && y[i] == y[i] {
			both[0], both[1] = append(both[0], x[i]), append(both[1], y[i])
		}
	}
	want, err := stats.ComomentsOf(context.Background(), both[:], 1)
	if err != nil {
		t.Fatal(err)
	}
	if got.N() != want.N() {
		t.Errorf("%s: n = %d, want %d", name, got.N(), want.N())
	}
	for k := range 2 {
		check.Close(t, name+" mean", got.Mean(k), want.Mean(k), 1e-12)
		check.Close(t, name+" square", got.CrossProduct(k, k), want.CrossProduct(k, k), 1e-12)
	}
	scale := math.Sqrt(want.CrossProduct(0, 0) * want.CrossProduct(1, 1))
	if !check.Near(got.CrossProduct(0, 1), want.CrossProduct(0, 1), 1e-12, 1e-12*scale) {
		t.Errorf("%s: cross-product = %v, want %v", name, got.CrossProduct(0, 1), want.CrossProduct(0, 1))
	}
}
