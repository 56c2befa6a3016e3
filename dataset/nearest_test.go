package dataset

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func ExampleSchema_Resolve() {
	s := Recognise(columnsOf(headerNSL))
	for _, name := range []string{"srcbytes", "src_bytes", "Dst Host Count", "is_hot_login", "difficulty", "srcbites"} {
		i, err := s.Resolve(name)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(name, "is", s.Columns[i].Name)
	}
	// Output:
	// srcbytes is srcbytes
	// src_bytes is srcbytes
	// Dst Host Count is dsthostcount
	// is_hot_login is ishostlogin
	// difficulty is lastflag
	// no column "srcbites"; did you mean "srcbytes"?
}

func ExampleNearest() {
	fmt.Println(Nearest("protcol", []string{"protocol_type", "service", "protocol"}))
	// Output: [protocol protocol_type]
}

func TestResolve(t *testing.T) {
	tests := []struct{ header, name, want string }{
		{headerKDD, "is_hot_login", "is_host_login"},
		{headerKDD, "IS-HOT-LOGIN", "is_host_login"},
		{headerKDD, "Src_bytes", "src_bytes"},
		{headerKDD, "srcbytes", "src_bytes"},
		{headerKDD, " src bytes ", "src_bytes"},
		{headerKDD, "proto", "protocol_type"},
		{headerKDD + ",attack", "label", "attack"},
		{headerKDD + ",attack", "class", "attack"},
		{headerKDD + ",attack,label", "label", "label"},
		{headerKDD + ",attack,label", "class", "attack"},
		{headerNSL, "last_flag", "lastflag"},
		{headerNSL, "difficulty_level", "lastflag"},
		{headerCIC2017, "flow duration", "Flow Duration"},
		{headerCIC2017, " Flow Duration", "Flow Duration"},
		{headerCIC2017, "Total Fwd Packet", "Total Fwd Packets"},
		{headerCIC2017, "Tot Fwd Pkts", "Total Fwd Packets"},
		{headerCIC2017, "Fwd Header Length", "Fwd Header Length"},
		{headerCIC2017, "Fwd Header Length.1", "Fwd Header Length_2"},
		{headerCIC2017, "src_ip", "Source IP"},
		{headerUNSWFull, "ct_src_ltm", "ct_src_ ltm"},
		{headerUNSWFull, "smean", "smeansz"},
		{headerUNSWFull, "label", "Label"},
		{headerIoT23, "src_ip", "id.orig_h"},
		{headerIoT23, "id_orig_h", "id.orig_h"},
		{headerIoT23, "detailed_label", "detailed-label"},
		{headerNetanom, "id.orig_h", "src_ip"},
		{headerNetanom, "ts", "timestamp"},
		{"a b,A_B,x", "a b", "a b"},
		{"a b,A_B,x", "X", "x"},
		{"-,x", "-", "-"},
	}
	for _, tt := range tests {
		s := Recognise(columnsOf(tt.header))
		i, err := s.Resolve(tt.name)
		if err != nil || s.Columns[i].Name != tt.want {
			t.Errorf("Resolve(%q) in %.30s… = %d, %v, want %q", tt.name, tt.header, i, err, tt.want)
		}
	}
}

func TestResolveRefuses(t *testing.T) {
	tests := []struct{ header, name, want string }{
		{headerKDD, "srcbites", `no column "srcbites"; did you mean "src_bytes"?`},
		{headerKDD, "srcbtyes", `no column "srcbtyes"; did you mean "src_bytes"?`},
		{"a b,A_B,x", "ab", `column "ab" could be "a b" or "A_B"; write it as the file does`},
		{"a b,A_B,a-b", "ab", `column "ab" could be "a b", "A_B" or "a-b"; write it as the file does`},
		{"red,green", "violet", `no column "violet"; the columns are "red" and "green"`},
		{"red", "", `no column ""; the columns are "red"`},
		{"-,x", "_", `no column "_"; the columns are "-" and "x"`},
		{"src_bytes,dst_bytes", "bytes", `no column "bytes"; did you mean "src_bytes" or "dst_bytes"?`},
		{
			"c1,c2,c3,c4,c5,c6,c7,c8,c9,d1,d2,d3", "violet",
			`no column "violet"; the columns are "c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9", "d1" and 2 more`,
		},
		{"red,green", "last_flag", `no column "last_flag"; the columns are "red" and "green"`},
	}
	for _, tt := range tests {
		s := Recognise(columnsOf(tt.header))
		i, err := s.Resolve(tt.name)
		var named *NameError
		if i != -1 || !errors.As(err, &named) || err.Error() != tt.want {
			t.Errorf("Resolve(%q) = %d, %v, want %s", tt.name, i, err, tt.want)
		}
	}
	if _, err := new(Schema).Resolve("x"); err == nil || err.Error() != `no column "x": the table has no columns` {
		t.Errorf("Resolve in an empty schema: %v", err)
	}
}

func TestNearest(t *testing.T) {
	colours := []string{"red", "green", "blue", "dark_green", "Dark-Blue", "grey", "gray"}
	tests := []struct{ name, want string }{
		{"gren", "green,grey"},
		{"gery", "grey"},
		{"GREY", "grey,gray"},
		{"dark", "Dark-Blue,dark_green"},
		{"re", "red"},
		{"", ""},
		{"-_", ""},
		{"violet", ""},
		{"gre", "grey,green,dark_green"},
		{strings.Repeat("g", 5000), ""},
	}
	for _, tt := range tests {
		if got := strings.Join(Nearest(tt.name, colours), ","); got != tt.want {
			t.Errorf("Nearest(%.20q) = %q, want %q", tt.name, got, tt.want)
		}
	}
	if got := Nearest("c", []string{"c1", "c2", "c3", "c4"}); len(got) != mostProposals {
		t.Errorf("%d proposals", len(got))
	}
}

// TestEditDistance uses the examples common in textbooks; "ca" to "abc" tells
// the restricted distance, 3, from the unrestricted one, 2.
func TestEditDistance(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abc", 0}, {"kitten", "sitting", 3}, {"saturday", "sunday", 3},
		{"ab", "ba", 1}, {"abcd", "acbd", 1}, {"ca", "abc", 3}, {"gumbo", "gambol", 2}, {"é", "e", 1},
	}
	for _, tt := range tests {
		there, back := editDistance([]rune(tt.a), []rune(tt.b)), editDistance([]rune(tt.b), []rune(tt.a))
		if there != tt.want || back != tt.want {
			t.Errorf("editDistance(%q, %q) = %d, back %d, want %d", tt.a, tt.b, there, back, tt.want)
		}
	}
}

func FuzzResolve(f *testing.F) {
	for _, s := range []string{"srcbytes", "a b", "A_B", "", "-", "ÄÖ", "label", "\xff"} {
		f.Add(headerKDD+",attack", s)
		f.Add("a b,A_B,,x,x,\xff", s)
	}
	f.Fuzz(func(t *testing.T, header, name string) {
		s := Recognise(columnsOf(header))
		for want, c := range s.Columns {
			if i, err := s.Resolve(c.Name); err != nil || i != want {
				t.Fatalf("Resolve(%q), the column's own name, = %d, %v, want %d", c.Name, i, err, want)
			}
		}
		i, err := s.Resolve(name)
		if (err == nil) != (i >= 0) || i >= len(s.Columns) {
			t.Fatalf("Resolve(%q) = %d, %v", name, i, err)
		}
		var named *NameError
		if err != nil && (!errors.As(err, &named) || err.Error() == "") {
			t.Fatalf("Resolve(%q): %v", name, err)
		}
		if named != nil && !named.Ambiguous && len(named.Near) > mostProposals {
			t.Fatalf("Resolve(%q) proposes %q", name, named.Near)
		}
	})
}
