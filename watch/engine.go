package watch

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/netanom/netanom/serve/alert"
	"github.com/netanom/netanom/traffic"
	"github.com/netanom/netanom/traffic/flow"
	"github.com/netanom/netanom/triage"
)

// Counts are what an Engine has done, restarts included. Lines that a restart had to read
// again count once.
type Counts struct {
	Lines    int64 `json:"lines"`    // of logs, and rows of tables
	Frames   int64 `json:"frames"`   // of captures
	Bad      int64 `json:"bad"`      // lines and rows that could not be read
	Long     int64 `json:"long"`     // lines that were passed over for their length
	Other    int64 `json:"other"`    // lines and frames that are nothing to score
	Scored   int64 `json:"scored"`   // connections
	Refused  int64 `json:"refused"`  // connections that the model's policy did not let be scored
	Alerts   int64 `json:"alerts"`   // connections that were taken for attacks, the allowed ones left out
	Allowed  int64 `json:"allowed"`  // connections that were taken for attacks, and are known to be harmless
	Repeated int64 `json:"repeated"` // alerts that an earlier run had written down
	Late     int64 `json:"late"`     // connections that came after later ones had been counted in the windows
	Forced   int64 `json:"forced"`   // connections that were counted before their time, for MaxHeld
}

// An Engine scores the connections of one source. Make a new one for each.
type Engine struct {
	o     Options
	board board // what Snapshot shows

	mu      sync.Mutex      // held while anything below is used
	ctx     context.Context // of what must be done even when the run is to end
	source  string
	batch   *batch
	raiser  *raiser
	groups  *triage.Groups
	stream  *traffic.Stream
	tracker *flow.Tracker // nil: a log is read
	drift   drift
	counts  Counts
	closed  bool
	failed  error // what a reader was doing is half done

	clock int64     // the latest start of a connection or time of a packet, in microseconds
	heard time.Time // when it was read
	fresh bool      // something was read since heard

	asking time.Time     // since when a table has not answered; zero: it is not being asked
	slack  time.Duration // how long silence says nothing, as a table is looked at from time to time

	drainTime time.Duration // to write down what was read, at the end

	log     *logSource  // nil: packets are read
	resume  *checkpoint // of an earlier run; nil: there was none
	saved   time.Time
	rest    time.Duration // at least until the next checkpoint, as the last took long
	unsaved bool          // the last checkpoint could not be written, which has been told
	caught  time.Time     // when a log had first been read to its end; zero: not yet
}

// New makes an engine, and reads the checkpoint of an earlier run, if there is one.
func New(o Options) (*Engine, error) {
	o, err := o.checked()
	if err != nil {
		return nil, err
	}
	e := &Engine{o: o, batch: newBatch(o.Model), drift: newDrift(o.Model), drainTime: drainTime}
	e.board.begin(&e.o)
	e.raiser = newRaiser(&e.o)
	groups := o.Groups
	groups.Closed = e.ended
	if e.groups, err = triage.NewGroups(groups); err != nil {
		return nil, err
	}
	if o.State != "" {
		if e.resume, err = readCheckpoint(o.State); err != nil {
			return nil, fmt.Errorf("the state of an earlier run cannot be used: %w", err)
		}
		if err = storable(o.State); err != nil {
			return nil, fmt.Errorf("%w: %w", errUnsaved, err)
		}
	}
	return e, nil
}

// ended hands on a group that is over.
func (e *Engine) ended(g *triage.Group) {
	if e.o.Groups.Closed != nil {
		e.o.Groups.Closed(g)
	}
	e.o.OnEnd(g)
}

// notice tells users something.
func (e *Engine) notice(text string) {
	e.board.tell(e.o.Now(), text)
	e.o.Notice(text)
}

// begin prepares for a source. Packets are announced: they tell when a connection begins.
func (e *Engine) begin(ctx context.Context, source string, packets bool) (err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stream != nil {
		return errors.New("an engine reads one source; make another for the next")
	}
	e.ctx, e.source = ctx, source
	e.board.source(source)
	o := traffic.StreamOptions{Windows: e.o.Model.Schema.Setting.Windows, Hold: e.o.Hold, MaxHeld: e.o.MaxHeld}
	if packets {
		o.Announced, o.Provisional = true, flow.Provisional
	}
	if e.stream, err = traffic.NewStream(o, e.emit); err != nil {
		return err
	}
	if packets {
		if e.tracker, err = flow.NewTracker(e.stream, e.o.Flow); err != nil {
			return err
		}
	}
	now := e.o.Now()
	e.heard, e.saved = now, now
	return e.restore(ctx)
}

// restore goes on where the checkpoint is.
func (e *Engine) restore(ctx context.Context) error {
	c := e.resume
	if c == nil {
		return nil
	}
	if c.Source != e.source {
		return fmt.Errorf("%s: the state is of %s, and not of %s; name another file for it", e.o.State, c.Source, e.source)
	}
	e.counts, e.clock = c.Counts, max(c.Stream.Now, 0)
	if c.Model != e.o.Model.Checksum {
		e.notice("the model is another than before the restart; it goes on at the same place")
	}
	if c.Setting != e.o.Model.Schema.Setting {
		e.notice("the features are made in another way than before the restart, so that the windows begin empty")
		c.Stream.Windows = nil
		if err := e.refill(c.Stream); err != nil {
			return err
		}
	} else if err := e.stream.Restore(c.Stream); err != nil {
		return fmt.Errorf("%s: %w", e.o.State, err)
	}
	if len(c.Groups) > 0 {
		if err := e.groups.Restore(c.Groups); err != nil {
			return fmt.Errorf("%s: %w", e.o.State, err)
		}
	}
	return e.know(ctx, c)
}

// refill takes in the connections that were held, without the windows that they waited for.
func (e *Engine) refill(s *traffic.StreamState) error {
	for i := range s.Held {
		if err := e.stream.Add(&s.Held[i]); err != nil {
			return err
		}
	}
	return nil
}

// know finds the alerts that were written down after the checkpoint.
func (e *Engine) know(ctx context.Context, c *checkpoint) error {
	for _, id := range c.Known {
		e.raiser.known[id] = true
	}
	if e.raiser.log == nil {
		return nil
	}
	exact, err := e.raiser.log.IDs(ctx, c.Alerts, func(id string) bool {
		e.raiser.known[id] = true
		return len(e.raiser.known) < mostKnown
	})
	if err != nil {
		return fmt.Errorf("the alert log cannot be read, to see what was written before the restart: %w", err)
	}
	if !exact && c.Alerts.Offset > 0 {
		e.notice("the alert log is not the one that was written before the restart; an alert of the last seconds before it may be written once more")
	}
	return nil
}

// mostKnown is how many ids are remembered of what was written between a checkpoint and a
// restart.
const mostKnown = 1 << 20

// emit takes in a record.
func (e *Engine) emit(r *traffic.Record) error {
	var origin string
	r.UID, origin = untagged(r.UID)
	if len(e.batch.rows) == 0 {
		e.batch.since = e.o.Now()
	}
	first := !e.batch.looked
	e.batch.add(r, origin)
	if first {
		if text := e.batch.lack(); text != "" {
			e.notice(text)
		}
	}
	if len(e.batch.rows) >= e.o.Batch {
		return e.flush()
	}
	return nil
}

// hear notes the time of a connection or packet.
func (e *Engine) hear(micro int64) { e.clock = max(e.clock, micro) }

// flush scores what waits, and raises alerts.
func (e *Engine) flush() error {
	b := e.batch
	if len(b.rows) == 0 {
		return nil
	}
	found, attacks, taken, err := b.score()
	if err != nil {
		return fmt.Errorf("the model cannot score: %w", err)
	}
	reasons, err := b.reasons(taken[:min(len(taken), e.o.Explained)], e.o.Reasons)
	if err != nil {
		return fmt.Errorf("the model cannot give reasons: %w", err)
	}
	var alerts []alert.Alert
	var grouped []triage.Alert
	for k, i := range attacks {
		x := &b.rows[i]
		a := e.raiser.alert(e.source, x, found.Score[taken[k]], found.Class[taken[k]])
		if k < len(reasons) {
			a.Reasons = reasonsOf(reasons[k])
		}
		t := e.raiser.triaged(x, &a)
		if e.o.Allow != nil {
			if _, allowed := e.o.Allow.Match(&t, t.Time); allowed {
				e.counts.Allowed++
				continue
			}
		}
		alerts, grouped = append(alerts, a), append(grouped, t)
	}
	if err := e.raise(alerts, grouped); err != nil {
		return err
	}
	e.settle(len(alerts))
	return nil
}

// raise writes alerts down and tells of them.
func (e *Engine) raise(alerts []alert.Alert, grouped []triage.Alert) error {
	fresh := make([]alert.Alert, 0, len(alerts))
	for i := range alerts {
		if e.raiser.repeated(alerts[i].ID) {
			e.counts.Repeated++
			continue
		}
		fresh = append(fresh, alerts[i])
	}
	if e.raiser.log != nil {
		err := e.raiser.write(e.ctx, fresh, e.stall)
		e.board.stall(time.Time{})
		if err != nil {
			return err
		}
	}
	for i := range fresh {
		e.o.OnAlert(&fresh[i])
	}
	for i := range grouped {
		if n := e.groups.Add(&grouped[i]); n.Why != triage.Quiet {
			e.o.OnGroup(n.Group(), n.Why)
		}
	}
	return nil
}

// stall says that alerts cannot be written, for which all else waits.
func (e *Engine) stall(cause error) {
	e.board.stall(e.o.Now())
	e.notice(fmt.Sprintf("alerts cannot be written down, and no more is read until they are: %v", cause))
}

// settle counts a batch that is done, and empties it.
func (e *Engine) settle(alerts int) {
	b, now := e.batch, e.o.Now()
	in := b.intake
	e.counts.Scored += int64(len(in.Taken))
	e.counts.Refused += int64(in.Refused)
	e.counts.Alerts += int64(alerts)
	if cause := b.refusal(); cause != "" && e.board.once("refused") {
		e.notice(fmt.Sprintf("the policy of the model does not let a connection be scored (%s); such connections are counted from now on", cause))
	}
	if text := e.drift.add(in, b.lacking, now); text != "" {
		e.notice(text)
	}
	e.board.add(now, int64(len(b.rows)), int64(alerts), e.counts)
	b.clear()
}
