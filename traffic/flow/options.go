package flow

import (
	"fmt"
	"time"

	"github.com/netanom/netanom/traffic"
)

// Timeouts say after how long without a packet a connection is over. 0 stands for the
// value of DefaultOptions.
type Timeouts struct {
	HalfOpen   time.Duration // after a SYN that nobody answers, whatever else its sender sends
	Reset      time.Duration // after a RST
	Closed     time.Duration // after both sides have closed
	HalfClosed time.Duration // after one side has closed of a connection whose opening was not seen
	TCP        time.Duration // any other TCP connection
	UDP        time.Duration
	Fragments  time.Duration // how long the parts of a packet are waited for, from the first to come
}

// Options say how a Tracker tracks.
type Options struct {
	// MaxFlows is how many connections are open at most, at some 500 bytes each; 0 stands for a
	// million. Beyond, those that are longest half-open are ended, then those that are longest idle.
	MaxFlows int
	Timeouts Timeouts
	// Content reads along with services in clear text (see traffic/content).
	Content bool
	// DropBadChecksums leaves packets with a wrong checksum out, as their receiver does, and
	// Zeek. They are counted either way. Captures whose addresses were changed may have
	// nothing else, and those made on a host have them in what it sent.
	DropBadChecksums bool
	// UIDs gives every connection a name like those of Zeek, which depends on Seed and
	// on how many began before.
	UIDs bool
	Seed uint64
	// Ended, if not nil, is told of every connection just before the sink is. The
	// summary is reused.
	Ended func(*Summary)
}

// DefaultOptions returns a million connections and the time-outs of Zeek (init-bare.zeek), with two
// exceptions. Fragments are waited for 30 seconds, and not for ever. Reset connections are kept for 5 seconds, and
// not 100 ms, after which what was still on its way would begin connections that never were.
func DefaultOptions() Options {
	return Options{
		MaxFlows: 1_000_000,
		Timeouts: Timeouts{
			HalfOpen:   5 * time.Second,
			Reset:      5 * time.Second,
			Closed:     5 * time.Second,
			HalfClosed: 3 * time.Second,
			TCP:        5 * time.Minute,
			UDP:        time.Minute,
			Fragments:  30 * time.Second,
		},
	}
}

// maxFlows is what the 32-bit places of the table and its slots allow with room to spare.
const maxFlows = 1 << 30

// Validate says what is wrong with the options, if anything.
func (o *Options) Validate() error {
	if o.MaxFlows < 0 || o.MaxFlows > maxFlows {
		return fmt.Errorf("%d connections cannot be tracked at once; choose 1 to %d", o.MaxFlows, maxFlows)
	}
	for _, t := range o.Timeouts.fields() {
		if *t.value != 0 && *t.value < time.Microsecond {
			return fmt.Errorf("the time-out for %s is %v; it must be at least a microsecond, or 0 for the usual one", t.name, *t.value)
		}
	}
	return nil
}

type timeout struct {
	name  string
	value *time.Duration
}

func (t *Timeouts) fields() []timeout {
	return []timeout{
		{"half-open connections", &t.HalfOpen}, {"reset connections", &t.Reset},
		{"closed connections", &t.Closed}, {"half-closed connections", &t.HalfClosed},
		{"TCP", &t.TCP}, {"UDP", &t.UDP}, {"fragments", &t.Fragments},
	}
}

// completed returns the options with the defaults in place of zeros.
func (o Options) completed() Options {
	usual := DefaultOptions()
	if o.MaxFlows == 0 {
		o.MaxFlows = usual.MaxFlows
	}
	defaults := usual.Timeouts.fields()
	for i, t := range o.Timeouts.fields() {
		if *t.value == 0 {
			*t.value = *defaults[i].value
		}
	}
	return o
}

// A Sink takes in connections; *traffic.Stream is one.
type Sink interface {
	// Open takes in a connection that has begun. The tracker keeps the answer until End.
	Open(*traffic.Connection) (*traffic.Pending, error)
	// Add takes in one that has ended.
	Add(*traffic.Connection) error
	// End says that one is as it will stay.
	End(*traffic.Pending) error
	// Advance tells the time, in microseconds since the Unix epoch.
	Advance(now int64) error
}
