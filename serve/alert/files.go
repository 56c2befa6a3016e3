package alert

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// A segment is one file of the log. Its number stays when the file is renamed.
type segment struct {
	number uint64
	size   int64 // of whole lines; what the active file has beyond is being written
}

// files are the segments of a log: the active one at the path itself, and older ones at
// the path with a number behind it. The writer changes them, deliverers read.
type files struct {
	path string

	mu      sync.RWMutex
	rotated []segment // oldest first
	active  segment
}

// Numbers have ten digits and begin with 0, so that no date or number which other tools put
// behind a name is taken for one.
const highestNumber = 1e9 - 1

func numbered(path string, number uint64) string { return fmt.Sprintf("%s.%010d", path, number) }

// listFiles finds the rotated files beside a path. The active file gets the number behind
// theirs.
func listFiles(path string) (*files, error) {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	c := &files{path: path, active: segment{number: 1}}
	for _, e := range entries {
		digits, ours := strings.CutPrefix(e.Name(), filepath.Base(path)+".")
		n, err := strconv.ParseUint(digits, 10, 64)
		if !ours || err != nil || n > highestNumber || numbered(path, n) != filepath.Join(filepath.Dir(path), e.Name()) {
			continue
		}
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		c.rotated = append(c.rotated, segment{n, info.Size()})
		c.active.number = max(c.active.number, n+1)
	}
	slices.SortFunc(c.rotated, func(a, b segment) int { return int(int64(a.number) - int64(b.number)) })
	return c, nil
}

// open opens a segment for reading, under whatever name it has at the moment.
func (c *files) open(number uint64) (*os.File, error) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if number == c.active.number {
		return os.Open(c.path)
	}
	return os.Open(numbered(c.path, number))
}

// end returns how many bytes of a segment may be read, and whether it will not grow. An
// unknown segment is empty and will not grow.
func (c *files) end(number uint64) (size int64, final bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if number == c.active.number {
		return c.active.size, false
	}
	for _, s := range c.rotated {
		if s.number == number {
			return s.size, true
		}
	}
	return 0, true
}

// after returns the first segment behind a number, at most the active one.
func (c *files) after(number uint64) uint64 {
	c.mu.RLock()
	defer c.mu.RUnlock()
	for _, s := range c.rotated {
		if s.number > number {
			return s.number
		}
	}
	return c.active.number
}

// all returns the segments' numbers, oldest first.
func (c *files) all() []uint64 {
	c.mu.RLock()
	defer c.mu.RUnlock()
	var out []uint64
	for _, s := range c.rotated {
		out = append(out, s.number)
	}
	return append(out, c.active.number)
}

// last returns the active segment.
func (c *files) last() segment {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.active
}

// grow says that the active segment has whole lines up to a size.
func (c *files) grow(size int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.active.size = size
}

// turn makes the active segment a rotated one of the size it has, and begins the next.
// What moves the file is done while nobody can open one.
func (c *files) turn(size int64, move func(to string) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := move(numbered(c.path, c.active.number)); err != nil {
		return err
	}
	c.active.size = size
	c.rotated = append(c.rotated, c.active)
	c.active = segment{number: c.active.number + 1}
	return nil
}

// excess returns the oldest rotated segments beyond so many that are kept.
func (c *files) excess(keep int) []uint64 {
	c.mu.RLock()
	defer c.mu.RUnlock()
	var out []uint64
	for _, s := range c.rotated[:max(len(c.rotated)-keep, 0)] {
		out = append(out, s.number)
	}
	return out
}

// remove deletes a rotated segment.
func (c *files) remove(number uint64) error {
	if err := os.Remove(numbered(c.path, number)); err != nil && !os.IsNotExist(err) {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rotated = slices.DeleteFunc(c.rotated, func(s segment) bool { return s.number == number })
	return nil
}

// behind returns how many bytes there are to read from a place on.
func (c *files) behind(p place) int64 {
	c.mu.RLock()
	defer c.mu.RUnlock()
	var sum int64
	for _, s := range append(slices.Clone(c.rotated), c.active) {
		switch {
		case s.number == p.Number:
			sum += max(s.size-p.Offset, 0)
		case s.number > p.Number:
			sum += s.size
		}
	}
	return sum
}
