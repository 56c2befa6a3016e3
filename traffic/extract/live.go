package extract

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/netanom/netanom/traffic"
	"github.com/netanom/netanom/traffic/packet"
)

// A FrameSource is where frames come from while they are captured. Next returns
// packet.ErrIdle from time to time when none come, and an error once its context is done.
type FrameSource interface {
	Next(*packet.Frame) error
}

// Live hands on the records of what is captured until the context is done, which is no
// error: what is open then is ended, as at the end of a file. So it is when the source fails, and the summary says why.
func Live(ctx context.Context, name string, frames FrameSource, o Options, yield func(*traffic.Record) error) (*Summary, error) {
	o.Stream = true
	x := &extraction{ctx: context.WithoutCancel(ctx), options: o, yield: yield} // records are handed on to the last
	if err := x.begin(name, false, StreamHold); err != nil {
		return nil, err
	}
	var f packet.Frame
	var failed error
	track := x.track(&failed)
	for failed == nil && ctx.Err() == nil {
		err := frames.Next(&f)
		switch {
		case err == nil:
			if x.frame(&f, track); failed == nil { // where only frames without IP come, time goes on nevertheless
				failed = x.tracker.Advance(f.Time)
			}
		case errors.Is(err, packet.ErrIdle):
			failed = x.tracker.Advance(time.Now().UnixMicro())
		case ctx.Err() != nil || err == io.EOF:
			return &x.summary, x.finish()
		default:
			x.summary.Ended = fmt.Sprintf("%s could not be listened to any longer: %v.", name, err)
			return &x.summary, x.finish()
		}
	}
	if failed != nil {
		return &x.summary, failed
	}
	return &x.summary, x.finish()
}
