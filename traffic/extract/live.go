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
// error: what is open then is ended, as at the end of a file.
func Live(ctx context.Context, name string, frames FrameSource, o Options, yield func(*traffic.Record) error) (*Summary, error) {
	x := &extraction{ctx: ctx, options: o, yield: yield}
	if err := x.begin(false); err != nil {
		return nil, err
	}
	var f packet.Frame
	var failed error
	track := func(p *packet.Packet) {
		if failed == nil {
			failed = x.tracker.Add(p)
		}
	}
	for failed == nil && ctx.Err() == nil {
		err := frames.Next(&f)
		switch {
		case err == nil:
			x.summary.Frames++
			x.summary.FrameBytes += int64(f.Length)
			x.decoder.Decode(&f, track)
		case errors.Is(err, packet.ErrIdle):
			failed = x.tracker.Advance(time.Now().UnixMicro())
		case ctx.Err() != nil || err == io.EOF:
			return &x.summary, x.finish()
		default:
			return &x.summary, fmt.Errorf("%s: %w", name, err)
		}
	}
	if failed != nil {
		return &x.summary, failed
	}
	return &x.summary, x.finish()
}
