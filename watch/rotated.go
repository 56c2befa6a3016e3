package watch

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// A candidate is a file that may have been the log before a rotation.
type candidate struct {
	path string
	info os.FileInfo
}

// mostCandidates is how many files are looked into; the youngest are first.
const mostCandidates = 4096

// candidates lists the plain files of directories, the youngest first.
func candidates(dirs []string) []candidate {
	var out []candidate
	seen := map[string]bool{"": true}
	for _, dir := range dirs {
		real, err := filepath.EvalSymlinks(dir)
		if err != nil || seen[real] {
			continue
		}
		seen[real] = true
		entries, err := os.ReadDir(real)
		if err != nil {
			continue // what cannot be looked at does not have the file; the search says that it found none
		}
		for _, e := range entries {
			if info, err := e.Info(); err == nil && info.Mode().IsRegular() {
				out = append(out, candidate{filepath.Join(real, e.Name()), info})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b candidate) int {
		if c := b.info.ModTime().Compare(a.info.ModTime()); c != 0 {
			return c
		}
		return strings.Compare(b.path, a.path)
	})
	return out
}

// stem is what the names of a log's rotated files begin with: "conn." of conn.log.
func stem(path string) string {
	base := filepath.Base(path)
	if i := strings.IndexByte(base, '.'); i > 0 {
		return base[:i+1]
	}
	return base
}

// findLog looks for a file by its identity, among those with its inode first, and then,
// packed or not, among those whose names begin like that of the log. It returns nil if
// there is none with at least so many bytes.
func findLog(path string, id *FileID, offset int64, all []candidate) *logFile {
	tried := 0
	for _, byInode := range []bool{true, false} {
		for _, c := range all {
			if id.sameInode(c.info) != byInode || !byInode && !strings.HasPrefix(filepath.Base(c.path), stem(path)) {
				continue
			}
			if tried++; tried > mostCandidates {
				return nil
			}
			if l := openIf(c.path, id, offset); l != nil {
				return l
			}
		}
	}
	return nil
}

// openIf opens a file behind an offset if it is the one, and else returns nil.
func openIf(path string, id *FileID, offset int64) *logFile {
	l, err := openLog(path)
	if err != nil {
		return nil
	}
	if id.is(l.info, l.head) {
		if ok, err := l.skipTo(offset); ok && err == nil {
			return l
		}
	}
	l.close()
	return nil
}

var digits = regexp.MustCompile(`[0-9]+`)

// shape is a name with # for each number, and without the mark of compression: rotated
// files of one log have the same.
func shape(path string) string {
	return digits.ReplaceAllString(strings.TrimSuffix(filepath.Base(path), ".gz"), "#")
}

// later orders files by age, and those of the same moment by name.
func (c *candidate) later(read string, since time.Time) bool {
	if t := c.info.ModTime(); !t.Equal(since) {
		return t.After(since)
	}
	return c.path > read
}

// between returns the oldest of the files into which a log was rotated after the one that
// has been read: those named like it that are younger, but for the present log and those
// that were read before. It is "" if there is none.
func between(read string, since time.Time, before []FileID, present os.FileInfo, all []candidate) string {
	tried := 0
	for _, c := range slices.Backward(all) {
		if c.path == read || !c.later(read, since) || shape(c.path) != shape(read) || present != nil && os.SameFile(c.info, present) {
			continue
		}
		if tried++; tried > mostCandidates {
			break
		}
		l, err := openLog(c.path)
		if err != nil {
			continue
		}
		l.close()
		if len(l.head) > 0 && !slices.ContainsFunc(before, func(id FileID) bool { return id.is(l.info, l.head) }) {
			return c.path
		}
	}
	return ""
}

// inodePath returns under what name a file is now, "" if it cannot be found.
func inodePath(info os.FileInfo, all []candidate) string {
	for _, c := range all {
		if os.SameFile(c.info, info) {
			return c.path
		}
	}
	return ""
}
