package watch

import (
	"encoding/binary"
	"errors"
	"io"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/serve/alert"
	"github.com/netanom/netanom/traffic/packet"
)

// A probe is frames of a scan: a SYN to one port after the other, each answered by nothing.
type probe struct {
	frames, sent int
	begun        int64
	idle         bool // at the end nothing comes any more, instead of the end
	waits        atomic.Int64
}

func (p *probe) Next(f *packet.Frame) error {
	if p.sent == p.frames {
		if !p.idle {
			return io.EOF
		}
		p.waits.Add(1)
		time.Sleep(10 * time.Millisecond)
		return packet.ErrIdle
	}
	b := make([]byte, 54)
	copy(b[12:], []byte{8, 0, 0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2})
	var sum uint32
	for i := 14; i < 34; i += 2 {
		sum += uint32(binary.BigEndian.Uint16(b[i:]))
	}
	binary.BigEndian.PutUint16(b[24:], ^uint16(sum+sum>>16))
	binary.BigEndian.PutUint16(b[34:], 40000)
	binary.BigEndian.PutUint16(b[36:], uint16(1+p.sent))
	b[46], b[47] = 0x50, packet.SYN
	*f = packet.Frame{Time: p.begun + int64(p.sent)*1000, Link: 1, Length: len(b), Data: b}
	p.sent++
	return nil
}

func TestCapture(t *testing.T) {
	for _, idle := range []bool{false, true} {
		s := newSite(t)
		s.o.quiet, s.o.Hold = 50*time.Millisecond, time.Second
		s.o.Flow.Timeouts.HalfOpen = 100 * time.Millisecond
		var alerts atomic.Int64
		s.o.OnAlert = func(a *alert.Alert) {
			alerts.Add(1)
			if a.Client != "10.0.0.1" || a.Community == "" {
				t.Errorf("alert %+v", a)
			}
		}
		e, err := New(s.o)
		must(t, err)
		ctx, cancel := contextOf(t)
		done := make(chan error, 1)
		p := &probe{frames: 500, begun: time.Now().UnixMicro(), idle: idle}
		go func() { done <- e.Capture(ctx, "eth9", p) }()
		if idle { // the time-outs of a quiet interface pass by the wall clock
			waitFor(t, func() bool { return alerts.Load() > 100 })
			cancel()
		}
		must(t, <-done)
		c := e.Snapshot().Counts
		if c.Frames != 500 || c.Scored != 500 || c.Alerts != alerts.Load() || c.Alerts < 100 {
			t.Errorf("idle %v: counts %+v", idle, c)
		}
		again, err := New(s.o)
		must(t, err)
		must(t, again.Capture(t.Context(), "eth9", &probe{frames: 1, begun: p.begun + 1e9}))
		if n := again.Snapshot().Counts; n.Frames != 501 || n.Alerts < c.Alerts {
			t.Errorf("after a restart: counts %+v", n)
		}
	}
}

type failing struct{ probe }

var errDown = errors.New("the interface went down")

func (f *failing) Next(frame *packet.Frame) error {
	if err := f.probe.Next(frame); err != io.EOF {
		return err
	}
	return errDown
}

// What an interface gave before it failed is scored.
func TestCaptureFails(t *testing.T) {
	s := newSite(t)
	e, err := New(s.o)
	must(t, err)
	err = e.Capture(t.Context(), "eth9", &failing{probe{frames: 50, begun: time.Now().UnixMicro()}})
	if c := e.Snapshot().Counts; !errors.Is(err, errDown) || c.Scored != 50 {
		t.Errorf("%v, counts %+v", err, c)
	}
}

// A capture in a pipe is told by how it begins.
func TestReadCapture(t *testing.T) {
	f, err := os.Open(check.Shared(t, "data", "traffic", "synth", "neptune.pcap"))
	must(t, err)
	defer f.Close()
	s := newSite(t)
	s.o.State = ""
	e, err := New(s.o)
	must(t, err)
	must(t, e.Read(t.Context(), "-", f))
	if c := e.Snapshot().Counts; c.Frames == 0 || c.Scored == 0 || c.Alerts == 0 {
		t.Errorf("counts %+v", c)
	}
}
