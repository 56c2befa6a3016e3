package serve

import (
	"compress/flate"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strings"
)

// errUnpack is a body that is not what its encoding says.
var errUnpack = errors.New("the body cannot be unpacked")

// failing is a reader that only has an error.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// unpacker turns errors of gzip into errUnpack.
type unpacker struct{ io.Reader }

func (u unpacker) Read(p []byte) (int, error) {
	n, err := u.Reader.Read(p)
	var broken flate.CorruptInputError
	if errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &broken) {
		err = errUnpack
	}
	return n, err
}

// smallBody is how large a body may be that is read without waiting for room.
const smallBody = 64 << 10

// body bounds and unpacks the body of a request. Only so many large bodies are in memory at
// once; done gives the room back.
func (s *Server) body(c *call, limit int64) (done func(), p *problem) {
	if c.r.ContentLength > limit {
		return nil, bodyProblem(&http.MaxBytesError{Limit: limit})
	}
	c.r.Body = http.MaxBytesReader(c.w, c.r.Body, limit)
	if p := unpack(c, limit); p != nil {
		return nil, p
	}
	b := &bounding{s: s, c: c, body: c.r.Body}
	c.r.Body = b
	return b.done, nil
}

// errNoRoom is that there are as many large bodies in memory as may be.
var errNoRoom = errors.New("there is no room for another large body")

// A bounding body asks for room when it turns out to be large, so that those who only say
// that theirs is, or send it slowly, keep nobody out.
type bounding struct {
	s    *Server
	c    *call
	body io.ReadCloser
	n    int
	held bool
}

// Read implements io.Reader.
func (b *bounding) Read(p []byte) (int, error) {
	n, err := b.body.Read(p)
	if b.n += n; b.n > smallBody && !b.held {
		if b.s.bodies.enter(b.c.r.Context(), b.s.o.Limits.Score) != nil {
			return n, errNoRoom
		}
		b.held = true
	}
	return n, err
}

// Close implements io.Closer.
func (b *bounding) Close() error { return b.body.Close() }

func (b *bounding) done() {
	if b.held {
		b.held = false
		b.s.bodies.leave()
	}
}

// unpack unpacks a body, up to a limit unless that is negative: a small body may unpack to
// a large one.
func unpack(c *call, limit int64) *problem {
	switch strings.ToLower(c.r.Header.Get("Content-Encoding")) {
	case "", "identity":
		return nil
	case "gzip":
	default:
		return newProblem(http.StatusUnsupportedMediaType, "media-type", "the body may be packed by gzip, and by nothing else")
	}
	z, err := gzip.NewReader(c.r.Body)
	if err != nil {
		_, err = unpacker{failing{err}}.Read(nil)
		return bodyProblem(err)
	}
	c.r.Body = io.NopCloser(unpacker{z})
	if limit >= 0 {
		c.r.Body = http.MaxBytesReader(c.w, c.r.Body, limit)
	}
	return nil
}
