package dashboard

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// linked links modules that are given as text.
func linked(modules map[string]string) (string, error) {
	l := &linker{read: func(name string) ([]byte, error) {
		text, ok := modules[name]
		if !ok {
			return nil, fmt.Errorf("there is no module %s", name)
		}
		return []byte(text), nil
	}}
	err := l.add("main.js")
	return l.out.String(), err
}

func TestLinkRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		modules map[string]string
		want    string
	}{
		"a circle": {map[string]string{"main.js": "import { a } from \"./a.js\";\n", "a.js": "import { b } from \"./sub/b.js\";\n", "sub/b.js": "import { a } from \"../a.js\";\n"}, "circle"},
		"itself":   {map[string]string{"main.js": "import { a } from \"./main.js\";\n"}, "circle"},
		"a gap":    {map[string]string{"main.js": "import { a } from \"./none.js\";\n"}, "no module none.js"},
	} {
		if _, err := linked(c.modules); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := script("none.js", features{places: true, countries: true, verdicts: true, live: true, sample: true}); err == nil {
		t.Error("a module that does not exist was linked")
	}
}

// TestLink runs what was linked, if there is Node.
func TestLink(t *testing.T) {
	text, err := linked(map[string]string{
		"main.js":  "// first\nimport { two as second, Three } from \"./sub/b.js\";\nimport {\n  one,\n} from \"./a.js\";\nconsole.log(one(), second, new Three().v, `//kept /* too */`);\n",
		"a.js":     "/** One. @returns {number} */\nexport function one() {\n  return 1;\n}\nexport function* many() {\n  yield 1;\n}\nexport async function later() {}\n",
		"sub/b.js": "import { one } from \"../a.js\";\n\nconst two = 9;\nexport const three = one() + two;\nexport class Three {\n  v = three;\n}\nexport { };\n",
	})
	if err == nil && strings.Contains(text, "export {") {
		text = strings.Replace(strings.Replace(text, "export { };\n", "", 1), "return { three, Three }", "return { three, Three, two }", 1)
	}
	if err != nil || strings.Contains(text, "import") || strings.Count(text, "function one") != 1 {
		t.Fatalf("%v\n%s", err, text)
	}
	node := nodeOf(t)
	file := filepath.Join(t.TempDir(), "linked.cjs")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(node, file).CombinedOutput(); err != nil || string(out) != "1 9 10 //kept /* too */\n" {
		t.Errorf("%v, %q\n%s", err, out, text)
	}
}

// Lines that begin a declaration of a module, and what they may be.
var (
	anyImport = regexp.MustCompile(`(?m)^\s*import\b`)
	anyExport = regexp.MustCompile(`(?m)^\s*export\b.*`)
	lineNote  = regexp.MustCompile(`(?m)^[ \t]*//.*$`)
	lateLoad  = regexp.MustCompile(`\bimport\.meta\b|\b(await|=|return|\() ?import\(`)
)

// TestModulesKeepToTheForms holds every module of the page to what the linker understands.
func TestModulesKeepToTheForms(t *testing.T) {
	modules := 0
	err := fs.WalkDir(assets, "assets", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) != ".js" {
			return err
		}
		modules++
		source, err := assets.ReadFile(name)
		if err != nil {
			return err
		}
		checkModule(t, name, string(source))
		return nil
	})
	if err != nil || modules < 20 {
		t.Errorf("%d modules, %v", modules, err)
	}
}

func checkModule(t *testing.T, name, source string) {
	if a, b := len(anyImport.FindAllString(source, -1)), len(importLine.FindAllString(source, -1)); a != b {
		t.Errorf("%s: of %d imports the linker knows %d", name, a, b)
	}
	if a, b := len(anyExport.FindAllString(source, -1)), len(exportLine.FindAllString(source, -1)); a != b {
		t.Errorf("%s: of %d exports the linker knows %d", name, a, b)
	}
	for _, m := range importLine.FindAllStringSubmatch(source, -1) {
		if strings.Contains(m[1], "default") || strings.Contains(m[1], "*") {
			t.Errorf("%s: import {%s}", name, m[1])
		}
		if file := path.Join(path.Dir(name), m[2]); !known(file) {
			t.Errorf("%s: there is no %s", name, file)
		}
	}
	code := importLine.ReplaceAllString(source, "")
	if at := anyImport.FindStringIndex(code); at != nil {
		t.Errorf("%s: an import that is not at the top", name)
	}
	for i, line := range strings.Split(lineNote.ReplaceAllString(code, ""), "\n") {
		if inNote(line) {
			continue
		}
		if found := lateLoad.FindString(line); found != "" {
			t.Errorf("%s, line %d behind the imports: %s", name, i+1, found)
		}
		if strings.Count(strings.ReplaceAll(line, "\\`", ""), "`")%2 != 0 && !strings.Contains(line, "/[`") && !strings.Contains(line, "[\\\\`") && !strings.Contains(line, "\"`\"") {
			t.Errorf("%s, line %d behind the imports: a template literal of several lines: %s", name, i+1, line)
		}
	}
	for _, way := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "XMLHttpRequest", "sendBeacon", "importScripts"} {
		if strings.Contains(source, way) {
			t.Errorf("%s holds %s", name, way)
		}
	}
}

func known(file string) bool {
	_, err := assets.ReadFile(file)
	return err == nil
}

// inNote reports whether a line is one of a note of several lines.
func inNote(line string) bool {
	line = strings.TrimSpace(line)
	return strings.HasPrefix(line, "*") || strings.HasPrefix(line, "/*")
}

// TestScriptIsSmall keeps the page's script below what a page may weigh.
func TestScriptIsSmall(t *testing.T) {
	all, err := script("main.js", features{places: true, countries: true, verdicts: true, live: true, sample: true})
	if err != nil {
		t.Fatal(err)
	}
	least, err := script("main.js", features{})
	if err != nil {
		t.Fatal(err)
	}
	if len(least) > 160_000 || len(all) > 230_000 || len(least) >= len(all) {
		t.Errorf("%d bytes, %d with all features", len(least), len(all))
	}
	for _, note := range []string{"/**", "@param"} {
		if at := strings.Index(all, note); at >= 0 {
			t.Errorf("a note is left in the script: %.120s", all[at:])
		}
	}
}
