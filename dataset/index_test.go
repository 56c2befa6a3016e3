package dataset

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestAppendEnds holds both ways of finding the ends of cells to a look at
// every byte.
func TestAppendEnds(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	alphabets := []string{"0,\n", ",", "\n", "abc,,,\n", "0123456789,.\n", "x,\r", "x\x00,", "é,\n", "\x7f\x01,\n", "x"}
	for range 3000 {
		alphabet := alphabets[rng.IntN(len(alphabets))]
		buf := make([]byte, rng.IntN(500))
		for i := range buf {
			buf[i] = alphabet[rng.IntN(len(alphabet))]
			if rng.IntN(200) == 0 {
				buf[i] = byte(rng.Uint32())
			}
		}
		from := rng.IntN(len(buf) + 1)
		to := from + rng.IntN(len(buf)-from+1)
		want, features := []uint32{7}, textFeatures{}
		for i := from; i < to; i++ {
			switch c := buf[i]; {
			case c == ',':
				want = append(want, uint32(i))
			case c == '\n':
				want = append(want, uint32(i))
				features.newlines++
			case c == 0 || c == '\r' || c >= 0x80:
				features.odd = true
			}
		}
		for name, f := range map[string]func([]uint32, []byte, int, int, byte) ([]uint32, textFeatures){"appendEnds": appendEnds, "appendEndsPortable": appendEndsPortable} {
			got, seen := f([]uint32{7}, buf, from, to, ',')
			if !slices.Equal(got, want) || seen != features {
				t.Fatalf("%s(%q[%d:%d]) = %d, %+v; want %d, %+v", name, buf, from, to, got, seen, want, features)
			}
		}
	}
}

func TestDropReturns(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "a\r\nb\r\n": "a\nb\n", "a\r\r\nb\r": "a\r\nb\r", "a\rb\r\n": "a\rb\n", "a\n\r\n\r\nb": "a\n\n\nb", "abc": "abc", "a\r\n\r": "a\n\r",
	} {
		if got := string(dropReturns([]byte(text))); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}
