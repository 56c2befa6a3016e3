package packet

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
)

// ngBlock makes a block of pcapng.
func ngBlock(order binary.AppendByteOrder, kind uint32, body []byte) []byte {
	body = append(bytes.Clone(body), make([]byte, (4-len(body)%4)%4)...)
	size := uint32(12 + len(body))
	b := order.AppendUint32(nil, kind)
	b = order.AppendUint32(b, size)
	return order.AppendUint32(append(b, body...), size)
}

func words(order binary.AppendByteOrder, values ...uint32) (b []byte) {
	for _, v := range values {
		b = order.AppendUint32(b, v)
	}
	return b
}

func halves(order binary.AppendByteOrder, values ...uint16) (b []byte) {
	for _, v := range values {
		b = order.AppendUint16(b, v)
	}
	return b
}

func ngSection(order binary.AppendByteOrder) []byte {
	return ngBlock(order, sectionBlock, join(words(order, byteOrderMagic), halves(order, 1, 0), words(order, 0xffffffff, 0xffffffff)))
}

func ngDescription(order binary.AppendByteOrder, link uint16, snap uint32, options ...[]byte) []byte {
	return ngBlock(order, interfaceBlock, join(halves(order, link, 0), words(order, snap), join(options...)))
}

func ngPacket(order binary.AppendByteOrder, number uint32, stamp uint64, length uint32, data string) []byte {
	return ngBlock(order, enhancedBlock, join(words(order, number, uint32(stamp>>32), uint32(stamp), uint32(len(data)), length), []byte(data)))
}

// resolution and offset are the options of an interface, as the draft has them.
func resolution(order binary.AppendByteOrder, r byte) []byte {
	return join(halves(order, 9, 1), []byte{r, 0, 0, 0})
}

func offset(order binary.AppendByteOrder, seconds uint64) []byte {
	return order.AppendUint64(halves(order, 14, 8), seconds)
}

// Two sections, of either byte order, each with its interfaces and all kinds of packets.
func TestPcapng(t *testing.T) {
	var data []byte
	for _, o := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		data = join(data, ngSection(o),
			ngDescription(o, 1, 4),
			ngDescription(o, 101, 0, resolution(o, 9), halves(o, 0, 0)),
			ngDescription(o, 113, 0, join(halves(o, 2, 3), []byte("lo\x00\x00")), resolution(o, 0x8a), offset(o, 1000)),
			ngBlock(o, 4, zeros(8)), // names
			ngPacket(o, 0, 1700000000123456, 60, "micros"),
			ngPacket(o, 1, 1700000000123456789, 5, "nanos"),
			ngPacket(o, 2, 1024*5+512, 6, "binary"),
			ngBlock(o, simpleBlock, join(words(o, 9), []byte("simp"))),
			ngBlock(o, oldPacketBlock, join(halves(o, 1, 7), words(o, 395812, 2890336533, 3, 3), []byte("old"))),
			ngBlock(o, 5, zeros(12)),    // statistics
			ngBlock(o, 0xbad, zeros(8)), // custom
			ngBlock(o, 0x0777, zeros(4)),
		)
	}
	frames, problems := readAll(t, data)
	if len(frames) != 10 || problems.UnknownBlocks != 2 || problems.BadRecords+problems.Truncated != 0 {
		t.Fatalf("%d frames, %+v", len(frames), problems)
	}
	want := []Frame{
		{1700000000123456, 1, 60, []byte("micros")},
		{1700000000123456, 101, 5, []byte("nanos")},
		{1005500000, 113, 6, []byte("binary")},
		{1005500000, 1, 9, []byte("simp")}, // no time: that of the one before
		{1700000000123456 - 1, 101, 3, []byte("old")},
	}
	want[4].Time = int64((uint64(395812)<<32 + 2890336533) / 1000)
	for i, f := range frames {
		w := want[i%5]
		if f.Time != w.Time || f.Link != w.Link || f.Length != w.Length || !bytes.Equal(f.Data, w.Data) {
			t.Errorf("frame %d is %+v, want %+v", i, f, w)
		}
	}
}

func TestResolutions(t *testing.T) {
	for _, c := range []struct {
		at    ngInterface
		stamp uint64
		want  int64
	}{
		{ngInterface{digits: 0}, 3, 3000000},
		{ngInterface{digits: 3}, 1234, 1234000},
		{ngInterface{digits: 12}, 5e12, 5000000},
		{ngInterface{digits: 25}, 5e18, 0},
		{ngInterface{digits: 99}, 5e18, 0},
		{ngInterface{digits: 6, offset: -2000000}, 3000000, 1000000},
		{ngInterface{power: true, digits: 0}, 7, 7000000},
		{ngInterface{power: true, digits: 20}, 3 << 19, 1500000},
		{ngInterface{power: true, digits: 63}, 1 << 63, 1000000},
		{ngInterface{power: true, digits: 64}, 1 << 63, 500000},
		{ngInterface{power: true, digits: 127}, 1 << 63, 0},
		{ngInterface{digits: 0}, 1 << 63, 253402300799000000},                       // 9999-12-31T23:59:59Z
		{ngInterface{digits: 6, offset: -62135596801000000}, 0, -62135596800000000}, // 0001-01-01T00:00:00Z
	} {
		if got := c.at.micros(c.stamp); got != c.want {
			t.Errorf("%d in %+v is %d, want %d", c.stamp, c.at, got, c.want)
		}
	}
}

// What is wrong with a block costs that block.
func TestPcapngDamaged(t *testing.T) {
	o := binary.LittleEndian
	before := join(ngSection(o), ngDescription(o, 1, 0), ngPacket(o, 0, 1, 6, "before"))
	after := join(ngPacket(o, 0, 2, 5, "after"), ngPacket(o, 0, 3, 4, "last"))
	long := ngPacket(o, 0, 1, 4, "long")
	o.PutUint32(long[20:], 500)
	trailer := ngPacket(o, 0, 1, 4, "tail")
	o.PutUint32(trailer[len(trailer)-4:], 500)
	size := ngPacket(o, 0, 1, 4, "size")
	o.PutUint32(size[4:], 0xfffffffc)
	odd := ngPacket(o, 0, 1, 4, "size")
	o.PutUint32(odd[4:], 35)
	for name, bad := range map[string][]byte{
		"a packet that is longer than its block": long,
		"a packet of no interface":               ngPacket(o, 9, 1, 4, "none"),
		"a block of two lengths":                 trailer,
		"a block that cannot be":                 size,
		"a block of an odd length":               odd,
		"a packet without header":                ngBlock(o, enhancedBlock, zeros(8)),
		"an interface without description":       ngBlock(o, interfaceBlock, zeros(4)),
		"a section of no byte order":             ngBlock(o, sectionBlock, zeros(16)),
		"lost bytes":                             ngPacket(o, 0, 1, 40, strings.Repeat("lost", 10))[:60],
	} {
		frames, problems := readAll(t, join(before, bad, after))
		if problems.BadRecords != 1 || problems.First[0].Offset != int64(len(before)) {
			t.Errorf("%s: %+v", name, problems)
		}
		if len(frames) != 3 || string(frames[1].Data) != "after" || string(frames[2].Data) != "last" {
			t.Errorf("%s: %+v", name, frames)
		}
	}
}

// Wherever a capture is cut off, that is counted unless it is between blocks.
func TestPcapngCutOff(t *testing.T) {
	o := binary.BigEndian
	parts := [][]byte{ngSection(o), ngDescription(o, 1, 0), ngPacket(o, 0, 1, 8, "whatever"), ngBlock(o, 5, zeros(20)), ngPacket(o, 0, 1, 8, "captured")}
	whole, edges := []byte{}, map[int]bool{}
	for _, p := range parts {
		whole = append(whole, p...)
		edges[len(whole)] = true
	}
	for n := 4; n <= len(whole); n++ {
		frames, problems := readAll(t, whole[:n])
		if (problems.Truncated == 1) == edges[n] || problems.BadRecords > 0 {
			t.Errorf("cut to %d bytes: %+v", n, problems)
		}
		for _, f := range frames {
			if f.Length != 8 || !strings.HasPrefix("whatever captured", string(f.Data)) && !strings.HasPrefix("captured", string(f.Data)) {
				t.Errorf("cut to %d bytes: %+v", n, f)
			}
		}
	}
}
