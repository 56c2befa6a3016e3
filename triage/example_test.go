package triage_test

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/netanom/netanom/triage"
)

// A scan of a network, a password guesser, and a monitor that is allowed.
func Example() {
	allow, err := triage.ParseAllow(strings.NewReader(`
# our monitor looks at everything
10.0.0.250
* -> 10.0.1.53:53/udp   until=2026-12-31   # the new name server
`), "allow.txt")
	if err != nil {
		fmt.Println(err)
		return
	}
	groups, err := triage.NewGroups(triage.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	at := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	for i := range 254 {
		for _, a := range []triage.Alert{
			{Src: netip.MustParseAddr("192.0.2.9"), Dst: netip.AddrFrom4([4]byte{10, 0, 0, byte(1 + i)}), DstPort: 22, Protocol: "tcp", Service: "ssh", Class: "portsweep", Score: 0.9},
			{Src: netip.MustParseAddr("203.0.113.4"), Dst: netip.MustParseAddr("10.0.0.21"), DstPort: 21, Protocol: "tcp", Service: "ftp", Class: "guess_passwd", Score: 0.8},
			{Src: netip.MustParseAddr("10.0.0.250"), Dst: netip.MustParseAddr("10.0.0.21"), DstPort: 161, Protocol: "udp", Class: "nmap", Score: 0.7},
		} {
			a.Time = at.Add(time.Duration(i) * time.Second)
			if _, allowed := allow.Match(&a, a.Time); allowed {
				continue
			}
			if n := groups.Add(&a); n.Why != triage.Quiet {
				fmt.Printf("%s: %s\n", n.Why, n.Group().Summary())
			}
		}
	}
	fmt.Println("in the end:")
	for _, g := range groups.Finish() {
		fmt.Println(g.Summary())
	}
	for _, r := range allow.Rules() {
		fmt.Printf("line %d, %q: %d alerts\n", r.Line, r.Text, r.Matched)
	}
	// Output:
	// opened: 192.0.2.9 → 10.0.0.1, 1 port (22/tcp ssh), 1 alert, portsweep
	// opened: 203.0.113.4 → 10.0.0.21, 1 port (21/tcp ftp), 1 alert, guess_passwd
	// grown: 192.0.2.9 → 100 hosts, 1 port (22/tcp ssh), 100 alerts in 99 s, portsweep
	// grown: 203.0.113.4 → 10.0.0.21, 1 port (21/tcp ftp), 100 alerts in 99 s, guess_passwd
	// in the end:
	// 192.0.2.9 → 254 hosts, 1 port (22/tcp ssh), 254 alerts in 4 min, portsweep
	// 203.0.113.4 → 10.0.0.21, 1 port (21/tcp ftp), 254 alerts in 4 min, guess_passwd
	// line 3, "10.0.0.250": 254 alerts
	// line 4, "* -> 10.0.1.53:53/udp   until=2026-12-31": 0 alerts
}
