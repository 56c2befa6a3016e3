package serve

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// A ledger is a file of records with their true labels: a JSON object a line, which
// netanom train reads. Lines are only appended, and are on the disk before they are
// acknowledged. What several requests append at once is synced once.
type ledger struct {
	file *os.File
	torn int64 // bytes that a crash, or somebody else, had left behind the last whole line; they are in another file now

	mu      sync.Mutex
	waiting []byte
	round   *round // of the lines that wait
	busy    bool   // somebody is writing
	size    int64  // of whole lines
}

// A round is what is written together, by one of those who wait for it.
type round struct {
	lead chan struct{} // holds a value when one of them is to write
	done chan struct{}
	err  error
}

// tornSuffix is behind the name of the file that half lines are moved to.
const tornSuffix = ".torn"

// openLedger opens a file of feedback, and gives every line of it to known. A last line
// that has no end gets one if it is a JSON object, and is moved to a file of such pieces
// otherwise. A file that holds something else is left alone.
func openLedger(path string, known func(line []byte)) (*ledger, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cannot open the file of feedback: %w", err)
	}
	if err := lockFile(f); err != nil { // before it is read: what another process appends must not be cut off
		f.Close()
		return nil, fmt.Errorf("cannot use the file of feedback: %w", err)
	}
	l := &ledger{file: f}
	tail, err := l.read(known)
	if err == nil && len(tail) > 0 {
		err = l.mend(path, tail, known)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return l, nil
}

// read gives the lines that have an end to known, and returns what is behind them. It
// refuses a file whose first line is no object, lest a mistaken path is written to.
func (l *ledger) read(known func(line []byte)) (tail []byte, err error) {
	if info, err := l.file.Stat(); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("cannot use the file of feedback: %s is no plain file", l.file.Name())
	}
	lines, first := bufio.NewReaderSize(l.file, 1<<16), true
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("cannot read the file of feedback: %w", err)
		}
		text := bytes.TrimSpace(line)
		if first && len(text) > 0 {
			if !wholeObject(text) && (err == nil || !halfObject(text)) {
				return nil, fmt.Errorf("%s is no file of feedback, as its first line is no JSON object; nothing was written to it: name another file", l.file.Name())
			}
			first = false
		}
		if err != nil {
			return line, nil
		}
		known(text)
		l.size += int64(len(line))
	}
}

// mend sees to a last line that has no end.
func (l *ledger) mend(path string, tail []byte, known func(line []byte)) error {
	if text := bytes.TrimSpace(tail); wholeObject(text) {
		known(text)
		return l.write(append(tail, '\n'))
	}
	if err := appendTorn(path+tornSuffix, tail); err != nil {
		return fmt.Errorf("half a line at the end of the file of feedback cannot be moved to %s: %w", path+tornSuffix, cause(err))
	}
	err := l.file.Truncate(l.size)
	if err == nil {
		err = l.file.Sync()
	}
	if err != nil {
		return fmt.Errorf("cannot use the file of feedback: %w", err)
	}
	l.torn = int64(len(tail))
	return nil
}

// appendTorn appends half a line to the file of such pieces, as a line on the disk.
func appendTorn(path string, tail []byte) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(bytes.Clone(tail), '\n'))
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}

// wholeObject says whether a text is one JSON object.
func wholeObject(text []byte) bool { return len(text) > 0 && text[0] == '{' && json.Valid(text) }

// halfObject says whether a text is the beginning of a JSON object, as a crash leaves it.
func halfObject(text []byte) bool {
	var object json.RawMessage
	return text[0] == '{' && errors.Is(json.NewDecoder(bytes.NewReader(text)).Decode(&object), io.ErrUnexpectedEOF)
}

// append appends whole lines, and returns when they are on the disk.
func (l *ledger) append(lines []byte) error {
	mine, leads := l.join(lines)
	if !leads {
		select {
		case <-mine.done:
			return mine.err
		case <-mine.lead:
		}
	}
	l.lead(mine)
	return mine.err
}

// join puts lines into the round that is written next. The caller leads it if nobody is
// writing.
func (l *ledger) join(lines []byte) (mine *round, leads bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.round == nil {
		l.round = &round{lead: make(chan struct{}, 1), done: make(chan struct{})}
	}
	l.waiting = append(l.waiting, lines...)
	leads = !l.busy
	l.busy = true
	return l.round, leads
}

// lead writes the round that waits, which is the caller's own, and no other: who leads
// without end would answer nobody.
func (l *ledger) lead(mine *round) {
	l.mu.Lock()
	text := l.waiting
	l.waiting, l.round = nil, nil
	l.mu.Unlock()
	mine.err = l.write(text)
	close(mine.done)
	l.handOn()
}

// handOn lets one of those who have come meanwhile lead.
func (l *ledger) handOn() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.round == nil {
		l.busy = false
		return
	}
	l.round.lead <- struct{}{}
}

// write writes lines behind the last whole one, and takes back what it could not write
// to the end.
func (l *ledger) write(text []byte) error {
	_, err := l.file.WriteAt(text, l.size)
	if err == nil {
		err = l.file.Sync()
	}
	if err != nil {
		l.file.Truncate(l.size)
		return fmt.Errorf("the feedback could not be written: %w", cause(err))
	}
	l.size += int64(len(text))
	return nil
}

func (l *ledger) close() error { return l.file.Close() }

// A judged is what the ledger keeps of a row beside its fields.
type judged struct {
	ID      string  `json:"netanom_id"`
	Time    string  `json:"netanom_time"`
	Model   string  `json:"netanom_model"`
	Version string  `json:"netanom_version"`
	Score   float64 `json:"netanom_score"`
	Verdict string  `json:"netanom_verdict"` // normal or attack
	Truth   string  `json:"netanom_truth"`   // normal or attack
}

// line writes a record, its label and what was judged as a line.
func (j *judged) line(record json.RawMessage, labelName, label string) []byte {
	rest, err := json.Marshal(j)
	if err != nil { // a score that is not finite is the only cause
		k := *j
		k.Score = 0
		rest, _ = json.Marshal(&k)
	}
	out := append([]byte{}, bytes.TrimSuffix(record, []byte("}"))...)
	if len(out) > 1 {
		out = append(out, ',')
	}
	out = appendString(append(appendString(out, labelName), ':'), label)
	return append(append(append(out, ','), rest[1:]...), '\n')
}
