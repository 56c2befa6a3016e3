package connlog

import (
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/traffic"
)

// icmpRow is a row of Zeek from 10.0.0.1 to 10.0.0.2, or the same hosts of IPv6.
func icmpRow(v6 bool, cells ...string) string {
	src, dst := "10.0.0.1", "10.0.0.2"
	if v6 {
		src, dst = "fe80::1", "fe80::2"
	}
	return shortHead + "\n" + row(append([]string{"100.000000", "C1", src, cells[0], dst, cells[1], "icmp"}, cells[2:]...)...)
}

func TestExpand(t *testing.T) {
	for name, c := range map[string]struct {
		log  string
		want []string
	}{
		"one each way": {icmpRow(false, "8", "0", "0.25", "56", "48", "OTH", "1", "1"), []string{
			"00:01:40.000000 +0 10.0.0.1:8 > 10.0.0.2:0 icmp SF 64/0 bytes 1/0 packets C1",
			"00:01:40.250000 +0 10.0.0.2:0 > 10.0.0.1:0 icmp SF 56/0 bytes 1/0 packets C1"}},
		"remainder to the first": {icmpRow(false, "8", "0", "0.000010", "170", "0", "OTH", "4", "0"), []string{
			"00:01:40.000000 +0 10.0.0.1:8 > 10.0.0.2:0 icmp SF 52/0 bytes 1/0 packets C1",
			"00:01:40.000003 +0 10.0.0.1:8 > 10.0.0.2:0 icmp SF 50/0 bytes 1/0 packets C1",
			"00:01:40.000006 +0 10.0.0.1:8 > 10.0.0.2:0 icmp SF 50/0 bytes 1/0 packets C1",
			"00:01:40.000010 +0 10.0.0.1:8 > 10.0.0.2:0 icmp SF 50/0 bytes 1/0 packets C1"}},
		"ICMPv6 echo": {icmpRow(true, "128", "129", "1", "8", "8", "OTH", "1", "1"), []string{
			"00:01:40.000000 +0 fe80::1:128 > fe80::2:0 icmp SF 16/0 bytes 1/0 packets C1",
			"00:01:41.000000 +0 fe80::2:129 > fe80::1:0 icmp SF 16/0 bytes 1/0 packets C1"}},
		"same type both ways": {icmpRow(false, "3", "3", "2", "29", "29", "OTH", "1", "1"), []string{
			"00:01:40.000000 +0 10.0.0.1:3 > 10.0.0.2:3 icmp SF 37/0 bytes 1/0 packets C1",
			"00:01:42.000000 +0 10.0.0.2:3 > 10.0.0.1:3 icmp SF 37/0 bytes 1/0 packets C1"}},
		"answers only": {icmpRow(false, "8", "0", "1", "0", "112", "OTH", "0", "2"), []string{
			"00:01:40.000000 +0 10.0.0.2:0 > 10.0.0.1:0 icmp SF 64/0 bytes 1/0 packets C1",
			"00:01:41.000000 +0 10.0.0.2:0 > 10.0.0.1:0 icmp SF 64/0 bytes 1/0 packets C1"}},
		"no counts": {icmpRow(false, "13", "14", "-", "12", "12", "OTH", "-", "-"), []string{
			"00:01:40.000000 +0 10.0.0.1:13 > 10.0.0.2:0 icmp SF 20/0 bytes 1/0 packets C1",
			"00:01:40.000000 +0 10.0.0.2:14 > 10.0.0.1:0 icmp SF 20/0 bytes 1/0 packets C1"}},
	} {
		if got, _ := parse(t, ZeekTSV, Options{}, c.log); !slices.Equal(got, c.want) {
			t.Errorf("%s:\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
	kept, _ := parse(t, ZeekTSV, Options{KeepAggregates: true}, icmpRow(true, "128", "129", "1.5", "80", "80", "OTH", "10", "9"))
	if want := "00:01:40.000000 +1500000 fe80::1:128 > fe80::2:129 icmp SF 160/152 bytes 10/9 packets C1"; len(kept) != 1 || kept[0] != want {
		t.Errorf("kept %q, want %q", kept, want)
	}
}

// TestExpansionIsWhole holds what any row must keep: the bytes, the order and the ends in
// time, one record for a packet.
func TestExpansionIsWhole(t *testing.T) {
	p := NewParser(ZeekTSV, Options{})
	const start = int64(1_700_000_000_000_000)
	for _, duration := range []int64{0, 1, 7, 1_000_003, 250_000_000_000_000_000} {
		for _, packets := range [][2]int64{{1, 0}, {1, 1}, {2, 1}, {1, 2}, {7, 7}, {1000, 3}, {3, 999}} {
			p.conn = traffic.Connection{Protocol: traffic.ICMP, Start: start, Duration: duration, SrcPort: 8,
				SrcBytes: 12_345, DstBytes: 54_321 * min(packets[1], 1), SrcPackets: packets[0], DstPackets: packets[1]}
			var sent, bytes [2]int64
			last, first := int64(0), int64(0)
			err := p.expand(func(c *traffic.Connection) error {
				way := 0
				if c.SrcPort == 0 {
					way = 1
				}
				if sent[0]+sent[1] == 0 {
					first = c.Start
				}
				if c.Start < last || c.Start > start+duration || c.Duration != 0 || c.SrcPackets != 1 || c.DstBytes != 0 {
					t.Fatalf("%v packets over %d: %+v", packets, duration, c)
				}
				last = c.Start
				sent[way]++
				bytes[way] += c.SrcBytes
				return nil
			})
			single := packets[0]+packets[1] == 1
			if err != nil || sent != packets || bytes != [2]int64{12_345, 54_321 * min(packets[1], 1)} ||
				first != start || !single && last != start+duration {
				t.Errorf("%v packets over %d: sent %v, %v bytes, from %d to %d, %v", packets, duration, sent, bytes, first-start, last-start, err)
			}
		}
	}
}

func TestExpansionIsBounded(t *testing.T) {
	flood := icmpRow(false, "8", "0", "10", "1000000000", "0", "OTH", "1000000", "7")
	got, p := parse(t, ZeekTSV, Options{MaxExpand: 5}, flood)
	if len(got) != 10 || p.Problems().Unexpanded != 999_995+2 {
		t.Errorf("%d connections, %d packets left out", len(got), p.Problems().Unexpanded)
	}
	if want := "00:01:50.000000 +0 10.0.0.1:8 > 10.0.0.2:0 icmp SF 1008/0 bytes 1/0 packets C1"; got[8] != want {
		t.Errorf("the last is %s, want %s", got[8], want)
	}
	if o := (Options{}).complete(); o.MaxExpand != 1_000_000 {
		t.Errorf("limit %d", o.MaxExpand)
	}
}
