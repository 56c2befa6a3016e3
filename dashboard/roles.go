package dashboard

import (
	"slices"

	"github.com/netanom/netanom/dataset"
)

// Roles say by name which columns the panels show; "" and nil where a table has none.
type Roles struct {
	Protocol    string   `json:"protocol,omitempty"`
	Service     string   `json:"service,omitempty"`
	Status      string   `json:"status,omitempty"` // how the connection ended
	Out         string   `json:"out,omitempty"`    // bytes that the source sent
	In          string   `json:"in,omitempty"`     // bytes that it was sent
	Duration    string   `json:"duration,omitempty"`
	Source      string   `json:"source,omitempty"` // addresses
	Destination string   `json:"destination,omitempty"`
	SourcePort  string   `json:"source_port,omitempty"`
	Port        string   `json:"port,omitempty"`    // of the destination
	Metrics     []string `json:"metrics,omitempty"` // counters that are nearly always 0
	Hosts       []string `json:"hosts,omitempty"`   // of the recent traffic of the destination
	Matrix      []string `json:"matrix,omitempty"`  // numbers that are correlated
	X           string   `json:"x,omitempty"`
	Y           string   `json:"y,omitempty"`
	First       string   `json:"first,omitempty"` // shown first where any column can be
}

// The canonical names of columns that play a part, over all known layouts, the best first.
var (
	protocolNames    = []string{"protocol_type", "proto", "Protocol", "protocol"}
	serviceNames     = []string{"service", "Dst Port", "id.resp_p", "dsport", "dst_port"}
	statusNames      = []string{"flag", "conn_state", "state"}
	outNames         = []string{"src_bytes", "orig_bytes", "sbytes", "Total Length of Fwd Packet"}
	inNames          = []string{"dst_bytes", "resp_bytes", "dbytes", "Total Length of Bwd Packet"}
	durationNames    = []string{"duration", "dur", "Flow Duration"}
	sourceNames      = []string{"src_ip", "id.orig_h", "srcip", "Src IP"}
	destinationNames = []string{"dst_ip", "id.resp_h", "dstip", "Dst IP"}
	sourcePortNames  = []string{"src_port", "id.orig_p", "sport", "Src Port"}
	portNames        = []string{"dst_port", "id.resp_p", "dsport", "Dst Port"}
	metricNames      = []string{
		"wrong_fragment", "urgent", "num_failed_logins", "hot", "num_compromised", "root_shell", "su_attempted", "num_root", "num_file_creations", "num_shells", "num_access_files", "land",
		"missed_bytes", "sloss", "dloss", "ct_ftp_cmd", "is_ftp_login", "RST Flag Count", "URG Flag Count", "FIN Flag Count", "CWR Flag Count", "ECE Flag Count",
	}
	hostNames = []string{
		"dst_host_count", "dst_host_srv_count", "dst_host_serror_rate", "dst_host_rerror_rate", "dst_host_same_srv_rate", "dst_host_diff_srv_rate", "dst_host_same_src_port_rate",
		"dst_host_srv_diff_host_rate", "dst_host_srv_serror_rate", "dst_host_srv_rerror_rate",
		"ct_dst_ltm", "ct_srv_dst", "ct_srv_src", "ct_state_ttl", "ct_src_ltm", "ct_src_dport_ltm", "ct_dst_sport_ltm", "ct_dst_src_ltm",
	}
	matrixNames = slices.Concat([]string{"duration", "dur", "src_bytes", "orig_bytes", "sbytes", "dst_bytes", "resp_bytes", "dbytes", "orig_pkts", "resp_pkts", "spkts", "dpkts", "count", "srv_count", "serror_rate", "rerror_rate", "same_srv_rate"}, hostNames)
)

// The most columns of a panel.
const (
	mostMetrics = 12
	mostHosts   = 10
	mostMatrix  = 12
)

// FindRoles says which columns of the data the panels show.
func FindRoles(d *Data) Roles {
	f := roleFinder{d}
	r := Roles{
		Protocol: f.text(protocolNames), Service: f.text(serviceNames), Status: f.text(statusNames),
		Out: f.number(outNames), In: f.number(inNames), Duration: f.number(durationNames),
		Source: f.text(sourceNames), Destination: f.text(destinationNames), SourcePort: f.text(sourcePortNames), Port: f.text(portNames),
		Metrics: f.numbers(metricNames, mostMetrics), Hosts: f.numbers(hostNames, mostHosts), Matrix: f.numbers(matrixNames, mostMatrix),
	}
	f.fill(&r)
	return r
}

type roleFinder struct{ d *Data }

func (f roleFinder) all(names []string, wanted func(*Column) bool, most int) (out []string) {
	for _, canon := range names {
		for j := range f.d.Columns {
			if c := &f.d.Columns[j]; c.Canon == canon && j != f.d.Label && wanted(c) && len(out) < most {
				out = append(out, c.Name)
				break
			}
		}
	}
	return out
}

func first(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return names[0]
}

func (f roleFinder) text(names []string) string { return first(f.all(names, isText, 1)) }

func (f roleFinder) number(names []string) string { return first(f.all(names, isNumber, 1)) }

func (f roleFinder) numbers(names []string, most int) []string { return f.all(names, varies, most) }

func isText(c *Column) bool { return c.Values == nil && len(c.Levels) > 0 }

func isNumber(c *Column) bool { return len(c.Values) > 0 }

func varies(c *Column) bool { return len(c.Values) > 1 }

// fill gives the parts that no column has by its name to columns of the right kind.
func (f roleFinder) fill(r *Roles) {
	var texts, numbers []string
	for j := range f.d.Columns {
		c := &f.d.Columns[j]
		if j == f.d.Label || c.Role != dataset.Feature {
			continue
		}
		switch {
		case varies(c) && c.Kind != dataset.Time:
			numbers = append(numbers, c.Name)
		case isText(c) && c.Kind != dataset.Address && len(c.Levels) > 1 && len(c.Levels) <= 1000 && !slices.Contains([]string{r.Protocol, r.Service, r.Status, r.SourcePort, r.Port}, c.Name):
			texts = append(texts, c.Name)
		}
	}
	for _, part := range []*string{&r.Protocol, &r.Service} {
		if *part == "" && len(texts) > 0 {
			*part, texts = texts[0], texts[1:]
		}
	}
	for _, name := range numbers {
		if len(r.Matrix) < 8 && !slices.Contains(r.Matrix, name) {
			r.Matrix = append(r.Matrix, name)
		}
	}
	r.X, r.Y = r.Out, r.In
	if r.X == "" || r.Y == "" {
		r.X, r.Y = "", ""
		if len(numbers) > 1 {
			r.X, r.Y = numbers[0], numbers[1]
		}
	}
	if r.First = r.Duration; r.First == "" {
		r.First = first(append(slices.Clone(numbers), texts...))
	}
}

// early returns the columns that the first charts need.
func (r *Roles) early(d *Data) (out []int) {
	names := append([]string{r.Protocol, r.Service, r.Status, r.Out, r.In, r.First}, r.Metrics...)
	for j := range d.Columns {
		if j == d.Label || d.Verdicts != nil && j == d.Verdicts.Score || slices.Contains(names, d.Columns[j].Name) {
			out = append(out, j)
		}
	}
	return out
}
