package connlog

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/traffic"
)

const (
	jsonRow     = `{"ts":1.5,"uid":"C1","id.orig_h":"10.0.0.1","id.orig_p":1,"id.resp_h":"10.0.0.2","id.resp_p":2,"proto":"tcp","conn_state":"SF"}`
	nestedRow   = `{"_path":"conn","ts":"2026-03-02T08:00:00.000001Z","id":{"orig_h":"10.0.0.1","orig_p":1,"resp_h":"10.0.0.2","resp_p":2},"proto":"tcp","duration":1}`
	nfdumpOld   = "ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt,in,out\n"
	nfdumpLong  = "firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,packets,bytes,flows\n"
	argusHeader = "StartTime,Flgs,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,TotPkts,TotBytes,State\n"
)

func TestDetect(t *testing.T) {
	dns := strings.ReplaceAll(zeekHead, "\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state", "\tproto\ttrans_id\tquery")
	for name, c := range map[string]struct {
		head string
		want Format
	}{
		"tsv":              {zeekHead, ZeekTSV},
		"tsv, comments":    {"### made by a test\r\n\n" + strings.ReplaceAll(zeekHead, "\n", "\r\n"), ZeekTSV},
		"tsv, BOM":         {"\xef\xbb\xbf" + zeekHead, ZeekTSV},
		"tsv, commas":      {"#separator \\x2c\n#fields,ts,id.orig_h,id.orig_p,id.resp_h,id.resp_p,proto,conn_state\n", ZeekTSV},
		"json":             {jsonRow + "\n", ZeekJSON},
		"json, no end":     {jsonRow, ZeekJSON},
		"json, cut":        {jsonRow + "\n" + jsonRow[:20], ZeekJSON},
		"json, nested":     {nestedRow, ZeekJSON},
		"json, other logs": {`{"_path":"dns","ts":1}` + "\n" + nestedRow, ZeekJSON},
		"eve":              {`{"timestamp":"2026-03-02T08:00:00.0+0000","event_type":"stats","stats":{`, Eve},
		"netflow":          {nfdumpOld, NetFlow},
		"netflow, long":    {nfdumpLong, NetFlow},
		"argus":            {argusHeader, Argus},
	} {
		if f, ok := Detect([]byte(c.head)); !ok || f != c.want {
			t.Errorf("%s: %v, %v, want %v", name, f, ok, c.want)
		}
	}
	for name, head := range map[string]string{
		"empty":             "",
		"KDD":               "0,tcp,http,SF,181,5450,0,0,0,0,0,1,0,0,0,0,0,0,0,0,0,0,8,8,0.00,0.00,0.00,0.00,1.00,0.00,0.00,9,9,1.00,0.00,0.11,0.00,0.00,0.00,0.00,0.00,normal.\n",
		"records":           strings.Join(traffic.Columns(), ",") + "\n",
		"comma-separated":   "ts,uid,id.orig_h,id.orig_p,id.resp_h,id.resp_p,proto,service,duration,orig_bytes\n",
		"header cut off":    strings.TrimSuffix(nfdumpOld, "\n"),
		"Zeek's dns.log":    dns,
		"Zeek, no columns":  "#separator \\x09\n#path\tconn\n",
		"comments":          strings.Repeat("# a comment\n", 100),
		"JSON":              `{"ts":1,"proto":"tcp"}`,
		"JSON of dns":       strings.Replace(nestedRow, `"conn"`, `"dns"`, 1),
		"JSON array":        `[{"ts":1}]`,
		"no columns of use": "a,b,c,d,e\n1,2,3,4,5\n",
		"a capture":         "\xd4\xc3\xb2\xa1\x02\x00\x04\x00",
	} {
		if f, ok := Detect([]byte(head)); ok {
			t.Errorf("%s was taken for %v", name, f)
		}
	}
}

func TestFormatNames(t *testing.T) {
	for f := ZeekTSV; f <= Argus; f++ {
		if g, err := ParseFormat(f.String()); err != nil || g != f {
			t.Errorf("%v: %v, %v", f, g, err)
		}
	}
	if _, err := ParseFormat("pcap"); err == nil || Format(9).String() != "format(9)" {
		t.Error("an unknown format has no error or name")
	}
}

// TestDetectData looks at the heads of files of all kinds.
func TestDetectData(t *testing.T) {
	for pattern, want := range map[string]string{
		"flows/*.csv": "", "nsl-kdd/*.txt": "", "nsl-kdd/*.csv": "", "kdd99/*.gz": "", "benchmarks/*.gz": "",
		"traffic/synth/*.csv": "", "traffic/conn/*.csv.gz": "", "traffic/pcap/*.pcap": "",
		"traffic/pcap/*.argus.csv": "argus", "traffic/conn/*.log.gz": "zeek-tsv", "traffic/conn/*tsv.log": "zeek-tsv",
		"traffic/conn/*json.log": "zeek-json", "zeek/bro_conn.log": "zeek-tsv", "zeek/json_conn.log": "zeek-json",
	} {
		paths, err := filepath.Glob(filepath.Join(check.Shared(t, "data"), pattern))
		if err != nil || len(paths) == 0 {
			t.Errorf("%s: %v, %v", pattern, paths, err)
		}
		for _, path := range paths {
			head := make([]byte, 4096)
			n, _ := open(t, path).Read(head)
			f, ok := Detect(head[:n])
			if ok != (want != "") || ok && f.String() != want {
				t.Errorf("%s: %v, %v, want %q", filepath.Base(path), f, ok, want)
			}
		}
	}
}
