package alert

import (
	"context"
	"encoding/json"
	"errors"
)

// A Mark is a place in the log, to come back to after a restart. It knows its file by
// the content, so that it survives rotation. Its fields are there to be stored.
type Mark struct {
	File   uint64 `json:"file"`
	Head   string `json:"head,omitempty"`
	Offset int64  `json:"offset"`
}

// End returns the place behind the last alert that was written.
func (l *Log) End() Mark {
	for {
		s := l.files.last()
		m := Mark{File: s.number, Head: l.files.mark(s.number), Offset: s.size}
		if l.files.last().number != s.number { // the head may be that of the next file
			continue
		}
		if m.Offset == 0 {
			m.Head = ""
		}
		return m
	}
}

// IDs calls see with the id of each alert that was written behind the mark, oldest first,
// until see returns false. Lines that hold no alert are passed over. exact is false when
// the place is no more, for its file was deleted or changed: then the ids of all that
// there is are told, which may be fewer than those behind the mark or more.
// An alert that is being written at the time may or may not be told.
func (l *Log) IDs(ctx context.Context, m Mark, see func(id string) bool) (exact bool, err error) {
	t := &tail{files: l.files}
	t.at, exact = l.files.find(place{Number: m.File, Mark: m.Head, Offset: m.Offset})
	defer t.close()
	for {
		if err := ctx.Err(); err != nil {
			return exact, err
		}
		p, err := t.next(parcelBytes)
		switch {
		case errors.Is(err, errGone) || errors.Is(err, errShrunk):
			t.skip()
			exact = false
			continue
		case err != nil:
			return exact, err
		case p == nil:
			return exact, nil
		}
		if p.sound && !tellIDs(p.lines, see) {
			return exact, nil
		}
		t.done(p.lines)
	}
}

// tellIDs calls see with the id of each line that has one.
func tellIDs(lines [][]byte, see func(id string) bool) bool {
	for _, line := range lines {
		var a struct {
			ID string `json:"id"`
		}
		if json.Unmarshal(line, &a) == nil && a.ID != "" && !see(a.ID) {
			return false
		}
	}
	return true
}
