package traffic

import (
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
)

// TestDigits holds the texts of numbers, addresses and hashes to those of the library.
func TestDigits(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	numbers := []int64{math.MinInt64, -1, 0, 9, 10, 99, 100, 999, 1000, 9999, 10_000, 99_999, 100_000, math.MaxInt64}
	for range 10_000 {
		numbers = append(numbers, int64(r.Uint64()>>r.IntN(64)))
	}
	for _, n := range numbers {
		if got, want := string(appendNumber(nil, n)), fmt.Sprintf(",%d", n); got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
		ip := [4]byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)}
		a, port := netip.AddrFrom4(ip), uint16(n>>32)
		if got, want := string(appendEndpoint(nil, a, port)), fmt.Sprintf(",%v,%d", a, port); got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
		sum := sha1.Sum(ip[:])
		if got, want := string(appendBase64(nil, &sum)), base64.StdEncoding.EncodeToString(sum[:]); got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
	}
	for rate := Rate(0); rate <= 100; rate++ {
		if got, want := string(appendRate(nil, rate)), fmt.Sprintf(",%.2f", rate.Float()); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// TestTexts: texts stay what they were, though they share memory.
func TestTexts(t *testing.T) {
	var texts Texts
	var got, want []string
	for i := range 500 {
		text := []byte(strings.Repeat(string(rune('a'+i%26)), i%100))
		want, got = append(want, string(text)), append(got, texts.Make(text))
		clear(text)
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("text %d is %q, want %q", i, got[i], want[i])
		}
	}
	if n := testing.AllocsPerRun(1000, func() { texts.Make([]byte("C4J4Th3PJpwUYZZ6gc")) }); n != 0 {
		t.Errorf("%v allocations for each text, want one for dozens", n)
	}
}

// broken is a writer that takes only part of what it is given, or fails.
type broken struct{ err error }

func (b broken) Write(p []byte) (int, error) { return len(p) / 2, b.err }

// TestWriterFails: an error of the underlying writer stays, and nothing piles up behind it.
func TestWriterFails(t *testing.T) {
	full := errors.New("full")
	for _, want := range []error{full, nil} {
		w := NewWriter(broken{want})
		var err error
		for range 10_000 {
			err = w.Write(&Record{})
		}
		if err == nil || want != nil && !errors.Is(err, want) || w.Flush() == nil {
			t.Errorf("got %v, want %v", err, want)
		}
		if cap(w.held) > 4*maxHeld {
			t.Errorf("%d bytes are held for nothing", cap(w.held))
		}
	}
}
