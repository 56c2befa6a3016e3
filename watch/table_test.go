package watch

import (
	"bytes"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/netanom/netanom/serve/alert"
	"github.com/netanom/netanom/traffic"
)

// A fakeTable holds rows in the order in which they were added.
type fakeTable struct {
	mu   sync.Mutex
	rows []Row
	fail func() error // before each answer; nil: it always answers
}

func (f *fakeTable) add(rows ...Row) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rows = append(f.rows, rows...)
}

func (f *fakeTable) Newest(ctx context.Context, after string) (string, error) {
	rows, err := f.Rows(ctx, after, "", 1<<30)
	if err != nil || len(rows) == 0 {
		return "", err
	}
	return rows[len(rows)-1].Key, nil
}

func (f *fakeTable) Rows(_ context.Context, after, to string, most int) (out []Row, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fail != nil {
		if err := f.fail(); err != nil {
			return nil, err
		}
	}
	for _, r := range f.rows {
		if r.Key > after && (to == "" || r.Key <= to) {
			out = append(out, r)
		}
	}
	rand.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] }) // of equal keys any may be first
	slices.SortStableFunc(out, func(a, b Row) int { return strings.Compare(a.Key, b.Key) })
	return out[:min(len(out), most)], nil
}

var tableColumns = func() *Columns {
	c, err := FindColumns(strings.Split("ts uid id_orig_h id_orig_p id_resp_h id_resp_p proto service duration orig_bytes resp_bytes conn_state orig_pkts resp_pkts", " "))
	if err != nil {
		panic(err)
	}
	return c
}()

// tableLine makes a line of conn.log the line of a row.
func tableLine(line string) []byte {
	all := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
	cells := make([]string, len(tableColumns.At))
	for i, at := range tableColumns.At {
		cells[i] = all[at]
	}
	return tableColumns.Line(cells)
}

// rowsOf numbers lines, so many with each number.
func rowsOf(lines []string, alike int) []Row {
	rows := make([]Row, len(lines))
	for i, line := range lines {
		rows[i] = Row{fmt.Sprintf("%08d", 1+i/alike), tableLine(line)}
	}
	return rows
}

// poll reads a table until so many rows, of all runs together, have been read.
func (s *site) poll(table Table, rows int64, o PollOptions) Snapshot {
	s.t.Helper()
	l := openAlerts(s.t, s.path("alerts"))
	defer closeAlerts(s.t, l)
	s.o.Alerts = l
	e, err := New(s.o)
	must(s.t, err)
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		for deadline := time.Now().Add(30 * time.Second); e.linesRead() < rows && time.Now().Before(deadline); {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	o.Every = time.Millisecond
	must(s.t, e.Poll(ctx, "table", table, o))
	if n := e.linesRead(); n < rows {
		s.t.Fatalf("%d rows were read, want %d; notices %q", n, rows, s.notices)
	}
	return e.Snapshot()
}

// A table gives the same alerts as a log with its rows.
func TestPollScores(t *testing.T) {
	lines := zeekLines(t, 3000, 2)
	log, table := newSite(t), newSite(t)
	log.write("conn.log", zeekHeader("a"), strings.Join(lines, ""))
	want := log.follow(3008).Counts
	shown := table.poll(&fakeTable{rows: rowsOf(lines, 1)}, 3000, PollOptions{page: 70})
	same(t, alertsOf(t, log.path("alerts")), alertsOf(t, table.path("alerts")))
	want.Lines, want.Other = 3000, 0
	if shown.Counts != want {
		t.Errorf("counts %+v, want %+v", shown.Counts, want)
	}
}

// Rows that are added while some share their key, by runs that end and go on, give the same
// alerts as one run, each once.
func TestPollGoesOn(t *testing.T) {
	const rows, alike = 3000, 5
	all := rowsOf(zeekLines(t, rows, 3), alike)
	once, parts := newSite(t), newSite(t)
	whole := once.poll(&fakeTable{rows: all}, rows, PollOptions{})
	table := &fakeTable{}
	var last Snapshot
	for i := 0; i < rows; i += 500 {
		parts.poll(table, int64(i), PollOptions{page: 7, From: End}) // the state knows better
		table.add(all[i : i+500]...)
		last = parts.poll(table, int64(i+500), PollOptions{page: 7, From: End})
	}
	same(t, alertsOf(t, once.path("alerts")), alertsOf(t, parts.path("alerts")))
	if whole.Counts.Scored != last.Counts.Scored || whole.Held != last.Held || whole.Held == 0 {
		t.Errorf("counts\n%+v, %d held\n%+v, %d held", whole.Counts, whole.Held, last.Counts, last.Held)
	}
}

// A run that is put back to a checkpoint of its own raises the alerts behind it again, and
// none is written down twice.
func TestPollPutBack(t *testing.T) {
	all := rowsOf(zeekLines(t, 2000, 5), 2)
	s, once := newSite(t), newSite(t)
	table := &fakeTable{rows: all[:800]}
	s.poll(table, 800, PollOptions{})
	state, err := os.ReadFile(s.path("state"))
	must(t, err)
	table.add(all[800:]...)
	s.poll(table, 2000, PollOptions{})
	must(t, os.WriteFile(s.path("state"), state, 0o600))
	again := s.poll(table, 2000, PollOptions{page: 3})
	once.poll(table, 2000, PollOptions{})
	same(t, alertsOf(t, once.path("alerts")), alertsOf(t, s.path("alerts")))
	if again.Counts.Repeated == 0 {
		t.Error("no alert came again")
	}
}

// Rows that are equal have alerts of their own, and reading begins behind what there is.
func TestPollFromEnd(t *testing.T) {
	s := newSite(t)
	s.o.State = ""
	s.o.Model = s.o.Model.WithThreshold(-1)
	line := tableLine(zeekLines(t, 1, 1)[0])
	table := &fakeTable{rows: []Row{{"1", line}, {"2", line}}}
	go func() {
		time.Sleep(50 * time.Millisecond)
		table.add(Row{"3", line}, Row{"3", line}, Row{"4", line})
	}()
	s.poll(table, 3, PollOptions{From: End})
	ids := map[string]bool{}
	for _, a := range alertsOf(t, s.path("alerts")) {
		ids[a.ID] = true
	}
	if len(ids) != 3 {
		t.Errorf("%d ids of 3 rows", len(ids))
	}
}

type lastingError struct{ error }

func (lastingError) Lasting() bool { return true }

// A table that cannot be asked for a while is told once, and asked again; what stays wrong
// ends the watch, with all that was read in its state.
func TestPollErrors(t *testing.T) {
	s := newSite(t)
	s.o.retry = time.Millisecond
	all := rowsOf(zeekLines(t, 1000, 2), 1)
	n := 0
	table := &fakeTable{rows: all[:500], fail: func() error {
		if n++; n <= 6 {
			return fmt.Errorf("the server is away")
		}
		return nil
	}}
	s.poll(table, 500, PollOptions{page: 300})
	if len(s.notices) != 3 || // one is about what the table lacks
		!s.told("the server is away; trying again") || !s.told("can be read again") {
		t.Errorf("notices %q", s.notices)
	}
	table.add(all[500:]...)
	asked := 0
	table.fail = func() error {
		if asked++; asked > 1 {
			return fmt.Errorf("asking: %w", lastingError{errors.New("there is no such table")})
		}
		return nil
	}
	s.o.Alerts = openAlerts(t, s.path("alerts"))
	defer closeAlerts(t, s.o.Alerts)
	e, err := New(s.o)
	must(t, err)
	if err := e.Poll(t.Context(), "table", table, PollOptions{page: 300}); err == nil || !strings.Contains(err.Error(), "no such table") {
		t.Errorf("a table that is gone: %v", err)
	}
	c, err := readCheckpoint(s.path("state"))
	must(t, err)
	if c.Key != "00000799" || c.Counts.Lines != 799 {
		t.Errorf("state at %q, %+v", c.Key, c.Counts)
	}
	if err := e.Poll(t.Context(), "table", table, PollOptions{Every: -1}); err == nil {
		t.Error("a time below 0 was taken")
	}
}

// drained reads what a poller finds until it finds no more.
func drained(t *testing.T, p *poller) (keys []string) {
	t.Helper()
	for {
		rows, found, err := p.next(t.Context())
		must(t, err)
		for _, r := range rows {
			keys = append(keys, r.Key)
			p.at = r.Key
		}
		if found != more {
			return keys
		}
	}
}

// Whatever keys rows share, and however few are asked for, each is read once.
func TestPagesPartNoKey(t *testing.T) {
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 2))
		var rows []Row
		for key := range 1 + random.IntN(12) {
			for range random.IntN(6) {
				rows = append(rows, Row{Key: fmt.Sprintf("%02d", key)})
			}
		}
		p := &poller{table: &fakeTable{rows: rows}, o: PollOptions{page: 1 + random.IntN(4)}}
		if got := drained(t, p); len(got) != len(rows) {
			t.Fatalf("seed %d: %d rows were read of %d", seed, len(got), len(rows))
		}
	}
	p := &poller{table: &fakeTable{rows: slices.Repeat([]Row{{Key: "7"}}, 2*mostAlike)}, o: PollOptions{page: 1000}}
	if _, _, err := p.next(t.Context()); !lasting(err) || !strings.Contains(err.Error(), `"7" stands in`) {
		t.Errorf("all rows alike: %v", err)
	}
	many := slices.Concat(slices.Repeat([]Row{{Key: "7"}}, mostAlike-1), slices.Repeat([]Row{{Key: "8"}}, mostAlike-1))
	p = &poller{table: &fakeTable{rows: many}, o: PollOptions{page: 50_000}}
	if got := drained(t, p); len(got) != len(many) {
		t.Errorf("of %d rows with two keys %d were read", len(many), len(got))
	}
}

// Rows that come late are read if they are no later than Lag, and in order.
func TestLag(t *testing.T) {
	now := time.Unix(1e9, 0)
	table := &fakeTable{}
	p := &poller{table: table, o: PollOptions{Lag: 5 * time.Second, page: 10}, now: func() time.Time { return now }}
	for _, step := range []struct {
		after time.Duration
		add   string
		want  string
	}{
		{0, "", ""},
		{0, "03 05", ""},
		{time.Second, "04", ""},
		{3 * time.Second, "08 05", ""},
		{time.Second, "07", "03 04 05 05"},
		{2 * time.Second, "02", ""}, // too late, for good
		{2 * time.Second, "06", "06 07 08"},
		{time.Minute, "", ""},
		{0, "09", ""},
		{time.Minute, "10", "09"},
		{time.Minute, "", "10"},
	} {
		now = now.Add(step.after)
		for _, key := range strings.Fields(step.add) {
			table.add(Row{Key: key})
		}
		if got := strings.Join(drained(t, p), " "); got != step.want {
			t.Errorf("%v: read %q, want %q", step, got, step.want)
		}
	}
	for range 10_000 { // looks more often than keys are worth remembering
		now = now.Add(time.Millisecond)
		table.add(Row{Key: fmt.Sprint(now.UnixNano())})
		drained(t, p)
		if len(p.seen) > mostSights+1 {
			t.Fatalf("%d keys wait", len(p.seen))
		}
	}
}

// A table that is looked at from time to time is not silent in between, nor while it does
// not answer.
func TestPollKeepsTime(t *testing.T) {
	s := newSite(t)
	now := time.Unix(1e9, 0)
	s.o.Now, s.o.State, s.o.quiet = func() time.Time { return now }, "", 500*time.Millisecond
	e, err := New(s.o)
	must(t, err)
	must(t, e.begin(t.Context(), "table", false))
	e.slack, e.clock = 10*time.Second, 1e15
	moved := func() bool { must(t, e.tick()); return e.stream.State().Now > e.clock }
	if now = now.Add(10 * time.Second); moved() {
		t.Error("time went on between two looks")
	}
	e.asks()
	if now = now.Add(time.Hour); moved() {
		t.Error("time went on while there was no answer")
	}
	_, err = e.someRows(&poller{}, nil)
	must(t, err)
	if moved() {
		t.Error("time went on as there was an answer")
	}
	if now = now.Add(time.Second); !moved() {
		t.Error("time does not go on")
	}
}

func TestFindColumns(t *testing.T) {
	names := strings.Fields("added TS UID id_orig_h ID.ORIG_H id_orig_p id.resp_h id_resp_p Proto conn_state detailed_label")
	c, err := FindColumns(names)
	must(t, err)
	cells := make([]string, len(c.At))
	for i, at := range c.At {
		cells[i] = strings.ToLower(names[at])
	}
	cells[0] = `1.5"`
	cells[len(cells)-1] = "-"
	want := `{"ts":"1.5\"","id.orig_h":"id_orig_h","id.orig_p":"id_orig_p","id.resp_h":"id.resp_h","id.resp_p":"id_resp_p","proto":"proto","uid":"uid","conn_state":"conn_state"}`
	if got := string(c.Line(cells)); got != want {
		t.Errorf("line\n%s, want\n%s", got, want)
	}
	for names, want := range map[string]string{
		"ts uid proto": "no column id.orig_h; a table to watch",
		"duration protocol_type service flag src_bytes dst_bytes count srv_count dst_host_count dst_host_srv_count label": "predict --into",
	} {
		if _, err := FindColumns(strings.Fields(names)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", names, err)
		}
	}
}

// A state of another table is refused.
func TestStateOfTables(t *testing.T) {
	s := newSite(t)
	s.poll(&fakeTable{rows: rowsOf(zeekLines(t, 100, 1), 1)}, 100, PollOptions{})
	e, err := New(s.o)
	must(t, err)
	if err := e.Poll(t.Context(), "another", &fakeTable{}, PollOptions{}); err == nil || !strings.Contains(err.Error(), "the state is of table") {
		t.Errorf("a state of another table: %v", err)
	}
}

// The states of logs that were written before tables were watched are read, and those of
// now by the programs of then.
func TestStateBeforeTables(t *testing.T) {
	type before struct {
		Source   string
		Position Position
		Format   string
		Header   []byte
		Setting  traffic.Setting
		Model    string
		Stream   *traffic.StreamState
		Groups   []byte
		Counts   Counts
		Alerts   alert.Mark
		Known    []string
		Saved    time.Time
	}
	c := fullCheckpoint(t)
	old := before{c.Source, c.Position, c.Format, c.Header, c.Setting, c.Model, c.Stream, c.Groups, c.Counts, c.Alerts, c.Known, c.Saved}
	var body bytes.Buffer
	must(t, gob.NewEncoder(&body).Encode(old))
	got, err := decodeCheckpoint(sealed(body.Bytes()))
	must(t, err)
	if !reflect.DeepEqual(got, c) {
		t.Errorf("read\n%+v, want\n%+v", got, c)
	}
	text, err := c.encode()
	must(t, err)
	_, now, _ := bytes.Cut(text, []byte{'\n'})
	var again before
	must(t, gob.NewDecoder(bytes.NewReader(now)).Decode(&again))
	if !reflect.DeepEqual(again, old) {
		t.Errorf("read\n%+v, want\n%+v", again, old)
	}
}
