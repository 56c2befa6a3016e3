package watch

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/netanom/netanom/traffic/packet"
)

// Read scores what a reader gives until it ends, or ctx is done, which is no error: a log
// of connections or a capture, which is told by how it begins. It may be a pipe into which
// somebody writes for months. It must be unpacked.
//
// A reader has no place to go back to. With a checkpoint the windows, groups and counts of
// the run before are there, but what it did not live to read is lost.
func (e *Engine) Read(ctx context.Context, name string, r io.Reader) error {
	e.board.source(name)
	in := bufio.NewReaderSize(r, 1<<18)
	head, err := peek(ctx, in)
	switch {
	case err != nil && ctx.Err() != nil:
		return nil
	case err != nil && len(head) == 0 && errors.Is(err, io.EOF):
		return fmt.Errorf("%s: there is nothing to read", name)
	case err != nil && len(head) == 0:
		return fmt.Errorf("%s: %w", name, err)
	}
	if packet.IsCapture(head) {
		frames, err := packet.NewReader(in)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return e.Capture(ctx, name, frames)
	}
	e.log = &logSource{e: e}
	return e.run(ctx, name, false, func() error { return e.readLines(ctx, name, in) })
}

// peek waits for the first bytes, as long as ctx lets it.
func peek(ctx context.Context, in *bufio.Reader) ([]byte, error) {
	type found struct {
		head []byte
		err  error
	}
	done := make(chan found, 1)
	go func() {
		head, err := in.Peek(4)
		if err == nil {
			head, _ = in.Peek(min(max(4, in.Buffered()), headBytes))
		}
		done <- found{head, err}
	}()
	select {
	case f := <-done:
		return f.head, f.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// readLines reads lines until there are no more.
func (e *Engine) readLines(ctx context.Context, name string, in *bufio.Reader) error {
	limit := e.o.Log.MaxLine
	if limit <= 0 {
		limit = 1 << 20
	}
	var line []byte
	var offset int64
	for {
		if ctx.Err() != nil {
			return errInterrupted
		}
		line = line[:0]
		start, long := offset, false
		var err error
		for {
			var part []byte
			part, err = in.ReadSlice('\n')
			offset += int64(len(part))
			if long = long || len(line)+len(part) > limit; !long {
				line = append(line, part...)
			}
			if !errors.Is(err, bufio.ErrBufferFull) {
				break
			}
		}
		if err != nil && !errors.Is(err, io.EOF) && ctx.Err() != nil { // the pipe was closed for it
			return errInterrupted
		}
		if ended := e.oneLine(line, start, long); ended != nil {
			return ended
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return e.cut(fmt.Errorf("%s: %w", name, err))
		}
	}
}

// oneLine takes a line of a stream, with its end.
func (e *Engine) oneLine(line []byte, offset int64, long bool) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return errClosed
	}
	e.fresh = true
	if e.log.key == "" && len(line) > 0 && line[0] != '#' { // the head of Zeek's logs is the same in all
		e.log.key = hashOf(line[:min(len(line), headBytes)])[:16]
	}
	if long {
		e.counts.Long++
		return nil
	}
	for len(line) > 0 && (line[len(line)-1] == '\n' || line[len(line)-1] == '\r') {
		line = line[:len(line)-1]
	}
	if len(line) == 0 {
		return nil
	}
	e.counts.Lines++
	return e.fail(e.log.line(line, offset))
}

// Frames is where packets come from: a *packet.Reader or a *packet.Live. Next returns
// packet.ErrIdle from time to time when none come, and io.EOF at the end.
type Frames interface {
	Next(*packet.Frame) error
}

// Capture scores the connections that packets make, until there are no more, or ctx is
// done, which is no error. What is open then is ended and scored.
func (e *Engine) Capture(ctx context.Context, name string, frames Frames) error {
	e.caught = e.o.Now()
	return e.run(ctx, name, true, func() error { return e.packets(ctx, name, frames) })
}

// packets reads frames. It waits for them without e.mu.
func (e *Engine) packets(ctx context.Context, name string, frames Frames) error {
	var f packet.Frame
	decoder := packet.Decoder{Checksums: e.o.Flow.DropBadChecksums}
	for {
		if ctx.Err() != nil {
			return errInterrupted
		}
		err := frames.Next(&f)
		switch {
		case errors.Is(err, packet.ErrIdle):
			continue
		case ctx.Err() != nil:
			return errInterrupted
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return e.cut(fmt.Errorf("%s: %w", name, err))
		}
		if err := e.frame(&decoder, &f); err != nil {
			return err
		}
	}
}

// cut ends a stream that fails, after all that it gave is scored.
func (e *Engine) cut(cause error) error {
	if err := e.drain(nil); err != nil {
		return errors.Join(cause, err)
	}
	return cause
}

// frame takes the packets of a frame.
func (e *Engine) frame(d *packet.Decoder, f *packet.Frame) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return errClosed
	}
	e.counts.Frames++
	var failed error
	n := 0
	d.Decode(f, func(p *packet.Packet) {
		n++
		if failed == nil {
			if e.clock-p.Time > setBack {
				e.clock = p.Time
			}
			e.hear(p.Time)
			failed = e.tracker.Add(p)
		}
	})
	if n > 0 {
		e.fresh = true
	} else {
		e.counts.Other++
	}
	return e.fail(failed)
}

// setBack is by how many microseconds a packet's time must be before others for the clock
// to have been set.
const setBack = int64(time.Hour / time.Microsecond)
