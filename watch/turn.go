package watch

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// Next returns what there is next. Trouble with reading is told, and is Idle: it may pass.
func (f *Follower) Next() Event {
	for {
		if f.closed || f.src == nil && !f.open() {
			return Idle
		}
		if f.news {
			f.news = false
			return NewFile
		}
		if e, ok := f.cut(); ok {
			return e
		}
		n, err := f.fill()
		if err == nil && n == 0 {
			var e Event
			var again bool
			if e, again, err = f.atEnd(); !again && err == nil {
				return e
			}
		}
		if err != nil {
			f.tell(fmt.Sprintf("%s: %v; trying again", f.src.path, err))
			return f.trouble()
		}
	}
}

// trouble leaves a rotated file that cannot be read to its end; the present one is waited for.
func (f *Follower) trouble() Event {
	if f.final && f.src.text != nil {
		f.o.Notice(fmt.Sprintf("%s: the rest of the file, from byte %d on, cannot be unpacked and is lost", f.src.path, f.src.offset))
		f.leave()
	}
	return Idle
}

// cut takes the next line out of the buffer.
func (f *Follower) cut() (Event, bool) {
	i := bytes.IndexByte(f.buf[f.scanned:f.to], '\n')
	if i < 0 {
		f.scanned = f.to
		if f.to-f.from > f.o.MaxLine {
			f.drop()
		}
		return Idle, false
	}
	if f.fresh {
		if err := f.known(); err != nil {
			f.tell(fmt.Sprintf("%s: %v; trying again", f.src.path, err))
			return Idle, true
		}
		return NewFile, true
	}
	end := f.scanned + i
	line := f.buf[f.from:end]
	f.pass(end + 1)
	if f.long || len(line) > f.o.MaxLine {
		silent := f.silent
		if f.long, f.silent = false, false; silent {
			return f.cut()
		}
		return LongLine, true
	}
	f.line = bytes.TrimSuffix(line, []byte{'\r'})
	f.at.Lines++
	return NewLine, true
}

// pass goes on behind a line that ends there in the buffer.
func (f *Follower) pass(end int) {
	f.start = f.at.Offset
	f.at.Offset += int64(end - f.from)
	f.from, f.scanned = end, end
}

// drop forgets the beginning of a line that is too long.
func (f *Follower) drop() {
	f.at.Offset += int64(f.to - f.from)
	f.from, f.to, f.scanned, f.long = 0, 0, 0, true
}

// fill reads more into the buffer. If the file has been truncated, it goes to where the
// rest of what it held is, or else to its start.
func (f *Follower) fill() (int, error) {
	changed, err := f.changed()
	if err != nil {
		return 0, err
	}
	if changed {
		return 1, f.truncated()
	}
	f.to = copy(f.buf, f.buf[f.from:f.to])
	f.from, f.scanned = 0, f.to
	if f.to == len(f.buf) {
		f.buf = append(f.buf, make([]byte, max(min(len(f.buf), f.o.MaxLine+1-len(f.buf)), 0))...)
	}
	n, err := f.src.read(f.buf[f.to:])
	f.to += n
	if n > 0 {
		f.quiet, f.said = time.Time{}, ""
	}
	return n, err
}

// truncated goes on after the file was emptied in its place. A copy that was made before is
// read to its end first.
func (f *Follower) truncated() error {
	id, offset, path := f.at.File, f.at.Offset, f.src.path
	if f.fresh { // no line of it has been read, and yet it had some when it was opened
		id = newFileID(f.src.info, f.src.head)
	}
	if err := f.src.close(); err != nil {
		f.tell(err.Error())
	}
	f.src = nil
	if id.Length > 0 {
		if copied := findLog(f.o.Path, &id, offset, candidates(f.dirs())); copied != nil {
			f.o.Notice(fmt.Sprintf("%s: the file was emptied and begun anew; reading the rest of its copy %s first", path, copied.path))
			if f.fresh {
				f.begin(copied, true)
			} else {
				f.take(copied, true)
			}
			return nil
		}
		f.o.Notice(fmt.Sprintf("%s: the file was emptied and begun anew; what was written to it behind line %d just before may be lost", path, f.at.Lines))
	}
	f.at.Offset = 0
	return nil
}

// atEnd decides what comes at the end of what there is: nothing yet, the file's last line
// without an end, or the next file (again).
func (f *Follower) atEnd() (e Event, again bool, err error) {
	if !f.final {
		return Idle, f.rotated(), nil
	}
	if f.from < f.to && !f.long {
		if f.to == len(f.buf) {
			f.buf = append(f.buf, 0)
		}
		f.buf[f.to] = '\n' // the file will get none
		f.to++
		f.at.Offset-- // which it does not have
		return Idle, true, nil
	}
	f.leave()
	return Idle, true, nil
}

// rotated reports whether the file has got its last line, for another is in its place.
func (f *Follower) rotated() bool {
	there := f.present()
	switch {
	case there == nil:
		f.quiet = time.Time{}
		f.tell(fmt.Sprintf("%s: the file is gone; waiting for the next", f.o.Path))
		return false
	case os.SameFile(there, f.src.info):
		f.quiet = time.Time{}
		return false
	case f.quiet.IsZero():
		f.quiet = f.o.Now()
		return false
	case f.o.Now().Sub(f.quiet) < f.o.Settle:
		return false
	}
	f.final = true
	return true
}

// leave closes a file that was read to its end, and opens the one that came after it.
func (f *Follower) leave() {
	all := candidates(f.dirs())
	f.read = append(f.read[max(len(f.read)-mostRead+1, 0):], f.Position().File)
	info, err := f.src.f.Stat()
	if err != nil {
		info = f.src.info
	}
	next := between(f.nameNow(all), info.ModTime(), f.read, f.present(), all)
	if err := f.src.close(); err != nil {
		f.tell(err.Error())
	}
	f.src = nil
	if next == "" {
		return
	}
	if l, err := openLog(next); err == nil {
		f.o.Notice(fmt.Sprintf("%s: the log was rotated more than once; reading %s", f.o.Path, next))
		f.begin(l, true)
	}
}

// mostRead is how many files are remembered so as not to be read twice.
const mostRead = 256

// nameNow returns what the file that was read is called by now, perhaps packed.
func (f *Follower) nameNow(all []candidate) string {
	if path := inodePath(f.src.info, all); path != "" {
		return path
	}
	if l := findLog(f.o.Path, &f.at.File, f.at.Offset, all); l != nil {
		l.close()
		return l.path
	}
	return f.src.path
}

// open opens the file at the path, if there is one.
func (f *Follower) open() bool {
	l, err := openLog(f.o.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if !f.bare {
			f.bare = true
			f.tell(fmt.Sprintf("%s: there is no such file; waiting for it", f.o.Path))
		}
		return false
	case err != nil:
		f.tell(fmt.Sprintf("%v; trying again", err))
		return false
	case l.text != nil:
		f.tell(fmt.Sprintf("%s: the new file is compressed; waiting for one that is not", f.o.Path))
		l.close()
		return false
	}
	f.begin(l, false)
	return true
}
