package dataset

import (
	"bytes"
	"context"
	"errors"
	"io"
)

// A Conversion writes what is in r, which is no table that Open knows, to w as one that
// it does. name is how errors call r.
type Conversion func(ctx context.Context, name string, r io.Reader, w io.Writer) error

// conversionHead is how much of a file a Converter is shown.
const conversionHead = 4096

// convert returns the table that the options' Converter makes of the input, in a
// temporary file, or the input itself if it makes none. The table keeps the name and the
// hash of the input.
func (in *input) convert(ctx context.Context, opt Options) (*input, error) {
	if opt.Converter == nil {
		return in, nil
	}
	s, err := in.stream(ctx, opt.Progress)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	head, err := in.head(s)
	if err != nil {
		return nil, err
	}
	c := opt.Converter(head)
	if c == nil {
		return in, nil
	}
	out := &input{path: in.path, origin: in}
	r, w := io.Pipe()
	failed := make(chan error, 1)
	go func() {
		err := c(ctx, in.name(), io.MultiReader(bytes.NewReader(head), s), w)
		failed <- err
		w.CloseWithError(err)
	}()
	err = out.spool(ctx, r)
	r.Close()
	if cause := <-failed; cause != nil && !errors.Is(cause, io.ErrClosedPipe) {
		err = cause
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

// head reads the first bytes of a stream of the input.
func (in *input) head(s io.Reader) ([]byte, error) {
	head := make([]byte, conversionHead)
	n, err := io.ReadFull(s, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, in.explain(err, 0)
	}
	return head[:n], nil
}
