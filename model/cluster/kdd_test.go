package cluster_test

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

// kdd reads a file of NSL-KDD: 41 columns, of which three are levels, the label and
// the difficulty, which is left out. Class 0 is normal.
func kdd(t testing.TB, file string) (*learn.Matrix, learn.Target) {
	t.Helper()
	f, err := os.Open(check.Shared(t, "data", "nsl-kdd", file))
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
			columns[j].Levels = distinct(rows, j)
		}
	}
	x := learn.NewMatrix(columns, len(rows))
	y := learn.Target{Classes: distinct(rows, 41), Y: make([]int32, len(rows))}
	at := slices.Index(y.Classes, "normal")
	y.Classes = slices.Insert(slices.Delete(y.Classes, at, at+1), 0, "normal")
	code := codes(y.Classes)
	for i, row := range rows {
		y.Y[i] = code[row[41]]
	}
	for j := range columns {
		code := codes(columns[j].Levels)
		for i, row := range rows {
			if columns[j].Coded() {
				x.Codes[j][i] = code[row[j]]
			} else if x.Numbers[j][i], err = strconv.ParseFloat(row[j], 64); err != nil {
				t.Fatal(err)
			}
		}
	}
	return x, y
}

func distinct(rows [][]string, j int) []string {
	seen := map[string]bool{}
	for _, row := range rows {
		seen[row[j]] = true
	}
	out := make([]string, 0, len(seen))
	for s := range seen {
		out = append(out, s)
	}
	slices.Sort(out)
	return out
}

func codes(levels []string) map[string]int32 {
	out := make(map[string]int32, len(levels))
	for i, l := range levels {
		out[l] = int32(i)
	}
	return out
}

// standardized brings columns of numbers to mean 0 and standard deviation 1.
func standardized(x *learn.Matrix) *learn.Matrix {
	out := &learn.Matrix{Columns: x.Columns, Rows: x.Rows, Numbers: slices.Clone(x.Numbers), Codes: x.Codes}
	for j, v := range out.Numbers {
		if v == nil {
			continue
		}
		var sum, squares float64
		for _, a := range v {
			sum += a
		}
		mean := sum / float64(len(v))
		for _, a := range v {
			squares += (a - mean) * (a - mean)
		}
		sd := math.Sqrt(squares / float64(len(v)))
		if sd == 0 {
			sd = 1
		}
		scaled := make([]float64, len(v))
		for i, a := range v {
			scaled[i] = (a - mean) / sd
		}
		out.Numbers[j] = scaled
	}
	return out
}
