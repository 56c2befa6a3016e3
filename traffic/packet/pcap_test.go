package packet

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// pcapHead makes the header of a capture of version 2.minor.
func pcapHead(order binary.AppendByteOrder, magic uint32, minor uint16, link uint32) []byte {
	b := order.AppendUint32(nil, magic)
	b = order.AppendUint16(b, 2)
	b = order.AppendUint16(b, minor)
	for _, v := range []uint32{0, 0, 65535, link} {
		b = order.AppendUint32(b, v)
	}
	return b
}

func pcapRecord(order binary.AppendByteOrder, seconds, fraction, length uint32, data []byte) []byte {
	b := order.AppendUint32(nil, seconds)
	b = order.AppendUint32(b, fraction)
	b = order.AppendUint32(b, uint32(len(data)))
	b = order.AppendUint32(b, length)
	return append(b, data...)
}

// readAll reads a capture to its end.
func readAll(t testing.TB, data []byte) ([]Frame, Problems) {
	t.Helper()
	r, err := NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	var out []Frame
	for {
		var f Frame
		err := r.Next(&f)
		if err == io.EOF {
			return out, r.Problems()
		}
		if err != nil {
			t.Fatal(err)
		}
		f.Data = bytes.Clone(f.Data)
		out = append(out, f)
	}
}

// Two frames in each variant of the format.
func TestPcap(t *testing.T) {
	for name, c := range map[string]struct {
		order    binary.AppendByteOrder
		magic    uint32
		minor    uint16
		fraction uint32
	}{
		"little endian":            {binary.LittleEndian, 0xa1b2c3d4, 4, 123456},
		"big endian":               {binary.BigEndian, 0xa1b2c3d4, 4, 123456},
		"nanoseconds":              {binary.LittleEndian, 0xa1b23c4d, 4, 123456789},
		"nanoseconds, big endian":  {binary.BigEndian, 0xa1b23c4d, 4, 123456789},
		"minor version 1":          {binary.BigEndian, 0xa1b2c3d4, 1, 123456},
		"Kuznetzov":                {binary.LittleEndian, 0xa1b2cd34, 4, 123456},
		"Kuznetzov, big endian":    {binary.BigEndian, 0xa1b2cd34, 4, 123456},
		"two, one behind another":  {binary.LittleEndian, 0xa1b2c3d4, 4, 123456},
		"two, of either order":     {binary.LittleEndian, 0xa1b2c3d4, 4, 123456},
		"lengths the other way on": {binary.LittleEndian, 0xa1b2c3d4, 2, 123456},
	} {
		head := pcapHead(c.order, c.magic, c.minor, 1)
		first := pcapRecord(c.order, 1000, c.fraction, 100, []byte("first"))
		second := pcapRecord(c.order, 1001, 0, 6, []byte("second"))
		switch {
		case c.magic == 0xa1b2cd34:
			first = append(first[:16:16], append(make([]byte, 8), "first"...)...)
			second = append(second[:16:16], append(make([]byte, 8), "second"...)...)
		case strings.HasPrefix(name, "two"):
			if first = join(first, pcapHead(c.order, c.magic, c.minor, 1)); strings.HasSuffix(name, "order") {
				first = join(first[:len(first)-24], pcapHead(binary.BigEndian, c.magic, c.minor, 1))
				second = pcapRecord(binary.BigEndian, 1001, 0, 6, []byte("second"))
			}
		case c.minor == 2:
			first = join(first[:8], first[12:16], first[8:12], first[16:])
		}
		frames, problems := readAll(t, join(head, first, second))
		if len(frames) != 2 || problems.Any() {
			t.Errorf("%s: %d frames, %+v", name, len(frames), problems)
			continue
		}
		f, g := frames[0], frames[1]
		if f.Time != 1000123456 || f.Length != 100 || string(f.Data) != "first" || f.Link != 1 ||
			g.Time != 1001000000 || g.Length != 6 || string(g.Data) != "second" || g.Link != 1 {
			t.Errorf("%s: %+v, %+v", name, f, g)
		}
	}
}

// ten frames of a capture, each with other bytes.
func ten() (head []byte, records [][]byte) {
	for i := range 10 {
		data := bytes.Repeat([]byte{byte(i + 1)}, 50+i)
		records = append(records, pcapRecord(binary.LittleEndian, uint32(1000+i), 5, uint32(len(data)), data))
	}
	return pcapHead(binary.LittleEndian, 0xa1b2c3d4, 4, 1), records
}

// A record with a length that cannot be costs itself, and not what follows.
func TestPcapDamaged(t *testing.T) {
	head, records := ten()
	binary.LittleEndian.PutUint32(records[3][8:], 0xfffffff0)
	frames, problems := readAll(t, append(head, join(records...)...))
	if len(frames) != 9 || problems.BadRecords != 1 || problems.SkippedBytes != int64(len(records[3])) || problems.Truncated != 0 {
		t.Fatalf("%d frames, %+v", len(frames), problems)
	}
	if frames[3].Data[0] != 5 || frames[8].Data[0] != 10 {
		t.Errorf("the frame behind the damaged one is %+v", frames[3])
	}
	at := int64(24 + len(records[0]) + len(records[1]) + len(records[2]))
	if p := problems.First[0]; p.Offset != at || p.Frame != 3 || !strings.Contains(p.String(), "4294967280") {
		t.Errorf("the problem is %v", p)
	}
}

// Bytes that were lost, or that were put in, cost the frames around them.
func TestPcapBytesLost(t *testing.T) {
	head, records := ten()
	whole := join(records...)
	at := len(records[0]) + len(records[1]) + 30
	for name, damaged := range map[string][]byte{
		"lost":   join(whole[:at], whole[at+11:]),
		"put in": join(whole[:at], bytes.Repeat([]byte{0xee}, 700), whole[at:]),
	} {
		frames, problems := readAll(t, join(head, damaged))
		if len(frames) < 8 || len(frames) > 10 || problems.BadRecords != 1 || frames[len(frames)-1].Data[0] != 10 {
			t.Errorf("%s: %d frames, %+v", name, len(frames), problems)
		}
	}
}

func TestPcapAbandoned(t *testing.T) {
	head, records := ten()
	frames, problems := readAll(t, join(head, records[0], bytes.Repeat([]byte{0xff}, 1<<20), records[1]))
	if len(frames) != 1 || problems.Abandoned != 1 || problems.BadRecords != 1 {
		t.Errorf("%d frames, %+v", len(frames), problems)
	}
}

// Wherever a capture is cut off, what was whole is read, and what is there of the last.
func TestPcapCutOff(t *testing.T) {
	head, records := ten()
	whole := join(head, records[0], records[1])
	for n := 24; n <= len(whole); n++ {
		frames, problems := readAll(t, whole[:n])
		bytes := 0
		for _, f := range frames {
			bytes += len(f.Data)
			if f.Length != 50 && f.Length != 51 {
				t.Errorf("cut to %d bytes: a length of %d", n, f.Length)
			}
		}
		edge := n == 24 || n == 24+len(records[0]) || n == len(whole)
		if (problems.Truncated == 0) != edge || problems.BadRecords > 0 {
			t.Errorf("cut to %d bytes: %+v", n, problems)
		}
		if want := max(0, min(50, n-24-16)) + max(0, min(51, n-24-66-16)); bytes != want {
			t.Errorf("cut to %d bytes: %d bytes of frames, want %d", n, bytes, want)
		}
	}
}

func TestNotACapture(t *testing.T) {
	for _, data := range []string{"", "\xa1\xb2", "duration,protocol_type\n0,tcp\n", "\xd4\xc3\xb2\xa1\x02\x00", "\xd4\xc3\xb2\xa1\x03\x00\x00\x00" + strings.Repeat("\x00", 16)} {
		if _, err := NewReader(strings.NewReader(data)); err == nil {
			t.Errorf("%q is taken for a capture", data)
		}
	}
	if IsCapture([]byte("\x0a\x0d\x0d")) || !IsCapture([]byte("\x0a\x0d\x0d\x0a")) || !IsCapture([]byte("\x4d\x3c\xb2\xa1")) {
		t.Error("IsCapture is wrong about magic numbers")
	}
}

type failing struct{ io.Reader }

var errDisk = errors.New("the disk is gone")

func (f failing) Read(b []byte) (int, error) {
	n, err := f.Reader.Read(b)
	if err == io.EOF {
		err = errDisk
	}
	return n, err
}

// An input that fails is no capture that ends.
func TestInputFails(t *testing.T) {
	head, records := ten()
	r, err := NewReader(failing{bytes.NewReader(join(head, records[0], records[1][:20]))})
	if err != nil {
		t.Fatal(err)
	}
	var f Frame
	if err := r.Next(&f); err != nil {
		t.Fatal(err)
	}
	if err := r.Next(&f); !errors.Is(err, errDisk) || !strings.Contains(err.Error(), "at byte 90") {
		t.Errorf("the input failed, and Next says %v", err)
	}
	if _, err := NewReader(failing{strings.NewReader("")}); !errors.Is(err, errDisk) {
		t.Errorf("the input failed, and NewReader says %v", err)
	}
}

// Captures without a frame, one behind another, take no more memory the more there are.
func TestManyEmptyCaptures(t *testing.T) {
	check.Long(t)
	head := pcapHead(binary.LittleEndian, 0xa1b2c3d4, 4, 101)
	frame := pcapRecord(binary.LittleEndian, 5, 6, 3, []byte("abc"))
	in := io.MultiReader(repeated(head, 5_000_000), bytes.NewReader(append(bytes.Clone(head), frame...)))
	r, err := NewReader(in)
	if err != nil {
		t.Fatal(err)
	}
	var f Frame
	if err := r.Next(&f); err != nil || f.Time != 5_000_006 || f.Link != 101 || string(f.Data) != "abc" {
		t.Errorf("the frame behind is %+v, %v", f, err)
	}
	if err := r.Next(&f); err != io.EOF {
		t.Errorf("then comes %v, not the end", err)
	}
}

// repeated reads as n times b.
func repeated(b []byte, n int) io.Reader {
	const at = 1000
	block := bytes.Repeat(b, at)
	parts := make([]io.Reader, n/at)
	for i := range parts {
		parts[i] = bytes.NewReader(block)
	}
	return io.MultiReader(parts...)
}
