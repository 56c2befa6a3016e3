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

	mu      sync.Mutex
	waiting []byte
	round   *round // of the lines that wait
	busy    bool   // somebody is writing
	size    int64  // of whole lines
}

// A round is what was written together.
type round struct {
	done chan struct{}
	err  error
}

// openLedger opens a file of feedback, gives every whole line of it to known, and cuts off
// a last line that a crash has left half-written.
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
	lines := bufio.NewReaderSize(f, 1<<16)
	for {
		line, err := lines.ReadBytes('\n')
		if err == nil {
			known(bytes.TrimSpace(line))
			l.size += int64(len(line))
			continue
		}
		if !errors.Is(err, io.EOF) {
			f.Close()
			return nil, fmt.Errorf("cannot read the file of feedback: %w", err)
		}
		break
	}
	if err := f.Truncate(l.size); err != nil {
		f.Close()
		return nil, fmt.Errorf("cannot use the file of feedback: %w", err)
	}
	return l, nil
}

// append appends whole lines, and returns when they are on the disk.
func (l *ledger) append(lines []byte) error {
	l.mu.Lock()
	if l.round == nil {
		l.round = &round{done: make(chan struct{})}
	}
	l.waiting = append(l.waiting, lines...)
	mine := l.round
	if l.busy {
		l.mu.Unlock()
		<-mine.done
		return mine.err
	}
	l.busy = true
	for l.round != nil {
		text, now := l.waiting, l.round
		l.waiting, l.round = nil, nil
		l.mu.Unlock()
		now.err = l.write(text)
		close(now.done)
		l.mu.Lock()
	}
	l.busy = false
	l.mu.Unlock()
	return mine.err
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
