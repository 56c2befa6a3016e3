// Package extract makes records with the 41 KDD features of what is there: network
// captures and logs of connections.
package extract

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/netanom/netanom/traffic"
	"github.com/netanom/netanom/traffic/connlog"
	"github.com/netanom/netanom/traffic/flow"
	"github.com/netanom/netanom/traffic/packet"
)

// Options say what records to make. The zero value makes those of the KDD data from a
// whole file.
type Options struct {
	Setting    traffic.Setting
	Hold       time.Duration // see traffic.StreamOptions; 0: traffic.HoldAll
	MaxHeld    int           // connections that wait; 0: no limit
	Flow       flow.Options  // of captures
	Checksums  bool          // leave out packets whose TCP, UDP or ICMP checksum is wrong, as their receiver does
	Aggregates bool          // leave Zeek's rows of many ICMP packets as they are
}

// headSize is how much of a source is looked at to tell what it is.
const headSize = 4096

// Detect reports whether a source that begins so, unpacked, is a capture or a log of
// connections.
func Detect(head []byte) bool {
	if packet.IsCapture(head) {
		return true
	}
	_, ok := connlog.Detect(head)
	return ok
}

// A Source is what is read of one file or stream, unpacked.
type Source struct {
	Name   string // for messages
	Reader io.Reader
}

// Records reads sources one after the other, as one stream of connections, and hands
// their records to yield. Sources must be all captures, or all logs. The record is
// reused: yield must copy what it keeps. What cannot be read is counted in the summary;
// an error is that of yield, of the context, or of a source that is no capture and no
// log.
func Records(ctx context.Context, sources []Source, o Options, yield func(*traffic.Record) error) (*Summary, error) {
	x := &extraction{ctx: ctx, options: o, yield: yield}
	for i := range sources {
		if err := x.read(&sources[i]); err != nil {
			return &x.summary, err
		}
	}
	return &x.summary, x.finish()
}

// An extraction is the state between sources.
type extraction struct {
	ctx     context.Context
	options Options
	yield   func(*traffic.Record) error
	stream  *traffic.Stream
	tracker *flow.Tracker
	decoder packet.Decoder
	log     bool
	summary Summary
}

// read reads one source.
func (x *extraction) read(s *Source) error {
	r := bufio.NewReaderSize(s.Reader, 1<<18)
	head, err := r.Peek(headSize)
	if err != nil && err != io.EOF && !errors.Is(err, bufio.ErrBufferFull) {
		return err
	}
	capture := packet.IsCapture(head)
	_, log := connlog.Detect(head)
	switch {
	case len(head) == 0:
		return fmt.Errorf("%s is empty", s.Name)
	case !capture && !log:
		return fmt.Errorf("%s is neither a capture (pcap, pcapng) nor a log of connections (Zeek's conn.log, Suricata's EVE, CSV of nfdump or Argus)", s.Name)
	case x.stream == nil:
		if err := x.begin(log); err != nil {
			return err
		}
	case log != x.log:
		return fmt.Errorf("%s: captures and logs cannot be read as one stream of connections; read them one by one", s.Name)
	}
	if capture {
		return x.readCapture(s.Name, r)
	}
	return x.readLog(s.Name, r)
}

// begin makes what turns connections into records.
func (x *extraction) begin(log bool) (err error) {
	o := traffic.StreamOptions{Windows: x.options.Setting.Windows, Hold: x.options.Hold, MaxHeld: x.options.MaxHeld, Announced: !log, Provisional: flow.Provisional}
	if o.Hold == 0 {
		o.Hold = traffic.HoldAll
	}
	x.log = log
	if x.stream, err = traffic.NewStream(o, x.emit); err != nil || log {
		return err
	}
	x.options.Flow.UIDs = true
	x.options.Flow.DropBadChecksums, x.decoder.Checksums = x.options.Checksums, x.options.Checksums
	x.tracker, err = flow.NewTracker(x.stream, x.options.Flow)
	return err
}

// emit counts a record and hands it on.
func (x *extraction) emit(r *traffic.Record) error {
	if r.Lacks&traffic.LacksLogin != 0 {
		r.Content.LoggedIn = x.options.Setting.Services.InferLoggedIn(&r.Connection)
	}
	x.summary.count(r, x.options.Setting.Services)
	return x.yield(r)
}

// checkEvery is how many packets pass between looks at the context.
const checkEvery = 4096

// readCapture reads the packets of a capture.
func (x *extraction) readCapture(name string, r io.Reader) error {
	frames, err := packet.NewReader(r)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	var f packet.Frame
	var failed error
	track := func(p *packet.Packet) {
		if failed == nil {
			failed = x.tracker.Add(p)
		}
	}
	for n := 0; ; n++ {
		if n%checkEvery == 0 && x.ctx.Err() != nil {
			return x.ctx.Err()
		}
		err := frames.Next(&f)
		if err == io.EOF {
			break
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		x.summary.Frames++
		x.summary.FrameBytes += int64(f.Length)
		if x.decoder.Decode(&f, track); failed != nil {
			return failed
		}
	}
	x.summary.addReader(name, frames)
	return nil
}

// readLog reads the connections of a log.
func (x *extraction) readLog(name string, r io.Reader) error {
	log, err := connlog.NewReader(r, connlog.Options{KeepAggregates: x.options.Aggregates})
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := log.All(x.ctx, x.stream.Add); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	x.summary.addLog(name, log)
	return nil
}

// finish ends what is open and releases what is held.
func (x *extraction) finish() error {
	if x.stream == nil {
		return errors.New("there is no source to read")
	}
	if x.tracker != nil {
		if err := x.tracker.Close(); err != nil {
			return err
		}
		x.summary.Flow = x.tracker.Stats()
		x.summary.Packets = x.decoder.Counts()
	}
	err := x.stream.Close()
	x.summary.Stream = x.stream.Stats()
	return err
}
