package triage

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"
)

func addr(s string) netip.Addr {
	if s == "" {
		return netip.Addr{}
	}
	return netip.MustParseAddr(s)
}

// alertOf reads "10.0.0.1 10.0.1.53 53 udp domain_u normal", where - is missing.
func alertOf(t testing.TB, text string) *Alert {
	t.Helper()
	w := strings.Split(strings.ReplaceAll(text, "-", ""), " ")
	if len(w) != 6 {
		t.Fatalf("%q has not six words", text)
	}
	a := &Alert{Src: addr(w[0]), Dst: addr(w[1]), Protocol: w[3], Service: w[4], Class: w[5]}
	fmt.Sscan(w[2], &a.DstPort)
	return a
}

func parse(t testing.TB, text string) *Allow {
	t.Helper()
	list, err := ParseAllow(strings.NewReader(text), "allow.txt")
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestAllowMatches(t *testing.T) {
	const dns = "10.0.0.1 10.0.1.53 53 udp domain_u probe"
	const web6 = "2001:db8::7 2001:db8:1::80 443 tcp http_443 neptune"
	for _, c := range []struct {
		rule, alert string
		want        bool
	}{
		{"10.0.0.1", dns, true},
		{"10.0.1.53", dns, false}, // the short form is the source
		{"10.0.0.0/8", dns, true},
		{"10.0.0.0/8 -> 10.0.1.53", dns, true},
		{"10.0.0.0/8->10.0.1.53:53/udp", dns, true},
		{"10.0.0.0/8 -> 10.0.1.53:53/tcp", dns, false},
		{"10.0.0.0/8 -> 10.0.1.0/24:53", dns, true},
		{"* -> 10.0.1.53:53,853", dns, true},
		{"* -> 10.0.1.53:54", dns, false},
		{"10.0.0.1 -> *:53", dns, true},
		{"::ffff:10.0.0.1", dns, true},
		{"::ffff:10.0.0.0/104", dns, true},
		{"src=0.0.0.0/0 port=50-60 class=Probe", dns, true},
		{"src=0.0.0.0/0 port=54-60", dns, false},
		{"proto=UDP service=domain_u,ntp_u", dns, true},
		{"service=domain", dns, false},
		{"port=53", dns, true},
		{"port=0-65535 uid=C1", dns, false},
		{"sport=123", dns, false},
		{"sport=0", dns, true},
		{"src=::/0", dns, false}, // IPv4 is no IPv6
		{"2001:db8::/32", web6, true},
		{"2001:db8::7 -> [2001:db8:1::80]:443/tcp", web6, true},
		{"2001:db8::7 -> [2001:db8:1::80]:444/tcp", web6, false},
		{"* -> [2001:db8:1::/48]:443", web6, true},
		{"* -> [2001:db8:1::80]", web6, true},
		{"* -> 2001:db8:1::80", web6, true},
		{"* -> 2001:db8:1::81", web6, false},
		{"src=fe80::1 # of every link", "fe80::1%eth0 - 0 tcp - -", true},
		{"src=::/0", "- - 0 tcp - -", false}, // no address is in no network
		{"class=neptune", "- - 0 - - neptune", true},
	} {
		list := parse(t, "# known\n\n\t"+c.rule+"\t# why\r\n")
		if _, got := list.Match(alertOf(t, c.alert), time.Time{}); got != c.want {
			t.Errorf("%q matches %q: %v", c.rule, c.alert, got)
		}
		if r := list.Rules(); r[0].Line != 3 || r[0].Text != strings.TrimSpace(withoutComment(c.rule)) {
			t.Errorf("rule %+v", r[0])
		}
	}
}

func TestAllowMistakes(t *testing.T) {
	for _, c := range []struct{ rule, want string }{
		{"10.0.0.5/8", "write 10.0.0.0/8 for the network, or 10.0.0.5"},
		{"10.0.*.*", "write 10.0.0.0/16"},
		{"10.0.0.1-10.0.0.9", "ranges of addresses as networks"},
		{"10.0.0.0/33", "from 0 to 32"},
		{"example.org", "names of hosts are not looked up"},
		{"10.0.0.1:53", "write 10.0.0.1, and sport="},
		{"10.0.0.1 ->", "no target after ->"},
		{"10.0.0.1 10.0.0.2", `"10.0.0.2" is no condition`},
		{"10.0.0.1 -> 10.0.0.2:http", `"http" is no port`},
		{"10.0.0.1 -> 10.0.0.2:53/upd", "write proto=udp"},
		{"source=10.0.0.1", "write src, as in src=10.0.0.0/8"},
		{"sevrice=http", "write service, as in service=domain_u"},
		{"colour=red", "they are src, dst"},
		{"port=", "port has no value"},
		{"port=53,", "nothing between two commas"},
		{"port=70000", "numbers from 0 to 65535"},
		{"port=60-50", "write 50-60"},
		{"port=53 port=54", "port stands twice"},
		{"10.0.0.1 src=10.0.0.2", "src stands twice"},
		{"src = 10.0.0.1", "is no address or network"},
		{"class=x until=31.12.2026", "until=2026-12-31"},
		{"* -> *", "would allow every alert"},
		{"until=2026-12-31", "would allow every alert"},
		{"proto=quic", "they are tcp, udp"},
		{"class=" + strings.Repeat("x", maxAllowLine), "write several rules"},
	} {
		_, err := ParseAllow(strings.NewReader("# one\n"+c.rule+"\n"), "allow.txt")
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "allow.txt:2: ") {
			t.Errorf("%.60q: %v, want %q", c.rule, err, c.want)
		}
	}
}

func TestAllowLimits(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"size", strings.Repeat("# nothing\n", maxAllowBytes/10+1), "more than 8 MiB"},
		{"rules", strings.Repeat("10.0.0.1\n", maxAllowRules+1), "more than 100000 rules"},
		{"text", "\xff\xfe1\x000\x00", "not a text file"},
	} {
		if _, err := ParseAllow(strings.NewReader(c.text), "a"); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	_, err := ParseAllow(strings.NewReader(strings.Repeat("x\n", 1000)), "a")
	if n := len(strings.Split(err.Error(), "\n")); n != maxMistakes {
		t.Errorf("%d mistakes reported", n)
	}
	if list := parse(t, "\uFEFF10.0.0.1\n"); len(list.Rules()) != 1 {
		t.Error("a byte-order mark")
	}
}

// The first rule in force counts, whatever the index that finds it.
func TestAllowCounts(t *testing.T) {
	list := parse(t, "class=x until=2026-12-31\n10.0.0.0/8 until=2026-12-31T12:00:00+01:00\n* -> 10.0.1.53\n10.0.0.1\n")
	a := alertOf(t, "10.0.0.1 10.0.1.53 53 udp - x")
	at := func(s string) time.Time {
		moment, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return moment
	}
	for _, c := range []struct {
		now  string
		want int
	}{
		{"2026-12-31T23:59:59Z", 0}, {"2027-01-01T00:00:00Z", 2}, {"2026-12-31T10:59:59Z", 0},
	} {
		if i, ok := list.Match(a, at(c.now)); !ok || i != c.want {
			t.Errorf("%s: rule %d, %v", c.now, i, ok)
		}
	}
	b := alertOf(t, "10.9.9.9 10.0.0.2 53 udp - y")
	if _, ok := list.Match(b, at("2026-12-31T11:00:00Z")); ok {
		t.Error("the second rule expired at 11:00 UTC")
	}
	if _, ok := list.Match(b, at("2026-12-31T10:59:59Z")); !ok {
		t.Error("and was in force before")
	}
	want := [][2]int64{{2, 0}, {1, 1}, {1, 0}, {0, 0}}
	for i, r := range list.Rules() {
		if r.Matched != want[i][0] || r.Expired != want[i][1] {
			t.Errorf("rule %d: %+v, want %v", i, r, want[i])
		}
	}
	var none *Allow
	if _, ok := none.Match(a, time.Now()); ok || none.Rules() != nil {
		t.Error("no list")
	}
}

// randomRules returns n rules about few enough hosts that many match.
func randomRules(r *rand.Rand, n int) string {
	var b strings.Builder
	for range n {
		bits := 16 + r.IntN(17)
		p := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(r.IntN(2)), byte(r.IntN(4)), byte(r.IntN(8))}), bits).Masked()
		switch r.IntN(6) {
		case 0:
			fmt.Fprintf(&b, "%v\n", p)
		case 1:
			fmt.Fprintf(&b, "* -> %v:%d\n", p, r.IntN(4))
		case 2:
			fmt.Fprintf(&b, "%v -> 10.0.0.%d\n", p, r.IntN(8))
		case 3:
			fmt.Fprintf(&b, "port=%d class=c%d\n", 1+r.IntN(4), r.IntN(3))
		case 4:
			fmt.Fprintf(&b, "service=s%d until=2026-01-%02d\n", r.IntN(30), 1+r.IntN(28))
		default:
			fmt.Fprintf(&b, "uid=u%d src=%v\n", r.IntN(20), p)
		}
	}
	return b.String()
}

func TestAllowIndexFindsTheFirst(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		list := parse(t, randomRules(r, 40))
		for range 200 {
			a := &Alert{DstPort: uint16(r.IntN(4)), UID: fmt.Sprint("u", r.IntN(20)),
				Class: fmt.Sprint("c", r.IntN(3)), Service: fmt.Sprint("s", r.IntN(30)),
				Src: netip.AddrFrom4([4]byte{10, byte(r.IntN(2)), byte(r.IntN(4)), byte(r.IntN(8))}),
				Dst: netip.AddrFrom4([4]byte{10, byte(r.IntN(2)), byte(r.IntN(4)), byte(r.IntN(8))})}
			now := time.Date(2026, 1, 1+r.IntN(31), 0, 0, 0, 0, time.UTC)
			want := -1
			for i, rule := range list.rules {
				if rule.matches(&search{alert: a, source: a.Src, target: a.Dst, service: a.Service, class: a.Class}) && (rule.until.IsZero() || now.Before(rule.until)) {
					want = i
					break
				}
			}
			got, ok := list.Match(a, now)
			if ok != (want >= 0) || ok && got != want {
				t.Fatalf("rule %d %v, want %d, for %+v", got, ok, want, a)
			}
		}
	}
}

func TestAllowFromManyGoroutines(t *testing.T) {
	list := parse(t, "10.0.0.1\nclass=x\n")
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 1000 {
				list.Match(&Alert{Class: "X"}, time.Time{})
			}
		})
	}
	all.Wait()
	if r := list.Rules(); r[0].Matched != 0 || r[1].Matched != 4000 {
		t.Errorf("%+v", r)
	}
}

func TestPlainText(t *testing.T) {
	for _, c := range [][2]string{{"ssh", "ssh"}, {"\x1b[2J\n", "?[2J?"}, {"é\xff", "é?"}, {"", ""},
		{strings.Repeat("x", 200), strings.Repeat("x", maxText)}, {strings.Repeat("\xff", 200), strings.Repeat("?", maxText)}} {
		if got := plainText(c[0]); got != c[1] || plainText(got) != got {
			t.Errorf("%q becomes %q", c[0], got)
		}
	}
}

func FuzzParseAllow(f *testing.F) {
	for _, s := range []string{"", "10.0.0.0/8 -> [2001:db8::1]:53/udp # x", "src=10.0.0.1 dst=10.0.0.2 sport=1 port=2-3,4 proto=tcp service=a,b class=c uid=d until=2026-12-31", "* -> *", "->", "a=b=c", "[::1]:1", "10.*"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		list, err := ParseAllow(strings.NewReader(text), "f")
		if err != nil {
			if list != nil || !strings.HasPrefix(err.Error(), "f:") {
				t.Errorf("%v, %v", list, err)
			}
			return
		}
		a := &Alert{Src: netip.AddrFrom4([4]byte{10, 0, 0, 1}), DstPort: 53}
		index, ok := list.Match(a, time.Time{})
		rules := list.Rules()
		if ok && rules[index].Matched != 1 {
			t.Error("not counted")
		}
		for i, r := range rules { // what was written reads again as the same
			again, err := ParseAllow(strings.NewReader(r.Text), "again")
			if err != nil || len(again.rules) != 1 {
				t.Fatalf("%q: %v", r.Text, err)
			}
			one, two := list.rules[i], again.rules[0]
			if one.source != two.source || one.target != two.target || !one.until.Equal(two.until) || !one.narrows() {
				t.Errorf("%q reads differently", r.Text)
			}
		}
	})
}
