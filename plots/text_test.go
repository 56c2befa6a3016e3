package plots

import (
	"math"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestNumbers(t *testing.T) {
	tests := []struct{ got, want string }{
		{count(0), "0"},
		{count(999), "999"},
		{count(1000), "1,000"},
		{count(25192), "25,192"},
		{count(-1234567), "−1,234,567"},
		{count(math.MinInt64), "−9,223,372,036,854,775,808"},
		{percent(0), "0%"},
		{percent(1), "100%"},
		{percent(0.0001), "<0.1%"},
		{percent(0.99999), ">99.9%"},
		{percent(0.4567), "45.7%"},
		{percent(math.NaN()), "–"},
		{short(0), "0"},
		{short(1), "1"},
		{short(0.05), "0.05"},
		{short(-0.123456), "−0.123"},
		{short(276), "276"},
		{short(1500), "1.5k"},
		{short(381709090), "382M"},
		{short(1e9), "1G"},
		{short(1e-7), "1e−07"},
		{short(2e21), "2e+21"},
		{onAxis(2500, 500, 9000), "2,500"},
		{onAxis(2500, 500, 10000), "2.5k"},
		{onAxis(-0.5, 0.25, 1), "−0.50"},
		{onAxis(-1500.5, 0.5, 2000), "−1,500.5"},
	}
	for _, test := range tests {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}

// hostile are labels that try to break a figure.
var hostile = []string{
	`</script><b onload="x">&"'`,
	strings.Repeat("a very long label ", 100),
	strings.Repeat("unbroken", 100),
	"日本語のラベル",
	"🙂 emoji 👩‍💻",
	"e\u0301 combining",
	"line\nbreak\tand\rmore",
	"\x00\x1b[31mcontrol\x7f",
	"right\u202eleft",
	"invalid \xff\xfe bytes",
	"]]><!-- <?xml",
	`style="font-family:Liberation Sans;`,
	"\ufffe\uffff noncharacters",
	"",
	" ",
}

func TestClean(t *testing.T) {
	tests := []struct{ text, want string }{
		{"src_bytes", "src_bytes"},
		{"  a \n\t b  ", "a b"},
		{"\x00\x1b[31mred\x7f", "[31mred"},
		{"right\u202eleft", "rightleft"},
		{"bad \xff\xfe bytes", "bad bytes"},
		{"日本 🙂", "日本 🙂"},
		{"\ufffe", ""},
	}
	for _, test := range tests {
		if got := clean(test.text); got != test.want {
			t.Errorf("clean(%q) = %q, want %q", test.text, got, test.want)
		}
	}
	if got := utf8.RuneCountInString(clean(strings.Repeat("é ", 10000))); got > maxRunes+1 {
		t.Errorf("%d characters are kept", got)
	}
}

func TestFit(t *testing.T) {
	for _, text := range hostile {
		text = clean(text)
		for _, width := range []float64{0, 3, 20, 77.7, 300, 1e6} {
			for name, got := range map[string]string{"fit": fit(labelText, text, width), "fitEnd": fitEnd(labelText, text, width)} {
				if w := labelText.width(got); w > width {
					t.Errorf("%s(%q, %v) is %v wide", name, text, width, w)
				}
				if labelText.width(text) <= width && got != text {
					t.Errorf("%s(%q, %v) = %q, though there is room", name, text, width, got)
				}
			}
			for _, line := range wrap(titleText, text, width, 3) {
				if w := titleText.width(line); w > width {
					t.Errorf("a line of wrap(%q, %v) is %v wide", text, width, w)
				}
			}
		}
	}
	name := "dst_host_srv_diff_host_rate"
	got := fit(tickText, name, tickText.width(name)-20)
	if !strings.HasPrefix(got, "dst_host_srv") || !strings.HasSuffix(got, "_rate") || !strings.Contains(got, "…") {
		t.Errorf("fit shortened %q to %q", name, got)
	}
}

func TestBalance(t *testing.T) {
	text := "Over TCP most attacks send nothing; over ICMP they send more than normal traffic"
	lines := balance(titleText, text, 600, 3)
	if len(lines) != 2 || strings.Join(lines, " ") != text {
		t.Fatalf("balance = %q", lines)
	}
	if a, b := titleText.width(lines[0]), titleText.width(lines[1]); math.Abs(a-b) > 100 {
		t.Errorf("the lines %q are %v and %v wide", lines, a, b)
	}
}
