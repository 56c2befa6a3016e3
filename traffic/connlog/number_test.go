package connlog

import (
	"math/big"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func TestMicros(t *testing.T) {
	for text, want := range map[string]int64{
		"1713488395.433985": 1713488395433985, "0": 0, "1": 1e6, "-0.5": -500_000, ".5": 500_000, "5.": 5e6,
		"0.10885095596313477": 108851, "1.9073486328125e-06": 2, "9.5367431640625e-07": 1, "4.9e-7": 0, "5e-7": 1,
		"1.5914253999255321e+09": 1591425399925532, "1591425402.4908800125": 1591425402490880,
		"0000000000000000000001.0000000000000000000001": 1e6, "253402300799": 253402300799e6, "1E1": 10e6,
		"1e-1000": 0, "0e1000": 0, "12345678901.1234567890123456789": 12345678901123457,
	} {
		if got, ok := parseMicros([]byte(text)); !ok || got != want {
			t.Errorf("%s = %d, %v, want %d", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "-", ".", "1.2.3", "1e", "1e+", "e5", "+1", " 1", "1 ", "0x10", "NaN", "1e10000",
		"253402300800", "99999999999999999999999", "1,5", "1e99999999999999999999"} {
		if got, ok := parseMicros([]byte(text)); ok {
			t.Errorf("%q was read as %d", text, got)
		}
	}
}

// FuzzMicros compares with exact fractions.
func FuzzMicros(f *testing.F) {
	for _, seed := range []string{"1713488395.433985", "0.10885095596313477", "1.9e-06", "-3.25", "1e5", "000.0000005"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := parseMicros([]byte(text))
		if !ok || len(text) > 17 || strings.ContainsAny(text, "_xXbBoO/pP") {
			return // beyond 19 digits the last ones are cut, which can tip a half
		}
		exact, valid := new(big.Rat).SetString(text)
		if !valid {
			t.Fatalf("%q is no number, but was read as %d", text, got)
		}
		exact.Mul(exact, big.NewRat(1e6, 1))
		distance := new(big.Rat).Sub(exact, new(big.Rat).SetInt64(got))
		if distance.Abs(distance).Cmp(big.NewRat(1, 2)) > 0 {
			t.Fatalf("%q = %d, want the nearest to %s", text, got, exact.FloatString(3))
		}
	})
}

func TestCounts(t *testing.T) {
	for text, want := range map[string]int64{"0": 0, "48": 48, "48.0": 48, "1e3": 1000, "72057594037927936": 1 << 56} {
		if got, ok := parseCount([]byte(text)); !ok || got != want {
			t.Errorf("%s = %d, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "-1", "1.5", "72057594037927937", "9223372036854775808", "x", "1,000"} {
		if got, ok := parseCount([]byte(text)); ok {
			t.Errorf("%q was read as %d", text, got)
		}
	}
	for text, want := range map[string]uint16{"0": 0, "65535": 65535, "0x0050": 80, "0XFFFF": 65535} {
		if got, ok := parsePort([]byte(text)); !ok || got != want {
			t.Errorf("port %s = %d, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "65536", "http", "0x", "0x10000", "-1"} {
		if got, ok := parsePort([]byte(text)); ok {
			t.Errorf("port %q was read as %d", text, got)
		}
	}
}

func TestTimes(t *testing.T) {
	berlin := time.FixedZone("", 3600)
	for text, want := range map[string]string{
		"2026-03-02T08:00:00.000001Z":       "2026-03-02T08:00:00.000001Z",
		"2016-07-13T22:42:07.199672+0000":   "2016-07-13T22:42:07.199672Z",
		"2026-03-02T08:00:00.1234567+01:00": "2026-03-02T07:00:00.123457Z",
		"2026-03-02T08:00:00,5-0330":        "2026-03-02T11:30:00.5Z",
		"2026-03-02 08:00:00.123":           "2026-03-02T07:00:00.123Z",
		"2026/03/02 08:00:00":               "2026-03-02T07:00:00Z",
		"2024-02-29T23:59:60Z":              "2024-03-01T00:00:00Z",
		"1969-12-31T23:59:59.999999500Z":    "1970-01-01T00:00:00Z",
		"1772438400.25":                     "2026-03-02T08:00:00.25Z",
	} {
		at, err := time.Parse(time.RFC3339Nano, want)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := parseTime([]byte(text), berlin); !ok || got != at.UnixMicro() {
			t.Errorf("%s = %v, %v, want %s", text, time.UnixMicro(got).UTC(), ok, want)
		}
	}
	for _, text := range []string{"08:03:40.000000", "2026-03-02", "2026-13-02T08:00:00Z", "2026-03-02T24:00:00Z", "2026-04-31T08:00:00Z",
		"2026-03-02T08:00:00.Z", "2026-03-02T08:00:00+1", "2026-03-02T08:00:00+01:60", "2026-03-02X08:00:00", "2026-03/02 08:00:00", "XXXXXXXXXX.XXXXXX", "2026-03-02T08:00:00Zulu"} {
		if got, ok := parseTime([]byte(text), time.UTC); ok {
			t.Errorf("%q was read as %v", text, time.UnixMicro(got).UTC())
		}
	}
}

// FuzzAddr compares with net/netip.
func FuzzAddr(f *testing.F) {
	for _, seed := range []string{"10.0.0.1", "255.255.255.255", "01.2.3.4", "1.2.3", "1.2.3.4.5", "::", "::1", "1::", "fe80::1%eth0",
		"::ffff:10.0.0.1", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:1.2.3.4", "1::2::3", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8:9",
		"12345::", ":1", "1:", "1:::2", "::1.2.3.4", "1::1.2.3", "2001:DB8::a", "", ":", "::1:", "1.2.3.4%eth0"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := parseAddr([]byte(text))
		bare, zone, zoned := strings.Cut(text, "%")
		want, err := netip.ParseAddr(bare)
		if zoned && (zone == "" || err == nil && want.Is4()) {
			return // an empty zone is let pass here; IPv4 has none
		}
		if ok != (err == nil) || ok && got != want.Unmap() {
			t.Fatalf("%q = %v, %v, want %v, %v", text, got, ok, want, err)
		}
	})
}
