package dashboard

import (
	"embed"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/tdewolff/minify/v2"
	"github.com/tdewolff/minify/v2/js"
)

//go:embed assets/*.js assets/panels/*.js assets/page.html assets/page.css
var assets embed.FS

var (
	importLine = regexp.MustCompile(`(?m)^import \{([^}]*)\} from "(\.[./\w-]*\.js)";\n`)
	exportLine = regexp.MustCompile(`(?m)^export (async function\*?|function\*?|class|const) +([\w$]+)`)
)

// A linker joins modules into one script: each becomes a function that returns what it
// exports, behind those that it imports from. It knows the few forms of import and export
// that the modules keep to (a test holds them to it), and no more of the language.
type linker struct {
	read func(name string) ([]byte, error)
	out  strings.Builder
	done []string
	open []string // being linked, to find imports that go round in a circle
}

// features are what a page has that others do not need the script of.
type features struct{ places, countries, verdicts, live, sample bool }

// The modules that take the place of those of features that a page does not have.
const (
	noWorld     = "export const frame = { width: 0, height: 0, turn: 0, scale: 0, x: 0, y: 0 };\nexport const world = [];\n"
	noOrigin    = "import { nowhere } from \"./nowhere.js\";\nexport const origin = nowhere;\n"
	noThreshold = "export function threshold() {}\n"
	noSample    = "export class ExactEngine {}\nexport function marked() {}\n"
	noLive      = "export function live() {}\n"
)

// module reads a module of the page.
func (f features) module(name string) ([]byte, error) {
	switch {
	case name == "world.js" && !f.countries:
		return []byte(noWorld), nil
	case name == "panels/origin.js" && !f.places:
		return []byte(noOrigin), nil
	case name == "panels/threshold.js" && !f.verdicts:
		return []byte(noThreshold), nil
	case name == "exact.js" && !f.sample:
		return []byte(noSample), nil
	case name == "live.js" && !f.live:
		return []byte(noLive), nil
	}
	return assets.ReadFile("assets/" + name)
}

// script links the page's modules from the one that begins.
func script(entry string, f features) (string, error) {
	l := &linker{read: f.module}
	if err := l.add(entry); err != nil {
		return "", err
	}
	text, err := minified("\"use strict\";(() => {\n" + l.out.String() + "})();\n")
	if err != nil {
		return "", err
	}
	for _, end := range []string{"</script", "<!--", "<script"} {
		if strings.Contains(strings.ToLower(text), end) {
			return "", fmt.Errorf("the script of the page holds %q, which would end it", end)
		}
	}
	return text, nil
}

// minified is a script in less room: without notes, and with short names for what is local.
func minified(text string) (string, error) {
	const kind = "text/javascript"
	m := minify.New()
	m.AddFunc(kind, js.Minify)
	out, err := m.String(kind, text)
	if err != nil {
		return "", fmt.Errorf("the page's script cannot be written: %w", err)
	}
	return out, nil
}

// add appends a module behind those that it imports from.
func (l *linker) add(name string) error {
	if slices.Contains(l.done, name) {
		return nil
	}
	if slices.Contains(l.open, name) {
		return fmt.Errorf("modules import each other in a circle: %s, %s", strings.Join(l.open, ", "), name)
	}
	source, err := l.read(name)
	if err != nil {
		return err
	}
	l.open = append(l.open, name)
	text := string(source)
	for _, m := range importLine.FindAllStringSubmatch(text, -1) {
		if err := l.add(path.Join(path.Dir(name), m[2])); err != nil {
			return err
		}
	}
	l.open = l.open[:len(l.open)-1]
	l.done = append(l.done, name)
	l.out.WriteString(wrapped(name, text))
	return nil
}

// wrapped is a module as a function.
func wrapped(name, text string) string {
	var exports []string
	for _, m := range exportLine.FindAllStringSubmatch(text, -1) {
		exports = append(exports, m[2])
	}
	text = importLine.ReplaceAllStringFunc(text, func(line string) string {
		m := importLine.FindStringSubmatch(line)
		return "const {" + strings.ReplaceAll(m[1], " as ", ": ") + "} = " + variable(path.Join(path.Dir(name), m[2])) + ";\n"
	})
	text = exportLine.ReplaceAllString(text, "$1 $2")
	return "const " + variable(name) + " = (() => {\n" + text + "return { " + strings.Join(exports, ", ") + " };\n})();\n"
}

// variable is what holds a module's exports.
func variable(name string) string {
	return "$" + strings.NewReplacer("/", "_", "-", "_", ".js", "").Replace(name)
}
