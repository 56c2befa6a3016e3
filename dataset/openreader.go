package dataset

import (
	"context"
	"io"
)

// OpenReader opens a stream under a name for messages. The stream is read to
// its end at once, into a temporary file, because a scan may have to be
// repeated.
func OpenReader(ctx context.Context, name string, r io.Reader, opt Options) (*File, error) {
	opt, err := opt.validate()
	if err != nil {
		return nil, err
	}
	in := &input{path: name}
	if err := in.spool(ctx, r); err != nil {
		return nil, err
	}
	f := &File{path: name, opt: opt, in: in}
	if err := f.readHead(ctx); err != nil {
		in.Close()
		return nil, err
	}
	return f, nil
}
