package watch

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

// A writer does to a log whatever loggers and rotation do, but for what loses lines.
type writer struct {
	b      *bench
	random *rand.Rand
	lines  int // that have been begun
	files  int
	open   string // the rest of a line that was begun
}

func (w *writer) begin() {
	w.files++
	w.b.write("conn.log", "#"+strings.Repeat(fmt.Sprintf("file%d ", w.files), telling/4)+"\n")
}

func (w *writer) step(t *testing.T) {
	switch w.random.IntN(12) {
	case 0:
		w.finish()
		w.b.rename("conn.log", fmt.Sprintf("conn.%04d.log", w.files))
		w.begin()
	case 1:
		w.finish()
		name := fmt.Sprintf("conn.%04d.log", w.files)
		w.b.rename("conn.log", name)
		w.b.pack(name)
		w.begin()
	case 2:
		w.finish()
		text, err := os.ReadFile(w.b.path("conn.log"))
		w.b.must(err)
		w.b.write(fmt.Sprintf("conn.%04d.log", w.files), string(text))
		w.b.must(os.Truncate(w.b.path("conn.log"), 0))
		w.begin()
	case 3, 4:
		w.finish()
		w.lines++
		line := fmt.Sprintf("line%d\n", w.lines)
		cut := w.random.IntN(len(line))
		w.b.write("conn.log", line[:cut])
		w.open = line[cut:]
	default:
		w.finish()
		for range w.random.IntN(4) {
			w.lines++
			w.b.write("conn.log", fmt.Sprintf("line%d\n", w.lines))
		}
	}
}

func (w *writer) finish() {
	w.b.write("conn.log", w.open)
	w.open = ""
}

// Whatever is done to the log between whatever looks, and whenever the follower is begun
// anew, each line is read once, in order.
func TestFollowAnything(t *testing.T) {
	seeds := uint64(60)
	if testing.Short() {
		seeds = 10
	}
	for seed := range seeds {
		b := newBench(t)
		w := &writer{b: b, random: rand.New(rand.NewPCG(seed, 1))}
		w.begin()
		b.follow(FollowOptions{})
		var read []string
		look := func() {
			for _, line := range strings.Fields(strings.ReplaceAll(b.read(), "|", "")) {
				if strings.HasPrefix(line, "line") {
					read = append(read, line)
				}
			}
		}
		look() // who has read nothing yet has nowhere to go on
		for range 40 {
			w.step(t)
			if w.random.IntN(3) == 0 {
				look()
			}
			if w.random.IntN(6) == 0 {
				b.again(FollowOptions{})
			}
		}
		w.finish()
		look()
		for i := range max(len(read), w.lines) {
			if i >= len(read) || i >= w.lines || read[i] != fmt.Sprintf("line%d", i+1) {
				t.Fatalf("seed %d: of %d lines %d were read, and number %d is %q; notices %q", seed, w.lines, len(read), i+1, read[i:min(i+1, len(read))], b.notices)
			}
		}
	}
}
