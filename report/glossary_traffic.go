package report

// trafficColumns holds the glossary's columns of how records are made of traffic, and of what becomes
// of alerts.
var trafficColumns = []Column{
	{Key: "number", Title: "No.", Kind: Count, Help: "number of a feature in the KDD data, 1 to 41"},
	{Key: "definition", Title: "What it is", Kind: Text, Help: "how a column of a record is computed"},
	{Key: "unlike", Title: "Unlike the original", Kind: Text, Help: "how a column of a record differs from that of the KDD data"},
	{Key: "from_packets", Title: "From packets", Kind: Text, Help: "what a capture tells of a column"},
	{Key: "from_zeek", Title: "From Zeek", Kind: Text, Help: "what a conn.log tells of a column"},
	{Key: "from_suricata", Title: "From Suricata", Kind: Text, Help: "what flow events of EVE tell of a column"},
	{Key: "from_netflow", Title: "From NetFlow", Kind: Text, Help: "what NetFlow or Argus tells of a column"},

	{Key: "host", Title: "Host", Kind: Label, Help: "address that alerts have in common"},
	{Key: "host_role", Title: "Host is", Kind: Label, Help: "whether the host is the source of the alerts or their target"},
	{Key: "first_seen", Title: "First", Kind: Time, Help: "when the first of some alerts began"},
	{Key: "last_seen", Title: "Last", Kind: Time, Help: "when the last of some alerts began"},
	{Key: "alerts", Title: "Alerts", Kind: Count, Help: "records taken for attacks"},
	{Key: "peers", Title: "Peers", Kind: Count, Help: "different hosts at the other side"},
	{Key: "ports", Title: "Ports", Kind: Count, Help: "different ports of the responders"},
	{Key: "score_max", Title: "Max. score", Kind: Real, Help: "highest score of some alerts"},
	{Key: "story", Title: "What happened", Kind: Text, Help: "some alerts in one line"},
	{Key: "example", Title: "Example", Kind: Label, Help: "what names the alert with the highest score in the source"},
	{Key: "rule_line", Title: "In line", Kind: Count, Help: "line of a rule in its file"},
	{Key: "allow_rule", Title: "Allowed", Kind: Text, Help: "rule of an allow list, as written"},
	{Key: "matched", Title: "Matched", Kind: Count, Help: "alerts that a rule let pass"},
	{Key: "expired", Title: "Expired", Kind: Count, Help: "alerts that a rule would have let pass had it not expired"},
}
