package connlog

import "bytes"

// csvWords is how many cells of a header must be names of fields, at the least, for a
// line to be one.
const csvWords = 4

// csvHeader takes in a header line, and reports whether it is one of a log of
// connections.
func (p *Parser) csvHeader(line []byte) bool {
	names := bytes.SplitN(line, []byte{','}, maxColumns+1)
	known := 0
	for i, name := range names {
		names[i] = bytes.TrimSpace(name)
		if dialects[p.format].words[string(names[i])] != noField {
			known++
		}
	}
	if known < csvWords {
		return false
	}
	p.bind(names)
	p.closed, p.csvLine = false, append(bytes.Clone(line), '\n')
	return p.reads
}

// csvRow reads a line of comma-separated cells. Neither nfdump nor ra quotes any.
func (p *Parser) csvRow(line []byte) outcome {
	if c := line[0]; c < '0' || c > '9' {
		switch header := p.csvLine; {
		case p.csvHeader(line):
			return nothing
		case bytes.HasPrefix(line, []byte("Summary")), bytes.HasPrefix(line, []byte("No matching flows")):
			p.closed = true
		case len(header) != len(p.csvLine) || !bytes.Equal(header, p.csvLine):
			missing := dialects[p.format].missing(p.has)
			p.bad(noField, nil, "the columns are not those of connections: there is no "+missing)
			return nothing
		}
	}
	if p.closed {
		p.problems.Other++
		return nothing
	}
	p.problems.Rows++
	switch {
	case p.columns == nil:
		p.bad(noField, nil, "a row before any header")
		return nothing
	case !p.reads:
		p.problems.Other++
		return nothing
	case !p.splitCSV(line):
		return nothing
	case p.format == Argus:
		return p.argusRow()
	}
	return p.netflowRow()
}

// splitCSV cuts a row into cells without the blanks around them.
func (p *Parser) splitCSV(line []byte) bool {
	for i, f := range p.columns {
		end, width := bytes.IndexByte(line, ','), 1
		if end < 0 {
			if i+1 < len(p.columns) {
				p.bad(noField, nil, fewColumns)
				return false
			}
			end, width = len(line), 0
		}
		if f != noField {
			p.cells[f] = nil
			if cell := bytes.TrimSpace(line[:end]); len(cell) > 0 {
				p.cells[f] = cell
			}
		}
		line = line[end+width:]
	}
	return true
}
