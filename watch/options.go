package watch

import (
	"errors"
	"time"

	"github.com/netanom/netanom/model"
	"github.com/netanom/netanom/serve/alert"
	"github.com/netanom/netanom/traffic/connlog"
	"github.com/netanom/netanom/traffic/flow"
	"github.com/netanom/netanom/triage"
)

// Options say how an Engine scores. A field of zero means the default. The functions are
// called one at a time, while all else waits: they must be quick, and of the engine may
// call Snapshot alone.
type Options struct {
	Model *model.Pipeline // see Pipeline.WithThreshold; features are made as its Schema.Setting says
	Name  string          // of the model, in alerts

	Hold    time.Duration // see traffic.StreamOptions; 5 s
	MaxHeld int           // 65,536
	Log     connlog.Options
	Flow    flow.Options // of packets

	Batch     int           // rows that are scored together at most; 512
	Within    time.Duration // how long a row waits for others; 200 ms
	Reasons   int           // of an alert; 0: none
	Explained int           // alerts of one batch that are given reasons, for these take long; 16

	Allow  *triage.Allow // what is no alert, whatever the model says; nil: nothing
	Alerts *alert.Log    // nil: alerts are only told. Its Patience should be long, and Sync set where the machine may lose power.
	Groups triage.Options

	State string        // file of the checkpoint; "": a restart knows nothing
	Every time.Duration // between checkpoints; 5 s

	OnAlert func(*alert.Alert)              // after it was written down
	OnGroup func(*triage.Group, triage.Why) // when it is worth telling
	OnEnd   func(*triage.Group)             // of a group that is over
	Notice  func(string)                    // what users should know, in a sentence
	Now     func() time.Time                // time.Now

	retry time.Duration // between attempts to write alerts down, and the first ones to ask a table again; 1 s
	quiet time.Duration // after which time goes on by the wall clock; 500 ms
}

// checked returns options without zeros, or what is wrong with them.
func (o Options) checked() (Options, error) {
	if o.Model == nil {
		return o, errors.New("there is no model to score with")
	}
	if o.Hold < 0 || o.MaxHeld < 0 || o.Batch < 0 || o.Within < 0 || o.Reasons < 0 || o.Explained < 0 || o.Every < 0 {
		return o, errors.New("sizes, numbers and times of a watch must not be below 0; 0 means the default")
	}
	orElse(&o.Hold, 5*time.Second)
	orElse(&o.MaxHeld, 1<<16)
	orElse(&o.Batch, 512)
	orElse(&o.Within, 200*time.Millisecond)
	orElse(&o.Explained, 16)
	orElse(&o.Every, 5*time.Second)
	orElse(&o.retry, time.Second)
	orElse(&o.quiet, 500*time.Millisecond)
	if o.OnAlert == nil {
		o.OnAlert = func(*alert.Alert) {}
	}
	if o.OnGroup == nil {
		o.OnGroup = func(*triage.Group, triage.Why) {}
	}
	if o.OnEnd == nil {
		o.OnEnd = func(*triage.Group) {}
	}
	if o.Notice == nil {
		o.Notice = func(string) {}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Name == "" {
		o.Name = o.Model.Kind()
	}
	return o, nil
}

func orElse[T comparable](v *T, otherwise T) {
	var zero T
	if *v == zero {
		*v = otherwise
	}
}
