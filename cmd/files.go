package cmd

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// writeOut lets write fill standard output for "-", or else a file that appears
// under its name only when it is complete, gzipped if the name ends in .gz. What
// is there and is no regular file, such as a pipe or /dev/null, is written to as
// it is.
func writeOut(w *world, path string, write func(io.Writer) error) error {
	if path == "-" {
		return write(w.stdout)
	}
	if strings.EqualFold(filepath.Ext(path), ".gz") {
		write = gzipped(write)
	}
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return usagef("--out %s is a folder; name a file in it", path)
	case err == nil && !info.Mode().IsRegular():
		return writeThrough(path, write)
	}
	return writeBeside(path, write)
}

// gzipped puts what write writes through gzip.
func gzipped(write func(io.Writer) error) func(io.Writer) error {
	return func(out io.Writer) error {
		z := gzip.NewWriter(out)
		if err := write(z); err != nil {
			return err
		}
		return z.Close()
	}
}

func writeThrough(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return cannotWrite(path, err)
	}
	return fill(f, path, write)
}

// writeBeside writes a file beside the path and moves it there.
func writeBeside(path string, write func(io.Writer) error) error {
	target := path
	if linked, err := filepath.EvalSymlinks(path); err == nil {
		target = linked
	}
	f, err := os.CreateTemp(filepath.Dir(target), "."+filepath.Base(target)+"-*")
	if err != nil {
		return cannotWrite(path, err)
	}
	defer os.Remove(f.Name()) // fails once it has been moved
	if err := fill(f, path, write); err != nil {
		return err
	}
	if err := os.Chmod(f.Name(), 0o644); err != nil {
		return cannotWrite(path, err)
	}
	if err := os.Rename(f.Name(), target); err != nil {
		return cannotWrite(path, err)
	}
	return nil
}

// fill lets write fill a file, and closes it. An error of that file is told of
// path, the name the user knows it by; other errors are those of write.
func fill(f *os.File, path string, write func(io.Writer) error) error {
	err := write(f)
	var own *fs.PathError
	if errors.As(err, &own) && own.Path == f.Name() {
		err = cannotWrite(path, own)
	}
	if closed := f.Close(); err == nil && closed != nil {
		err = cannotWrite(path, closed)
	}
	return err
}

// cannotWrite names the file that could not be written, and why.
func cannotWrite(path string, err error) error {
	var pathErr *fs.PathError
	var linkErr *os.LinkError
	if _, noDir := os.Stat(filepath.Dir(path)); errors.Is(noDir, fs.ErrNotExist) {
		return fmt.Errorf("cannot write %s: there is no folder %s", path, filepath.Dir(path))
	}
	switch {
	case errors.As(err, &pathErr):
		err = pathErr.Err
	case errors.As(err, &linkErr):
		err = linkErr.Err
	}
	return fmt.Errorf("cannot write %s: %w", path, err)
}

// written says on stderr what a file now holds. Standard output speaks for itself.
func (w *world) written(n int64, thing, path string) {
	if path != "-" {
		fmt.Fprintf(w.stderr, "netanom: %s written to %s\n", counted(n, thing), path)
	}
}
