package clickhouse

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// quoted writes a text between quotes. All that is not plain text is told by the number of
// its bytes, so that nothing on the way can change it.
func quoted(text string, quote byte) string {
	var b strings.Builder
	b.Grow(len(text) + 2)
	b.WriteByte(quote)
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && size <= 1, r < ' ', r == 0x7F:
			fmt.Fprintf(&b, `\x%02X`, text[i])
		case r == '\\' || r == rune(quote):
			b.WriteByte('\\')
			b.WriteByte(byte(r))
		default:
			b.WriteString(text[i : i+size])
		}
		i += size
	}
	b.WriteByte(quote)
	return b.String()
}
