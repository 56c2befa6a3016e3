package linear

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

// kdd reads a file of NSL-KDD: 38 standardised numbers, which those of all rows
// are, and three coded columns. Class 0 is normal; the others are attacks, all
// together or one a type.
func kdd(t testing.TB, name string, types bool) (*learn.Matrix, learn.Target) {
	t.Helper()
	f, err := os.Open(check.Shared(t, "data", "nsl-kdd", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var in io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		if in, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	records, err := csv.NewReader(in).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var columns []learn.Column
	for j := range 41 {
		c := learn.Column{Name: "c" + strconv.Itoa(j)}
		if j >= 1 && j <= 3 {
			for _, r := range records {
				c.Levels = append(c.Levels, r[j])
			}
			slices.Sort(c.Levels)
			c.Levels = slices.Compact(c.Levels)
		}
		columns = append(columns, c)
	}
	x := learn.NewMatrix(columns, len(records))
	for i, r := range records {
		for j := range columns {
			if columns[j].Coded() {
				at, _ := slices.BinarySearch(columns[j].Levels, r[j])
				x.Codes[j][i] = int32(at)
			} else if x.Numbers[j][i], err = strconv.ParseFloat(r[j], 64); err != nil {
				t.Fatal(err)
			}
		}
	}
	standardise(x)
	return x, labels(records, types)
}

func labels(records [][]string, types bool) learn.Target {
	y := learn.Target{Classes: []string{"normal", "attack"}, Y: make([]int32, len(records))}
	if types {
		y.Classes = y.Classes[:1]
		for _, r := range records {
			if r[41] != "normal" {
				y.Classes = append(y.Classes, r[41])
			}
		}
		slices.Sort(y.Classes[1:])
		y.Classes = slices.Compact(y.Classes)
	}
	for i, r := range records {
		switch {
		case r[41] == "normal":
		case types:
			at, _ := slices.BinarySearch(y.Classes[1:], r[41])
			y.Y[i] = int32(at + 1)
		default:
			y.Y[i] = 1
		}
	}
	return y
}

// standardise gives every column of numbers mean 0 and standard deviation 1.
func standardise(x *learn.Matrix) {
	for j := range x.Columns {
		v := x.Numbers[j]
		if v == nil {
			continue
		}
		m, sd := center(v, slices.Repeat([]float64{1}, len(v)))
		if sd == 0 {
			sd = 1
		}
		for i := range v {
			v[i] = (v[i] - m) / sd
		}
	}
}
