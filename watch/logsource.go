package watch

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/netanom/netanom/traffic"
	"github.com/netanom/netanom/traffic/connlog"
)

// A logSource turns the lines of a log, file after file, into connections of the engine's
// stream.
type logSource struct {
	e      *Engine
	format connlog.Format
	parser *connlog.Parser // nil: the format is not known yet
	last   connlog.Problems
	seen   []byte // header lines before there is a format

	follower *Follower // nil: a stream or a table is read
	table    *poller   // nil: a log is read
	key      string    // of the file, or of the row
	offset   int64     // of the line, or how many rows before it are the same
	number   int       // of the connection in it
	latest   int64     // moment from which a connection may begin; renewed when it is passed
}

// mostHeader is how many bytes a header may have.
const mostHeader = 1 << 16

// turn begins a file. head is how it begins, if reading does not begin there.
func (l *logSource) turn(key string, head []byte) error {
	if err := l.flush(); err != nil {
		return err
	}
	l.settle()
	l.key, l.parser, l.last, l.seen = key, nil, connlog.Problems{}, nil
	for line := range bytes.Lines(head) {
		if line[0] != '#' && (len(l.seen) > 0 || line[0] == '{') {
			break
		}
		l.seen = append(l.seen, line...)
		if line[0] != '#' { // the header of a CSV file
			break
		}
	}
	return nil
}

// line reads a line that begins at an offset.
func (l *logSource) line(text []byte, offset int64) error {
	if len(text) == 0 {
		return nil
	}
	l.offset, l.number = offset, 0
	if l.parser == nil && !l.recognise(text) {
		return nil
	}
	return l.parser.Line(text, l.add)
}

// recognise finds the format, now that there is a line to go by, and shows a new parser the
// header that came before it.
func (l *logSource) recognise(text []byte) bool {
	lines := append(append(l.seen[:len(l.seen):len(l.seen)], text...), '\n')
	format, ok := connlog.Detect(lines)
	switch {
	case ok:
	case text[0] == '#' && len(lines) <= mostHeader:
		l.seen = lines
		return false
	default:
		l.e.counts.Bad++
		if l.e.board.once("format") {
			l.e.notice(fmt.Sprintf("%s: neither a Zeek conn.log nor another log of connections that is known (EVE of Suricata, CSV of nfdump or Argus); its lines are counted as bad until one is", l.e.source))
		}
		return false
	}
	l.parser, l.format = connlog.NewParser(format, l.e.o.Log), format
	l.show(l.seen)
	l.seen = nil
	return true
}

// show gives the parser the lines of a header.
func (l *logSource) show(header []byte) {
	for line := range bytes.Lines(header) {
		if l.parser.Line(line, func(*traffic.Connection) error { return nil }) != nil { // yield has no error
			return
		}
	}
	l.last = l.parser.Problems()
}

// ahead is how far the clock of a sensor may be before ours. A connection from later would
// leave all that comes before its time without windows.
const ahead = 24 * time.Hour

// add takes a connection of the line.
func (l *logSource) add(c *traffic.Connection) error {
	if c.Start > l.latest {
		if l.latest = l.e.o.Now().Add(ahead).UnixMicro(); c.Start > l.latest {
			l.e.counts.Bad++
			if l.e.board.once("ahead") {
				l.e.notice(fmt.Sprintf("%s: a connection of %s is more than a day ahead of this machine's clock, and left out; such connections are counted as bad from now on", l.e.source, c.Time().Format(time.DateTime)))
			}
			return nil
		}
	}
	if l.format != connlog.NetFlow { // where a connection may be of two lines
		c.UID = tagged(c.UID, l.key, l.offset, l.number)
	}
	l.number++
	l.e.hear(c.Start)
	return l.e.stream.Add(c)
}

// flush lets go of rows that wait for others.
func (l *logSource) flush() error {
	if l.parser == nil {
		return nil
	}
	return l.parser.Flush(l.add)
}

// settle adds what the parser counted since the last time to the engine's counts.
func (l *logSource) settle() {
	if l.parser == nil {
		return
	}
	p := l.parser.Problems()
	c := &l.e.counts
	c.Bad += p.Bad - l.last.Bad
	c.Other += p.Other - l.last.Other
	if len(p.Examples) > 0 && l.e.board.once("bad") {
		l.e.notice(fmt.Sprintf("%s: a %[2]s cannot be read, and such %[2]ss are counted from now on: %s", l.e.source, l.unit(), strings.TrimSpace(p.Examples[0].Column+" "+p.Examples[0].Cause)))
	}
	l.last = p
}

// unit is what a connection is read from.
func (l *logSource) unit() string {
	if l.table != nil {
		return "row"
	}
	return "line"
}

// store puts what a restart needs into a checkpoint.
func (l *logSource) store(c *checkpoint) {
	if l.follower != nil {
		c.Position = l.follower.Position()
	}
	if l.table != nil {
		c.Key = l.table.at
	}
	if l.parser != nil {
		c.Format, c.Header = l.format.String(), l.parser.Header()
	}
}

// restore goes on with the format and header of a checkpoint.
func (l *logSource) restore(c *checkpoint) error {
	l.key = c.Position.Key
	if c.Format == "" {
		return nil
	}
	var err error
	if l.format, err = connlog.ParseFormat(c.Format); err != nil {
		return err
	}
	l.parser = connlog.NewParser(l.format, l.e.o.Log)
	l.show(c.Header)
	return nil
}
