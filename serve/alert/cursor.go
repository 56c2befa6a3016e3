package alert

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// A place is where in the log a deliverer goes on: behind the last line it is done with.
type place struct {
	Number uint64 // of the file
	Mark   string // of the file's content, "" while it is unknown
	Offset int64
}

// stored is a place in a cursor file.
type stored struct {
	Number uint64 `json:"file"`
	Mark   string `json:"mark"`
	Offset int64  `json:"offset"`
	Sum    string `json:"sum"`
}

// sum lets damage be told from a place that is merely another.
func (p place) sum() string {
	h := sha256.Sum256(fmt.Appendf(nil, "%d %s %d", p.Number, p.Mark, p.Offset))
	return hex.EncodeToString(h[:8])
}

var errCursor = errors.New("the cursor file is damaged")

const longestCursor = 4096

// readCursor reads a cursor file. It returns fs.ErrNotExist or errCursor.
func readCursor(name string) (place, error) {
	f, err := os.Open(name)
	if err != nil {
		return place{}, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, longestCursor))
	if err != nil {
		return place{}, err
	}
	return parseCursor(text)
}

func parseCursor(text []byte) (place, error) {
	var s stored
	if err := json.Unmarshal(text, &s); err != nil {
		return place{}, errCursor
	}
	p := place{s.Number, s.Mark, s.Offset}
	if s.Sum != p.sum() || p.Offset < 0 {
		return place{}, errCursor
	}
	return p, nil
}

// writeCursor replaces a cursor file in one step.
func writeCursor(name string, p place, synced bool) error {
	text, err := json.Marshal(stored{p.Number, p.Mark, p.Offset, p.sum()})
	if err != nil {
		return err
	}
	f, err := os.OpenFile(name+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(text, '\n'))
	if err == nil && synced {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err = os.Rename(name+".new", name); err == nil && synced {
		err = syncDir(name)
	}
	return err
}

// syncDir makes the names in a file's directory outlive a loss of power.
func syncDir(name string) error {
	d, err := os.Open(filepath.Dir(name))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// markBytes is how much of a file's first line tells it from other files: its id and time
// are in there.
const markBytes = 512

// markOf returns the mark of a file: of its content, so that it stays when the file is
// copied or restored. It is "" while there is no whole line.
func markOf(f io.ReaderAt) (string, error) {
	head := make([]byte, markBytes)
	n, err := f.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return "", err
	}
	head = head[:n]
	if i := bytes.IndexByte(head, '\n'); i >= 0 {
		head = head[:i]
	} else if n < markBytes {
		return "", nil
	}
	h := sha256.Sum256(head)
	return hex.EncodeToString(h[:12]), nil
}

// find returns where a stored place is now, and whether it is exactly that. The file is
// known by its mark. If it is no more, the place is the beginning of all there is; if it
// is not as it was, the beginning of the file: rather twice than never.
func (c *files) find(p place) (place, bool) {
	all := c.all()
	for i := len(all) - 1; i >= 0; i-- {
		n := all[i]
		if p.Mark == "" && p.Offset == 0 && n == p.Number {
			return place{Number: n}, true
		}
		if p.Mark == "" || c.mark(n) != p.Mark {
			continue
		}
		if c.lineBegins(n, p.Offset) {
			return place{n, p.Mark, p.Offset}, true
		}
		return place{Number: n}, false
	}
	return place{Number: all[0]}, false
}

// mark is that of a segment, "" if it cannot be read.
func (c *files) mark(number uint64) string {
	f, err := c.open(number)
	if err != nil {
		return ""
	}
	defer f.Close()
	m, err := markOf(f)
	if err != nil {
		return ""
	}
	return m
}

// lineBegins reports whether a line begins, or the file ends, at an offset.
func (c *files) lineBegins(number uint64, offset int64) bool {
	size, _ := c.end(number)
	if offset == 0 || offset > size {
		return offset == 0
	}
	f, err := c.open(number)
	if err != nil {
		return false
	}
	defer f.Close()
	var b [1]byte
	_, err = f.ReadAt(b[:], offset-1)
	return err == nil && b[0] == '\n'
}
