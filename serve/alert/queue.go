package alert

import (
	"errors"
	"sync"
	"sync/atomic"
)

// A batch is what one Append hands over: whole lines.
type batch struct {
	lines  []byte
	alerts uint64
	done   chan error // takes the one answer without waiting
	state  atomic.Int32
}

// The states of a batch. Whoever leaves batchWaiting first decides who is told of the
// outcome: Append, or the figures of Stats.
const (
	batchWaiting = iota
	batchSettled
	batchLeft // Append returned with ErrLate
)

func newBatch(lines []byte, alerts int) *batch {
	return &batch{lines: lines, alerts: uint64(alerts), done: make(chan error, 1)}
}

var errNoRoom = errors.New("no room")

// A queue holds batches of up to so many bytes together, in the order in which they came.
type queue struct {
	limit   int
	arrived chan struct{} // holds one value when take should look

	mu      sync.Mutex
	batches []*batch
	bytes   int
	closed  bool
	room    chan struct{} // closed when batches were taken
}

func newQueue(limit int) *queue {
	return &queue{limit: limit, arrived: make(chan struct{}, 1), room: make(chan struct{})}
}

// put appends a batch. It returns ErrClosed, or errNoRoom with a channel that will be
// closed when it is worth trying again. An empty queue has room for a batch of any size.
func (q *queue) put(b *batch) (<-chan struct{}, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return nil, ErrClosed
	}
	if len(q.batches) > 0 && q.bytes+len(b.lines) > q.limit {
		return q.room, errNoRoom
	}
	q.batches = append(q.batches, b)
	q.bytes += len(b.lines)
	poke(q.arrived)
	return nil, nil
}

// take waits for batches and appends the first of them to group: as many as fit into so many bytes, and one
// at least. It appends none when the queue was closed and is empty.
func (q *queue) take(group []*batch, most int) []*batch {
	for {
		q.mu.Lock()
		n := q.fitting(most)
		group = append(group, q.batches[:n]...)
		q.remove(n)
		end := n > 0 || q.closed
		q.mu.Unlock()
		if end {
			return group
		}
		<-q.arrived
	}
}

// fitting counts the batches at the front that fit into so many bytes, one at least.
func (q *queue) fitting(most int) int {
	sum := 0
	for i, b := range q.batches {
		if sum += len(b.lines); sum > most && i > 0 {
			return i
		}
	}
	return len(q.batches)
}

func (q *queue) remove(n int) {
	if n == 0 {
		return
	}
	for _, b := range q.batches[:n] {
		q.bytes -= len(b.lines)
	}
	rest := copy(q.batches, q.batches[n:])
	clear(q.batches[rest:])
	q.batches = q.batches[:rest]
	close(q.room)
	q.room = make(chan struct{})
}

// close lets in no more batches; those inside can still be taken.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	poke(q.arrived)
}

// poke leaves a value in a channel of one place, if there is none yet.
func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
