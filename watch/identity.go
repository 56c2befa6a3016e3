package watch

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
)

// A FileID tells a file from others: by its inode, and by how it begins, for inodes are
// used again, and compression gives a file another one.
type FileID struct {
	Device, Inode uint64 // 0 where the system has none
	Length        int    // how many first bytes Head is of, up to 512
	Head          string // SHA-256 of these, in hexadecimal
}

// headBytes is how much of a file's beginning tells it from others. In a Zeek log the time
// at which it was opened is in there, in lines of JSON at least the first record.
const headBytes = 512

// telling is how many first bytes tell a file without its inode.
const telling = 128

func hashOf(head []byte) string {
	sum := sha256.Sum256(head)
	return hex.EncodeToString(sum[:])
}

// newFileID returns the identity of a file that begins so.
func newFileID(info os.FileInfo, head []byte) FileID {
	id := FileID{Length: len(head), Head: hashOf(head)}
	id.Device, id.Inode = inodeOf(info)
	return id
}

// begins reports whether a file with this beginning may be the one.
func (id *FileID) begins(head []byte) bool {
	return id.Length > 0 && len(head) >= id.Length && hashOf(head[:id.Length]) == id.Head
}

func (id *FileID) sameInode(info os.FileInfo) bool {
	device, inode := inodeOf(info)
	return inode != 0 && device == id.Device && inode == id.Inode
}

// is reports whether a file is the one: it begins so, and has its inode unless enough is
// known of its content.
func (id *FileID) is(info os.FileInfo, head []byte) bool {
	return id.begins(head) && (id.Length >= telling || id.sameInode(info))
}

// headOf reads the first bytes of a file.
func headOf(f io.ReaderAt) ([]byte, error) {
	head := make([]byte, headBytes)
	n, err := f.ReadAt(head, 0)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return head[:n], err
}

var gzipMagic = []byte{0x1f, 0x8b}

// A logFile is a file that may be compressed, open for reading.
type logFile struct {
	path   string
	f      *os.File
	info   os.FileInfo
	text   *bufio.Reader // what gzip unpacks; nil: the file is plain
	head   []byte        // of the text
	offset int64         // of the next byte of the text that read returns
	within bool          // skipTo ended within a line
}

// errNoFile is the cause for a path that is no plain file.
var errNoFile = errors.New("no plain file, which alone can be followed; give a pipe on standard input")

// openLog opens a log file, and looks at its beginning.
func openLog(path string) (_ *logFile, err error) {
	info, err := os.Stat(path) // before opening, which would wait for the writer of a pipe
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &os.PathError{Op: "follow", Path: path, Err: errNoFile}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	l := &logFile{path: path, f: f}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close())
		}
	}()
	if l.info, err = f.Stat(); err != nil {
		return nil, err
	}
	if l.head, err = headOf(f); err != nil || !bytes.HasPrefix(l.head, gzipMagic) {
		return l, err
	}
	unpacked, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	l.text = bufio.NewReaderSize(unpacked, 1<<16)
	head, err := l.text.Peek(headBytes)
	l.head = bytes.Clone(head)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return l, err
}

// read reads on. It returns 0 and no error at the end of what there is now.
func (l *logFile) read(into []byte) (n int, err error) {
	if l.text != nil {
		n, err = l.text.Read(into)
	} else {
		n, err = l.f.ReadAt(into, l.offset)
	}
	l.offset += int64(n)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return n, err
}

// skipTo goes from the start of a file to an offset. It reports whether there is as much.
func (l *logFile) skipTo(offset int64) (bool, error) {
	offset = max(offset, 0)
	if l.text == nil {
		info, err := l.f.Stat()
		if err != nil || info.Size() < offset {
			return false, err
		}
		l.offset = offset
		if offset > 0 {
			var last [1]byte
			_, err = l.f.ReadAt(last[:], offset-1)
			l.within = last[0] != '\n'
		}
		return true, err
	}
	n, err := io.CopyN(io.Discard, l.text, max(offset-1, 0))
	l.offset += n
	if err == nil && offset > 0 {
		var last byte
		last, err = l.text.ReadByte()
		l.within = last != '\n'
		l.offset++
	}
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	return err == nil, err
}

func (l *logFile) close() error { return l.f.Close() }
