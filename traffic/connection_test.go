package traffic

import "testing"

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
