package clickhouse

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestParseException(t *testing.T) {
	tests := []struct {
		body string
		code int
		text string
	}{
		{"Code: 60, e.displayText() = DB::Exception: Table default.x doesn't exist., e.what() = DB::Exception", 60, "Table default.x doesn't exist"},
		{"Code: 60. DB::Exception: Table default.x does not exist. (UNKNOWN_TABLE) (version 24.8.1.1 (official build))\n", 60, "Table default.x does not exist. (UNKNOWN_TABLE)"},
		{"Code: 62, e.displayText() = DB::Exception: Syntax error: failed at position 1: selct. Expected one of: SELECT, e.what() = DB::Exception", 62, "Syntax error: failed at position 1: selct"},
		{"Code: 210, e.displayText() = DB::NetException: Connection refused: (a:9000), e.what() = DB::NetException", 210, "Connection refused: (a:9000)"},
		{"Poco::Exception. Code: 1000, e.code() = 111, e.displayText() = Connection refused", 1000, "e.code() = 111, e.displayText() = Connection refused"},
		{"Code: 1. DB::Exception: x. Stack trace:\n\n0. f\n1. g", 1, "x"},
		{"<html>\n<body>no", 0, "<html> <body>no"},
		{"Code: 99999999999999999999. DB::Exception: x", 0, "x"},
		{"", 0, ""},
	}
	for _, test := range tests {
		if e := parseException([]byte(test.body)); e.code != test.code || e.text != test.text {
			t.Errorf("%q: %d %q", test.body, e.code, e.text)
		}
	}
}

func TestAdviceKeepsTheServersWords(t *testing.T) {
	c := &conn{address: "h:1"}
	seen := map[string]bool{}
	for _, code := range []int{193, 195, 497, 81, 60, 47, 241, 159, 158, 279, 164, 452, 252, 201, 202, 62, 243, 394, 12345} {
		said := advice(code)
		if seen[said] {
			t.Errorf("code %d has the advice of another", code)
		}
		seen[said] = true
		err := c.explain(fmt.Errorf("x: %w", &exception{code, "own words"}))
		var e *exception
		if !errors.As(err, &e) || !strings.Contains(err.Error(), "own words") || !strings.HasPrefix(err.Error(), "h:1: ") {
			t.Errorf("code %d: %v", code, err)
		}
	}
}

func FuzzParseException(f *testing.F) {
	f.Add([]byte("Code: 60, e.displayText() = DB::Exception: x, e.what() = DB::Exception"))
	f.Add([]byte("Code: 60. DB::Exception: x. (A) (version 1)"))
	f.Add([]byte(strings.Repeat("é", 400)))
	f.Fuzz(func(t *testing.T, body []byte) {
		e := parseException(body)
		if len(e.text) > 310 || !utf8.ValidString(e.text) || strings.ContainsAny(e.text, "\n\r") {
			t.Errorf("%q", e.text)
		}
		if e.code < 0 {
			t.Errorf("code %d", e.code)
		}
	})
}
