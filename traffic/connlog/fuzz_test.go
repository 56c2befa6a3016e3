package connlog

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/netanom/netanom/traffic"
)

// fuzz shows logs of one format to a parser and checks what must hold of any.
func fuzz(f *testing.F, format Format, seeds ...string) {
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		o := Options{MaxExpand: 20, MaxPending: 3, MaxLine: 4096}
		p, counted := NewParser(format, o), int64(0)
		check := func(c *traffic.Connection) error {
			counted++
			if !c.Src.IsValid() || !c.Dst.IsValid() || c.Src.Is4In6() || c.Src.Zone() != "" {
				t.Fatalf("addresses %v, %v", c.Src, c.Dst)
			}
			if c.Duration < 0 || c.SrcBytes < 0 || c.DstBytes < 0 || c.SrcPackets < 0 || c.DstPackets < 0 ||
				c.Protocol > traffic.ICMP || c.State > traffic.OTH || c.Protocol != traffic.TCP && c.State != traffic.SF {
				t.Fatalf("%+v", *c)
			}
			return nil
		}
		for line := range bytes.Lines(text) {
			before := bytes.Clone(line)
			if err := p.Line(line, check); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(line, before) {
				t.Fatal("the line was changed")
			}
		}
		if err := p.Flush(check); err != nil {
			t.Fatal(err)
		}
		q := p.Problems()
		if q.Connections != counted || q.Lines < q.Rows || len(q.Examples) > maxExamples {
			t.Fatalf("%d connections, %+v", counted, q)
		}
		resume(t, format, o, p)
	})
}

// resume checks that a new parser understands the header as the old one does.
func resume(t *testing.T, format Format, o Options, p *Parser) {
	q := NewParser(format, o)
	for line := range bytes.Lines(p.Header()) {
		if err := q.Line(line, func(*traffic.Connection) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(p.Header(), q.Header()) || p.reads != q.reads || !slices.Equal(p.wanted, q.wanted) || p.names != q.names || q.Problems().Rows != 0 {
		t.Fatalf("the header %q reads differently: %+v", p.Header(), q.Problems())
	}
}

// seed reads a test log.
func seed(f *testing.F, name string) string {
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		f.Fatal(err)
	}
	return string(text)
}

func FuzzZeekTSV(f *testing.F) {
	fuzz(f, ZeekTSV, zeekHead+string(bytes.Join(made(ZeekTSV, 8), []byte{'\n'})),
		icmpRow(false, "8", "0", "0.25", "56", "48", "OTH", "3", "1"), icmpRow(true, "128", "129", "-", "-", "-", "OTH", "-", "-"),
		"#separator \\x2c\n#fields,ts,id.orig_h,id.orig_p,id.resp_h,id.resp_p,proto,conn_state   label   detailed-label\n1,::1,2,::2,3,tcp,SF   Malicious   x\n")
}

func FuzzZeekJSON(f *testing.F) { fuzz(f, ZeekJSON, jsonRow, nestedRow, string(made(ZeekJSON, 1)[0])) }
func FuzzEve(f *testing.F)      { fuzz(f, Eve, seed(f, "eve.json"), seed(f, "eve-netflow.json")) }
func FuzzArgus(f *testing.F)    { fuzz(f, Argus, seed(f, "argus.csv")) }

func FuzzNetFlow(f *testing.F) {
	fuzz(f, NetFlow, seed(f, "nfdump.csv"), seed(f, "nfdump-fast.csv"), nfdumpLong+longRow)
}

// FuzzDetect checks that what is detected stays so when more follows.
func FuzzDetect(f *testing.F) {
	for _, head := range []string{zeekHead, jsonRow, nestedRow, nfdumpOld, nfdumpLong, argusHeader, "a,b\n1,2\n", `{"event_type":"flow","timestamp":"`} {
		f.Add([]byte(head))
	}
	f.Fuzz(func(t *testing.T, head []byte) {
		format, ok := Detect(head)
		if !ok {
			return
		}
		if again, ok := Detect(append(bytes.Clone(head), "\n1,2,3\n"...)); !ok || again != format {
			t.Fatalf("%v, and with more %v, %v", format, again, ok)
		}
	})
}

// FuzzJSON compares the cells with what encoding/json finds.
func FuzzJSON(f *testing.F) {
	for _, line := range []string{jsonRow, nestedRow, `{"ts":"a\"\\","id":{"orig_h":null}}`, `{}`, `{"a":[{"b":"]"}]}`} {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		var c cells
		err := walk(line, zeekDialect.words, &c)
		var object map[string]any
		d := json.NewDecoder(bytes.NewReader(line))
		d.UseNumber()
		if d.Decode(&object) != nil || object == nil || len(bytes.TrimSpace(line[d.InputOffset():])) > 0 {
			return // less is checked here than there
		}
		if err != nil {
			if bytes.Count(line, []byte{'['})+bytes.Count(line, []byte{'{'}) > maxNesting {
				return
			}
			t.Fatalf("%q: %v", line, err)
		}
		if bytes.ContainsAny(line, `\`) || !json.Valid(line) || bytes.Count(line, []byte(`"uid"`)) > 1 {
			return // of two members with one name the last counts here and there, but null counts only there
		}
		switch v := object["uid"].(type) {
		case string:
			if !bytes.Equal([]byte(v), bytes.ToValidUTF8(c[uidField], []byte("\ufffd"))) && bytes.Equal(line, bytes.ToValidUTF8(line, nil)) {
				t.Fatalf("%q: uid %q, want %q", line, c[uidField], v)
			}
		case json.Number:
			if string(c[uidField]) != v.String() {
				t.Fatalf("%q: uid %q, want %q", line, c[uidField], v)
			}
		case nil:
			if c[uidField] != nil {
				t.Fatalf("%q: uid %q, want none", line, c[uidField])
			}
		}
	})
}
