package traffic

// windowsExplained returns the explanations of the features 23 to 41, which compare
// connections, so that every source tells them that tells when and between whom.
func windowsExplained() []Explanation {
	const (
		exact = "exact, in order of the starts"
		flags = "as good as the flags"
		short = "the window reaches back 2 to 3 seconds, since it goes by whole seconds, and over 511 connections at most; it includes the connection itself"
		long  = "the window holds the last 255 connections to all hosts, not 100 to the same, and includes the connection itself"
		wide  = ": resets count as well as refusals, and SH as a SYN error"
		kinds = ": counts distinct values, and not connections that differ; 0 if there is only one"
	)
	out := make([]Explanation, 0, len(windowMeanings))
	for i, m := range windowMeanings {
		e := Explanation{Number: 23 + i, Name: m.name, Definition: m.meaning, Packets: exact, Zeek: exact, Suricata: exact, NetFlow: exact, Deviation: long}
		if e.Number < 32 {
			e.Deviation = short
		}
		switch m.of {
		case errorRate:
			e.Suricata, e.NetFlow = flags, flags
			e.Deviation += wide
		case distinctRate:
			e.Deviation += kinds
		case misnamed:
			e.Deviation += "; the name is misleading: it counts all hosts"
		}
		out = append(out, e)
	}
	return out
}

// What a window feature may depart in, beside its window.
const (
	plain = iota
	errorRate
	distinctRate
	misnamed
)

var windowMeanings = [...]struct {
	name, meaning string
	of            int
}{
	{"count", "connections to the same host in the recent window", plain},
	{"srv_count", "connections to the same service in the recent window, to any host", plain},
	{"serror_rate", "of those of count, the share in the states S0, S1, S2, S3 or SH", errorRate},
	{"srv_serror_rate", "of those of srv_count, the share in the states S0, S1, S2, S3 or SH", errorRate},
	{"rerror_rate", "of those of count, the share in the states REJ, RSTO, RSTR or RSTOS0", errorRate},
	{"srv_rerror_rate", "of those of srv_count, the share in the states REJ, RSTO, RSTR or RSTOS0", errorRate},
	{"same_srv_rate", "of those of count, the share to the same service, which is the same port and protocol", plain},
	{"diff_srv_rate", "distinct services among those of count, divided by count", distinctRate},
	{"srv_diff_host_rate", "distinct hosts among those of srv_count, divided by srv_count", distinctRate},
	{"dst_host_count", "connections to the same host among the last 255", plain},
	{"dst_host_srv_count", "connections to the same service among the last 255, to any host", misnamed},
	{"dst_host_same_srv_rate", "of those of dst_host_count, the share to the same service", plain},
	{"dst_host_diff_srv_rate", "distinct services among those of dst_host_count, divided by it", distinctRate},
	{"dst_host_same_src_port_rate", "of those of dst_host_count, the share from the same source port", plain},
	{"dst_host_srv_diff_host_rate", "distinct hosts among those of dst_host_srv_count, divided by it", distinctRate},
	{"dst_host_serror_rate", "of those of dst_host_count, the share in the states S0, S1, S2, S3 or SH", errorRate},
	{"dst_host_srv_serror_rate", "of those of dst_host_srv_count, the share in the states S0, S1, S2, S3 or SH", errorRate},
	{"dst_host_rerror_rate", "of those of dst_host_count, the share in the states REJ, RSTO, RSTR or RSTOS0", errorRate},
	{"dst_host_srv_rerror_rate", "of those of dst_host_srv_count, the share in the states REJ, RSTO, RSTR or RSTOS0", errorRate},
}
