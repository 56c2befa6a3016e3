package outlier_test

import (
	"compress/gzip"
	"encoding/csv"
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

// kdd reads a file of NSL-KDD or KDD'99: 41 columns, of which three are levels, and
// the label. Class 0 is normal, class 1 all else.
func kdd(t testing.TB, dir, file string) (*learn.Matrix, learn.Target) {
	t.Helper()
	f, err := os.Open(check.Shared(t, "data", dir, file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var from io.Reader = f
	if strings.HasSuffix(file, ".gz") {
		if from, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := csv.NewReader(from).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	columns := make([]learn.Column, 41)
	for j := range columns {
		columns[j].Name = "c" + strconv.Itoa(j+1)
		if j >= 1 && j <= 3 {
			for _, row := range rows {
				if !slices.Contains(columns[j].Levels, row[j]) {
					columns[j].Levels = append(columns[j].Levels, row[j])
				}
			}
			slices.Sort(columns[j].Levels)
		}
	}
	x := learn.NewMatrix(columns, len(rows))
	y := learn.Target{Classes: []string{"normal", "attack"}, Y: make([]int32, len(rows))}
	for i, row := range rows {
		if strings.TrimSuffix(row[41], ".") != "normal" {
			y.Y[i] = 1
		}
		for j := range columns {
			if columns[j].Coded() {
				at, _ := slices.BinarySearch(columns[j].Levels, row[j])
				x.Codes[j][i] = int32(at)
			} else if x.Numbers[j][i], err = strconv.ParseFloat(row[j], 64); err != nil {
				t.Fatal(err)
			}
		}
	}
	return x, y
}

// scaled returns log(1+v) of all numbers, with the mean 0 and the deviation 1 in like;
// columns that do not vary there become 0.
func scaled(x, like *learn.Matrix) *learn.Matrix {
	out := &learn.Matrix{Columns: x.Columns, Rows: x.Rows, Numbers: make([][]float64, len(x.Columns)), Codes: x.Codes}
	for j := range x.Numbers {
		if x.Columns[j].Coded() {
			continue
		}
		var mean, squares float64
		for _, v := range like.Numbers[j] {
			mean += math.Log1p(v) / float64(like.Rows)
		}
		for _, v := range like.Numbers[j] {
			d := math.Log1p(v) - mean
			squares += d * d / float64(like.Rows)
		}
		sd := math.Sqrt(squares)
		if sd < 1e-12 {
			sd = math.Inf(1)
		}
		out.Numbers[j] = make([]float64, x.Rows)
		for i, v := range x.Numbers[j] {
			out.Numbers[j][i] = (math.Log1p(v) - mean) / sd
		}
	}
	return out
}
