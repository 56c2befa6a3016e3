package traffic

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"
)

// appendBasic appends the features 1 to 9 as in the KDD data.
func appendBasic(b []byte, c *Connection) []byte { return new(Formatter).appendBasic(b, c) }

func TestColumns(t *testing.T) {
	names := Columns()
	if len(names) != 5+41+1 {
		t.Fatalf("%d columns, want 47", len(names))
	}
	// The spelling of the KDD columns is that of the data set's own names
	// file, but for is_host_login, which common copies call is_hot_login.
	for i, want := range map[int]string{0: "timestamp", 5: "duration", 25: "is_hot_login", 26: "is_guest_login", 27: "count", 45: "dst_host_srv_rerror_rate", 46: "attack"} {
		if names[i] != want {
			t.Errorf("column %d is %s, want %s", i, names[i], want)
		}
	}
	names[0] = "changed"
	if Columns()[0] != "timestamp" {
		t.Error("the caller can change the columns")
	}
}

func TestWriterLine(t *testing.T) {
	r := Record{
		Connection: Connection{
			Start:    time.Date(2026, 3, 2, 8, 0, 0, 123456000, time.UTC).UnixMicro(),
			Duration: 12_999_999, Src: netip.MustParseAddr("10.1.0.20"), Dst: netip.MustParseAddr("2001:db8::1"),
			SrcPort: 40000, DstPort: 23, State: RSTO, SrcBytes: 126, DstBytes: 1 << 40, WrongFragment: 1, Urgent: 2,
			Content: Content{Hot: 28, NumFailedLogins: 3, LoggedIn: true, NumCompromised: 4, RootShell: true, SuAttempted: 2,
				NumRoot: 99, NumFileCreations: 5, NumShells: 6, NumAccessFiles: 7, NumOutboundCmds: 8, IsHotLogin: true, IsGuestLogin: true},
			Label: "spy",
		},
		Features: Features{Count: 511, SrvCount: 10, SerrorRate: 100, SrvDiffHostRate: 7, DstHostCount: 255, DstHostSrvRerrorRate: 33},
	}
	var out bytes.Buffer
	w := NewWriter(&out)
	for range 2 {
		if err := w.Write(&r); err != nil {
			t.Fatal(err)
		}
		r.Start += 876_544 // into the next second
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	rest := ",10.1.0.20,40000,2001:db8::1,23,12,tcp,telnet,RSTO,126,1099511627776,0,1,2," +
		"28,3,1,4,1,2,99,5,6,7,8,1,1,511,10,1.00,0.00,0.00,0.00,0.00,0.00,0.07,255,0,0.00,0.00,0.00,0.00,0.00,0.00,0.00,0.33,spy\n"
	want := "2026-03-02T08:00:00.123456Z" + rest + "2026-03-02T08:00:01.000000Z" + rest
	if out.String() != want {
		t.Errorf("got  %swant %s", out.String(), want)
	}
}

// TestWriterTimes compares the writer's clock with the time package, before
// 1970 and across seconds too.
func TestWriterTimes(t *testing.T) {
	var k clock
	for _, micro := range []int64{0, -1, 1, 999_999, 1_000_000, 1_000_001, -86_400_000_000, 1_772_438_400_000_000, 1_772_438_400_999_999} {
		want := time.UnixMicro(micro).UTC().Format("2006-01-02T15:04:05.000000Z")
		if got := string(k.append(nil, micro)); got != want {
			t.Errorf("time %d written as %s, want %s", micro, got, want)
		}
	}
}

// TestWriteCSVReadsBack checks that every cell of simulated CSV means what
// the record held.
func TestWriteCSVReadsBack(t *testing.T) {
	var out bytes.Buffer
	opt := sized(3000, 8)
	if err := WriteCSV(context.Background(), &out, opt); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 3001 || strings.Join(rows[0], ",") != strings.Join(Columns(), ",") {
		t.Fatalf("%d lines, header %v", len(rows), rows[0])
	}
	for i, r := range simulated(t, opt) {
		row := rows[i+1]
		at, err := time.Parse(time.RFC3339Nano, row[0])
		if err != nil || at.UnixMicro() != r.Start {
			t.Fatalf("row %d: time %s (%v), want %s", i+1, row[0], err, r.Time())
		}
		want := []string{
			r.Src.String(), fmt.Sprint(r.SrcPort), r.Dst.String(), fmt.Sprint(r.DstPort),
			fmt.Sprint(r.Seconds()), r.Protocol.String(), r.Service(), r.State.String(), fmt.Sprint(r.SrcBytes), fmt.Sprint(r.DstBytes),
			fmt.Sprint(btoi(r.Land())), fmt.Sprint(r.WrongFragment), fmt.Sprint(r.Urgent), fmt.Sprint(r.Content.Hot),
			fmt.Sprint(r.Content.NumFailedLogins), fmt.Sprint(btoi(r.Content.LoggedIn)),
		}
		if got := row[1 : 1+len(want)]; strings.Join(got, ",") != strings.Join(want, ",") {
			t.Fatalf("row %d: %v, want %v", i+1, got, want)
		}
		if rate, err := strconv.ParseFloat(row[29], 64); err != nil || rate != r.SerrorRate.Float() {
			t.Fatalf("row %d: serror_rate %s, want %v", i+1, row[29], r.SerrorRate.Float())
		}
		if row[46] != r.Label {
			t.Fatalf("row %d: label %s, want %s", i+1, row[46], r.Label)
		}
	}
}
