package packet

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/pcapgo"
	"github.com/netanom/netanom/internal/check"
)

// captures are the paths of all captures of the reference data.
func captures(t *testing.T) []string {
	var out []string
	root := check.Shared(t, "data", "traffic")
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && strings.HasPrefix(filepath.Ext(path), ".pcap") {
			out = append(out, path)
		}
		return err
	})
	if err != nil || len(out) == 0 {
		t.Fatalf("no captures in %s: %v", root, err)
	}
	return out
}

// peer opens a capture with the readers of gopacket.
func peer(data []byte) (gopacket.PacketDataSource, error) {
	if strings.HasPrefix(string(data), "\x0a\x0d\x0d\x0a") {
		o := pcapgo.DefaultNgReaderOptions
		o.WantMixedLinkType = true
		return pcapgo.NewNgReader(bytes.NewReader(data), o)
	}
	r, err := pcapgo.NewReader(bytes.NewReader(data))
	if err == nil {
		r.SetSnaplen(0)
	}
	return r, err
}

// Every capture is read as gopacket reads it: frames, times, lengths and bytes.
func TestCaptures(t *testing.T) {
	total := 0
	for _, path := range captures(t) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		other, err := peer(data)
		if err != nil {
			t.Errorf("%s: gopacket says %v", path, err)
			continue
		}
		frames, problems := readAll(t, data)
		if problems.Any() {
			t.Errorf("%s: %+v", path, problems)
		}
		for i, f := range frames {
			want, info, err := other.ReadPacketData()
			if err != nil {
				t.Errorf("%s: gopacket ends before frame %d: %v", path, i, err)
				break
			}
			if !bytes.Equal(f.Data, want) || f.Length != info.Length || f.Time != info.Timestamp.UnixMicro() {
				t.Errorf("%s: frame %d is %d %d %x, want %v %d %x", path, i, f.Time, f.Length, f.Data, info.Timestamp, info.Length, want)
				break
			}
		}
		if _, _, err := other.ReadPacketData(); !errors.Is(err, io.EOF) {
			t.Errorf("%s: gopacket goes on after frame %d: %v", path, len(frames), err)
		}
		total += len(frames)
	}
	t.Logf("%d frames", total)
}
