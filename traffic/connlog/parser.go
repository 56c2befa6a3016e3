package connlog

import (
	"bytes"
	"maps"
	"slices"
	"time"

	"github.com/netanom/netanom/traffic"
)

// Options say how a log is read. The zero value is right for most.
type Options struct {
	// KeepAggregates leaves the rows of ICMP as they are: one connection, with the
	// bytes and packets of both directions and the duration of the whole.
	KeepAggregates bool
	// MaxExpand is how many packets of each direction a row of ICMP is expanded into
	// at most; 0: 1,000,000.
	MaxExpand int64
	// MaxExpanded is how many packets all rows of ICMP together are expanded into; 0: no limit, for
	// who keeps none of them.
	MaxExpanded int64
	// MaxLine is the longest line in bytes that is read; 0: 1 MiB. Longer ones are bad.
	MaxLine int
	// MaxPending is how many NetFlow rows wait for their other direction at most; 0:
	// 65,536. Beyond, the one that waited longest goes alone.
	MaxPending int
	// Zone is that of times written without one, as by nfdump; nil: UTC.
	Zone *time.Location
}

func (o Options) complete() Options {
	if o.MaxExpand <= 0 {
		o.MaxExpand = 1_000_000
	}
	if o.MaxLine <= 0 {
		o.MaxLine = 1 << 20
	}
	if o.MaxPending <= 0 {
		o.MaxPending = 1 << 16
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	return o
}

var byteOrderMark = []byte("\xef\xbb\xbf")

// A Parser turns the lines of one log, or of several of one format after another, into
// connections. It must not be used by several goroutines at once.
//
// For a row it allocates nothing; the UID shares memory with those before and after it,
// see traffic.Texts.
type Parser struct {
	format   Format
	options  Options
	problems Problems
	columns  []field  // by the header; nil: none was seen, or needed
	wanted   []column // those that have a meaning
	ends     []int    // of the cells of a tab-separated row, behind a -1 before the first
	reads    bool     // whether the columns are those of a log of connections
	names    [fields]string
	csvLine  []byte
	closed   bool // behind the last row of a table, where nfdump sums up
	zeek     zeekHeader
	cells    cells
	conn     traffic.Connection
	half     half // the row of one direction that was read last
	pending  pairs
	flows    bool  // EVE: flow events were seen
	expanded int64 // packets of ICMP
	labels   map[string]string
	texts    traffic.Texts
}

// NewParser returns a parser of logs of a format.
func NewParser(f Format, o Options) *Parser {
	p := &Parser{format: f, options: o.complete()}
	p.zeek.reset()
	return p
}

// An outcome is what a line turned out to be.
type outcome uint8

const (
	nothing outcome = iota
	whole           // a connection is ready
	oneWay          // one direction of a connection is
)

// Line reads one line, with or without its end, and calls yield for each connection in
// it: none, one, or for a row of ICMP many. Of NetFlow it may be one from earlier lines,
// see Flush. The connection is reused: yield must copy what it keeps. The error is that
// of yield; what is wrong with the line is counted.
func (p *Parser) Line(line []byte, yield func(*traffic.Connection) error) error {
	p.problems.Lines++
	if p.problems.Lines == 1 {
		line = bytes.TrimPrefix(line, byteOrderMark)
	}
	for len(line) > 0 && (line[len(line)-1] == '\n' || line[len(line)-1] == '\r') {
		line = line[:len(line)-1]
	}
	if len(line) > p.options.MaxLine {
		p.bad(noField, nil, "is longer than the limit")
		return nil
	}
	switch p.read(line) {
	case whole:
		return p.finish(yield)
	case oneWay:
		return p.pair(yield)
	}
	return nil
}

// read makes a connection of a line, if it is one.
func (p *Parser) read(line []byte) outcome {
	if len(line) == 0 || line[0] <= ' ' && len(bytes.TrimSpace(line)) == 0 {
		return nothing
	}
	switch p.format {
	case ZeekTSV:
		return p.zeekLine(line)
	case NetFlow, Argus:
		return p.csvRow(line)
	}
	p.problems.Rows++
	p.cells = cells{}
	if err := walk(line, dialects[p.format].words, &p.cells); err != nil {
		p.bad(noField, line, err.Error())
		return nothing
	}
	if p.format == Eve {
		return p.eveRow()
	}
	return p.zeekRow()
}

// finish hands out the connection that is ready.
func (p *Parser) finish(yield func(*traffic.Connection) error) error {
	c := &p.conn
	if c.Protocol == traffic.ICMP && !p.options.KeepAggregates {
		return p.expand(yield)
	}
	c.Content.LoggedIn = c.InferLoggedIn()
	p.problems.Connections++
	return yield(c)
}

// Header returns the header lines in force, each with its end: a new parser that is
// given them understands the lines that follow. It is empty for JSON, which needs none.
// NetFlow rows that wait for their other direction are not part of it: Flush first.
func (p *Parser) Header() []byte {
	if p.format == ZeekTSV {
		return p.zeek.lines()
	}
	return slices.Clone(p.csvLine)
}

// Problems returns what was counted so far.
func (p *Parser) Problems() Problems {
	q := p.problems
	q.Examples = slices.Clone(q.Examples)
	q.Protocols, q.States = maps.Clone(q.Protocols), maps.Clone(q.States)
	return q
}

// Labelled reports whether the log has a column of labels, as far as its header has been read. Logs of
// JSON have no header.
func (p *Parser) Labelled() bool { return p.names[labelField] != "" }
