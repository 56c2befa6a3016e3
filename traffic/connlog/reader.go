package connlog

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/netanom/netanom/traffic"
)

// ErrFormat says that a stream is no log that the package reads.
var ErrFormat = errors.New("this is no log of connections: expected a Zeek conn.log (tab-separated or JSON), Suricata EVE JSON with flow events, CSV of nfdump (-o csv or csv-fast), or CSV of Argus' ra -c , with its header")

// detectBytes is how much of a stream is looked at for its format.
const detectBytes = 1 << 16

// A Reader reads a log, or several of one format after another, from a stream.
type Reader struct {
	in     *bufio.Reader
	format Format
	parser *Parser
}

// NewReader finds out what the stream holds, which must be unpacked. It waits for no
// more of it than it needs for that. The error is ErrFormat, or that of r.
func NewReader(r io.Reader, o Options) (*Reader, error) {
	o = o.complete()
	in := bufio.NewReaderSize(r, max(o.MaxLine+2, detectBytes)) // and its "\r\n"
	for {
		_, err := in.Peek(min(in.Buffered()+1, detectBytes))
		head, _ := in.Peek(min(in.Buffered(), detectBytes))
		f, ok := Detect(head)
		if !ok && errors.Is(err, io.EOF) { // the last line may lack its end
			f, ok = Detect(append(append([]byte(nil), head...), '\n'))
		}
		switch {
		case ok:
			return &Reader{in: in, format: f, parser: NewParser(f, o)}, nil
		case err != nil && !errors.Is(err, io.EOF):
			return nil, fmt.Errorf("reading the head of the log: %w", err)
		case err != nil || len(head) == detectBytes:
			return nil, ErrFormat
		}
	}
}

// Format returns what the stream holds.
func (r *Reader) Format() Format { return r.format }

// Labelled reports whether the log has a column of labels, once a connection has been handed out.
func (r *Reader) Labelled() bool { return r.parser.Labelled() }

// Problems returns what was counted so far.
func (r *Reader) Problems() Problems { return r.parser.Problems() }

// All calls yield for every connection up to the end of the stream, in the order of the
// log, which seldom is that of their starts. The connection is reused: yield must copy
// what it keeps. The error is that of yield, of the stream, or of the context.
func (r *Reader) All(ctx context.Context, yield func(*traffic.Connection) error) error {
	for n := 0; ; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		line, err := r.in.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			err = r.skipLine()
		} else if len(line) > 0 {
			if err := r.parser.Line(line, yield); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return r.parser.Flush(yield)
		case err != nil:
			return fmt.Errorf("reading line %d of the log: %w", r.parser.problems.Lines+1, err)
		}
	}
}

// skipLine steps over the rest of a line that is longer than allowed.
func (r *Reader) skipLine() error {
	r.parser.problems.Lines++
	r.parser.bad(noField, nil, "is longer than the limit")
	for {
		if _, err := r.in.ReadSlice('\n'); !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}
