package connlog

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/netanom/netanom/traffic"
)

// TestReaderConcatenated reads three logs with different columns in one stream, byte by
// byte.
func TestReaderConcatenated(t *testing.T) {
	one := "#separator \\x09\n" + shortHead + "\n" + row("1.5", "C1", "10.0.0.1", "1", "10.0.0.2", "80", "tcp", "0.25", "10", "20", "SF", "3", "4") + "#close\t2026\n"
	other := "#separator \\x2c\n#fields,proto,ts,id.orig_h,id.orig_p,id.resp_h,id.resp_p,conn_state\nudp,2,::1,5,::2,6,SF\n"
	cs, log := read(t, iotest.OneByteReader(strings.NewReader(one+other+one)), Options{})
	if len(cs) != 3 || cs[1].Protocol != traffic.UDP || cs[2].UID != "C1" || log.Problems().Bad != 0 {
		t.Errorf("%d connections, %+v", len(cs), log.Problems())
	}
	again := nfdumpOld + "2026-03-02 08:00:00,2026-03-02 08:00:00,0.1,10.0.0.1,10.0.0.2,1,2,UDP,.,0,0,1,60,1,60,0,0\nSummary\na,b\n1,2\n"
	cs, log = read(t, strings.NewReader(again+again), Options{})
	if len(cs) != 2 || log.Problems().Other != 6 || log.Problems().Bad != 0 {
		t.Errorf("%d connections of nfdump, %+v", len(cs), log.Problems())
	}
}

func TestReaderLongLines(t *testing.T) {
	long := `{"x":"` + strings.Repeat("x", 200_000) + `",` + jsonRow[1:] + "\n"
	text := jsonRow + "\n" + long + jsonRow + "\n" + long[:150_000]
	cs, log := read(t, strings.NewReader(text), Options{MaxLine: 100_000})
	p := log.Problems()
	if len(cs) != 2 || p.Bad != 2 || p.Lines != 4 || p.Examples[0].Line != 2 {
		t.Errorf("%d connections, %+v", len(cs), p)
	}
	if cs, _ := read(t, strings.NewReader(text), Options{}); len(cs) != 3 {
		t.Errorf("%d connections without the limit, want 3", len(cs))
	}
}

func TestReaderErrors(t *testing.T) {
	for name, text := range map[string]string{"empty": "", "CSV": "a,b,c\n1,2,3\n", "long": strings.Repeat("#\n", detectBytes)} {
		if _, err := NewReader(strings.NewReader(text), Options{}); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
	broken := errors.New("the disk is broken")
	if _, err := NewReader(iotest.ErrReader(broken), Options{}); !errors.Is(err, broken) {
		t.Errorf("at the head: %v", err)
	}
	log, err := NewReader(io.MultiReader(strings.NewReader(jsonRow+"\n"), iotest.ErrReader(broken)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := log.All(context.Background(), func(*traffic.Connection) error { return nil }); !errors.Is(err, broken) || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("further on: %v", err)
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(broken)
	if log, err = NewReader(strings.NewReader(jsonRow), Options{}); err != nil {
		t.Fatal(err)
	}
	if err := log.All(ctx, func(*traffic.Connection) error { return nil }); !errors.Is(err, broken) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestReaderWaitsForNoMore detects a log of which only the first line is there yet.
func TestReaderWaitsForNoMore(t *testing.T) {
	in, out := io.Pipe()
	go func() {
		if _, err := io.WriteString(out, jsonRow+"\n"); err != nil {
			t.Errorf("writing the first line: %v", err)
		}
	}()
	log, err := NewReader(in, Options{})
	if err != nil || log.Format() != ZeekJSON {
		t.Fatal(err)
	}
	out.Close()
	if err := log.All(context.Background(), func(*traffic.Connection) error { return nil }); err != nil {
		t.Error(err)
	}
}

// TestPairsBesideABrokenClock: a row of another time parts no others.
func TestPairsBesideABrokenClock(t *testing.T) {
	row := func(at, from, to, ports string) string {
		return "2026-03-02 " + at + ",2026-03-02 " + at + ",0.1," + from + "," + to + "," + ports + ",UDP,.,0,0,1,60,0,0,0,0\n"
	}
	text := nfdumpOld + row("08:00:00", "10.0.0.1", "10.0.0.2", "1,2") + row("08:00:00", "10.0.0.2", "10.0.0.1", "2,1") +
		"2100-01-01 00:00:00,2100-01-01 00:00:01,1,10.0.0.9,10.0.0.8,5,6,UDP,.,0,0,1,60,0,0,0,0\n" +
		"2100-01-01 00:00:00,2100-01-01 00:00:01,1,10.0.0.8,10.0.0.9,6,5,UDP,.,0,0,1,60,0,0,0,0\n" +
		"2099-01-01 00:00:00,2099-01-01 00:00:01,1,10.0.0.9,10.0.0.8,5,6,UDP,.,0,0,1,60,0,0,0,0\n"
	for _, port := range []string{"3", "4", "5"} {
		text += row("08:00:01", "10.0.0.1", "10.0.0.2", port+",2") + row("08:00:01", "10.0.0.2", "10.0.0.1", "2,"+port)
	}
	got, p := parse(t, NetFlow, Options{}, text)
	if len(got) != 6 || p.Problems().Unpaired != 1 {
		t.Errorf("%d connections, want 6; %+v\n%s", len(got), p.Problems(), strings.Join(got, "\n"))
	}
}

// TestPairsAreBounded gives more one-way rows than may wait.
func TestPairsAreBounded(t *testing.T) {
	var text strings.Builder
	text.WriteString(nfdumpOld)
	for range 3 {
		for _, port := range []string{"1", "2", "3", "4", "5"} {
			text.WriteString("2026-03-02 08:00:00,2026-03-02 08:00:00,0.1,10.0.0.1,10.0.0.2," + port + ",2,UDP,.,0,0,1,60,0,0,0,0\n")
		}
	}
	got, p := parse(t, NetFlow, Options{MaxPending: 2}, text.String())
	if len(got) != 15 || p.Problems().Unpaired != 15 || len(p.pending.halves) > 4 {
		t.Errorf("%d connections, %d places, %+v", len(got), len(p.pending.halves), p.Problems())
	}
	if !strings.Contains(got[0], ":1 >") || !strings.Contains(got[14], ":5 >") {
		t.Errorf("the first is %s, the last %s", got[0], got[14])
	}
}
