package boost

import (
	"compress/gzip"
	"context"
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

// nslNames are the columns of the NSL-KDD files that are learned from.
var nslNames = strings.Fields(`duration protocol_type service flag src_bytes dst_bytes land wrong_fragment urgent hot
num_failed_logins logged_in num_compromised root_shell su_attempted num_root num_file_creations num_shells
num_access_files num_outbound_cmds is_host_login is_guest_login count srv_count serror_rate srv_serror_rate
rerror_rate srv_rerror_rate same_srv_rate diff_srv_rate srv_diff_host_rate dst_host_count dst_host_srv_count
dst_host_same_srv_rate dst_host_diff_srv_rate dst_host_same_src_port_rate dst_host_srv_diff_host_rate
dst_host_serror_rate dst_host_srv_serror_rate dst_host_rerror_rate dst_host_srv_rerror_rate`)

// loadNSL reads an NSL-KDD file. Class 1 is every attack. If levels is false, levels
// are numbers: their places in sorted order.
func loadNSL(t testing.TB, file string, levels bool) (*learn.Matrix, learn.Target) {
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
	rows, err := csv.NewReader(in).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	x := &learn.Matrix{Rows: len(rows), Numbers: make([][]float64, 41), Codes: make([][]int32, 41)}
	y := learn.Target{Classes: []string{"normal", "attack"}, Y: make([]int32, len(rows))}
	for j, name := range nslNames {
		c := learn.Column{Name: name}
		if j >= 1 && j <= 3 {
			c.Levels = codeColumn(x, rows, j, levels)
		} else {
			x.Numbers[j] = numberColumn(t, rows, j)
		}
		x.Columns = append(x.Columns, c)
	}
	for i, r := range rows {
		if r[41] != "normal" {
			y.Y[i] = 1
		}
	}
	return x, y
}

func numberColumn(t testing.TB, rows [][]string, j int) []float64 {
	out := make([]float64, len(rows))
	for i, r := range rows {
		v, err := strconv.ParseFloat(r[j], 64)
		if err != nil {
			t.Fatal(err)
		}
		out[i] = v
	}
	return out
}

// codeColumn fills in a column of levels and returns them, nil if it is to be one of
// numbers.
func codeColumn(x *learn.Matrix, rows [][]string, j int, levels bool) []string {
	var names []string
	for _, r := range rows {
		names = append(names, r[j])
	}
	slices.Sort(names)
	names = slices.Compact(names)
	codes, numbers := make([]int32, len(rows)), make([]float64, len(rows))
	for i, r := range rows {
		k, _ := slices.BinarySearch(names, r[j])
		codes[i], numbers[i] = int32(k), float64(k)
	}
	if !levels {
		x.Numbers[j] = numbers
		return nil
	}
	x.Codes[j] = codes
	return names
}

// halves returns the rows whose number is not, and is, a multiple of five.
func halves(x *learn.Matrix, y learn.Target) (xTrain *learn.Matrix, yTrain learn.Target, xTest *learn.Matrix, yTest learn.Target) {
	var train, test []int
	for i := range x.Rows {
		if i%5 == 0 {
			test = append(test, i)
		} else {
			train = append(train, i)
		}
	}
	return x.Take(train), y.Take(train), x.Take(test), y.Take(test)
}

func fitModel(t testing.TB, s *GradientBoosting, x *learn.Matrix, y learn.Target, r learn.Run) *Model {
	t.Helper()
	m, err := s.Fit(context.Background(), x, y, r)
	if err != nil {
		t.Fatal(err)
	}
	return m.(*Model)
}
