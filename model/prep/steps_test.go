package prep_test

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/prep"
)

// column returns a matrix of one column of levels.
func column(levels, cells []string) *learn.Matrix {
	x := learn.NewMatrix([]learn.Column{{Name: "v", Levels: levels}}, len(cells))
	for i, c := range cells {
		x.Codes[0][i] = int32(slices.Index(levels, c))
	}
	return x
}

func TestOneHotAgainstScikitLearn(t *testing.T) {
	var r reference
	readJSON(t, "reference.json", &r)
	x := column([]string{"a", "b", "c", "d", "e", "z"}, r.Levels)
	tr, out := fit(t, prep.OneHot{MinFrequency: 5, Unknown: "other"}, x, learn.Target{})
	near(t, "onehot", out, r.OneHot, 0, 0)
	if last := out.Columns[len(out.Columns)-1]; last.Name != "v=(other)" || last.Origin() != "v" || len(out.Columns) != len(r.OneHot) {
		t.Errorf("columns are %v", out.Columns)
	}
	got := apply(t, tr, column([]string{"a", "b", "c", "d", "e", "z"}, []string{"z", "?", "a"}))
	for i, want := range []float64{1, 1, 0} {
		if v := got.Numbers[len(got.Numbers)-1][i]; v != want {
			t.Errorf("row %d of unknown levels: (other) = %v, want %v", i, v, want)
		}
	}
}

func TestOneHotUnknown(t *testing.T) {
	levels := []string{"a", "b"}
	x, fresh := column(levels, []string{"a", "a"}), column(levels, []string{"b", "a"})
	tr, _ := fit(t, prep.OneHot{}, x, learn.Target{})
	if got := apply(t, tr, fresh).Numbers[0]; got[0] != 0 || got[1] != 1 {
		t.Errorf("v=a is %v", got)
	}
	tr, _ = fit(t, prep.OneHot{Unknown: "error"}, x, learn.Target{})
	_, err := tr.Apply(fresh)
	const want = `column "v", row 1 has a level "b", which training did not have: a value is missing; choose "zero" or "other" for unknown levels to go on`
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

func TestTargetAgainstFormula(t *testing.T) {
	var r reference
	readJSON(t, "reference.json", &r)
	levels := []string{"a", "b", "c", "d", "e", "z"}
	x, probe := column(levels, r.Levels), column(levels, []string{"a", "b", "c", "d"}) // no row has e
	two := learn.Target{Classes: []string{"normal", "attack"}, Y: r.Y}
	three := learn.Target{Classes: []string{"normal", "dos", "probe"}, Y: r.Y3}
	tr, _ := fit(t, prep.Target{}, x, two)
	near(t, "empirical Bayes", apply(t, tr, probe), [][]maybe{r.TargetAuto[:4]}, 1e-13, 0)
	tr, _ = fit(t, prep.Target{Smooth: 10}, x, two)
	near(t, "smooth 10", apply(t, tr, probe), [][]maybe{r.TargetSmooth10[:4]}, 1e-13, 0)
	tr, _ = fit(t, prep.Target{}, x, three)
	near(t, "three classes", apply(t, tr, probe), [][]maybe{r.TargetMulti[0][:4], r.TargetMulti[1][:4]}, 1e-13, 0)
	if c := tr.Outputs(); len(c) != 2 || c[1].Name != "v:probe" || c[1].Origin() != "v" {
		t.Errorf("columns are %v", c)
	}
	prior := 0.0
	for _, y := range r.Y {
		prior += float64(y) / float64(len(r.Y))
	}
	tr, _ = fit(t, prep.Target{}, x, two)
	got := apply(t, tr, column(levels, []string{"z", "?"}))
	check.Close(t, "a level not seen", got.Numbers[0][0], prior, 1e-13)
	check.Close(t, "no level", got.Numbers[0][1], prior, 1e-13)
}

// A level that one row has says everything about this row, unless the row is left
// out.
func TestTargetIsOutOfFold(t *testing.T) {
	const n = 200
	x := learn.NewMatrix([]learn.Column{{Name: "id"}}, n)
	x.Columns[0].Levels = make([]string, n)
	x.Numbers[0], x.Codes[0] = nil, make([]int32, n)
	y := learn.Target{Classes: []string{"normal", "attack"}, Y: make([]int32, n)}
	for i := range n {
		x.Columns[0].Levels[i] = strconv.Itoa(i)
		x.Codes[0][i], y.Y[i] = int32(i), int32(i%2)
	}
	tr, out := fit(t, prep.Target{}, x, y)
	inside := apply(t, tr, x)
	for i := range n {
		if inside.Numbers[0][i] != float64(y.Y[i]) {
			t.Fatalf("row %d: %v with itself, want its class", i, inside.Numbers[0][i])
		}
		if v := out.Numbers[0][i]; v != 0.5 {
			t.Fatalf("row %d: %v out of fold, want the share of all", i, v)
		}
	}
}

func TestFrequency(t *testing.T) {
	levels := []string{"a", "b", "z"}
	tr, out := fit(t, prep.Frequency{}, column(levels, []string{"a", "a", "a", "b"}), learn.Target{})
	check.Close(t, "a", out.Numbers[0][0], -math.Log(3./4), 1e-14)
	check.Close(t, "b", out.Numbers[0][3], -math.Log(1./4), 1e-14)
	got := apply(t, tr, column(levels, []string{"z", "?"}))
	check.Close(t, "a level not seen", got.Numbers[0][0], math.Log(5), 1e-14)
	check.Close(t, "no level", got.Numbers[0][1], math.Log(5), 1e-14)
	if c := tr.Outputs()[0]; c.Name != "v" || c.Coded() {
		t.Errorf("the column is %v", c)
	}
}

func TestImputeDropsAndMarks(t *testing.T) {
	nan := math.NaN()
	x := &learn.Matrix{Rows: 3, Columns: []learn.Column{{Name: "gone"}, {Name: "gaps", Source: "raw"}, {Name: "whole"}},
		Numbers: [][]float64{{nan, nan, nan}, {1, nan, 5}, {1, 2, 3}}, Codes: make([][]int32, 3)}
	tr, out := fit(t, prep.Impute{}, x, learn.Target{})
	if d := tr.(*prep.Imputation).Dropped(); !slices.Equal(d, []string{"gone"}) {
		t.Errorf("dropped %q", d)
	}
	if c := out.Columns; len(c) != 3 || c[2].Name != "gaps_missing" || c[2].Origin() != "raw" {
		t.Errorf("columns are %v", out.Columns)
	}
	if out.Numbers[0][1] != 3 || !slices.Equal(out.Numbers[2], []float64{0, 1, 0}) {
		t.Errorf("numbers are %v", out.Numbers)
	}
	fresh := &learn.Matrix{Rows: 1, Columns: x.Columns, Numbers: [][]float64{{7}, {9}, {nan}}, Codes: make([][]int32, 3)}
	if got := apply(t, tr, fresh); got.Numbers[1][0] != 2 || got.Numbers[2][0] != 0 {
		t.Errorf("a gap that training did not have: %v", got.Numbers)
	}
}

func TestLog1pChoosesHeavyTails(t *testing.T) {
	x, y := data(300, 2, 2)
	tr, out := fit(t, prep.Log1p{}, x, y)
	if got := tr.(*prep.Logarithm).Places; !slices.Equal(got, []int32{1}) {
		t.Errorf("columns %v are mapped, want that of the heavy tail", got)
	}
	check.Close(t, "ln(1+x)", out.Numbers[1][0], math.Log1p(x.Numbers[1][0]), 0)
}

func TestSelectRanks(t *testing.T) {
	x, y := data(500, 2, 2)
	for i := range x.Rows {
		x.Numbers[0][i] = float64(y.Y[i]) // tells everything
	}
	for _, by := range []string{"effect", "mi"} {
		tr, out := fit(t, prep.Select{By: by, Top: 2}, x, y)
		r := tr.(*prep.Selection).Ranking
		if r[0].Name != "normal" || !r[0].Kept || !r[1].Kept || r[2].Kept || len(r) != len(x.Columns) || len(out.Columns) != 2 {
			t.Errorf("%s: ranking %v", by, r)
		}
		check.Close(t, by, r[0].Value, 1, 0.01) // one bit, less the correction for bias
		if last := r[len(r)-1]; last.Value != 0 {
			t.Errorf("%s: %q has %v", by, last.Name, last.Value)
		}
	}
}

// oracle reads rows of a CSV file of the reference data.
func oracle(t *testing.T, path string, names []string, header bool) *learn.Matrix {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	head := map[string]int{"duration": 0, "src_bytes": 4, "dst_bytes": 5, "count": 22, "srv_count": 23, "same_srv_rate": 28, "dst_host_count": 31, "dst_host_srv_count": 32}
	if header {
		for i, name := range rows[0] {
			head[name] = i
		}
		rows = rows[1:]
	}
	x := &learn.Matrix{Rows: len(rows), Codes: make([][]int32, len(names))}
	for _, name := range names {
		v := make([]float64, len(rows))
		for i, row := range rows {
			if v[i], err = strconv.ParseFloat(row[head[name]], 64); err != nil {
				t.Fatal(err)
			}
		}
		x.Columns, x.Numbers = append(x.Columns, learn.Column{Name: name}), append(x.Numbers, v)
	}
	return x
}

// The figures are those of R's prcomp and of NumPy, see the README of the oracles.
func TestPCAAgainstOracle(t *testing.T) {
	path := check.Shared(t, "oracles", "pca.json")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		ID   string
		Data struct {
			File   string
			Header *bool
		}
		Params struct {
			Cols        []string
			Standardize bool
		}
		Expected struct {
			Variance   []float64
			Loadings   map[string]map[string]float64
			ScoresRow1 []float64 `json:"scores_row1"`
		}
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	one := 1.0
	for _, c := range cases {
		file := filepath.Join(filepath.Dir(path), c.Data.File)
		header := c.Data.Header == nil || *c.Data.Header
		if !header {
			file = check.Shared(t, "data", "nsl-kdd", c.Data.File)
		}
		x := oracle(t, file, c.Params.Cols, header)
		tr, out := fit(t, prep.PCA{Variance: &one, Covariance: !c.Params.Standardize}, x, learn.Target{})
		got := tr.(*prep.Components)
		if len(got.Explained) != len(c.Expected.Variance) {
			t.Fatalf("%s: %d components, want %d", c.ID, len(got.Explained), len(c.Expected.Variance))
		}
		for k, want := range c.Expected.Variance {
			check.Close(t, c.ID+" variance", got.Explained[k], want, 1e-9)
			name := "PC" + strconv.Itoa(k+1)
			for p, col := range c.Params.Cols {
				if w := c.Expected.Loadings[name][col]; !check.Near(got.Loadings[k][p], w, 1e-7, 1e-8) {
					t.Errorf("%s: loading of %s on %s = %v, want %v", c.ID, name, col, got.Loadings[k][p], w)
				}
			}
		}
		for k, want := range c.Expected.ScoresRow1 {
			if !check.Near(out.Numbers[k][0], want, 1e-7, 1e-8) {
				t.Errorf("%s: score %d of row 1 = %v, want %v", c.ID, k+1, out.Numbers[k][0], want)
			}
		}
	}
}

func TestPCAKeepsWhatIsAsked(t *testing.T) {
	x, y := data(300, 2, 4)
	x.Numbers[2], x.Numbers[4] = x.Numbers[0], x.Numbers[1] // two pairs of equal columns
	tr, out := fit(t, prep.PCA{}, x, y)
	c := tr.(*prep.Components)
	var sum float64
	for _, v := range c.Explained {
		sum += v
	}
	if sum < 0.95*c.Total || sum-c.Explained[len(c.Explained)-1] >= 0.95*c.Total {
		t.Errorf("%d components explain %v of %v", len(c.Explained), sum, c.Total)
	}
	if !out.Columns[0].Coded() || out.Columns[3].Name != "PC1" {
		t.Errorf("columns are %v", out.Columns)
	}
	one := 1.0
	tr, _ = fit(t, prep.PCA{Variance: &one}, x, y)
	if n := len(tr.(*prep.Components).Explained); n != 3 {
		t.Errorf("%d components of three columns that differ", n)
	}
	tr, _ = fit(t, prep.PCA{Components: 1}, x, y)
	if n := len(tr.(*prep.Components).Explained); n != 1 {
		t.Errorf("%d components, want 1", n)
	}
}

// The regression behind "l1" is compared with scikit-learn's in package linear; here,
// that what it lets go of is left out.
func TestSelectByL1(t *testing.T) {
	x, y := data(600, 2, 3)
	for i := range x.Rows {
		x.Numbers[0][i] = float64(y.Y[i]) + float64(i%7)/10
	}
	tr, out := fit(t, prep.Select{By: "l1"}, x, y)
	r := tr.(*prep.Selection).Ranking
	if r[0].Name != x.Columns[0].Name || !r[0].Kept || len(out.Columns) == len(x.Columns) {
		t.Errorf("ranking %v", r)
	}
	var sum float64
	for _, one := range r {
		sum += one.Value
		if one.Kept != (one.Value > 0) {
			t.Errorf("%q with %v: kept %v", one.Name, one.Value, one.Kept)
		}
	}
	check.Close(t, "the sum of shares", sum, 1, 1e-9)
	strict, _ := fit(t, prep.Select{By: "l1", C: 0.006}, x, y)
	if a, b := len(strict.Outputs()), len(tr.Outputs()); a > b {
		t.Errorf("a stronger penalty keeps %d columns, a weaker one %d", a, b)
	}
	if _, _, err := (prep.Select{By: "l1", C: 1e-9}).Fit(t.Context(), x, y, learn.Run{}); !errors.Is(err, learn.ErrSetting) {
		t.Errorf("a penalty that leaves no column: %v", err)
	}
	parsed, err := prep.ParseChain("select(l1;c=0.1)")
	if err != nil || parsed.String() != "select(by=l1;c=0.1)" && parsed.String() != "select(l1;c=0.1)" {
		t.Errorf("%v, %v", parsed, err)
	}
}
