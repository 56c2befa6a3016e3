package traffic

// besideExplained are the columns that are no features.
var besideExplained = [...]Explanation{
	{
		Name:       "timestamp",
		Definition: "start of the connection, UTC in RFC 3339 with microseconds",
		Packets:    "time of the first packet", Zeek: "ts", Suricata: "start", NetFlow: "start", Deviation: "the data only have the order",
	},
	{
		Name:       "uid",
		Definition: "name of the connection in the log it comes from",
		Packets:    "given by netanom", Zeek: "uid", Suricata: "flow_id",
	},
	{
		Name:       "src_ip",
		Definition: "address of the originator, who sent the first packet; the zone of an IPv6 address is left out",
		Packets:    "header", Zeek: "id.orig_h", Suricata: "src_ip", NetFlow: "source address",
	},
	{
		Name:       "src_port",
		Definition: "port of the originator; for icmp the type",
		Packets:    "header", Zeek: "id.orig_p", Suricata: "src_port, or icmp_type", NetFlow: "source port",
	},
	{
		Name:       "dst_ip",
		Definition: "address of the responder",
		Packets:    "header", Zeek: "id.resp_h", Suricata: "dest_ip", NetFlow: "destination address",
	},
	{
		Name:       "dst_port",
		Definition: "port of the responder; for icmp the code",
		Packets:    "header", Zeek: "id.resp_p", Suricata: "dest_port, or icmp_code", NetFlow: "destination port",
	},
	{
		Name:       "community_id",
		Definition: "Community ID, version 1, by which other tools name the same conversation",
		Packets:    "computed", Zeek: "computed", Suricata: "computed", NetFlow: "computed",
	},
	{
		Name:       "attack",
		Definition: "name of the attack, or normal; only simulated traffic has it",
	},
	{
		Name:       "netanom_windows",
		Definition: "way the window features were counted, where it is not kdd",
		Packets:    "chosen", Zeek: "chosen", Suricata: "chosen", NetFlow: "chosen",
	},
	{
		Name:       "netanom_service_map",
		Definition: "map that named the services, where it is not kdd",
		Packets:    "chosen", Zeek: "chosen", Suricata: "chosen", NetFlow: "chosen",
	},
}
