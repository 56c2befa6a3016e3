package traffic

import (
	"net/netip"
	"slices"
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

// TestModernServices: the ports of RFC 8314, 7858, 9250, 9114, 8143, 7194 and of the
// IANA registry, and that the map changes nothing else.
func TestModernServices(t *testing.T) {
	type port struct {
		p    Protocol
		port uint16
	}
	modern := map[port]string{
		{TCP, 443}: "http", {TCP, 8443}: "http", {TCP, 8008}: "http", {TCP, 8080}: "http", {UDP, 443}: "http",
		{TCP, 465}: "smtp", {TCP, 587}: "smtp", {TCP, 993}: "imap4", {TCP, 995}: "pop_3",
		{TCP, 853}: "domain", {UDP, 853}: "domain_u", {TCP, 990}: "ftp", {TCP, 992}: "telnet",
		{TCP, 636}: "ldap", {TCP, 563}: "nntp", {TCP, 6697}: "IRC",
	}
	known := append(slices.Clone(tcpLowNames[:]), "domain_u", "IRC")
	for _, p := range []Protocol{TCP, UDP} {
		for n := range 1 << 16 {
			c := Connection{Protocol: p, SrcPort: 50000, DstPort: uint16(n)}
			want, is := modern[port{p, uint16(n)}]
			if !is {
				want = c.Service()
			} else if !slices.Contains(known, want) {
				t.Errorf("%s is no service of the KDD data", want)
			}
			if got := ModernServices.Name(&c); got != want {
				t.Errorf("%s %d is %s, want %s", p, n, got, want)
			}
			if got := KDDServices.Name(&c); got != c.Service() {
				t.Errorf("%s %d is %s by the KDD map, and %s else", p, n, got, c.Service())
			}
		}
	}
	ping := Connection{Protocol: ICMP, Src: netip.MustParseAddr("192.0.2.1"), SrcPort: 8, DstPort: 443}
	if got := ModernServices.Name(&ping); got != "eco_i" {
		t.Errorf("a ping is %s, want eco_i", got)
	}
}

func TestNamed(t *testing.T) {
	v4 := netip.MustParseAddr("192.0.2.1")
	for _, tc := range []struct {
		c           Connection
		kdd, modern bool
	}{
		{Connection{DstPort: 80}, true, true},
		{Connection{DstPort: 1}, false, false},
		{Connection{DstPort: 8080}, false, true},
		{Connection{DstPort: 443}, true, true},
		{Connection{Protocol: UDP, DstPort: 443}, false, true},
		{Connection{Protocol: ICMP, Src: v4, SrcPort: 8}, true, true},
		{Connection{Protocol: ICMP, Src: v4, SrcPort: 13}, false, false},
	} {
		if kdd, modern := KDDServices.Named(&tc.c), ModernServices.Named(&tc.c); kdd != tc.kdd || modern != tc.modern {
			t.Errorf("%s %d: named %t and %t, want %t and %t", tc.c.Protocol, tc.c.DstPort, kdd, modern, tc.kdd, tc.modern)
		}
		if got := ServiceNamed(&tc.c); got != tc.kdd {
			t.Errorf("%s %d: named %t, want %t", tc.c.Protocol, tc.c.DstPort, got, tc.kdd)
		}
	}
}

func TestModernInferLoggedIn(t *testing.T) {
	for _, tc := range []struct {
		c           Connection
		kdd, modern bool
	}{
		{Connection{DstPort: 80, DstBytes: 1}, true, true},
		{Connection{DstPort: 443, DstBytes: 1}, false, true},
		{Connection{DstPort: 443}, false, false},
		{Connection{DstPort: 995, DstBytes: 9, State: S1}, false, true},
		{Connection{DstPort: 993, DstBytes: 9}, false, false}, // imap4: no login in the KDD data either
		{Connection{Protocol: UDP, DstPort: 443, DstBytes: 9}, false, true},
		{Connection{Protocol: UDP, DstPort: 80, DstBytes: 9}, false, false},
		{Connection{SrcPort: 20, DstPort: 3000}, true, true},
		{Connection{SrcPort: 20, DstPort: 8443, State: S1, DstBytes: 9}, false, false},
		{Connection{DstPort: 22, DstBytes: 300}, false, false},
	} {
		if got := KDDServices.InferLoggedIn(&tc.c); got != tc.kdd {
			t.Errorf("%s %d by the KDD map: logged in %t, want %t", tc.c.Protocol, tc.c.DstPort, got, tc.kdd)
		}
		if got := ModernServices.InferLoggedIn(&tc.c); got != tc.modern {
			t.Errorf("%s %d by the modern map: logged in %t, want %t", tc.c.Protocol, tc.c.DstPort, got, tc.modern)
		}
	}
}
