package alert

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// How much of the log is held in memory: a parcel is at most pieceBytes long, of which
// parcelBytes are filled unless one line is longer.
const (
	lineBytes   = 1 << 20 // the longest line Append writes
	parcelBytes = 1 << 19
	pieceBytes  = 4 << 20 // a longer line is nothing Append wrote, and is read in pieces
)

// A parcel is a run of lines that are all sound, or all damaged.
type parcel struct {
	lines [][]byte // with their ends
	sound bool     // each is a JSON object
}

// A tail reads the log from a place on, while the log is written and rotated.
type tail struct {
	files *files
	at    place

	f   *os.File // the file of the place; nil: not opened yet
	buf []byte
}

// Causes for which what was there cannot be read any more.
var (
	errGone   = errors.New("the file was removed or renamed by somebody else")
	errShrunk = errors.New("the file is shorter than it was")
)

// next returns the lines behind the place, at most so many. It is nil when all has been read. The lines
// are valid until the next call. Errors errGone and errShrunk stay until skip.
func (t *tail) next(most int) (*parcel, error) {
	for {
		end, final := t.files.end(t.at.Number)
		if t.at.Offset < end {
			return t.read(most, end)
		}
		next := t.files.after(t.at.Number)
		if !final || next == t.at.Number {
			return nil, nil
		}
		t.moveTo(place{Number: next})
	}
}

// read reads lines of the file that ends at end.
func (t *tail) read(most int, end int64) (*parcel, error) {
	if err := t.open(); err != nil {
		return nil, err
	}
	for size := parcelBytes; ; size *= 2 {
		text, err := t.fill(min(int64(size), end-t.at.Offset))
		if err != nil {
			return nil, err
		}
		whole := bytes.LastIndexByte(text, '\n') + 1
		switch {
		case whole > 0:
			return cutLines(text[:whole], most), nil
		case t.at.Offset+int64(len(text)) == end || size >= pieceBytes:
			return &parcel{lines: [][]byte{text}}, nil
		}
	}
}

func (t *tail) open() error {
	if t.f != nil {
		return nil
	}
	f, err := t.files.open(t.at.Number)
	if errors.Is(err, fs.ErrNotExist) {
		return errGone
	}
	if err != nil {
		return err
	}
	if t.at.Mark, err = markOf(f); err != nil {
		return errors.Join(err, f.Close())
	}
	t.f = f
	return nil
}

// fill reads so many bytes from the place on.
func (t *tail) fill(n int64) ([]byte, error) {
	if int64(len(t.buf)) < n || len(t.buf) > parcelBytes && n <= parcelBytes {
		t.buf = make([]byte, max(n, min(parcelBytes, 2*n)))
	}
	read, err := t.f.ReadAt(t.buf[:n], t.at.Offset)
	if err == io.EOF && int64(read) < n {
		return nil, errShrunk
	}
	if err != nil && err != io.EOF {
		return nil, err
	}
	return t.buf[:n], nil
}

// cutLines returns the first lines of a text: a run of those of one kind.
func cutLines(text []byte, most int) *parcel {
	p := &parcel{}
	for line := range bytes.Lines(text) {
		sound := line[0] == '{' && json.Valid(line)
		if len(p.lines) == most || len(p.lines) > 0 && sound != p.sound {
			break
		}
		p.sound = sound
		p.lines = append(p.lines, line)
	}
	return p
}

// done goes on behind lines that next returned.
func (t *tail) done(lines [][]byte) {
	for _, l := range lines {
		t.at.Offset += int64(len(l))
	}
}

// skip goes on behind what cannot be read, and says what it was.
func (t *tail) skip() string {
	end, _ := t.files.end(t.at.Number)
	lost := fmt.Sprintf("%d bytes of file %d of the log", end-t.at.Offset, t.at.Number)
	t.at.Offset = max(end, t.at.Offset)
	return lost
}

// moveTo leaves the file for another place.
func (t *tail) moveTo(p place) {
	t.close()
	t.at = p
}

func (t *tail) close() {
	if t.f != nil {
		t.f.Close()
		t.f = nil
	}
}
