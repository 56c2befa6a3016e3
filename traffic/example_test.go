package traffic_test

import (
	"bytes"
	"context"
	"fmt"
	"net/netip"

	"github.com/netanom/netanom/traffic"
)

// Three SYNs to one server, two ports, none answered.
func ExampleWindows() {
	var w traffic.Windows
	server := netip.MustParseAddr("192.0.2.80")
	for i, port := range []uint16{80, 80, 443} {
		f := w.Add(&traffic.Connection{
			Start: int64(i) * 100_000, Protocol: traffic.TCP, State: traffic.S0,
			Src: netip.MustParseAddr("203.0.113.9"), SrcPort: 40000, Dst: server, DstPort: port,
		})
		fmt.Println(f.Count, f.SrvCount, f.SerrorRate.Float(), f.SameSrvRate.Float(), f.DiffSrvRate.Float())
	}
	// Output:
	// 1 1 1 1 0
	// 2 2 1 1 0
	// 3 1 1 0.33 0.67
}

func ExampleServiceName() {
	fmt.Println(traffic.ServiceName(traffic.TCP, 80))
	fmt.Println(traffic.ServiceName(traffic.UDP, 53))
	fmt.Println(traffic.ServiceName(traffic.TCP, 8080))
	// Output:
	// http
	// domain_u
	// other
}

func ExampleSimulate() {
	opt := traffic.DefaultOptions()
	opt.Connections = 1000
	opt.AttackShare = 0.2
	opt.Attacks = []string{"smurf"}
	labels := map[string]int{}
	err := traffic.Simulate(context.Background(), opt, func(r *traffic.Record) error {
		labels[r.Label]++
		return nil
	})
	fmt.Println(labels, err)
	// Output: map[normal:800 smurf:200] <nil>
}

func ExampleWriteCSV() {
	opt := traffic.DefaultOptions()
	opt.Connections = 50
	var out bytes.Buffer
	if err := traffic.WriteCSV(context.Background(), &out, opt); err != nil {
		fmt.Println(err)
	}
	fmt.Println(bytes.Count(out.Bytes(), []byte("\n")), "lines of", len(traffic.Columns()), "columns")
	// Output: 51 lines of 47 columns
}
