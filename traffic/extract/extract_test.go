package extract

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/traffic"
	"github.com/netanom/netanom/traffic/flow"
)

// opened returns a file, unpacked if its name says that it is packed.
func opened(t testing.TB, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(path, ".gz") {
		return text
	}
	z, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if text, err = io.ReadAll(z); err != nil {
		t.Fatal(err)
	}
	return text
}

// tableOf extracts the records of a file, as a header and rows.
func tableOf(t testing.TB, o Options, w traffic.WriterOptions, paths ...string) ([][]string, *Summary) {
	t.Helper()
	var sources []Source
	for _, path := range paths {
		sources = append(sources, Reading(filepath.Base(path), bytes.NewReader(opened(t, path))))
	}
	var text bytes.Buffer
	out := traffic.NewWriterWith(&text, w)
	if err := out.WriteHeader(); err != nil {
		t.Fatal(err)
	}
	s, err := Records(context.Background(), sources, o, out.Write)
	if err != nil {
		t.Fatal(err)
	}
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&text).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows, s
}

// compareKDD holds the 41 features of a table to those of the reference program, which
// begin its rows.
func compareKDD(t *testing.T, got [][]string, path string) {
	t.Helper()
	want, err := csv.NewReader(bytes.NewReader(opened(t, path))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(want) {
		t.Fatalf("%d records, want %d", len(got)-1, len(want)-1)
	}
	const first, features = 5, 41
	for i := 1; i < len(want); i++ {
		for j := range features {
			if got[i][first+j] != want[i][j] {
				t.Fatalf("record %d, %s = %s, want %s", i, want[0][j], got[i][first+j], want[i][j])
			}
		}
	}
}

// TestCaptures reads twelve captures, one for each behaviour, and holds all 41 features to
// the reference.
func TestCaptures(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(check.Shared(t, "data", "traffic", "synth"), "*.pcap"))
	if err != nil || len(paths) != 12 {
		t.Fatalf("%d captures (%v), want 12", len(paths), err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			got, s := tableOf(t, Options{}, traffic.WriterOptions{Zeros: true}, path)
			compareKDD(t, got, strings.TrimSuffix(path, ".pcap")+".kdd.csv")
			if s.Frames == 0 || s.Packets.Decoded != s.Frames || s.Stream.Late+s.Stream.Provisional+s.Stream.Forced != 0 {
				t.Errorf("of %d frames %d are decoded; %+v", s.Frames, s.Packets.Decoded, s.Stream)
			}
		})
	}
}

// TestLogs reads three conn.logs, and holds all 41 features to the reference, which leaves
// ICMP aggregated.
func TestLogs(t *testing.T) {
	dir := check.Shared(t, "data", "traffic", "conn")
	for log, want := range map[string]string{
		"zat-conn-tsv.log": "zat-conn-tsv.kdd.csv.gz", "zat-conn-json.log": "zat-conn-json.kdd.csv.gz",
		"rita-2024-04-19-conn-01.log.gz": "rita-2024-04-19-conn-01.kdd.csv.gz",
	} {
		t.Run(log, func(t *testing.T) {
			got, _ := tableOf(t, Options{Aggregates: true}, traffic.WriterOptions{Zeros: true}, filepath.Join(dir, log))
			compareKDD(t, got, filepath.Join(dir, want))
		})
	}
}

const header = "#separator \\x09\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tduration\torig_bytes\tresp_bytes\tconn_state\n"

// logOf is a conn.log of connections to one host, by the second and the state.
func logOf(rows ...string) string {
	var b strings.Builder
	b.WriteString(header)
	for _, r := range rows {
		at, state, _ := strings.Cut(r, " ")
		b.WriteString(at + "\tC" + at + "\t192.0.2.1\t40000\t192.0.2.2\t80\ttcp\t0.5\t10\t20\t" + state + "\n")
	}
	return b.String()
}

// countsOf returns the counts in the recent window, in the order of the records.
func countsOf(t *testing.T, o Options, sources ...Source) (counts []uint32, s *Summary, err error) {
	t.Helper()
	s, err = Records(context.Background(), sources, o, func(r *traffic.Record) error {
		counts = append(counts, r.Count)
		return nil
	})
	return counts, s, err
}

// TestRotatedLogsAreOne reads the logs of two hours, each out of order, as if they were one.
func TestRotatedLogsAreOne(t *testing.T) {
	first, second := logOf("101.5 SF", "100 SF"), logOf("103 SF", "102 SF", "104.9 S0")
	counts, s, err := countsOf(t, Options{}, Reading("a", strings.NewReader(first)), Reading("b", strings.NewReader(second)))
	if err != nil || s.Records != 5 {
		t.Fatalf("%d records, %v", s.Records, err)
	}
	for i, want := range []uint32{1, 2, 3, 3, 3} { // the window goes by whole seconds
		if counts[i] != want {
			t.Errorf("counts %v: record %d has %d, want %d", counts, i+1, counts[i], want)
		}
	}
}

// TestMissingIsNotZero leaves empty what a log cannot tell.
func TestMissingIsNotZero(t *testing.T) {
	path := filepath.Join(t.TempDir(), "conn.log")
	if err := os.WriteFile(path, []byte(logOf("100 SF")), 0o600); err != nil {
		t.Fatal(err)
	}
	rows, _ := tableOf(t, Options{}, traffic.WriterOptions{}, path)
	empty := map[string]bool{}
	for j, name := range rows[0] {
		empty[name] = rows[1][j] == ""
	}
	conn := traffic.ConnFeatures()
	for _, e := range traffic.Explain() {
		if has := contains(conn, e.Name); has == empty[e.Name] {
			t.Errorf("%s: a conn.log can tell it: %v; its cell is empty: %v", e.Name, has, empty[e.Name])
		}
	}
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func TestWhatIsNoSource(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"empty":   {"", "a is empty"},
		"text":    {"duration,protocol_type\n0,tcp\n", "a is neither a capture (pcap, pcapng) nor a log of connections"},
		"no conn": {"#separator \\x09\n#path\tdns\n#fields\tts\tuid\tquery\n", "a is neither a capture"},
	} {
		_, _, err := countsOf(t, Options{}, Reading("a", strings.NewReader(c.text)))
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if _, _, err := countsOf(t, Options{}); err == nil {
		t.Error("no source is no error")
	}
}

// TestErrorsStop returns the errors of yield and of the context, and counts a bad line.
func TestErrorsStop(t *testing.T) {
	full := errors.New("the disk is full")
	_, err := Records(context.Background(), []Source{Reading("a", strings.NewReader(logOf("100 SF")))}, Options{}, func(*traffic.Record) error { return full })
	if !errors.Is(err, full) {
		t.Errorf("error %v, want %v", err, full)
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err = Records(ctx, []Source{Reading("a", strings.NewReader(logOf("100 SF")))}, Options{}, func(*traffic.Record) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
	_, s, err := countsOf(t, Options{}, Reading("a", strings.NewReader(logOf("100 SF")+"1\t2\t3\n")))
	if err != nil || s.Logs[0].Bad != 1 || s.Records != 1 {
		t.Errorf("%+v, %v: want one record and one bad line", s, err)
	}
}

// TestHold counts a connection in a window before a longer one that began earlier is over.
func TestHold(t *testing.T) {
	o := Options{Hold: time.Second, Flow: flow.DefaultOptions()}
	_, s, err := countsOf(t, o, Reading("a", strings.NewReader(logOf("103 SF", "105 SF", "100 SF"))))
	if err != nil || s.Stream.Late != 1 {
		t.Errorf("%+v, %v: want one that is late", s.Stream, err)
	}
}
