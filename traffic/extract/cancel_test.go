package extract

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/netanom/netanom/traffic"
)

const logHead = "#separator \\x09\n#path\tconn\n#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tconn_state\torig_pkts\tresp_pkts\n"

// pings returns a row of so many packets in each direction.
func pings(n int) string {
	return fmt.Sprintf("1700000000.5\t192.0.2.1\t8\t192.0.2.2\t0\ticmp\tOTH\t%d\t%d\n", n, n)
}

// An impatient context is done when it is asked for the third time.
type impatient struct {
	context.Context
	asked int
}

func (c *impatient) Err() error {
	if c.asked++; c.asked < 3 {
		return nil
	}
	return context.Canceled
}

// TestInterruptedRow ends the work within one row that stands for many records, once while these
// are taken in, and once while they are handed out.
func TestInterruptedRow(t *testing.T) {
	source := Reading("conn.log", strings.NewReader(logHead+pings(100_000)))
	s, err := Records(&impatient{Context: context.Background()}, []Source{source}, Options{}, func(*traffic.Record) error { return nil })
	if !errors.Is(err, context.Canceled) || s.Records > 0 {
		t.Errorf("%d records were handed out, %v", s.Records, err)
	}

	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	source = Reading("conn.log", strings.NewReader(logHead+pings(100_000)))
	s, err = Records(ctx, []Source{source}, Options{}, func(*traffic.Record) error { stop(); return nil })
	if !errors.Is(err, context.Canceled) || s.Records == 0 || s.Records > checkEvery {
		t.Errorf("%d records were handed out after the interrupt, %v", s.Records, err)
	}
}
