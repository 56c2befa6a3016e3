package report

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestForeignDirectoriesAreRefused(t *testing.T) {
	tests := []struct{ name, content, want string }{
		{"letters.txt", "dear", "not empty and is no netanom report"},
		{manifestName, `{"name": "my web app"}`, "not that of a netanom report"},
		{manifestName, `not JSON`, "not that of a netanom report"},
		{manifestName, `{"format": "netanom-report", "version": 2}`, "written by a newer netanom"},
	}
	for _, tt := range tests {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, tt.name), []byte(tt.content), 0o644); err != nil {
			t.Fatal(err)
		}
		before := tree(t, dir)
		if err := WriteDir(context.Background(), dir, edaDocument(), testManifest()); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q", tt.name, err, tt.want)
		}
		equalTrees(t, tree(t, dir), before)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := WriteDir(context.Background(), file, edaDocument(), testManifest()); err == nil {
		t.Error("a file was taken for a directory")
	}
}

// A report may have strangers' files beside its own; they are left alone, even
// if the manifest claims them.
func TestOtherFilesAreLeftAlone(t *testing.T) {
	dir := t.TempDir()
	mustWriteDir(t, dir, edaDocument())
	manifest, err := readManifest([]byte(tree(t, dir)[manifestName]))
	if err != nil {
		t.Fatal(err)
	}
	manifest.Files = append(manifest.Files, listedFile{Path: "README"}, listedFile{Path: "../outside"}, listedFile{Path: "tables/../README"})
	text, err := manifest.json()
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{manifestName: string(text), "README": "keep me", "../outside": "keep me", "tables/notes.txt": "keep me"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	mustWriteDir(t, dir, ttestDocument())
	for _, name := range []string{"README", "../outside", "tables/notes.txt"} {
		if content, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(content) != "keep me" {
			t.Errorf("%s: %q, %v", name, content, err)
		}
	}
}

func TestSymbolicLinksLeadNowhere(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("symbolic links need a privilege on Windows")
	}
	dir, outside := t.TempDir(), t.TempDir()
	mustWriteDir(t, dir, ttestDocument())
	if err := os.Symlink(outside, filepath.Join(dir, "tables", "overview")); err != nil {
		t.Fatal(err)
	}
	index, err := os.ReadFile(filepath.Join(dir, indexHTML))
	if err != nil {
		t.Fatal(err)
	}
	if err := WriteDir(context.Background(), dir, edaDocument(), testManifest()); err == nil {
		t.Error("a file was written over a symbolic link")
	}
	if after, err := os.ReadFile(filepath.Join(dir, indexHTML)); err != nil || !bytes.Equal(after, index) {
		t.Errorf("the index was changed: %v", err)
	}
	if files := tree(t, outside); len(files) != 0 {
		t.Errorf("outside: %q", fileNames(files))
	}
}

func TestHostileNamesStayInside(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "report")
	evil := "../../../evil"
	doc := Document{Command: evil, Sections: []Section{{ID: evil,
		Tables:  []Table{{Name: evil, Columns: Cols("n")}, {Name: "SF", Columns: Cols("n")}, {Name: "sf", Columns: Cols("n")}},
		Figures: []NamedFigure{figure(evil)}}}}
	mustWriteDir(t, dir, doc)
	for name := range tree(t, parent) {
		if !strings.HasPrefix(name, "report/") {
			t.Errorf("%s is outside", name)
		}
	}
	if n := len(tree(t, dir)); n != 3+2+2+3 {
		t.Errorf("%d files: %q", n, fileNames(tree(t, dir)))
	}
}
