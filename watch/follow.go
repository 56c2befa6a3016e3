package watch

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/netanom/netanom/traffic/packet"
)

// From says where in a log reading begins that no checkpoint knows.
type From uint8

// The beginnings.
const (
	Start From = iota // of the file as it is
	End               // with the lines to come
)

// FollowOptions say which log is followed. A field of zero means the default.
type FollowOptions struct {
	Path    string
	From    From
	Resume  *Position     // where an earlier run was; nil: there was none
	Archive []string      // directories into which logs are moved when they are rotated, beside their own
	MaxLine int           // bytes; longer lines are passed over; 1 MiB
	Settle  time.Duration // how long a file that was renamed must have been quiet before the next is read; 1 s
	Notice  func(string)  // told in a sentence what became of the log; nil: nobody
	Now     func() time.Time
}

// A Position says how far a log has been read.
type Position struct {
	File   FileID
	Key    string // names the file in ids of alerts, whatever becomes of it
	Number int    // of files that have been read, this one included
	Offset int64  // behind the last line, of the unpacked text
	Lines  int64  // that lie before it, as far as they were read
	Dir    string // where the file was, without links
}

// A Follower reads the lines of a log that grows and is rotated: by renaming, by copying
// and truncating, by pointing a link elsewhere, or by deleting it. It never waits. Files
// that came and went between two looks are found by their names, and read in the order of
// their age. What cannot be found is told.
type Follower struct {
	o FollowOptions

	src   *logFile // nil: none is there
	final bool     // src is no longer the log's present file: its end is an end
	fresh bool     // the identity of src is not known yet
	news  bool     // NewFile is to be told, though no line has come
	at    Position
	bare  bool // the file at the path was looked for in vain, and that was said

	buf     []byte
	from    int // the first byte in buf that is not in a line told
	to      int
	scanned int // up to here buf has no end of a line
	line    []byte
	start   int64 // offset of line
	long    bool  // within a line that is too long
	silent  bool  // which is merely one that was there before

	read   []FileID  // files that were read to their ends, the latest
	quiet  time.Time // since when src has stood still with another file in its place; zero: there is none
	said   string    // the last trouble, so that it is not told at each look
	closed bool
}

// An Event is what Next found.
type Event uint8

// The events.
const (
	Idle     Event = iota // there is nothing new; ask again after a while
	NewLine               // Line has it
	NewFile               // the lines that follow are of another file, or of one that was begun anew
	LongLine              // a line was longer than MaxLine, and passed over
)

// Follow makes a follower. The log need not exist. It is an error if the path is not that
// of a plain file, or the file is compressed.
func Follow(o FollowOptions) (*Follower, error) {
	if o.MaxLine == 0 {
		o.MaxLine = 1 << 20
	}
	if o.Settle == 0 {
		o.Settle = time.Second
	}
	if o.Notice == nil {
		o.Notice = func(string) {}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.MaxLine < 0 || o.Settle < 0 {
		return nil, errors.New("the longest line and the time to settle must not be below 0")
	}
	f := &Follower{o: o, buf: make([]byte, min(o.MaxLine, 1<<18)+1)}
	if o.Resume != nil && o.Resume.Number > 0 {
		return f, f.resume(*o.Resume)
	}
	return f, f.first()
}

// first opens the log for the first time.
func (f *Follower) first() error {
	l, err := openLog(f.o.Path)
	if errors.Is(err, fs.ErrNotExist) {
		f.bare = true
		f.tell(fmt.Sprintf("%s: there is no such file yet; waiting for it", f.o.Path))
		return nil
	}
	if err != nil {
		return err
	}
	if what := unlikeLog(l); what != "" {
		return errors.Join(fmt.Errorf("%s: the file is %s, which cannot be followed; give it on standard input (netanom watch - < FILE), or score it by netanom predict", f.o.Path, what), l.close())
	}
	f.begin(l, false)
	if f.o.From == End {
		return f.toEnd()
	}
	return nil
}

// unlikeLog says what a file is that is no text which grows, "" if it may be one.
func unlikeLog(l *logFile) string {
	switch {
	case l.text != nil:
		return "compressed"
	case packet.IsCapture(l.head):
		return "a capture"
	}
	return ""
}

// toEnd goes to the end of the file. If that is within a line, the line is passed over.
func (f *Follower) toEnd() error {
	size := f.src.info.Size()
	if size == 0 {
		return nil
	}
	if _, err := f.src.skipTo(size); err != nil {
		return err
	}
	f.at.Offset, f.long, f.silent, f.news = size, f.src.within, true, true
	return f.known()
}

// begin takes a file as the one to be read from its start.
func (f *Follower) begin(l *logFile, final bool) {
	f.src, f.final, f.fresh, f.quiet = l, final, true, time.Time{}
	f.from, f.to, f.scanned, f.long, f.silent, f.said, f.bare = 0, 0, 0, false, false, "", false
	f.at = Position{Number: f.at.Number, Dir: realDir(l.path)}
}

func realDir(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	if dir, err := filepath.Abs(filepath.Dir(path)); err == nil {
		return dir
	}
	return filepath.Dir(path)
}

// resume goes on where another follower was.
func (f *Follower) resume(p Position) error {
	f.at = p
	there, err := openLog(f.o.Path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if there != nil {
		if there.text == nil && p.File.is(there.info, there.head) {
			if ok, err := there.skipTo(p.Offset); err == nil && ok {
				f.take(there, false)
				return nil
			}
		}
		there.close()
	}
	if moved := findLog(f.o.Path, &p.File, p.Offset, candidates(f.dirs())); moved != nil {
		f.take(moved, moved.text != nil) // a plain one may still be written to
		f.tell(fmt.Sprintf("%s: the log was rotated meanwhile; reading the rest of %s first", f.o.Path, f.src.path))
		return nil
	}
	f.tell(fmt.Sprintf("%s: the file that was being read is not there any more, under whatever name; what was written behind its line %d, and in files that came and went since, may be lost", f.o.Path, p.Lines))
	return nil
}

// take goes on in a file at the place where another with the same text was.
func (f *Follower) take(l *logFile, final bool) {
	f.src, f.final, f.quiet = l, final, time.Time{}
	f.from, f.to, f.scanned, f.long, f.silent = 0, 0, 0, l.within, false
	f.at.Dir = realDir(l.path)
}

// dirs lists where rotated files may be.
func (f *Follower) dirs() []string {
	return append([]string{filepath.Dir(f.o.Path), f.at.Dir}, f.o.Archive...)
}

// Line returns the line of the last NewLine, without its end. It is valid until Next.
func (f *Follower) Line() []byte { return f.line }

// Offset returns where in its file the line begins.
func (f *Follower) Offset() int64 { return f.start }

// Key names the file that is read, for ids.
func (f *Follower) Key() string { return f.at.Key }

// Position returns the place behind the last line that was told.
func (f *Follower) Position() Position {
	if f.src != nil && f.src.text == nil && !f.fresh && f.at.File.Length < headBytes {
		if head, err := headOf(f.src.f); err == nil && f.at.File.begins(head) {
			f.at.File.Length, f.at.File.Head = len(head), hashOf(head)
		}
	}
	p := f.at
	p.Offset = max(p.Offset, 0) // before the first line, where that had no end
	return p
}

// Behind returns how many bytes of the present file have not been told, as far as that is
// known.
func (f *Follower) Behind() int64 {
	if f.src == nil || f.src.text != nil {
		return 0
	}
	info, err := f.src.f.Stat()
	if err != nil {
		return 0
	}
	return max(info.Size()-f.at.Offset, 0)
}

// Path returns the path of the file that is being read, "" if there is none.
func (f *Follower) Path() string {
	if f.src == nil {
		return ""
	}
	return f.src.path
}

// Close closes the file.
func (f *Follower) Close() error {
	f.closed = true
	if f.src == nil {
		return nil
	}
	err := f.src.close()
	f.src = nil
	return err
}

// Head returns the first bytes of the file that is being read, up to a limit: its header
// is there when reading begins elsewhere.
func (f *Follower) Head(limit int) []byte {
	if f.src == nil || f.src.text != nil {
		return nil
	}
	head := make([]byte, limit)
	n, err := f.src.f.ReadAt(head, 0)
	if err != nil && n == 0 {
		return nil
	}
	if i := bytes.LastIndexByte(head[:n], '\n'); i >= 0 {
		n = i + 1
	}
	return head[:n]
}

// tell says something, but not twice in a row.
func (f *Follower) tell(text string) {
	if text != f.said {
		f.said = text
		f.o.Notice(text)
	}
}

// keyOf names a file by what is known of it when it is first read.
func keyOf(id FileID, number int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %d %d %s %d", id.Device, id.Inode, id.Length, id.Head, number))
	return base32.StdEncoding.EncodeToString(sum[:10])
}

// known makes sure that the file has an identity, for a line of it is about to be told.
func (f *Follower) known() error {
	if f.src.text == nil {
		var err error
		if f.src.head, err = headOf(f.src.f); err != nil {
			return err
		}
	}
	f.at.Number++
	f.at.File = newFileID(f.src.info, f.src.head)
	f.at.Key = keyOf(f.at.File, f.at.Number)
	f.fresh = false
	return nil
}

// changed reports whether the file was truncated, or truncated and written anew.
func (f *Follower) changed() (bool, error) {
	if f.src.text != nil {
		return false, nil
	}
	info, err := f.src.f.Stat()
	if err != nil {
		return false, err
	}
	if info.Size() < f.src.offset {
		return true, nil
	}
	if f.fresh {
		return false, nil
	}
	head, err := headOf(f.src.f)
	return !f.at.File.begins(head), err
}

// present looks at the file at the path: nil, if there is none.
func (f *Follower) present() os.FileInfo {
	info, err := os.Stat(f.o.Path)
	if err != nil {
		return nil
	}
	return info
}
