//go:build !386 && !arm && !mips && !mipsle

package packet

import (
	"context"
	"errors"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gopacket/gopacket/afpacket"
)

// skipHere skips a test that needs more than this machine allows, such as CAP_NET_RAW. Where changes are checked
// it must run.
func skipHere(t *testing.T, why string, args ...any) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf(why, args...)
	}
	t.Skipf(why, args...)
}

func openLo(t *testing.T, ctx context.Context, o LiveOptions) *Live {
	t.Helper()
	l, err := OpenInterface(ctx, "lo", o)
	if err != nil {
		skipHere(t, "lo cannot be listened to: %v", err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// What is sent on the loopback is seen, once, with its bytes and about when.
func TestLive(t *testing.T) {
	whole := openLo(t, t.Context(), LiveOptions{BufferMiB: 4})
	lo, err := net.InterfaceByName("lo")
	if err != nil {
		t.Fatal(err)
	}
	bare, err := open(t.Context(), lo, LiveOptions{BufferMiB: 4, Promiscuous: true}, linkRaw, afpacket.SocketDgram)
	if err != nil {
		t.Fatal(err)
	}
	defer bare.Close()
	port := talkToOneself(t)
	for _, l := range []*Live{whole, bare} {
		expectFive(t, l, port)
	}
}

// talkToOneself sends five datagrams, and returns the port that they went to.
func talkToOneself(t *testing.T) uint16 {
	t.Helper()
	to, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		skipHere(t, "the loopback has no address: %v", err)
	}
	defer to.Close()
	from, err := net.Dial("udp4", to.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	for range 5 {
		if _, err := from.Write([]byte("a word to oneself")); err != nil {
			t.Fatal(err)
		}
	}
	return uint16(to.LocalAddr().(*net.UDPAddr).Port)
}

func expectFive(t *testing.T, l *Live, port uint16) {
	t.Helper()
	var d Decoder
	var f Frame
	seen, idle := 0, 0
	for deadline := time.Now().Add(5 * time.Second); idle < 2 && time.Now().Before(deadline); {
		switch err := l.Next(&f); {
		case errors.Is(err, ErrIdle):
			idle++
			continue
		case err != nil:
			t.Fatal(err)
		}
		d.Decode(&f, func(p *Packet) {
			if p.Protocol == 17 && p.DstPort == port {
				seen++
				if string(p.Payload) != "a word to oneself" || !p.Src.IsLoopback() {
					t.Errorf("seen %q from %v", p.Payload, p.Src)
				}
				if apart := time.Since(time.UnixMicro(p.Time)); apart < -time.Second || apart > 10*time.Second {
					t.Errorf("seen %v ago", apart)
				}
			}
		})
	}
	if seen != 5 {
		t.Errorf("5 datagrams were sent, and %d seen", seen)
	}
	if c := l.Counts(); c.Received < 5 || c.Dropped > c.Received {
		t.Errorf("counts %+v", c)
	}
}

func TestLiveEnds(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	l := openLo(t, ctx, LiveOptions{SnapLen: 64})
	var f Frame
	begin := time.Now()
	for {
		err := l.Next(&f)
		if err == nil || errors.Is(err, ErrIdle) {
			if len(f.Data) > 64 {
				t.Fatalf("%d bytes are kept of a frame", len(f.Data))
			}
			continue
		}
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		break
	}
	if took := time.Since(begin); took > 2*time.Second {
		t.Errorf("the end of the context was noticed after %v", took)
	}
}

func TestOpenInterfaceErrors(t *testing.T) {
	for name, o := range map[string]LiveOptions{"lo": {SnapLen: 1}, "lo ": {}, "no-such": {}} {
		_, err := OpenInterface(t.Context(), name, o)
		if err == nil || !strings.Contains(err.Error(), "there is no interface") && !strings.Contains(err.Error(), "at least 64") {
			t.Errorf("OpenInterface(%q, %+v): %v", name, o, err)
		}
	}
	if err := (&LiveOptions{BufferMiB: 1 << 20}).check(); err == nil {
		t.Error("a buffer of a tebibyte is accepted")
	}
}
