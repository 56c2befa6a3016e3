package dataset

import (
	"errors"
	"strings"
	"testing"
)

func TestFilterErrors(t *testing.T) {
	tests := []struct {
		expr string
		at   int // 0: anywhere
		want string
	}{
		{"", 0, "the filter is empty"},
		{" \t\n", 0, "the filter is empty"},
		{"n == \"\xff\"", 0, "UTF-8"},
		{"n > 1" + strings.Repeat(" ", maxFilter), 0, "at most 10000"},
		{strings.Repeat("(", 300) + "n", maxNesting + 1, "nested more than 200 deep"},
		{"n == " + strings.Repeat("-", 300) + "1", 0, "nested more than 200 deep"},
		{strings.Repeat("not ", 300) + "n == 1", 0, "nested more than 200 deep"},
		{"n " + strings.Repeat("+ 1 ", 300) + "> 1", 0, "nested more than 200 deep"},
		{`protocol matches "` + strings.Repeat("a", maxPattern+1) + `"`, 18, "at most 1000"},
		{`protocol matches "(a{1000}){1000}"`, 18, "not a regular expression"},
		{`protocol matches "["`, 18, "missing closing ]"},
		{`protocol = "tcp"`, 10, "write =="},
		{`n > 1 & n < 3`, 7, "write && or and"},
		{`n > 1 | 3`, 9, "write || or or"},
		{`n <> 3`, 4, "write != for unequal"},
		{`n > 1 AND n < 3`, 7, "write and in lower case"},
		{`n > 1 OR n < 3`, 7, "write or in lower case"},
		{`n > `, 5, "ends too early"},
		{`n > (3`, 7, "ends too early"},
		{`n > 3)`, 6, `")" is not expected here`},
		{`n in (1, 2`, 11, "ends too early"},
		{`protocol == "tcp`, 17, "does not end"},
		{`n > 1 @`, 7, "unrecognized character"},
		{`note matches "\d"`, 0, `a backslash in a word is written twice, as in "\\d"`},
		{`n > 99999999999999999999`, 5, "too large"},
		{`n > 1e999`, 5, "too large"},
		{`srcbites > 1`, 1, `did you mean "src_bytes"?`},
		{`n > 1 && (srcbites > 1)`, 11, `no column "srcbites"`},
		{`protocol == tcpip`, 13, `words to compare with go in quotes, as in "tcpip"`},
		{"`no such` > 1", 1, `no column "no such"`},
		{`id.orig_x == "1"`, 1, `did you mean "id.orig_h"`},
		{`src_bytes == "tcp"`, 11, `"src_bytes" is a number; "tcp" is a word`},
		{`"tcp" == src_bytes`, 7, `"src_bytes" is a number; "tcp" is a word`},
		{`5 == "5"`, 3, `5 is a number; "5" is a word`},
		{`src_bytes + "x" > 1`, 11, `"src_bytes" is a number; "x" is a word`},
		{`src_bytes in (1, "x")`, 18, `"src_bytes" is a number; "x" is a word`},
		{`ts > "yesterday"`, 4, `"ts" is a time; "yesterday" is none: write it like 2018-09-21`},
		{`ts == true`, 4, `"ts" is a time; true is a truth value`},
		{`id.orig_h < "10"`, 11, `"id.orig_h" is an address, which has no order`},
		{`id.orig_h == 5`, 11, `"id.orig_h" is an address; 5 is a number`},
		{`id.orig_h in (5)`, 15, `"id.orig_h" is an address; 5 is a number`},
		{`abs(id.orig_h) > 1`, 5, "is an address"},
		{`src_bytes contains "1"`, 1, `"src_bytes" is a number; contains looks into words`},
		{`lower(src_bytes) == "1"`, 7, `"src_bytes" is a number; lower takes a word`},
		{`len(5) == 1`, 5, "5 is a number; len takes a word"},
		{`protocol contains 5`, 19, "contains needs a text in quotes"},
		{`protocol contains note`, 19, "contains needs a text in quotes"},
		{`protocol`, 1, `"protocol" is a word, not a condition`},
		{`ts`, 1, `"ts" is a time, not a condition`},
		{`5`, 1, "5 is a number, not a condition"},
		{`n + 1`, 1, "n + 1 is a number, not a condition"},
		{`"tcp"`, 1, `"tcp" is a word, not a condition`},
		{`n < true`, 3, "true and false have no order"},
		{`(n > 1) == (n > 2)`, 9, "joined with && and ||"},
		{`(n > 1) + 1 > 2`, 9, "this is a condition"},
		{`(n > 1) in (true)`, 2, "this is a condition, which cannot stand before in"},
		{`not 1 < n < 3`, 1, "parentheses"},
		{`not 1 < n < 3 && n > 0`, 1, "parentheses"},
		{`n in 5`, 6, "in needs a list"},
		{`n in 1..5`, 6, "in needs a list"},
		{`n in ()`, 6, "the list is empty"},
		{`n in (1, src_bytes)`, 10, "a list holds words and numbers"},
		{`[1] == n`, 1, "a list that does not stand behind in"},
		{`isnull(5)`, 1, "isnull asks for one column"},
		{`isnull(n, n)`, 1, "isnull asks for one column"},
		{`isnull(nosuch)`, 8, "no column"},
		{`abs(n, 1) > 0`, 1, "abs takes one value, not 2"},
		{`sqrt(n) > 0`, 1, "there is no function sqrt; there are abs, log1p, len, lower and isnull"},
		{`count(n, true) > 0`, 1, "there is no function count"},
		{`n == nil`, 6, "isnull(column)"},
		{`n ? true : false`, 0, "not part of the filter language"},
		{`if n > 1 { true } else { false }`, 0, "not part of the filter language"},
		{`let x = 1; x > 0`, 0, "not part of the filter language"},
		{`(n ?? 1) > 0`, 2, "the operator ?? is not part"},
		{`{"a": 1} == 1`, 1, "not part of the filter language"},
		{`note[0] == "a"`, 1, "not part of the filter language"},
		{`note["a"] == "a"`, 1, "not part of the filter language"},
		{`n?.a == 1`, 0, "not part of the filter language"},
		{`b"abc" == n`, 1, "not part of the filter language"},
	}
	table := tableOf(t, openFilterData(t))
	for _, tt := range tests {
		_, err := CompileFilter(tt.expr, table.Schema())
		if err == nil {
			t.Errorf("%.60q compiles, want an error", tt.expr)
			continue
		}
		if !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%.60q: %v\nwant %q", tt.expr, err, tt.want)
		}
		var place *FilterError
		if errors.As(err, &place) && tt.at > 0 && place.At != tt.at {
			t.Errorf("%.60q is wrong at character %d, want %d: %v", tt.expr, place.At, tt.at, err)
		}
	}
}

func TestFilterErrorShowsThePlace(t *testing.T) {
	tests := []struct{ expr, want string }{
		{
			`protocol == "tcp" && srcbites > 1`,
			"the filter is wrong at character 22: no column \"srcbites\"; did you mean \"src_bytes\"?\n" +
				"  protocol == \"tcp\" && srcbites > 1\n" +
				"                       ^",
		},
		{
			"note == \"é\"\n&& srcbites > 1",
			"the filter is wrong at character 16: no column \"srcbites\"; did you mean \"src_bytes\"?\n" +
				"  note == \"é\" && srcbites > 1\n" +
				"                 ^",
		},
		{
			strings.Repeat("n == 1 || ", 10) + "srcbites > 1" + strings.Repeat(" || n == 1", 10),
			"the filter is wrong at character 101: no column \"srcbites\"; did you mean \"src_bytes\"?\n" +
				"  …" + strings.Repeat("n == 1 || ", 5) + "srcbites > 1 || n == 1…\n" +
				"   " + strings.Repeat(" ", 50) + "^",
		},
	}
	s := openFilterData(t).Schema()
	for _, tt := range tests {
		_, err := CompileFilter(tt.expr, s)
		if err == nil || err.Error() != tt.want {
			t.Errorf("got\n%v\nwant\n%s", err, tt.want)
		}
		var name *NameError
		if !errors.As(err, &name) || name.Name != "srcbites" {
			t.Errorf("%v is not a *NameError", err)
		}
	}
}
