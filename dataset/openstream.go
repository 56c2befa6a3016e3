package dataset

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// streamBuffer is how much of a stream is read at a time.
const streamBuffer = 1 << 18

// OpenStream opens a file, or stdin for "-", to be read once and as it comes, unpacked if it is compressed with gzip, zstd or
// bzip2. Unlike Open it makes no copy, so that it can be read while
// it is written. progress, if not nil, is told of the bytes read of a regular file.
func OpenStream(ctx context.Context, path string, stdin io.Reader, progress func(done, total int64)) (io.ReadCloser, error) {
	if path == "-" {
		if stdin == nil {
			return nil, errors.New("standard input is not available; name a file")
		}
		return unpacked("standard input", contextReader{ctx, stdin}, io.NopCloser(nil))
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", path, cause(err))
	}
	info, err := f.Stat()
	switch {
	case err != nil:
		f.Close()
		return nil, fmt.Errorf("cannot read %s: %w", path, cause(err))
	case info.IsDir():
		f.Close()
		return nil, fmt.Errorf("%s is a folder; name a file in it", path)
	}
	var r io.Reader = contextReader{ctx, f}
	if info.Mode().IsRegular() && progress != nil {
		r = &countingReader{r: r, total: info.Size(), progress: progress}
	}
	return unpacked(path, r, f)
}

// An unpacking is a stream without its compression.
type unpacking struct {
	io.Reader
	name, kind string
	close      func() error
}

// Close releases the stream and what is below it.
func (u *unpacking) Close() error { return u.close() }

// Read says what is wrong with damaged data.
func (u *unpacking) Read(p []byte) (int, error) {
	n, err := u.Reader.Read(p)
	if err != nil && err != io.EOF {
		in := input{path: u.name, kind: u.kind}
		err = unpackError{in.explain(err, 0), err}
	}
	return n, err
}

// An unpackError is an error in a sentence that is still known by its cause: io.ErrUnexpectedEOF for a
// stream that ends too early, of which the part before may be of use.
type unpackError struct{ said, cause error }

// Error is the sentence.
func (e unpackError) Error() string { return e.said.Error() }

// Unwrap returns the cause.
func (e unpackError) Unwrap() error { return e.cause }

// unpacked finds the compression of a stream by its first bytes.
func unpacked(name string, r io.Reader, below io.Closer) (io.ReadCloser, error) {
	b := bufio.NewReaderSize(r, streamBuffer)
	head, err := b.Peek(4)
	if err != nil && err != io.EOF {
		below.Close()
		return nil, fmt.Errorf("cannot read %s: %w", name, cause(err))
	}
	u := &unpacking{Reader: b, name: name, kind: plainKind, close: below.Close}
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		u.kind = "gzip"
		u.Reader, err = gzip.NewReader(b)
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		var d *zstd.Decoder
		u.kind = "zstd"
		if d, err = zstd.NewReader(b, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(128<<20)); err == nil {
			u.Reader = d
			u.close = func() error { d.Close(); return below.Close() }
		}
	case bytes.HasPrefix(head, []byte("BZh")):
		u.kind, u.Reader = "bzip2", bzip2.NewReader(b)
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		err = errors.New("a zip archive cannot be read as a stream; unpack it")
	default:
		err = nil
	}
	if err != nil {
		below.Close()
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return u, nil
}

// A countingReader tells how much has been read.
type countingReader struct {
	r           io.Reader
	done, total int64
	progress    func(done, total int64)
}

// Read implements io.Reader.
func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.done += int64(n)
	c.progress(min(c.done, c.total), c.total)
	return n, err
}
