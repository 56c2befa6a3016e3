package dashboard

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// pageOf writes the page of CSV text.
func pageOf(t *testing.T, text string, change func(*Page)) string {
	t.Helper()
	p, _ := pageAndTable(t, text)
	if change != nil {
		change(p)
	}
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// between returns what is between two texts, each of which must be there once.
func between(t *testing.T, text, from, to string) string {
	t.Helper()
	if n := strings.Count(text, from); n != 1 {
		t.Fatalf("%q is there %d times", from, n)
	}
	_, text, _ = strings.Cut(text, from)
	text, _, found := strings.Cut(text, to)
	if !found {
		t.Fatalf("there is no %q behind %q", to, from)
	}
	return text
}

func TestSamePageEveryTime(t *testing.T) {
	text := simulated(t, 2000)
	want := pageOf(t, text, nil)
	for _, cores := range []int{1, 2} {
		before := runtime.GOMAXPROCS(cores)
		got := pageOf(t, text, nil)
		runtime.GOMAXPROCS(before)
		if got != want {
			t.Errorf("another page on %d cores", cores)
		}
	}
}

// TestPolicyIsOfThePage holds the hashes of the policy against the script and the style that
// are in the file, as a browser hashes them.
func TestPolicyIsOfThePage(t *testing.T) {
	page := pageOf(t, simulated(t, 200), nil)
	policy := between(t, page, `<meta http-equiv="Content-Security-Policy" content="`, `"`)
	for name, text := range map[string]string{"script": between(t, page, "<script>", "</script>"), "style": between(t, page, "<style>", "</style>")} {
		sum := sha256.Sum256([]byte(text))
		if want := name + "-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "';"; !strings.Contains(policy, want) {
			t.Errorf("the policy %q is without %q", policy, want)
		}
	}
	if !strings.HasPrefix(policy, "default-src 'none'; ") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "connect-src") {
		t.Errorf("policy %q", policy)
	}
	if n := len(regexp.MustCompile(`(?i)<(script|style|link|img|iframe|object|embed|base)\b`).FindAllString(page, -1)); n != 7 {
		t.Errorf("%d elements that run or fetch: want an icon, the style, the settings, three parts of the data and the script", n)
	}
}

// TestPageAsksForNothing looks for addresses and for ways to run text.
func TestPageAsksForNothing(t *testing.T) {
	page := pageOf(t, simulated(t, 200), func(p *Page) { p.Live = true })
	rest := strings.ReplaceAll(page, "http://www.w3.org/2000/svg", "") // a name, which nothing fetches
	if found := regexp.MustCompile(`(?i).{0,20}((https?|wss?|ftp)://|["'(]//[\w.]).{0,40}`).FindString(rest); found != "" {
		t.Errorf("the page holds an address: %q", found)
	}
	code := between(t, page, "<script>", "</script>")
	for _, way := range []string{"eval(", "new Function", "Function(", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "import(", "srcdoc", "setTimeout(\"", "javascript:"} {
		if strings.Contains(code, way) {
			t.Errorf("the script holds %q", way)
		}
	}
	if strings.Contains(page, ` style="`) {
		t.Error("an element has a style of its own, which the policy refuses")
	}
}

// TestHostileText lets everything that comes from data try to end the element that it is in.
func TestHostileText(t *testing.T) {
	evil := `</script><script>alert(1)</script><!--<title>]]>` + "\u2028"
	text := `"` + evil + `",service,src_bytes,label` + "\n" + `1,"` + evil + `",3,"` + evil + `"` + "\n2,http,4,normal\n"
	page := pageOf(t, text, func(p *Page) {
		p.Data.Source = evil + `"'`
		p.Views = []NamedView{{Name: evil, Hash: evil}}
		p.Notes = []string{evil}
		p.Why, p.Version = evil, evil
	})
	if strings.Contains(page, "alert(1)</script>") || strings.Contains(page, "<title>]]>") || strings.Count(page, "</script>") != 5 || strings.Count(page, "<script") != 5 {
		t.Errorf("%d scripts end and %d begin", strings.Count(page, "</script>"), strings.Count(page, "<script"))
	}
	var config pageConfig
	if err := json.Unmarshal([]byte(between(t, page, `<script type="application/json" id="config">`, "</script>")), &config); err != nil {
		t.Fatal(err)
	}
	if config.Name != evil+`"'` || config.Views[0].Hash != evil || config.NoForecast != evil || !slices.Contains(config.Notes, evil) {
		t.Errorf("%+v", config)
	}
}

// TestRoles finds the columns of the panels in the layouts that are known, and in others.
func TestRoles(t *testing.T) {
	zeek := "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n" +
		"#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\tmissed_bytes\n" +
		"#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tcount\tstring\tcount\n" +
		"1510026415.9\tCa\t10.0.6.49\t5353\t10.0.0.251\t53\tudp\tdns\t0.9\t154\t0\tS0\t0\n1510026416.9\tCb\t10.0.6.50\t5354\t10.0.0.251\t80\ttcp\thttp\t1.9\t15\t7\tSF\t3\n"
	unsw := "srcip,sport,dstip,dsport,proto,state,dur,sbytes,dbytes,service,sloss,ct_srv_src,Label\n10.0.0.1,1,10.0.0.2,53,udp,CON,0.1,3,4,dns,0,1,0\n10.0.0.3,2,10.0.0.4,80,tcp,FIN,0.2,5,6,http,1,2,1\n"
	cic := "Flow ID,Src IP,Src Port,Dst IP,Dst Port,Protocol,Timestamp,Flow Duration,Total Length of Fwd Packet,Total Length of Bwd Packet,RST Flag Count,Label\n" +
		"a,10.0.0.1,1,10.0.0.2,53,17,2017-07-07 19:02:39,5,3,4,0,BENIGN\nb,10.0.0.3,2,10.0.0.4,80,6,2017-07-07 19:02:40,6,5,6,1,DDoS\n"
	for name, c := range map[string]struct {
		text string
		want Roles
	}{
		"KDD": {simulated(t, 300), Roles{Protocol: "protocol_type", Service: "service", Status: "flag", Out: "src_bytes", In: "dst_bytes", Duration: "duration",
			Source: "src_ip", Destination: "dst_ip", SourcePort: "src_port", Port: "dst_port", X: "src_bytes", Y: "dst_bytes", First: "duration"}},
		"Zeek": {zeek, Roles{Protocol: "proto", Service: "service", Status: "conn_state", Out: "orig_bytes", In: "resp_bytes", Duration: "duration",
			Source: "id.orig_h", Destination: "id.resp_h", SourcePort: "id.orig_p", Port: "id.resp_p", X: "orig_bytes", Y: "resp_bytes", First: "duration"}},
		"UNSW": {unsw, Roles{Protocol: "proto", Service: "service", Status: "state", Out: "sbytes", In: "dbytes", Duration: "dur",
			Source: "srcip", Destination: "dstip", SourcePort: "sport", Port: "dsport", X: "sbytes", Y: "dbytes", First: "dur"}},
		"CIC": {cic, Roles{Protocol: "Protocol", Service: "Dst Port", Out: "Total Length of Fwd Packet", In: "Total Length of Bwd Packet", Duration: "Flow Duration",
			Source: "Src IP", Destination: "Dst IP", SourcePort: "Src Port", Port: "Dst Port", X: "Total Length of Fwd Packet", Y: "Total Length of Bwd Packet", First: "Flow Duration"}},
		"unknown": {"kind,place,size,weight,label\na,x,1,5,normal\nb,y,2,6,attack\nc,x,3,7,normal\n", Roles{Protocol: "kind", Service: "place", X: "size", Y: "weight", First: "size"}},
		"text":    {"kind,label\na,normal\nb,attack\n", Roles{Protocol: "kind"}},
		"numbers": {"size,weight\n1,5\n2,6\n", Roles{X: "size", Y: "weight", First: "size"}},
	} {
		got := FindRoles(packedOf(t, c.text))
		lists := [][]string{got.Metrics, got.Hosts, got.Matrix}
		got.Metrics, got.Hosts, got.Matrix = nil, nil, nil
		if !equalRoles(got, c.want) {
			t.Errorf("%s:\n got %+v\nwant %+v", name, got, c.want)
		}
		for _, list := range lists {
			if len(list) > mostMetrics || slices.Contains(list, "label") {
				t.Errorf("%s: %v", name, list)
			}
		}
	}
	kdd := FindRoles(packedOf(t, simulated(t, 3000)))
	if !slices.Contains(kdd.Metrics, "num_failed_logins") || !slices.Contains(kdd.Hosts, "dst_host_count") || !slices.Contains(kdd.Matrix, "src_bytes") || slices.Contains(kdd.Metrics, "num_outbound_cmds") {
		t.Errorf("%+v", kdd)
	}
}

// equalRoles compares roles as a page is told them.
func equalRoles(a, b Roles) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return bytes.Equal(x, y)
}

// TestEarlyColumns holds what the first charts need before the rest.
func TestEarlyColumns(t *testing.T) {
	d := packedOf(t, simulated(t, 300))
	r := FindRoles(d)
	names := []string{}
	for _, j := range r.early(d) {
		names = append(names, d.Columns[j].Name)
	}
	for _, name := range append([]string{"attack", "protocol_type", "service", "flag", "src_bytes", "dst_bytes", "duration"}, r.Metrics...) {
		if !slices.Contains(names, name) {
			t.Errorf("%s comes late", name)
		}
	}
	if len(names) > 24 {
		t.Errorf("%d columns are early", len(names))
	}
}
