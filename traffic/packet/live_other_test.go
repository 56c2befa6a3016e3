//go:build !linux || 386 || arm || mips || mipsle

package packet

import (
	"strings"
	"testing"
)

// Where interfaces cannot be listened to, the error says what to do.
func TestOpenInterfaceElsewhere(t *testing.T) {
	l, err := OpenInterface(t.Context(), "eth0", LiveOptions{})
	if l != nil || err == nil || !strings.Contains(err.Error(), "tcpdump -i eth0 -w -") {
		t.Errorf("%v, %v", l, err)
	}
}
