package neural

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

// kdd reads a file of the NSL-KDD family: 38 numbers, standardised, three columns of
// levels, and normal traffic against all attacks, or against four categories of them
// if kinds is set.
func kdd(t testing.TB, file string, kinds bool) (*learn.Matrix, learn.Target) {
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
	const label = 41
	var columns []learn.Column
	for c := range label {
		column := learn.Column{Name: "column " + strconv.Itoa(c+1)}
		if c >= 1 && c <= 3 {
			column.Levels = distinct(records, c)
		}
		columns = append(columns, column)
	}
	x, y := learn.NewMatrix(columns, len(records)), learn.Target{Classes: []string{"normal", "attack"}}
	if kinds {
		y.Classes = []string{"normal", "dos", "probe", "r2l", "u2r"}
	}
	for i, r := range records {
		for c := range label {
			if columns[c].Coded() {
				x.Codes[c][i] = int32(slices.Index(columns[c].Levels, r[c]))
			} else if x.Numbers[c][i], err = strconv.ParseFloat(r[c], 64); err != nil {
				t.Fatal(err)
			}
		}
		class := kindOf(r[label])
		if !kinds {
			class = min(class, 1)
		}
		y.Y = append(y.Y, class)
	}
	for _, v := range x.Numbers {
		standardise(v)
	}
	return x, y
}

// kindOf returns the category of an attack.
func kindOf(attack string) int32 {
	switch attack {
	case "normal":
		return 0
	case "back", "land", "neptune", "pod", "smurf", "teardrop":
		return 1
	case "ipsweep", "nmap", "portsweep", "satan":
		return 2
	case "buffer_overflow", "loadmodule", "perl", "rootkit":
		return 4
	}
	return 3
}

func distinct(records [][]string, column int) []string {
	var levels []string
	for _, r := range records {
		levels = append(levels, r[column])
	}
	slices.Sort(levels)
	return slices.Compact(levels)
}

// standardise gives a column mean 0 and standard deviation 1, if it varies.
func standardise(v []float64) {
	var sum, squares float64
	for _, a := range v {
		sum += a
	}
	mean := sum / float64(len(v))
	for i := range v {
		v[i] -= mean
		squares += v[i] * v[i]
	}
	if sd := math.Sqrt(squares / float64(len(v))); sd > 0 {
		for i := range v {
			v[i] /= sd
		}
	}
}
