package connlog

import (
	"bytes"
	"strconv"

	"github.com/netanom/netanom/traffic"
)

// The names are those of Zeek's base/protocols/conn, with the scope separator "." or,
// as some set it, "_"; label and detailed-label are those of IoT-23.
var zeekDialect = newDialect(
	[]field{timeField, srcField, srcPortField, dstField, dstPortField, protoField},
	[]field{stateField, durationField, srcBytesField},
	word{"ts", timeField}, word{"uid", uidField},
	word{"id.orig_h", srcField}, word{"id.orig_p", srcPortField},
	word{"id.resp_h", dstField}, word{"id.resp_p", dstPortField},
	word{"id_orig_h", srcField}, word{"id_orig_p", srcPortField},
	word{"id_resp_h", dstField}, word{"id_resp_p", dstPortField},
	word{"proto", protoField}, word{"duration", durationField}, word{"conn_state", stateField},
	word{"orig_bytes", srcBytesField}, word{"resp_bytes", dstBytesField},
	word{"orig_pkts", srcPacketsField}, word{"resp_pkts", dstPacketsField},
	word{"label", labelField}, word{"detailed-label", detailField}, word{"detailed_label", detailField},
	word{"_path", kindField},
)

// Header lines of a Zeek log that matter.
const (
	separatorLine = iota
	emptyLine
	unsetLine
	pathLine
	fieldsLine
	zeekLines // how many there are
)

var zeekDirectives = [zeekLines]string{"#separator", "#empty_field", "#unset_field", "#path", "#fields"}

// zeekHeader is what the header lines say.
type zeekHeader struct {
	text         [zeekLines][]byte
	separator    byte
	empty, unset string
	blanks       int // the first column that three blanks separate from the one before
}

func (h *zeekHeader) reset() {
	*h = zeekHeader{separator: '\t', empty: "(empty)", unset: "-"}
}

func (h *zeekHeader) lines() (all []byte) {
	for _, line := range h.text {
		if line != nil {
			all = append(append(all, line...), '\n')
		}
	}
	return all
}

// directive takes in a header line.
func (p *Parser) directive(line []byte) {
	if value, ok := bytes.CutPrefix(line, []byte("#separator ")); ok {
		p.startZeekLog(line, value)
		return
	}
	name, value, _ := bytes.Cut(line, []byte{p.zeek.separator})
	for i := emptyLine; i < zeekLines; i++ {
		if string(name) != zeekDirectives[i] {
			continue
		}
		p.zeek.text[i] = bytes.Clone(line)
		switch i {
		case emptyLine:
			p.zeek.empty = string(value)
		case unsetLine:
			p.zeek.unset = string(value)
		case fieldsLine:
			p.bindZeek(value)
		}
	}
}

// startZeekLog begins a log whose separator is written as itself or as \x09.
func (p *Parser) startZeekLog(line, value []byte) {
	p.zeek.reset()
	p.columns, p.reads, p.names = nil, false, [fields]string{}
	p.zeek.text[separatorLine] = bytes.Clone(line)
	if hex, ok := bytes.CutPrefix(value, []byte(`\x`)); ok {
		if n, err := strconv.ParseUint(string(hex), 16, 8); err == nil {
			p.zeek.separator = byte(n)
			return
		}
	}
	if len(value) != 1 {
		p.bad(noField, value, "is no separator of one byte; it is taken for a tab")
		return
	}
	p.zeek.separator = value[0]
}

// maxColumns bounds a header.
const maxColumns = 4096

// bindZeek finds the columns. Those of labelled IoT-23 logs end in
// "tunnel_parents   label   detailed-label", with blanks where tabs should be.
func (p *Parser) bindZeek(value []byte) {
	names := bytes.Split(value, []byte{p.zeek.separator})
	last := bytes.Split(names[len(names)-1], threeBlanks)
	p.zeek.blanks = len(names)
	names = append(names[:len(names)-1], last...)
	p.bind(names)
	p.ends = make([]int, min(p.zeek.blanks, len(p.columns))+1)
	p.ends[0] = -1
	if !p.reads {
		missing := dialects[p.format].missing(p.has)
		p.bad(noField, nil, "the columns are not those of a conn.log: there is no "+missing)
	}
}

var threeBlanks = []byte("   ")

// bind makes the named columns those of the rows that follow.
func (p *Parser) bind(names [][]byte) {
	names = names[:min(len(names), maxColumns)]
	p.columns, p.wanted, p.names = make([]field, len(names)), nil, [fields]string{}
	for i, name := range names {
		f := dialects[p.format].words[string(name)]
		if p.names[f] != "" {
			f = noField // the first of two names that mean the same counts
		}
		p.columns[i] = f
		if f != noField {
			p.names[f] = string(name)
			p.wanted = append(p.wanted, column{i, f})
		}
	}
	p.cells = cells{}
	p.reads = dialects[p.format].reads(p.has)
}

// has reports whether there is a column for a field.
func (p *Parser) has(f field) bool { return p.names[f] != "" }

// zeekLine reads a line of a tab-separated log.
func (p *Parser) zeekLine(line []byte) outcome {
	if line[0] == '#' {
		p.directive(line)
		return nothing
	}
	p.problems.Rows++
	if p.columns == nil {
		p.bad(noField, nil, "a row before any line of #fields")
		return nothing
	}
	if !p.reads {
		p.problems.Other++
		return nothing
	}
	if !p.splitZeek(line) {
		return nothing
	}
	return p.zeekRow()
}

// splitZeek cuts a row into cells. Columns without a meaning are only counted.
func (p *Parser) splitZeek(line []byte) bool {
	ends := p.ends
	last := len(ends) - 1
	ends[last] = len(line)
	if !cut(line, p.zeek.separator, ends[1:last]) {
		p.bad(noField, nil, fewColumns)
		return false
	}
	for _, c := range p.wanted {
		if c.at < last {
			p.cells[c.field] = p.zeek.value(line[ends[c.at]+1 : ends[c.at+1]])
		}
	}
	return last == len(p.columns) || p.splitBlanks(line[ends[last-1]+1:])
}

const fewColumns = "has fewer columns than the header; was it cut off?"

// splitBlanks cuts what is behind the last separator into the columns that three blanks
// separate, up to the last one that has a meaning.
func (p *Parser) splitBlanks(text []byte) bool {
	used := p.wanted[len(p.wanted)-1].at
	for i := len(p.ends) - 2; i <= used; i++ {
		cell, rest, found := bytes.Cut(text, threeBlanks)
		if !found && i+1 < len(p.columns) {
			p.bad(noField, nil, fewColumns)
			return false
		}
		if i+1 == len(p.columns) {
			cell = text
		}
		if f := p.columns[i]; f != noField {
			p.cells[f] = p.zeek.value(cell)
		}
		text = rest
	}
	return true
}

// value returns a cell, nil if it says that there is none.
func (h *zeekHeader) value(cell []byte) []byte {
	if len(cell) == 0 || string(cell) == h.unset || string(cell) == h.empty {
		return nil
	}
	return cell
}

// zeekStates are the values of conn_state.
var zeekStates = func() map[string]traffic.State {
	states := map[string]traffic.State{}
	for s := traffic.SF; s <= traffic.OTH; s++ {
		states[s.String()] = s
	}
	for _, name := range []string{"RSTRH", "SHR"} {
		states[name] = traffic.ZeekState(name)
	}
	return states
}()

const lacksAll = traffic.LacksContent | traffic.LacksLogin | traffic.LacksFragment | traffic.LacksUrgent

// zeekRow makes a connection of the cells.
func (p *Parser) zeekRow() outcome {
	if kind := p.cells[kindField]; kind != nil && string(kind) != "conn" {
		p.problems.Other++
		return nothing
	}
	if !p.begin(lacksAll) || !p.ports() || !p.counts() {
		return nothing
	}
	c := &p.conn
	c.Label = p.label()
	switch c.Protocol {
	case traffic.TCP:
		c.State = p.state(zeekStates)
	case traffic.ICMP: // Zeek counts what follows the header
		c.SrcBytes += 8 * c.SrcPackets
		c.DstBytes += 8 * c.DstPackets
	}
	return whole
}

// state looks up the name of a state, OTH if it is unknown.
func (p *Parser) state(states map[string]traffic.State) traffic.State {
	name := p.cells[stateField]
	if string(name) == "SF" { // most are
		return traffic.SF
	}
	state, ok := states[string(name)]
	if !ok {
		countName(&p.problems.States, name)
		return traffic.OTH
	}
	return state
}
