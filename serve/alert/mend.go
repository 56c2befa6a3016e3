package alert

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
)

const tornSuffix = ".torn"

// mendFile moves half a line at the end of a log, which a crash left, to a file of such
// pieces, and returns how long it was. A log that does not exist is whole.
func mendFile(path string) (fragment int64, err error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	whole, err := wholeLines(f, info.Size())
	if err != nil || whole == info.Size() {
		return 0, err
	}
	fragment = info.Size() - whole
	if err := appendPiece(path+tornSuffix, io.NewSectionReader(f, whole, fragment), true); err != nil {
		return 0, err
	}
	return fragment, f.Truncate(whole)
}

// wholeLines returns where the last line that has an end ends.
func wholeLines(f io.ReaderAt, size int64) (int64, error) {
	buf := make([]byte, 1<<16)
	for end := size; end > 0; {
		begin := max(end-int64(len(buf)), 0)
		part := buf[:end-begin]
		if _, err := f.ReadAt(part, begin); err != nil && err != io.EOF {
			return 0, err
		}
		if i := bytes.LastIndexByte(part, '\n'); i >= 0 {
			return begin + int64(i) + 1, nil
		}
		end = begin
	}
	return 0, nil
}

// appendPiece appends a text to a file, as lines of their own. If that fails, the file is
// as it was.
func appendPiece(name string, text io.Reader, synced bool) (err error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	ends := &lineEnds{w: f}
	if ends.last, err = lastByte(f, info.Size()); err == nil {
		err = ends.finish()
	}
	if err == nil {
		_, err = io.Copy(ends, text)
	}
	if err == nil {
		err = ends.finish()
	}
	if err == nil && synced {
		err = f.Sync()
	}
	if err != nil {
		return errors.Join(err, f.Truncate(info.Size()))
	}
	return nil
}

func lastByte(f io.ReaderAt, size int64) (byte, error) {
	if size == 0 {
		return '\n', nil
	}
	var b [1]byte
	_, err := f.ReadAt(b[:], size-1)
	return b[0], err
}

// lineEnds knows the last byte that was written.
type lineEnds struct {
	w    io.Writer
	last byte
}

func (l *lineEnds) Write(p []byte) (int, error) {
	if len(p) > 0 {
		l.last = p[len(p)-1]
	}
	return l.w.Write(p)
}

// finish ends the line, if it has not.
func (l *lineEnds) finish() error {
	if l.last == '\n' {
		return nil
	}
	_, err := l.Write([]byte{'\n'})
	return err
}
