package dataset

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
)

func ExampleRules() {
	s := Recognise(columnsOf(headerNSL))
	for _, r := range Rules(&s)[12:16] {
		fmt.Printf("%s: %s\n", r.Column, r.Text)
	}
	fmt.Println(Rules(&s)[14].Allows(2))
	// Output:
	// numcompromised: a whole number, 0 or more
	// rootshell: 0 or 1
	// suattempted: 0 or 1
	// numroot: a whole number, 0 or more
	// false
}

func TestRules(t *testing.T) {
	tests := []struct {
		header, column string
		allowed        []float64
		refused        []float64
	}{
		{headerKDD, "land", []float64{0, 1, math.NaN()}, []float64{2, -1, 0.5, math.Inf(1)}},
		{headerKDD, "su_attempted", []float64{0, 1}, []float64{2}},
		{headerKDD, "count", []float64{0, 511}, []float64{512, -1, 1.5}},
		{headerKDD, "srv_count", []float64{511}, []float64{512}},
		{headerKDD, "dst_host_count", []float64{0, 255}, []float64{256}},
		{headerKDD, "dst_host_srv_rerror_rate", []float64{0, 0.17, 1}, []float64{-0.01, 1.01, math.Inf(-1)}},
		{headerKDD, "src_bytes", []float64{0, 1379963888}, []float64{-1, 0.5}},
		{headerKDD, "duration", []float64{0, 0.25, 58329}, []float64{-1}},
		{headerNSL, "lastflag", []float64{0, 21}, []float64{22}},
		{headerUNSWPart, "sttl", []float64{0, 255}, []float64{256}},
		{headerUNSWPart, "is_ftp_login", []float64{0, 1}, []float64{4}},
		{headerUNSWPart, "sload", []float64{0.5, 1e9}, []float64{-1}},
		{headerCIC2017, "Flow Duration", []float64{0}, []float64{-1}},
		{headerCIC2017, "Init_Win_bytes_forward", []float64{-1, 65535}, []float64{-2, 65536}},
		{headerCIC2022, "Fwd Header Length", []float64{20}, []float64{-26296}},
		{headerIoT23, "orig_bytes", []float64{0}, []float64{-1}},
		{headerNetanom, "serror_rate", []float64{1}, []float64{2}},
		{"a,b", "a", []float64{-1e300, math.Inf(1), math.NaN(), 0.5}, nil},
	}
	for _, tt := range tests {
		r := ruleOf(t, tt.header, tt.column)
		for _, x := range tt.allowed {
			if !r.Allows(x) {
				t.Errorf("%s (%s) refuses %v", tt.column, r.Text, x)
			}
		}
		for _, x := range tt.refused {
			if r.Allows(x) {
				t.Errorf("%s (%s) allows %v", tt.column, r.Text, x)
			}
		}
	}
}

func TestRulesOfLevels(t *testing.T) {
	tests := []struct {
		header, column   string
		allowed, refused []string
	}{
		{headerKDD, "protocol_type", []string{"tcp", "udp", "icmp"}, []string{"TCP", "gre", ""}},
		{headerKDD, "flag", []string{"SF", "S0", "S1", "S2", "S3", "REJ", "RSTO", "RSTR", "RSTOS0", "SH", "OTH"}, []string{"sf", "RSTRH", "SHR", ""}},
		{headerKDD, "service", []string{"http", "anything"}, nil},
		{headerZeek, "conn_state", []string{"RSTRH", "SHR"}, []string{"S4"}},
		{headerZeek, "proto", []string{"tcp", "unknown_transport"}, []string{"6"}},
		{headerZeek, "id.resp_p", []string{"0", "80", "65535"}, []string{"65536", "-1", "http", "80.5", ""}},
		{headerCIC2022, "Protocol", []string{"6", "17"}, []string{"256", "tcp"}},
		{headerCIC2022, "ICMP Code", []string{"-1", "3"}, []string{"-2"}},
	}
	for _, tt := range tests {
		r := ruleOf(t, tt.header, tt.column)
		for _, l := range tt.allowed {
			if !r.AllowsLevel(l) {
				t.Errorf("%s (%s) refuses %q", tt.column, r.Text, l)
			}
		}
		for _, l := range tt.refused {
			if r.AllowsLevel(l) {
				t.Errorf("%s (%s) allows %q", tt.column, r.Text, l)
			}
		}
	}
}

// ruleOf returns the rule for a column and checks that rules and columns are
// aligned and well formed.
func ruleOf(t *testing.T, header, column string) Rule {
	t.Helper()
	s := Recognise(columnsOf(header))
	rules := Rules(&s)
	if len(rules) != len(s.Columns) {
		t.Fatalf("%d rules for %d columns", len(rules), len(s.Columns))
	}
	for i, r := range rules {
		if r.Column != s.Columns[i].Name || r.Levels == nil && !(r.Min < r.Max) {
			t.Errorf("rule %+v stands for column %q", r, s.Columns[i].Name)
		}
	}
	i, err := s.Resolve(column)
	if err != nil {
		t.Fatal(err)
	}
	return rules[i]
}

// TestRulesOnRealData counts breaches in the NSL-KDD training file, where
// su_attempted alone breaks its rule, in 59 rows.
func TestRulesOnRealData(t *testing.T) {
	dir := os.Getenv("NETANOM_SHARED")
	if dir == "" {
		t.Skip("NETANOM_SHARED is not set: KDDTrain+.txt.gz needs the reference data")
	}
	rows := firstRows(t, filepath.Join(dir, "data", "nsl-kdd", "KDDTrain+.txt.gz"), 200_000)
	s, ok := RecogniseHeaderless(rows[:50])
	if !ok {
		t.Fatal("not recognised")
	}
	rules := Rules(&s)
	breaches := map[string]int{}
	for _, row := range rows {
		for i, r := range rules {
			if s.Columns[i].Kind == Category {
				if !r.AllowsLevel(row[i]) {
					breaches[r.Column]++
				}
			} else if x, ok := ParseNumber([]byte(row[i])); !ok || !r.Allows(x) {
				breaches[r.Column]++
			}
		}
	}
	if len(rows) != 125973 || len(breaches) != 1 || breaches["su_attempted"] != 59 {
		t.Errorf("%d rows with breaches %v, want 125973 with 59 of su_attempted", len(rows), breaches)
	}
}
