package report

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func testManifest() Manifest {
	return Manifest{
		Started:  time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		Finished: time.Date(2026, 1, 2, 3, 4, 6, 0, time.UTC),
		Versions: []Option{{"netanom", "1.0.0"}, {"go", "1.26"}},
		Inputs:   []Input{{Path: "KDDTrain+.txt.gz", SHA256: "7ea8", Bytes: 42}},
		Seed:     7,
	}
}

func ttestDocument() Document {
	return Document{
		Version: "1.0.0", Command: "test ttest", Data: kddData(),
		Sections: []Section{{ID: "ttest", Title: "Difference in means", Tables: []Table{Results("ttest", "Attack against normal", welch(), tinyResult())}, Figures: []NamedFigure{figure("src_bytes")}}},
	}
}

func mustWriteDir(t *testing.T, dir string, docs ...Document) {
	t.Helper()
	for _, doc := range docs {
		if err := WriteDir(context.Background(), dir, doc, testManifest()); err != nil {
			t.Fatalf("WriteDir(%s): %v", doc.Command, err)
		}
	}
}

// tree returns every file of a directory by its path.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(name)] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func fileNames(files map[string]string) []string {
	var out []string
	for name := range files {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

func equalTrees(t *testing.T, got, want map[string]string, except ...string) {
	t.Helper()
	if !slices.Equal(fileNames(got), fileNames(want)) {
		t.Fatalf("files %q, want %q", fileNames(got), fileNames(want))
	}
	for name := range want {
		if got[name] != want[name] && !slices.Contains(except, name) {
			t.Errorf("%s differs", name)
		}
	}
}

func TestWriteDirAccumulates(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "report")
	mustWriteDir(t, dir, edaDocument(), ttestDocument())
	files := tree(t, dir)
	want := []string{
		"figures/overview-labels.png", "figures/overview-labels.svg",
		"figures/ttest-src_bytes.png", "figures/ttest-src_bytes.svg",
		"index.html", "index.md", "manifest.json",
		"results/eda.json", "results/test-ttest.json",
		"sections/eda.json", "sections/test-ttest.json",
		"tables/describe/describe.csv", "tables/overview/labels.csv", "tables/ttest/ttest.csv",
	}
	if !slices.Equal(fileNames(files), want) {
		t.Errorf("files %q, want %q", fileNames(files), want)
	}
	for _, page := range []string{"index.html", "index.md"} {
		for _, title := range []string{"Overview", "Descriptive statistics", "Difference in means"} {
			if !strings.Contains(files[page], title) {
				t.Errorf("%s lacks %q", page, title)
			}
		}
	}
	if files["figures/overview-labels.png"] != "png of labels" || !strings.HasPrefix(files["tables/overview/labels.csv"], "label,n,share\n") {
		t.Error("a figure or a table is not what was written")
	}
}

func TestManifestListsEveryFile(t *testing.T) {
	dir := t.TempDir()
	mustWriteDir(t, dir, edaDocument(), ttestDocument())
	files := tree(t, dir)
	manifest, err := readManifest([]byte(files[manifestName]))
	if err != nil {
		t.Fatal(err)
	}
	var listed []string
	for _, f := range manifest.Files {
		listed = append(listed, f.Path)
		sum := sha256.Sum256([]byte(files[f.Path]))
		if f.SHA256 != hex.EncodeToString(sum[:]) || f.Bytes != int64(len(files[f.Path])) {
			t.Errorf("%s is not what the manifest lists", f.Path)
		}
	}
	delete(files, manifestName)
	if !slices.Equal(listed, fileNames(files)) {
		t.Errorf("listed %q, want %q", listed, fileNames(files))
	}
	if len(manifest.Runs) != 2 || manifest.Runs[0].Command != "eda" || manifest.Runs[1].Seed != 7 {
		t.Errorf("runs %+v", manifest.Runs)
	}
	if strings.Contains(tree(t, dir)[manifestName], dir) {
		t.Error("the manifest names a path of the machine")
	}
}

// Same documents, same files, in any order and with any clock.
func TestWriteDirIsDeterministic(t *testing.T) {
	first, second, third := t.TempDir(), t.TempDir(), t.TempDir()
	mustWriteDir(t, first, edaDocument(), ttestDocument())
	mustWriteDir(t, second, ttestDocument(), edaDocument())
	mustWriteDir(t, third, edaDocument(), ttestDocument(), edaDocument())
	equalTrees(t, tree(t, second), tree(t, first))
	equalTrees(t, tree(t, third), tree(t, first))

	later := testManifest()
	later.Started = later.Started.Add(time.Hour)
	if err := WriteDir(context.Background(), second, edaDocument(), later); err != nil {
		t.Fatal(err)
	}
	equalTrees(t, tree(t, second), tree(t, first), manifestName)
}

func TestWriteDirReplacesACommand(t *testing.T) {
	dir := t.TempDir()
	mustWriteDir(t, dir, edaDocument(), ttestDocument())
	again := edaDocument()
	again.Sections = again.Sections[:1]
	again.Sections[0].Figures = []NamedFigure{figure("other")}
	mustWriteDir(t, dir, again)
	files := tree(t, dir)
	for _, gone := range []string{"figures/overview-labels.png", "figures/overview-labels.svg", "tables/describe/describe.csv"} {
		if _, ok := files[gone]; ok {
			t.Errorf("%s of the earlier run is still there", gone)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "tables", "describe")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an empty directory is left: %v", err)
	}
	if strings.Contains(files["index.html"], "Descriptive statistics") || !strings.Contains(files["index.html"], "Difference in means") {
		t.Error("the index is not that of the commands' last runs")
	}
}

// The last command that writes a section owns it.
func TestSectionBelongsToTheLastCommand(t *testing.T) {
	dir := t.TempDir()
	mustWriteDir(t, dir, edaDocument())
	describe := Document{Command: "describe", Data: kddData(), Sections: []Section{{ID: "describe", Title: "Described again", Tables: []Table{{Name: "fresh", Columns: Cols("n"), Rows: [][]any{{1}}}}}}}
	mustWriteDir(t, dir, describe)
	files := tree(t, dir)
	if n := strings.Count(files["index.html"], `class="topic"`); n != 2 {
		t.Errorf("%d sections in the index, want 2", n)
	}
	if _, ok := files["tables/describe/describe.csv"]; ok {
		t.Error("the table of the command that lost its section is still there")
	}
	if !strings.Contains(files["index.html"], "Described again") || !strings.Contains(files["index.html"], "Overview") {
		t.Error("the index lacks a section")
	}
	if _, ok := files["results/eda.json"]; !ok {
		t.Error("the results of the other command are gone")
	}
}

func TestFailureChangesNothing(t *testing.T) {
	broken := ttestDocument()
	broken.Sections[0].Figures[0].Figure = drawing{err: errDrawing}
	empty := ttestDocument()
	empty.Sections[0].Figures[0].Figure = nil
	unsound := ttestDocument()
	unsound.Sections[0].Tables[0].Rows[0] = nil
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()

	dir := t.TempDir()
	mustWriteDir(t, dir, edaDocument())
	before := tree(t, dir)
	if err := WriteDir(context.Background(), dir, broken, testManifest()); !errors.Is(err, errDrawing) {
		t.Errorf("error %v, want that of the drawing", err)
	}
	if err := WriteDir(context.Background(), dir, empty, testManifest()); err == nil || !strings.Contains(err.Error(), "nothing to draw") {
		t.Errorf("error %v", err)
	}
	if err := WriteDir(context.Background(), dir, unsound, testManifest()); err == nil {
		t.Error("an unsound table was written")
	}
	if err := WriteDir(cancelled, dir, ttestDocument(), testManifest()); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
	equalTrees(t, tree(t, dir), before)
	if _, err := os.Stat(filepath.Join(dir, incomplete)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the stage is left: %v", err)
	}
}

// cancelling is a figure that cancels the run in its middle.
type cancelling struct{ cancel context.CancelFunc }

func (c cancelling) WriteSVG(w io.Writer) error { return nil }
func (c cancelling) WritePNG(w io.Writer) error {
	c.cancel()
	return nil
}

func TestCancelInTheMiddle(t *testing.T) {
	dir := t.TempDir()
	mustWriteDir(t, dir, edaDocument())
	before := tree(t, dir)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	doc := ttestDocument()
	doc.Sections[0].Figures[0].Figure = cancelling{cancel}
	if err := WriteDir(ctx, dir, doc, testManifest()); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	equalTrees(t, tree(t, dir), before)
}

// What a killed run left behind is cleared away, and does not make the
// directory a stranger's.
func TestLeftoversAreCleared(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, incomplete), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, incomplete, "3"), []byte("half a fi"), 0o644); err != nil {
		t.Fatal(err)
	}
	mustWriteDir(t, dir, edaDocument())
	if _, err := os.Stat(filepath.Join(dir, incomplete)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the leftovers are still there: %v", err)
	}
}

func TestParallelRunsWaitForEachOther(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "plan9" {
		t.Skip("directories cannot be locked here")
	}
	dir := t.TempDir()
	commands := []string{"describe", "missing", "outliers", "corr"}
	var wait sync.WaitGroup
	for _, command := range commands {
		wait.Go(func() {
			doc := Document{Command: command, Sections: []Section{{ID: command, Tables: []Table{describeTable(3)}}}}
			if err := WriteDir(context.Background(), dir, doc, testManifest()); err != nil {
				t.Errorf("%s: %v", command, err)
			}
		})
	}
	wait.Wait()
	index := tree(t, dir)["index.html"]
	for _, command := range commands {
		if !strings.Contains(index, `id="section-`+command+`"`) {
			t.Errorf("the index lacks %s", command)
		}
	}
}

func TestResultsFileIsTheEnvelope(t *testing.T) {
	dir := t.TempDir()
	mustWriteDir(t, dir, edaDocument())
	var want bytes.Buffer
	if err := edaDocument().WriteJSON(&want); err != nil {
		t.Fatal(err)
	}
	got := tree(t, dir)["results/eda.json"]
	if got != want.String() || !json.Valid([]byte(got)) {
		t.Error("results/eda.json is not what --format json writes")
	}
}
