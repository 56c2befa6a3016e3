package tree

import (
	"bufio"
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

// table returns the records of a file of comma-separated values, which may be
// compressed.
func table(t testing.TB, elem ...string) [][]string {
	t.Helper()
	path := check.Shared(t, append([]string{"data"}, elem...)...)
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var in io.Reader = bufio.NewReaderSize(file, 1<<20)
	if strings.HasSuffix(path, ".gz") {
		if in, err = gzip.NewReader(in); err != nil {
			t.Fatal(err)
		}
	}
	records, err := csv.NewReader(in).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return records
}

// kdd returns NSL-KDD: 41 columns, of which three are levels in the order of their
// names, and the class that label gives each kind of attack.
func kdd(t testing.TB, file string, classes []string, label func(string) int32) (*learn.Matrix, learn.Target) {
	t.Helper()
	records := table(t, "nsl-kdd", file)
	columns := make([]learn.Column, 41)
	for j := range columns {
		columns[j].Name = "c" + strconv.Itoa(j)
		if j >= 1 && j <= 3 {
			columns[j].Levels = levelsOf(records, j)
		}
	}
	x := learn.NewMatrix(columns, len(records))
	y := learn.Target{Classes: classes, Y: make([]int32, len(records))}
	for i, r := range records {
		for j := range columns {
			if columns[j].Levels != nil {
				at, _ := slices.BinarySearch(columns[j].Levels, r[j])
				x.Codes[j][i] = int32(at)
				continue
			}
			x.Numbers[j][i] = number(t, r[j])
		}
		y.Y[i] = label(r[41])
	}
	return x, y
}

func levelsOf(records [][]string, column int) []string {
	var levels []string
	for _, r := range records {
		if at, ok := slices.BinarySearch(levels, r[column]); !ok {
			levels = slices.Insert(levels, at, r[column])
		}
	}
	return levels
}

func number(t testing.TB, s string) float64 {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// attacks is a label for kdd.
func attacks(kind string) int32 {
	if kind == "normal" {
		return 0
	}
	return 1
}

var twoClasses = []string{"normal", "attack"}

// benchmark returns a file of data/benchmarks: numbers, and the label 0 or 1.
func benchmark(t testing.TB, file string) (*learn.Matrix, learn.Target) {
	t.Helper()
	records := table(t, "benchmarks", file)
	last := len(records[0]) - 1
	columns := make([]learn.Column, last)
	for j := range columns {
		columns[j].Name = records[0][j]
	}
	x := learn.NewMatrix(columns, len(records)-1)
	y := learn.Target{Classes: twoClasses, Y: make([]int32, x.Rows)}
	for i, r := range records[1:] {
		for j := range columns {
			x.Numbers[j][i] = number(t, r[j])
		}
		y.Y[i] = int32(number(t, r[last]))
	}
	return x, y
}

// area is the ROC-AUC of scores, of ties half.
func area(scores []float64, y []int32) float64 {
	order := make([]int, len(scores))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		if scores[a] < scores[b] {
			return -1
		}
		if scores[a] > scores[b] {
			return 1
		}
		return 0
	})
	var below, sum, total float64
	for i := 0; i < len(order); {
		var zeros, ones float64
		j := i
		for ; j < len(order) && scores[order[j]] == scores[order[i]]; j++ {
			if y[order[j]] == 0 {
				zeros++
			} else {
				ones++
			}
		}
		sum += ones * (below + zeros/2)
		below += zeros
		total += ones
		i = j
	}
	if below == 0 || total == 0 {
		return math.NaN()
	}
	return sum / (below * total)
}
