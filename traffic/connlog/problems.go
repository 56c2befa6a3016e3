package connlog

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode"
	"unicode/utf8"
)

// Problems count what became of the lines of a log.
type Problems struct {
	Lines       int64            // all, headers too
	Rows        int64            // lines that could be a connection
	Connections int64            // handed out
	Bad         int64            // lines that could not be read
	Examples    []BadLine        // the first of these
	Other       int64            // lines of other logs or events, and summaries
	Protocols   map[string]int64 // rows passed over, by protocols that are none of tcp, udp, icmp
	States      map[string]int64 // states that are not known: OTH for TCP, type 255 for Argus' ICMP
	NoDuration  int64            // connections without a duration, which is 0 then
	Unexpanded  int64            // ICMP packets beyond Options.MaxExpand of a row, which are left out
	Unpaired    int64            // NetFlow rows whose other direction was not found
}

// A BadLine says what was wrong with a line.
type BadLine struct {
	Line   int64  // from 1
	Column string // "" where it is the whole line
	Cause  string
}

// String returns a sentence.
func (b BadLine) String() string {
	if b.Column == "" {
		return fmt.Sprintf("line %d: %s", b.Line, b.Cause)
	}
	return fmt.Sprintf("line %d, %s: %s", b.Line, b.Column, b.Cause)
}

const (
	maxExamples = 10
	maxNames    = 100 // in a map of counts
	maxExcerpt  = 40  // bytes of a value
)

// bad counts a line that cannot be read. The value is shown before the cause.
func (p *Parser) bad(f field, value []byte, cause string) {
	p.problems.Bad++
	if len(p.problems.Examples) == maxExamples {
		return
	}
	if value != nil {
		cause = fmt.Sprintf("%q %s", value[:min(len(value), maxExcerpt)], cause)
	}
	example := BadLine{Line: p.problems.Lines, Column: p.columnName(f), Cause: cause}
	p.problems.Examples = append(p.problems.Examples, example)
}

// columnName is what the log calls a field.
func (p *Parser) columnName(f field) string {
	if p.names[f] != "" {
		return p.names[f]
	}
	return dialects[p.format].names[f]
}

// countName counts a name in one of the maps, "-" if it is missing, and in quotes if a terminal would not
// show it as it is. From a hundred names on, new ones count as "others".
func countName(counts *map[string]int64, name []byte) {
	if *counts == nil {
		*counts = map[string]int64{}
	}
	if len(name) == 0 {
		name = []byte("-")
	}
	name = name[:min(len(name), maxExcerpt)]
	if bytes.ContainsFunc(name, hidden) {
		name = strconv.AppendQuoteToASCII(nil, string(name))
	}
	if _, known := (*counts)[string(name)]; !known && len(*counts) >= maxNames {
		name = []byte("others")
	}
	(*counts)[string(name)]++
}

// hidden reports whether a character does something else than appear, as those do that move the cursor.
func hidden(r rune) bool { return r == utf8.RuneError || !unicode.IsPrint(r) }
