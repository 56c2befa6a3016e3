package project

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
	"github.com/netanom/netanom/model/neighbor"
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
	_, first := neighbor.Distinct(x)
	return x.Take(first), learn.Take(r.Species, first)
}

// every returns every step-th row of a fifth of NSL-KDD, and which rows are attacks.
func every(t testing.TB, step int) (*learn.Matrix, []int32) {
	t.Helper()
	x, y := modeltest.NSL(t, modeltest.NSLPart)
	var rows []int
	for i := 0; i < x.Rows; i += step {
		rows = append(rows, i)
	}
	return x.Take(rows), learn.Take(modeltest.Attacks(y).Y, rows)
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
