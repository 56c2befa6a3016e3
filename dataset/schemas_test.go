package dataset

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

func ExampleRecognise() {
	s := Recognise([]string{"Duration", "Protocol Type", "srcbytes", "serror_rate", "srv_serror_rate", "rerror_rate", "same_srv_rate", "class", "difficulty"})
	fmt.Println(s.Name)
	for _, c := range s.Columns[:3] {
		fmt.Println(c.Name, "is", c.Canon, c.Kind)
	}
	fmt.Println("label:", s.Columns[s.Label()].Name)
	// Output:
	// nsl-kdd
	// Duration is duration number
	// Protocol Type is protocol_type category
	// srcbytes is src_bytes number
	// label: class
}

func ExampleUniqueNames() {
	fmt.Println(UniqueNames([]string{"port", " port", "", "bytes"}))
	// Output: [port port_2 column_3 bytes] [port_2 column_3]
}

// roles lists the names of the columns with a role.
func roles(s Schema, r Role) string {
	var names []string
	for _, c := range s.Columns {
		if c.Role == r {
			names = append(names, c.Name)
		}
	}
	return strings.Join(names, ",")
}

// kindOf lists the names of the columns of a kind.
func kindOf(s Schema, k Kind) string {
	var names []string
	for _, c := range s.Columns {
		if c.Kind == k {
			names = append(names, c.Name)
		}
	}
	return strings.Join(names, ",")
}

const kddFlags = "land,logged_in,root_shell,su_attempted,is_host_login,is_guest_login"

var recogniseTests = []struct {
	what, header, name                   string
	label, derivative, identifier, clock string
	unknown                              string // columns left to the data
	flags, addresses, categories         string
}{
	{"KDD, 41", headerKDD, LayoutKDD, "", "", "", "", "", kddFlags, "", "protocol_type,service,flag"},
	{"KDD, 42", headerKDD + ",label", LayoutKDD, "label", "", "", "", "", kddFlags, "", "protocol_type,service,flag,label"},
	{
		"NSL-KDD without underscores", headerNSL, LayoutKDD, "attack", "lastflag", "", "", "",
		"land,loggedin,rootshell,suattempted,ishostlogin,isguestlogin", "", "protocoltype,service,flag,attack",
	},
	{"NSL-KDD, class and a leak", headerKDD + ",class,attack,difficulty_level,binary_label", LayoutKDD, "attack", "class,difficulty_level,binary_label", "", "", "class,binary_label", kddFlags, "", "protocol_type,service,flag,attack"},
	{"KDD with an index", "column_1," + headerKDD + ",outcome,level", LayoutKDD, "outcome", "level", "column_1", "", "column_1", kddFlags, "", "protocol_type,service,flag,outcome"},
	{"netanom", headerNetanom, LayoutNetanom, "attack", "", "", "timestamp", "", kddFlags, "src_ip,dst_ip", "src_port,dst_port,protocol_type,service,flag,attack"},
	{"derived from traffic", headerKDD + ",ts,uid,src,sport,dst,dport", LayoutNetanom, "", "", "uid", "ts", "", kddFlags, "src,dst", "protocol_type,service,flag,sport,dport"},
	{"UNSW part", headerUNSWPart, LayoutUNSW, "label", "attack_cat", "id", "", "id,label", "is_ftp_login,is_sm_ips_ports", "", "proto,service,state,attack_cat"},
	{"UNSW full", headerUNSWFull, LayoutUNSW, "Label", "attack_cat", "", "Stime", "Label", "is_sm_ips_ports,is_ftp_login", "srcip,dstip", "sport,dsport,proto,state,service,attack_cat"},
	{"UNSW, attack_cat alone", strings.TrimSuffix(headerUNSWPart, ",label"), LayoutUNSW, "attack_cat", "", "id", "", "id", "is_ftp_login,is_sm_ips_ports", "", "proto,service,state,attack_cat"},
	{
		"UNSW one-hot", headerUNSWOneHot, LayoutUNSW, "label", "", "", "", "label",
		"proto=tcp,proto=udp,proto=other,service=-,service=http,service=dns,service=other,state=FIN,state=INT,state=other", "", "",
	},
	{"CIC-IDS2017", headerCIC2017, LayoutCIC, "Label", "", "Flow ID", "Timestamp", "", "", "Source IP,Destination IP", "Source Port,Destination Port,Protocol,Label"},
	{"CSE-CIC-IDS2018", headerCIC2018, LayoutCIC, "Label", "", "", "Timestamp", "", "", "", "Dst Port,Protocol,Label"},
	{"CIC-IDS2017 corrected", headerCIC2022, LayoutCIC, "Label", "Attempted Category", "id,Flow ID", "Timestamp", "id", "", "Src IP,Dst IP", "Src Port,Dst Port,Protocol,ICMP Code,ICMP Type,Label,Attempted Category"},
	{"IoT-23", headerIoT23, LayoutIoT23, "label", "detailed-label", "uid", "ts", "local_orig,local_resp,label", "", "id.orig_h,id.resp_h", "id.orig_p,id.resp_p,proto,service,conn_state,history,detailed-label"},
	{"Zeek", headerZeek, LayoutZeek, "", "", "uid", "ts", "local_orig,local_resp", "", "id.orig_h,id.resp_h", "_node_name,id.orig_p,id.resp_p,proto,service,conn_state,history,ip_proto"},
	{
		"Zeek, underscored", strings.ReplaceAll(headerZeek, ".", "_"), LayoutZeek, "", "", "uid", "ts", "local_orig,local_resp", "",
		"id_orig_h,id_resp_h", "_node_name,id_orig_p,id_resp_p,proto,service,conn_state,history,ip_proto",
	},
	{"ToN-IoT", headerToNIoT, LayoutZeek, "label", "type", "", "ts", "dns_query,label", "", "src_ip,dst_ip", "src_port,dst_port,proto,service,conn_state,type"},

	{"label and coordinate", "x,y,label", "", "label", "", "", "", "x,y,label", "", "", ""},
	{"y alone", "x1,x2,y", "", "y", "", "", "", "x1,x2,y", "", "", ""},
	{"order of labels", "target,Attack_Cat,CLASS,f1", "", "CLASS", "Attack_Cat", "", "", "target,Attack_Cat,CLASS,f1", "", "", ""},
	{"attack name and more", "f1,attack,attack_flag,attack_map,is_attack", "", "attack", "attack_flag,attack_map,is_attack", "", "", "f1,attack,attack_flag,attack_map,is_attack", "", "", ""},
	{"named after a label", "f1,binary_label", "", "binary_label", "", "", "", "f1,binary_label", "", "", ""},
	{"outcome before y", "y,outcome", "", "outcome", "", "", "", "y,outcome", "", "", ""},
	{"flows of Argus", "StartTime,Dur,Proto,SrcAddr,Sport,DstAddr,Dport,State", "", "", "", "", "StartTime", "StartTime,Dur,Proto,SrcAddr,DstAddr,State", "", "", "Sport,Dport"},
	{"two clocks", "date,time,ts,bytes", "", "", "", "", "ts", "date,time,ts,bytes", "", "", ""},
	{"an index and an id", "Unnamed: 0,flow_id,bytes", "", "", "", "Unnamed: 0,flow_id", "", "Unnamed: 0,flow_id,bytes", "", "", ""},
	{"no names", "column_1,column_2,column_3", "", "", "", "", "", "column_1,column_2,column_3", "", "", ""},
	{"chance", "src_bytes,dst_bytes,duration,service,flag,count,label", "", "label", "", "", "", "src_bytes,dst_bytes,duration,service,flag,count,label", "", "", ""},
	{"nothing", "", "", "", "", "", "", "column_1", "", "", ""},
}

func TestRecognise(t *testing.T) {
	for _, tt := range recogniseTests {
		t.Run(tt.what, func(t *testing.T) {
			s := Recognise(columnsOf(tt.header))
			check := func(what, got, want string) {
				t.Helper()
				if got != want {
					t.Errorf("%s: %q, want %q", what, got, want)
				}
			}
			check("name", s.Name, tt.name)
			check("label", roles(s, Label), tt.label)
			check("derivative", roles(s, Derivative), tt.derivative)
			check("identifier", roles(s, Identifier), tt.identifier)
			check("clock", roles(s, Clock), tt.clock)
			check("unknown", kindOf(s, Unknown), tt.unknown)
			check("flags", kindOf(s, Flag), tt.flags)
			check("addresses", kindOf(s, Address), tt.addresses)
			check("categories", kindOf(s, Category), tt.categories)
		})
	}
}

// TestRecogniseSpellings writes every column of every layout in many ways; all
// must be recognised as the same column.
func TestRecogniseSpellings(t *testing.T) {
	check.Long(t)
	writings := map[string]func(string) string{
		"as is":         func(s string) string { return s },
		"upper case":    strings.ToUpper,
		"blank":         func(s string) string { return " " + s + " " },
		"no underscore": strings.NewReplacer("_", "", "-", "", ".", "").Replace,
		"words":         strings.NewReplacer("_", " ", "-", " ", ".", " ").Replace,
		"hyphens":       strings.NewReplacer("_", "-", " ", "-", ".", "_").Replace,
	}
	for _, l := range layouts {
		for how, write := range writings {
			for _, k := range l.columns {
				for _, synonym := range k.names() {
					var header []string
					for _, other := range l.columns {
						name := other.canon()
						if name == k.canon() {
							name = synonym
						}
						header = append(header, write(name))
					}
					s := Recognise(header)
					if s.Name != l.name {
						t.Fatalf("%s, %s, %s: recognised as %q", l.name, how, synonym, s.Name)
					}
					for i, c := range s.Columns {
						if c.Canon != l.columns[i].canon() || c.Kind != l.columns[i].kind {
							t.Fatalf("%s, %s: %q is taken for %q (%v), want %q (%v)", l.name, how, c.Name, c.Canon, c.Kind, l.columns[i].canon(), l.columns[i].kind)
						}
					}
				}
			}
		}
	}
}

// TestLayoutsAreConsistent checks the tables themselves: no name of a layout
// stands for two of its columns.
func TestLayoutsAreConsistent(t *testing.T) {
	for _, l := range layouts {
		owner := map[string]string{}
		for _, k := range l.columns {
			for _, n := range k.names() {
				n = normaliseName(n)
				if o, taken := owner[n]; taken && o != k.canon() {
					t.Errorf("%s: %q stands for %q and %q", l.name, n, o, k.canon())
				}
				owner[n] = k.canon()
			}
		}
	}
	if len(kddFeatures) != 41 {
		t.Errorf("%d features of KDD, want 41", len(kddFeatures))
	}
}

func TestRecogniseIsStable(t *testing.T) {
	for _, tt := range recogniseTests {
		first := Recognise(columnsOf(tt.header))
		if again := Recognise(first.Names()); again.Name != first.Name || !slices.Equal(again.Columns, first.Columns) {
			t.Errorf("%s: recognised otherwise the second time", tt.what)
		}
		header := columnsOf(tt.header)
		slices.Reverse(header)
		s := Recognise(header)
		if s.Name != tt.name || roles(s, Label) != tt.label {
			t.Errorf("%s: in reverse order it is %q with label %q", tt.what, s.Name, roles(s, Label))
		}
	}
}

const kddRow = "0,tcp,ftp_data,SF,491,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,2,2,0.00,0.00,0.00,0.00,1.00,0.00,0.00,150,25,0.17,0.03,0.17,0.00,0.00,0.00,0.05,0.00"

func TestRecogniseHeaderless(t *testing.T) {
	tests := []struct {
		what  string
		rows  []string
		label int
		names int // 0: not recognised
	}{
		{"41", []string{kddRow}, -1, 41},
		{"42", []string{kddRow + ",normal."}, 41, 42},
		{"43", []string{kddRow + ",normal,20"}, 41, 43},
		{"missing cells", []string{strings.Replace(kddRow, "491", "?", 1), strings.Replace(kddRow, "491", "", 1)}, -1, 41},
		{"one bad row of three", []string{kddRow, "x", kddRow}, -1, 41},
		{"every second row bad", []string{kddRow, "x"}, -1, 0},
		{"first row bad", []string{"x", kddRow, kddRow}, -1, 0},
		{"header", []string{headerKDD, kddRow, kddRow}, -1, 0},
		{"40", []string{strings.TrimSuffix(kddRow, ",0.00")}, -1, 0},
		{"44", []string{kddRow + ",normal,20,1"}, -1, 0},
		{"unknown protocol", []string{strings.Replace(kddRow, "tcp", "gre", 1)}, -1, 0},
		{"unknown state", []string{strings.Replace(kddRow, "SF", "RSTRH", 1)}, -1, 0},
		{"word for a number", []string{strings.Replace(kddRow, "491", "12O0", 1)}, -1, 0},
		{"nothing", nil, -1, 0},
		{"empty row", []string{""}, -1, 0},
	}
	for _, tt := range tests {
		var rows [][]string
		for _, r := range tt.rows {
			rows = append(rows, columnsOf(r))
		}
		s, ok := RecogniseHeaderless(rows)
		if ok != (tt.names > 0) || len(s.Columns) != tt.names {
			t.Errorf("%s: %v with %d columns, want %d", tt.what, ok, len(s.Columns), tt.names)
			continue
		}
		if ok && (s.Name != LayoutKDD || s.Label() != tt.label || s.Columns[20].Name != "is_hot_login") {
			t.Errorf("%s: %q with label %d, want %d", tt.what, s.Name, s.Label(), tt.label)
		}
	}
}

func TestUniqueNames(t *testing.T) {
	tests := []struct{ header, want, changed string }{
		{"a,b,c", "a,b,c", ""},
		{"a,a,a", "a,a_2,a_3", "a_2,a_3"},
		{"a,a,a_2", "a,a_3,a_2", "a_3"},
		{"a_2,a,a,a_2", "a_2,a,a_3,a_2_2", "a_3,a_2_2"},
		{",b,", "column_1,b,column_3", "column_1,column_3"},
		{"column_2,", "column_2,column_2_2", "column_2_2"},
		{",column_1", "column_1_2,column_1", "column_1_2"},
		{"\ufeffid, a ,\ta", "id,a,a_2", "a_2"},
		{"A,a", "A,a", ""},
		{"", "column_1", "column_1"},
	}
	for _, tt := range tests {
		names, changed := UniqueNames(columnsOf(tt.header))
		if strings.Join(names, ",") != tt.want || strings.Join(changed, ",") != tt.changed {
			t.Errorf("UniqueNames(%q) = %q, %q, want %q, %q", tt.header, names, changed, tt.want, tt.changed)
		}
	}
	if names, changed := UniqueNames(nil); len(names) != 0 || changed != nil {
		t.Errorf("UniqueNames(nil) = %q, %q", names, changed)
	}
}

func FuzzUniqueNames(f *testing.F) {
	for _, s := range []string{"a,a,a_2", ",,column_1", "\ufeff, ,a_2_2,a_2,a,a", ",column_1_2,column_1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, header string) {
		names, changed := UniqueNames(columnsOf(header))
		seen := map[string]bool{}
		for _, n := range names {
			if seen[n] || strings.TrimSpace(n) == "" {
				t.Fatalf("UniqueNames(%q) = %q", header, names)
			}
			seen[n] = true
		}
		if again, more := UniqueNames(names); !slices.Equal(again, names) && !strings.Contains(header, "\ufeff") || len(changed) > len(names) || len(more) > len(names) {
			t.Fatalf("UniqueNames(%q) = %q, again %q", header, names, again)
		}
	})
}

// TestRecogniseFiles reads the first rows of real files.
func TestRecogniseFiles(t *testing.T) {
	dir := os.Getenv("NETANOM_SHARED")
	if dir == "" {
		t.Skip("NETANOM_SHARED is not set: the files of known layouts need the reference data")
	}
	tests := []struct {
		file, name, label, derivative, identifier, clock string
		columns                                          int
	}{
		{"nsl-kdd/KDDTrain+.txt.gz", LayoutKDD, "attack", "last_flag", "", "", 43},
		{"nsl-kdd/KDDTrain+_20Percent.txt", LayoutKDD, "attack", "last_flag", "", "", 43},
		{"nsl-kdd/Network_anomaly_data_head.csv", LayoutKDD, "attack", "lastflag", "", "", 43},
		{"kdd99/kddcup.data_10_percent.gz", LayoutKDD, "attack", "", "", "", 42},
		{"flows/unsw-nb15_training_10K.csv", LayoutUNSW, "label", "", "", "", 33},
		{"flows/cicids2017_BENIGN_5000.csv", LayoutCIC, "Label", "Attempted Category", "id,Flow ID", "Timestamp", 91},
		{"flows/cicids2017_DDoS_5000.csv", LayoutCIC, "Label", "Attempted Category", "id,Flow ID", "Timestamp", 91},
		{"flows/CTU-Honeypot-Capture-4-1-labeled.csv", LayoutIoT23, "label", "detailed-label", "uid", "ts", 23},
		{"flows/CTU-Malware-Capture-34-1-labeled.csv", LayoutIoT23, "label", "detailed-label", "uid", "ts", 23},
		{"traffic/conn/zat-conn-tsv.kdd.csv.gz", LayoutNetanom, "", "", "uid", "ts", 47},
		{"traffic/synth/land.kdd.csv", LayoutNetanom, "", "", "", "ts", 46},
		{"benchmarks/14_glass.csv.gz", "", "label", "", "", "", 8},
		{"benchmarks/34_smtp.csv.gz", "", "label", "", "", "", 4},
	}
	for _, tt := range tests {
		rows := firstRows(t, filepath.Join(dir, "data", tt.file), 20)
		s, headerless := RecogniseHeaderless(rows)
		if !headerless {
			s = Recognise(rows[0])
		}
		got := []string{s.Name, roles(s, Label), roles(s, Derivative), roles(s, Identifier), roles(s, Clock), fmt.Sprint(len(s.Columns))}
		want := []string{tt.name, tt.label, tt.derivative, tt.identifier, tt.clock, fmt.Sprint(tt.columns)}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", tt.file, got, want)
		}
	}
}

// firstRows reads lines without quotes, from gzip or plain text.
func firstRows(t *testing.T, path string, most int) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Skipf("the reference data lack a file: %v", err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	var rows [][]string
	for lines := bufio.NewScanner(r); len(rows) < most && lines.Scan(); {
		rows = append(rows, columnsOf(lines.Text()))
	}
	return rows
}
