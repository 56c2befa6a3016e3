// Package extract makes records with the 41 KDD features of what is there: network
// captures and logs of connections.
package extract

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
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
	Stream     bool          // sources are written while they are read
	Hold       time.Duration // see traffic.StreamOptions; 0: traffic.HoldAll, of streams StreamHold
	MaxHeld    int           // connections that wait; 0: no limit
	Flow       flow.Options  // of captures
	Checksums  bool          // leave out packets whose TCP, UDP or ICMP checksum is wrong, as their receiver does
	Aggregates bool          // leave Zeek's rows of many ICMP packets as they are

	// Labelled, if not nil, is called when a log turns out to have labels, before the first of its records.
	Labelled func()
}

// How long connections of a stream wait. After 5 seconds it is certain that a SYN has no answer; flows
// of NetFlow wait for their other direction up to a minute.
const (
	StreamHold  = 5 * time.Second
	netFlowHold = 65 * time.Second
)

const (
	maxExpanded = 10_000_000     // packets of ICMP that a log is taken apart into, as all of them may have to wait
	maxAhead    = 24 * time.Hour // of the clock of this machine: a stream that goes by such a time never comes back
)

// Detect reports whether a source that begins so, unpacked, is a capture or a log of
// connections.
func Detect(head []byte) bool {
	if packet.IsCapture(head) {
		return true
	}
	_, ok := connlog.Detect(head)
	return ok
}

// A Source is one file or stream, which is opened when its turn comes, and read unpacked.
type Source struct {
	Name string // for messages
	Open func() (io.ReadCloser, error)
}

// Reading is a source that is open.
func Reading(name string, r io.Reader) Source {
	return Source{Name: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(r), nil }}
}

// Records reads sources one after the other, as one stream of connections, and hands
// their records to yield. Sources must be all captures, or all logs. The record is
// reused: yield must copy what it keeps. What cannot be read is counted in the summary;
// an error is that of yield, of the context, or of a source that is no capture and no
// log. Of several sources, empty ones are counted too.
func Records(ctx context.Context, sources []Source, o Options, yield func(*traffic.Record) error) (*Summary, error) {
	x := &extraction{ctx: ctx, options: o, yield: yield, several: len(sources) > 1}
	for i := range sources {
		if err := x.open(&sources[i]); err != nil {
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
	several bool
	stream  *traffic.Stream
	tracker *flow.Tracker
	decoder packet.Decoder
	log     bool
	summary Summary
}

// open opens a source and reads it.
func (x *extraction) open(s *Source) error {
	r, err := s.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	return x.read(s.Name, r)
}

// A whole is a reader for which a packed file that was cut off ends there, as one that is not packed does.
type whole struct {
	io.Reader
	cut error // how the file ended
}

// Read implements io.Reader.
func (w *whole) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		w.cut, err = err, io.EOF
	}
	return n, err
}

// read reads one source.
func (x *extraction) read(name string, from io.Reader) error {
	w := &whole{Reader: from}
	r := bufio.NewReaderSize(w, 1<<18)
	head, err := r.Peek(4) // no more than there is to wait for
	switch {
	case err != nil && err != io.EOF:
		return err
	case len(head) == 0 && w.cut != nil:
		return w.cut
	case len(head) == 0 && x.several:
		x.summary.Empty = append(x.summary.Empty, name)
		return nil
	case len(head) == 0:
		return fmt.Errorf("%s is empty", name)
	case packet.IsCapture(head):
		err = x.readCapture(name, r)
	default:
		err = x.readLog(name, r)
	}
	switch {
	case w.cut != nil && err == nil:
		x.summary.Cut = append(x.summary.Cut, w.cut.Error())
	case w.cut != nil && errors.Is(err, errNoSource):
		return w.cut
	}
	return err
}

// begin makes what turns connections into records, when the first source is known.
func (x *extraction) begin(name string, log bool, usual time.Duration) (err error) {
	if x.stream != nil {
		if log != x.log {
			return fmt.Errorf("%s: captures and logs cannot be read as one stream of connections; read them one by one", name)
		}
		return nil
	}
	if x.options.Hold == 0 {
		x.options.Hold = traffic.HoldAll
		if x.options.Stream {
			x.options.Hold = usual
		}
	}
	x.log = log
	o := traffic.StreamOptions{Windows: x.options.Setting.Windows, Hold: x.options.Hold, MaxHeld: x.options.MaxHeld, Announced: !log, Provisional: flow.Provisional}
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
	if x.summary.Records%checkEvery == 0 && x.ctx.Err() != nil {
		return x.ctx.Err()
	}
	if r.Lacks&traffic.LacksLogin != 0 {
		r.Content.LoggedIn = x.options.Setting.Services.InferLoggedIn(&r.Connection)
	}
	x.summary.count(r, x.options.Setting.Services)
	return x.yield(r)
}

// checkEvery is how many packets, connections or records pass between looks at the context.
const checkEvery = 4096

// readCapture reads the packets of a capture.
func (x *extraction) readCapture(name string, r io.Reader) error {
	if err := x.begin(name, false, StreamHold); err != nil {
		return err
	}
	frames, err := packet.NewReader(r)
	switch {
	case err != nil && x.several && errors.Is(err, packet.ErrShort):
		x.summary.Empty = append(x.summary.Empty, name)
		return nil
	case err != nil:
		return fmt.Errorf("%s: %w", name, err)
	}
	var f packet.Frame
	var failed error
	track := x.track(&failed)
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
		if x.frame(&f, track); failed != nil {
			return failed
		}
	}
	x.summary.addReader(name, frames)
	return nil
}

// track returns what hands packets to the tracker, made once so that a packet allocates nothing.
func (x *extraction) track(failed *error) func(*packet.Packet) {
	return func(p *packet.Packet) {
		if *failed == nil {
			*failed = x.tracker.Add(p)
		}
	}
}

// frame counts a frame and hands on its packets.
func (x *extraction) frame(f *packet.Frame, track func(*packet.Packet)) {
	x.summary.Frames++
	x.summary.FrameBytes += int64(f.Length)
	x.decoder.Decode(f, track)
}

var errNoSource = errors.New("is neither a capture (pcap, pcapng) nor a log of connections (Zeek's conn.log, Suricata's EVE, CSV of nfdump or Argus)")

// readLog reads the connections of a log.
func (x *extraction) readLog(name string, r io.Reader) error {
	log, err := connlog.NewReader(r, connlog.Options{KeepAggregates: x.options.Aggregates, MaxExpanded: maxExpanded})
	if errors.Is(err, connlog.ErrFormat) {
		return fmt.Errorf("%s %w", name, errNoSource)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	usual := StreamHold
	if log.Format() == connlog.NetFlow {
		usual = netFlowHold
	}
	if err := x.begin(name, true, usual); err != nil {
		return err
	}
	if err := log.All(x.ctx, x.taker(log)); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	x.summary.addLog(name, log)
	return nil
}

// taker returns what takes in the connections of a log.
func (x *extraction) taker(log *connlog.Reader) func(*traffic.Connection) error {
	n, told := 0, x.options.Labelled == nil
	limit := int64(math.MaxInt64)
	if x.options.Hold != traffic.HoldAll {
		limit = time.Now().Add(maxAhead).UnixMicro()
	}
	return func(c *traffic.Connection) error {
		if n%checkEvery == 0 && x.ctx.Err() != nil { // a line may hold a million connections
			return x.ctx.Err()
		}
		if first := n == 0 || x.options.Hold == traffic.HoldAll; first && !told && (log.Labelled() || c.Label != "") { // JSON leaves fields without a value out
			told = true
			x.options.Labelled()
		}
		n++
		if c.Start > limit && c.Start > time.Now().Add(maxAhead).UnixMicro() {
			x.summary.Future++
			return nil
		}
		return x.stream.Add(c)
	}
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
