//go:build !linux || 386 || arm || mips || mipsle

package packet

import (
	"context"
	"errors"
	"fmt"
)

// A Live reads frames from an interface. Only Linux of 64 bits has it.
type Live struct{}

var errLive = errors.New("interfaces can be listened to directly on Linux of 64 bits only")

// OpenInterface fails, as capturing needs libpcap or Npcap here, which are not Go.
func OpenInterface(_ context.Context, name string, _ LiveOptions) (*Live, error) {
	return nil, fmt.Errorf("%w; use tcpdump -i %s -w - | netanom … -", errLive, name)
}

// Next fails.
func (l *Live) Next(*Frame) error { return errLive }

// Counts returns nothing.
func (l *Live) Counts() LiveCounts { return LiveCounts{} }

// Close does nothing.
func (l *Live) Close() error { return nil }
