package modeltest

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

// nslNames are the columns of the files of NSL-KDD, which have no header. The label
// and a figure of difficulty follow.
var nslNames = strings.Fields(`duration protocol_type service flag src_bytes dst_bytes land wrong_fragment urgent hot
	num_failed_logins logged_in num_compromised root_shell su_attempted num_root num_file_creations num_shells
	num_access_files num_outbound_cmds is_host_login is_guest_login count srv_count serror_rate srv_serror_rate
	rerror_rate srv_rerror_rate same_srv_rate diff_srv_rate srv_diff_host_rate dst_host_count dst_host_srv_count
	dst_host_same_srv_rate dst_host_diff_srv_rate dst_host_same_src_port_rate dst_host_srv_diff_host_rate
	dst_host_serror_rate dst_host_srv_serror_rate dst_host_rerror_rate dst_host_srv_rerror_rate`)

// NSLPart is a fifth of the training rows of NSL-KDD, NSLWhole all of them.
const NSLPart, NSLWhole = "KDDTrain+_20Percent.txt", "KDDTrain+.txt.gz"

// NSL reads a file of NSL-KDD: 38 columns of numbers, three of levels in the order of
// their names, and the kind of attack. Class 0 is normal, the others follow in the
// order of their names. Without the reference data the test is skipped.
func NSL(t testing.TB, file string) (*learn.Matrix, learn.Target) {
	t.Helper()
	return nsl(t, records(t, "nsl-kdd", file))
}

// ADBench reads a data set of ADBench: columns of numbers, and which rows are attacks.
func ADBench(t testing.TB, file string) (*learn.Matrix, learn.Target) {
	t.Helper()
	return adBench(t, records(t, "benchmarks", file))
}

// records reads a file of comma-separated values, which may be compressed.
func records(t testing.TB, elem ...string) [][]string {
	t.Helper()
	path := check.Shared(t, append([]string{"data"}, elem...)...)
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var in io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if in, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := csv.NewReader(in).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func nsl(t testing.TB, rows [][]string) (*learn.Matrix, learn.Target) {
	t.Helper()
	label := len(nslNames)
	columns := make([]learn.Column, label)
	for j, name := range nslNames {
		columns[j].Name = name
		if j >= 1 && j <= 3 {
			columns[j].Levels = distinct(rows, j)
		}
	}
	x := filled(t, columns, rows)
	attacks := slices.DeleteFunc(distinct(rows, label), func(kind string) bool { return kind == "normal" })
	y := learn.Target{Classes: append([]string{"normal"}, attacks...), Y: make([]int32, len(rows))}
	for i, row := range rows {
		if at, ok := slices.BinarySearch(attacks, row[label]); ok {
			y.Y[i] = int32(at) + 1
		}
	}
	return x, y
}

func adBench(t testing.TB, rows [][]string) (*learn.Matrix, learn.Target) {
	t.Helper()
	head, rows := rows[0], rows[1:]
	last := len(head) - 1
	columns := make([]learn.Column, last)
	for j := range columns {
		columns[j].Name = head[j]
	}
	y := learn.Target{Classes: []string{"normal", "attack"}, Y: make([]int32, len(rows))}
	for i, row := range rows {
		y.Y[i] = int32(number(t, row[last]))
	}
	return filled(t, columns, rows), y
}

// filled makes a matrix of the first cells of rows.
func filled(t testing.TB, columns []learn.Column, rows [][]string) *learn.Matrix {
	t.Helper()
	x := learn.NewMatrix(columns, len(rows))
	for j, c := range columns {
		for i, row := range rows {
			if c.Coded() {
				at, _ := slices.BinarySearch(c.Levels, row[j])
				x.Codes[j][i] = int32(at)
			} else {
				x.Numbers[j][i] = number(t, row[j])
			}
		}
	}
	return x
}

func number(t testing.TB, cell string) float64 {
	v, err := strconv.ParseFloat(cell, 64)
	if err != nil {
		t.Helper()
		t.Fatal(err)
	}
	return v
}

// distinct returns the different cells of a column in order.
func distinct(rows [][]string, j int) []string {
	var out []string
	for _, row := range rows {
		if at, ok := slices.BinarySearch(out, row[j]); !ok {
			out = slices.Insert(out, at, row[j])
		}
	}
	return out
}

// Attacks joins all classes but the first.
func Attacks(y learn.Target) learn.Target {
	out := learn.Target{Classes: []string{"normal", "attack"}, Y: make([]int32, len(y.Y)), Weights: y.Weights}
	for i, c := range y.Y {
		out.Y[i] = min(c, 1)
	}
	return out
}

// Categories joins the kinds of attack in the training files of NSL-KDD to their four
// categories.
func Categories(y learn.Target) learn.Target {
	out := learn.Target{Classes: []string{"normal", "dos", "probe", "r2l", "u2r"}, Y: make([]int32, len(y.Y)), Weights: y.Weights}
	for i, c := range y.Y {
		out.Y[i] = category(y.Classes[c])
	}
	return out
}

func category(attack string) int32 {
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

// Numbers leaves out the columns of levels.
func Numbers(x *learn.Matrix) *learn.Matrix {
	out := &learn.Matrix{Rows: x.Rows}
	for j, c := range x.Columns {
		if !c.Coded() {
			out.Columns, out.Numbers, out.Codes = append(out.Columns, c), append(out.Numbers, x.Numbers[j]), append(out.Codes, nil)
		}
	}
	return out
}

// Logs returns log(1+v) of all numbers.
func Logs(x *learn.Matrix) *learn.Matrix {
	out := *x
	out.Numbers = make([][]float64, len(x.Numbers))
	for j, v := range x.Numbers {
		for _, a := range v {
			out.Numbers[j] = append(out.Numbers[j], math.Log1p(a))
		}
	}
	return &out
}

// Standardized brings numbers to the mean 0 and the standard deviation 1, of divisor
// n, in the rows of like, which may be x itself. Columns that do not vary there
// become 0.
func Standardized(x, like *learn.Matrix) *learn.Matrix {
	out := *x
	out.Numbers = make([][]float64, len(x.Numbers))
	for j, v := range x.Numbers {
		mean, sd := moments(like.Numbers[j])
		for _, a := range v {
			out.Numbers[j] = append(out.Numbers[j], (a-mean)/sd)
		}
	}
	return &out
}

// moments returns the mean and the standard deviation of numbers; that of numbers
// which differ by rounding only is infinite.
func moments(v []float64) (mean, sd float64) {
	var squares float64
	for _, a := range v {
		mean += a / float64(len(v))
	}
	for _, a := range v {
		squares += (a - mean) * (a - mean) / float64(len(v))
	}
	if sd = math.Sqrt(squares); sd < 1e-12*math.Abs(mean) || sd == 0 {
		sd = math.Inf(1)
	}
	return mean, sd
}
