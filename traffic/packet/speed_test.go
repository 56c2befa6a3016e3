package packet

import (
	"bytes"
	"encoding/binary"
	"io"
	"testing"
)

// small is a capture of 50,000 TCP packets of 64 bytes in Ethernet.
func small() []byte {
	out := pcapHead(binary.LittleEndian, 0xa1b2c3d4, 4, 1)
	for i := range 50000 {
		frame := makeEthernet(0x0800, makeIPv4(6, i, 0, makeTCP(40000+i%1000, 80, uint32(i), 0, ACK, "0123456789")))
		out = append(out, pcapRecord(binary.LittleEndian, 1000, uint32(i), 64, frame)...)
	}
	return out
}

func BenchmarkReader(b *testing.B) {
	data := small()
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		r, err := NewReader(bytes.NewReader(data))
		if err != nil {
			b.Fatal(err)
		}
		var f Frame
		for r.Next(&f) != io.EOF {
			n++
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds()/1e6, "Mpackets/s")
}

func BenchmarkDecode(b *testing.B) {
	data := small()
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	var d Decoder
	n := 0
	count := func(*Packet) { n++ }
	for b.Loop() {
		r, err := NewReader(bytes.NewReader(data))
		if err != nil {
			b.Fatal(err)
		}
		var f Frame
		for r.Next(&f) != io.EOF {
			d.Decode(&f, count)
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds()/1e6, "Mpackets/s")
}

// Nothing is allocated for a frame, tunnels and all.
func TestDecodeAllocates(t *testing.T) {
	var d Decoder
	n := 0
	count := func(*Packet) { n++ }
	for _, c := range tunnels {
		f := Frame{Link: linkRaw, Data: c.data, Length: len(c.data)}
		if got := testing.AllocsPerRun(10, func() { d.Decode(&f, count) }); got != 0 {
			t.Errorf("%s: %v allocations", c.name, got)
		}
	}
	for _, c := range links {
		f := Frame{Link: c.link, Data: join(c.header, hello4), Length: len(c.header) + len(hello4)}
		if got := testing.AllocsPerRun(10, func() { d.Decode(&f, count) }); got != 0 {
			t.Errorf("%s: %v allocations", c.name, got)
		}
	}
	if n == 0 {
		t.Error("nothing was decoded")
	}
}
