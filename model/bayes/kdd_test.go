package bayes_test

import (
	"compress/gzip"
	"encoding/csv"
	"io"
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

// attacks joins all classes but the first.
func attacks(y learn.Target) learn.Target {
	out := learn.Target{Classes: []string{"normal", "attack"}, Y: make([]int32, len(y.Y))}
	for i, c := range y.Y {
		out.Y[i] = min(c, 1)
	}
	return out
}

// crossValidate scores every row by a model that was fitted to four fifths without
// it, row i lying in fold i mod 5, and returns the probabilities of classes.
func crossValidate(t testing.TB, s learn.Spec, x *learn.Matrix, y learn.Target) []float64 {
	t.Helper()
	k := len(y.Classes)
	out := make([]float64, x.Rows*k)
	for fold := range 5 {
		var train, test []int
		for i := range x.Rows {
			if i%5 == fold {
				test = append(test, i)
			} else {
				train = append(train, i)
			}
		}
		p := probabilities(t, fit(t, s, x.Take(train), y.Take(train)), x.Take(test))
		for at, i := range test {
			copy(out[i*k:(i+1)*k], p[at*k:(at+1)*k])
		}
	}
	return out
}

// macroF1 is the mean of the F1 of classes, of rows that are given to the most
// probable.
func macroF1(p []float64, y learn.Target) float64 {
	k := len(y.Classes)
	hit, said, are := make([]float64, k), make([]float64, k), make([]float64, k)
	for i, c := range y.Y {
		best := 0
		for d := range k {
			if p[i*k+d] > p[i*k+best] {
				best = d
			}
		}
		said[best]++
		are[c]++
		if best == int(c) {
			hit[c]++
		}
	}
	var sum float64
	for c := range k {
		if hit[c] > 0 {
			sum += 2 * hit[c] / (said[c] + are[c])
		}
	}
	return sum / float64(k)
}
