package flow_test

import (
	"fmt"
	"net/netip"

	"github.com/netanom/netanom/traffic"
	"github.com/netanom/netanom/traffic/flow"
	"github.com/netanom/netanom/traffic/packet"
)

// Two packets are one refused connection.
func ExampleTracker() {
	stream, err := traffic.NewStream(traffic.StreamOptions{Hold: traffic.HoldAll, Announced: true}, func(r *traffic.Record) error {
		fmt.Println(r.Src, r.Service(), r.State, r.Count)
		return nil
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	tracker, err := flow.NewTracker(stream, flow.DefaultOptions())
	if err != nil {
		fmt.Println(err)
		return
	}
	client, server := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2")
	for _, p := range []packet.Packet{
		{Src: client, Dst: server, SrcPort: 40000, DstPort: 23, Protocol: 6, Flags: packet.SYN, Seq: 1},
		{Src: server, Dst: client, SrcPort: 23, DstPort: 40000, Protocol: 6, Flags: packet.RST | packet.ACK, Ack: 2},
	} {
		if err := tracker.Add(&p); err != nil {
			fmt.Println(err)
			return
		}
	}
	if err := tracker.Close(); err != nil { // and then the stream, which may still hold records
		fmt.Println(err)
		return
	}
	if err := stream.Close(); err != nil {
		fmt.Println(err)
	}
	// Output: 10.0.0.1 telnet REJ 1
}
