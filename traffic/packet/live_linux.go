//go:build !386 && !arm && !mips && !mipsle

// On processors of 32 bits, gopacket counts in words that are not aligned, and panics.

package packet

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/gopacket/gopacket/afpacket"
)

const (
	idle         = 200 * time.Millisecond // waited for a frame
	blockTimeout = 50 * time.Millisecond  // a frame waits for others at most
	blockSize    = 1 << 20                // bytes of the ring that the kernel hands over at once
)

// A Live reads the frames of an interface as they come. It is not for several goroutines
// at once.
type Live struct {
	ctx    context.Context
	name   string
	ring   *afpacket.TPacket
	link   uint16
	counts LiveCounts
	read   [2]uint32 // what the counters, which wrap, said last
}

// OpenInterface begins to listen to an interface through a ring in memory shared with
// the kernel (TPACKET_V3). It needs root or the capability CAP_NET_RAW. Where the frames
// of an interface have a header that is not known (tunnels, PPP), they come without, as
// LINKTYPE_RAW. What the host sends to itself comes once.
func OpenInterface(ctx context.Context, name string, o LiveOptions) (*Live, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	device, err := net.InterfaceByName(name)
	if err != nil {
		return nil, fmt.Errorf("there is no interface %q; there is %s", name, strings.Join(interfaces(), ", "))
	}
	if device.Flags&net.FlagUp == 0 {
		return nil, fmt.Errorf("the interface %s is down: ip link set %s up", name, name)
	}
	link, socket := hardware(name)
	return open(ctx, device, o, link, socket)
}

// open listens to an interface whose frames come with a header, or without.
func open(ctx context.Context, device *net.Interface, o LiveOptions, link uint16, socket afpacket.OptSocketType) (*Live, error) {
	name := device.Name
	if o.BufferMiB == 0 {
		o.BufferMiB = 32
	}
	ring, err := afpacket.NewTPacket(afpacket.OptInterface(name), afpacket.TPacketVersion3, socket,
		afpacket.OptFrameSize(blockSize), afpacket.OptBlockSize(blockSize), afpacket.OptNumBlocks(max(2, o.BufferMiB)),
		afpacket.OptBlockTimeout(blockTimeout), afpacket.OptPollTimeout(idle))
	if err != nil {
		return nil, unopened(name, err)
	}
	l := &Live{ctx: ctx, name: name, ring: ring, link: link}
	if err := l.configure(o, device.Flags&net.FlagLoopback != 0); err != nil {
		l.Close()
		return nil, fmt.Errorf("the interface %s cannot be set up for capturing: %w", name, err)
	}
	return l, nil
}

// unopened says why an interface could not be opened.
func unopened(name string, err error) error {
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) {
		return fmt.Errorf("capturing on %s is not permitted: run as root, or give the program the right with setcap cap_net_raw+ep, or use tcpdump -i %s -w - | netanom … -", name, name)
	}
	return fmt.Errorf("the interface %s cannot be captured: %w", name, err)
}

// interfaces are the names of all.
func interfaces() []string {
	all, _ := net.Interfaces()
	names := []string{}
	for _, i := range all {
		names = append(names, i.Name)
	}
	return names
}

// hardware tells the link type of an interface from its ARPHRD number, and whether its
// frames are wanted with their header.
func hardware(name string) (uint16, afpacket.OptSocketType) {
	text, _ := os.ReadFile("/sys/class/net/" + name + "/type")
	switch kind, _ := strconv.Atoi(strings.TrimSpace(string(text))); kind {
	case 1, 772: // Ethernet, loopback
		return linkEthernet, afpacket.SocketRaw
	case 801:
		return link80211, afpacket.SocketRaw
	case 802:
		return linkPrism, afpacket.SocketRaw
	case 803:
		return linkRadiotap, afpacket.SocketRaw
	}
	return linkRaw, afpacket.SocketDgram
}

func (l *Live) configure(o LiveOptions, loopback bool) error {
	keep := uint32(1 << 18)
	if o.SnapLen > 0 {
		keep = uint32(o.SnapLen)
	}
	if err := filter(l.ring.SetBPF, keep, loopback); err != nil {
		return err
	}
	if o.Promiscuous {
		return l.ring.SetPromiscuous(true)
	}
	return nil
}

// filter has the kernel keep so many bytes of each frame, and, of what a host sends to
// itself, which it sees going out and coming in, the latter alone. The type of the
// instructions is left to be inferred, as nothing else is wanted from its package.
func filter[I ~struct {
	Op     uint16
	Jt, Jf uint8
	K      uint32
}](set func([]I) error, keep uint32, incoming bool) error {
	const (
		load, jumpIfEqual, answer = 0x20, 0x15, 0x06
		packetType, outgoing      = 0xfffff000 + 4, 4 // SKF_AD_PKTTYPE, PACKET_OUTGOING
	)
	program := []I{{answer, 0, 0, keep}}
	if incoming {
		program = []I{{load, 0, 0, packetType}, {jumpIfEqual, 0, 1, outgoing}, {answer, 0, 0, 0}, {answer, 0, 0, keep}}
	}
	return set(program)
}

// Next waits for the next frame and reads it into f; the data are valid until the next
// call. It returns ErrIdle when none came for 200 ms, the error of the context, within
// that time, when it ends, and another when the interface fails.
func (l *Live) Next(f *Frame) error {
	if err := l.ctx.Err(); err != nil {
		return err
	}
	data, info, err := l.ring.ZeroCopyReadPacketData()
	switch {
	case errors.Is(err, afpacket.ErrTimeout):
		return ErrIdle
	case errors.Is(err, afpacket.ErrPoll):
		return fmt.Errorf("the interface %s went down or away; start again when it is back", l.name)
	case err != nil:
		return fmt.Errorf("the interface %s cannot be read on: %w", l.name, err)
	}
	*f = Frame{Time: info.Timestamp.UnixMicro(), Link: l.link, Length: info.Length, Data: data}
	return nil
}

// Counts asks the kernel what it had for us so far.
func (l *Live) Counts() LiveCounts {
	if _, s, err := l.ring.SocketStats(); err == nil {
		now := [2]uint32{uint32(s.Packets()), uint32(s.Drops())}
		l.counts.Received += int64(now[0] - l.read[0])
		l.counts.Dropped += int64(now[1] - l.read[1])
		l.read = now
	}
	return l.counts
}

// Close stops listening. Next must not be called any more.
func (l *Live) Close() error {
	l.ring.Close()
	return nil
}
