package traffic_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/netanom/netanom/traffic"
)

// A log has connections in order of their ends: the page that took three seconds began
// before the two others.
func ExampleNewStream() {
	stream, err := traffic.NewStream(traffic.StreamOptions{Hold: 5 * time.Second}, func(r *traffic.Record) error {
		fmt.Println(r.UID, r.Start/1e6, r.Count)
		return nil
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	server := netip.MustParseAddr("192.0.2.80")
	for _, c := range []traffic.Connection{
		{UID: "second", Start: 11e6, Duration: 1e6, Dst: server, DstPort: 80},
		{UID: "first", Start: 10e6, Duration: 3e6, Dst: server, DstPort: 80},
		{UID: "third", Start: 12e6, Duration: 2e6, Dst: server, DstPort: 80},
	} {
		if err := stream.Add(&c); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println(stream.Held(), "held")
	if err := stream.Close(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 3 held
	// first 10 1
	// second 11 2
	// third 12 3
}

// A source that sees no payload, written with what its features mean. What it cannot
// tell is null.
func ExampleWriter_WriteJSON() {
	record := traffic.Record{Connection: traffic.Connection{
		UID: "CHhAvVGS1DHFjwGM9", Start: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC).UnixMicro(),
		Src: netip.MustParseAddr("192.0.2.7"), SrcPort: 40000, Dst: netip.MustParseAddr("192.0.2.80"), DstPort: 443,
		Protocol: traffic.TCP, State: traffic.SF, Lacks: traffic.LacksContent,
	}}
	setting := traffic.Setting{Windows: traffic.PerHost, Services: traffic.ModernServices}
	record.Content.LoggedIn = setting.Services.InferLoggedIn(&record.Connection)
	record.Features = traffic.NewCounter(setting.Windows).Add(&record.Connection)

	var out bytes.Buffer
	w := traffic.NewWriterWith(&out, traffic.WriterOptions{Setting: setting, UID: true})
	if err := errors.Join(w.WriteJSON(&record), w.Flush()); err != nil {
		fmt.Println(err)
	}
	var object map[string]any
	if err := json.Unmarshal(out.Bytes(), &object); err != nil {
		fmt.Println(err)
	}
	for _, name := range []string{"timestamp", "uid", "service", "hot", "logged_in", "same_srv_rate", "netanom_windows"} {
		fmt.Println(name, object[name])
	}
	// Output:
	// timestamp 2026-03-02T08:00:00.000000Z
	// uid CHhAvVGS1DHFjwGM9
	// service http
	// hot <nil>
	// logged_in 0
	// same_srv_rate 1
	// netanom_windows per-host
}

func ExampleFormatter_Cells() {
	f := traffic.NewFormatter(traffic.WriterOptions{UID: true})
	record := traffic.Record{Connection: traffic.Connection{UID: "C1", DstPort: 53, Protocol: traffic.UDP, SrcBytes: 44}}
	for i, cell := range f.Cells(&record)[:12] {
		fmt.Printf("%s=%s ", f.Columns()[i], cell)
	}
	// Output: timestamp=1970-01-01T00:00:00.000000Z uid=C1 src_ip= src_port=0 dst_ip= dst_port=53 duration=0 protocol_type=udp service=domain_u flag=SF src_bytes=44 dst_bytes=0
}
