package content

// The signals of RFC 854 and the control characters that a terminal knows.
const (
	telnetIAC  = 255
	telnetWill = 251 // from here to 254 an option follows
	telnetSB   = 250 // a subnegotiation begins, and ends with SE
	telnetEL   = 248 // erase line
	telnetEC   = 247 // erase character
	telnetSE   = 240
	escape     = 0x1b
	bell       = 0x07
	interrupt  = 0x03 // ^C
	killLine   = 0x15 // ^U
	deleteKey  = 0x7f
)

// A phase says what the next byte of a terminal's stream is part of.
type phase uint8

const (
	plain        phase = iota
	afterIAC           // the signal
	option             // the one byte behind WILL, WONT, DO, DONT
	subOption          // between SB and SE
	subOptionIAC       // an IAC in there
	afterEscape
	controlSequence // behind ESC [
	controlString   // behind ESC ], a window title for instance
)

// A keyboard turns the bytes of one side of a terminal into lines of text: without
// negotiation (RFC 854), control sequences (ECMA-48) and what was deleted again.
type keyboard struct {
	text    []byte // of the line that has not ended, at most maxLine
	phase   phase
	telnet  bool // IAC means something
	typed   bool // by a user, whose CR ends a line; on a screen it goes back to the margin
	afterCR bool
	torn    bool // the beginning of the line is missing
}

// An effect is what a byte does.
type effect uint8

const (
	nothing effect = iota
	written        // the text changed
	ended          // the line is complete
)

// press takes in a byte.
func (k *keyboard) press(b byte) effect {
	if k.phase != plain {
		return k.inSequence(b)
	}
	if k.telnet && b == telnetIAC {
		k.phase = afterIAC
		return nothing
	}
	afterCR := k.afterCR
	k.afterCR = b == '\r' || afterCR && b == 0
	switch b {
	case '\n':
		if k.typed && afterCR {
			return nothing
		}
		return ended
	case '\r':
		if k.typed {
			return ended
		}
		return nothing
	case 0:
		return nothing
	case escape:
		k.phase = afterEscape
		return nothing
	}
	if afterCR && !k.typed {
		k.text = k.text[:0]
	}
	return k.write(b)
}

func (k *keyboard) write(b byte) effect {
	switch {
	case b == '\b' || b == deleteKey:
		k.text = k.text[:max(len(k.text)-1, 0)]
	case k.typed && (b == killLine || b == interrupt):
		k.text = k.text[:0]
	case b < ' ' && b != '\t':
		return nothing
	case len(k.text) < maxLine:
		k.text = append(k.text, b)
	}
	return written
}

// inSequence takes in a byte that is not text.
func (k *keyboard) inSequence(b byte) effect {
	switch k.phase {
	case afterIAC:
		return k.signal(b)
	case option:
		k.phase = plain
	case subOption:
		if b == telnetIAC {
			k.phase = subOptionIAC
		}
	case subOptionIAC:
		k.phase = subOption
		if b == telnetSE {
			k.phase = plain
		}
	case afterEscape:
		k.phase = plain
		if b == '[' {
			k.phase = controlSequence
		} else if b == ']' {
			k.phase = controlString
		}
	case controlSequence:
		if b >= '@' && b <= '~' {
			k.phase = plain
		}
	case controlString:
		if b == bell {
			k.phase = plain
		} else if b == escape { // ESC \ ends it too
			k.phase = afterEscape
		}
	}
	return nothing
}

func (k *keyboard) signal(b byte) effect {
	k.phase = plain
	switch {
	case b == telnetIAC:
		return k.write(b)
	case b >= telnetWill:
		k.phase = option
	case b == telnetSB:
		k.phase = subOption
	case b == telnetEC:
		return k.write(deleteKey)
	case b == telnetEL:
		k.text = k.text[:0]
		return written
	}
	return nothing
}

// clear begins a new line.
func (k *keyboard) clear() { k.text, k.torn = k.text[:0], false }

// miss forgets the line, of which a part is lost.
func (k *keyboard) miss() { k.text, k.torn, k.phase, k.afterCR = k.text[:0], true, plain, false }
