package connlog

import (
	"bytes"
	"fmt"
)

// A Format is a kind of log.
type Format uint8

// The formats.
const (
	ZeekTSV  Format = iota // conn.log of Zeek or Bro 2, tab-separated; labelled IoT-23 logs too
	ZeekJSON               // the same as JSON lines
	Eve                    // EVE JSON of Suricata: events of type flow, and netflow where there are none
	NetFlow                // CSV of nfdump -o csv, best csv-fast
	Argus                  // CSV of ra -c , -nn -u with its header, best also -Zb
)

var formatNames = [...]string{"zeek-tsv", "zeek-json", "eve", "netflow", "argus"}

// String returns the name of the format.
func (f Format) String() string {
	if int(f) < len(formatNames) {
		return formatNames[f]
	}
	return fmt.Sprintf("format(%d)", uint8(f))
}

// ParseFormat returns the format that String names.
func ParseFormat(name string) (Format, error) {
	for f, n := range formatNames {
		if n == name {
			return Format(f), nil
		}
	}
	return 0, fmt.Errorf("%q is not a format of connection logs; choose one of zeek-tsv, zeek-json, eve, netflow, argus", name)
}

// detectLines is how many lines at the head are looked at.
const detectLines = 64

// Detect returns the format of a log that begins with head, and whether it is one. A
// header that ends beyond head, a log of Zeek other than conn.log, and an ordinary CSV
// file are none. The kilobytes up to the first row are enough; a last line that is
// cut off does no harm.
func Detect(head []byte) (Format, bool) {
	head = bytes.TrimPrefix(head, byteOrderMark)
	zeek := NewParser(ZeekTSV, Options{})
	for range detectLines {
		line, rest, whole := bytes.Cut(head, []byte{'\n'})
		line = bytes.TrimRight(line, "\r")
		switch {
		case len(line) == 0:
		case line[0] == '#':
			if whole {
				zeek.directive(line)
			}
			if zeek.columns != nil {
				return ZeekTSV, zeek.reads
			}
		case line[0] == '{':
			if f, ok := detectJSON(line); ok {
				return f, true
			}
		default:
			return detectCSV(line, whole)
		}
		if !whole {
			return 0, false
		}
		head = rest
	}
	return 0, false
}

// detectJSON looks at the names in one object, which may be cut off.
func detectJSON(line []byte) (Format, bool) {
	for _, f := range [...]Format{ZeekJSON, Eve} {
		var c cells
		// An object that is cut off is an error, after all that was whole.
		_ = walk(line, dialects[f].words, &c)
		if f == Eve && c[kindField] != nil && c[eventField] != nil {
			return Eve, true
		}
		if f == ZeekJSON && (c[kindField] == nil || string(c[kindField]) == "conn") && dialects[f].reads(func(f field) bool { return c[f] != nil }) {
			return ZeekJSON, true
		}
	}
	return 0, false
}

func detectCSV(line []byte, whole bool) (Format, bool) {
	for _, f := range [...]Format{NetFlow, Argus} {
		if whole && NewParser(f, Options{}).csvHeader(line) {
			return f, true
		}
	}
	return 0, false
}
