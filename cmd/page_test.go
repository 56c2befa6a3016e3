package cmd

import (
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/netanom/netanom/internal/check"
)

// browser finds a browser for the tests of the page. Without one they are
// skipped, but not where a continuous integration asks for them.
func browser(t *testing.T) string {
	t.Helper()
	check.Long(t)
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("there is no chromium to open the page with")
	}
	t.Skip("there is no chromium to open the page with")
	return ""
}

// dump opens a file in the browser, without a network, and returns the document
// as it stands after loading.
func dump(t *testing.T, path string) string {
	t.Helper()
	abs, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), browser(t), "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
		"--host-resolver-rules=MAP * ~NOTFOUND", "--user-data-dir="+t.TempDir(), "--allow-file-access-from-files",
		"--virtual-time-budget=10000", "--dump-dom", "file://"+abs)
	c.WaitDelay = 5 * time.Second
	out, err := c.Output()
	if err != nil {
		t.Fatalf("the browser: %v", err)
	}
	return string(out)
}

var (
	policy  = regexp.MustCompile(`<meta http-equiv="Content-Security-Policy"[^>]*>`)
	address = regexp.MustCompile(`(?i)(https?:)?//[a-z0-9.-]+\.[a-z]{2,}`)
	titled  = regexp.MustCompile(`<title>([^<]*)</title>`)
	section = regexp.MustCompile(`<section[^>]*\sid="([^"]+)"`)
)

// TestPage opens the index page in a browser.
func TestPage(t *testing.T) {
	browser(t)
	inTestdata(t)
	run(t, "eda", "traffic.csv", "--quiet")
	page := read(t, "report/index.html")
	if found := address.FindString(page); found != "" {
		t.Errorf("the page names an address: %s", found)
	}
	for _, outside := range []string{"src=\"/", "href=\"/", "@import", "url(http"} {
		if strings.Contains(page, outside) {
			t.Errorf("the page asks for something outside: %s", outside)
		}
	}
	loaded := dump(t, "report/index.html")
	var sections []string
	for _, m := range section.FindAllStringSubmatch(loaded, -1) {
		sections = append(sections, m[1])
	}
	for _, want := range []string{"overview", "numbers", "levels", "missing", "corr_pearson", "outliers"} {
		if !strings.Contains(strings.Join(sections, " "), want) {
			t.Errorf("there is no section %s among %v", want, sections)
		}
	}
	if pictures := strings.Count(loaded, "<svg") + strings.Count(loaded, "src=\"data:image"); pictures < 10 {
		t.Errorf("the page shows only %d pictures", pictures)
	}
	if rows := strings.Count(loaded, "<tr"); rows < 100 {
		t.Errorf("the page shows only %d rows of tables", rows)
	}
}

// probe runs in a copy of the page inside a narrow frame. It tells the frame's
// parent how wide the page is, what sticks out on the right without being inside
// something that scrolls by itself, and what went wrong in the page's script.
const probe = `<script>
const wrong = [];
addEventListener("error", e => wrong.push(e.message));
addEventListener("load", () => {
  const scrolls = e => e && e !== document.body && (getComputedStyle(e).overflowX !== "visible" || scrolls(e.parentElement));
  const out = [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1 && !scrolls(e.parentElement));
  const broken = [...document.images].filter(i => !i.complete || i.naturalWidth === 0).length;
  parent.postMessage([document.documentElement.scrollWidth, innerWidth, broken, wrong.join("; "),
    out.slice(0, 3).map(e => e.tagName + "." + e.className).join(" ")].join("|"), "*");
});
</script>`

// TestPageFitsNarrowWindow opens the page as wide as a telephone.
func TestPageFitsNarrowWindow(t *testing.T) {
	browser(t)
	inTestdata(t)
	run(t, "eda", "traffic.csv", "--quiet")
	run(t, "corr", "traffic.csv", "--method", "cramers", "--quiet")
	for _, line := range []string{"train traffic.csv --algo tree,nb --out nb.netanom", "evaluate later.csv --model nb.netanom", "predict later.csv --model nb.netanom",
		"explain later.csv --model nb.netanom --repeats 2", "tune traffic.csv --algo tree --trials 3"} {
		run(t, oneCommand(t, line+" --quiet")...)
	}
	page := policy.ReplaceAllString(read(t, "report/index.html"), "")
	page = strings.Replace(page, "<head>", "<head>"+probe, 1)
	write(t, "copy.html", page)
	write(t, "frame.html", `<!DOCTYPE html><title>nothing was heard</title>
<script>addEventListener("message", e => { document.title = e.data })</script>
<iframe src="copy.html" style="width: 400px; height: 800px; border: 0"></iframe>`)
	m := titled.FindStringSubmatch(dump(t, "frame.html"))
	if m == nil {
		t.Fatal("the frame has no title")
	}
	said := strings.Split(html.UnescapeString(m[1]), "|")
	if len(said) != 5 {
		t.Fatalf("the page says %q", m[1])
	}
	width, err := strconv.Atoi(said[0])
	if err != nil || width > 400 || said[1] != "400" || said[4] != "" {
		t.Errorf("in a window of %s pixels the page is %s wide; out of it stand %s", said[1], said[0], said[4])
	}
	if said[2] != "0" {
		t.Errorf("%s pictures cannot be shown", said[2])
	}
	if said[3] != "" {
		t.Errorf("the page's script fails: %s", said[3])
	}
}
