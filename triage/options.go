package triage

import (
	"errors"
	"time"
)

// Options say how alerts are grouped. What is zero takes the default.
type Options struct {
	Gap       time.Duration // quiet that ends a group; 5 minutes
	Longest   time.Duration // after which a group is ended although it goes on; 24 hours
	MaxGroups int           // open at once; beyond, the one that is quiet longest is ended; 10,000
	MaxPeers  int           // peers, and ports, of a group that are counted exactly; 1,024, at least 64

	Factor     int           // a group is told again when its alerts have grown by this factor; 100
	Remind     time.Duration // and when it still goes on after this long; 10 minutes
	MaxNotices int           // notices in a minute, of all groups together; 30

	// Closed is handed each group that has ended, during Add, Advance or Finish; it must
	// not call the Groups. If it is nil, Finish returns them all, or the Keep most severe,
	// 10,000.
	Closed func(*Group)
	Keep   int
}

// withDefaults returns the options with all that was left open filled in, or says which
// of them makes no sense.
func (o Options) withDefaults() (Options, error) {
	switch {
	case o.Gap < 0 || o.Longest < 0 || o.Remind < 0:
		return o, errors.New("a group cannot last, or be quiet, for less than no time")
	case o.MaxGroups < 0 || o.MaxPeers < 0 || o.MaxNotices < 0 || o.Keep < 0:
		return o, errors.New("there cannot be fewer groups, peers or notices than none")
	case o.Factor < 0 || o.Factor == 1:
		return o, errors.New("the factor between two notices of a group must be at least 2")
	}
	setDefault(&o.Gap, 5*time.Minute)
	setDefault(&o.Longest, 24*time.Hour)
	setDefault(&o.MaxGroups, 10_000)
	setDefault(&o.MaxPeers, 1024)
	setDefault(&o.Factor, 100)
	setDefault(&o.Remind, 10*time.Minute)
	setDefault(&o.MaxNotices, 30)
	setDefault(&o.Keep, 10_000)
	o.MaxPeers = max(o.MaxPeers, minExact)
	return o, nil
}

func setDefault[T int | time.Duration](v *T, value T) {
	if *v == 0 {
		*v = value
	}
}

// Stats count what a Groups has done.
type Stats struct {
	Alerts    int64 `json:"alerts"`     // put into groups
	Opened    int64 `json:"opened"`     // groups
	Closed    int64 `json:"closed"`     // groups that ended
	Forced    int64 `json:"forced"`     // of these: before their time, to make room
	TakenOver int64 `json:"taken_over"` // groups all of whose alerts went over to larger ones
	Dropped   int64 `json:"dropped"`    // groups that ended and are not returned, for Keep
	Late      int64 `json:"late"`       // alerts more than a Gap earlier than one before them
	Withheld  int64 `json:"withheld"`   // notices not given, for MaxNotices
}
