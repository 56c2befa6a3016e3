package modeltest

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/model/learn"
)

// madeUp returns rows as those of NSL-KDD that start like the given ones and have the
// label at their end; other cells are 0.
func madeUp(starts ...string) [][]string {
	var rows [][]string
	for _, s := range starts {
		cells := strings.Split(s, ",")
		row := slices.Concat(cells[:5], slices.Repeat([]string{"0"}, len(nslNames)-5), cells[5:], []string{"21"})
		rows = append(rows, row)
	}
	return rows
}

func TestNSLRows(t *testing.T) {
	x, y := nsl(t, madeUp("2,udp,http,SF,8.5,satan", "0,tcp,dns,S0,7,normal", "1,tcp,http,SF,0,back", "0,icmp,dns,REJ,3,perl"))
	if err := x.Check(); err != nil {
		t.Fatal(err)
	}
	if err := y.Check(x.Rows); err != nil {
		t.Fatal(err)
	}
	if len(x.Columns) != 41 || x.Columns[40].Name != "dst_host_srv_rerror_rate" || !slices.Equal(x.Columns[1].Levels, []string{"icmp", "tcp", "udp"}) {
		t.Errorf("the columns are %v", x.Columns)
	}
	if !slices.Equal(x.Codes[1], []int32{2, 1, 1, 0}) || !slices.Equal(x.Numbers[4], []float64{8.5, 7, 0, 3}) {
		t.Errorf("cells are %v and %v", x.Codes[1], x.Numbers[4])
	}
	if !slices.Equal(y.Classes, []string{"normal", "back", "perl", "satan"}) || !slices.Equal(y.Y, []int32{3, 0, 1, 2}) {
		t.Errorf("the target is %v", y)
	}
	if a := Attacks(y); !slices.Equal(a.Y, []int32{1, 0, 1, 1}) {
		t.Errorf("attacks are %v", a.Y)
	}
	if c := Categories(y); !slices.Equal(c.Y, []int32{2, 0, 1, 4}) {
		t.Errorf("categories are %v", c.Y)
	}
	if n := Numbers(x); len(n.Columns) != 38 || n.Check() != nil || n.Columns[1].Name != "src_bytes" {
		t.Errorf("the columns of numbers are %v", n.Columns)
	}
}

func TestADBenchRows(t *testing.T) {
	x, y := adBench(t, [][]string{{"a", "b", "label"}, {"1.5", "-2", "0"}, {"3", "1e3", "1.0"}})
	if x.Check() != nil || len(x.Columns) != 2 || x.Columns[1].Name != "b" || !slices.Equal(x.Numbers[1], []float64{-2, 1000}) || !slices.Equal(y.Y, []int32{0, 1}) {
		t.Errorf("%v, %v", x, y)
	}
}

func TestStandardized(t *testing.T) {
	x := learn.NewMatrix([]learn.Column{{Name: "a"}, {Name: "b"}, {Name: "c", Levels: []string{"d"}}}, 4)
	copy(x.Numbers[0], []float64{0, math.E - 1, 0, math.E - 1})
	copy(x.Numbers[1], []float64{0.1, 0.1, 0.1, 0.1})
	s := Standardized(Logs(x), Logs(x))
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{-1, 1, -1, 1} {
		if math.Abs(s.Numbers[0][i]-want) > 1e-15 || s.Numbers[1][i] != 0 {
			t.Errorf("row %d: %v and %v, want %v and 0", i, s.Numbers[0][i], s.Numbers[1][i], want)
		}
	}
	if x.Numbers[0][0] != 0 || x.Numbers[1][0] != 0.1 {
		t.Error("the matrix is another")
	}
}
