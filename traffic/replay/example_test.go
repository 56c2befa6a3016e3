package replay_test

import (
	"bytes"
	"fmt"
	"net/netip"

	"github.com/netanom/netanom/traffic"
	"github.com/netanom/netanom/traffic/packet"
	"github.com/netanom/netanom/traffic/replay"
)

func ExampleWriter() {
	var capture bytes.Buffer
	w := replay.NewWriter(&capture)
	refused := traffic.Connection{
		Start: 1_772_409_600_000_000, Duration: 1500, Protocol: traffic.TCP, State: traffic.REJ,
		Src: netip.MustParseAddr("10.1.0.20"), SrcPort: 40_000, Dst: netip.MustParseAddr("192.0.2.80"), DstPort: 8080,
	}
	if err := w.Add(&refused); err != nil {
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}

	frames, err := packet.NewReader(&capture)
	if err != nil {
		panic(err)
	}
	var d packet.Decoder
	for f := (packet.Frame{}); frames.Next(&f) == nil; {
		d.Decode(&f, func(p *packet.Packet) {
			fmt.Println(p.Time-refused.Start, p.Src, p.SrcPort, p.Flags&packet.SYN != 0, p.Flags&packet.RST != 0)
		})
	}
	// Output:
	// 0 10.1.0.20 40000 true false
	// 1500 192.0.2.80 8080 false true
}
