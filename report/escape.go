package report

import (
	"fmt"
	"html"
	"strings"
	"unicode"
	"unicode/utf8"
)

// printable returns s as one line of visible characters. Control characters,
// which could move a terminal's cursor, invisible format characters, which could
// turn the direction of writing, and bytes that are no UTF-8 are written as the
// escapes of a Go string.
func printable(s string) string {
	clean := true
	for _, r := range s {
		if hidden(r) || r == utf8.RuneError {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[0])
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case hidden(r) && r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		case hidden(r) && r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		case hidden(r):
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			b.WriteRune(r)
		}
		s = s[size:]
	}
	return b.String()
}

// utf8Text returns s, or its printable form if it is not UTF-8, which neither
// JSON nor most readers of CSV can hold. It is what names and values are called
// by programs.
func utf8Text(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return printable(s)
}

// allUTF8 is utf8Text for several strings.
func allUTF8(texts []string) []string {
	out := make([]string, len(texts))
	for i, s := range texts {
		out[i] = utf8Text(s)
	}
	return out
}

// allPrintable makes every string printable.
func allPrintable(texts []string) []string {
	out := make([]string, len(texts))
	for i, s := range texts {
		out[i] = printable(s)
	}
	return out
}

// hidden reports whether a rune acts on the text around it instead of showing.
func hidden(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)
}

// escapeMarkdown makes text printable and such that GitHub shows it as it is: it cannot
// end a table cell, format, link, mention, start mathematics or hold HTML.
// Underscores within a word need no escape and get none, to keep names legible.
func escapeMarkdown(s string) string {
	s = printable(s)
	var b strings.Builder
	previous := ' '
	for i, r := range s {
		rest := s[i+utf8.RuneLen(r):]
		switch {
		case r == '_':
			next, _ := utf8.DecodeRuneInString(rest)
			if !wordRune(previous) || !wordRune(next) {
				b.WriteByte('\\')
			}
			b.WriteByte('_')
		case strings.ContainsRune("\\|`*[]~$#", r):
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '<' || r == '>' || r == '&':
			b.WriteString(html.EscapeString(string(r)))
		case r == '@':
			b.WriteString("&#64;") // a mention or a mail address
		case r == ':' && strings.HasPrefix(rest, "//"):
			b.WriteString("&#58;") // an address that would become a link
		case r == '.' && len(s[:i]) >= 3 && strings.EqualFold(s[i-3:i], "www"):
			b.WriteString("&#46;") // www.
		default:
			b.WriteRune(r)
		}
		previous = r
	}
	return b.String()
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
