package replay

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"math"

	"github.com/netanom/netanom/traffic"
	"github.com/netanom/netanom/traffic/packet"
)

// snapLength is what the file says is captured of a frame at most.
const snapLength = 96

// A Writer writes connections as the packets of a pcap file: Ethernet, little-endian,
// microseconds (draft-ietf-opsawg-pcap). Packets of connections that overlap are merged by
// time. It keeps some 250 bytes for each connection that is open, whatever its bytes. It is
// not for several goroutines at once.
type Writer struct {
	out     *bufio.Writer
	player  *player
	frame   packet.Frame
	record  [16]byte
	packets int64
	err     error
}

// NewWriter returns a Writer to w. The caller must Close it at the end, which leaves w open. A
// file without connections is a capture without packets.
func NewWriter(w io.Writer) *Writer {
	out := &Writer{out: bufio.NewWriterSize(w, 1<<16), player: newPlayer()}
	var b [24]byte
	binary.LittleEndian.PutUint32(b[0:], 0xa1b2c3d4)
	binary.LittleEndian.PutUint16(b[4:], 2)
	binary.LittleEndian.PutUint16(b[6:], 4)
	binary.LittleEndian.PutUint32(b[16:], snapLength)
	binary.LittleEndian.PutUint32(b[20:], linkEthernet)
	_, out.err = out.out.Write(b[:])
	return out
}

// Add takes in a connection, and writes all packets that come before it. Connections
// must come in order of their start. An error says what is wrong with the connection, which
// is then left out; or it is that of the underlying writer, and stays.
func (w *Writer) Add(c *traffic.Connection) error {
	if w.err != nil {
		return w.err
	}
	if err := w.player.add(c); err != nil {
		return err
	}
	// Those of the connection itself that come at its start wait with it.
	return w.drain(c.Start - 1)
}

// Close writes the packets that are left. The connections of which they are have ended
// with it.
func (w *Writer) Close() error {
	if w.err != nil {
		return w.err
	}
	if err := w.drain(math.MaxInt64); err != nil {
		return err
	}
	err := w.out.Flush()
	w.err = errClosed
	if err != nil {
		w.err = err
	}
	return err
}

var errClosed = errors.New("the capture is closed; make another Writer for more connections")

// Packets returns how many were written.
func (w *Writer) Packets() int64 { return w.packets }

// drain writes the packets up to a time.
func (w *Writer) drain(until int64) error {
	for w.player.next(&w.frame, until) {
		if err := w.write(&w.frame); err != nil {
			w.err = err
			return err
		}
	}
	return nil
}

// write writes one frame.
func (w *Writer) write(f *packet.Frame) error {
	b := &w.record
	binary.LittleEndian.PutUint32(b[0:], uint32(f.Time/1e6))
	binary.LittleEndian.PutUint32(b[4:], uint32(f.Time%1e6))
	binary.LittleEndian.PutUint32(b[8:], uint32(len(f.Data)))
	binary.LittleEndian.PutUint32(b[12:], uint32(f.Length))
	w.packets++
	if _, err := w.out.Write(b[:]); err != nil {
		return err
	}
	_, err := w.out.Write(f.Data)
	return err
}
