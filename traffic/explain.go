package traffic

import "slices"

// An Explanation says what a feature means here, where it can come from, and in what
// it departs from the published description of the KDD data or from the data
// themselves. A source that does not tell the feature has an empty text.
type Explanation struct {
	Number     int    `json:"number"` // of the KDD description, 1 to 41
	Name       string `json:"name"`
	Definition string `json:"definition"`

	Packets  string `json:"packets"`  // what of a capture tells it
	Zeek     string `json:"zeek"`     // of a conn.log
	Suricata string `json:"suricata"` // of flow events
	NetFlow  string `json:"netflow"`  // of NetFlow, IPFIX or Argus

	Deviation string `json:"deviation"` // "" where there is none
}

// Explain returns the explanations of the 41 features in the order of their columns.
// The window features are explained as KDD counts them.
func Explain() []Explanation {
	return slices.Concat(slices.Clone(basicExplained[:]), contentExplained(), windowsExplained())
}

// ExplainBeside returns the explanations of the other columns that a Writer may write,
// in their order. Their number is 0.
func ExplainBeside() []Explanation { return slices.Clone(besideExplained[:]) }

// What a source of connections lacks at most, by its name for FeaturesOf.
var sourceLacks = []struct {
	name  string
	lacks Lack
}{
	{"content", 0},
	{"packets", LacksContent},
	{"conn", LacksContent | LacksFragment | LacksUrgent},
	{"flow", LacksContent | LacksFragment | LacksUrgent},
}

// FeaturesOf returns the names of the features that a source tells, in the order of
// the columns: "content" for captures whose payload is read, "packets" for those whose
// payload is not, "conn" for a log such as Zeek's conn.log, "flow" for flow records.
// The error lists the choices.
func FeaturesOf(source string) ([]string, error) {
	var choices []string
	for _, s := range sourceLacks {
		choices = append(choices, s.name)
	}
	i, err := parseName("source of connections", source, choices)
	if err != nil {
		return nil, err
	}
	return sourceLacks[i].lacks.Features(), nil
}

// ConnFeatures returns the features that a log of connections tells: all but the
// content features other than logged_in, wrong_fragment and urgent.
func ConnFeatures() []string { return (LacksContent | LacksFragment | LacksUrgent).Features() }

// PacketFeatures returns the features that packets tell without their payload: those
// of ConnFeatures, wrong_fragment and urgent.
func PacketFeatures() []string { return LacksContent.Features() }

// Features returns the names of the features that a source with this lack tells, in
// the order of the columns. Logged_in is always among them, as it can be inferred.
func (l Lack) Features() []string {
	var names []string
	for i, name := range columns[firstFeature : len(columns)-1] {
		if !l.feature(i + 1) {
			names = append(names, name)
		}
	}
	return names
}

// firstFeature is the column of feature 1.
const firstFeature = 5

// feature reports whether the feature with that number is lacking.
func (l Lack) feature(number int) bool {
	switch {
	case number == 8:
		return l&LacksFragment != 0
	case number == 9:
		return l&LacksUrgent != 0
	case number >= 10 && number <= 22 && number != 12:
		return l&LacksContent != 0
	}
	return false
}

// basicExplained are the features 1 to 9.
var basicExplained = [...]Explanation{
	{
		Number: 1, Name: "duration",
		Definition: "whole seconds, cut off, from the first packet to the last; 0 for icmp, and for tcp in the states S0, S1, SH and OTH, whose end was not seen",
		Packets:    "times of the packets",
		Zeek:       "duration, without its fraction",
		Suricata:   "end minus start",
		NetFlow:    "end minus start of both directions together",
		Deviation:  "the description does not say that unfinished connections have none; in the data they have none",
	},
	{
		Number: 2, Name: "protocol_type",
		Definition: "tcp, udp or icmp, the last also for ICMPv6; other protocols make no record",
		Packets:    "header",
		Zeek:       "proto",
		Suricata:   "proto",
		NetFlow:    "protocol number",
		Deviation:  "the data know no IPv6",
	},
	{
		Number: 3, Name: "service",
		Definition: "name that the port of the responder has in the data, or the type of an icmp message; ports without a name are private below 1024 and other from there on; data connections of active FTP, from port 20, are ftp_data",
		Packets:    "port, or icmp type and code",
		Zeek:       "id.resp_p, or type and code; the column service, which looks at the payload, is not used",
		Suricata:   "dest_port, or icmp_type and icmp_code",
		NetFlow:    "destination port; icmp type and code where they are exported",
		Deviation:  "the map modern also names ports of today; the port that is other in the data though below 1024 is not known",
	},
	{
		Number: 4, Name: "flag",
		Definition: "how a tcp connection began and ended, in 11 states: SF, S0, S1, S2, S3, REJ, RSTO, RSTR, RSTOS0, SH, OTH; always SF for udp and icmp",
		Packets:    "TCP flags and their order",
		Zeek:       "conn_state; RSTRH becomes RSTR, and SHR, or none, OTH",
		Suricata:   "all flags of each side; their order is lost, so that REJ and RSTR may be mistaken where both sides reset",
		NetFlow:    "all flags of each side, if exported; their order is lost",
		Deviation:  "the data have no state for a SYN-ACK without a SYN",
	},
	{
		Number: 5, Name: "src_bytes",
		Definition: "payload from the originator to the responder, for tcp the span of its sequence numbers; icmp counts its header of 8 bytes",
		Packets:    "lengths and sequence numbers",
		Zeek:       "orig_bytes; for icmp 8 more for each packet",
		Suricata:   "bytes to the server less headers of usual size: approximate",
		NetFlow:    "bytes less headers of usual size: approximate; exact from Argus that counts application bytes",
	},
	{
		Number: 6, Name: "dst_bytes",
		Definition: "payload from the responder to the originator; 0 for icmp, whose answers are connections of their own",
		Packets:    "lengths and sequence numbers",
		Zeek:       "resp_bytes",
		Suricata:   "bytes to the client less headers of usual size: approximate",
		NetFlow:    "bytes of the reverse flow less headers of usual size: approximate",
	},
	{
		Number: 7, Name: "land",
		Definition: "1 if originator and responder are the same address and port",
		Packets:    "addresses and ports",
		Zeek:       "id.orig_h, id.orig_p, id.resp_h, id.resp_p",
		Suricata:   "src_ip, src_port, dest_ip, dest_port",
		NetFlow:    "addresses and ports",
		Deviation:  "in the data only tcp has it; here the rule is the same for all protocols",
	},
	{
		Number: 8, Name: "wrong_fragment",
		Definition: "how many kinds of fault the fragments have: too small, sizes that do not fit, overlap, reaching past the largest packet",
		Packets:    "fragments",
		Deviation:  "the description speaks of wrong fragments, but the data fit kinds: 3 in a teardrop, 1 in a ping of death",
	},
	{
		Number: 9, Name: "urgent",
		Definition: "packets with the flag URG",
		Packets:    "TCP flags",
		Deviation:  "a flow record tells only whether there was one, which is no count",
	},
}

// contentExplained returns the explanations of the features 10 to 22, which all come
// from the payload of clear-text protocols, and only from there but for logged_in.
func contentExplained() []Explanation {
	const (
		payload     = "payload of clear-text protocols, when it is read"
		approximate = "how it was counted was never published: what is counted here is an approximation"
		proxy       = "inferred: an answer of http, smtp, ftp, telnet or pop_3, or a completed ftp_data transfer"
	)
	out := make([]Explanation, 0, len(contentMeanings))
	for i, m := range contentMeanings {
		e := Explanation{Number: 10 + i, Name: m[0], Definition: m[1], Packets: payload, Deviation: approximate}
		switch e.Name {
		case "logged_in":
			e.Packets, e.Zeek, e.Suricata, e.NetFlow = proxy+"; from the payload when it is read", proxy, proxy, proxy
			e.Deviation = "inferred, it agrees with 99.3 % of the tcp rows of the 10 % file"
		case "num_outbound_cmds":
			e.Deviation = "0 in all of the data"
		case "is_hot_login":
			e.Deviation = "0 in all of the 10 % file; called is_host_login in some copies"
		}
		out = append(out, e)
	}
	return out
}

var contentMeanings = [...][2]string{
	{"hot", "accesses to system directories, and programs made or run"},
	{"num_failed_logins", "logins that the server refused"},
	{"logged_in", "1 if a login succeeded, which counts any answer of services such as http and smtp"},
	{"num_compromised", "signs of a compromised host, such as answers that a file is not found"},
	{"root_shell", "1 if a root prompt was seen"},
	{"su_attempted", "1 if su root was tried, 2 if it worked"},
	{"num_root", "operations as root"},
	{"num_file_creations", "files created"},
	{"num_shells", "shell prompts, or shells started"},
	{"num_access_files", "operations on files that control access, such as .rhosts"},
	{"num_outbound_cmds", "commands from within an FTP session to elsewhere"},
	{"is_hot_login", "1 if the login is root or another with rights"},
	{"is_guest_login", "1 if the login is guest or anonymous"},
}
