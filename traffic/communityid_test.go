package traffic

import (
	"net/netip"
	"testing"
)

// TestCommunityID holds the published values of the test captures of the
// specification (github.com/corelight/community-id-spec, baseline directory), seed 0
// and, where given, seed 1.
func TestCommunityID(t *testing.T) {
	for _, tc := range []struct {
		protocol         Protocol
		src, dst         string
		srcPort, dstPort uint16
		seed0, seed1     string
	}{
		{TCP, "128.232.110.120", "66.35.250.204", 34855, 80, "1:LQU9qZlK+B5F3KDmev6m5PMibrg=", "1:3V71V58M3Ksw/yuFALMcW0LAHvc="},
		{TCP, "66.35.250.204", "128.232.110.120", 80, 34855, "1:LQU9qZlK+B5F3KDmev6m5PMibrg=", "1:3V71V58M3Ksw/yuFALMcW0LAHvc="},
		{UDP, "192.168.1.52", "8.8.8.8", 54585, 53, "1:d/FP5EW3wiY1vCndhwleRRKHowQ=", "1:Q9We8WO3piVF8yEQBNJF4uiSVrI="},
		{UDP, "8.8.8.8", "192.168.1.52", 53, 54585, "1:d/FP5EW3wiY1vCndhwleRRKHowQ=", "1:Q9We8WO3piVF8yEQBNJF4uiSVrI="},
		{ICMP, "192.168.0.89", "192.168.0.1", 8, 0, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=", "1:03g6IloqVBdcZlPyX8r0hgoE7kA="},
		{ICMP, "192.168.0.1", "192.168.0.89", 0, 8, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=", "1:03g6IloqVBdcZlPyX8r0hgoE7kA="},
		{ICMP, "192.168.0.89", "192.168.0.1", 20, 0, "1:3o2RFccXzUgjl7zDpqmY7yJi8rI=", ""},
		{ICMP, "192.168.0.89", "192.168.0.1", 20, 1, "1:tz/fHIDUHs19NkixVVoOZywde+I=", ""},
		{ICMP, "fe80::200:86ff:fe05:80da", "fe80::260:97ff:fe07:69ea", 135, 0, "1:dGHyGvjMfljg6Bppwm3bg0LO8TY=", "1:kHa1FhMYIT6Ym2Vm2AOtoOARDzY="},
		{ICMP, "fe80::260:97ff:fe07:69ea", "fe80::200:86ff:fe05:80da", 136, 0, "1:dGHyGvjMfljg6Bppwm3bg0LO8TY=", "1:kHa1FhMYIT6Ym2Vm2AOtoOARDzY="},
		{ICMP, "3ffe:507:0:1:260:97ff:fe07:69ea", "3ffe:507:0:1:200:86ff:fe05:80da", 3, 0, "1:NdobDX8PQNJbAyfkWxhtL2Pqp5w=", ""},
		{ICMP, "3ffe:507:0:1:200:86ff:fe05:80da", "3ffe:507:0:1:260:97ff:fe07:69ea", 3, 0, "1:/OGBt9BN1ofenrmSPWYicpij2Vc=", ""},
	} {
		c := Connection{
			Protocol: tc.protocol, Src: netip.MustParseAddr(tc.src), Dst: netip.MustParseAddr(tc.dst),
			SrcPort: tc.srcPort, DstPort: tc.dstPort,
		}
		for seed, want := range []string{tc.seed0, tc.seed1} {
			if got := c.CommunityID(uint16(seed)); want != "" && got != want {
				t.Errorf("%s %s:%d to %s:%d, seed %d: %s, want %s", tc.protocol, tc.src, tc.srcPort, tc.dst, tc.dstPort, seed, got, want)
			}
		}
	}
}

// TestCommunityIDDirections: both directions of what has two have one name, and
// IPv4 is IPv4 in both of its forms.
func TestCommunityIDDirections(t *testing.T) {
	for _, c := range randomConnections(3, 2000) {
		back := c
		back.Src, back.Dst, back.SrcPort, back.DstPort = c.Dst, c.Src, c.DstPort, c.SrcPort
		if c.Protocol != ICMP && c.CommunityID(7) != back.CommunityID(7) {
			t.Fatalf("%+v has another name on its way back", c)
		}
		mapped := c
		mapped.Src, mapped.Dst = netip.AddrFrom16(c.Src.As16()), netip.AddrFrom16(c.Dst.As16())
		if c.CommunityID(0) != mapped.CommunityID(0) {
			t.Fatalf("%+v has another name with mapped addresses", c)
		}
	}
	if got := (&Connection{}).CommunityID(0); len(got) != 30 {
		t.Errorf("the name of nothing is %q, want 30 bytes", got)
	}
}

func BenchmarkCommunityID(b *testing.B) {
	c := randomConnections(1, 1)[0]
	var room []byte
	for b.Loop() {
		room = c.appendCommunityID(room[:0], 0)
	}
}
