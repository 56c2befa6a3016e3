package report

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
)

// incomplete is the directory in which files wait until all of them are
// written. One that was left behind by an interrupted run is removed by the next.
const incomplete = ".incomplete"

// A stage collects the files of a run inside a directory and then moves all of
// them to their places, so that a reader never meets half a file, and a run that
// fails or is interrupted changes nothing. No path can lead outside the
// directory, not even over a symbolic link.
type stage struct {
	root  *os.Root
	files []stagedFile // in the order in which they will be moved
}

type stagedFile struct {
	listedFile
	waiting string // path until it is moved
}

func newStage(root *os.Root) (*stage, error) {
	if err := root.RemoveAll(incomplete); err != nil {
		return nil, fmt.Errorf("removing what an earlier run left behind: %w", err)
	}
	if err := root.Mkdir(incomplete, 0o755); err != nil {
		return nil, err
	}
	return &stage{root: root}, nil
}

// write puts a file into the stage. It stops if ctx is done.
func (s *stage) write(ctx context.Context, name string, content []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	waiting := incomplete + "/" + strconv.Itoa(len(s.files))
	if err := s.root.WriteFile(waiting, content, 0o644); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	sum := sha256.Sum256(content)
	s.files = append(s.files, stagedFile{
		listedFile: listedFile{Path: name, SHA256: hex.EncodeToString(sum[:]), Bytes: int64(len(content))},
		waiting:    waiting,
	})
	return nil
}

// writeFirst is write for a file that is moved before all others.
func (s *stage) writeFirst(ctx context.Context, name string, content []byte) error {
	if err := s.write(ctx, name, content); err != nil {
		return err
	}
	last := len(s.files) - 1
	s.files = slices.Insert(s.files[:last], 0, s.files[last])
	return nil
}

// render is write for something that writes itself.
func (s *stage) render(ctx context.Context, name string, write func(io.Writer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return s.write(ctx, name, b.Bytes())
}

// picture returns the bytes of a file as it will be after the commit: from the
// stage, else from its place. It returns nothing if there is no such file.
func (s *stage) picture(name string) []byte {
	from := name
	for _, f := range s.files {
		if f.Path == name {
			from = f.waiting
		}
	}
	content, err := s.root.ReadFile(from)
	if err != nil {
		return nil
	}
	return content
}

// listed returns the files of the stage for the manifest.
func (s *stage) listed() []listedFile {
	files := make([]listedFile, len(s.files))
	for i, f := range s.files {
		files[i] = f.listedFile
	}
	return files
}

// commit moves every file to its place, in the order of writing. What can be
// found impossible beforehand is found before the first file moves.
func (s *stage) commit() error {
	for _, f := range s.files {
		if err := s.root.MkdirAll(path.Dir(f.Path), 0o755); err != nil {
			return err
		}
	}
	for _, f := range s.files {
		if err := s.root.Rename(f.waiting, f.Path); err != nil {
			return err
		}
	}
	return s.discard()
}

// discard removes the stage and all that still waits in it.
func (s *stage) discard() error { return s.root.RemoveAll(incomplete) }

// remove deletes files of earlier runs, and directories that become empty.
func (s *stage) remove(names []string) error {
	for _, name := range names {
		if err := s.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("removing a file of an earlier run: %w", err)
		}
		if dir := path.Dir(name); dir != "." {
			// A directory that still holds something refuses to go, as it should.
			_ = s.root.Remove(dir)
		}
	}
	return nil
}
