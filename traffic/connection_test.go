package traffic

import (
	"net/netip"
	"testing"
)

func TestServiceName(t *testing.T) {
	for _, tc := range []struct {
		p    Protocol
		port uint16
		want string
	}{
		{TCP, 0, "private"}, {TCP, 1, "private"}, {TCP, 7, "echo"}, {TCP, 20, "ftp_data"}, {TCP, 21, "ftp"}, {TCP, 53, "domain"},
		{TCP, 57, "mtp"}, {TCP, 71, "remote_job"}, {TCP, 80, "http"}, {TCP, 143, "imap4"}, {TCP, 150, "sql_net"}, {TCP, 175, "vmnet"},
		{TCP, 210, "Z39_50"}, {TCP, 443, "http_443"}, {TCP, 544, "kshell"}, {TCP, 545, "private"}, {TCP, 1023, "private"},
		{TCP, 1024, "other"}, {TCP, 2784, "http_2784"}, {TCP, 5190, "aol"}, {TCP, 5999, "other"}, {TCP, 6000, "X11"},
		{TCP, 6063, "X11"}, {TCP, 6064, "other"}, {TCP, 6667, "IRC"}, {TCP, 8001, "http_8001"}, {TCP, 65535, "other"},
		{UDP, 53, "domain_u"}, {UDP, 69, "tftp_u"}, {UDP, 123, "ntp_u"}, {UDP, 161, "private"}, {UDP, 80, "private"}, {UDP, 1434, "other"},
	} {
		if got := ServiceName(tc.p, tc.port); got != tc.want {
			t.Errorf("ServiceName(%s, %d) = %s, want %s", tc.p, tc.port, got, tc.want)
		}
	}
}

func TestService(t *testing.T) {
	v4, v6 := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")
	for _, tc := range []struct {
		c    Connection
		want string
	}{
		{Connection{Protocol: ICMP, Src: v4, SrcPort: 0}, "ecr_i"},
		{Connection{Protocol: ICMP, Src: v4, SrcPort: 8}, "eco_i"},
		{Connection{Protocol: ICMP, Src: v4, SrcPort: 3, DstPort: 3}, "urp_i"},
		{Connection{Protocol: ICMP, Src: v4, SrcPort: 3, DstPort: 1}, "urh_i"},
		{Connection{Protocol: ICMP, Src: v4, SrcPort: 3, DstPort: 2}, "oth_i"},
		{Connection{Protocol: ICMP, Src: v4, SrcPort: 5, DstPort: 1}, "red_i"},
		{Connection{Protocol: ICMP, Src: v4, SrcPort: 11}, "tim_i"},
		{Connection{Protocol: ICMP, Src: v4, SrcPort: 13}, "oth_i"},
		{Connection{Protocol: ICMP, Src: v6, SrcPort: 128}, "eco_i"},
		{Connection{Protocol: ICMP, Src: v6, SrcPort: 129}, "ecr_i"},
		{Connection{Protocol: ICMP, Src: v6, SrcPort: 1, DstPort: 4}, "urp_i"},
		{Connection{Protocol: ICMP, Src: v6, SrcPort: 1, DstPort: 3}, "urh_i"},
		{Connection{Protocol: ICMP, Src: v6, SrcPort: 3}, "tim_i"},
		{Connection{Protocol: ICMP, Src: v6, SrcPort: 137}, "red_i"},
		{Connection{Protocol: ICMP, Src: v6, SrcPort: 8}, "oth_i"},
		{Connection{Protocol: TCP, SrcPort: 20, DstPort: 40000}, "ftp_data"},
		{Connection{Protocol: TCP, SrcPort: 20, DstPort: 21}, "ftp"},
		{Connection{Protocol: UDP, SrcPort: 20, DstPort: 40000}, "other"},
		{Connection{Protocol: TCP, SrcPort: 1024, DstPort: 25}, "smtp"},
	} {
		if got := tc.c.Service(); got != tc.want {
			t.Errorf("%s %d to %d: service %s, want %s", tc.c.Protocol, tc.c.SrcPort, tc.c.DstPort, got, tc.want)
		}
	}
}

// TestServiceKey checks what counts as the same service in the windows: the
// port, not the name; for ICMP the name.
func TestServiceKey(t *testing.T) {
	v4, v6 := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")
	same := [][2]Connection{
		{{DstPort: 80, SrcPort: 1}, {DstPort: 80, SrcPort: 2}},
		{{DstPort: 20, SrcPort: 5000}, {DstPort: 5000, SrcPort: 20}},
		{{Protocol: ICMP, Src: v4, SrcPort: 8}, {Protocol: ICMP, Src: v6, SrcPort: 128}},
		{{Protocol: ICMP, Src: v4, SrcPort: 5}, {Protocol: ICMP, Src: v4, SrcPort: 5, DstPort: 1}},
	}
	differ := [][2]Connection{
		{{DstPort: 700}, {DstPort: 701}}, // both private
		{{DstPort: 53}, {DstPort: 53, Protocol: UDP}},
		{{Protocol: ICMP, Src: v4}, {Protocol: ICMP, Src: v4, SrcPort: 8}},
	}
	for _, p := range same {
		if p[0].serviceKey() != p[1].serviceKey() {
			t.Errorf("%+v and %+v should be the same service", p[0], p[1])
		}
	}
	for _, p := range differ {
		if p[0].serviceKey() == p[1].serviceKey() {
			t.Errorf("%+v and %+v should be different services", p[0], p[1])
		}
	}
}

func TestStates(t *testing.T) {
	const (
		neither = iota
		serror
		rerror
	)
	for s, want := range map[State]int{
		SF: neither, OTH: neither, S0: serror, S1: serror, S2: serror, S3: serror, SH: serror,
		REJ: rerror, RSTO: rerror, RSTR: rerror, RSTOS0: rerror,
	} {
		if s.serror() != (want == serror) || s.rerror() != (want == rerror) {
			t.Errorf("%s: serror %t, rerror %t", s, s.serror(), s.rerror())
		}
		if got, err := ParseState(s.String()); err != nil || got != s || ZeekState(s.String()) != s {
			t.Errorf("%s does not parse back: %v, %v", s, got, err)
		}
	}
	for zeek, want := range map[string]State{"RSTRH": RSTR, "SHR": OTH, "": OTH, "-": OTH, "sf": OTH} {
		if got := ZeekState(zeek); got != want {
			t.Errorf("ZeekState(%q) = %s, want %s", zeek, got, want)
		}
	}
	if _, err := ParseState("RSTRH"); err == nil {
		t.Error("RSTRH is no KDD state, but was parsed")
	}
	if got := State(99).String(); got != "state(99)" {
		t.Errorf("State(99) = %s", got)
	}
}

func TestProtocols(t *testing.T) {
	for p, want := range map[Protocol]string{TCP: "tcp", UDP: "udp", ICMP: "icmp", 9: "protocol(9)"} {
		if p.String() != want {
			t.Errorf("%d written as %s, want %s", p, p, want)
		}
	}
	for _, name := range []string{"tcp", "udp", "icmp"} {
		if p, err := ParseProtocol(name); err != nil || p.String() != name {
			t.Errorf("ParseProtocol(%q) = %s, %v", name, p, err)
		}
	}
	if _, err := ParseProtocol("unknown_transport"); err == nil {
		t.Error("unknown_transport was parsed")
	}
}

func TestSeconds(t *testing.T) {
	for _, tc := range []struct {
		c    Connection
		want int64
	}{
		{Connection{Duration: 1_999_999}, 1},
		{Connection{Duration: 999_999}, 0},
		{Connection{Duration: 5e6, State: S0}, 0},
		{Connection{Duration: 5e6, State: S1}, 0},
		{Connection{Duration: 5e6, State: SH}, 0},
		{Connection{Duration: 5e6, State: OTH}, 0},
		{Connection{Duration: 5e6, State: S2}, 5},
		{Connection{Duration: 5e6, State: RSTR}, 5},
		{Connection{Duration: 5e6, Protocol: UDP}, 5},
		{Connection{Duration: 5e6, Protocol: ICMP}, 0},
	} {
		if got := tc.c.Seconds(); got != tc.want {
			t.Errorf("%s %s of %d µs: %d seconds, want %d", tc.c.Protocol, tc.c.State, tc.c.Duration, got, tc.want)
		}
	}
}

func TestInferLoggedIn(t *testing.T) {
	for _, tc := range []struct {
		c    Connection
		want bool
	}{
		{Connection{DstPort: 80, DstBytes: 1}, true},
		{Connection{DstPort: 80}, false},
		{Connection{DstPort: 25, DstBytes: 300, State: RSTO}, true},
		{Connection{DstPort: 443, DstBytes: 300}, false},
		{Connection{DstPort: 22, DstBytes: 300}, false},
		{Connection{SrcPort: 20, DstPort: 3000}, true},
		{Connection{SrcPort: 20, DstPort: 3000, State: S1, DstBytes: 9}, false},
		{Connection{Protocol: UDP, DstPort: 80, DstBytes: 9}, false},
	} {
		if got := tc.c.InferLoggedIn(); got != tc.want {
			t.Errorf("%+v: logged in %t, want %t", tc.c, got, tc.want)
		}
	}
}
