package packet

import "errors"

// ErrIdle is returned by Live.Next when no frame came for a while, so that who waits can
// see to what is due. It is no failure: call Next again.
var ErrIdle = errors.New("no frame came for a fifth of a second")

// LiveOptions say how an interface is listened to. The zero value takes whole frames,
// those for the host alone, with a ring of 32 MiB.
type LiveOptions struct {
	SnapLen     int  // bytes kept of a frame; 0: all
	Promiscuous bool // also what is for other hosts
	BufferMiB   int  // frames that wait, up to 4096; more lose fewer in a burst. 0: 32
}

// LiveCounts count what an interface had.
type LiveCounts struct {
	Received int64 // frames that the kernel saw, those that it dropped among them
	Dropped  int64 // for which there was no room, as they were not read fast enough
}

func (o *LiveOptions) check() error {
	switch {
	case o.SnapLen < 0 || o.SnapLen > 0 && o.SnapLen < 64:
		return errors.New("a frame must be kept with at least 64 bytes, or its headers are lost")
	case o.BufferMiB < 0 || o.BufferMiB > 4096:
		return errors.New("the buffer of an interface must have between 1 and 4096 MiB")
	}
	return nil
}
