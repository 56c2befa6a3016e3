package connlog

import (
	"fmt"
	"strings"
	"testing"

	"github.com/netanom/netanom/traffic"
)

// TestNamesAreShort keeps a little of a uid and a label that fill a line, for every packet of a row has them.
func TestNamesAreShort(t *testing.T) {
	long := strings.Repeat("x", 5000)
	log := "#separator \\x09\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tconn_state\tlabel\n1.5\t" + long + "\t192.0.2.1\t1\t192.0.2.2\t2\ttcp\tSF\t" + long + "\n"
	r, err := NewReader(strings.NewReader(log), Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = r.All(t.Context(), func(c *traffic.Connection) error {
		if len(c.UID) != maxName || len(c.Label) != maxName {
			t.Errorf("uid of %d bytes, label of %d", len(c.UID), len(c.Label))
		}
		return nil
	})
	if err != nil || !r.Labelled() {
		t.Errorf("labelled: %v, %v", r.Labelled(), err)
	}
}

// TestExpansionOfALogIsBounded takes rows of ICMP apart as far as all of them together may be.
func TestExpansionOfALogIsBounded(t *testing.T) {
	log := "#separator \\x09\n#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tconn_state\torig_pkts\tresp_pkts\n"
	for i := range 20 {
		log += fmt.Sprintf("%d.5\t192.0.2.1\t8\t192.0.2.2\t0\ticmp\tOTH\t1000\t0\n", i)
	}
	r, err := NewReader(strings.NewReader(log), Options{MaxExpanded: 2500})
	if err != nil {
		t.Fatal(err)
	}
	n := int64(0)
	if err := r.All(t.Context(), func(*traffic.Connection) error { n++; return nil }); err != nil {
		t.Fatal(err)
	}
	if n != 2500+17 || r.Problems().Unexpanded != 20_000-n {
		t.Errorf("%d packets, %d left out", n, r.Problems().Unexpanded)
	}
}
