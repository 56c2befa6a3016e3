package connlog

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/netanom/netanom/traffic"
)

// parse reads lines and returns the connections, briefly, and the parser.
func parse(t testing.TB, f Format, o Options, text string) ([]string, *Parser) {
	t.Helper()
	p := NewParser(f, o)
	var got []string
	keep := func(c *traffic.Connection) error {
		got = append(got, strings.TrimSpace(brief(c)+" "+c.Label))
		return nil
	}
	for line := range strings.Lines(text) {
		if err := p.Line([]byte(line), keep); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Flush(keep); err != nil {
		t.Fatal(err)
	}
	return got, p
}

const shortHead = "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tduration\torig_bytes\tresp_bytes\tconn_state\torig_pkts\tresp_pkts"

func row(cells ...string) string { return strings.Join(cells, "\t") + "\n" }

func TestZeekLogs(t *testing.T) {
	const want = "00:00:01.500000 +250000 10.0.0.1:1 > 10.0.0.2:80 tcp SF 10/20 bytes 3/4 packets C1"
	line := row("1.5", "C1", "10.0.0.1", "1", "10.0.0.2", "80", "tcp", "0.25", "10", "20", "SF", "3", "4")
	head := shortHead + "\n"
	iotHead := "#separator \\x09\n" + shortHead + "\ttunnel_parents   label   detailed-label\n"
	iot := strings.TrimSuffix(line, "\n") + "\t"
	for name, c := range map[string]struct{ text, want string }{
		"plain":          {head + line, want},
		"CRLF":           {strings.ReplaceAll(head+line, "\n", "\r\n"), want},
		"no end of line": {head + strings.TrimSuffix(line, "\n"), want},
		"extra columns":  {strings.Replace(head, "\tts", "\t_node_name\tts", 1) + "worker-1\t" + line, want},
		"order": {"#fields\tproto\tconn_state\tid.resp_p\tid.resp_h\tid.orig_p\tid.orig_h\tts\n" + row("udp", "SHR", "53", "::1", "9", "fe80::1%eth0", "2"),
			"00:00:02.000000 +0 fe80::1:9 > ::1:53 udp SF 0/0 bytes 0/0 packets"},
		"separator": {"#separator \\x7c\n" + strings.ReplaceAll(head+line, "\t", "|"), want},
		"unset": {"#unset_field\tNONE\n#empty_field\tEMPTY\n" + head + row("1.5", "NONE", "10.0.0.1", "1", "10.0.0.2", "80", "tcp", "NONE", "EMPTY", "", "NONE", "NONE", "NONE"),
			"00:00:01.500000 +0 10.0.0.1:1 > 10.0.0.2:80 tcp OTH 0/0 bytes 0/0 packets"},
		"scope separator":   {strings.ReplaceAll(head, "id.", "id_") + line, want},
		"mapped IPv4":       {head + strings.Replace(line, "10.0.0.1", "::ffff:10.0.0.1", 1), want},
		"IoT-23":            {iotHead + iot + "(empty)   Malicious   C&C\n", want + " C&C"},
		"IoT-23, benign":    {iotHead + iot + "-   Benign   -\n", want + " normal"},
		"IoT-23, no detail": {iotHead + iot + "-   Malicious   -\n", want + " Malicious"},
		"label":             {strings.TrimSuffix(head, "\n") + "\tlabel\n" + iot + "a,\"b\"\n", want + " a__b_"},
		"no label":          {strings.TrimSuffix(head, "\n") + "\tlabel\n" + iot + "-\n", want},
	} {
		got, p := parse(t, ZeekTSV, Options{}, c.text)
		if len(got) != 1 || got[0] != c.want || p.Problems().Bad != 0 {
			t.Errorf("%s: %q, want %q; %+v", name, got, c.want, p.Problems())
		}
	}
}

func TestZeekJSON(t *testing.T) {
	const want = "08:00:00.000001 +1500000 10.0.0.1:1 > 10.0.0.2:80 tcp RSTR 10/20 bytes 3/4 packets C1"
	rest := `"uid":"C1","proto":"tcp","duration":1.5,"orig_bytes":10,"resp_bytes":20,"conn_state":"RSTRH","orig_pkts":3,"resp_pkts":4`
	flat := `"id.orig_h":"10.0.0.1","id.orig_p":1,"id.resp_h":"10.0.0.2","id.resp_p":80`
	nested := ` "id" : { "orig_h" : "10.0.0.1" , "orig_p":1,"resp_h":"10.0.0.2","resp_p":80, "deep":{"orig_p":9} } `
	for name, c := range map[string]struct{ text, want string }{
		"number":   {`{"ts":1772438400.000001,` + flat + "," + rest + "}", want},
		"text":     {`{"ts":"1772438400.000001",` + flat + "," + rest + "}", want},
		"ISO":      {`{"ts":"2026-03-02T08:00:00.000001Z",` + flat + "," + rest + "}", want},
		"nested":   {`{"ts":1772438400.000001,` + nested + "," + rest + "}\r\n", want},
		"others":   {`{"_path":"conn","tunnel_parents":["a","}",[{}]],"x":null,"y":true,"z":{},"ts":1772438400.000001,` + flat + "," + rest + "}", want},
		"escapes":  {`{"service":"a\\\"b\\","ts":1772438400.000001,` + flat + "," + strings.Replace(rest, "C1", `\u00431`, 1) + "}", want},
		"minimum":  {`{"ts":1772438400.000001,` + flat + `,"proto":"udp","duration":null}`, "08:00:00.000001 +0 10.0.0.1:1 > 10.0.0.2:80 udp SF 0/0 bytes 0/0 packets"},
		"exponent": {`{"ts":1.772438400000001e9,` + flat + "," + strings.Replace(rest, "1.5", "1.5e-05", 1) + "}", strings.Replace(want, "1500000", "15", 1)},
	} {
		got, p := parse(t, ZeekJSON, Options{}, c.text)
		if len(got) != 1 || got[0] != c.want || p.Problems().Bad != 0 {
			t.Errorf("%s: %q, want %q; %+v", name, got, c.want, p.Problems())
		}
	}
}

func TestProblems(t *testing.T) {
	good := row("1.5", "C1", "10.0.0.1", "1", "10.0.0.2", "80", "tcp", "0.25", "10", "20", "SF", "3", "4")
	text := good + "#separator \\x09\n" + shortHead + "\n" + good + // a row before the header
		row("1.5", "C1", "10.0.0.1") + // cut off
		row("X", "C1", "10.0.0.1", "1", "10.0.0.2", "80", "tcp", "0.25", "10", "20", "SF", "3", "4") +
		row("1.5", "C1", "10.0.0.256", "1", "10.0.0.2", "80", "tcp", "0.25", "10", "20", "SF", "3", "4") +
		row("1.5", "C1", "10.0.0.1", "1", "10.0.0.2", "65536", "tcp", "0.25", "10", "20", "SF", "3", "4") +
		row("1.5", "C1", "10.0.0.1", "1", "10.0.0.2", "80", "tcp", "0.25", "-10", "20", "SF", "3", "4") +
		row("1.5", "C1", "10.0.0.1", "1", "10.0.0.2", "80", "unknown_transport", "0.25", "10", "20", "SF", "3", "4") +
		row("1.5", "C1", "10.0.0.1", "1", "10.0.0.2", "80", "tcp", "-", "10", "20", "S9", "3", "4") +
		"#close\t2026\n#separator \\x09\n#path\tdns\n#fields\tts\tuid\tid.orig_h\tquery\n" + row("1", "C1", "10.0.0.1", "x")
	got, parser := parse(t, ZeekTSV, Options{}, text)
	p := parser.Problems()
	if len(got) != 2 || p.Connections != 2 || p.Rows != 10 || p.Lines != 16 || p.NoDuration != 1 || p.Other != 1 ||
		!maps.Equal(p.Protocols, map[string]int64{"unknown_transport": 1}) || !maps.Equal(p.States, map[string]int64{"S9": 1}) {
		t.Errorf("%q, problems %+v", got, p)
	}
	causes := make([]string, len(p.Examples))
	for i, e := range p.Examples {
		causes[i] = e.String()
	}
	for i, want := range []string{"line 1: a row before any line of #fields", "line 5: has fewer columns", `line 6, ts: "X" is no date`,
		`line 7, id.orig_h: "10.0.0.256" is no IP address`, `line 8, id.resp_p: "65536" is no port`, `line 9, orig_bytes: "-10" is no count`,
		"line 15: the columns are not those of a conn.log: there is no id.orig_p"} {
		if i >= len(causes) || !strings.HasPrefix(causes[i], want) {
			t.Fatalf("causes %q, want the beginning of %q", causes, want)
		}
	}
	if p.Bad != int64(len(causes)) {
		t.Errorf("%d bad lines, %d causes", p.Bad, len(causes))
	}
}

// TestNamesDoNothing has names that a terminal would obey.
func TestNamesDoNothing(t *testing.T) {
	text := shortHead + "\n" +
		row("1.5", "C1", "10.0.0.1", "1", "10.0.0.2", "80", "\x1b]0;title\a", "0.25", "10", "20", "SF", "3", "4") +
		row("1.5", "C1", "10.0.0.1", "1", "10.0.0.2", "80", "tcp", "0.25", "10", "20", "\x9b2J\u202e", "3", "4")
	_, parser := parse(t, ZeekTSV, Options{}, text)
	p := parser.Problems()
	if !maps.Equal(p.Protocols, map[string]int64{`"\x1b]0;title\a"`: 1}) || !maps.Equal(p.States, map[string]int64{`"\x9b2J\u202e"`: 1}) {
		t.Errorf("protocols %v, states %v", p.Protocols, p.States)
	}
}

// TestCountsAreBounded shows a log in which every line is wrong in its own way.
func TestCountsAreBounded(t *testing.T) {
	var text strings.Builder
	text.WriteString(shortHead + "\n")
	for i := range 1000 {
		text.WriteString(row("x", "C", "10.0.0.1", "1", "10.0.0.2", "80", "tcp", "-", "-", "-", "-", "-", "-"))
		text.WriteString(row("1", "C", "10.0.0.1", "1", "10.0.0.2", "80", fmt.Sprintf("p%d", i), "-", "-", "-", "-", "-", "-"))
	}
	_, parser := parse(t, ZeekTSV, Options{}, text.String())
	p := parser.Problems()
	if len(p.Examples) != maxExamples || p.Bad != 1000 || len(p.Protocols) != maxNames+1 || p.Protocols["others"] != 900 {
		t.Errorf("%d examples of %d, %d protocols, %d others", len(p.Examples), p.Bad, len(p.Protocols), p.Protocols["others"])
	}
}

// TestHeader goes on in the middle of logs with a new parser.
func TestHeader(t *testing.T) {
	line := strings.ReplaceAll(row("1.5", "C1", "10.0.0.1", "1", "10.0.0.2", "80", "tcp", "NONE", "10", "20", "SF", "3", "4"), "\t", "|")
	logs := "#separator \\x7c\n#unset_field|-\n#fields|x\n1\n#close|1\n#separator |\n#unset_field|NONE\n" + strings.ReplaceAll(shortHead, "\t", "|") + "\n" + line
	_, p := parse(t, ZeekTSV, Options{}, logs)
	got, _ := parse(t, ZeekTSV, Options{}, string(p.Header())+line)
	if len(got) != 1 || bytes.Contains(p.Header(), []byte("x7c")) {
		t.Errorf("after the header\n%s%q", p.Header(), got)
	}
	_, p = parse(t, NetFlow, Options{}, nfdumpOld)
	if string(p.Header()) != nfdumpOld {
		t.Errorf("header %q", p.Header())
	}
	if _, p = parse(t, ZeekJSON, Options{}, jsonRow); len(p.Header()) != 0 {
		t.Errorf("header of JSON %q", p.Header())
	}
}

func TestYieldStops(t *testing.T) {
	stop := errors.New("enough")
	for f, text := range map[Format]string{
		ZeekTSV: shortHead + "\n" + row("1", "C", "::1", "128", "::2", "129", "icmp", "1", "8", "8", "OTH", "2", "2"),
		NetFlow: nfdumpOld + "2026-03-02 08:00:00,2026-03-02 08:00:00,0.1,10.0.0.1,10.0.0.2,1,2,UDP,.,0,0,1,60,1,60,0,0\n",
	} {
		calls, last := 0, error(nil)
		p := NewParser(f, Options{})
		for line := range strings.Lines(text) {
			last = p.Line([]byte(line), func(*traffic.Connection) error { calls++; return stop })
		}
		if calls != 1 || last != stop {
			t.Errorf("%v: %d calls, error %v", f, calls, last)
		}
	}
}
