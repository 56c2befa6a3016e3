package dataset

import (
	"fmt"
	"net/netip"
	"testing"
)

func ExampleScopeOf() {
	for _, a := range []string{"192.168.10.5", "8.8.8.8", "ff02::fb", "host-7"} {
		fmt.Println(a, ScopeOf(a))
	}
	// Output:
	// 192.168.10.5 private
	// 8.8.8.8 public
	// ff02::fb multicast
	// host-7 none
}

func TestIsAddress(t *testing.T) {
	for in, want := range map[string]bool{
		"0.0.0.0": true, "255.255.255.255": true, "192.168.10.5": true, "::": true, "::1": true, "fe80::a179:b3ff:199:2314": true, "2001:db8::1": true, "fe80::1%eth0": true,
		"::ffff:1.2.3.4": true, "FF02::1:3": true, "2001:0db8:0000:0000:0000:0000:0000:0001": true,
		"": false, "1": false, "1.2.3": false, "1.2.3.4.5": false, "256.1.1.1": false, "1.2.3.400": false, "01.2.3.4": false, "1.2.3.04": false, "1..2.3": false, ".1.2.3.4": false,
		"1.2.3.": false, "1.2.3.4.": false, "1.2.3.4:80": false, "10.0.0.0/8": false, " 1.2.3.4": false, "a.b.c.d": false, "12:39": false, "12:39:06": false,
		"00:11:22:33:44:55": false, "12345::": false, "g::1": false, "tcp": false, ":": false, ":::": false, "-": false,
	} {
		if got := IsAddress([]byte(in)); got != want {
			t.Errorf("IsAddress(%q) = %v", in, got)
		}
	}
}

func FuzzIsAddress(f *testing.F) {
	for _, s := range []string{"1.2.3.4", "::1", "fe80::1%eth0", "1.2.3.04", "12:39:06", "::ffff:1.2.3.4", "::% "} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		_, err := netip.ParseAddr(s)
		if got := IsAddress([]byte(s)); got != (err == nil) {
			t.Fatalf("IsAddress(%q) = %v, netip says %v", s, got, err)
		}
		if scope := ScopeOf(s); err == nil && scope == NoScope {
			t.Fatalf("%q is an address without a scope", s)
		}
	})
}

// TestScopeOf takes its blocks from the IANA special-purpose address registries.
func TestScopeOf(t *testing.T) {
	tests := []struct {
		want      AddressScope
		addresses []string
	}{
		{NoScope, []string{"", "x", "1.2.3", "10.0.0.0/8", " 1.1.1.1"}},
		{Public, []string{"8.8.8.8", "100.63.255.255", "100.128.0.0", "172.15.0.1", "172.32.0.1", "192.0.1.1", "198.17.0.1", "198.20.0.1", "223.255.255.255", "2001:4860:4860::8888", "64:ff9b::808:808"}},
		{Private, []string{"10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "100.127.255.255", "fc00::1", "fd12::1", "::ffff:10.0.0.1"}},
		{LinkLocal, []string{"169.254.1.1", "fe80::1", "fe80::1%eth0", "febf::1"}},
		{Loopback, []string{"127.0.0.1", "127.255.255.255", "::1"}},
		{Multicast, []string{"224.0.0.251", "239.255.255.250", "ff02::1:3"}},
		{Broadcast, []string{"255.255.255.255"}},
		{Unspecified, []string{"0.0.0.0", "0.1.2.3", "::"}},
		{Reserved, []string{"192.0.2.1", "198.51.100.7", "203.0.113.9", "198.18.0.1", "198.19.255.255", "240.0.0.1", "255.255.255.254", "2001:db8::1", "100::1", "3fff::1"}},
	}
	for _, tt := range tests {
		for _, a := range tt.addresses {
			if got := ScopeOf(a); got != tt.want {
				t.Errorf("ScopeOf(%q) = %v, want %v", a, got, tt.want)
			}
		}
		if tt.want.String() == "" {
			t.Errorf("scope %d has no name", tt.want)
		}
	}
}

func TestIsAddressAllocates(t *testing.T) {
	for _, cell := range []string{"192.168.10.255", "DoS Slowloris", "1379963888"} {
		b := []byte(cell)
		if n := testing.AllocsPerRun(100, func() { IsAddress(b) }); n != 0 {
			t.Errorf("IsAddress(%q) allocates %v times", cell, n)
		}
	}
}

func BenchmarkIsAddress(b *testing.B) {
	for _, text := range []string{"192.168.10.255", "ftp_data", "2001:db8::1"} {
		cell := []byte(text)
		b.Run(text, func(b *testing.B) {
			for b.Loop() {
				IsAddress(cell)
			}
		})
	}
}
