package report

import (
	"path"
	"regexp"
	"strings"
	"testing"
)

func TestFileName(t *testing.T) {
	for _, name := range []string{"describe", "src_bytes", "a-b", "q99", "com10"} {
		if got := fileName(name); got != name {
			t.Errorf("fileName(%q) = %q", name, got)
		}
	}
	safe := regexp.MustCompile(`^[a-z0-9_-]{0,60}\.[0-9a-f]{16}$`)
	for _, name := range []string{
		"", ".", "..", "../../etc/passwd", "a/b", `a\b`, "C:", "con", "NUL", "lpt1", "SF", "sf ", "Flow Duration",
		"日本", "a\x00b", ".hidden", "x.", strings.Repeat("a", 61), "\x1b[31m", "*?", "a\u202eb",
	} {
		if got := fileName(name); !safe.MatchString(got) || path.Base(got) != got {
			t.Errorf("fileName(%q) = %q", name, got)
		}
	}
}

// Names that differ never share a file, on file systems that ignore case either.
func TestNamesDoNotCollide(t *testing.T) {
	used := map[string]string{}
	for _, name := range []string{"SF", "sf", "Sf", "s f", "s_f", "s-f", "s.f", "s/f", "", "_", "-", "日", "本", "con", "CON", "con."} {
		file := strings.ToLower(fileName(name))
		if other, ok := used[file]; ok {
			t.Errorf("%q and %q share %q", name, other, file)
		}
		used[file] = name
	}
	figures := map[string]bool{}
	for _, pair := range [][2]string{{"a", "b-c"}, {"a-b", "c"}, {"a_b", "c"}, {"a", "b_c"}, {"A", "b-c"}, {"", "a-b-c"}, {"a-b-c", ""}} {
		figures[figureName(pair[0], pair[1])] = true
	}
	if len(figures) != 7 {
		t.Errorf("%d names of 7 figures: %v", len(figures), figures)
	}
	if commandName("test ttest") != "test-ttest" || commandName("test-ttest") == "test-ttest" || commandName("a b.") == commandName("a-b.") {
		t.Errorf("commands: %q %q %q %q", commandName("test ttest"), commandName("test-ttest"), commandName("a b."), commandName("a-b."))
	}
}

// A name that is not UTF-8 is stored in escapes, and leads to the same files.
func TestNamesThatAreNotUTF8(t *testing.T) {
	name := "Web Attack \x96 XSS" // as the labels of CIC-IDS2017 are spelled
	if fileName(name) != fileName(utf8Text(name)) || sectionName(name) != sectionName(utf8Text(name)) || commandName(name) != commandName(utf8Text(name)) {
		t.Error("a name and its stored form differ")
	}
	if fileName(name) == fileName("Web Attack \x97 XSS") {
		t.Error("two names share a file")
	}
}
