package traffic

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// slowRules compute the features of DocumentedWindows and HostWindows as their comments
// define them, by looking at every connection again.
type slowRules struct {
	documented  bool
	extent      int // connections in the past of a host or service
	bounds      bounds
	connections []Connection
	hosts       []slowPast
	services    []slowPast
}

// slowPast are the connections to one host or service. Those silent the longest come first.
type slowPast struct {
	key  string
	past []Connection
}

func (r *slowRules) service(c *Connection) string {
	switch {
	case r.documented, c.Protocol == ICMP:
		return c.Service()
	case c.Protocol == TCP && c.SrcPort == 20 && c.DstPort >= 1024:
		return "tcp 20"
	}
	return fmt.Sprint(c.Protocol, c.DstPort)
}

func (r *slowRules) remember(pasts []slowPast, key string, c Connection, owners, connections int) []slowPast {
	p := slowPast{key: key}
	if i := slices.IndexFunc(pasts, func(p slowPast) bool { return p.key == key }); i >= 0 {
		p = pasts[i]
		pasts = slices.Delete(pasts, i, i+1)
	}
	p.past = append(p.past, c)
	p.past = p.past[max(0, len(p.past)-r.extent):]
	pasts = append(pasts, p)
	total := 0
	for _, p := range pasts {
		total += len(p.past)
	}
	for len(pasts) > owners || total > connections {
		total -= len(pasts[0].past)
		pasts = pasts[1:]
	}
	return pasts
}

func (r *slowRules) add(c Connection) string {
	r.connections = append(r.connections, c)
	r.hosts = r.remember(r.hosts, c.Dst.String(), c, r.bounds.hosts, r.bounds.byHost)
	r.services = r.remember(r.services, r.service(&c), c, 1<<30, r.bounds.byService)
	var recent []Connection
	for _, x := range r.connections[max(0, len(r.connections)-r.bounds.recent):] {
		if c.Start-x.Start <= 2_000_000 {
			recent = append(recent, x)
		}
	}
	sameHost := func(x *Connection) bool { return x.Dst == c.Dst }
	sameService := func(x *Connection) bool { return r.service(x) == r.service(&c) }
	host, service := slowPick(recent, sameHost), slowPick(recent, sameService)
	cells := []string{strconv.Itoa(len(host)), strconv.Itoa(len(service)),
		r.share(host, r.serror), r.share(service, r.serror), r.share(host, r.rerror), r.share(service, r.rerror),
		r.share(host, sameService), r.otherServices(host, sameService), r.otherHosts(service, sameHost)}

	host, service = r.hosts[len(r.hosts)-1].past, r.services[len(r.services)-1].past
	samePort := func(x *Connection) bool { return x.SrcPort == c.SrcPort }
	errorsOf := service
	if r.documented {
		errorsOf = slowPick(host, sameService)
	}
	cells = append(cells, strconv.Itoa(len(host)), strconv.Itoa(len(errorsOf)),
		r.share(host, sameService), r.otherServices(host, sameService), r.share(host, samePort), r.otherHosts(service, sameHost),
		r.share(host, r.serror), r.share(errorsOf, r.serror), r.share(host, r.rerror), r.share(errorsOf, r.rerror))
	return strings.Join(cells, ",")
}

func slowPick(cs []Connection, is func(*Connection) bool) (out []Connection) {
	for i := range cs {
		if is(&cs[i]) {
			out = append(out, cs[i])
		}
	}
	return out
}

func slowRate(k, n int) string {
	return strconv.FormatFloat(float64(float32(k)/float32(n)), 'f', 2, 64)
}

func (r *slowRules) share(cs []Connection, is func(*Connection) bool) string {
	return slowRate(len(slowPick(cs, is)), len(cs))
}

func (r *slowRules) otherServices(host []Connection, same func(*Connection) bool) string {
	if r.documented { // what is missing to 1
		share, _ := strconv.ParseFloat(r.share(host, same), 64)
		return strconv.FormatFloat(1-share, 'f', 2, 64)
	}
	return slowDistinct(host, r.service)
}

func (r *slowRules) otherHosts(service []Connection, same func(*Connection) bool) string {
	if r.documented {
		return r.share(service, func(c *Connection) bool { return !same(c) })
	}
	return slowDistinct(service, func(c *Connection) string { return c.Dst.String() })
}

func slowDistinct(cs []Connection, value func(*Connection) string) string {
	values := map[string]bool{}
	for i := range cs {
		values[value(&cs[i])] = true
	}
	if len(values) == 1 {
		return "0.00"
	}
	return slowRate(len(values), len(cs))
}

func (r *slowRules) serror(c *Connection) bool {
	s := c.State.String()
	return slices.Contains([]string{"S0", "S1", "S2", "S3"}, s) || s == "SH" && !r.documented
}

func (r *slowRules) rerror(c *Connection) bool {
	s := c.State.String()
	return s == "REJ" || !r.documented && slices.Contains([]string{"RSTO", "RSTOS0", "RSTR"}, s)
}

// newBounded returns a counter of the mode and its slow counterpart, with the bounds.
func newBounded(m Mode, b bounds) (Counter, *slowRules) {
	slow := &slowRules{documented: m == Documented, extent: b.history, bounds: b}
	if m == Documented {
		return &DocumentedWindows{newLookback(b)}, slow
	}
	return &HostWindows{newLookback(b)}, slow
}

// boundsOf are those of the mode, in the words of its comment.
func boundsOf(m Mode) bounds {
	b := bounds{recent: 524_288, history: 255, hosts: 65_536, byHost: 1_048_576, byService: 131_072}
	if m == Documented {
		b.history = 100
	}
	return b
}

func againstSlow(t *testing.T, got Counter, want *slowRules, cs []Connection) {
	t.Helper()
	for i := range cs {
		got, want := featureText(got.Add(&cs[i])), want.add(cs[i])
		if got != want {
			t.Fatalf("connection %d:\n got %s\nwant %s", i, got, want)
		}
	}
}

func TestLookbackAgainstDefinition(t *testing.T) {
	check.Long(t)
	for _, m := range []Mode{Documented, PerHost} {
		for name, b := range map[string]bounds{
			"its own bounds": boundsOf(m),
			"tight bounds":   {recent: 40, history: 7, hosts: 9, byHost: 35, byService: 21},
			"tightest":       {recent: 1, history: 1, hosts: 1, byHost: 1, byService: 1},
		} {
			t.Run(m.String()+" within "+name, func(t *testing.T) {
				for seed := range uint64(2) {
					_, slow := newBounded(m, b)
					got := NewCounter(m)
					if name != "its own bounds" {
						got, _ = newBounded(m, b)
					}
					againstSlow(t, got, slow, randomConnections(seed, 2000))
				}
			})
		}
	}
}

func TestLookbackOfConnLogs(t *testing.T) {
	dir := check.Shared(t, "data", "traffic", "conn")
	for _, log := range []string{"zat-conn-tsv.log", "zat-conn-json.log", "rita-2024-04-19-conn-01.log.gz"} {
		cs := readConnLog(t, filepath.Join(dir, log))
		cs = cs[:min(len(cs), 4000)]
		for _, m := range []Mode{Documented, PerHost} {
			t.Run(m.String()+" "+log, func(t *testing.T) {
				_, slow := newBounded(m, boundsOf(m))
				againstSlow(t, NewCounter(m), slow, cs)
			})
		}
	}
}
