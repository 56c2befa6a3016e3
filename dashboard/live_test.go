package dashboard

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// liveFields are two fields of text and two of numbers.
func liveFields() []LiveField {
	return []LiveField{
		{Name: "proto", Canon: "protocol_type", Levels: []string{"tcp", "udp"}},
		{Name: "src_bytes", High: 1000},
		{Name: "service", Levels: []string{"http", "smtp"}},
		{Name: "urgent", High: 3},
	}
}

func newTestLive(most int) *Live {
	return NewLive(LiveOptions{Epoch: "e1", Model: "m", Algorithm: "tree", Threshold: 0.5, Calibrated: true, Fields: liveFields(), Most: most})
}

// liveRow is one row, of that number.
func liveRow(i int, at time.Time) *LiveRows {
	return &LiveRows{At: at, Request: "r" + fmt.Sprint(i), Records: []int{i % 7}, Scores: []float64{float64(i%10) / 10},
		Numbers: []float64{float64(i), math.NaN()}, Texts: []string{[]string{"tcp", "udp", ""}[i%3], fmt.Sprint("s", i%5)}}
}

var liveStart = time.Date(2026, 3, 4, 5, 6, 7, 250_000_000, time.UTC)

// cells are those of a row as text.
func cells(d *Data, row int) (out []string) {
	for j := range d.Columns {
		c := &d.Columns[j]
		k := int(c.Codes[row])
		switch {
		case k < len(c.Levels):
			out = append(out, c.Levels[k])
		case k < len(c.Values):
			out = append(out, fmt.Sprint(c.Values[k]))
		default:
			out = append(out, "")
		}
	}
	return out
}

func TestLiveKeepsTheLatest(t *testing.T) {
	l := newTestLive(10)
	if d, last, ok := l.Since(0, 100); !ok || last != 0 || d.Rows != 0 {
		t.Fatalf("an empty one has %d rows up to %d, %v", d.Rows, last, ok)
	}
	for i := 1; i <= 25; i++ {
		l.Add(liveRow(i, liveStart.Add(time.Duration(i)*time.Second)))
	}
	d, last, ok := l.Since(0, 100)
	if !ok || last != 25 || d.Rows != 10 {
		t.Fatalf("%d rows up to %d, %v", d.Rows, last, ok)
	}
	for row := range d.Rows {
		i := row + 16
		want := []string{[]string{"tcp", "udp", ""}[i%3], fmt.Sprint(i), fmt.Sprint("s", i%5), "", fmt.Sprint(float64(i%10) / 10)}
		if got := cells(d, row); !slices.Equal(got, want) {
			t.Errorf("row %d is %q, want %q", i, got, want)
		}
		if at := d.Clock.Start + d.Clock.Since[row]; math.Abs(at-(float64(liveStart.UnixMilli())/1e3+float64(i))) > 1e-6 {
			t.Errorf("row %d came at %v", i, at)
		}
		if d.Verdicts.IDs[row] != fmt.Sprintf("r%d/%d", i, i%7) || d.Lines[row] != int64(i) {
			t.Errorf("row %d is called %s, line %d", i, d.Verdicts.IDs[row], d.Lines[row])
		}
	}
	if _, err := d.Block(); err != nil {
		t.Error(err)
	}
	for _, c := range []struct {
		after      uint64
		most, rows int
		ok         bool
	}{{25, 9, 0, true}, {24, 9, 1, true}, {15, 9, 9, true}, {15, 99, 10, true}, {14, 9, 0, false}, {26, 9, 0, false}, {math.MaxUint64, 9, 0, false}} {
		d, last, ok := l.Since(c.after, c.most)
		if ok != c.ok || ok && (d.Rows != c.rows || last != c.after+uint64(c.rows)) {
			t.Errorf("after %d: %v up to %d, %v", c.after, d, last, ok)
		}
	}
}

// TestLiveTimesAscend adds rows while the clock of the machine is set back.
func TestLiveTimesAscend(t *testing.T) {
	l := newTestLive(5)
	for i, s := range []float64{9, 9, 3, 12, 12, 1, 13} {
		l.Add(liveRow(i, liveStart.Add(time.Duration(s*float64(time.Second)))))
	}
	d, _, _ := l.Since(0, 9)
	for i := 1; i < d.Rows; i++ {
		if d.Clock.Since[i]-d.Clock.Since[i-1] < 0.9e-6 {
			t.Errorf("times %v", d.Clock.Since)
		}
	}
	if d.Clock.Start != math.Trunc(d.Clock.Start) {
		t.Errorf("the clock starts at %v", d.Clock.Start)
	}
}

// TestLiveIsBounded sends 200,000 rows whose texts are all different and long.
func TestLiveIsBounded(t *testing.T) {
	l := newTestLive(20000)
	long := strings.Repeat("x", 5000)
	held := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := held()
	for i := range 200000 {
		r := liveRow(i, liveStart)
		r.Texts[0], r.Texts[1] = fmt.Sprint(i, long), fmt.Sprint("service ", i)
		r.Scores[0] = float64(i) / 200000
		r.Reasons = [][3]int16{{2, 0, -1}}
		l.Add(r)
	}
	if grown := int64(held()) - int64(before); grown > 16<<20 {
		t.Errorf("200,000 rows take %d bytes", grown)
	}
	d, last, _ := l.Since(0, 1<<30)
	if d.Rows != 20000 || last != 200000 {
		t.Errorf("%d rows up to %d", d.Rows, last)
	}
	for j := range []int{0, 2} {
		c := &d.Columns[2*j]
		if len(c.Levels) != mostLiveLevels+1 || c.Others != 20000-mostLiveLevels || c.Levels[mostLiveLevels] != otherLevel {
			t.Errorf("%s has %d levels, %d others", c.Name, len(c.Levels), c.Others)
		}
	}
	if n := len(d.Columns[0].Levels[0]); n > longLevel+len("…") {
		t.Errorf("a level of %d bytes", n)
	}
	if _, err := d.Block(); err != nil {
		t.Error(err)
	}
	for i := range 20000 { // few texts again: the many make room
		l.Add(liveRow(i, liveStart))
	}
	if d, _, _ = l.Since(0, 1<<30); d.Columns[2].Others != 0 || len(d.Columns[2].Levels) != 5 || l.room != mostLiveBytes-len("tcpudps0s1s2s3s4") {
		t.Errorf("levels %q, %d others, room %d", d.Columns[2].Levels, d.Columns[2].Others, l.room)
	}
	runtime.KeepAlive(l)
}

func TestLiveOddScores(t *testing.T) {
	l := newTestLive(10)
	for i, s := range []float64{math.NaN(), math.Inf(-1), math.Inf(1), -7, 0.5} {
		r := liveRow(i, liveStart)
		r.Scores[0] = s
		l.Add(r)
	}
	text, last, err := l.Snapshot("m@1", nil)
	if err != nil || last != 5 {
		t.Fatal(last, err)
	}
	var head LiveHead
	if err := json.Unmarshal(text[4:4+binary.LittleEndian.Uint32(text)], &head); err != nil || head.Last != 5 || head.Most != 10 || head.Epoch != "e1" {
		t.Error(head, err)
	}
	if head.Roles.Protocol != "proto" || head.Roles.Out != "src_bytes" || !slices.Equal(head.Roles.Metrics, []string{"urgent"}) || head.Roles.Service != "service" {
		t.Errorf("roles %+v, though they must not depend on the rows", head.Roles)
	}
}

// TestLiveAtOnce adds and reads at the same time; for the race detector.
func TestLiveAtOnce(t *testing.T) {
	l := newTestLive(100)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for i := range 500 {
				l.Add(liveRow(i, liveStart))
			}
		})
		all.Go(func() {
			for range 50 {
				d, _, ok := l.Since(l.Last(), 10)
				if !ok && d != nil {
					t.Error("rows though it is not ok")
				}
				if d, _, _ := l.Since(0, 100); d != nil {
					if _, err := d.Block(); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	all.Wait()
	if l.Last() != 2000 {
		t.Errorf("%d rows", l.Last())
	}
}

func TestShell(t *testing.T) {
	page, policy, err := Shell("1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"live":true`, `"version":"1.2.3"`, "connect-src &#39;self&#39;"} {
		if !strings.Contains(string(page), part) && !strings.Contains(string(page), strings.ReplaceAll(part, "&#39;", "'")) {
			t.Errorf("the page is without %s", part)
		}
	}
	if strings.Contains(string(page), `id="block-0">`) {
		t.Error("there are data in the page")
	}
	if !strings.HasPrefix(policy, "default-src 'none'; script-src 'sha256-") || !strings.HasSuffix(policy, "connect-src 'self'") {
		t.Errorf("policy %s", policy)
	}
}

// TestLivePageAgreesWithGo lets Node put the rows of many events together, and compares them
// with a block of all.
func TestLivePageAgreesWithGo(t *testing.T) {
	node := nodeOf(t)
	l := newTestLive(300)
	var given struct {
		Most   int        `json:"most"`
		Blocks [][]byte   `json:"blocks"`
		Cells  [][]string `json:"cells"`
		Times  []float64  `json:"times"`
		IDs    []string   `json:"ids"`
	}
	given.Most = l.Most()
	at, last := liveStart, uint64(0)
	for i := 1; i <= 700; i++ {
		if i%3 == 0 { // several at the same time, and one far later
			at = at.Add(time.Duration(i) * 1234567 * time.Nanosecond)
		}
		if i == 650 {
			at = at.Add(time.Hour) // times of a block are exact to a microsecond up to gaps of 71 minutes, and to a millisecond beyond
		}
		l.Add(liveRow(i, at))
		if i%50 != 0 {
			continue
		}
		d, to, ok := l.Since(last, 1000)
		if !ok {
			t.Fatal("rows are gone")
		}
		block, err := d.Block()
		if err != nil {
			t.Fatal(err)
		}
		given.Blocks, last = append(given.Blocks, block), to
	}
	d, _, _ := l.Since(0, 1000)
	for row := range d.Rows {
		given.Cells = append(given.Cells, cells(d, row))
		given.Times = append(given.Times, d.Clock.Start+d.Clock.Since[row])
	}
	given.IDs = d.Verdicts.IDs
	text, err := json.Marshal(given)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "given")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(node, "--test", filepath.Join("assets", "live.test.mjs"))
	c.Env = append(os.Environ(), "GIVEN="+path)
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
