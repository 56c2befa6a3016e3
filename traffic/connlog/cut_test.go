package connlog

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestCut: it finds the separators that a search byte by byte finds, whatever stands
// around them, also beyond the end of the line.
func TestCut(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for range 20_000 {
		separator := []byte{'\t', ',', 0, 0x80, 0xff}[r.IntN(5)]
		text := bytes.Repeat([]byte{separator}, 48)
		line := text[:r.IntN(40)]
		for i := range line {
			if r.IntN(4) > 0 {
				line[i] = separator ^ 1<<r.IntN(8) ^ byte(r.IntN(2))
			}
		}
		var all []int
		for i, c := range line {
			if c == separator {
				all = append(all, i)
			}
		}
		ends := make([]int, r.IntN(12))
		if ok := cut(line, separator, ends); ok != (len(all) >= len(ends)) || ok && !slices.Equal(ends, all[:len(ends)]) {
			t.Fatalf("%q: got %v %v, want the first %d of %v", line, ends, ok, len(ends), all)
		}
	}
}

// TestPlainMicros: the short way to read a number agrees with the long one, which an
// exponent asks for.
func TestPlainMicros(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	for range 50_000 {
		text := make([]byte, r.IntN(22))
		for i := range text {
			text[i] = "0123456789"[r.IntN(10)]
		}
		if len(text) > 0 && r.IntN(4) > 0 {
			text[r.IntN(len(text))] = '.'
		}
		got, ok := plainMicros(text)
		want, valid := parseMicros(append(bytes.Clone(text), "e0"...))
		if ok && (!valid || got != want) {
			t.Fatalf("%q is %d, want %d %v", text, got, want, valid)
		}
	}
}
