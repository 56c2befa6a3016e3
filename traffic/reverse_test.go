package traffic

import (
	"bufio"
	"bytes"
	"fmt"
	"strconv"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// kddRow is what a row of the KDD data says that the definitions can be held to.
type kddRow struct {
	Features
	service, label     string
	protocol           Protocol
	state              State
	srcPort, dstPort   uint16 // of the service; type and code of ICMP
	portKnown          bool
	land, loggedIn     bool
	wrongFragment      uint8
	duration           int64 // seconds
	srcBytes, dstBytes int64
}

// connection returns what the row says of its connection.
func (r *kddRow) connection() *Connection {
	return &Connection{
		Protocol: r.protocol, State: r.state, SrcPort: r.srcPort, DstPort: r.dstPort,
		SrcBytes: r.srcBytes, DstBytes: r.dstBytes, Duration: 5e6,
	}
}

var kddRows []kddRow

// readKDD returns the 10 % file of the KDD'99 data, in its order. It is read once.
func readKDD(t *testing.T) []kddRow {
	t.Helper()
	path := check.Shared(t, "data", "kdd99", "kddcup.data_10_percent.gz")
	if kddRows != nil {
		return kddRows
	}
	lines := bufio.NewScanner(open(t, path))
	rows := make([]kddRow, 0, 494_021)
	known := kddPorts()
	names := map[string]string{}
	for lines.Scan() {
		r, err := parseKDD(lines.Bytes(), names)
		if err != nil {
			t.Fatalf("line %d: %v", len(rows)+1, err)
		}
		r.setPort(known)
		rows = append(rows, r)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if len(rows) != 494_021 {
		t.Fatalf("%d rows, want 494,021", len(rows))
	}
	kddRows = rows
	return rows
}

func parseKDD(line []byte, names map[string]string) (r kddRow, err error) {
	cells := bytes.Split(bytes.TrimSuffix(line, []byte(".")), []byte(","))
	if len(cells) != 42 {
		return r, fmt.Errorf("%d cells", len(cells))
	}
	text := func(i int) string {
		s, ok := names[string(cells[i])]
		if !ok {
			s = string(cells[i])
			names[s] = s
		}
		return s
	}
	number := func(i int) int64 {
		v, e := strconv.ParseInt(string(cells[i]), 10, 64)
		if e != nil {
			err = e
		}
		return v
	}
	rate := func(i int) Rate {
		b := cells[i]
		if len(b) != 4 || b[1] != '.' {
			err = fmt.Errorf("rate %q", b)
			return 0
		}
		return Rate(b[0]-'0')*100 + Rate(b[2]-'0')*10 + Rate(b[3]-'0')
	}
	if r.protocol, err = ParseProtocol(text(1)); err != nil {
		return r, err
	}
	if r.state, err = ParseState(text(3)); err != nil {
		return r, err
	}
	r.service, r.label = text(2), text(41)
	r.duration, r.srcBytes, r.dstBytes = number(0), number(4), number(5)
	r.wrongFragment = uint8(number(7))
	r.land, r.loggedIn = cells[6][0] == '1', cells[11][0] == '1'
	r.Features = Features{
		Count: uint32(number(22)), SrvCount: uint32(number(23)),
		SerrorRate: rate(24), SrvSerrorRate: rate(25), RerrorRate: rate(26), SrvRerrorRate: rate(27),
		SameSrvRate: rate(28), DiffSrvRate: rate(29), SrvDiffHostRate: rate(30),
		DstHostCount: uint32(number(31)), DstHostSrvCount: uint32(number(32)),
		DstHostSameSrvRate: rate(33), DstHostDiffSrvRate: rate(34), DstHostSameSrcPortRate: rate(35),
		DstHostSrvDiffHostRate: rate(36), DstHostSerrorRate: rate(37), DstHostSrvSerrorRate: rate(38),
		DstHostRerrorRate: rate(39), DstHostSrvRerrorRate: rate(40),
	}
	return r, err
}

// kddPorts returns a port of each name of our table, by protocol and name.
func kddPorts() map[string]uint16 {
	ports := map[string]uint16{}
	for port := 1<<16 - 1; port >= 0; port-- {
		for _, p := range []Protocol{TCP, UDP} {
			ports[p.String()+" "+ServiceName(p, uint16(port))] = uint16(port)
		}
	}
	return ports
}

// setPort gives the row a port of its service.
func (r *kddRow) setPort(ports map[string]uint16) {
	if r.protocol != ICMP {
		r.dstPort, r.portKnown = ports[r.protocol.String()+" "+r.service]
		return
	}
	for typ := range uint16(20) {
		for code := range uint16(5) {
			c := Connection{Protocol: ICMP, SrcPort: typ, DstPort: code}
			if c.Service() == r.service && !r.portKnown {
				r.srcPort, r.portKnown = typ, true
				r.dstPort = code
			}
		}
	}
}

// rates lists the 15 rates of a row with their denominators.
func (r *kddRow) rates() [15]kddRate {
	return [15]kddRate{
		{r.SerrorRate, r.Count}, {r.RerrorRate, r.Count}, {r.SameSrvRate, r.Count}, {r.DiffSrvRate, r.Count},
		{r.SrvSerrorRate, r.SrvCount}, {r.SrvRerrorRate, r.SrvCount}, {r.SrvDiffHostRate, r.SrvCount},
		{r.DstHostSameSrvRate, r.DstHostCount}, {r.DstHostDiffSrvRate, r.DstHostCount}, {r.DstHostSameSrcPortRate, r.DstHostCount},
		{r.DstHostSerrorRate, r.DstHostCount}, {r.DstHostRerrorRate, r.DstHostCount},
		{r.DstHostSrvDiffHostRate, r.DstHostSrvCount}, {r.DstHostSrvSerrorRate, r.DstHostSrvCount}, {r.DstHostSrvRerrorRate, r.DstHostSrvCount},
	}
}

type kddRate struct {
	rate Rate
	of   uint32
}

// can reports whether some share of what the rate is of is printed so.
func (r kddRate) can() bool {
	for k := range r.of + 1 {
		if newRate(k, r.of) == r.rate {
			return true
		}
	}
	return false
}
