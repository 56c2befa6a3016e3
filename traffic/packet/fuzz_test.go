package packet

import (
	"bytes"
	"encoding/binary"
	"io"
	"testing"
)

// FuzzReader reads bytes as a capture: it must end, within the input, whatever they are.
func FuzzReader(f *testing.F) {
	head, records := ten()
	f.Add(join(head, records[0], records[1][:40]))
	f.Add(join(pcapHead(binary.BigEndian, 0xa1b2cd34, 2, 101), zeros(48)))
	f.Add(join(head, bytes.Repeat([]byte{0xff}, 20), records[0], records[1]))
	for _, o := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		f.Add(join(ngSection(o), ngDescription(o, 1, 4, resolution(o, 0x94), offset(o, 5)), ngPacket(o, 0, 1<<40, 9, "whatever"),
			ngBlock(o, simpleBlock, words(o, 4, 5)), ngBlock(o, oldPacketBlock, words(o, 0, 0, 0, 0, 0, 0)), ngBlock(o, 99, nil)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := NewReader(bytes.NewReader(data))
		if (err == nil) && !IsCapture(data) {
			t.Fatal("what is no capture is read as one")
		}
		if err != nil {
			return
		}
		var d Decoder
		var frame Frame
		count, held := 0, 0
		for r.Next(&frame) == nil {
			if count, held = count+1, held+len(frame.Data); count > len(data)/12 || held > len(data) {
				t.Fatalf("%d frames of %d bytes in %d", count, held, len(data))
			}
			if frame.Length < 0 {
				t.Fatalf("a frame of %d bytes", frame.Length)
			}
			d.Decode(&frame, func(*Packet) {})
		}
		if r.Next(&frame) != io.EOF || len(r.Problems().First) > listed || d.Counts().Frames != int64(count) {
			t.Fatalf("after %d frames: %+v %+v", count, r.Problems(), d.Counts())
		}
	})
}

// FuzzDecode decodes bytes as a frame: a packet is within its frame, and a frame counts
// once.
func FuzzDecode(f *testing.F) {
	for _, c := range links {
		f.Add(uint16(c.link), join(c.header, hello4), uint16(0))
	}
	for _, c := range tunnels {
		f.Add(uint16(linkRaw), c.data, uint16(3))
	}
	f.Fuzz(func(t *testing.T, link uint16, data []byte, more uint16) {
		d := Decoder{Checksums: more%2 == 1}
		whole := len(data) + int(more)
		d.Decode(&Frame{Link: link, Data: data[:len(data):len(data)], Length: whole}, func(p *Packet) {
			if p.Length < 0 || p.IPLength < p.Length || p.IPLength > whole || len(p.Payload) > p.Length ||
				len(p.Payload) > len(data) || p.Depth > maxDepth || !p.Src.IsValid() || p.Src.Is4() != p.Dst.Is4() {
				t.Fatalf("%+v of a frame of %d bytes", p, whole)
			}
		})
		c := d.Counts()
		if c.Frames != 1 || c.Decoded+c.NotIP+c.UnknownLink+c.Truncated+c.Malformed+c.TooDeep != 1 {
			t.Fatalf("%+v", c)
		}
	})
}
