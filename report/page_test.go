package report

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func indexPage(t *testing.T, docs ...Document) string {
	t.Helper()
	dir := t.TempDir()
	mustWriteDir(t, dir, docs...)
	page, err := os.ReadFile(filepath.Join(dir, indexHTML))
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// The hashes in the policy are those of the style and the script in the page;
// otherwise a browser would refuse both.
func TestPolicyAllowsThePageItself(t *testing.T) {
	page := indexPage(t, edaDocument())
	policy := html.UnescapeString(regexp.MustCompile(`Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(page)[1])
	for directive, element := range map[string]string{"style-src": "style", "script-src": "script"} {
		found := regexp.MustCompile(`(?s)<`+element+`>(.*?)</`+element+`>`).FindAllStringSubmatch(page, -1)
		if len(found) != 1 {
			t.Fatalf("%d %s elements, want 1", len(found), element)
		}
		sum := sha256.Sum256([]byte(found[0][1]))
		want := directive + " 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
		if !strings.Contains(policy, want) {
			t.Errorf("the policy %q lacks %q", policy, want)
		}
	}
	for _, want := range []string{"default-src 'none'", "img-src data:", "base-uri 'none'", "form-action 'none'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy lacks %q", want)
		}
	}
}

// The page asks for nothing from outside, and its links lead to files of the
// report.
func TestPageIsOffline(t *testing.T) {
	dir := t.TempDir()
	mustWriteDir(t, dir, edaDocument(), ttestDocument())
	files := tree(t, dir)
	page := files[indexHTML]
	if strings.Contains(page, "http://") || strings.Contains(page, "https://") {
		t.Error("the page names an address outside")
	}
	for _, m := range regexp.MustCompile(`(?:href|src)="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		switch target := m[1]; {
		case strings.HasPrefix(target, "data:image/"):
		case strings.HasPrefix(target, "#"):
			if !strings.Contains(page, `id="`+target[1:]+`"`) {
				t.Errorf("nothing has the id of the link %q", target)
			}
		default:
			if _, ok := files[target]; !ok {
				t.Errorf("there is no file %q", target)
			}
		}
	}
	if n := strings.Count(page, `src="data:image/png;base64,`); n != 2 {
		t.Errorf("%d pictures in the page, want 2", n)
	}
}

func TestHostileTextStaysTextInThePage(t *testing.T) {
	page := indexPage(t, hostileDocument())
	if n := strings.Count(page, "<script"); n != 1 {
		t.Errorf("%d scripts", n)
	}
	if n := strings.Count(page, "<style"); n != 1 {
		t.Errorf("%d styles", n)
	}
	if n := strings.Count(page, "<img "); n != len(hostile) {
		t.Errorf("%d pictures, want %d", n, len(hostile))
	}
	for _, tag := range regexp.MustCompile(`<[a-zA-Z][^>]*>`).FindAllString(page, -1) {
		attributes := regexp.MustCompile(`"[^"]*"`).ReplaceAllString(tag, `""`)
		if regexp.MustCompile(`(?i)\son[a-z]+\s*=|\sstyle\s*=|[<']`).MatchString(attributes[1:]) {
			t.Errorf("a tag that data have opened: %s", tag)
		}
		if regexp.MustCompile(`(?i)(href|src)="\s*javascript:`).MatchString(tag) {
			t.Errorf("a script in a link: %s", tag)
		}
	}
	for _, r := range page {
		if r != '\n' && hidden(r) {
			t.Fatalf("the page holds %U", r)
		}
	}
}

func TestLongTablesAreFoldedAndCut(t *testing.T) {
	table := describeTable(3000)
	page := indexPage(t, Document{Command: "describe", Sections: []Section{{ID: "describe", Tables: []Table{table}}}})
	shown := rowLimit(table)
	if n := strings.Count(page, `<th scope="row">`); n != shown || shown >= 3000 {
		t.Errorf("%d rows in the page, want %d", n, shown)
	}
	for _, want := range []string{
		"3,000 rows × 17 columns",
		fmt.Sprintf("Show all %d rows", shown),
		fmt.Sprintf("the first %d of 3,000 rows are in this page", shown),
		`<a href="tables/describe/describe.csv">CSV</a>`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	short := indexPage(t, Document{Command: "describe", Sections: []Section{{ID: "describe", Tables: []Table{describeTable(12)}}}})
	if strings.Contains(short, "Show all") {
		t.Error("a short table is folded")
	}
}

// noise is a picture that cannot be made smaller.
func noise(seed uint64, size int) NamedFigure {
	random := rand.New(rand.NewPCG(seed, 0))
	content := make([]byte, size)
	for i := range content {
		content[i] = byte(random.Uint32())
	}
	name := fmt.Sprintf("figure_%d", seed)
	return NamedFigure{Name: name, Title: name, Alt: "noise", Figure: drawing{png: string(content), svg: strings.Repeat("x", 10*size)}}
}

func TestPageStaysBelowTwoMegabytes(t *testing.T) {
	for _, size := range []int{16_000, 40_000} {
		var docs []Document
		for d := range 3 {
			doc := Document{Command: fmt.Sprintf("command%d", d)}
			for s := range 2 {
				section := Section{ID: fmt.Sprintf("section%d_%d", d, s), Tables: []Table{describeTable(45)}}
				for f := range 10 {
					section.Figures = append(section.Figures, noise(uint64(100*d+10*s+f), size))
				}
				doc.Sections = append(doc.Sections, section)
			}
			docs = append(docs, doc)
		}
		page := indexPage(t, docs...)
		if len(page) > 2_000_000 {
			t.Errorf("pictures of %d bytes: the page takes %d", size, len(page))
		}
		inside := strings.Count(page, "<img ")
		if inside < 20 || size == 16_000 && inside != 60 {
			t.Errorf("pictures of %d bytes: %d are in the page", size, inside)
		}
		if links := strings.Count(page, `<p class="note"><a href="figures/`); inside+links != 60 {
			t.Errorf("%d pictures and %d links for 60 figures", inside, links)
		}
	}
}

func TestSVGWhereOnlyThatFits(t *testing.T) {
	v := &pageView{Parts: []partView{{Sections: []sectionView{{Figures: []figureView{{File: "a.svg"}}}}}}}
	v.embed(100, func(name string) []byte {
		return map[string][]byte{"a.svg": []byte("<svg/>"), "a.png": make([]byte, 200)}[name]
	})
	if got := v.Parts[0].Sections[0].Figures[0].Source; !strings.HasPrefix(string(got), "data:image/svg+xml;base64,") {
		t.Errorf("the picture is %q", got)
	}
}

// With several files the page says which part is about which.
func TestPartsNameTheirData(t *testing.T) {
	other := ttestDocument()
	other.Data.Path = "KDDTest+.txt"
	page := indexPage(t, edaDocument(), other)
	for _, want := range []string{"<h1>Report</h1>", "<li>KDDTrain+.txt.gz</li>", "<li>KDDTest+.txt</li>"} {
		if !strings.Contains(html.UnescapeString(page), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if page := indexPage(t, edaDocument()); !strings.Contains(html.UnescapeString(page), "<h1>KDDTrain+.txt.gz</h1>") {
		t.Error("the page of one file is not headed by it")
	}
}
