package dataset

import "slices"

// unswLayout is UNSW-NB15: the 49 columns of the full records, with the names
// the 45 columns of the training and testing parts have instead. N. Moustafa
// and J. Slay (2015), UNSW-NB15: a comprehensive data set for network intrusion
// detection systems, MilCIS. The label is the column of 0 and 1, which every
// part fills in; attack_cat is empty for normal records in some.
var unswLayout = layout{
	name: LayoutUNSW,
	columns: slices.Concat([]knownColumn{
		{"label", Unknown, Label, anything},
		{"attack_cat", Category, Label, anything},
		{"id", Unknown, Identifier, anything},
		{"stime", Time, Clock, anything},
		{"ltime", Time, Feature, anything},
		{"srcip|" + sourceAddress, Address, Feature, anything},
		{"sport|src_port|source_port", Category, Feature, portNumber},
		{"dstip|" + destinationAddress, Address, Feature, anything},
		{"dsport|dst_port|dport|destination_port", Category, Feature, portNumber},
		{"proto|protocol", Category, Feature, anything},
		{"state", Category, Feature, anything},
		{"service", Category, Feature, anything},
		{"sttl", Number, Feature, octet},
		{"dttl", Number, Feature, octet},
		{"swin", Number, Feature, octet},
		{"dwin", Number, Feature, octet},
		{"is_ftp_login", Flag, Feature, zeroOrOne},
		{"is_sm_ips_ports", Flag, Feature, zeroOrOne},
	},
		quantities(wholeNumber,
			"sbytes", "dbytes", "spkts", "dpkts", "sloss", "dloss", "stcpb", "dtcpb",
			"smean|smeansz", "dmean|dmeansz", "trans_depth", "response_body_len|res_bdy_len",
			"ct_srv_src", "ct_srv_dst", "ct_state_ttl", "ct_dst_ltm", "ct_src_ltm", "ct_src_dport_ltm", "ct_dst_sport_ltm",
			"ct_dst_src_ltm", "ct_ftp_cmd", "ct_flw_http_mthd"),
		quantities(notNegative,
			"dur|duration", "rate", "sload", "dload", "sinpkt|sintpkt", "dinpkt|dintpkt", "sjit", "djit", "tcprtt", "synack", "ackdat")),
}

// cicLayout is the output of CICFlowMeter in three generations of names: those
// of the corrected CIC-IDS2017, then as synonyms those of the original
// CIC-IDS2017 and of CSE-CIC-IDS2018. I. Sharafaldin et al. (2018), Toward
// generating a new intrusion detection dataset, ICISSP; corrected by L. Liu et
// al. (2022), Error prevalence in NIDS datasets, CNS.
var cicLayout = layout{
	name: LayoutCIC,
	columns: slices.Concat([]knownColumn{
		{"Label|Class", Category, Label, anything},
		{"Attempted Category", Category, Derivative, anything},
		{"id", Unknown, Identifier, anything},
		{"Flow ID", Text, Identifier, anything},
		{"Src IP|" + sourceAddress, Address, Feature, anything},
		{"Src Port|" + sourcePort, Category, Feature, portNumber},
		{"Dst IP|" + destinationAddress, Address, Feature, anything},
		{"Dst Port|" + destinationPort, Category, Feature, portNumber},
		{"Protocol", Category, Feature, octet},
		{"Timestamp", Time, Clock, anything},
		{"ICMP Code", Category, Feature, octetOrNone},
		{"ICMP Type", Category, Feature, octetOrNone},
		{"FWD Init Win Bytes|Init_Win_bytes_forward|Init Fwd Win Byts", Number, Feature, windowOrNone},
		{"Bwd Init Win Bytes|Init_Win_bytes_backward|Init Bwd Win Byts", Number, Feature, windowOrNone},
	}, quantities(notNegative,
		"Flow Duration", "Total Fwd Packet|Total Fwd Packets|Tot Fwd Pkts",
		"Total Bwd packets|Total Backward Packets|Tot Bwd Pkts",
		"Total Length of Fwd Packet|Total Length of Fwd Packets|TotLen Fwd Pkts",
		"Total Length of Bwd Packet|Total Length of Bwd Packets|TotLen Bwd Pkts",
		"Fwd Packet Length Max|Fwd Pkt Len Max", "Fwd Packet Length Min|Fwd Pkt Len Min",
		"Fwd Packet Length Mean|Fwd Pkt Len Mean", "Fwd Packet Length Std|Fwd Pkt Len Std",
		"Bwd Packet Length Max|Bwd Pkt Len Max", "Bwd Packet Length Min|Bwd Pkt Len Min",
		"Bwd Packet Length Mean|Bwd Pkt Len Mean", "Bwd Packet Length Std|Bwd Pkt Len Std", "Flow Bytes/s|Flow Byts/s",
		"Flow Packets/s|Flow Pkts/s", "Flow IAT Mean", "Flow IAT Std", "Flow IAT Max", "Flow IAT Min", "Fwd IAT Total|Fwd IAT Tot",
		"Fwd IAT Mean", "Fwd IAT Std", "Fwd IAT Max", "Fwd IAT Min", "Bwd IAT Total|Bwd IAT Tot", "Bwd IAT Mean", "Bwd IAT Std",
		"Bwd IAT Max", "Bwd IAT Min", "Fwd PSH Flags", "Bwd PSH Flags", "Fwd URG Flags", "Bwd URG Flags",
		"Fwd RST Flags", "Bwd RST Flags", "Fwd Header Length|Fwd Header Len", "Bwd Header Length|Bwd Header Len",
		"Fwd Header Length.1|Fwd Header Length_2", "Fwd Packets/s|Fwd Pkts/s",
		"Bwd Packets/s|Bwd Pkts/s", "Packet Length Min|Min Packet Length|Pkt Len Min",
		"Packet Length Max|Max Packet Length|Pkt Len Max", "Packet Length Mean|Pkt Len Mean",
		"Packet Length Std|Pkt Len Std", "Packet Length Variance|Pkt Len Var", "FIN Flag Count|FIN Flag Cnt",
		"SYN Flag Count|SYN Flag Cnt", "RST Flag Count|RST Flag Cnt", "PSH Flag Count|PSH Flag Cnt",
		"ACK Flag Count|ACK Flag Cnt", "URG Flag Count|URG Flag Cnt", "CWR Flag Count|CWE Flag Count|CWR Flag Cnt",
		"ECE Flag Count|ECE Flag Cnt", "Down/Up Ratio", "Average Packet Size|Pkt Size Avg",
		"Fwd Segment Size Avg|Avg Fwd Segment Size|Fwd Seg Size Avg",
		"Bwd Segment Size Avg|Avg Bwd Segment Size|Bwd Seg Size Avg",
		"Fwd Bytes/Bulk Avg|Fwd Avg Bytes/Bulk|Fwd Byts/b Avg",
		"Fwd Packet/Bulk Avg|Fwd Avg Packets/Bulk|Fwd Pkts/b Avg",
		"Fwd Bulk Rate Avg|Fwd Avg Bulk Rate|Fwd Blk Rate Avg", "Bwd Bytes/Bulk Avg|Bwd Avg Bytes/Bulk|Bwd Byts/b Avg",
		"Bwd Packet/Bulk Avg|Bwd Avg Packets/Bulk|Bwd Pkts/b Avg",
		"Bwd Bulk Rate Avg|Bwd Avg Bulk Rate|Bwd Blk Rate Avg", "Subflow Fwd Packets|Subflow Fwd Pkts",
		"Subflow Fwd Bytes|Subflow Fwd Byts", "Subflow Bwd Packets|Subflow Bwd Pkts",
		"Subflow Bwd Bytes|Subflow Bwd Byts", "Fwd Act Data Pkts|act_data_pkt_fwd",
		"Fwd Seg Size Min|min_seg_size_forward", "Active Mean", "Active Std", "Active Max", "Active Min", "Idle Mean",
		"Idle Std", "Idle Max", "Idle Min", "Total TCP Flow Time",
	)),
}

// zeekLayout is Zeek's conn.log, with the columns that its optional policies
// add. Names that other tools give to the same columns are synonyms, and label
// and type, the attack's kind, are those of ToN-IoT (N. Moustafa 2021,
// Sustainable Cities and Society 72). Flags that Zeek writes as T and F are left
// to the cells.
var zeekLayout = layout{
	name: LayoutZeek,
	columns: slices.Concat([]knownColumn{
		{"label", Unknown, Label, anything},
		{"type", Category, Label, anything},
		{"ts|timestamp", Time, Clock, anything},
		{"uid", Text, Identifier, anything},
		{"id.orig_h|src_ip|" + sourceAddress, Address, Feature, anything},
		{"id.orig_p|src_port|" + sourcePort, Category, Feature, portNumber},
		{"id.resp_h|dst_ip|" + destinationAddress, Address, Feature, anything},
		{"id.resp_p|dst_port|" + destinationPort, Category, Feature, portNumber},
		{"proto", Category, Feature, zeekProto},
		{"service", Category, Feature, anything},
		{"conn_state", Category, Feature, zeekState},
		{"local_orig", Unknown, Feature, anything},
		{"local_resp", Unknown, Feature, anything},
		{"history", Category, Feature, anything},
		{"tunnel_parents", Text, Feature, anything},
		{"ip_proto", Category, Feature, octet},
		{"vlan", Category, Feature, anything},
		{"inner_vlan", Category, Feature, anything},
		{"orig_l2_addr", Category, Feature, anything},
		{"resp_l2_addr", Category, Feature, anything},
		{"orig_cc", Category, Feature, anything},
		{"resp_cc", Category, Feature, anything},
		{"community_id", Text, Identifier, anything},
		{"speculative_service", Category, Feature, anything},
		{"failed_service", Category, Feature, anything},
		{"_path", Category, Feature, anything},
		{"_node_name", Category, Feature, anything},
		{"_system_name", Category, Feature, anything},
		{"_stream", Category, Feature, anything},
		{"_write_ts", Time, Feature, anything},
		{"duration", Number, Feature, notNegative},
	}, quantities(wholeNumber,
		"orig_bytes|src_bytes", "resp_bytes|dst_bytes", "missed_bytes", "orig_pkts|src_pkts", "resp_pkts|dst_pkts",
		"orig_ip_bytes|src_ip_bytes", "resp_ip_bytes|dst_ip_bytes")),
}

// iot23Layout is conn.log with the labels of IoT-23: whether a record is
// malicious, and in detail why. S. Garcia et
// al. (2020), IoT-23: a labeled dataset with malicious and benign IoT network
// traffic, Zenodo.
var iot23Layout = layout{
	name:     LayoutIoT23,
	requires: []string{"detailed-label"},
	columns: slices.Concat(zeekLayout.columns, []knownColumn{
		{"detailed-label", Category, Label, anything},
	}),
}

// quantities lists features that are numbers under one rule.
func quantities(allows Rule, spellings ...string) []knownColumn {
	columns := make([]knownColumn, len(spellings))
	for i, s := range spellings {
		columns[i] = knownColumn{s, Number, Feature, allows}
	}
	return columns
}
