package packet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

const (
	readAhead = 1 << 19        // bytes of a file in memory, which bounds a record
	maxRecord = readAhead - 64 // bytes of the largest record: what tcpdump writes of one frame, twice over
	resync    = 1 << 17        // bytes in which the next good record is looked for
)

// A Reader reads the frames of a capture file or stream. It is not for several
// goroutines at once.
//
// Damage costs what is damaged. A record of pcap has no mark of its own, so that one is
// only noticed when it claims more bytes than can be: the next place is then looked for,
// within 128 KiB, where two records in a row look good and are within a day of the last.
// A block of pcapng has its length at both ends, and the next is looked for where both
// agree. Where nothing is found, the capture ends, which is counted as well.
type Reader struct {
	window
	format   format
	frames   int64
	used     int // bytes of the buffer that the last frame lies in
	problems Problems
}

// A format reads one frame of the Reader's input.
type format interface {
	next(r *Reader, f *Frame) error
}

// ErrShort says that a file begins like a capture and ends before it has one, as one that was
// just begun.
var ErrShort = errors.New("the capture ends within its header")

// NewReader returns a reader of a capture, which is recognised by its first bytes as
// pcap (either byte order, microseconds or nanoseconds, any minor version, also with
// the longer record headers of Kuznetzov's patch) or pcapng. Compression must be undone
// before. Captures written one behind another are read as one. An empty or other input is
// an error.
//
// Sources: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng.
func NewReader(r io.Reader) (*Reader, error) {
	out := &Reader{window: window{in: r, buffer: make([]byte, readAhead)}}
	head, err := out.peek(24)
	if !IsCapture(head) {
		if err != nil && err != io.EOF {
			return nil, err
		}
		return nil, errors.New("not a network capture: the first bytes are neither those of pcap nor of pcapng; captures are what tcpdump -w and Wireshark write")
	}
	if binary.BigEndian.Uint32(head) == sectionBlock {
		out.format = &pcapng{}
		return out, nil
	}
	if len(head) < 24 {
		return nil, fmt.Errorf("%w, after %d of 24 bytes", ErrShort, len(head))
	}
	if out.format, err = newPcap(head); err != nil {
		return nil, err
	}
	out.skip(24)
	return out, nil
}

// IsCapture reports whether a file that begins with these bytes, of which there must be
// four, is a capture that NewReader knows.
func IsCapture(head []byte) bool {
	if len(head) < 4 {
		return false
	}
	_, ok := magics[binary.BigEndian.Uint32(head)]
	return ok || binary.BigEndian.Uint32(head) == sectionBlock
}

// Next reads the next frame into f, and returns io.EOF at the end. The data are valid
// until the next call. What is damaged is skipped, or ends the capture, and is counted
// among the Problems; an error of the input is returned as it is.
func (r *Reader) Next(f *Frame) error {
	r.lo, r.offset, r.used = r.lo+r.used, r.offset+int64(r.used), 0
	err := r.format.next(r, f)
	if err == nil {
		r.frames++
	}
	return err
}

// Problems tells what was wrong with the capture so far.
func (r *Reader) Problems() Problems { return r.problems }

// take makes the bytes from start to end of what was peeked at the data of a frame.
func (r *Reader) take(f *Frame, b []byte, start, end int) {
	f.Data, r.used = b[start:end:end], end
}

// find looks for the nearest place, at least one byte on, where good reports a good
// record, and goes there. It reports whether there is one within the bound.
func (r *Reader) find(good func(b []byte, end bool) bool) (bool, error) {
	b, err := r.peek(min(2*resync, readAhead))
	if err != nil && err != io.EOF {
		return false, err
	}
	for i := 1; i < min(len(b), resync); i++ {
		if good(b[i:], err == io.EOF) {
			r.problems.SkippedBytes += int64(r.skip(i))
			return true, nil
		}
	}
	return false, nil
}
