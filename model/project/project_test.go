package project

import (
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/model/learn"
)

// matrixOf makes a matrix of rows of numbers.
func matrixOf(rows [][]float64) *learn.Matrix {
	var columns []learn.Column
	for j := range rows[0] {
		columns = append(columns, learn.Column{Name: "x" + strconv.Itoa(j+1)})
	}
	x := learn.NewMatrix(columns, len(rows))
	for i, row := range rows {
		for j, v := range row {
			x.Numbers[j][i] = v
		}
	}
	return x
}

// references are what testdata/reference.py computed with numpy, scipy and scikit-learn;
// made_by names the versions.
type references struct {
	Iris       [][]float64
	Species    []int32
	Affinities struct {
		Edges      [][3]float64
		Count      int
		Divergence float64 `json:"divergence_of_pca"`
	}
	FuzzySet struct {
		Edges [][3]float64
		Count int
		Sum   float64
	} `json:"fuzzy_set"`
	Curves          [][4]float64
	Trustworthiness map[string]float64 `json:"trustworthiness_of_pca"`
	Horn            map[string][]float64
	TSNE            map[string][][3]float64 // divergence, trustworthiness for 5 and 12
	KDDRows         int                     `json:"kdd_rows"`
	KDDColumns      int                     `json:"kdd_columns"`
}

func reference(t testing.TB) *references {
	t.Helper()
	text, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	var r references
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	return &r
}

// different returns the different rows of the iris data, in their order, and the species.
func (r *references) different() (*learn.Matrix, []int32) {
	x := matrixOf(r.Iris)
	_, first := merged(x)
	return x.Take(first), learn.Take(r.Species, first)
}

// kdd returns every step-th row of a file of NSL-KDD: numbers, or all columns, and which
// rows are attacks.
func kdd(t testing.TB, file string, step int, levels bool) (*learn.Matrix, []int32) {
	t.Helper()
	f, err := os.Open(check.Shared(t, "data", "nsl-kdd", file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var in io.Reader = f
	if strings.HasSuffix(file, ".gz") {
		if in, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	records, err := csv.NewReader(in).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var kept [][]string
	var attacks []int32
	for i := 0; i < len(records); i += step {
		kept = append(kept, records[i])
		attack := int32(1)
		if records[i][41] == "normal" {
			attack = 0
		}
		attacks = append(attacks, attack)
	}
	var columns []learn.Column
	var places []int
	for j := range 41 {
		c := learn.Column{Name: "c" + strconv.Itoa(j)}
		if j >= 1 && j <= 3 {
			if !levels {
				continue
			}
			for _, r := range kept {
				c.Levels = append(c.Levels, r[j])
			}
			slices.Sort(c.Levels)
			c.Levels = slices.Compact(c.Levels)
		}
		columns, places = append(columns, c), append(places, j)
	}
	x := learn.NewMatrix(columns, len(kept))
	for k, j := range places {
		for i, r := range kept {
			if columns[k].Coded() {
				at, _ := slices.BinarySearch(columns[k].Levels, r[j])
				x.Codes[k][i] = int32(at)
				continue
			}
			if x.Numbers[k][i], err = strconv.ParseFloat(r[j], 64); err != nil {
				t.Fatal(err)
			}
		}
	}
	return x, attacks
}

// prepared takes logarithms, leaves out what does not vary, and standardises with divisor n.
func prepared(x *learn.Matrix) *learn.Matrix {
	out := &learn.Matrix{Rows: x.Rows}
	for j := range x.Columns {
		cells := slices.Clone(x.Numbers[j])
		if !x.Columns[j].Coded() {
			var mean, square float64
			for i := range cells {
				cells[i] = math.Log1p(cells[i])
				mean += cells[i] / float64(x.Rows)
			}
			for _, v := range cells {
				square += (v - mean) * (v - mean) / float64(x.Rows)
			}
			if square < 1e-20 {
				continue
			}
			for i := range cells {
				cells[i] = (cells[i] - mean) / math.Sqrt(square)
			}
		}
		out.Columns = append(out.Columns, x.Columns[j])
		out.Numbers, out.Codes = append(out.Numbers, cells), append(out.Codes, x.Codes[j])
	}
	return out
}
