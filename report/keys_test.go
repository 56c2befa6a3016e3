package report

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the files that the tests compare with")

// TestKeysDocument holds the page of keys to the glossary.
func TestKeysDocument(t *testing.T) {
	const path = "../docs/json.md"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, _, found := strings.Cut(string(text), "## Keys\n")
	if !found {
		t.Fatalf("%s has no section of keys", path)
	}
	var b strings.Builder
	b.WriteString(head + "## Keys\n\n| key | kind | unit | meaning |\n|---|---|---|---|\n")
	for _, c := range Glossary() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", c.Key, c.Kind, c.Unit, c.Help)
	}
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if b.String() != string(text) {
		t.Errorf("%s does not list the glossary as it is; run go test ./report -run KeysDocument -update", path)
	}
}
