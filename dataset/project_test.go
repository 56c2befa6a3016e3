package dataset

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestSelect(t *testing.T) {
	f := openFilterData(t)
	filtered, err := Where(f, `protocol == "tcp"`)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		src  Source
		rows string
	}{{f, "123456"}, {tableOf(t, f), "123456"}, {filtered, "136"}}
	for _, tt := range tests {
		s, err := Select(tt.src, []string{"N", "Attack", "note", "flow_bytes/s", "logged_in"})
		if err != nil {
			t.Fatal(err)
		}
		if got := rowsLeft(t, s); got != tt.rows {
			t.Errorf("%T: rows %q, want %q", tt.src, got, tt.rows)
		}
		names := s.Schema().Names()
		if want := []string{"n", "attack", "note", "Flow Bytes/s", "logged_in"}; !slices.Equal(names, want) {
			t.Errorf("%T: columns %q, want %q", tt.src, names, want)
		}
		if s.Schema().Label() != 1 {
			t.Errorf("%T: the label is column %d, want 1", tt.src, s.Schema().Label())
		}
		table := tableOf(t, s)
		whole := tableOf(t, tt.src)
		for row := range table.Rows() {
			for c, name := range names {
				i, _ := whole.Schema().Resolve(name)
				if got, want := table.Cell(row, c), whole.Cell(row, i); got != want {
					t.Errorf("%T: %s of row %d is %q, want %q", tt.src, name, row, got, want)
				}
			}
		}
		again, err := Where(s, `attack == "neptune" && note contains "i"`)
		if err != nil {
			t.Fatal(err)
		}
		if got := rowsLeft(t, again); got != "1" {
			t.Errorf("%T: a condition on a selection keeps %q, want 1", tt.src, got)
		}
	}
}

// Kinds that a scan finds out reach the selection and those who hold its schema.
func TestSelectLearnsKinds(t *testing.T) {
	f := fileWith(t, "kinds.csv", "a,b,c\n1,0,x\n2,1,y\n3,1,\n", Options{})
	s, err := Select(f, []string{"c", "b"})
	if err != nil {
		t.Fatal(err)
	}
	schema := s.Schema()
	if got := schema.Columns[1].Kind; got != Number {
		t.Fatalf("b is guessed to be a %s, the test wants a number", got)
	}
	counts := &Counts{By: -1}
	if err := s.Scan(context.Background(), counts); err != nil {
		t.Fatal(err)
	}
	if got := schema.Columns[1].Kind; got != Flag {
		t.Errorf("b is a %s after the scan, want a flag", got)
	}
	if counts.Rows() != 3 || counts.Missing(0) != 1 || len(counts.Levels(0, 0)) != 2 {
		t.Errorf("%d rows, %d missing, levels %v", counts.Rows(), counts.Missing(0), counts.Levels(0, 0))
	}
}

func TestSelectErrors(t *testing.T) {
	f := openFilterData(t)
	tests := []struct {
		columns []string
		want    string
	}{
		{nil, "name at least one"},
		{[]string{"n", "protocl"}, `no column "protocl"; did you mean "protocol"?`},
		{[]string{"n", "note", "N"}, `column "n" is selected twice`},
	}
	for _, tt := range tests {
		if _, err := Select(f, tt.columns); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Select(%q) gives %v, want %q", tt.columns, err, tt.want)
		}
	}
}

func ExampleSelect() {
	path := exampleFile("protocol_type,src_bytes,attack\ntcp,181,normal\nudp,105,smurf\n")
	defer os.Remove(path)
	f, err := Open(context.Background(), path, Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	s, err := Select(f, []string{"attack", "SrcBytes"})
	if err != nil {
		fmt.Println(err)
		return
	}
	WriteCSV(context.Background(), s, os.Stdout, CSVOptions{})
	// Output:
	// attack,src_bytes
	// normal,181
	// smurf,105
}
