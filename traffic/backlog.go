package traffic

// A backlog keeps what waits for the end of a stream: in the order in which it came,
// until all of it is sorted at once. It grows by blocks, so that nothing is ever moved.
// The zero value is empty.
type backlog struct {
	blocks [][]waiting // all full but the last
	n      int
}

// waiting is a connection that began at start, by its ticket.
type waiting struct {
	start  int64
	ticket ticket
}

// backlogBlock is how many a block holds.
const backlogBlock = 1 << 12

func (b *backlog) push(start int64, t ticket) {
	last := len(b.blocks) - 1
	if last < 0 || len(b.blocks[last]) == cap(b.blocks[last]) {
		b.blocks = append(b.blocks, make([]waiting, 0, backlogBlock))
		last++
	}
	b.blocks[last] = append(b.blocks[last], waiting{start, t})
	b.n++
}

// take empties the backlog and returns what it held in order of the starts, equal ones
// in the order in which they came. It sorts by digits, the lowest first (Knuth, The Art
// of Computer Programming 3, 5.2.5): a day of microseconds has four, and as logs are
// nearly in order each pass goes through memory about in sequence.
func (b *backlog) take() []waiting {
	source, low, span := b.blocks, int64(0), uint64(0)
	if b.n > 0 {
		low, span = b.extent()
	}
	target := make([]waiting, b.n)
	scatter(target, source, low, 0)
	*b = backlog{}
	var spare []waiting
	for shift := digitBits; span>>shift > 0; shift += digitBits {
		if spare == nil {
			spare = make([]waiting, len(target))
		}
		scatter(spare, [][]waiting{target}, low, shift)
		target, spare = spare, target
	}
	return target
}

// giveBack makes what take returned, or the rest of it, the whole backlog.
func (b *backlog) giveBack(sorted []waiting) {
	b.blocks, b.n = [][]waiting{sorted[:len(sorted):len(sorted)]}, len(sorted)
}

// extent returns the earliest start, and how much later the latest is.
func (b *backlog) extent() (low int64, span uint64) {
	low = b.blocks[0][0].start
	high := low
	for _, block := range b.blocks {
		for i := range block {
			low, high = min(low, block[i].start), max(high, block[i].start)
		}
	}
	return low, uint64(high) - uint64(low)
}

const digitBits = 11 // counts of all values of a digit fit the first-level cache

// digit returns the digit of the time since low. The difference is right even where it
// does not fit an int64.
func (w *waiting) digit(low int64, shift int) uint64 {
	return (uint64(w.start) - uint64(low)) >> shift % (1 << digitBits)
}

// scatter moves the source to the target in order of one digit; equal ones keep theirs.
func scatter(target []waiting, source [][]waiting, low int64, shift int) {
	var places [1 << digitBits]int
	for _, block := range source {
		for i := range block {
			places[block[i].digit(low, shift)]++
		}
	}
	next := 0
	for d, n := range places {
		places[d] = next
		next += n
	}
	for _, block := range source {
		for i := range block {
			place := &places[block[i].digit(low, shift)]
			target[*place] = block[i]
			*place++
		}
	}
}
