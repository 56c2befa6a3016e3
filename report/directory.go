package report

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// The paths of a report directory:
//
//	index.html, index.md                    every section of every command
//	manifest.json                           runs and files; the only clock
//	tables/<section>/<table>.csv            every table in full
//	figures/<section>-<figure>.png, .svg    every figure
//	results/<command>.json                  the envelope of every command
//	sections/<command>.json                 what the index pages are made from
const (
	indexHTML = "index.html"
	indexMD   = "index.md"
)

func resultsPath(command string) string { return "results/" + commandName(command) + ".json" }
func storedPath(command string) string  { return "sections/" + commandName(command) + ".json" }
func figurePath(section, figure, extension string) string {
	return "figures/" + figureName(section, figure) + "." + extension
}

// commandOrder is the order of commands in the index, whatever the order in
// which they ran. Others follow by name.
var commandOrder = []string{
	"eda", "describe", "missing", "outliers", "corr", "timeseries", "features",
	"test", "ttest", "anova", "chisq", "logit", "compare",
	"train", "evaluate", "predict", "explain", "tune", "cluster", "project", "detect",
}

// WriteDir adds a document to the report directory and rebuilds its index pages
// from everything the directory holds. The directory is created if need be. One
// that is neither empty nor a netanom report is refused; a report is known by its
// manifest.json.
//
// A command that ran before is replaced, with the files that it wrote. A section
// belongs to the command that wrote it last, and leaves the index of others.
//
// Nothing changes until all files are written; then they are moved into place,
// the index pages last. A cancelled ctx or a failing figure leaves the directory
// as it was. Two runs at the same time wait for each other where the system can
// lock a directory.
//
// The same documents give the same files, whatever the order of the commands,
// except for manifest.json.
func WriteDir(ctx context.Context, dir string, doc Document, meta Manifest) (err error) {
	if err := doc.Check(); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("report %s: %w", dir, err)
		}
	}()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	unlock, err := lock(ctx, root)
	if err != nil {
		return err
	}
	defer unlock()
	return addTo(ctx, root, doc, meta)
}

// addTo does the work of WriteDir inside an open and locked directory.
func addTo(ctx context.Context, root *os.Root, doc Document, meta Manifest) (err error) {
	manifest, err := ours(root)
	if err != nil {
		return err
	}
	docs, err := gather(root, doc)
	if err != nil {
		return err
	}
	s, err := newStage(root)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.discard())
		}
	}()
	if err := s.writeDocument(ctx, doc); err != nil {
		return err
	}
	if err := s.writeIndex(ctx, docs); err != nil {
		return err
	}
	if err := manifest.addRun(doc, meta); err != nil {
		return err
	}
	stale := manifest.setFiles(s.listed(), expected(docs))
	text, err := manifest.json()
	if err != nil {
		return err
	}
	if err := s.writeFirst(ctx, manifestName, text); err != nil {
		return err
	}
	if err := s.commit(); err != nil {
		return err
	}
	return s.remove(stale)
}

// ErrForeign is the cause when a directory holds files that are not a report's.
var ErrForeign = errors.New("the directory is not empty and is no netanom report")

// CheckDir returns the error with which WriteDir would refuse the directory. One
// that does not exist is fine.
func CheckDir(dir string) error {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return fmt.Errorf("report %s: this is a file; name a folder", dir)
	}
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		_, err = ours(root)
		err = errors.Join(err, root.Close())
	}
	if err != nil {
		return fmt.Errorf("report %s: %w", dir, err)
	}
	return nil
}

// ours reads the manifest of a report directory. The manifest of an empty
// directory is empty; any other directory without one is refused.
func ours(root *os.Root) (manifestFile, error) {
	text, err := root.ReadFile(manifestName)
	if err == nil {
		return readManifest(text)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return manifestFile{}, err
	}
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return manifestFile{}, err
	}
	for _, entry := range entries {
		if entry.Name() != incomplete {
			return manifestFile{}, fmt.Errorf("%w, for it has no %s; choose another or empty it", ErrForeign, manifestName)
		}
	}
	return manifestFile{}, nil
}

// gather returns the documents of the directory with doc among them, in the
// order of the index. Sections that doc has too are taken from the others. All
// have been stored and read back, doc as well, so that the index does not depend
// on which command rebuilds it.
func gather(root *os.Root, doc Document) ([]Document, error) {
	text, err := store(doc)
	if err != nil {
		return nil, err
	}
	own, err := restore(text)
	if err != nil {
		return nil, err
	}
	docs := []Document{own}
	names, err := fs.Glob(root.FS(), "sections/*.json")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		text, err := root.ReadFile(name)
		if err != nil {
			return nil, err
		}
		d, err := restore(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if name == storedPath(doc.Command) || name != storedPath(d.Command) {
			continue
		}
		d.Sections = slices.DeleteFunc(d.Sections, func(s Section) bool { return doc.has(s.ID) })
		docs = append(docs, d)
	}
	slices.SortFunc(docs, byCommand)
	return docs, nil
}

// has reports whether the document has a section that is stored by that name.
func (d Document) has(section string) bool {
	return slices.ContainsFunc(d.Sections, func(s Section) bool { return utf8Text(s.ID) == section })
}

// byCommand compares documents by commandOrder and then by name.
func byCommand(a, b Document) int {
	rank := func(d Document) int {
		first, _, _ := strings.Cut(d.Command, " ")
		if i := slices.Index(commandOrder, first); i >= 0 {
			return i
		}
		return len(commandOrder)
	}
	if c := rank(a) - rank(b); c != 0 {
		return c
	}
	return strings.Compare(a.Command, b.Command)
}

// expected returns the paths of all files that belong to the documents.
func expected(docs []Document) map[string]bool {
	paths := map[string]bool{indexHTML: true, indexMD: true}
	for _, d := range docs {
		paths[resultsPath(d.Command)] = true
		paths[storedPath(d.Command)] = true
		for _, s := range d.Sections {
			for _, t := range s.Tables {
				paths[tablePath(s.ID, t.Name)] = true
			}
			for _, f := range s.Figures {
				paths[figurePath(s.ID, f.Name, "png")] = true
				paths[figurePath(s.ID, f.Name, "svg")] = true
			}
		}
	}
	return paths
}

// writeDocument puts the tables, figures and results of a document into the
// stage.
func (s *stage) writeDocument(ctx context.Context, d Document) error {
	for _, section := range d.Sections {
		for _, t := range section.Tables {
			if err := s.render(ctx, tablePath(section.ID, t.Name), t.WriteCSV); err != nil {
				return err
			}
		}
		for _, f := range section.Figures {
			if f.Figure == nil {
				return fmt.Errorf("figure %q of section %q has nothing to draw", f.Name, section.ID)
			}
			if err := s.render(ctx, figurePath(section.ID, f.Name, "png"), f.Figure.WritePNG); err != nil {
				return err
			}
			if err := s.render(ctx, figurePath(section.ID, f.Name, "svg"), f.Figure.WriteSVG); err != nil {
				return err
			}
		}
	}
	return s.render(ctx, resultsPath(d.Command), d.WriteJSON)
}

// writeIndex puts the stored documents and the index pages into the stage.
func (s *stage) writeIndex(ctx context.Context, docs []Document) error {
	for _, d := range docs {
		text, err := store(d)
		if err != nil {
			return err
		}
		if err := s.write(ctx, storedPath(d.Command), text); err != nil {
			return err
		}
	}
	if err := s.write(ctx, indexMD, renderIndexMarkdown(docs)); err != nil {
		return err
	}
	page, err := renderPage(docs, s.picture)
	if err != nil {
		return err
	}
	return s.write(ctx, indexHTML, page)
}
