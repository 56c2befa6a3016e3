package dataset

import (
	"archive/zip"
	"bytes"
	"compress/bzip2"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// An input is a file that can be read from its beginning more than once.
type input struct {
	path string // as the user wrote it; "-" is standard input
	file interface {
		io.ReaderAt
		io.Closer
	}
	size   int64  // compressed size, for progress
	temp   string // the path of our own copy of a stream, if it is still to be removed
	open   func(io.ReaderAt, int64) (io.ReadCloser, error)
	origin *input // what this is made of by a Conversion, for the hash; else nil
	kind   string // plainKind, "gzip", "zstd", "zip", "bzip2"
}

const plainKind = "plain"

// name is how errors call the input.
func (in *input) name() string {
	if in.path == "-" {
		return "standard input"
	}
	return in.path
}

// openInput opens a path. A stream that cannot be read twice, such as standard
// input or a named pipe, is first copied to a temporary file.
func openInput(ctx context.Context, path string, stdin io.Reader) (*input, error) {
	in := &input{path: path}
	if path == "-" {
		return in, in.spool(ctx, stdin)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", path, cause(err))
	}
	if info.IsDir() {
		return nil, fmt.Errorf("%s is a folder; name a file in it", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", path, cause(err))
	}
	if !info.Mode().IsRegular() {
		defer f.Close()
		return in, in.spool(ctx, f)
	}
	in.file, in.size = f, info.Size()
	if err := in.detect(); err != nil {
		f.Close()
		return nil, err
	}
	return in, nil
}

// cause drops the operation and path that os errors repeat.
func cause(err error) error {
	var pe *os.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// spool copies a stream to a temporary file, because a guess about a column
// that proves wrong at the end needs a second reading.
func (in *input) spool(ctx context.Context, r io.Reader) error {
	if r == nil {
		return fmt.Errorf("%s is not available; name a file", in.name())
	}
	f, err := os.CreateTemp("", "netanom-stdin-*")
	if err != nil {
		return fmt.Errorf("%s is kept in a temporary file, which could not be made: %w", in.name(), err)
	}
	// Where the system lets an open file lose its name, nothing remains even if
	// netanom is killed.
	in.file = f
	if os.Remove(f.Name()) != nil {
		in.temp = f.Name()
	}
	if in.size, err = io.Copy(f, contextReader{ctx, r}); err != nil {
		err = fmt.Errorf("copying %s to a temporary file: %w", in.name(), err)
	} else {
		err = in.detect()
	}
	if err != nil {
		in.Close()
	}
	return err
}

// Close releases the file.
func (in *input) Close() error {
	err := in.file.Close()
	if in.origin != nil {
		in.origin.Close()
	}
	if in.temp != "" {
		os.Remove(in.temp)
	}
	return err
}

// detect finds the compression by the first bytes, never by the name.
func (in *input) detect() error {
	var magic [6]byte
	n, err := in.file.ReadAt(magic[:], 0)
	if err != nil && err != io.EOF {
		return fmt.Errorf("cannot read %s: %w", in.name(), cause(err))
	}
	head := magic[:n]
	switch {
	case n == 0:
		return fmt.Errorf("%s: %w", in.name(), ErrEmpty)
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		in.kind, in.open = "gzip", openGzip
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		in.kind, in.open = "zstd", openZstd
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		in.kind, in.open = "zip", openZip
	case bytes.HasPrefix(head, []byte("BZh")):
		in.kind, in.open = "bzip2", openBzip2
	case bytes.HasPrefix(head, []byte{0xfd, '7', 'z', 'X', 'Z', 0}):
		return fmt.Errorf("%s is compressed with xz, which netanom does not read; unpack it, or pipe it: xz -dc %s | netanom … -", in.name(), in.path)
	default:
		in.kind, in.open = plainKind, openPlain
	}
	return nil
}

func openPlain(r io.ReaderAt, size int64) (io.ReadCloser, error) {
	return io.NopCloser(io.NewSectionReader(r, 0, size)), nil
}

func openGzip(r io.ReaderAt, size int64) (io.ReadCloser, error) {
	return gzip.NewReader(io.NewSectionReader(r, 0, size))
}

func openZstd(r io.ReaderAt, size int64) (io.ReadCloser, error) {
	d, err := zstd.NewReader(io.NewSectionReader(r, 0, size), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(128<<20))
	if err != nil {
		return nil, err
	}
	return d.IOReadCloser(), nil
}

func openBzip2(r io.ReaderAt, size int64) (io.ReadCloser, error) {
	return io.NopCloser(bzip2.NewReader(io.NewSectionReader(r, 0, size))), nil
}

// openZip reads the one file of an archive, or the only one whose name says
// that it holds records.
func openZip(r io.ReaderAt, size int64) (io.ReadCloser, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, err
	}
	var files, records []*zip.File
	for _, f := range z.File {
		if f.FileInfo().IsDir() || strings.HasPrefix(f.Name, "__MACOSX/") {
			continue
		}
		files = append(files, f)
		switch strings.ToLower(filepath.Ext(f.Name)) {
		case ".csv", ".tsv", ".txt", ".log", ".arff", ".json", ".jsonl", ".ndjson":
			records = append(records, f)
		}
	}
	if len(files) == 1 {
		return files[0].Open()
	}
	if len(records) == 1 {
		return records[0].Open()
	}
	return nil, fmt.Errorf("%w: it holds %d (%s); unpack the one you want", errArchive, len(files), archiveNames(files))
}

var errArchive = errors.New("the archive does not hold one file of records")

func archiveNames(files []*zip.File) string {
	const most = 5
	var names []string
	for _, f := range files[:min(most, len(files))] {
		names = append(names, f.Name)
	}
	if len(files) > most {
		names = append(names, "…")
	}
	return strings.Join(names, ", ")
}

// A stream is one reading of an input, with the bytes taken from the file
// counted for progress and, on request, hashed.
type stream struct {
	io.ReadCloser
	counted *countingReaderAt
}

// stream starts a reading from the beginning.
func (in *input) stream(ctx context.Context, progress func(done, total int64)) (*stream, error) {
	c := &countingReaderAt{ctx: ctx, r: in.file, total: in.size, progress: progress}
	r, err := in.open(c, in.size)
	if err != nil {
		return nil, in.explain(err, 0)
	}
	return &stream{ReadCloser: r, counted: c}, nil
}

// explain turns a decompression error into a sentence.
func (in *input) explain(err error, line int64) error {
	after := ""
	if line > 0 {
		after = fmt.Sprintf(" after line %d", line)
	}
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%s: the %s data end too early%s; the file is truncated, fetch it again", in.name(), in.kind, after)
	case errors.Is(err, errArchive):
		return fmt.Errorf("%s: %w", in.name(), err)
	case in.kind != plainKind:
		return fmt.Errorf("%s: the %s data are damaged%s: %w", in.name(), in.kind, after, err)
	}
	return fmt.Errorf("cannot read %s%s: %w", in.name(), after, cause(err))
}

// SHA256 returns the hash of the file as it lies on disk.
func (in *input) sha256(ctx context.Context) (string, error) {
	if in.origin != nil {
		return in.origin.sha256(ctx)
	}
	var h hash.Hash = sha256.New()
	r := contextReader{ctx, io.NewSectionReader(in.file, 0, in.size)}
	if _, err := io.CopyBuffer(h, r, make([]byte, 1<<20)); err != nil {
		return "", in.explain(err, 0)
	}
	return fmt.Sprintf("%x", h.Sum(nil)), nil
}

type countingReaderAt struct {
	ctx      context.Context
	r        io.ReaderAt
	done     int64
	total    int64
	progress func(done, total int64)
}

func (c *countingReaderAt) ReadAt(p []byte, off int64) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := c.r.ReadAt(p, off)
	c.done += int64(n)
	if c.progress != nil {
		c.progress(min(c.done, c.total), c.total)
	}
	return n, err
}

type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
