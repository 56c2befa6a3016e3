package dataset

import (
	"slices"
	"strings"
)

// kddFeatures are the 41 features of KDD Cup 1999 in the order of its files,
// which NSL-KDD keeps. Their meaning is given by S. Stolfo et al. (2000),
// Cost-based modeling for fraud and intrusion detection: results from the JAM
// project, DISCEX.
var kddFeatures = []knownColumn{
	{"duration", Number, Feature, notNegative},
	{"protocol_type|protocol|proto", Category, Feature, transport},
	{"service", Category, Feature, anything},
	{"flag", Category, Feature, kddFlag},
	{"src_bytes|source_bytes", Number, Feature, wholeNumber},
	{"dst_bytes|destination_bytes", Number, Feature, wholeNumber},
	{"land", Flag, Feature, zeroOrOne},
	{"wrong_fragment|wrong_fragments", Number, Feature, wholeNumber},
	{"urgent", Number, Feature, wholeNumber},
	{"hot", Number, Feature, wholeNumber},
	{"num_failed_logins|failed_logins", Number, Feature, wholeNumber},
	{"logged_in", Flag, Feature, zeroOrOne},
	{"num_compromised|lnum_compromised", Number, Feature, wholeNumber},
	{"root_shell|lroot_shell", Flag, Feature, zeroOrOne},
	{"su_attempted|lsu_attempted", Flag, Feature, zeroOrOne},
	{"num_root|lnum_root", Number, Feature, wholeNumber},
	{"num_file_creations|lnum_file_creations", Number, Feature, wholeNumber},
	{"num_shells|lnum_shells", Number, Feature, wholeNumber},
	{"num_access_files|lnum_access_files", Number, Feature, wholeNumber},
	{"num_outbound_cmds|lnum_outbound_cmds", Number, Feature, wholeNumber},
	{"is_hot_login|is_host_login", Flag, Feature, zeroOrOne},
	{"is_guest_login", Flag, Feature, zeroOrOne},
	{"count", Number, Feature, connections},
	{"srv_count", Number, Feature, connections},
	{"serror_rate", Number, Feature, share},
	{"srv_serror_rate", Number, Feature, share},
	{"rerror_rate", Number, Feature, share},
	{"srv_rerror_rate", Number, Feature, share},
	{"same_srv_rate", Number, Feature, share},
	{"diff_srv_rate", Number, Feature, share},
	{"srv_diff_host_rate", Number, Feature, share},
	{"dst_host_count", Number, Feature, octet},
	{"dst_host_srv_count", Number, Feature, octet},
	{"dst_host_same_srv_rate", Number, Feature, share},
	{"dst_host_diff_srv_rate", Number, Feature, share},
	{"dst_host_same_src_port_rate", Number, Feature, share},
	{"dst_host_srv_diff_host_rate", Number, Feature, share},
	{"dst_host_serror_rate", Number, Feature, share},
	{"dst_host_srv_serror_rate", Number, Feature, share},
	{"dst_host_rerror_rate", Number, Feature, share},
	{"dst_host_srv_rerror_rate", Number, Feature, share},
}

// kddTruth follows the features: what the record is, and in NSL-KDD how many
// of 21 classifiers got it right, which gives the label away.
var kddTruth = []knownColumn{
	{"attack|label|class|labels|attack_type|outcome|xattack", Category, Label, anything},
	{"last_flag|difficulty|difficulty_level|level", Number, Derivative, difficulty},
}

var kddLayout = layout{name: LayoutKDD, columns: slices.Concat(kddFeatures, kddTruth)}

// netanomLayout is what netanom simulates and derives from traffic: the KDD
// features with the time and the endpoints that KDD left out.
var netanomLayout = layout{
	name:     LayoutNetanom,
	requires: []string{"timestamp", "src_ip", "dst_ip"},
	columns: slices.Concat([]knownColumn{
		{"timestamp|ts|start|start_time", Time, Clock, anything},
		{"uid", Text, Identifier, anything},
		{"src_ip|" + sourceAddress, Address, Feature, anything},
		{"src_port|" + sourcePort, Category, Feature, portNumber},
		{"dst_ip|" + destinationAddress, Address, Feature, anything},
		{"dst_port|" + destinationPort, Category, Feature, portNumber},
	}, kddFeatures, kddTruth),
}

// The spellings of endpoints in other layouts.
const (
	sourceAddress      = "source_ip|source_address|id.orig_h|saddr|src_addr|src"
	sourcePort         = "source_port|id.orig_p|sport"
	destinationAddress = "destination_ip|dest_ip|destination_address|id.resp_h|daddr|dst_addr|dst"
	destinationPort    = "destination_port|dest_port|id.resp_p|dport|dsport"
)

// RecogniseHeaderless decides from the first rows of a file without a header
// whether they are KDD records: 41 features, then perhaps the attack, then
// perhaps the difficulty. It needs most rows, and the first in any case, to
// have a transport protocol in the second place, a connection state in the
// fourth, and numbers, or nothing, where numbers belong. The Schema has the
// canonical names.
func RecogniseHeaderless(first [][]string) (Schema, bool) {
	if len(first) == 0 || !isKDDRow(first[0], len(first[0])) {
		return Schema{}, false
	}
	width := len(first[0])
	fit := 0
	for _, row := range first {
		if isKDDRow(row, width) {
			fit++
		}
	}
	if 2*fit <= len(first) {
		return Schema{}, false
	}
	names := make([]string, width)
	for i, k := range kddLayout.columns[:width] {
		names[i] = k.canon()
	}
	return Recognise(names), true
}

// isKDDRow reports whether the row has that many cells and each may stand where
// it does in a KDD record. Nothing is asked of service, attack and difficulty.
func isKDDRow(row []string, width int) bool {
	if len(row) != width || width < len(kddFeatures) || width > len(kddLayout.columns) {
		return false
	}
	for i, k := range kddFeatures {
		cell := strings.TrimSpace(row[i])
		switch {
		case k.allows.Levels != nil:
			if !containsFold(k.allows.Levels, cell) {
				return false
			}
		case k.kind.Numeric() && !IsMissing([]byte(cell)):
			if _, ok := ParseNumber([]byte(cell)); !ok {
				return false
			}
		}
	}
	return true
}

func containsFold(levels []string, s string) bool {
	return slices.ContainsFunc(levels, func(l string) bool { return strings.EqualFold(l, s) })
}
