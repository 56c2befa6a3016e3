package dataset

import "unicode/utf8"

// windows1252 gives the characters of the bytes 0x80 to 0x9F in Windows-1252;
// from 0xA0 on it agrees with Unicode. Five bytes stand for nothing.
var windows1252 = [32]rune{
	'€', utf8.RuneError, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', utf8.RuneError, 'Ž', utf8.RuneError,
	utf8.RuneError, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', utf8.RuneError, 'ž', 'Ÿ',
}

// appendUTF8 appends text to dst. Bytes that are not UTF-8 are taken as
// Windows-1252, which they nearly always are: CIC-IDS2017 writes the dash of
// its web attacks so.
func appendUTF8(dst, text []byte) []byte {
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		if r == utf8.RuneError && n == 1 {
			if r = rune(text[0]); r < 0xA0 {
				r = windows1252[r-0x80]
			}
			dst = utf8.AppendRune(dst, r)
		} else {
			dst = append(dst, text[:n]...)
		}
		text = text[n:]
	}
	return dst
}

// toUTF8 is appendUTF8 for a name, which mostly needs no change.
func toUTF8(name string) string {
	if utf8.ValidString(name) {
		return name
	}
	return string(appendUTF8(nil, []byte(name)))
}
