package plots

import (
	"sort"
	"strings"
	"unicode"
)

// maxRunes bounds the text that is measured and drawn; more never fits.
const maxRunes = 600

// clean returns as much of a label as is ever drawn, made printable.
func clean(s string) string { return printable(s, maxRunes) }

// printable returns at most most characters of the text in one line: runs of
// white space become one space, and invalid bytes, control characters and
// invisible marks, which would reorder a line or break an SVG file, are left out.
func printable(s string, most int) string {
	var b strings.Builder
	runes, space := 0, false
	for _, r := range s {
		switch {
		case runes >= most:
			return b.String()
		case unicode.IsSpace(r):
			space = b.Len() > 0
		case unicode.IsPrint(r) && r != unicode.ReplacementChar:
			if space {
				b.WriteByte(' ')
				runes, space = runes+1, false
			}
			b.WriteRune(r)
			runes++
		}
	}
	return b.String()
}

// cleanAll returns the labels as they can be drawn.
func cleanAll(labels []string) []string {
	cleaned := make([]string, len(labels))
	for i, label := range labels {
		cleaned[i] = clean(label)
	}
	return cleaned
}

// fit returns the text if it is not wider than width, and else its beginning
// and end around an ellipsis: column names often differ in their last word.
func fit(s textStyle, text string, width float64) string {
	runes := []rune(text)
	return shorten(s, text, len(runes), width, func(keep int) string {
		head := (keep*3 + 4) / 5
		tail := len(runes) - (keep - head)
		return strings.TrimRight(string(runes[:head]), " ") + "…" + strings.TrimLeft(string(runes[tail:]), " ")
	})
}

// fitEnd is fit with the ellipsis at the end, as suits a sentence.
func fitEnd(s textStyle, text string, width float64) string {
	runes := []rune(text)
	return shorten(s, text, len(runes), width, func(keep int) string {
		return strings.TrimRight(string(runes[:keep]), " ") + "…"
	})
}

// shorten returns the text if it is not wider than width, and else what keeping
// makes of it when as many of its n runes are kept as fit; nothing if none does.
func shorten(s textStyle, text string, n int, width float64, keeping func(int) string) string {
	if s.width(text) <= width {
		return text
	}
	// The first number of runes that is too many, counted from 1.
	tooMany := 1 + sort.Search(n, func(i int) bool { return s.width(keeping(i+1)) > width })
	if tooMany == 1 {
		return ""
	}
	return keeping(tooMany - 1)
}

// wrap breaks the text at spaces into lines not wider than width. A word that
// is too long, and the last line if there is more than fits, are shortened.
func wrap(s textStyle, text string, width float64, maxLines int) []string {
	words := strings.Fields(text)
	var lines []string
	for len(words) > 0 {
		if len(lines) == maxLines-1 {
			return append(lines, fitEnd(s, strings.Join(words, " "), width))
		}
		n := 1
		for n < len(words) && s.width(strings.Join(words[:n+1], " ")) <= width {
			n++
		}
		lines = append(lines, fit(s, strings.Join(words[:n], " "), width))
		words = words[n:]
	}
	return lines
}

// balance is wrap with lines of similar length: no narrower column would break
// the text into as few.
func balance(s textStyle, text string, width float64, maxLines int) []string {
	lines := wrap(s, text, width, maxLines)
	narrow := width / 2
	for narrow < width-8 {
		middle := (narrow + width) / 2
		if tried := wrap(s, text, middle, maxLines+1); len(tried) == len(lines) {
			width, lines = middle, tried
		} else {
			narrow = middle
		}
	}
	return lines
}

// widest returns the width of the widest label, or limit if that is less.
func widest(s textStyle, labels []string, limit float64) float64 {
	var width float64
	for _, label := range labels {
		width = max(width, s.width(label))
	}
	return min(width, limit)
}
