package extract

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/netanom/netanom/traffic"
	"github.com/netanom/netanom/traffic/packet"
	"github.com/netanom/netanom/traffic/replay"
)

// simulated is a capture of so many made-up connections.
func simulated(t testing.TB, connections int) []byte {
	t.Helper()
	o := traffic.DefaultOptions()
	o.Connections, o.Span = connections, time.Hour
	var b bytes.Buffer
	w := replay.NewWriter(&b)
	if err := traffic.Simulate(t.Context(), o, func(r *traffic.Record) error { return w.Add(&r.Connection) }); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A torn reader ends as a packed file does that was cut off.
type torn struct{ io.Reader }

func (r torn) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err == io.EOF {
		err = fmt.Errorf("a.gz: the data end too early: %w", io.ErrUnexpectedEOF)
	}
	return n, err
}

// TestCutSources uses what there is of a packed file that was cut off, and says so.
func TestCutSources(t *testing.T) {
	capture := simulated(t, 200)
	half := capture[:len(capture)/2]
	for name, text := range map[string][]byte{"capture": half, "log": []byte(logOf("100 SF", "101 SF"))} {
		counts, s, err := countsOf(t, Options{}, Reading("a", torn{bytes.NewReader(text)}))
		if err != nil || len(counts) == 0 || len(s.Cut) != 1 || !strings.Contains(s.Cut[0], "too early") {
			t.Errorf("%s: %d records, %q, %v", name, len(counts), s.Cut, err)
		}
	}
	if _, _, err := countsOf(t, Options{}, Reading("a", torn{strings.NewReader("")})); err == nil || !strings.Contains(err.Error(), "too early") {
		t.Errorf("nothing but an early end: %v", err)
	}
}

// TestEmptyAmongMany goes on behind rotated files that hold nothing yet.
func TestEmptyAmongMany(t *testing.T) {
	capture := simulated(t, 100)
	counts, s, err := countsOf(t, Options{}, Reading("a", bytes.NewReader(capture)), Reading("b", strings.NewReader("")), Reading("c", bytes.NewReader(capture[:10])))
	if err != nil || len(counts) < 90 || len(s.Empty) != 2 {
		t.Errorf("%d records, empty are %v, %v", len(counts), s.Empty, err)
	}
}

// TestLabelsAreTold tells of labels before the first record, though the first row has none.
func TestLabelsAreTold(t *testing.T) {
	text := strings.Replace(strings.ReplaceAll(logOf("100 SF", "101 SF"), "\tconn_state\n", "\tconn_state\tlabel\n"), "SF\n", "SF\t-\n", 1)
	text = strings.Replace(text, "SF\n", "SF\tneptune\n", 1)
	for hold, name := range map[time.Duration]string{0: "file", time.Millisecond: "stream"} {
		told := false
		var labels []string
		_, err := Records(t.Context(), []Source{Reading("a", strings.NewReader(text))}, Options{Hold: hold, Labelled: func() { told = true }}, func(r *traffic.Record) error {
			if !told {
				t.Errorf("%s: a record came before its log was known to have labels", name)
			}
			labels = append(labels, r.Label)
			return nil
		})
		if err != nil || len(labels) != 2 || labels[1] != "neptune" {
			t.Errorf("%s: labels %q, %v", name, labels, err)
		}
	}
}

// TestLabelsOfJSONAreTold tells of labels that the first lines leave out, as JSON does.
func TestLabelsOfJSONAreTold(t *testing.T) {
	line := func(at, label string) string {
		return `{"ts":` + at + `,"id.orig_h":"10.0.0.1","id.orig_p":1,"id.resp_h":"10.0.0.2","id.resp_p":80,"proto":"tcp","conn_state":"SF"` + label + "}\n"
	}
	told := 0
	var labels []string
	_, err := Records(t.Context(), []Source{Reading("a", strings.NewReader(line("100", "")+line("101", `,"label":"neptune"`)+line("102", `,"label":"smurf"`)))},
		Options{Labelled: func() { told++ }}, func(r *traffic.Record) error {
			labels = append(labels, r.Label)
			return nil
		})
	if err != nil || told != 1 || len(labels) != 3 || labels[1] != "neptune" {
		t.Errorf("told %d times, labels %q, %v", told, labels, err)
	}
}

// TestFutureRows leaves out rows of a stream after which no time would ever come again, and keeps those of a file.
func TestFutureRows(t *testing.T) {
	text := logOf("100 SF", "99999999999 SF", "101 SF")
	if counts, s, err := countsOf(t, Options{Stream: true}, Reading("a", strings.NewReader(text))); err != nil || s.Future != 1 || len(counts) != 2 || counts[1] != 2 {
		t.Errorf("a stream: counts %v, %d left out, %v", counts, s.Future, err)
	}
	if counts, s, err := countsOf(t, Options{}, Reading("a", strings.NewReader(text))); err != nil || s.Future != 0 || len(counts) != 3 {
		t.Errorf("a file: counts %v, %d left out, %v", counts, s.Future, err)
	}
}

// A failing source gives the frames of a capture, and fails then.
type failing struct{ *packet.Reader }

func (f failing) Next(frame *packet.Frame) error {
	if err := f.Reader.Next(frame); err != io.EOF {
		return err
	}
	return fmt.Errorf("the network is down")
}

// TestLiveEnds hands on what an interface gave before it failed, or before the user had enough.
func TestLiveEnds(t *testing.T) {
	frames := func() *packet.Reader {
		r, err := packet.NewReader(bytes.NewReader(simulated(t, 100)))
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	n := 0
	s, err := Live(t.Context(), "eth0", failing{frames()}, Options{}, func(*traffic.Record) error { n++; return nil })
	if err != nil || n < 90 || !strings.Contains(s.Ended, "eth0") || !strings.Contains(s.Ended, "down") {
		t.Errorf("%d records, %q, %v", n, s.Ended, err)
	}
	ctx, stop := context.WithCancel(t.Context())
	n = 0
	s, err = Live(ctx, "eth0", frames(), Options{}, func(*traffic.Record) error { n++; stop(); return nil })
	if err != nil || n == 0 || s.Ended != "" {
		t.Errorf("after an interrupt: %d records, %q, %v", n, s.Ended, err)
	}
}
